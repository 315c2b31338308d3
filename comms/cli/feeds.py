"""comms feeds pull, list, show, take, dismiss, start, stop."""

from __future__ import annotations

import getpass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from comms.app import feeding, proposing
from comms.app.feeding import FeedPull, Pulled
from comms.app.house import find_root, settings_alone
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.planning import ledger
from comms.app.proposing import STATE, Inflow, Waiting
from comms.app.taking_in import take_in
from comms.cli import voice
from comms.cli.options import by_option, house_at, json_option, now_in, now_option, workspace_option
from comms.errors import ExitCode, Text, say
from comms.model.feed import FeedSettings, FeedStanding, FeedState, Proposal

Json = dict[str, object]

_BUDGET = timedelta(minutes=30)
"""A person waits for all of it, and can stop."""

_FEED = click.argument("feed", metavar=_("FLÖDE"))


@click.group(help=_("Andras nyheter: hämta flöden, se förslag, ta in dem som nyheter."))
def feeds() -> None:
    """Hold the commands about feeds together."""


@feeds.command(help=_("Fråga flödena vad som är nytt: de som det är dags för, eller ett FLÖDE. Inget sänds."))
@click.argument("feed", metavar=_("[FLÖDE]"), default="")
@click.option("--all", "is_everything", is_flag=True, help=_("Alla flöden, också de som nyss är hämtade."))
@json_option
@workspace_option
@now_option
def pull(feed: str, folder: Path, now: str | None, *, is_everything: bool, as_json: bool) -> int:
    """Ask feeds."""
    house = house_at(folder)
    with ledger(house) as store:
        done = feeding.pull(
            house, store, now_in(house, now), slug=feed, is_everything=is_everything, budget=_BUDGET
        )
    if as_json:
        voice.as_json([_pull_row(one) for one in done.feeds])
    else:
        _say_pulled(done)
    failed = any(one.failure for one in done.feeds)
    return int(ExitCode.PROBLEMS if failed else ExitCode.DONE)


def _say_pulled(done: Pulled) -> None:
    for one in done.feeds:
        if one.failure is not None:
            voice.line(say("{feed}: gick inte. {reason}", feed=one.slug, reason=one.failure))
        elif one.proposed:
            voice.line(say("{feed}: {count} nya förslag.", feed=one.slug, count=one.proposed))
        else:
            voice.line(say("{feed}: inget nytt.", feed=one.slug))
    if not done.feeds:
        voice.line(say("Inget flöde står på tur."))
    if done.waiting:
        voice.line(say("{count} flöden hanns inte med. De står på tur nästa gång.", count=done.waiting))
    if any(one.proposed for one in done.feeds):
        voice.line(say("Se förslagen med: comms feeds list"))


def _pull_row(one: FeedPull) -> Json:
    return {
        "feed": one.slug,
        "proposed": one.proposed,
        "unchanged": one.unchanged,
        "stopped": one.stopped,
        "failure": shown(one.failure) if one.failure else "",
    }


@feeds.command("list", help=_("Visa hur det går med varje flöde, och förslagen som väntar på dig."))
@json_option
@workspace_option
def show_all(folder: Path, *, as_json: bool) -> None:
    """Show feeds and proposals."""
    house = settings_alone(find_root(folder))
    with ledger(house) as store:
        found = proposing.inflow(house, store)
    if as_json:
        voice.as_json(_inflow_row(found))
    else:
        _say_inflow(found, house.zone)


def _say_inflow(found: Inflow, zone: ZoneInfo) -> None:
    if not found.feeds:
        voice.line(say("Inga flöden står i comms.yaml. Så lägger du till ett: docs/floden.md"))
    voice.table([_feed_cells(feed, standing, zone) for feed, standing in found.feeds])
    for one in found.waiting:
        voice.line()
        _say_waiting(one)
    voice.line()
    if found.waiting:
        voice.line(say("Ta in ett förslag: comms feeds take NUMMER. Säg nej: comms feeds dismiss NUMMER"))
    else:
        voice.line(say("Inga förslag väntar."))


def _feed_cells(feed: FeedSettings, standing: FeedStanding, zone: ZoneInfo) -> list[str]:
    return [
        feed.slug,
        shown(_state(standing)),
        voice.moment(standing.checked_at, zone) if standing.checked_at else "–",
        _more(standing, zone),
    ]


def _state(standing: FeedStanding) -> Text:
    if standing.state is FeedState.STOPPED:
        return say("stoppat")
    if standing.failures:
        return say("går inte, {count} försök", count=standing.failures)
    return say("går bra") if standing.checked_at else say("inte frågat än")


def _more(standing: FeedStanding, zone: ZoneInfo) -> str:
    if standing.state is FeedState.STOPPED:
        return standing.reason
    if standing.next_at is None:
        return _("Vid nästa körning.")
    when = shown(say("Nästa gång {when}.", when=voice.moment(standing.next_at, zone)))
    return f"{standing.reason} {when}".strip()


def _say_waiting(one: Waiting) -> None:
    voice.title(f"{one.first.id}  {one.first.entry.title}")
    for line in _proposal_lines(one.first):
        voice.line(f"    {line}")
    for same in one.same:
        also = say("också i {feed}: {link}", feed=same.feed, link=same.entry.link or same.entry.title)
        voice.line(f"    {shown(also)}")


