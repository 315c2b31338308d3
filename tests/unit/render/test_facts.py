"""Facts are told by one table: on pages, in spread kits, in calendars."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from comms.render.facts import Fact, calendar_event, facts_of
from comms.render.site import site_pages
from tests.unit.render import build
from tests.unit.render.kits import kit
from tests.unit.render.test_site import site

AT = datetime(2026, 12, 1, 7, tzinfo=UTC)
NAMES = {"arvika": "Arvika"}
FULL = replace(build.ITEM, event=build.EVENT, call=build.CALL, project=build.PROJECT)
UNSAFE = replace(build.ITEM, event=replace(build.EVENT, place="", online="javascript:alert(1)"))


def test_the_page_and_the_kit_tell_the_same_facts_by_the_same_names() -> None:
    names = [fact.name for fact in facts_of(FULL, build.SETTINGS, NAMES)]
    page = dict(site_pages(site(FULL)))[f"nyheter/{FULL.slug}/index.html"].decode()
    assert len(set(names)) == len(names)
    assert list(kit(FULL).facts) == names
    assert [name for name in names if f"<dt>{name}</dt>" not in page] == []


def test_a_call_without_municipalities_concerns_the_whole_area() -> None:
    found = facts_of(replace(FULL, municipalities=()), build.SETTINGS, NAMES)
    assert Fact("Gäller", "Hela området") in found


def test_an_address_that_is_not_safe_is_told_nowhere() -> None:
    assert "javascript" not in repr(facts_of(UNSAFE, build.SETTINGS, NAMES))
    assert "javascript" not in repr(kit(UNSAFE).facts) + kit(UNSAFE).calendar
    event = calendar_event(UNSAFE, build.SETTINGS, text="", published_at=AT)
    assert event is not None
    assert event.online == ""


def test_the_calendar_of_the_page_and_that_of_the_kit_are_the_same() -> None:
    item = replace(FULL, summary="Leden runt sjön öppnar.")
    page = dict(site_pages(site(item)))[f"nyheter/{item.slug}/kalender.ics"].decode()
    assert kit(item, published_at=AT).calendar == page
