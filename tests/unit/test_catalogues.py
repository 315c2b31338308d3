"""The catalogues hold: Swedish repeats the source, English says all of it with the same values."""

from __future__ import annotations

import gettext
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "comms" / "locale"
LANGUAGES = ["sv", "en"]

PLACEHOLDER = re.compile(r"\{[a-z_]+(?::[^{}]*)?\}")

SAME_IN_BOTH = frozenset({"Period", "Python {version}.", "UTF-16", "UTF-8", "Windows-1252 (ANSI)"})
"""Sentences whose words are the same in Swedish and English."""


def sentences(language: str) -> dict[str, str]:
    """Source sentence to translation, as the people who translate see them."""
    with (LOCALES / language / "LC_MESSAGES" / "comms.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def compiled(language: str) -> dict[str, str]:
    """Source sentence to translation, as the program sees them."""
    with (LOCALES / language / "LC_MESSAGES" / "comms.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    return {source: catalogue.gettext(source) for source in sentences(language)}


def has_words(sentence: str) -> bool:
    """Whether a sentence has words of its own beside the values that it names."""
    return any(sign.isalpha() for sign in PLACEHOLDER.sub("", sentence))


def comms_in_english(*arguments: str) -> str:
    """What `comms` prints for someone who has asked for English."""
    done = subprocess.run(
        [sys.executable, "-m", "comms", *arguments],
        cwd=ROOT,
        env={**os.environ, "COMMS_LANGUAGE": "en", "PYTHONUTF8": "1", "NO_COLOR": "1"},
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=60,
    )
    return done.stdout


def test_every_english_sentence_has_exactly_the_placeholders_of_its_source() -> None:
    changed = {
        source: english
        for source, english in sentences("en").items()
        if set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(english))
    }
    assert changed == {}


def test_no_english_sentence_is_empty() -> None:
    assert [source for source, english in sentences("en").items() if not english.strip()] == []


def test_no_english_sentence_repeats_its_swedish_source() -> None:
    repeated = {source for source, english in sentences("en").items() if source == english}
    assert {source for source in repeated if has_words(source)} - SAME_IN_BOTH == set()


def test_every_sentence_allowed_to_be_the_same_in_both_languages_is_in_use() -> None:
    assert SAME_IN_BOTH - set(sentences("en")) == set()


def test_english_keeps_the_spaces_and_line_breaks_of_a_sentence() -> None:
    def layout(sentence: str) -> tuple[list[str], int]:
        return re.findall(r"^\s+|\s+$", sentence), sentence.count("\n")

    changed = [source for source, english in sentences("en").items() if layout(source) != layout(english)]
    assert changed == []


def test_swedish_repeats_the_source() -> None:
    assert [source for source, swedish in sentences("sv").items() if source != swedish] == []


def test_both_languages_have_the_same_sentences() -> None:
    assert set(sentences("en")) == set(sentences("sv"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_says_what_the_written_one_says(language: str) -> None:
    assert compiled(language) == sentences(language)


def test_help_speaks_english_to_whoever_asks_for_it() -> None:
    answer = " ".join(comms_in_english("--help").split())
    assert "Check everything: errors, plain language, Schyst, pictures, settings." in answer
    assert "Granska allt" not in answer


def test_a_rule_is_explained_in_english_to_whoever_asks_for_it() -> None:
    answer = " ".join(comms_in_english("check", "--explain", "S101").split())
    assert "S101 Titles in -man" in answer
    assert "Titlar på -man" not in answer