def _proposal_lines(one: Proposal) -> list[str]:
    entry, about = one.entry, one.suggestion
    day = entry.published_on or say("utan datum")
    told = [
        (say("insatsområde: {slugs}", slugs=about.focus), about.focus),
        (say("målgrupper: {slugs}", slugs=", ".join(about.audiences)), about.audiences),
        (say("kommuner: {slugs}", slugs=", ".join(about.municipalities)), about.municipalities),
        *((say("därför att {why}", why=why), True) for why in about.why),
        (say("inget ord säger vad det handlar om"), not about.why),
    ]
    first = shown(say("{feed}, {day}, språk {language}", feed=one.feed, day=day, language=entry.language))
    return [first, *([entry.link] if entry.link else ()), *(shown(text) for text, there in told if there)]


@feeds.command(help=_("Visa ett förslag: vad flödet säger, och varför det föreslås som det gör."))
@click.argument("number", metavar=_("NUMMER"), type=int)
@json_option
@workspace_option
def show(number: int, folder: Path, *, as_json: bool) -> None:
    """Show one proposal."""
    house = settings_alone(find_root(folder))
    with ledger(house) as store:
        one = proposing.proposal(store, number)
    if as_json:
        voice.as_json(_proposal_row(one))
        return
    voice.title(f"{one.id}  {one.entry.title}")
    voice.line(say("{state}{item}", state=STATE[one.state], item=f": {one.item}" if one.item else ""))
    for line in _proposal_lines(one):
        voice.line(line)
    voice.line()
    voice.line(one.entry.body or one.entry.summary)


@feeds.command(help=_("Ta in ett förslag som en nyhet att skriva klart. Det sänds aldrig som det är."))
@click.argument("number", metavar=_("NUMMER"), type=int)
@click.option("--slug", default="", help=_("Nyhetens namn, annars gjort av rubriken."))
@workspace_option
@now_option
def take(number: int, slug: str, folder: Path, now: str | None) -> None:
    """Make an item of a proposal."""
    house = house_at(folder)
    with ledger(house) as store:
        path = take_in(house, store, number, now_in(house, now), slug=slug)
    voice.line(say("Skapade {path}. Skriv nyheten med egna ord, och kör: comms check", path=path))


@feeds.command(help=_("Säg nej till förslag. De föreslås inte igen."))
@click.argument("numbers", metavar=_("NUMMER…"), type=int, nargs=-1, required=True)
@workspace_option
def dismiss(numbers: tuple[int, ...], folder: Path) -> None:
    """Say no to proposals."""
    with ledger(settings_alone(find_root(folder))) as store:
        gone = proposing.dismiss(store, numbers)
    for one in gone:
        voice.line(say("Avvisade {number}: {title}", number=one.id, title=one.entry.title))
    if not gone:
        voice.line(say("De var redan avvisade."))


@feeds.command(help=_("Fråga inte ett flöde mer, förrän någon startar det."))
@_FEED
@by_option
@workspace_option
@now_option
def stop(feed: str, by: str, folder: Path, now: str | None) -> None:
    """Stop a feed."""
    house = settings_alone(find_root(folder))
    with ledger(house) as store:
        proposing.stop(house, store, feed, now_in(house, now), by or getpass.getuser())
    voice.line(say("{feed} är stoppat. Starta det igen med: comms feeds start {feed}", feed=feed))


@feeds.command(help=_("Fråga ett flöde igen, vid nästa körning."))
@_FEED
@workspace_option
def start(feed: str, folder: Path) -> None:
    """Start a feed."""
    house = settings_alone(find_root(folder))
    with ledger(house) as store:
        standing = proposing.start(house, store, feed)
    voice.line(say("{feed} frågas igen på {url} vid nästa körning.", feed=feed, url=standing.url))


# For scripts: the shapes are contracts, more keys are welcome


def _inflow_row(found: Inflow) -> Json:
    return {
        "feeds": [_feed_row(feed, standing) for feed, standing in found.feeds],
        "proposals": [
            _proposal_row(one.first) | {"same": [_proposal_row(same) for same in one.same]}
            for one in found.waiting
        ],
    }


def _feed_row(feed: FeedSettings, standing: FeedStanding) -> Json:
    return {
        "feed": feed.slug,
        "title": feed.title,
        "url": standing.url,
        "state": standing.state.value,
        "checked_at": standing.checked_at.isoformat() if standing.checked_at else "",
        "next_at": standing.next_at.isoformat() if standing.next_at else "",
        "failures": standing.failures,
        "reason": standing.reason,
    }


def _proposal_row(one: Proposal) -> Json:
    entry, about = one.entry, one.suggestion
    return {
        "id": one.id,
        "feed": one.feed,
        "state": one.state.value,
        "title": entry.title,
        "link": entry.link,
        "summary": entry.summary,
        "body": entry.body,
        "published_on": entry.published_on.isoformat() if entry.published_on else "",
        "seen_at": one.seen_at.isoformat(),
        "language": entry.language,
        "focus": about.focus,
        "audiences": list(about.audiences),
        "municipalities": list(about.municipalities),
        "why": [shown(why) for why in about.why],
        "same_as": one.same_as,
        "item": one.item,
    }
