"""The table of mail clients is whole, and what is reviewed is just what the letters that ship need."""

from __future__ import annotations

import runpy
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from comms.content.mail_clients import CLIENTS, FILE, load_clients, shipped_clients
from comms.errors import Problem
from comms.model.issue import Edition
from comms.model.mail_client import ClientTable
from comms.render.clients import REVIEWED_FILE, client_findings, client_problems
from tests.unit.render import build

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "take_mail_clients.py"))
"""The script that makes the table: what it defines, by name."""

HEAD = "client;feature;why;reviewed_on\n"
FULL = replace(
    build.ITEM, pictures=(build.PICTURE,), event=build.EVENT, call=build.CALL, project=build.PROJECT
)
TEMPLATES = [
    name.removeprefix("newsletters/").removesuffix(".mjml.j2")
    for name in build.templates().sources
    if name.endswith(".mjml.j2") and "/_" not in name
]


def letter(template: str) -> Edition:
    """An edition with one of everything, by a template that ships."""
    newsletter = replace(build.NEWSLETTER, template=template)
    settings = replace(build.SETTINGS, newsletters={"kommunbrevet": newsletter})
    return build.edition(FULL, municipality="arvika", settings=settings)


def read(root: Path, rows: str) -> tuple[ClientTable, list[Problem]]:
    """The table with these rows of the organisation's own."""
    (root / "templates").mkdir()
    (root / FILE).write_text(HEAD + rows, encoding="utf-8")
    return load_clients(root)


def said(problems: list[Problem]) -> list[str]:
    return [f"{one.code} {one.location.line} {one.message}" for one in problems]


def test_the_table_that_ships_is_whole() -> None:
    table = shipped_clients()
    assert table.dated_on == date(2026, 5, 13)
    assert len(table.features) == 300
    assert len({feature.slug for feature in table.features}) == 300
    named = frozenset[str]().union(*(one.without | one.partly for one in table.features))
    assert named == CLIENTS.keys() == SCRIPT["PROGRAMS"].keys()
    assert all(feature.pattern and not feature.without & feature.partly for feature in table.features)


@pytest.mark.parametrize("template", TEMPLATES)
def test_all_that_a_client_ignores_in_a_letter_that_ships_has_been_reviewed(template: str) -> None:
    table = shipped_clients()
    findings = client_findings(letter(template).html, table)
    assert client_problems(findings, table, template_path=template) == []


def test_no_row_is_reviewed_that_no_letter_needs() -> None:
    table = shipped_clients()
    findings = [one for name in TEMPLATES for one in client_findings(letter(name).html, table)]
    assert table.reviewed.keys() == {(one.client, one.feature.slug) for one in findings if not one.partly}


def test_a_letter_with_something_new_is_warned_of() -> None:
    table = shipped_clients()
    html = letter("municipal").html.replace("<h1", '<h1 data-x style="display:grid"><h1')
    (problem,) = client_problems(client_findings(html, table), table, template_path="templates/prov")
    assert "visar inte ”display:grid”" in str(problem.message)


def test_without_own_rows_the_table_that_ships_is_in_force(tmp_path: Path) -> None:
    assert load_clients(tmp_path) == (shipped_clients(), [])


def test_own_rows_come_on_top_and_may_name_several_clients(tmp_path: Path) -> None:
    table, problems = read(
        tmp_path, "gmail outlook-windows;css-float;Bilden står bara under texten.;2026-11-25\n"
    )
    assert problems == []
    assert table.reviewed["gmail", "css-float"] == "Bilden står bara under texten."
    assert table.reviewed["outlook-windows", "css-float"] == "Bilden står bara under texten."
    assert table.reviewed.items() >= shipped_clients().reviewed.items()


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("gmial;css-float;Därför.;2026-11-25", "C141 2 ”gmial” går inte att använda i kolumnen client."),
        ("gmail;css-flote;Därför.;2026-11-25", "C141 2 ”css-flote” går inte att använda i kolumnen feature."),
        ("gmail;css-float;;2026-11-25", "C143 2 Raden saknar why."),
        ("gmail;css-float;Därför.;i går", "C141 2 ”i går” är ingen dag."),
        ("gmail;css-float;Därför.", "C143 2 Raden saknar reviewed_on."),
    ],
)
def test_a_row_with_a_fault_is_told_and_does_not_count(tmp_path: Path, row: str, fault: str) -> None:
    table, problems = read(tmp_path, f"{row}\n")
    assert said(problems) == [fault]
    assert table == shipped_clients()


def test_the_file_that_a_warning_names_is_the_one_that_is_read() -> None:
    assert REVIEWED_FILE == FILE


@pytest.mark.parametrize(
    ("slug", "title", "pattern"),
    [
        ("css-aspect-ratio", "aspect-ratio", "aspect-ratio"),
        ("css-height", "height property", "height"),
        ("css-display-none", "display:none", "display: none"),
        ("css-unit-vw", "vw unit", "unit:vw"),
        ("css-pseudo-class-has", ":has()", ":has"),
        ("css-pseudo-element-after", "::after", ":after"),
        ("css-at-media-orientation", "@media (orientation)", "@media (orientation)"),
        ("html-img", "<img> element", "<img"),
        ("html-valign", "valign attribute", "valign="),
        ("html-input-radio", '<input type="radio"> element', "type=radio"),
        ("image-webp", "webP image format", ".webp"),
        ("amp", "AMP for Email", ""),
    ],
)
def test_a_title_of_caniemail_becomes_what_to_look_for(slug: str, title: str, pattern: str) -> None:
    assert SCRIPT["pattern_of"](slug, title) == pattern


def test_the_version_tested_last_counts_and_of_several_programs_the_one_that_shows_least() -> None:
    gmail = {
        "desktop-webmail": {"2019-01": "n", "2024-01": "y #1"},
        "ios": {"2023-01": "a #2", "2024-01": "u"},
    }
    stats = {"gmail": gmail, "outlook": {"windows": {"2016": "y", "2019": "n #1"}}}
    assert SCRIPT["support"](stats, "gmail") == "a"
    assert SCRIPT["support"](stats, "outlook-windows") == "n"
    assert SCRIPT["support"](stats, "yahoo") == "y"
