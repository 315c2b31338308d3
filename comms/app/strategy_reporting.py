"""`comms report strategy` and `comms report delivery`: what reached whom, what nobody, how it went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from comms.app import by_hand
from comms.app.house import House
from comms.app.planning import ledger_if_any
from comms.app.wording import DELIVERY, SLOT
from comms.errors import Text, UsageError, say
from comms.model.coverage import Axis, Coverage, Deliveries, PostCourse, Reach, Square
from comms.model.item import Item, ItemKind
from comms.model.ledger import DeliveryState, SlotState
from comms.model.report import Period
from comms.model.sent import PostSlot, Sent, SentPost
from comms.model.workspace import Workspace
from comms.render.charts import Bar, BarChart, BarGroup
from comms.render.report_charts import month_name
from comms.render.report_tables import AXES, Names, how_many
from comms.render.wording import KINDS
from comms.report.coverage import coverage
from comms.report.delivery import OTHER, deliveries
from comms.store import PostOut, Store
from comms.text.networks import network_name

AXIS: Mapping[Axis, Text] = {axis: one for axis, (_many, one) in AXES.items()}
"""What an axis is called, of one value."""

READY, CALLED_OFF = "ready", "called-off"
"""A package that waits for a person, and one that was called off: states of a post that no row has."""

STATES: Mapping[str, Text] = {
    **{state.value: word for state, word in SLOT.items()},
    **{state.value: word for state, word in DELIVERY.items()},
    DeliveryState.ACCEPTED.value: say("publicerad"),
    READY: say("ligger klart, inte publicerad"),
    CALLED_OFF: say("inställd, publiceras inte"),
}
"""What a post's state is called (PostCourse.state)."""

SKIPS: Mapping[str, Text] = {
    "no": say("spärrad adress"),
    "paused": say("pausad"),
    "focus": say("inget i valda insatsområden"),
    "double": say("får redan ett exemplar"),
    "erased": say("raderad"),
    OTHER: say("annat skäl"),
}
"""What the kinds of skips are called (Course.skips)."""

MOST_YEARS = 100
"""How long a report's period may be."""

_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class StrategyReport:
    """The figures with what is needed to tell of them.

    `gaps`: each empty square with its sentence, longest first. `began`: since which local day the ledger
    knows what goes out, None when it is empty. `left_out`: files with errors, whose tags nobody knows.
    """

    coverage: Coverage
    workspace: Workspace
    zone: ZoneInfo
    names: Names
    gaps: tuple[tuple[Square, Text], ...]
    began: date | None
    left_out: tuple[str, ...]

    def name(self, axis: Axis, value: str) -> str:
        """What a value is called; one that nobody knows (any more) stands as it is."""
        return month_name(value) if axis is Axis.MONTH else self.names.of(axis, value)


@dataclass(frozen=True)
class _Told:
    """When a report is of, since when the ledger knows (None: it is empty), and when it is read."""

    period: Period
    began: date | None
    today: date


def period_of(since: date, until: date) -> Period:
    """The days from one to another, both counted.

    Raises `UsageError` when it ends before it begins, or is so long that each of its months would drown what
    there is.
    """
    if until < since:
        raise UsageError(say("Slutet på tiden ligger före början."))
    if until.year - since.year > MOST_YEARS:
        raise UsageError(say("En redovisning är av högst {years} år. Välj en kortare tid.", years=MOST_YEARS))
    return Period(since, until)


def coverage_report(house: House, period: Period, now: datetime) -> StrategyReport:
    """Count what went out in a period by the strategy, from the ledger as it stands at `now`."""
    with ledger_if_any(house) as store:
        sent = _sent(house, store) if store else Sent(channels=tuple(house.settings.channels))
        began = store.reach.began() if store else None
        retracted = store.reach.retracted() if store else frozenset()
    workspace = house.workspace
    found = coverage(workspace, sent, period, as_of=now, zone=house.zone)
    begun_on = began.astimezone(house.zone).date() if began else None
    told = {slug for one in sent.editions for slug in one.items} | {one.item for one in sent.posts}
    waiting = [item for item in workspace.items.values() if item.slug not in told | retracted]
    today = now.astimezone(house.zone).date()
    ledger_of = _Told(period, begun_on, today)
    gaps = tuple((square, gap(workspace, square, ledger_of, waiting)) for square in found.gaps)
    left_out = tuple(one.path for one in workspace.broken.values() if one.slug in found.lost)
    return StrategyReport(found, workspace, house.zone, names_of(house), gaps, begun_on, left_out)


