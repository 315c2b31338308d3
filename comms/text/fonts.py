"""Typefaces that letters may ask for: those that readers already have, so that nothing is fetched."""

from __future__ import annotations

WITH_OFFICE = (
    "Arial",
    "Calibri",
    "Cambria",
    "Candara",
    "Consolas",
    "Courier New",
    "Garamond",
    "Georgia",
    "Lucida Sans Unicode",
    "Palatino Linotype",
    "Segoe UI",
    "Tahoma",
    "Times New Roman",
    "Trebuchet MS",
    "Verdana",
)
"""What every Windows with Office has, and so Outlook."""

ELSEWHERE = (
    "Avenir",
    "Geneva",
    "Helvetica",
    "Helvetica Neue",
    "Lucida Grande",
    "Optima",
    "Palatino",
    "Roboto",
)
"""What telephones and Macs have beside these."""

KINDS = ("sans-serif", "serif", "monospace")
"""What a reader's own program chooses by when it has none of the named ones: the last word of a list."""

_BY_NAME = {name.casefold(): name for name in (*WITH_OFFICE, *ELSEWHERE, *KINDS)}


def families(written: str) -> tuple[str, ...]:
    """A list of typefaces as CSS writes it, each by its right name; what is not known stays as written."""
    names = (" ".join(part.strip(" '\"").split()) for part in written.split(","))
    return tuple(_BY_NAME.get(name.casefold(), name) for name in names)


def unknown(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those that readers may be without."""
    return tuple(name for name in names if name not in _BY_NAME.values())


def in_outlook(written: str) -> str:
    """The first of a list that Outlook on Windows has: it takes Times when its first choice is missing."""
    own = [name for name in families(written) if name in WITH_OFFICE]
    return f"{own[0] if own else WITH_OFFICE[0]}, {families(written)[-1]}"
