"""An entry is cleaned and dated sanely; its language is seen, not believed."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from comms.text.feed_entry import cleaned, day_of, entry_of, language_of

ZONE = ZoneInfo("Europe/Stockholm")
TODAY = date(2026, 11, 26)


def raw(**more: str) -> dict[str, str]:
    empty = dict.fromkeys(("identity", "link", "title", "summary", "content", "language"), "")
    return empty | more


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-11-24T10:00:00+00:00", date(2026, 11, 24)),
        ("2026-11-24T23:30:00+00:00", date(2026, 11, 25)),
        ("2126-11-24T10:00:00+00:00", TODAY),
        ("0001-01-01T00:00:00+00:00", None),
        ("1970-01-01T00:00:00+00:00", None),
        ("9999-12-31T23:59:59+00:00", None),
        ("i går", None),
        ("", None),
    ],
)
def test_a_day_is_one_that_can_be_true(said: str, day: date | None) -> None:
    assert day_of(said, ZONE, TODAY) == day


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Leden öppnar och alla är välkomna, men inte på natten", "en", "sv"),
        ("The trail is open and you are welcome", "", "en"),
        ("Stien er åpen og dere kan ikke gå på den etter mørkets frembrudd, hvordan og hva", "", "no"),
        ("Stien er åben og I må ikke gå hvad og hvordan jer af den", "", "da"),
        ("Polku on auki ja se ei ole suljettu, mutta myös", "", "fi"),
        ("Der Weg ist offen und wir sind nicht müde", "", "de"),
        ("مرحبا بكم في القرية", "sv", "ar"),
        ("Ласкаво просимо до села", "sv", "uk"),
        ("Leden", "nb-NO", "no"),
        ("Leden", "en_GB", "en"),
        ("Leden", "tlh", "sv"),
    ],
)
def test_the_language_is_what_the_words_are(text: str, declared: str, language: str) -> None:
    assert language_of(text, declared) == language


def test_an_entry_without_a_title_has_its_first_words() -> None:
    found = cleaned(raw(summary="<p>Leden runt sjön öppnar.</p>"))
    assert found is not None
    assert found["title"] == "Leden runt sjön öppnar."


def test_an_entry_that_says_nothing_is_none() -> None:
    assert cleaned(raw(link="https://prov.example/a", title="<b> </b>", summary="<img src='x'>")) is None


def test_an_entry_without_an_identity_has_its_link_or_its_content() -> None:
    by_link = cleaned(raw(title="Leden", link="https://prov.example/a"))
    by_content = cleaned(raw(title="Leden"))
    assert by_link is not None
    assert by_link["identity"] == "https://prov.example/a"
    assert by_content is not None
    assert by_content["identity"] == by_content["sha256"]


def test_the_whole_text_is_quoted_and_the_short_one_is_the_summary() -> None:
    found = cleaned(raw(title="Leden", summary="Kort.", content="<p>Långt.</p><p>Mer.</p>"))
    assert found is not None
    assert (found["summary"], found["body"]) == ("Kort.", "Långt.\n\nMer.")


def test_cleaned_texts_and_an_instant_are_an_entry() -> None:
    found = cleaned(raw(title="Leden", link="https://prov.example/a", identity="1"))
    assert found is not None
    entry = entry_of(found, "2026-11-24T10:00:00+00:00", ZONE, TODAY)
    assert (entry.identity, entry.title, entry.published_on) == ("1", "Leden", date(2026, 11, 24))
