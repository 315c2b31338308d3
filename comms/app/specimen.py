"""Made-up letters and kits that take every way through the templates: what `comms check` sees of them.

A template is wrong long before the day on which a letter takes the branch in which the fault is. So each
newsletter's templates are read as they are (comms/render/unfilled.py), and a letter that has one of
everything goes through the real renderer and the checks of any other; the texts to pass on are made of its
items. It needs no ledger, no clock, nothing that the workspace tells: people, places and projects in it are
invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

from comms.app.rendering import letter_duties
from comms.check.letter import Letter
from comms.check.letter_look import look_problems
from comms.check.letters import check_letter
from comms.errors import Location, Problem, Severity, TemplateError, say
from comms.model.audience import Audience, Audiences
from comms.model.document import Document
from comms.model.issue import Edition, IssueNotes, Newsletter
from comms.model.item import Call, Event, Item, ItemKind, Picture, Project
from comms.model.plan import EditionPlan, Entry, EntryKind, Moment, Pick
from comms.model.strategy import FocusArea, Strategy
from comms.model.workspace import TemplateSet, Workspace
from comms.render.edition import by_mail, render_edition, template_names
from comms.render.kit_texts import posts, short_text, words_of
from comms.render.mjml_faults import CODE
from comms.render.templates import CODE as UNFILLED
from comms.render.unfilled import taken_in, template_problems
from comms.render.verify import edition_problems
from comms.text.markdown import parse_markdown

if TYPE_CHECKING:
    from comms.app.house import House

_STOPS = frozenset({UNFILLED, CODE})
_AUDIENCE, _PLACE, _OTHER = "prov", "provby", "andra"
_ON = datetime(2026, 12, 1, 8)  # noqa: DTZ001 - wall time
_DAY = _ON.date()

_LONG = """\
Det här är en *provnyhet* med **allt** som en text kan ha, och [en länk till sidan](https://prov.example/sida).

- En punkt i en lista.
- En till, med en lista i sig:
  1. Först det ena.
  2. Sedan det andra.

> Ett citat ur provtexten.

## En rubrik i texten

| Ort | Platser |
|---|---|
| Provby | 12 |
| Andraby | 7 |

### En rubrik till

Rad ett\\
rad två, och `kod`.

::: for prov
Bara för den som läser provet.
:::

---

    kod i ett eget stycke
"""

_EVENT = Event(
    start=datetime(2026, 12, 9, 17, 0, tzinfo=UTC),
    end=datetime(2026, 12, 9, 19, 0, tzinfo=UTC),
    place="Bygdegården, Provby",
    access="Ingång utan trappsteg.",
    online="https://prov.example/traff",
)
_CALL = Call(date(2026, 12, 1), date(2027, 1, 31), 2_000_000, "Föreningar", "Nya tjänster")
_PROJECT = Project("Provprojektet", "Provföreningen", 614_000, True, "2027–2028", "En led för alla", True)  # noqa: FBT003 - as its fields are named
_PICTURE = Picture(
    path="content/pictures/prov.png",
    alt="En spång över en myr & \N{LEFT-POINTING ANGLE BRACKET}”ljung”.",
    caption="Spången i Provby.",
    photographer="Provia Provdotter",
    people=(),
    consent=None,
    stock=False,
    line=1,
    sha256="5b" * 32,
    width=1500,
    height=1000,
)


def template_faults(house: House) -> Iterator[tuple[str, Problem]]:
    """What is wrong in templates, with the part that is of no use: `newsletters.NAME` or "".

    A problem can come several times. One in a template that no newsletter takes in stops none of them, nor
    does one of a letter that can be made: that is found in the real letter, which a person wants to see. Nor
    does one in the texts to pass on: no letter has them.
    """
    templates = house.workspace.templates
    read = list(template_problems(templates))
    found: dict[tuple[str, str], list[Problem]] = {}
    for slug, newsletter in house.settings.newsletters.items():
        names = template_names(newsletter)
        if not set(names) <= templates.sources.keys():
            continue  # comms.yaml names a template that is not there, and its own problem says so
        parts = taken_in(templates, *names)
        if names not in found:
            own = [problem for name, problem in read if name in parts]
            known = {_told(problem) for problem in own}
            shown = specimen_problems(house, newsletter)
            found[names] = own + [problem for problem in shown if _told(problem) not in known]
        for problem in found[names]:
            yield f"newsletters.{slug}" if problem.code in _STOPS else "", problem
    yield from (("", problem) for _name, problem in read)
    known = {_told(problem) for _name, problem in read}
    yield from (("", problem) for problem in spread_problems(house) if _told(problem) not in known)


def _told(problem: Problem) -> tuple[str, str, int, str]:
    """A problem but for its column, which only one of two readings may know."""
    return problem.code, problem.location.path, problem.location.line, str(problem.message)


def specimen_problems(house: House, newsletter: Newsletter) -> list[Problem]:
    """What is wrong with made-up letters of a newsletter.

    What law asks is looked for in the short one, and what is hard to see: neither depends much on what a
    letter tells, and reading a page so takes longer than making it.
    """
    duties = letter_duties(house, newsletter)
    problems: list[Problem] = []
    for edition, notes in _editions(newsletter):
        try:
            rendered = by_mail(_rendered(house, newsletter, edition, notes), house.settings, newsletter)
        except TemplateError as refused:
            problems += refused.problems or (_unplaced(refused, duties.html_template),)
            continue
        problems += edition_problems(rendered, settings=house.settings, template_path=duties.html_template)
        if notes is None:
            letter = Letter(rendered, duties)
            problems += [*check_letter(letter), *look_problems(letter)]
    return list(dict.fromkeys(problems))


def spread_problems(house: House) -> list[Problem]:
    """What is wrong with the texts of spread kits of made-up items, for a municipality and the whole area."""
    workspace = specimen(house.workspace.templates)
    problems: dict[Problem, None] = {}
    for item, municipality in product(spread_items(), (_PLACE, "")):
        words = words_of(
            item, municipality=municipality, settings=house.settings, workspace=workspace, on=_DAY
        )
        for text in (short_text, posts):
            try:
                text(words, workspace.templates)
            except TemplateError as refused:
                unplaced = _unplaced(refused, "templates/spread")
                problems |= dict.fromkeys(refused.problems or (unplaced,))
    return list(problems)


def _rendered(
    house: House, newsletter: Newsletter, edition: EditionPlan, notes: IssueNotes | None
) -> Edition:
    return render_edition(
        settings=house.settings,
        workspace=specimen(house.workspace.templates),
        entry=_entry(newsletter, corrects=f"{newsletter.slug}-2026-11-03" if notes else ""),
        edition=edition,
        notes=notes,
    )


def _unplaced(refused: TemplateError, path: str) -> Problem:
    return Problem(CODE, Severity.ERROR, refused.message, say("Rätta mallen."), Location(path))


_BARE = Item(
    slug="prov-kort",
    path="content/items/prov-kort.md",
    sha256="",
    title="Kort provnyhet",
    kind=ItemKind.OFFICE,
    focus=(),
    goals=(),
    activities=(),
    indicators=(),
    audiences=(_AUDIENCE,),
    municipalities=(),
    dated_on=_DAY,
    publish_from=_DAY,
    publish_until=None,
    language="sv",
    link="",
    summary="En nyhet som bara är text.",
    event=None,
    call=None,
    project=None,
    people=(),
    pictures=(),
    leads={},
    posts=(),
    body=Document(),
    lines={},
)


@cache
def specimen_items() -> tuple[Item, ...]:
    """One item of every kind, with and without all that an item may have."""
    bare = replace(_BARE, body=parse_markdown("Ett stycke."))
    full = replace(
        bare,
        focus=("ett",),
        municipalities=(_PLACE,),
        body=parse_markdown(_LONG),
        link="https://prov.example/full",
    )
    sparse = {
        "event": replace(_EVENT, end=None, access="", online=""),
        "call": replace(_CALL, total_sek=None, who="", objective=""),
        "project": Project("Ett projekt till", "", None, eu_funded=False, period=""),
    }
    standing = replace(_PICTURE, alt="", caption="", photographer="", width=900, height=1200)
    return tuple(
        replace(item, slug=f"prov-{number}", kind=kind, title=title, **facts)  # type: ignore[arg-type]  # fields
        for number, (item, kind, title, facts) in enumerate(
            (
                (full, ItemKind.CALL, "Provutlysning", {"call": _CALL}),
                (full, ItemKind.INVITATION, "Provträff", {"event": _EVENT}),
                (full, ItemKind.GRANT, "Prov <&> ”citat”", {"project": _PROJECT, "pictures": (_PICTURE,)}),
                (full, ItemKind.STORY, "Proof story", {"language": "en", "pictures": (standing,)}),
                (
                    full,
                    ItemKind.DECISION,
                    "Provbeslut",
                    {"focus": ("ett", "två"), "leads": {_AUDIENCE: "En ingress."}},
                ),
                (
                    bare,
                    ItemKind.OUTLOOK,
                    "Provutblick",
                    {"summary": "", "municipalities": (_PLACE, _OTHER), **sparse},
                ),
                (bare, ItemKind.OFFICE, "Kort provnyhet", {}),
            )
        )
    )


@cache
def spread_items() -> tuple[Item, ...]:
    """The items, and what only the texts to pass on tell apart: whose words, where, if a call is open."""
    call, meeting, grant, story, *_ = items = specimen_items()
    rows = parse_markdown("Vi träffas.\n\n- Provby: klockan 10\n- Andraby: klockan 12")
    told = parse_markdown("Provföreningen får 614 000 kr.")
    later = replace(_CALL, opens=date(2027, 1, 7))
    return (
        *items,
        replace(story, municipalities=(), summary="Vi kommer till er.", body=rows),
        replace(meeting, municipalities=(_PLACE, _OTHER), event=replace(_EVENT, access="Ring oss.")),
        replace(meeting, event=replace(_EVENT, start=_EVENT.start.replace(year=2027), end=None, place="")),
        replace(call, municipalities=(), call=later),
        replace(call, call=replace(later, opens=date(2026, 12, 7))),
        replace(grant, body=told),
        replace(grant, project=replace(_PROJECT, applicant="")),
        replace(grant, project=replace(_PROJECT, support_sek=None)),
    )


def specimen(templates: TemplateSet) -> Workspace:
    """A workspace of made-up content with these templates."""
    areas = {slug: FocusArea(slug, slug.upper(), slug.title(), {}, ()) for slug in ("ett", "två")}
    reason = "Ni får brevet för att det är ett prov."
    return Workspace(
        items={item.slug: item for item in specimen_items()},
        broken={},
        notes={},
        broken_notes=frozenset(),
        audiences=Audiences(
            {_AUDIENCE: Audience(_AUDIENCE, "Provläsare", reason)}, {_PLACE: "Provby", _OTHER: "Andraby"}, ()
        ),
        strategy=Strategy("", {}, {}, areas),
        templates=templates,
        digests={},
    )


def _editions(newsletter: Newsletter) -> Iterator[tuple[EditionPlan, IssueNotes | None]]:
    """A municipality's letter with everything, and one for the whole area with one short item."""
    why = say("Den är med i provet.")
    items = specimen_items()
    picks = tuple(Pick(item.slug, why) for item in items)
    yield EditionPlan(_AUDIENCE, _PLACE, picks), _notes(newsletter)
    yield EditionPlan(_AUDIENCE, "", picks[-1:]), None


def _notes(newsletter: Newsletter) -> IssueNotes:
    return IssueNotes(
        id=f"{newsletter.slug}-{_DAY}",
        newsletter=newsletter.slug,
        path="",
        sha256="",
        subject="Prov på brevet",
        pin=(),
        exclude=(),
        at=None,
        corrects="",
        greeting=Document(parse_markdown("Hej!\n\nDet här är en **hälsning**.").blocks),
    )


def _entry(newsletter: Newsletter, corrects: str) -> Entry:
    return Entry(
        id=f"{newsletter.slug}-{_DAY}",
        kind=EntryKind.ISSUE,
        title=newsletter.title,
        schedule=newsletter.slug,
        channel=newsletter.channel,
        moment=Moment(_ON, _ON.replace(tzinfo=UTC)),
        newsletter=newsletter.slug,
        corrects=corrects,
    )
