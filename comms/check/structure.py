"""Structure across an item: dates that agree, tags that belong together, text where it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from comms.check.reading import BODY, Reading, line_of
from comms.check.rule import Finding
from comms.errors import Location, Text, say
from comms.model.document import BlockKind
from comms.model.item import SCAFFOLD, Event, Item


def still_scaffold(reading: Reading) -> Iterator[Finding]:
    """Find items whose body is still what `comms new` wrote."""
    for item in reading.items:
        for block in item.body.blocks:
            if block.plain() == SCAFFOLD:
                message = say("Texten är inte skriven: mallens uppmaning står kvar.")
                hint = say("Skriv nyheten. Vänta med den genom att döpa filen till _namn.md.")
                yield Finding(Location(item.path, block.line, 1), message, hint)


def until_before_from(reading: Reading) -> Iterator[Finding]:
    """Find items that stop being current before they begin."""
    for item in reading.items:
        if item.publish_until and item.publish_until < item.publish_from:
            message = say(
                "Nyheten slutar gälla {until}, innan den börjar gälla {start}.",
                until=item.publish_until,
                start=item.publish_from,
            )
            hint = say("Ändra publish.from eller publish.until.")
            yield _at(item, message, hint, "publish.until", "publish")


def dated_after_until(reading: Reading) -> Iterator[Finding]:
    """Find items whose own date is after their last day."""
    for item in reading.items:
        if item.publish_until and item.dated_on > item.publish_until:
            message = say(
                "Nyheten är daterad {date}, efter sista dagen {until}.",
                date=item.dated_on,
                until=item.publish_until,
            )
            yield _at(item, message, say("Ändra date eller publish.until."), "date")


def event_ends_before_start(reading: Reading) -> Iterator[Finding]:
    """Find events that end before they begin."""
    for item in reading.items:
        event = item.event
        if event and event.end and event.end < event.start:
            message = say("Träffen slutar innan den börjar.")
            hint = say("Ändra event.start eller event.end.")
            yield _at(item, message, hint, "event.end", "event")


def event_over(reading: Reading) -> Iterator[Finding]:
    """Find invitations that go out when the event is over."""
    for item in reading.items:
        if item.event and _last_day(item.event) < item.publish_from:
            message = say("Träffen är över {day}, innan nyheten får gå ut.", day=_last_day(item.event))
            hint = say("Ändra publish.from, eller skriv om nyheten till en berättelse om hur det gick.")
            yield _at(item, message, hint, "publish.from", "publish", "event.start", "event")


def call_closes_before_opens(reading: Reading) -> Iterator[Finding]:
    """Find calls that close before they open."""
    for item in reading.items:
        call = item.call
        if call and call.closes < call.opens:
            message = say(
                "Utlysningen stänger {closes}, innan den öppnar {opens}.",
                closes=call.closes,
                opens=call.opens,
            )
            yield _at(item, message, say("Ändra call.opens eller call.closes."), "call.closes", "call")


def call_over(reading: Reading) -> Iterator[Finding]:
    """Find calls that have closed before the item may go out."""
    for item in reading.items:
        call = item.call
        if call and call.opens <= call.closes < item.publish_from:
            message = say("Utlysningen stängde {closes}, innan nyheten får gå ut.", closes=call.closes)
            hint = say("Kontrollera årtalen i call.opens och call.closes, eller ändra publish.from.")
            yield _at(item, message, hint, "call.closes", "call")


def foreign_activities(reading: Reading) -> Iterator[Finding]:
    """Find activities that belong to another focus area than the item's."""
    areas = reading.context.strategy.focus_areas
    for item in reading.items:
        own = {slug for name in item.focus if name in areas for slug in areas[name].activities}
        for slug in item.activities:
            home = next((area.slug for area in areas.values() if slug in area.activities), "")
            if home and slug not in own:
                message = say("Aktiviteten ”{slug}” hör till ett annat insatsområde.", slug=slug)
                hint = say("Lägg till {home} i focus, eller ta bort aktiviteten.", home=home)
                yield _at(item, message, hint, "activities")


def foreign_indicators(reading: Reading) -> Iterator[Finding]:
    """Find indicators that none of the item's focus areas uses."""
    strategy = reading.context.strategy
    areas = strategy.focus_areas
    for item in reading.items:
        own = {slug for name in item.focus if name in areas for slug in areas[name].indicators}
        for slug in item.indicators:
            if slug in strategy.indicators and slug not in own:
                message = say(
                    "Indikatorn ”{title}” hör inte till nyhetens insatsområde.",
                    title=strategy.indicators[slug],
                )
                hint = say("Välj bland {own}, eller ta bort den.", own=", ".join(sorted(own)))
                yield _at(item, message, hint, "indicators")


def leads_for_others(reading: Reading) -> Iterator[Finding]:
    """Find leads for an audience that the item is not for."""
    for item in reading.items:
        for audience in item.leads:
            if audience not in item.audiences:
                message = say("Ingressen för ”{audience}” kommer ingen att läsa.", audience=audience)
                hint = say("Lägg till {audience} i audiences, eller ta bort ingressen.", audience=audience)
                yield _at(item, message, hint, f"leads.{audience}", "leads")


def blocks_for_others(reading: Reading) -> Iterator[Finding]:
    """Find `::: for` blocks for an audience that the item is not for."""
    for item in reading.items:
        for block in item.body.walk():
            if block.kind is BlockKind.FOR and block.audience not in item.audiences:
                message = say("Blocket för ”{audience}” kommer ingen att läsa.", audience=block.audience)
                hint = say(
                    "Lägg till {audience} i audiences, eller ta bort blocket.", audience=block.audience
                )
                yield Finding(Location(item.path, block.line, 1), message, hint)


def no_body(reading: Reading) -> Iterator[Finding]:
    """Find items without a text, and without one for some of their audiences."""
    for item in reading.items:
        if not any(passage.kind in BODY for passage in reading.passages if passage.path == item.path):
            message = say("Nyheten har ingen text.")
            hint = say("Skriv texten under den andra raden med ”---”.")
            yield _at(item, message, hint, "title")


def no_summary(reading: Reading) -> Iterator[Finding]:
    """Find items with posts but no summary, which archives and link cards show."""
    for item in reading.items:
        if item.posts and not item.summary:
            message = say("Nyheten har inlägg men ingen sammanfattning.")
            hint = say("Skriv summary i en eller två meningar: den syns där länken delas.")
            yield _at(item, message, hint, "posts", "title")


def _at(item: Item, message: Text, hint: Text, *keys: str) -> Finding:
    return Finding(Location(item.path, line_of(item, *keys)), message, hint)


def _last_day(event: Event) -> date:
    return (event.end or event.start).date()
