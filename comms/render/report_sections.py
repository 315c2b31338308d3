"""The report's other parts as tables and sentences: issues and posts, people, consents, subscribers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

from comms.errors import Text, say
from comms.model.coverage import Course, Deliveries, PostCourse
from comms.model.report import ConsentState
from comms.render.charts import Bar, BarChart
from comms.render.report_tables import Cell, Names, Row, Table, counted, days, part_of, thousands
from comms.render.wording import clock, spoken_date

_MONTHLY = re.compile(r"\d{4}-\d{2} ")
"""How app.reporting begins the heading of a month's bars."""

_CONSENT: Mapping[ConsentState, Text] = {
    ConsentState.WITHDRAWN: say("taget tillbaka"),
    ConsentState.EXPIRED: say("har gått ut"),
    ConsentState.EXPIRING: say("går snart ut"),
    ConsentState.MISSING: say("saknas"),
    ConsentState.VALID: say("gäller"),
}
_FATES: Mapping[str, Text] = {
    "accepted": say("Mottagna"),
    "rejected": say("Avvisade"),
    "unknown": say("Ovissa"),
    "open": say("Inte sända"),
    "cancelled": say("Inställda"),
}
"""What became of the copies that were to be sent: together they are all of them."""

_LATER: Mapping[str, Text] = {
    "dead": say("Adressen finns inte"),
    "trouble": say("Fel hos mottagaren"),
    "ours": say("Fel hos oss"),
    "complaints": say("Klagomål"),
    "left": say("Slutade"),
}
"""What happened to those that were taken; one may be of several kinds, or of none."""


@dataclass(frozen=True, slots=True)
class Letters:
    """A newsletter's subscribers at the report's time, counts alone (report.subscribers.Figures)."""

    confirmed: int
    paused: int
    ended: int
    pending: int


@dataclass(frozen=True, slots=True)
class People:
    """Who is heard and seen, as app.reporting gives it; `notes` hold the guard of small groups."""

    notes: Sequence[Text]
    chart: BarChart


@dataclass(frozen=True, slots=True)
class SentView:
    """All that the part about issues and posts shows."""

    said: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class PeopleView:
    """All that the part about people shows; `has_months`: there are figures by month that it leaves out."""

    notes: tuple[str, ...]
    tables: tuple[Table, ...]
    has_months: bool


def moment(at: datetime, zone: ZoneInfo) -> str:
    """`26 november 2026 kl. 10.00`, local time."""
    local = at.astimezone(zone)
    return f"{spoken_date(local.date())} {clock(local)}"


def sent_view(names: Names, sent: Deliveries, zone: ZoneInfo, *, lists_posts: bool) -> SentView:
    """How issues and posts went. `lists_posts`: each post too, and not only how many."""
    period = days(sent.period)
    tables: list[Table] = []
    if sent.issues:
        tables += [_fates(names, sent, zone, period), _later(names, sent, zone, period)]
        tables += _skips(names, sent, period)
    if sent.posts:
        tables.append(_by_channel(names, sent.posts, period))
        tables += [_posts(names, sent.posts, zone, period)] if lists_posts else []
    said = say(
        "{issues} och {posts} hör till {period}.",
        issues=counted(len(sent.issues), say("1 nummer"), say("{count} nummer")),
        posts=counted(len(sent.posts), say("1 inlägg"), say("{count} inlägg")),
        period=period,
    )
    return SentView(str(said), tuple(tables))


def people_view(people: People) -> PeopleView:
    """The bars of who is heard and seen as tables, the months left out."""
    groups = [group for group in people.chart.groups if not _MONTHLY.match(group.heading)]
    return PeopleView(
        notes=tuple(map(str, people.notes)),
        tables=tuple(
            Table(
                f"balans-{number}",
                group.heading,
                str(say("{title}.", title=people.chart.title.rstrip("."))),
                (str(say("Värde")), str(say("Antal"))),
                tuple(map(_bar_row, group.bars)),
            )
            for number, group in enumerate(groups, 1)
        ),
        has_months=len(groups) < len(people.chart.groups),
    )


def consent_table(consents: Mapping[ConsentState, int], as_of: str) -> Table:
    """Pictures of people by where their consent stands; every state is there."""
    base = sum(consents.values())
    rows = [(str(_CONSENT[state]), consents.get(state, 0)) for state in ConsentState]
    return Table(
        "samtycke-bilder",
        str(say("Bilder på människor, efter samtycke")),
        str(
            say(
                "Av {base} i nyheterna, {as_of}.",
                base=counted(base, say("1 bild"), say("{count} bilder")),
                as_of=as_of,
            )
        ),
        (str(say("Samtycket")), str(say("Bilder"))),
        tuple(_share_row(name, count, base) for name, count in rows),
    )


def subscriber_table(names: Names, letters: Mapping[str, Letters], readers: int | None, as_of: str) -> Table:
    """How many subscribe to each newsletter."""
    base = (
        say("Antal prenumerationer, {as_of}.", as_of=as_of)
        if readers is None
        else say(
            "Antal prenumerationer, {as_of}. De hör till {readers}.",
            as_of=as_of,
            readers=counted(readers, say("1 adress"), say("{count} olika adresser")),
        )
    )
    heads = (
        say("Brev"),
        say("Prenumererar"),
        say("Av dem pausade"),
        say("Har inte bekräftat"),
        say("Avslutade"),
    )
    return Table(
        "prenumeranter",
        str(say("Prenumeranter")),
        str(base),
        tuple(map(str, heads)),
        tuple(
            Row(
                names.newsletters.get(slug, slug),
                tuple(
                    Cell(thousands(number)) for number in (one.confirmed, one.paused, one.pending, one.ended)
                ),
            )
            for slug, one in letters.items()
        ),
    )


