"""Fixes: only what is certain, only in the author's own words, and the file says nothing else afterwards."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.check.engine import check_item
from comms.check.fixes import Mended, mend_item, mend_notes
from comms.check.rules_typography import TYPOGRAPHY_RULES
from comms.errors import Problem
from comms.model.document import Document
from comms.model.issue import IssueNotes
from comms.text.markdown import parse_markdown
from tests.unit.check.builder import BODY_LINE, CONTEXT, ITEM, item_with, post

FRONT = "---\n" + "\n".join(f"nyckel{n}: värde" for n in range(BODY_LINE - 3)) + "\n---\n"
"""Front matter that ends on the line before a body's first."""


def mend(body: str) -> Mended:
    """Fix a body below front matter that says nothing."""
    return mend_item(FRONT + body, item_with(body), CONTEXT)


def fixed(body: str) -> str:
    """A body after its fixes; no-break spaces shown as `_`."""
    return mend(body).text.removeprefix(FRONT).replace("\u00a0", "_")


def typography(body: str) -> list[Problem]:
    """What the rules of typography find in a body."""
    codes = {rule.code for rule in TYPOGRAPHY_RULES}
    return [problem for problem in check_item(item_with(body), context=CONTEXT) if problem.code in codes]


def test_a_fix_says_where_it_is_what_stood_there_and_why() -> None:
    (fix,) = mend("Nu är det nytt.\n\nVi ses kl 18 i Sunne.").fixes

    assert (fix.path, fix.code) == (ITEM.path, "T301")
    assert (fix.change.line, fix.change.column) == (BODY_LINE + 2, 10)
    assert (fix.change.old, fix.change.new) == (" ", ".\u00a0")


@pytest.mark.parametrize(
    "body",
    [
        "Skriv `kl 18` så.",
        "```\nkl 18 - 10% - 9-17\n```",
        "Se https://leder.example/9-17/kl-18 i dag.",
        "Skriv till kl-9-17@leder.example i dag.",
        "[Läs mer om leden](/sida/9-17 'kl 18')",
        "<!-- kl 18 - 9-17 -->\n\nNu är det nytt.",
        "![kl 18](bild.png)",
    ],
)
def test_code_links_addresses_and_comments_are_never_touched(body: str) -> None:
    assert fixed(body) == body


def test_the_words_of_a_link_are_fixed_and_its_address_is_not() -> None:
    assert fixed("[Öppet 9-17](/oppet/9-17), se 17-19") == "[Öppet 9–17](/oppet/9-17), se 17–19"


def test_what_would_change_something_else_when_read_again_is_left() -> None:
    body = '[Läs](/a " 9-17") 9-17'

    assert (fixed(body), mend(body).left) == (body, 1)
    assert fixed(f"{body}\n\nKom kl 18.") == f"{body}\n\nKom kl._18."


@pytest.mark.parametrize(
    "body",
    [
        "”Vi ses kl 18 - alla är välkomna”, säger Karin.",
        "> Vi ses kl 18 - alla är välkomna.",
        "– Vi ses kl 18, säger Karin.",
        '– Hon sa "ja" förut, säger Karin.',
        '> Hon sa "ja" förut.',
        '”Hon sa "ja" förut”, säger Karin.',
    ],
)
def test_what_somebody_has_said_is_found_but_never_fixed(body: str) -> None:
    assert typography(body)
    assert fixed(body) == body


def test_an_exemption_keeps_what_it_covers() -> None:
    body = '<!-- comms: ok T301 "så står det på affischen" -->\nVi ses kl 18, 9-17.\n\nVi ses kl 19.'

    assert fixed(body).endswith("Vi ses kl 18, 9–17.\n\nVi ses kl._19.")


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("**Kom kl 18** och *ta med 9-17 kakor*.", "**Kom kl._18** och *ta med 9–17 kakor*."),
        ("## Kom kl 18\n\n- Öppet 9-17\n- Stängt 17-19", "## Kom kl._18\n\n- Öppet 9–17\n- Stängt 17–19"),
        ("| A | B |\n|---|---|\n| kl 18 | 9-17 |", "| A | B |\n|---|---|\n| kl._18 | 9–17 |"),
        ("1. Kom kl 18\n2. Gå kl 19", "1. Kom kl._18\n2. Gå kl._19"),
        ("::: for offices\nKom kl 18.\n:::", "::: for offices\nKom kl._18.\n:::"),
        ("Kom till Sunne\nkl 18 i dag.", "Kom till Sunne\nkl._18 i dag."),
    ],
)
def test_markup_stays_as_it_is(body: str, after: str) -> None:
    assert fixed(body) == after


@pytest.mark.parametrize(
    "body", [r"Skriv \*kl\* och kom kl 18.", "A &amp; B kom kl 18.", "Kom kl\n18 i dag."]
)
def test_what_cannot_be_placed_for_certain_is_left_and_counted(body: str) -> None:
    mended = mend(body)

    assert mended.text == FRONT + body
    assert mended.left == 1


def test_other_languages_are_left_alone() -> None:
    item = replace(item_with("Come 9-17 - all are welcome."), language="en")

    assert mend_item(FRONT + "Come 9-17 - all are welcome.", item, CONTEXT).fixes == ()


