"""Names as they are compared: in one case, composed alike, with single blanks."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """A name the same for "Karin Ek" and "karin  ek ", also when its letters are written in parts."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
