"""The figures of reach and of deliveries as tables for a spreadsheet and as values for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo

from comms.app.house import House
from comms.app.strategy_reporting import AXIS, SKIPS, STATES, StrategyReport, notes, summary, told_rows
from comms.model.coverage import Axis, Course, Deliveries, PostCourse, Reach, Square
from comms.model.report import Period
from comms.render.sheet import Cell, sheet
from comms.report.delivery import COUNTS, OTHER, by_newsletter
from comms.report.delivery import SKIPS as KINDS_OF_SKIPS

Json = dict[str, object]

_COVERAGE_HEADS = (
    "från", "till", "läst", "rad", "uppdelning", "värde", "kortnamn", "insatsområde", "nyheter", "av_nyheter",
    "utgåvor", "av_utgåvor", "leveranser", "av_leveranser", "inlägg", "av_inlägg", "senast", "saknas",
)  # fmt: skip
_DELIVERY_HEADS = (
    "från", "till", "läst", "rad", "id", "titel", "nyhetsbrev_eller_kanal", "när", "utskick", "exemplar",
    "mottagna", "mottagna_av_exemplar_procent", "avvisade", "ovissa", "väntar", "inställda",
    "döda", "döda_av_mottagna_procent", "tillfälliga_fel", "vårt_fel", "klagomål", "avslutade",
    *(f"utan_exemplar_{SKIPS[kind]}".replace(" ", "_") for kind in (*KINDS_OF_SKIPS.values(), OTHER)),
    "läge", "länk",
)  # fmt: skip


def coverage_sheet(report: StrategyReport) -> str:
    """Empty squares first, then the matrix, then each row with its base, for a spreadsheet."""
    return sheet(_COVERAGE_HEADS, _coverage_rows(report))


def delivery_sheet(house: House, found: Deliveries) -> str:
    """A row for each issue, each newsletter's sum and each post, for a spreadsheet."""
    return sheet(_DELIVERY_HEADS, _delivery_rows(house, found))


def coverage_row(report: StrategyReport) -> Json:
    """The shape is a contract: more keys are welcome, these stay."""
    found = report.coverage
    return {
        "period": _period_row(found.period),
        "as_of": found.as_of.isoformat(),
        "ledger_began": report.began.isoformat() if report.began else None,
        "whole": _reach_row(found.whole),
        "gaps": [{**_square_row(square), "missing": str(said)} for square, said in report.gaps],
        "squares": [_square_row(square) | _reach_row(square.reach) for square in found.squares],
        "rows": {
            axis.value: [
                {"value": value, "name": report.name(axis, value), **_reach_row(reach)}
                for value, reach in found.rows[axis].items()
            ]
            for axis in Axis
        },
        "months": {
            month: {focus: _reach_row(reach) for focus, reach in of.items()}
            for month, of in found.months.items()
        },
        "untagged": found.untagged,
        "lost": list(found.lost),
        "left_out": list(report.left_out),
        "notes": [str(note) for note in (summary(report), *notes(report))],
    }


def delivery_row(found: Deliveries) -> Json:
    """The shape is a contract: more keys are welcome, these stay."""
    return {
        "period": _period_row(found.period),
        "as_of": found.as_of.isoformat(),
        "newsletters": {name: dict(sums) for name, sums in by_newsletter(found.issues).items()},
        "issues": [_course_row(one) for one in found.issues],
        "posts": [
            {
                "id": one.id,
                "title": one.title,
                "channel": one.channel,
                "at": one.at.isoformat(),
                "state": one.state,
                "link": one.link,
            }
            for one in found.posts
        ],
    }


def share(count: int, base: int) -> float | None:
    """Per cent of a base; None without one."""
    return 100 * count / base if base else None


def when(at: datetime, zone: tzinfo) -> str:
    """A time as tables have it, in the office's zone: its offset tells two hours of one name apart."""
    return at.astimezone(zone).isoformat(sep=" ", timespec="minutes")


