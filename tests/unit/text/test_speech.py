"""Who is quoted: only where the text says so, only people whom the item names; all of them invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.text.markdown import parse_markdown
from comms.text.speech import quoted

NAMES = ("Karin Ek", "Lars Berg")


def heard(text: str, *names: str) -> set[str]:
    return set(quoted(parse_markdown(text, first_line=1), names or NAMES))


@pytest.mark.parametrize(
    "text",
    [
        "– Nu är bryggan klar, säger Karin Ek.",
        "— Nu är bryggan klar! säger Karin Ek.",
        "- Nu är bryggan klar, säger Karin Ek.",
        "– Nu är bryggan klar, säger Karin och ler.",
        "– Nu är bryggan klar, berättar ordföranden Karin Ek.",
        "– Nu är bryggan klar, säger handläggaren på Leader i Sunne, Karin Ek.",
        "– Vi är klara, säger Karin Ek. Det tog två år.",
        "– Lars Berg hjälpte oss, säger Karin Ek.",
        "”Nu är bryggan klar”, säger Karin Ek.",
        "Karin Ek säger: ”Nu är bryggan klar.”",
        "Karin Ek, ordförande i byalaget, säger: ”Nu är den klar.”",
        "Karin Ek berättar:\n\n– Nu är bryggan klar.",
        "> Nu är bryggan klar.\n>\n> – Karin Ek",
        "**– Nu är bryggan klar**, säger *Karin Ek*.",
    ],
)
def test_somebody_whose_words_are_given_is_quoted(text: str) -> None:
    assert heard(text) == {"Karin Ek"}


@pytest.mark.parametrize(
    "text",
    [
        "Karin Ek berättar om bryggan.",
        "Bryggan är klar, säger Karin Ek.",
        "– Vi tackade Karin Ek, säger hon.",
        "– Ja, säger hon till Karin Ek.",
        "– Ja, säger Per Lund, kollega till Karin Ek.",
        "– Ja, säger Per Lund, Karin Ek är med honom.",
        "– Ja, säger Karin Larsson.",
        "– Ja, säger Anna Ek.",
        "– Ja, säger Karin Ek-Larsson.",
        "Karin Ek lyssnade när ordföranden sade: ”Nu är den klar.”",
        "De kallar den ”Karins brygga”. Den är fin, säger de om Karin Ek.",
        "```\n– Ja, säger Karin Ek.\n```",
        "– Ja, säger den som minns Karin Ek.",
    ],
)
def test_somebody_who_is_only_named_is_not_quoted(text: str) -> None:
    assert heard(text) == set()


def test_two_who_say_it_together_are_both_quoted() -> None:
    assert heard("– Nu är den klar, säger Karin Ek och Lars Berg.") == set(NAMES)


def test_a_first_name_that_two_share_says_of_neither() -> None:
    assert heard("– Ja, säger Karin.", "Karin Ek", "Karin Berg") == set()


def test_a_pronoun_is_never_resolved() -> None:
    assert heard("Karin Ek öppnade bryggan.\n\n– Nu är den klar, säger hon.") == set()


@given(st.text("–”: \n,.säger KarinEkochLBt>"), st.lists(st.text(" KarinEk"), max_size=3))
def test_any_text_can_be_read_and_only_given_names_are_found(text: str, names: list[str]) -> None:
    assert quoted(parse_markdown(text, first_line=1), names) <= {name.strip() for name in names}
