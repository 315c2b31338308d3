"""Templates: the organisation's own files over the ones that ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from comms.content import templates
from comms.content.templates import asset, defaults_folder, load_templates
from tests.unit.content.desk import said

LETTER = "newsletters/municipal.mjml.j2"
SHIPPED = defaults_folder() / "templates" / LETTER


def own(root: Path, name: str, content: bytes) -> None:
    """Write a template of the organisation's own."""
    file = root / "templates" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def test_an_organisation_without_templates_has_the_shipped_ones(tmp_path: Path) -> None:
    found, digests, problems = load_templates(tmp_path)

    assert problems == []
    assert found.sources[LETTER] == SHIPPED.read_text("utf-8")
    assert found.paths[LETTER] == f"templates/{LETTER}"
    assert set(digests) == {*found.paths.values(), "templates/assets/eu-emblem.png"}


def test_its_own_file_is_used_instead_of_the_shipped_one(tmp_path: Path) -> None:
    shipped, before, _ = load_templates(tmp_path)
    own(tmp_path, LETTER, b"EGEN {{ letter.subject }}")

    found, digests, problems = load_templates(tmp_path)

    assert problems == []
    assert found.sources[LETTER] == "EGEN {{ letter.subject }}"
    assert digests[f"templates/{LETTER}"] != before[f"templates/{LETTER}"]
    assert found.sources.keys() == shipped.sources.keys()


def test_a_template_under_a_name_of_its_own_is_added(tmp_path: Path) -> None:
    own(tmp_path, "newsletters/partner.mjml.j2", b"<mjml/>")
    own(tmp_path, "newsletters/anteckningar.txt", b"Ingen mall.")

    found, _, _ = load_templates(tmp_path)

    assert found.sources["newsletters/partner.mjml.j2"] == "<mjml/>"
    assert "newsletters/anteckningar.txt" not in found.sources


def test_its_own_file_that_cannot_be_read_is_not_replaced_by_the_shipped_one(tmp_path: Path) -> None:
    own(tmp_path, LETTER, "Nyheter på svenska".encode("cp1252"))

    found, digests, problems = load_templates(tmp_path)

    assert LETTER not in found.sources
    assert found.paths[LETTER] == f"templates/{LETTER}"
    assert f"templates/{LETTER}" not in digests
    assert [one.split(" ")[:2] for one in said(problems)] == [[f"templates/{LETTER}:1:10", "C101"]]


def test_a_new_file_that_cannot_be_read_is_told_and_left_out(tmp_path: Path) -> None:
    own(tmp_path, "newsletters/ny.mjml.j2", b"\xff")

    found, _, problems = load_templates(tmp_path)

    assert "newsletters/ny.mjml.j2" not in found.sources
    assert [one.code for one in problems] == ["C101"]


def test_an_own_picture_is_used_instead_of_the_shipped_one(tmp_path: Path) -> None:
    assert asset(tmp_path, "eu-emblem.png").startswith(b"\x89PNG")

    own(tmp_path, "assets/eu-emblem.png", b"EGEN")

    assert asset(tmp_path, "eu-emblem.png") == b"EGEN"


def test_what_ships_is_found_inside_an_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (defaults_folder() / "templates").is_dir()
    monkeypatch.setattr(templates, "_PACKAGE", tmp_path / "comms")
    assert defaults_folder() == tmp_path

    (tmp_path / "comms" / "defaults").mkdir(parents=True)

    assert defaults_folder() == tmp_path / "comms" / "defaults"