def _coverage_rows(report: StrategyReport) -> Iterator[list[Cell]]:
    found = report.coverage
    lead: list[Cell] = [found.period.since.isoformat(), found.period.until.isoformat()]
    lead.append(when(found.as_of, report.zone))
    said = {square: str(words) for square, words in report.gaps}
    for square in (*said, *(one for one in found.squares if one not in said)):
        name = report.name(square.axis, square.value)
        row = "tom ruta" if square.is_empty else "ruta"
        last = square.last_on.isoformat() if square.last_on else ""
        focus = report.name(Axis.FOCUS, square.focus)
        yield [
            *lead, row, str(AXIS[square.axis]), name, square.value, focus,
            *_counts(square.reach, found.whole), last, said.get(square, ""),
        ]  # fmt: skip
    yield [*lead, "helhet", "", "", "", "", *_counts(found.whole, found.whole), _last(found.whole), ""]
    for axis, value, reach in told_rows(report):
        name = report.name(axis, value)
        yield [
            *lead, "rad", str(AXIS[axis]), name, value, "", *_counts(reach, found.whole), _last(reach), "",
        ]  # fmt: skip


def _counts(reach: Reach, whole: Reach) -> list[Cell]:
    return [
        reach.items, whole.items, reach.editions, whole.editions,
        reach.deliveries, whole.deliveries, reach.posts, whole.posts,
    ]  # fmt: skip


def _last(reach: Reach) -> str:
    return reach.last_on.isoformat() if reach.last_on else ""


def _delivery_rows(house: House, found: Deliveries) -> Iterator[list[Cell]]:
    lead: list[Cell] = [found.period.since.isoformat(), found.period.until.isoformat()]
    lead.append(when(found.as_of, house.zone))
    for one in found.issues:
        counts = {name: getattr(one, name) for name in COUNTS}
        at = when(one.at, house.zone)
        skips: list[Cell] = [one.skips.get(kind, 0) for kind in (*KINDS_OF_SKIPS.values(), OTHER)]
        yield [*lead, "brev", one.id, one.title, one.newsletter, at, 1, *_parts(counts), *skips, "", ""]
    for newsletter, sums in by_newsletter(found.issues).items():
        title = _title(house, newsletter)
        none: list[Cell] = [None] * (len(KINDS_OF_SKIPS) + 1)
        yield [*lead, "summa", "", title, newsletter, "", sums["issues"], *_parts(sums), *none, "", ""]
    for post in found.posts:
        yield _post_row(house, lead, post)


def _post_row(house: House, lead: list[Cell], post: PostCourse) -> list[Cell]:
    told: list[Cell] = [*lead, "inlägg", post.id, post.title, post.channel, when(post.at, house.zone)]
    empty: list[Cell] = [None] * (len(_DELIVERY_HEADS) - len(told) - 2)
    return [*told, *empty, str(STATES.get(post.state, post.state)), post.link]


def _parts(counts: Mapping[str, int]) -> list[Cell]:
    """The counts of an issue or a sum, each share beside what it is a share of."""
    accepted = counts["accepted"]
    return [
        counts["copies"], accepted, share(accepted, counts["copies"]), counts["rejected"], counts["unknown"],
        counts["open"], counts["cancelled"], counts["dead"], share(counts["dead"], accepted),
        counts["trouble"], counts["ours"], counts["complaints"], counts["left"],
    ]  # fmt: skip


def _title(house: House, newsletter: str) -> str:
    known = house.settings.newsletters.get(newsletter)
    return known.title if known else newsletter


def _period_row(period: Period) -> Json:
    return {"from": period.since.isoformat(), "to": period.until.isoformat()}


def _reach_row(reach: Reach) -> Json:
    return {
        "items": reach.items,
        "editions": reach.editions,
        "deliveries": reach.deliveries,
        "posts": reach.posts,
        "last_on": _last(reach) or None,
    }


def _square_row(square: Square) -> Json:
    return {
        "focus": square.focus,
        "by": square.axis.value,
        "value": square.value,
        "last_ever_on": square.last_on.isoformat() if square.last_on else None,
    }


def _course_row(one: Course) -> Json:
    return {
        "id": one.id,
        "title": one.title,
        "newsletter": one.newsletter,
        "at": one.at.isoformat(),
        **{name: getattr(one, name) for name in COUNTS},
        "skips": dict(one.skips),
    }