def _fates(names: Names, sent: Deliveries, zone: ZoneInfo, period: str) -> Table:
    return Table(
        "nummer",
        str(say("Så gick sändningarna")),
        str(say("Brev som skulle sändas {period}. Andelarna är av dem i samma nummer.", period=period)),
        tuple(map(str, (say("Nummer"), say("Skulle sändas"), *_FATES.values()))),
        _by_issue(names, sent, zone, "copies", _FATES),
        total=_sum(sent.issues, "copies", _FATES),
    )


def _later(names: Names, sent: Deliveries, zone: ZoneInfo, period: str) -> Table:
    return Table(
        "efterat",
        str(say("Det som hände sedan")),
        str(say("Av de brev som togs emot {period}. Ett brev kan stå i flera kolumner.", period=period)),
        tuple(map(str, (say("Nummer"), say("Mottagna"), *_LATER.values()))),
        _by_issue(names, sent, zone, "accepted", _LATER),
        total=_sum(sent.issues, "accepted", _LATER),
    )


def _by_issue(
    names: Names, sent: Deliveries, zone: ZoneInfo, base: str, columns: Iterable[str]
) -> tuple[Row, ...]:
    """A row for each issue: what each column counts, of the base."""
    return tuple(
        Row(one.title, _cells(getattr(one, base), one, columns), under=_about(names, one, zone))
        for one in sent.issues
    )


def _about(names: Names, one: Course, zone: ZoneInfo) -> str:
    """The day, and before it the newsletter if the issue's title does not say it."""
    newsletter = names.newsletters.get(one.newsletter, one.newsletter)
    day = spoken_date(one.at.astimezone(zone).date())
    return day if one.title.startswith(newsletter) else f"{newsletter}, {day}"


def _cells(base: int, one: Course, columns: Iterable[str]) -> tuple[Cell, ...]:
    return (Cell(thousands(base)), *(_part(getattr(one, name), base) for name in columns))


def _part(count: int, base: int) -> Cell:
    """A count with what it is of; there is no share of nothing, and nothing to say of none."""
    return Cell(part_of(count, base) if count and base else thousands(count))


def _sum(issues: Sequence[Course], base: str, columns: Iterable[str]) -> Row:
    whole = sum(map(attrgetter(base), issues))
    parts = (_part(sum(map(attrgetter(name), issues)), whole) for name in columns)
    return Row(str(say("Alla nummer")), (Cell(thousands(whole)), *parts))


def _skips(names: Names, sent: Deliveries, period: str) -> Iterator[Table]:
    """Why somebody got no letter: they are not among those that were to be sent."""
    reasons: Counter[str] = Counter()
    for one in sent.issues:
        reasons.update(one.skips)
    base = reasons.total()
    if base:
        yield Table(
            "utan",
            str(say("De som inte skulle ha något brev")),
            str(
                say(
                    "{base} {period}, en för varje nummer som någon inte fick. De ingår inte i det som "
                    "skulle sändas.",
                    base=counted(base, say("1 gång"), say("{count} gånger")),
                    period=period,
                )
            ),
            (str(say("Skäl")), str(say("Antal"))),
            tuple(
                _share_row(str(names.skips.get(reason, reason)), count, base)
                for reason, count in reasons.most_common()
            ),
        )


def _by_channel(names: Names, posts: Sequence[PostCourse], period: str) -> Table:
    """How many posts each channel had, and how they stand."""
    states = Counter(post.state for post in posts)
    of = Counter((post.channel, post.state) for post in posts)
    channels = Counter(post.channel for post in posts)
    shown = [state for state, _ in states.most_common()]
    return Table(
        "kanaler",
        str(say("Inlägg i varje kanal")),
        str(say("Inlägg vars tid var {period}, efter hur de står nu.", period=period)),
        (
            str(say("Kanal")),
            str(say("Inlägg")),
            *(str(names.states.get(state, state)).capitalize() for state in shown),
        ),
        tuple(
            Row(
                names.channels.get(channel, channel),
                (Cell(thousands(base)), *(_part(of[channel, state], base) for state in shown)),
            )
            for channel, base in channels.items()
        ),
        total=Row(
            str(say("Alla kanaler")),
            (Cell(thousands(len(posts))), *(_part(states[state], len(posts)) for state in shown)),
        ),
    )


def _posts(names: Names, posts: Sequence[PostCourse], zone: ZoneInfo, period: str) -> Table:
    return Table(
        "inlagg",
        str(say("Varje inlägg")),
        str(say("Alla {count} vars tid var {period}.", count=thousands(len(posts)), period=period)),
        tuple(map(str, (say("Inlägg"), say("Kanal"), say("När"), say("Läge")))),
        tuple(
            Row(
                post.title,
                (
                    Cell(names.channels.get(post.channel, post.channel)),
                    Cell(moment(post.at, zone)),
                    Cell(names.states.get(post.state, post.state)),
                ),
                link=post.link if post.link.startswith(("https://", "http://")) else "",
            )
            for post in posts
        ),
        numeric=False,
    )


def _bar_row(bar: Bar) -> Row:
    return _share_row(bar.label, bar.count, bar.base)


def _share_row(name: str, count: int, base: int) -> Row:
    share = (count, base) if base else None
    words = part_of(count, base) if base else thousands(count)
    return Row(name, (Cell(words),), share=share, is_nothing=not count)