def delivery_report(house: House, period: Period, now: datetime) -> Deliveries:
    """How a period's issues and posts went, from the ledger as it stands at `now`."""
    with ledger_if_any(house) as store:
        issues = store.reach.issues() if store else []
        posts = [course for course, _ in _posts(store, now)] if store else []
    return deliveries(issues, posts, period, as_of=now, zone=house.zone)


def names_of(house: House) -> Names:
    """What slugs are called; a channel by its network, or as e-mail where letters have but one."""
    settings = house.settings
    letters = [name for name, channel in settings.channels.items() if not channel.network]
    channels = {
        name: network_name(channel.network) if channel.network else name
        for name, channel in settings.channels.items()
    }
    if len(letters) == 1:
        channels |= {letters[0]: str(say("E-post"))}
    return Names(
        strategy=house.workspace.strategy,
        audiences=house.workspace.audiences,
        kinds={kind.value: KINDS[kind] for kind in ItemKind},
        newsletters={slug: one.title for slug, one in settings.newsletters.items()},
        channels=channels,
        states=STATES,
        skips=SKIPS,
    )


def gap(workspace: Workspace, square: Square, told: _Told, waiting: Sequence[Item]) -> Text:
    """What an empty square lacks, since when, and an item that fits and has not gone out, if there is one.

    The ledger knows nothing of what was before it: "never" is told as "since it began". Of a period that is
    over it is told how it stood at its end: the square may have been reached since.
    """
    area = workspace.strategy.focus_areas.get(square.focus)
    words: dict[str, object] = {"focus": area.name if area else square.focus, "to": _to(workspace, square)}
    said = _since(square.last_on, told, words)
    fits = next((item for item in waiting if _fits(item, square, told.today)), None)
    if fits is None:
        return said
    return say("{gap} ”{title}” passar och har inte gått ut.", gap=said, title=fits.title)


def _since(last_on: date | None, told: _Told, words: Mapping[str, object]) -> Text:
    is_over = told.period.until < told.today
    if last_on is not None:
        month = month_name(f"{last_on:%Y-%m}")
        if is_over:
            return say("{focus} hade vid periodens slut inte nått {to} sedan {month}.", month=month, **words)
        return say("{focus} har inte nått {to} sedan {month}.", month=month, **words)
    if told.began is None:
        return say("{focus} har inte nått {to}: ingenting har gått ut än.", **words)
    if told.began > told.period.until:
        return say(
            "Ingen vet om {focus} nådde {to}: liggaren började {day}, efter perioden.",
            day=told.began,
            **words,
        )
    if is_over:
        return say(
            "{focus} hade vid periodens slut inte nått {to} sedan liggaren började {day}.",
            day=told.began,
            **words,
        )
    return say("{focus} har inte nått {to} sedan liggaren började {day}.", day=told.began, **words)


def summary(report: StrategyReport) -> Text:
    """The whole in a sentence, with its period."""
    whole, period = report.coverage.whole, report.coverage.period
    return say(
        "Från {since} till {until} gick {items} ut: {editions}, {deliveries} och {posts}.",
        since=period.since,
        until=period.until,
        items=how_many(whole.items, say("1 nyhet"), say("{count} nyheter")),
        editions=how_many(whole.editions, say("1 utgåva"), say("{count} utgåvor")),
        deliveries=how_many(whole.deliveries, say("1 mottaget brev"), say("{count} mottagna brev")),
        posts=how_many(whole.posts, say("1 inlägg"), say("{count} inlägg")),
    )


