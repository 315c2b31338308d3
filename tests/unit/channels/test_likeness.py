"""Whether something on a network is ours: words as servers show them, and times as they tell them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from comms.channels.likeness import CLOCKS_DIFFER, came_after, has_html_of, has_words_of, moment
from comms.text.segments import parse_segments
from tests.fakes.examples import NOW, publication

LINK = "https://leader.example/brygga?a=1&b=2"
OURS = f"Ny brygga vid @anna@social.example (se {LINK}). #Åsebyn\n\nVälkommen!"
MENTION = (
    '<span class="h-card"><a href="https://social.example/@anna" class="u-url">@<span>anna</span></a></span>'
)
TAG = '<a href="https://s.example/tags/x" class="mention hashtag" rel="tag">#<span>Åsebyn</span></a>'


def shown(link: str, word: str = "brygga") -> str:
    """Our post as a server shows it, with the link in its own way."""
    return f"<p>Ny {word} vid {MENTION} (se {link}). {TAG}</p><p><strong>Välkommen</strong>!</p>"


HREF = LINK.replace("&", "&amp;")
WHOLE = f'<a href="{HREF}"><span class="invisible">https://</span><span>leader.example/brygga?a=1&amp;b=2</span></a>'
SHORT = f"<a rel='nofollow' href='{HREF}' class='x'>leader.example/bry…</a>"
OTHER = '<a href="https://leader.example/bad">leader.example/b…</a>'


@pytest.mark.parametrize(
    ("html", "same"),
    [
        (shown(WHOLE), True),
        (shown(SHORT), True),
        (shown(HREF), True),
        (shown(SHORT, "badplats"), False),
        (shown(OTHER), False),
        (shown(OTHER.replace("leader.example/b…", "här")), False),
        (shown(f"{SHORT}, {OTHER}"), True),
        (f"<p>{OURS.replace('&', '&amp;')}</p>", True),
    ],
    ids=["whole", "short", "no link of it", "other words", "other", "named", "one more", "plain"],
)
def test_a_post_in_html_is_ours_however_its_link_is_shown_and_only_with_it(html: str, same: bool) -> None:
    assert has_html_of(html, parse_segments(OURS, "mastodon")) is same


def test_a_server_that_makes_links_of_bare_names_changes_no_words() -> None:
    made = '<p>Läs på <a href="https://leader.example">leader.example</a> nu</p>'
    assert has_html_of(made, parse_segments("Läs på leader.example nu", "mastodon"))


@pytest.mark.parametrize(
    ("theirs", "ours", "same", "if_it_shortens"),
    [
        (f"Läs {LINK}", f"Läs {LINK}", True, True),
        ("Läs https://lnkd.in/eAbC", f"Läs {LINK}", False, True),
        ("Läs", f"Läs {LINK}", True, True),
        (LINK, LINK, True, True),
        ("https://lnkd.in/eAbC", LINK, False, True),
        ("", LINK, False, False),
        ("", "", False, False),
        (LINK, "", False, False),
        ("🎉", "🎉", True, True),
        ("🎉", "🎈", False, False),
        ("Cafe\u0301", "Café", True, True),
        ("Något annat", "Läs", False, False),
    ],
)
def test_words_are_ours_with_our_links_or_where_links_are_shortened_without(
    theirs: str, ours: str, same: bool, if_it_shortens: bool
) -> None:
    segments = parse_segments(ours, "facebook")
    assert has_words_of(theirs, segments) is same
    assert has_words_of(theirs, segments, shortens=True) is if_it_shortens


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-12-01T08:00:00+0000", NOW),
        ("2026-12-01T09:00:00.000+01:00", NOW),
        ("2026-12-01T08:00:00", NOW),
        ("soon", None),
        (None, None),
    ],
)
def test_a_time_without_a_zone_is_in_utc(told: object, at: datetime | None) -> None:
    assert moment(told) == at


def test_what_cannot_be_timed_counts_as_ours_and_clocks_may_differ() -> None:
    ours = replace(publication(), created_at=NOW)
    assert came_after(ours, None)
    assert came_after(ours, (NOW - CLOCKS_DIFFER).astimezone(UTC))
    assert not came_after(ours, NOW - CLOCKS_DIFFER - timedelta(seconds=1))
