"""Templates are checked before a letter needs them, in branches that no letter takes today too."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comms.app.house import House, open_house
from comms.app.planning import world
from comms.app.specimen import specimen_items
from comms.content.templates import defaults_folder
from comms.errors import Problem, Severity
from comms.model.item import ItemKind
from comms.model.plan import EntryKind, LedgerFacts
from comms.plan.build import build
from tests.unit.content.desk import BASE

OWN = "templates/newsletters/own.mjml.j2"
PARTS = "templates/newsletters/_own.mjml.j2"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small workspace whose first newsletter has templates of its own, copied from those that ship."""
    folder = tmp_path / "arbetsyta"
    shutil.copytree(BASE, folder)
    (folder / "templates/newsletters").mkdir(parents=True, exist_ok=True)
    shipped = defaults_folder() / "templates/newsletters"
    for ending in ("mjml", "txt"):
        shutil.copy(shipped / f"municipal.{ending}.j2", folder / f"templates/newsletters/own.{ending}.j2")
    settings = (folder / "comms.yaml").read_text()
    (folder / "comms.yaml").write_text(
        settings.replace("  kommunbrevet:\n", "  kommunbrevet:\n    template: own\n", 1)
    )
    return folder


def mend(root: Path, old: str, new: str, path: str = OWN) -> int:
    """Change a template, and give the line of the change."""
    source = (root / path).read_text()
    assert old in source
    changed = source.replace(old, new, 1)
    (root / path).write_text(changed)
    return changed[: changed.index(new)].count("\n") + 1


def of_templates(house: House) -> list[tuple[str, str, int]]:
    return [
        (found.code, found.location.path, found.location.line)
        for found in house.problems
        if found.location.path.startswith("templates/")
    ]


def blocked(house: House) -> dict[str, bool]:
    """Whether each newsletter's next issue is stopped."""
    plan = build(world(house, LedgerFacts()), NOW, NOW + timedelta(days=60))
    issues = [entry for entry in plan.entries if entry.kind is EntryKind.ISSUE]
    return {entry.newsletter: bool(entry.blocked) for entry in issues}


def test_the_specimen_has_an_item_of_every_kind() -> None:
    assert {item.kind for item in specimen_items()} == set(ItemKind)
    assert len({item.title for item in specimen_items()}) == len(specimen_items())


def test_the_templates_that_ship_have_no_problem(root: Path) -> None:
    assert of_templates(open_house(root)) == []


BRANCHES: dict[str, Callable[[str], str]] = {
    "taken today": str,
    "a branch that only a correction takes": "{{% if letter.notice %}}{}{{% endif %}}".format,
    "a branch that only a call takes": (
        "{{% for s in letter.sections for c in s.cards if c.call %}}{}{{% endfor %}}".format
    ),
    "a branch that nothing takes": "{{% if false %}}{}{{% endif %}}".format,
    "a macro that nobody calls": "{{% macro nobody() %}}{}{{% endmacro %}}".format,
}


@pytest.mark.parametrize("branch", [name for name in BRANCHES if name != "a branch that only a call takes"])
@pytest.mark.parametrize("fault", ["<mj-txt>x</mj-txt>", '<mj-spacer hight="8px" />'])
def test_unknown_parts_and_attributes_are_found_in_every_branch(root: Path, branch: str, fault: str) -> None:
    line = mend(root, "</mj-body>", f"\n{BRANCHES[branch](fault)}</mj-body>") + 1
    assert ("T402", OWN, line) in of_templates(open_house(root))


def test_a_fault_that_shows_only_in_a_letter_is_found_in_a_branch_of_the_specimen(root: Path) -> None:
    line = mend(root, "</mj-body>", "\n{% if letter.notice %}<mj-text>x</mj-text>{% endif %}</mj-body>") + 1
    assert of_templates(open_house(root)) == [("T402", OWN, line)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</mj-body>", "{% if %}</mj-body>"),
        ("</mj-body>", "{{ letter.wether }}</mj-body>"),
        ("</mj-body>", "{{ 1 | no_such_filter }}</mj-body>"),
    ],
)
def test_what_jinja_cannot_read_or_fill_in_has_its_line(root: Path, old: str, new: str) -> None:
    line = mend(root, old, new)
    assert of_templates(open_house(root)) == [("T401", OWN, line)]


def test_a_text_part_is_filled_in_too(root: Path) -> None:
    path = OWN.replace("mjml", "txt")
    line = mend(root, "{{ part.footer() }}", "{{ letter.wether }}", path)
    assert of_templates(open_house(root)) == [("T401", path, line)]


def test_a_letter_that_law_forbids_is_told_before_there_is_one(root: Path) -> None:
    mend(root, "{{ frame.footer(letter) }}", "")
    codes = {code for code, path, _ in of_templates(open_house(root)) if path == OWN}
    assert any(code.startswith("V") for code in codes)