def notes(report: StrategyReport) -> list[Text]:
    """What must be known to read the figures: what they count twice, and what they do not know."""
    found = report.coverage
    whole, period = found.whole, found.period
    said = [say("En nyhet kan höra till flera rader. Därför kan raderna bli fler än helheten.")]
    if report.began is None:
        said.append(say("Liggaren är tom: ingenting har gått ut än."))
    elif report.began > period.since:
        said.append(say("Liggaren började {day}. Vad som gick ut före det vet den inte.", day=report.began))
    today = found.as_of.astimezone(report.zone).date()
    if today <= period.until:
        said.append(say("Perioden är inte slut. Siffrorna är till och med {day}.", day=today))
    if found.untagged:
        said.append(
            say(
                "Utan insatsområde: {count} av {items} nyheter. De syns inte i rutorna.",
                count=found.untagged,
                items=whole.items,
            )
        )
    lost = [slug for slug in found.lost if slug not in report.workspace.broken]
    if lost:
        said.append(
            say(
                "Filen finns inte längre för {slugs}. De räknas bara i helheten: {count} av {items} nyheter.",
                slugs=", ".join(lost),
                count=len(lost),
                items=whole.items,
            )
        )
    if report.left_out:
        said.append(
            say(
                "Räknas bara i helheten, för filen har fel (se comms check): {files}.",
                files=", ".join(report.left_out),
            )
        )
    return said


def told_rows(report: StrategyReport) -> Iterator[tuple[Axis, str, Reach]]:
    """Every row of every axis, in the order of the axes and of the strategy."""
    for axis in Axis:
        for value, reach in report.coverage.rows[axis].items():
            yield axis, value, reach


def strategy_chart(report: StrategyReport) -> BarChart:
    """Items by focus area, audience, municipality and month, each of all items in the period."""
    period, base = report.coverage.period, report.coverage.whole.items
    groups = [
        BarGroup(
            str(AXIS[axis]),
            tuple(Bar(report.name(axis, value), reach.items, base) for value, reach in of.items()),
        )
        for axis in (Axis.FOCUS, Axis.AUDIENCE, Axis.MUNICIPALITY, Axis.MONTH)
        if (of := report.coverage.rows[axis])
    ]
    return BarChart(
        id="strategi",
        title=str(say("Nyheter som gick ut, {since} till {until}", since=period.since, until=period.until)),
        notes=tuple(map(str, (summary(report), *notes(report)))),
        groups=tuple(groups),
    )


def _sent(house: House, store: Store) -> Sent:
    posts = [one for _, one in _posts(store, _EVER) if one is not None]
    return Sent(tuple(store.reach.editions()), tuple(posts), tuple(house.settings.channels))


def _posts(store: Store, now: datetime) -> Iterator[tuple[PostCourse, SentPost | None]]:
    """Posts whose time has come or that have begun, each with what it is as published, if it is."""
    taken = {post.slot_id: post for post in store.outcomes.posts(_EVER)}
    for slot in store.reach.posts():
        if not slot.parts and slot.due_at > now:
            continue
        post = taken.get(slot.id)
        is_off = slot.state is SlotState.CANCELLED and by_hand.is_called_off(store, slot.id)
        is_ready = post is not None and by_hand.made_by_hand(post) and post.marked_at is None
        state = CALLED_OFF if is_off else READY if is_ready else _standing(slot)
        is_out = post is not None and not is_off and not is_ready
        at = _seen(post) if post is not None and is_out else slot.due_at
        link = post.link if post is not None else ""
        course = PostCourse(slot.id, slot.title, slot.channel, at, state, link)
        yield course, SentPost(slot.id, slot.item, slot.channel, at) if is_out else None


def _standing(slot: PostSlot) -> str:
    """The first part's state that is not accepted, or the slot's while it has none."""
    if not slot.parts:
        return slot.state.value
    accepted = DeliveryState.ACCEPTED
    return next((part for part in slot.parts if part is not accepted), accepted).value


def _seen(post: PostOut) -> datetime:
    """When readers came to see it; a reconciled one when it was tried, not when that was found out."""
    return post.marked_at or max(post.created_at, post.due_at)


def _to(workspace: Workspace, square: Square) -> str:
    """Whom a square is about: a municipality by its name, an audience by its title."""
    if square.axis is Axis.MUNICIPALITY:
        return workspace.audiences.municipalities.get(square.value, square.value)
    audience = workspace.audiences.audiences.get(square.value)
    return f"”{audience.title if audience else square.value}”"


def _fits(item: Item, square: Square, today: date) -> bool:
    """Whether an item that has not gone out would fill the square, and still may go out."""
    if square.focus not in item.focus or (item.publish_until is not None and item.publish_until < today):
        return False
    if square.axis is Axis.AUDIENCE:
        return square.value in item.audiences
    return not item.municipalities or square.value in item.municipalities
