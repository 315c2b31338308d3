"""content/items/*.md -> items: front matter, body, pictures; a file with errors becomes a `BrokenItem`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from comms.content.files import SourceText, error, read_text
from comms.content.pictures import read_picture
from comms.content.schema import Fields, suggestion
from comms.errors import Location, Problem, Severity, say
from comms.model.audience import Audiences
from comms.model.document import BlockKind, Document
from comms.model.item import BrokenItem, Call, Event, Item, ItemKind, Person, Picture, PostDraft, Project
from comms.model.strategy import Strategy
from comms.text.markdown import markup_faults, parse_markdown

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAX_SLUG = 80
_LANGUAGES = ("sv", "en", "fi", "no", "da", "ar", "de", "uk")
_EPOCH = date(
    1970, 1, 1
)  # stands in for a date that could not be read; such an item is broken and goes nowhere


@dataclass(frozen=True, slots=True)
class Known:
    """The words that items may use, from the other files, and the zone that their times are in."""

    strategy: Strategy
    audiences: Audiences
    channels: Collection[str]
    zone: ZoneInfo

    def activities(self, focus: Collection[str]) -> list[str]:
        """Activities of the chosen focus areas, or of all when none could be read."""
        areas = self.strategy.focus_areas
        return [slug for name in (focus or areas) for slug in areas[name].activities]


def front_matter(source: SourceText, problems: list[Problem]) -> tuple[Fields | None, str, int]:
    """Split a file into front matter and body; gives fields, body and the body's first line."""
    lines = source.text.split("\n")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if lines[0].rstrip() != "---" or not end:
        message = say("Filen börjar inte med uppgifter mellan två rader ”---”.")
        hint = say("Skriv ”---” på första raden, uppgifterna under, och ”---” på en egen rad före texten.")
        problems.append(error("C110", message, hint, Location(source.path, 1, 1)))
        return None, "", 1
    fields = Fields.parse(source, problems, first_line=2, text="\n".join(lines[1:end]) or "\n")
    return fields, "\n".join(lines[end + 1 :]), end + 2


def read_body(
    source: SourceText, body: str, first_line: int, known: Known, problems: list[Problem]
) -> Document:
    """Parse a body, naming mark-up that would show text to the wrong readers."""
    document = parse_markdown(body, first_line=first_line)
    problems += [
        error("C123", fault.message, fault.hint, Location(source.path, fault.line, 1))
        for fault in markup_faults(body, first_line=first_line)
    ]
    for block in document.walk():
        if block.kind is BlockKind.FOR and block.audience not in known.audiences.audiences:
            message = say("Målgruppen ”{audience}” finns inte.", audience=block.audience)
            hint = suggestion(block.audience, known.audiences.audiences)
            problems.append(error("C115", message, hint, Location(source.path, block.line, 1)))
    return document


def load_item(root: Path, path: str, known: Known) -> tuple[Item | BrokenItem, list[Problem]]:
    """Read one item. Every fault of the file is named; one error makes it a `BrokenItem`."""
    slug = Path(path).stem
    source, problems = read_text(root, path)
    if not SLUG.fullmatch(slug) or len(slug) > _MAX_SLUG:
        message = say("Filnamnet ”{name}” går inte att använda som adress.", name=slug)
        hint = say("Använd a–z, 0–9 och bindestreck, högst 80 tecken: å och ä blir a, ö blir o.")
        problems.append(error("C117", message, hint, Location(path)))
    fields, body, line = front_matter(source, problems) if source else (None, "", 1)
    if source is None or fields is None:
        return BrokenItem(slug, path, None, None, None, None), problems
    item = _item(root, slug, source, fields, known)
    document = read_body(source, body, line, known, problems)
    fields.finish()
    if any(found.severity is Severity.ERROR for found in problems):
        return _broken(item, fields), problems
    return replace(item, body=document), problems


def _broken(item: Item, fields: Fields) -> BrokenItem:
    """What could be read of where the item belongs; what could not may be anywhere."""
    unread = {found.location.line for found in fields.problems if found.severity is Severity.ERROR}

    def read(key: str) -> bool:
        return fields.has(key) and fields.line(key) not in unread

    return BrokenItem(
        item.slug,
        item.path,
        item.audiences if read("audiences") and item.audiences else None,
        item.municipalities if not fields.has("municipalities") or read("municipalities") else None,
        item.publish_from if read("publish") or read("date") else None,
        item.publish_until,
    )


