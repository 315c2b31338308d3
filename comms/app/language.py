"""How whoever runs the command wants to be spoken to, light enough for `comms --help`."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from comms.errors import Text
from comms.settings import environment

_CATALOGUES = Path(__file__).resolve().parent.parent / "locale"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("comms", _CATALOGUES, [language], fallback=True)


def translate(template: str) -> str:
    """The template in the user's language (`COMMS_LANGUAGE`); Swedish is the source."""
    return _catalogue(environment.language()).gettext(template) if template else ""


def shown(text: Text) -> str:
    """A sentence in the user's language."""
    return text.shown(translate)


def in_colour() -> bool:
    """Whether the user lets colours be shown (`NO_COLOR`)."""
    return environment.wants_colour()