@pytest.mark.parametrize(
    ("front", "after"),
    [
        ("title: Kom kl 18 i dag", "title: Kom kl._18 i dag"),
        ('title: "Kom kl 18 i dag"', 'title: "Kom kl._18 i dag"'),
        ("title: 'Kom kl 18 i dag'", "title: 'Kom kl._18 i dag'"),
        ("title: >-\n  Kom kl 18\n  i dag", "title: >-\n  Kom kl._18\n  i dag"),
        # What stands twice, or is written with an escape, is not placed for certain.
        ("title: Kom kl 18 i dag\n# Kom kl 18 i dag", "title: Kom kl 18 i dag\n# Kom kl 18 i dag"),
        ('title: "Kom kl\\u002018 i dag"', 'title: "Kom kl\\u002018 i dag"'),
    ],
)
def test_front_matter_is_fixed_where_the_value_stands_once(front: str, after: str) -> None:
    item = replace(item_with(), title="Kom kl 18 i dag", lines={"title": 2})
    source = f"---\n{front}\n---\nNu är bryggan klar."
    item = replace(item, body=parse_markdown("Nu är bryggan klar.", first_line=source.count("\n") + 1))

    text = mend_item(source, item, CONTEXT).text

    assert text.replace("\u00a0", "_") == f"---\n{after}\n---\nNu är bryggan klar."


def test_a_post_of_many_lines_is_fixed() -> None:
    source = "---\nposts:\n  mastodon:\n    text: |-\n      Kom kl 18.\n\n      - te\n      - 9-17\n---\nNu."
    body = parse_markdown("Nu.", first_line=10)
    item = replace(item_with(), posts=(post("Kom kl 18.\n\n- te\n- 9-17"),), body=body)

    text = mend_item(source, replace(item, lines={"posts": 2}), CONTEXT).text

    assert text == source.replace("kl 18", "kl.\u00a018").replace("9-17", "9–17")


def test_notes_are_fixed_as_items_are() -> None:
    source = "---\nsubject: Kom kl 18\n---\nÖppet 9-17."
    greeting = parse_markdown("Öppet 9-17.", first_line=4)
    path = "content/issues/brevet-2026-12-01.md"
    notes = IssueNotes("brevet-2026-12-01", "brevet", path, "", "Kom kl 18", (), (), None, "", greeting)

    text = mend_notes(source, notes, "sv", CONTEXT).text

    assert text == "---\nsubject: Kom kl.\u00a018\n---\nÖppet 9–17."


def test_a_file_that_is_not_what_was_read_is_left_alone() -> None:
    assert mend_item(FRONT + "Något helt annat.", item_with("Kom kl 18."), CONTEXT).fixes == ()
    assert mend_item("", replace(item_with("Kom kl 18."), body=Document()), CONTEXT).fixes == ()


_PIECES = st.sampled_from(
    (
        "kl 18", "kl.18", "Kl 9-17", "kl. 18:30", "kl 18 - 20", "9-17", "08.00-17.00", "2023-2027",
        "25/11", "25.11.2026", "07 december", "5 Maj", "på Måndag", "Måndag - Fredag", "vecka 41",
        "50000 kr", "50.000 kr", "50,000 kr", "50 000 kr", "1.250.000 kr", "3.5 miljoner", "10%", "10 %",
        "10%-ig", "3 Mkr", "€5", "3–400", "0560-16000", "0701234567", "070-123 45 67", "+46 (0)560",
        '"ja"', '"', "“ja”", "„ja“", "‘ja’", "”nej”", "”", "—", "ord—ord", "-", "--", "–", "Sunne's",
        "EU's", "t ex", "t. ex.", "t.ex", "bl a", "m m", "osv", "dvs", "ca. 5", "nr. 5", "nr 5", "§5",
        "§ 5", "5 kr. per", "A. B. Berg", "och/eller", "han/hon", "EU stöd", "i EU stöd", "10 årig",
        "1900 talet", "ord", "och", "Bryggan", "Kom", "till", "`kl 18`", "*kl 18*", "**9-17**",
        "[kl 18](/kl-9-17)", "\\*", "&amp;", "https://a.example/9-17", "säger Karin", "5", "18", "i",
        "den", "mellan", "från", ".", ",", "!", "(", ")",
    )
)  # fmt: skip
_JOINTS = st.sampled_from(
    (" ", " ", " ", " ", "", ". ", ", ", "\n", "\n\n", "\n\n- ", "\n\n> ", "\n\n– ", "\u00a0")
)
_BODIES = st.lists(st.tuples(_PIECES, _JOINTS), min_size=1, max_size=14).map(
    lambda pairs: "".join(part for pair in pairs for part in pair).strip()
)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


@settings(max_examples=300, deadline=None, derandomize=True)
@given(_BODIES)
def test_fixing_changes_no_letter_or_figure_brings_nothing_new_and_ends_at_once(body: str) -> None:
    mended = mend(body)
    after = mended.text.removeprefix(FRONT)

    assert _letters(after) == _letters(body)
    assert after.count("\n") == body.count("\n")
    assert mend(after).fixes == ()
    before, now = (Counter(found.code for found in typography(text)) for text in (body, after))
    assert all(now[code] <= before[code] for code in now), (before, now)
    fixes = {fix.code for fix in mended.fixes} - {"T307"}  # one a passage: what is quoted stays
    assert all(now[code] < before[code] for code in fixes)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(alphabet="kl1 8.-–\"”“„‘’'s%09:/\u00a0aM\nEU§()*[]`>\\|", max_size=60))
def test_no_text_makes_a_rule_or_a_fix_fail(body: str) -> None:
    mended = mend(body)

    assert _letters(mended.text) == _letters(FRONT + body)
    assert mend(mended.text.removeprefix(FRONT)).fixes == ()
