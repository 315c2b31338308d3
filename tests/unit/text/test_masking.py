"""Addresses in texts of others: nobody can write to what is left of them."""

from __future__ import annotations

import pytest

from comms.text.masking import masked_in


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("<anna@kommun.example>: user unknown", "<a•••@kommun.example>: user unknown"),
        ("RCPT TO:<anna.berg+nytt@räddning.example.>", "RCPT TO:<a•••@räddning.example.>"),
        ("delivered to anna@localhost", "delivered to a•••@localhost"),
        ("anna@[192.0.2.1] and anna@kommun.example", "a•••@[192.0.2.1] and a•••@kommun.example"),
        ("mailto:anna@kommun.example?subject=x", "mailto:a•••@kommun.example?subject=x"),
    ],
)
def test_every_address_in_a_text_is_masked(said: str, shown: str) -> None:
    assert masked_in(said) == shown


@pytest.mark.parametrize("said", ["550 5.1.1 no such user", "möte kl. 10 @ Karlstad", "@kommun", "a @ b"])
def test_what_is_no_address_stands_as_it_is(said: str) -> None:
    assert masked_in(said) == said
