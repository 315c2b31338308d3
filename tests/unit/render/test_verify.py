"""Rendered letters are read again: the product's own template is clean, and each fault is found."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from comms.model.issue import Edition
from comms.render.verify import MAX_HTML_BYTES, edition_problems
from comms.text.markdown import parse_markdown
from tests.unit.render import build

FULL = replace(
    build.ITEM, pictures=(build.PICTURE,), event=build.EVENT, call=build.CALL, project=build.PROJECT
)
EDITION = build.edition(FULL, municipality="arvika")


def codes(edition: Edition) -> list[str]:
    return [problem.code for problem in edition_problems(edition, template_path="templates/prov")]


def changed(old: str, new: str) -> Edition:
    assert old in EDITION.html
    return replace(EDITION, html=EDITION.html.replace(old, new))


def test_the_template_that_ships_is_clean() -> None:
    assert codes(EDITION) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<h1", "<h2", "O102"),
        ("</h1>", "</h1><h1>En till</h1>", "O102"),
        (' alt="EU', ' data-alt="EU', "O103"),
        ('role="presentation"', "", "O104"),
        (' scope="col"', "", "O105"),
        (">Leden runt sjön öppnar</a>", "></a>", "O106"),
        ('href="https://leader.example/leden"', 'href=""', "O106"),
        ('lang="sv"', 'lang=""', "O107"),
        ('lang="sv"', 'lang="und"', "O113"),
        ("<title>", "<title></title><style>", "O108"),
        ("<h2", "<h3", "O109"),
        (">Leden runt sjön öppnar</a>", ">Läs mer</a>", "O110"),
        ("</body>", '<a href="https://a.example">Ett</a><a href="https://b.example">Ett</a></body>', "O111"),
        ("</body>", "<script>1</script></body>", "O112"),
        ("<body", '<body onload="x"', "O112"),
    ],
)
def test_a_seeded_fault_is_found(old: str, new: str, code: str) -> None:
    assert code in codes(changed(old, new))


def letter_of(size: int, template: str = "municipal") -> Edition:
    """A letter of so many bytes by one of the templates that ship."""
    newsletter = replace(build.NEWSLETTER, template=template)
    settings = replace(build.SETTINGS, newsletters={"kommunbrevet": newsletter})
    edition = build.edition(FULL, settings=settings)
    filling = "x" * (size - len(edition.html.encode()))
    return replace(edition, html=edition.html.replace("</body>", f"{filling}</body>"))


def test_a_letter_that_gmail_would_cut_is_refused_with_its_largest_parts() -> None:
    long = replace(FULL, slug="lang", title="Den långa", body=parse_markdown("ord " * 25_000), link="")
    (problem,) = edition_problems(build.edition(long, FULL), template_path="templates/prov")
    assert problem.code == "O101"
    assert "Störst: ”Den långa” 10" in str(problem.message)


@pytest.mark.parametrize("template", ["municipal", "notis"])
def test_a_letter_of_99_kb_passes_and_one_of_101_kb_does_not(template: str) -> None:
    assert "O101" not in codes(letter_of(99_000, template))
    assert "O101" in codes(letter_of(101_000, template))


def test_the_largest_parts_are_items_and_stand_in_order_of_size() -> None:
    large = replace(
        FULL, slug="stor", title="Den stora", body=parse_markdown("## Först\n\n" + "ord " * 16_000)
    )
    larger = replace(FULL, slug="storre", title="Den större", body=parse_markdown("ord " * 18_000), link="")
    (problem,) = edition_problems(
        build.edition(FULL, large, larger, municipality="arvika"), template_path="templates/prov"
    )
    assert re.search(r"Störst: ”Den större” \d+ kB; ”Den stora” \d+ kB; ”", str(problem.message))


def test_a_letter_just_under_the_limit_passes_and_one_at_it_does_not() -> None:
    assert "O101" not in codes(letter_of(MAX_HTML_BYTES - 1))
    assert "O101" in codes(letter_of(MAX_HTML_BYTES))
