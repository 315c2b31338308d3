"""content/items/*.md -> items: front matter, body, pictures; a file with errors becomes a `BrokenItem`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from comms.content.files import SourceText, error, read_text
from comms.content.people import read_people, read_pictures
from comms.content.schema import Fields, suggestion
from comms.errors import Location, Problem, Severity, say
from comms.model.audience import Audiences
from comms.model.document import BlockKind, Document
from comms.model.item import (
    BrokenItem,
    Call,
    Event,
    Item,
    ItemKind,
    PostDraft,
    Project,
    Show,
    WhenLong,
)
from comms.model.strategy import Strategy
from comms.text.consents import ARCHIVE, SPREAD_KIT
from comms.text.markdown import markup_faults, parse_markdown
from comms.text.schedule import ScheduleFault, parse_duration

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAX_SLUG = 80
_READ = re.compile(
    r"title|summary|leads\..+|event\.access|call\.(?:who|objective)|posts\..+\.(?:text|comment|warning)|people\.\d+\.role"
    r"|images\.\d+\.(?:alt|caption)"
)
"""The texts of the front matter that rules read, by dotted key."""

_LANGUAGES = ("sv", "en", "fi", "no", "da", "ar", "de", "uk")
_EPOCH = date(
    1970, 1, 1
)  # stands in for a date that could not be read; such an item is broken and goes nowhere


@dataclass(frozen=True, slots=True)
class Known:
    """The words that items may use, from the other files, and the zone that their times are in.

    A vocabulary that is empty could not be read: that is told of its own file, once, and no word of an
    item is called unknown for it. So with `newsletters` that are None.
    """

    strategy: Strategy
    audiences: Audiences
    channels: Collection[str]
    zone: ZoneInfo
    newsletters: Collection[str] | None = None

    @property
    def places(self) -> list[str] | None:
        """What the scope of a consent may name: channels, newsletters, the spread kit and the archive."""
        return None if self.newsletters is None else [*self.channels, *self.newsletters, SPREAD_KIT, ARCHIVE]

    def activities(self, focus: Collection[str]) -> list[str] | None:
        """Activities of the chosen focus areas, or of all when none could be read.

        None when the strategy has a fault that hides some of them: then nothing can be said of a word.
        """
        areas = self.strategy.focus_areas
        chosen = [areas[name] for name in focus if name in areas] or list(areas.values())
        if not chosen or not all(area.activities for area in chosen):
            return None
        return [slug for area in chosen for slug in area.activities]


def front_matter(source: SourceText, problems: list[Problem]) -> tuple[Fields | None, str, int]:
    """Split a file into front matter and body; gives fields, body and the body's first line."""
    lines = source.text.split("\n")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if lines[0].rstrip() != "---":
        message = say("Filen börjar inte med uppgifter mellan två rader ”---”.")
        hint = say("Skriv ”---” på första raden, uppgifterna under, och ”---” på en egen rad före texten.")
        problems.append(error("C110", message, hint, Location(source.path, 1, 1)))
        return None, "", 1
    if not end:
        message = say("Uppgifterna överst avslutas inte med en rad ”---”.")
        hint = say("Skriv ”---” på en egen rad mellan uppgifterna och texten.")
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
        error("C123", fault.message, fault.hint, Location(source.path, fault.line, fault.column))
        for fault in markup_faults(body, first_line=first_line)
    ]
    audiences = known.audiences.audiences
    for block in document.walk():
        if block.kind is BlockKind.FOR and audiences and block.audience not in audiences:
            message = say("Målgruppen ”{audience}” finns inte.", audience=block.audience)
            hint = suggestion(block.audience, audiences)
            problems.append(error("C115", message, hint, Location(source.path, block.line, 1)))
    return document


def load_item(root: Path, path: str, known: Known) -> tuple[Item | BrokenItem, list[Problem]]:
    """Read one item. Every fault of the file is named; one error makes it a `BrokenItem`."""
    slug = Path(path).stem
    source, problems = read_text(root, path)
    if not SLUG.fullmatch(slug) or len(slug) > _MAX_SLUG:
        message = say("Filnamnet ”{name}” går inte att använda i en webbadress.", name=slug)
        hint = say("Använd a–z, 0–9 och bindestreck, högst 80 tecken: å och ä blir a, ö blir o.")
        problems.append(error("C117", message, hint, Location(path)))
    if source is None:
        return BrokenItem(slug, path, None, None, None, None), problems
    fields, body, line = front_matter(source, problems)
    document = read_body(source, body, line, known, problems)
    if fields is None:
        return BrokenItem(slug, path, None, None, None, None), problems
    item = _item(root, slug, source, fields, known)
    fields.finish()
    if any(found.severity is Severity.ERROR for found in problems):
        return _broken(item, fields, line - 1), problems
    return replace(item, body=document), problems


