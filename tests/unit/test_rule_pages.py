"""Every rule has a page for the officer, and what the page shows is what the rule does.

A page's examples stand after `Före:` and `Efter:`, on the same line or in a block of code below. A block
of YAML, or one that begins with `---`, is front matter; anything else is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from comms.check.engine import check_item
from comms.check.rule import Rule, Scope
from comms.check.rules import BY_CODE, RULES
from comms.content.audiences import read_audiences
from comms.content.files import SourceText
from comms.content.items import Known, load_item
from comms.content.strategy import read_strategy
from comms.errors import Severity
from comms.model.document import BlockKind, SpanKind
from comms.model.item import Item
from comms.text.markdown import parse_markdown
from comms.text.swedish import lix, word_texts
from tests.unit.check.builder import CONTEXT, item_with, picture, post

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs/rules"
PICTURE = "content/pictures/bro-over-klaralven.png"
LEVELS = {Severity.ERROR: "fel", Severity.WARNING: "varning", Severity.NOTICE: "notis"}
SECTIONS = ["Vad den ser", "Varför", "Källa", "Så rättar du", "Så säger du nej"]
EXAMPLE = re.compile(
    r"^(?P<when>Före|Efter):\s+(?:```(?P<kind>\w*)\n(?P<block>.*?)\n```|`(?P<code>[^`\n]+)`|(?P<plain>[^\n]+))$",
    re.MULTILINE | re.DOTALL,
)
EXEMPTION = re.compile(r"<!-- comms: ok (\w+) \"[^\"]+\" -->")
FRONT = {
    "title": "Bryggan är klar",
    "kind": "story",
    "focus": "[destination-7-sam]",
    "audiences": "[public]",
    "date": "2026-11-20",
}
"""The front matter of an example, but for the keys that it has itself."""

EVERY = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
SHOWN_WHOLE = [
    rule for rule in RULES if rule.scope in {Scope.TEXT, Scope.EXEMPTION} or rule.code.startswith("C")
]
"""Rules that read no more of an item than an example shows."""


@cache
def page(code: str) -> str:
    return (PAGES / f"{code}.md").read_text(encoding="utf-8")


def sections(code: str) -> dict[str, str]:
    """The text under each heading; an example may have headings of its own."""
    _, *parts = re.split(rf"^## ({'|'.join(SECTIONS)})\n", page(code), flags=re.MULTILINE)
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def prose(text: str) -> str:
    """What is read as text, one paragraph a line: no headings, no code."""
    blocks = [block for block in parse_markdown(text).walk() if block.kind is BlockKind.PARAGRAPH]
    plain = [[span.plain() for span in block.spans if span.kind is not SpanKind.CODE] for block in blocks]
    return "\n".join(" ".join(spans).replace("\n", " ") for spans in plain)


def examples(code: str) -> dict[str, tuple[str, bool]]:
    """What stands before and after: the text, and whether it has front matter."""
    found = {}
    for match in EXAMPLE.finditer(sections(code)["Så rättar du"]):
        text = match["block"] or match["code"] or match["plain"]
        found[match["when"]] = (text, match["kind"] == "yaml" or text.startswith("---\n"))
    return found


@cache
def known() -> Known:
    """The organisation's own strategy and audiences."""
    strategy, audiences = (
        SourceText(name, (ROOT / name).read_text(encoding="utf-8"), "")
        for name in ("strategy.yaml", "audiences.yaml")
    )
    zone = ZoneInfo("Europe/Stockholm")
    return Known(read_strategy(strategy)[0], read_audiences(audiences)[0], ["mastodon", "facebook"], zone)


def with_front_matter(text: str, root: Path) -> Item:
    """An example as an item: its own keys, and those that it cannot do without."""
    front, _, body = text.removeprefix("---\n").partition("\n---\n")
    own = set(re.findall(r"^(\w+):", front, re.MULTILINE))
    rest = "".join(f"{key}: {value}\n" for key, value in FRONT.items() if key not in own)
    folder = root / "content/pictures"
    folder.mkdir(parents=True, exist_ok=True)
    (root / PICTURE).write_bytes((ROOT / PICTURE).read_bytes())
    file = root / "content/items/exempel.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"---\n{rest}{front}\n---\n{body or 'Nu är bryggan klar.'}\n", encoding="utf-8")
    item, problems = load_item(root, "content/items/exempel.md", known())
    assert isinstance(item, Item), [str(problem) for problem in problems]
    return item


def uses(example: tuple[str, bool], root: Path) -> Iterator[Item]:
    """An example in each place where an author may write it; the body first."""
    text, front = example
    if front:
        yield with_front_matter(text, root)
        return
    yield item_with(text)
    yield item_with(title=text)
    yield item_with(posts=(post(text),))
    yield item_with(pictures=(picture(text),))


def finds(rule: Rule, item: Item) -> bool:
    """Whether the rule, among all others, finds something in the item."""
    context = replace(CONTEXT, strategy=known().strategy, audiences=known().audiences)
    return any(problem.code == rule.code for problem in check_item(item, context=context))


def test_no_page_is_about_a_rule_that_does_not_exist() -> None:
    assert {file.stem for file in PAGES.glob("*.md")} - {"README"} <= set(BY_CODE)


@EVERY
def test_a_rule_has_a_page_with_its_title_and_level(rule: Rule) -> None:
    assert page(rule.code).startswith(f"# {rule.code} {rule.title}\n\nNivå: {LEVELS[rule.severity]}\n")


@EVERY
def test_a_page_has_five_sections_with_text(rule: Rule) -> None:
    assert list(sections(rule.code)) == SECTIONS
    assert [name for name, text in sections(rule.code).items() if not text] == []


@EVERY
def test_a_page_names_the_source_that_the_rule_has_or_says_that_there_is_none(rule: Rule) -> None:
    assert (rule.source or "Vårt eget val") in sections(rule.code)["Källa"]


@EVERY
def test_a_page_shows_the_exemption_to_copy_or_says_that_there_is_none(rule: Rule) -> None:
    shown = EXEMPTION.findall(sections(rule.code)["Så säger du nej"])
    if rule.exemptible:
        assert set(shown) == {rule.code}
    else:
        assert shown == []
        assert "inga undantag" in sections(rule.code)["Så säger du nej"]


@pytest.mark.parametrize("rule", SHOWN_WHOLE, ids=lambda rule: rule.code)
def test_the_example_before_is_found_by_the_rule_and_the_one_after_is_not(rule: Rule, tmp_path: Path) -> None:
    shown = examples(rule.code)
    if not shown:  # some rules need more text than a page has room for
        return
    found = [
        finds(rule, after)
        for before, after in zip(*(uses(shown[when], tmp_path) for when in ("Före", "Efter")), strict=True)
        if finds(rule, before)
    ]

    assert found, "nothing is found in the example before"
    assert not found[0], "the example after is found too"


@EVERY
def test_a_page_is_short_and_easy_to_read(rule: Rule) -> None:
    text = prose(page(rule.code))

    assert len(word_texts(text)) <= 300
    assert lix(re.sub(r"https?://\S+", "", text)) < 40