def test_a_heading_that_is_not_the_only_one_is_told(root: Path) -> None:
    mend(root, "</mj-column>", "<mj-text><h1>En till</h1></mj-text></mj-column>")
    assert ("O102", OWN, 0) in of_templates(open_house(root))


def test_a_fault_stops_the_letters_that_use_the_template_and_no_others(root: Path) -> None:
    assert not any(blocked(open_house(root)).values())
    mend(root, "</mj-body>", "<mj-txt /></mj-body>")
    house = open_house(root)
    users = {"kommunbrevet"}
    assert {name for name, stopped in blocked(house).items() if stopped} == users < set(blocked(house))
    reason = str(house.faults["newsletters.kommunbrevet"])
    assert "<mj-txt> finns inte" in reason
    assert OWN in reason


def test_a_fault_in_what_a_template_takes_in_stops_its_users(root: Path) -> None:
    (root / PARTS).write_text("{% macro nobody() %}\n<mj-txt />\n{% endmacro %}\n")
    mend(root, "<mjml", '{% import "newsletters/_own.mjml.j2" as own %}\n<mjml')
    house = open_house(root)
    assert of_templates(house) == [("T402", PARTS, 2)]
    assert any(blocked(house).values())


def test_a_fault_in_a_template_that_nobody_uses_is_told_and_stops_nothing(root: Path) -> None:
    (root / PARTS).write_text("<mj-txt />\n")
    house = open_house(root)
    assert of_templates(house) == [("T402", PARTS, 1)]
    assert not any(blocked(house).values())


POST = "templates/spread/facebook.txt.j2"


@pytest.mark.parametrize("fault", ["{{ kit.nope }}", "{% if %}", "{{ 1 | no_such_filter }}"])
def test_a_fault_in_the_texts_to_pass_on_is_told_with_its_line_and_stops_no_letter(
    root: Path, fault: str
) -> None:
    shutil.copytree(defaults_folder() / "templates/spread", root / "templates/spread")
    line = mend(root, "{{ words.headed", f"{fault}\n{{{{ words.headed", POST)
    house = open_house(root)
    assert of_templates(house) == [("T401", POST, line)]
    assert not any(blocked(house).values())


@pytest.mark.parametrize(
    "line",
    [
        "{{ kit.organisation }} skriver:",
        "{{ kit.told_here }}",
        "Det går också att vara med på webben.",
        "{%- elif kit.call.opens.year == kit.call.closes.year %}",
        "Sök {{ kit.call.opens | spoken_date }}",
        "Stödet kommer genom",
        "{{ project.applicant }} driver",
    ],
)
def test_the_texts_to_pass_on_are_made_every_way(root: Path, line: str) -> None:
    shutil.copytree(defaults_folder() / "templates/spread", root / "templates/spread")
    words = POST.replace("facebook", "_words")
    fault = f"{line}{{{{ kit.nope }}}}" if line.startswith("{%") else f"{{{{ kit.nope }}}}{line}"
    at = mend(root, line, fault, words)
    assert of_templates(open_house(root)) == [("T401", words, at)]


def test_a_warning_stops_nothing(root: Path) -> None:
    mend(
        root,
        "</mj-column>",
        '<mj-text><a class="link" href="https://prov.example/x">Läs mer</a></mj-text></mj-column>',
    )
    house = open_house(root)
    found: list[Problem] = [one for one in house.problems if one.location.path == OWN]
    assert [one.severity for one in found] == [Severity.WARNING]
    assert not any(blocked(house).values())


def test_nothing_of_the_specimen_depends_on_what_the_workspace_tells(root: Path) -> None:
    before = of_templates(open_house(root))
    for file in (root / "content/items").glob("*.md"):
        file.unlink()
    assert of_templates(open_house(root)) == before


def test_an_empty_template_is_told_once_on_its_first_line(root: Path) -> None:
    (root / OWN).write_text("")
    assert of_templates(open_house(root)) == [("T402", OWN, 1)]


TEXT = "<mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body>"


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ('<img src="http://evil.example/pixel.gif" alt="" />', "O125"),
        ('<p><a class="link" style="line-height:24px" href="javascript:alert(1)">Klicka nu</a></p>', "O124"),
        ('<p style="font-size:8px">Litet</p>', "O120"),
        ('<p style="color:#ffffff;background:#ffffff">Vitt på vitt</p>', "O202"),
    ],
)
def test_what_would_harm_a_reader_is_found_before_any_letter(root: Path, html: str, code: str) -> None:
    mend(root, "</mj-body>", TEXT.format(html))
    assert code in [found for found, _, _ in of_templates(open_house(root))]
