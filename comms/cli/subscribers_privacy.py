"""comms subscribers erase, evidence, keep."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from comms.app.erasing import Erased, copies, erase
from comms.app.house import House, find_root, settings_alone
from comms.app.keeping import Kept, keep
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.planning import ledger
from comms.app.witnessing import KINDS, NOES, ConsentReport, Testimony, consent_report, evidence_of
from comms.cli import voice
from comms.cli.options import json_option, now_in, now_option, workspace_option
from comms.errors import ExitCode, Text, say
from comms.model.subscriber import ALL_NEWSLETTERS, Choices, Consent, NoKind

Json = dict[str, object]

_ALL = say("alla nyhetsbrev")
_NO_WORDS = say("(utan text)")


@click.command("erase", help=_("Radera ADRESS överallt. Kvar blir ett nej som ingen kan läsa adressen ur."))
@click.argument("address", metavar=_("ADRESS"))
@click.option("--reason", default="", help=_("Varför, utan adressen; det står kvar i liggaren."))
@click.option("--yes", is_flag=True, help=_("Fråga inte (för skript)."))
@workspace_option
@now_option
def erase_command(address: str, reason: str, folder: Path, now: str | None, *, yes: bool) -> int:
    """Forget a person."""
    house = settings_alone(find_root(folder))
    question = say("Radera allt om {address}? Det går inte att ångra.", address=address)
    if not yes and not voice.confirm(question):
        return int(ExitCode.DONE)
    with ledger(house, urgent=True) as store:
        done = erase(house, store, address, reason, now_in(house, now))
    _say_erased(done)
    return int(ExitCode.DONE)


def _say_erased(done: Erased) -> None:
    if done.was_here:
        voice.line(say("{address} är raderad, och får inga fler brev.", address=done.address))
    elif done.stood:
        voice.line(say("{address} finns inte här. Den är raderad, och nejet gäller.", address=done.address))
    else:
        voice.line(say("{address} finns inte här. Nejet är sparat ändå.", address=done.address))
    if not done.is_clean:
        voice.line(
            say(
                "Databasens fil användes av ett annat program och kan ha spår kvar. "
                "Kör samma sak igen när inget sänds."
            )
        )
    if done.copies:
        voice.line(
            say(
                "Säkerhetskopior har kvar adressen: {count} i {folder}. Dagens kopior försvinner efter sju "
                "dagar. De som heter .before- eller .zip tar du bort själv.",
                count=len(done.copies),
                folder=done.copies[0].parent,
            )
        )
    voice.line(say("Har adressen skickats vidare, till exempel i en fil eller ett brev, finns den kvar där."))


@click.command("keep", help=_("Gallra det som är sparat längre än comms.yaml säger (subscribers.keep)."))
@click.option("--dry-run", "dry", is_flag=True, help=_("Visa bara vad som skulle gallras."))
@json_option
@workspace_option
@now_option
def keep_command(folder: Path, now: str | None, *, dry: bool, as_json: bool) -> int:
    """Take away what has been kept for long enough."""
    house = settings_alone(find_root(folder))
    with ledger(house) as store:
        done = keep(house, store, now_in(house, now), dry=dry)
    if as_json:
        voice.as_json({"decision": done.decision, "dry_run": done.dry, **_kept(done)})
    else:
        _say_kept(house, done)
    return int(ExitCode.DONE)


_PARTS: dict[str, Text] = {
    "tickets": say("anmälningar som ingen bekräftade"),
    "networks": say("uppgifter om nätverk"),
    "people": say("personer som har avslutat allt"),
    "strangers": say("uppgifter om adresser som inte längre finns här"),
    "addresses": say("adresser i gamla utskick"),
    "notices": say("meddelanden till kommunikatören med en adress i"),
    "journals": say("journaler från körningar"),
    "returned": say("studsar som ingen förstod"),
    "proposals": say("förslag ur flöden som ingen tog in"),
    "again": say("raderade personer som kom tillbaka med en säkerhetskopia"),
}


def _kept(done: Kept) -> dict[str, int]:
    return {name: int(getattr(done, name)) for name in _PARTS}


def _say_kept(house: House, done: Kept) -> None:
    voice.line(
        say("Gallringsbeslut: {decision}", decision=done.decision)
        if done.decision
        else say("Gallringsbeslut: inget är angivet. Skriv numret i comms.yaml: subscribers.keep.decision.")
    )
    if done.is_nothing:
        voice.line(say("Inget att gallra."))
        return
    voice.line(say("Skulle gallras:") if done.dry else say("Gallrat:"))
    voice.table([(f"{count}", shown(_PARTS[name])) for name, count in _kept(done).items() if count])
    if not done.dry and copies(house):
        voice.line(say("Säkerhetskopiorna har kvar det tills de byts ut, efter sju dagar."))


@click.command(
    "evidence",
    help=_("Visa vad ADRESS har sagt ja till, när och hur. Utan adress: alla samtycken i siffror."),
)
@click.argument("address", metavar=_("[ADRESS]"), default="")
@json_option
@workspace_option
@now_option
def evidence_command(address: str, folder: Path, now: str | None, *, as_json: bool) -> int:
    """Show on what ground somebody, or everybody, gets letters."""
    house = settings_alone(find_root(folder))
    with ledger(house) as store:
        if address:
            found = evidence_of(house, store, address)
            _give_testimony(house, found, as_json=as_json)
            return int(ExitCode.DONE)
        report = consent_report(house, store, now_in(house, now))
    if as_json:
        voice.as_json(_report_json(report))
    else:
        _say_report(house, report)
    return int(ExitCode.PROBLEMS if report.grounds.groundless else ExitCode.DONE)


# One person


def _give_testimony(house: House, found: Testimony, *, as_json: bool) -> None:
    if as_json:
        voice.as_json(_testimony_json(found))
    else:
        _say_testimony(house, found)


def _testimony_json(found: Testimony) -> Json:
    person = found.person
    return {
        "address": found.address,
        "subscriptions": [
            {"newsletter": one.newsletter, "state": one.state.value, "since": _time(one.since)}
            for one in (person.subscriptions if person else ())
        ],
        "evidence": [
            {
                "kind": one.kind.value,
                "happened_at": _time(one.happened_at),
                **_choices(one.choices),
                "source": one.source,
                "text": one.text,
                "network": one.network,
                "by": one.by,
            }
            for one in found.said
        ],
        "waiting": [
            {"kind": one.kind.value, "asked_at": _time(one.asked_at), "source": one.source}
            for one in found.asks
        ],
        "texts": dict(found.texts),
        "noes": [
            {
                "newsletter": one.newsletter,
                "kind": one.kind.value,
                "reason": one.reason,
                "created_at": _time(one.created_at),
            }
            for one in found.noes
        ],
    }


def _say_testimony(house: House, found: Testimony) -> None:
    if found.is_unknown:
        voice.line(say("{address} finns inte här.", address=found.address))
        return
    voice.title(found.address)
    for one in found.said:
        _say_consent(house, one)
    for ticket in found.asks:
        when = voice.moment(ticket.asked_at, house.zone)
        voice.line(
            say(
                "{when}  en länk som ingen har använt, bad om den via {source}",
                when=when,
                source=ticket.source,
            )
        )
    for no in found.noes:
        voice.line(
            say(
                "{when}  nej till {what} ({kind}): {reason}",
                when=voice.moment(no.created_at, house.zone),
                what=_ALL if no.newsletter == ALL_NEWSLETTERS else no.newsletter,
                kind=NOES[no.kind],
                reason=no.reason,
            )
        )
    if any(no.kind is NoKind.ERASED for no in found.noes) and not found.said:
        voice.line(say("Adressen är raderad. Bara nejet är kvar, och det gäller."))
    for digest, words in found.texts.items():
        voice.line(say("Text {name}:", name=digest[:8]))
        for line in words.splitlines():
            voice.line(f"    {line}")


def _say_consent(house: House, one: Consent) -> None:
    voice.line(
        say(
            "{when}  {what}. Gäller sedan: {choices}",
            when=voice.moment(one.happened_at, house.zone),
            what=KINDS[one.kind],
            choices=_in_words(one.choices),
        )
    )
    more = [
        say("via {source}", source=one.source) if one.source else None,
        say("text {name}", name=one.text[:8]) if one.text else None,
        say("från nätverket {network}", network=one.network) if one.network else None,
        say("av {who}", who=one.by) if one.by else None,
    ]
    told = ", ".join(shown(part) for part in more if part is not None)
    if told:
        voice.line(f"    {told}")


def _in_words(choices: Choices) -> str:
    newsletters = ", ".join(choices.newsletters) or _("inget nyhetsbrev")
    place = choices.municipality or _("hela området")
    return "; ".join(
        part for part in (newsletters, choices.audience, place, ", ".join(choices.focus)) if part
    )


def _choices(choices: Choices) -> Json:
    return {
        "newsletters": list(choices.newsletters),
        "audience": choices.audience,
        "municipality": choices.municipality,
        "focus": list(choices.focus),
    }


# Everybody


def _report_json(report: ConsentReport) -> Json:
    found = report.grounds
    return {
        "people": found.people,
        "newsletters": {
            slug: {
                "confirmed": one.confirmed,
                "paused": one.paused,
                "ended": one.ended,
                "pending": one.pending,
            }
            for slug, one in found.newsletters.items()
        },
        "sources": dict(found.sources.most_common()),
        "texts": [
            {"text": digest, "first_used_at": _time(at), "confirmed": found.texts[digest]}
            for digest, at in report.texts.items()
        ],
        "without_text": found.texts[""],
        "without_evidence": [
            {"address": address, "newsletter": newsletter} for address, newsletter in found.groundless
        ],
        "noes": {kind.value: report.noes.get(kind, 0) for kind in NoKind},
    }


def _say_report(house: House, report: ConsentReport) -> None:
    found = report.grounds
    voice.title(_("Samtycken"))
    voice.line(say("Personer som prenumererar på något: {count}", count=found.people))
    heads = [_("nyhetsbrev"), _("bekräftade"), _("pausade"), _("väntar"), _("avslutade")]
    rows = [
        [slug, *(f"{number}" for number in (one.confirmed, one.paused, one.pending, one.ended))]
        for slug, one in found.newsletters.items()
    ]
    voice.table([heads, *rows])
    if found.sources:
        voice.title(_("Var samtyckena kommer från"))
        voice.table([(f"{count}", source) for source, count in found.sources.most_common()])
    if found.texts:
        voice.title(_("Texter som det är sagt ja till"))
        voice.table(_texts(house, report))
    voice.title(_("Nej som gäller"))
    voice.table([(f"{report.noes.get(kind, 0)}", shown(NOES[kind])) for kind in NoKind])
    _say_groundless(report)


def _texts(house: House, report: ConsentReport) -> list[tuple[str, str]]:
    counts = report.grounds.texts
    rows = [
        (
            f"{counts[digest]}",
            shown(
                say(
                    "text {name}, använd från {when}",
                    name=digest[:8],
                    when=f"{at.astimezone(house.zone):%Y-%m-%d}",
                )
            ),
        )
        for digest, at in report.texts.items()
    ]
    return [*rows, *([(f"{counts['']}", shown(_NO_WORDS))] if counts[""] else [])]


def _say_groundless(report: ConsentReport) -> None:
    groundless = report.grounds.groundless
    if not groundless:
        voice.line(say("Alla som får brev har ett sparat samtycke."))
        return
    voice.line(say("Utan sparat samtycke: {count}. De ska inte få brev.", count=len(groundless)))
    voice.table(groundless)
    voice.line(say("Spärra dem: comms suppress ADRESS --reason ORSAK. Be dem sedan att anmäla sig själva."))


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


COMMANDS = (erase_command, evidence_command, keep_command)
"""What the group `subscribers` has of these."""
