"""What differs between two previews, in words that a person can read."""

from __future__ import annotations

import random

from comms.render.changes import Mark, Passage, compared

BEFORE = """KOMMUNBREVET

Onsdagen den 9 december samlar vi föreningar och företag
som vill göra något tillsammans.

Välkomna till Gränshuset.
"""


def shown(passage: Passage) -> str:
    signs = {Mark.SAME: "{}", Mark.ADDED: "[+{}]", Mark.REMOVED: "[-{}]"}
    return "".join(signs[words.mark].format(words.text) for words in passage)


def side(passages: tuple[Passage, ...], *marks: Mark) -> list[str]:
    return [
        " ".join("".join(words.text for words in passage if words.mark in marks).split())
        for passage in passages
    ]


def test_the_same_text_has_no_differences() -> None:
    assert compared(BEFORE, BEFORE) == ()


def test_a_word_is_told_with_its_paragraph_and_nothing_else() -> None:
    (passage,) = compared(BEFORE, BEFORE.replace("samlar", "bjuder"))
    assert shown(passage).startswith("Onsdagen den 9 december [-samlar] [+bjuder] vi")
    assert "Välkomna" not in shown(passage)


def test_other_line_breaks_are_no_difference() -> None:
    assert compared(BEFORE, BEFORE.replace("företag\nsom", "\nföretag som")) == ()


def test_a_new_paragraph_is_added_and_a_lost_one_removed() -> None:
    assert [shown(one) for one in compared(BEFORE, f"{BEFORE}\nAnmäl er.\n")] == ["[+Anmäl er.]"]
    assert [shown(one) for one in compared(f"{BEFORE}\nAnmäl er.\n", BEFORE)] == ["[-Anmäl er.]"]


def test_texts_that_share_little_are_not_mixed_word_by_word() -> None:
    before, after = "Sex kök bjuder in till matlag.", "Kontoret har stängt under julen."
    assert [shown(one) for one in compared(before, after)] == [f"[-{before}]", f"[+{after}]"]


def test_a_long_text_is_told_whole_at_once() -> None:
    before, after = "ord " * 2000, "ord " * 1999 + "annat"
    assert [words.mark for passage in compared(before, after) for words in passage] == [
        Mark.REMOVED,
        Mark.ADDED,
    ]


def test_what_is_removed_and_kept_is_the_old_text_and_what_is_added_and_kept_the_new() -> None:
    chance = random.Random(1205)  # noqa: S311 - a seeded example, not a secret
    for _ in range(200):
        before = chance.choices(["skog", "sjö", "by", "led", "kväll"], k=12)
        after = [word for word in before if chance.random() < 0.8] + chance.choices(["ny", "väg"], k=2)
        passages = compared(" ".join(before), " ".join(after))
        if any(words.mark is Mark.SAME for passage in passages for words in passage):
            assert side(passages, Mark.SAME, Mark.REMOVED) == [" ".join(before)]
            assert side(passages, Mark.SAME, Mark.ADDED) == [" ".join(after)]
