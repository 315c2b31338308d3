"""Typefaces that readers already have."""

from __future__ import annotations

import pytest

from comms.text.fonts import families, in_outlook, unknown


def test_names_are_known_however_they_are_written() -> None:
    assert families("'trebuchet ms',  VERDANA , Sans-Serif") == ("Trebuchet MS", "Verdana", "sans-serif")


def test_what_has_to_be_fetched_is_unknown() -> None:
    assert unknown(families("Inter, Arial, sans-serif")) == ("Inter",)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Helvetica Neue, Verdana, sans-serif", "Verdana, sans-serif"),
        ("Georgia, serif", "Georgia, serif"),
        ("Optima, sans-serif", "Arial, sans-serif"),
    ],
)
def test_outlook_gets_the_first_that_windows_has(written: str, shown: str) -> None:
    assert in_outlook(written) == shown