def _item(root: Path, slug: str, source: SourceText, fields: Fields, known: Known) -> Item:
    areas = known.strategy.focus_areas
    focus = fields.words("focus", areas, required=True)
    dated_on = fields.day("date", required=True)
    publish = fields.mapping("publish")
    publish_from = publish.day("from") if publish else None
    publish_until = publish.day("until") if publish else None
    if publish:
        publish.finish()
    kind = fields.word("kind", [kind.value for kind in ItemKind], required=True)
    fallback = dated_on or _EPOCH
    return Item(
        slug=slug,
        path=source.path,
        sha256=source.sha256,
        title=fields.text("title", required=True),
        kind=ItemKind(kind or ItemKind.OUTLOOK),
        focus=focus,
        goals=fields.words("goals", known.strategy.goals),
        activities=fields.words("activities", known.activities(focus)),
        indicators=fields.words("indicators", known.strategy.indicators),
        audiences=fields.words("audiences", known.audiences.audiences, required=True),
        municipalities=fields.words("municipalities", known.audiences.municipalities),
        dated_on=fallback,
        publish_from=publish_from or fallback,
        publish_until=publish_until,
        language=fields.word("language", _LANGUAGES, default="sv"),
        link=_link(fields),
        summary=fields.text("summary"),
        event=_event(fields.mapping("event"), known.zone),
        call=_call(fields.mapping("call")),
        project=_project(fields.mapping("project")),
        people=tuple(_person(row) for row in fields.rows("people")),
        pictures=_pictures(root, fields),
        leads=_leads(fields.mapping("leads"), known),
        posts=_posts(fields.mapping("posts"), known),
        body=Document(),
        lines=fields.lines(),
    )


def _link(fields: Fields) -> str:
    link = fields.text("link")
    if link and not re.fullmatch(r"https?://[^\s<>\"]+", link):
        message = say("”{link}” är ingen webbadress.", link=link)
        hint = say("Skriv hela adressen, till exempel https://leader7-sam.example/nyhet.")
        fields.problems.append(error("C114", message, hint, Location(fields.path, fields.line("link"), 1)))
        return ""
    return link


def _event(fields: Fields | None, zone: ZoneInfo) -> Event | None:
    if fields is None:
        return None
    start = fields.moment("start", zone, required=True)
    event = Event(
        start=start or datetime(1970, 1, 1, tzinfo=zone),
        end=fields.moment("end", zone),
        place=fields.text("place"),
        access=fields.text("access"),
        online=fields.text("online"),
    )
    fields.finish()
    return event


def _call(fields: Fields | None) -> Call | None:
    if fields is None:
        return None
    call = Call(
        opens=fields.day("opens", required=True) or _EPOCH,
        closes=fields.day("closes", required=True) or _EPOCH,
        total_sek=fields.number("total_sek"),
        who=fields.text("who"),
        objective=fields.text("objective"),
    )
    fields.finish()
    return call


def _project(fields: Fields | None) -> Project | None:
    if fields is None:
        return None
    project = Project(
        name=fields.text("name", required=True),
        applicant=fields.text("applicant"),
        support_sek=fields.number("support_sek"),
        eu_funded=fields.flag("eu_funded"),
        period=fields.text("period"),
    )
    fields.finish()
    return project


def _person(fields: Fields) -> Person:
    person = Person(
        name=fields.text("name", required=True),
        role=fields.text("role"),
        organisation=fields.text("organisation"),
        pronoun=fields.text("pronoun"),
        line=fields.node.line,
    )
    fields.finish()
    return person


def _pictures(root: Path, fields: Fields) -> tuple[Picture, ...]:
    pictures = []
    for row in fields.rows("images"):
        alt = row.text("alt") if row.has("alt") else None
        file = row.text("file", required=True)
        picture = Picture(
            path=f"content/{file}",
            alt=alt,
            caption=row.text("caption"),
            photographer=row.text("photographer"),
            people=row.words("people", None),
            consent=row.text("consent"),
            stock=row.flag("stock"),
            line=row.line("file"),
        )
        row.finish()
        if file:
            picture, found = read_picture(root, picture, Location(fields.path, row.line("file"), 1))
            fields.problems += found
        pictures.append(picture)
    return tuple(pictures)


def _leads(fields: Fields | None, known: Known) -> dict[str, str]:
    if fields is None:
        return {}
    leads = {slug: fields.text(slug) for slug in known.audiences.audiences}
    fields.finish()
    return {slug: text for slug, text in leads.items() if text}


def _posts(fields: Fields | None, known: Known) -> tuple[PostDraft, ...]:
    if fields is None:
        return ()
    drafts = []
    for channel in known.channels:
        if not fields.has(channel):
            continue
        row = fields.mapping(channel)
        drafts.append(
            PostDraft(
                channel=channel,
                text=row.text("text") if row else "",
                at=row.moment("at", known.zone) if row else None,
                line=fields.line(channel),
            )
        )
        if row:
            row.finish()
    fields.finish()
    return tuple(drafts)
