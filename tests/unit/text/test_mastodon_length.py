"""Mastodon's way of counting, against the counter of Mastodon.py: two that were written apart agree."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

import pytest
from mastodon import Mastodon

from comms.model.network import Counting
from comms.text.counting import length, mastodon_links
from comms.text.segments import parse_segments

TEXTS = 2000
WORDS = (
    "Leden",
    "öppnar",
    "åt",
    "alla",
    "S:t",
    "kl. 18.00",
    "bygdegården",
    "50 000 kr",
    "e-post",
    "Hå!",
    "”Ja”",
)
EMOJI = ("👨‍👩‍👧‍👦", "🇸🇪", "👍🏽", "❤️", "1️⃣", "🌲", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🧑🏿‍🌾")
HOSTS = ("leader.example", "www.leader7-sam.example", "åmål.example", "xn--ml-xiab.example", "a.b.c.example")
PATHS = (
    "",
    "/",
    "/nyhet",
    "/a_(b)_c",
    "/a(b(c)d)e",
    "/x/y.html",
    "/~ek/",
    "/a,b;c",
    "/sök/å-ä-ö",
    "/@leader",
)
QUERIES = ("", "", "?x=1", "?a=b&c=d%20e", "?q=(a)", "?")
ENDS = ("", "", ".", ",", ")", ").", "!", ": ", "#karta", "|", "]", "'", "*")
SERVERS = ("@social.example", "@xn--ml-xiab.example", "@a-b.c.example", "")
GAPS = (" ", " ", " ", "\n\n– ", "\N{NO-BREAK SPACE}", "", "/", "(", "å", "_", ".")


def piece(chance: random.Random) -> str:
    """A word, an emoji, a tag or an e-mail address with what comes after; a link or mention and a blank."""
    kind = chance.randrange(7)
    if kind == 0:
        address = chance.choice(HOSTS) + chance.choice(PATHS) + chance.choice(QUERIES)
        return chance.choice(("https://", "http://", "HTTPS://")) + address + chance.choice(ENDS) + " "
    if kind == 1:
        name = f"@{chance.choice(('leader', 'Leader_7', 'ek'))}{chance.choice(SERVERS)}"
        return name + chance.choice(ENDS) + " "
    if kind == 2:
        return chance.choice(EMOJI) * chance.choice((1, 1, 2)) + chance.choice(" (å/.")
    if kind == 3:
        other = ("#Bygd", "#småföretag", "info@leader.example", "www.leader.example")
        return chance.choice(other) + chance.choice(GAPS)
    return chance.choice(WORDS) + chance.choice(GAPS)


def text(chance: random.Random) -> str:
    """A text of up to 24 pieces, now and then with its letters in parts."""
    made = "".join(piece(chance) for _ in range(chance.randrange(25)))
    return unicodedata.normalize(chance.choice(("NFC", "NFD")), made)


def theirs(words: str, warning: str = "") -> int:
    """Mastodon.py's count. Top domains are on a list, which has one as long as `.example` but not that."""
    published = unicodedata.normalize("NFC", words).replace(".example", ".website")
    return Mastodon.get_status_length(published, warning)


def ours(words: str, warning: str = "") -> int:
    return length(parse_segments(words, "mastodon"), Counting.GRAPHEMES_LINK_23, warning=warning)


def test_two_thousand_texts_are_counted_as_mastodon_py_counts_them(
    record_property: Callable[[str, object], None],
) -> None:
    chance = random.Random(2027)  # noqa: S311 - texts, not secrets
    texts = [
        (text(chance), chance.choice(("", "", "Bilder på ormar 🐍", text(chance)))) for _ in range(TEXTS)
    ]
    apart = [
        (words, warning, ours(words, warning), theirs(words, warning))
        for words, warning in texts
        if ours(words, warning) != theirs(words, warning)
    ]
    signs = sum(len(words) for words, _ in texts)
    told = f"{len(texts) - len(apart)} of {len(texts)} texts, {signs} characters"
    record_property("Counted as by Mastodon.py", told)
    assert not apart[:3]


@pytest.mark.parametrize(
    ("words", "own", "other"),
    [
        # The server takes letters beyond ASCII, and a no-break space, in a query (twitter_regex.rb, UCHARS).
        ("https://leader.example/?sök=å&y=1", 23, 31),
        # It takes any sign but brackets and blanks in a path; what may end it is told apart.
        ("https://leader.example/x…", 23, 24),
        ("”https://leader.example/x”", 24, 25),
        ("https://leader.example/🌲", 23, 24),
        # Its names have dots and hyphens, its servers letters of any script (Account::MENTION_RE).
        ("@leader.sju@social.example", 11, 26),
        ("@leader@åmål.example", 7, 20),
        # It finds no account right after =, nor after a mark such as an emoji's variation selector.
        ("=@leader@social.example", 23, 8),
        ("❤️@leader@social.example", 23, 8),
        # An address with more than 4096 characters is no link to it (twitter-text, MAX_URL_LENGTH).
        (f"https://leader.example/{'x' * 4096}", 4119, 23),
        # graphemeu parts a flag after a line break in two; Unicode (UAX 29, GB12) and Ruby do not.
        ("\n🇸🇪", 2, 3),
    ],
)
def test_where_the_other_counter_differs_mastodons_own_source_is_followed(
    words: str, own: int, other: int
) -> None:
    assert (ours(words), theirs(words)) == (own, other)


def test_the_signs_that_mastodon_makes_part_of_a_link_are_known() -> None:
    words = "Se ”https://leader.example/x”, https://leader.example#karta och https://exempel.example/a_(b)_c?x=å&y=1)."
    assert mastodon_links(words) == [
        "https://leader.example/x”",
        "https://leader.example",
        "https://exempel.example/a_(b)_c?x=å&y=1",
    ]