def _broken(item: Item, fields: Fields, last_line: int) -> BrokenItem:
    """What could be read of where the item belongs; what could not may be anywhere."""

    def sound(key: str) -> bool:
        return fields.is_sound(key, last_line)

    def absent_or_sound(key: str) -> bool:
        return not fields.has(key) or sound(key)

    dated = sound("date") and absent_or_sound("publish")
    return BrokenItem(
        item.slug,
        item.path,
        item.audiences if sound("audiences") and item.audiences else None,
        item.municipalities if absent_or_sound("municipalities") else None,
        item.publish_from if dated else None,
        item.publish_until if absent_or_sound("publish") else None,
        item.pictures,
    )


def _item(root: Path, slug: str, source: SourceText, fields: Fields, known: Known) -> Item:
    strategy, audiences = known.strategy, known.audiences
    focus = fields.words("focus", strategy.focus_areas or None, required=True)
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
        title=fields.one_line("title", required=True),
        kind=ItemKind(kind or ItemKind.OUTLOOK),
        focus=focus,
        goals=fields.words("goals", strategy.goals or None),
        activities=fields.words("activities", known.activities(focus)),
        indicators=fields.words("indicators", strategy.indicators or None),
        audiences=fields.words("audiences", audiences.audiences or None, required=True),
        municipalities=fields.words("municipalities", audiences.municipalities or None),
        dated_on=fallback,
        publish_from=publish_from or fallback,
        publish_until=publish_until,
        language=fields.word("language", _LANGUAGES, default="sv"),
        link=_link(fields),
        summary=fields.text("summary"),
        event=_event(fields.mapping("event"), known.zone),
        call=_call(fields.mapping("call")),
        project=_project(fields.mapping("project")),
        people=read_people(fields, audiences.municipalities),
        pictures=read_pictures(root, fields, known.places),
        leads=_leads(fields.mapping("leads"), known),
        posts=_posts(fields.mapping("posts"), known),
        body=Document(),
        lines=fields.lines(),
        places=fields.places(_READ),
    )


def _link(fields: Fields) -> str:
    link = fields.text("link")
    if link and not re.fullmatch(r"https?://[^\s<>\"]+", link):
        message = say("”{link}” är ingen webbadress.", link=link)
        hint = say("Skriv hela adressen, till exempel https://leader7-sam.example/nyhet.")
        fields.problems.append(error("C114", message, hint, fields.place("link")))
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
        aim=fields.text("aim"),
        poster=fields.flag("poster") if fields.says("poster") else None,
    )
    fields.finish()
    return project


def _leads(fields: Fields | None, known: Known) -> dict[str, str]:
    if fields is None:
        return {}
    written = [slug for slug, _ in fields.each()] if not known.audiences.audiences else []
    leads = {slug: fields.text(slug) for slug in (*known.audiences.audiences, *written)}
    fields.finish()
    return {slug: text for slug, text in leads.items() if text}


def _posts(fields: Fields | None, known: Known) -> tuple[PostDraft, ...]:
    if fields is None:
        return ()
    drafts = tuple(_post(fields, channel, known) for channel in known.channels if fields.has(channel))
    fields.finish()
    return drafts


def _post(fields: Fields, channel: str, known: Known) -> PostDraft:
    row = fields.mapping(channel)
    if row is None:
        return PostDraft(channel, "", None, fields.line(channel))
    show = row.word("show", list(Show))
    draft = PostDraft(
        channel=channel,
        text=row.text("text"),
        at=row.moment("at", known.zone),
        line=fields.line(channel),
        comment=row.text("comment"),
        warning=row.one_line("warning"),
        when_long=WhenLong(row.word("when_long", list(WhenLong), default=WhenLong.STOP)),
        show=Show(show) if show else None,
        repeat=row.flag("repeat"),
        latest=_duration(row, "latest"),
    )
    row.finish()
    return draft


def _duration(row: Fields, key: str) -> timedelta | None:
    text = row.text(key)
    if not text:
        return None
    try:
        return parse_duration(text)
    except ScheduleFault as fault:
        row.problems.append(error("C114", fault.message, fault.hint, row.place(key)))
        return None
