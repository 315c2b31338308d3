"""MJML that others have written: it compiles, or our own error names the file and the line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from comms.errors import TemplateError
from comms.render.mjml import compile_mjml

FOLDER = Path(__file__).parents[2] / "data" / "mjml"
DOCUMENTS = sorted(FOLDER.rglob("*.mjml"))

REFUSED = {
    "port/custom-component.mjml": (5, "<mj-text-custom> finns inte. Menade du <mj-text>?"),
    "port/mj-include-body.mjml": (3, "<mj-include> går inte att använda."),
    "readme/accordion.mjml": (4, "<mj-accordion> hämtar en bild från en annan server"),
    "readme/carousel.mjml": (5, "<mj-carousel> hämtar en bild från en annan server"),
    "readme/head-font.mjml": (3, "<mj-font> hämtar ett typsnitt från en annan server"),
    "readme/head-html-attributes.mjml": (3, "Kompilatorn klarar inte <mj-html-attributes>."),
    "readme/head-style.mjml": (6, "<mj-style> bryr sig inte om attributet ”inline”"),
    "readme/hero-1.mjml": (4, "<mj-hero> bryr sig inte om attributet ”mode”"),
    "readme/hero-2.mjml": (4, "<mj-hero> bryr sig inte om attributet ”mode”"),
    "readme/raw-2.mjml": (4, "Ett ensamt <"),
    "readme/raw-3.mjml": (2, "<mj-raw> får inte stå i <mjml>."),
    "readme/social.mjml": (6, "<mj-social-element> hämtar en bild från en annan server"),
}


def name_of(document: Path) -> str:
    return document.relative_to(FOLDER).as_posix()


def test_there_are_enough_of_them() -> None:
    assert len(DOCUMENTS) >= 25


@pytest.mark.parametrize("document", [one for one in DOCUMENTS if name_of(one) not in REFUSED], ids=name_of)
def test_what_the_compiler_can_do_becomes_a_letter_without_fonts_or_faults(document: Path) -> None:
    source = document.read_text()
    html = compile_mjml(source, template=name_of(document))
    assert html.startswith("<!doctype html>")
    assert html.count("fonts.googleapis.com") == source.count("fonts.googleapis.com")
    assert "\x7f" not in html
    assert all("alt=" in picture for picture in re.findall(r"<img\b[^>]*>", html))


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_cannot_do_is_refused_with_file_line_and_reason(name: str) -> None:
    line, reason = REFUSED[name]
    with pytest.raises(TemplateError) as caught:
        compile_mjml((FOLDER / name).read_text(), template=name)
    assert str(caught.value).startswith(f"{name}:{line}: {reason}")
    first = caught.value.problems[0]
    assert (first.location.path, first.location.line, first.code) == (name, line, "T402")
