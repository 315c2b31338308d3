"""The documentation tells the truth: keys, commands, rules, limits, links, and every answer in the handbook.

When a command answers otherwise than the handbook says, `python -m tests.unit.handbook` writes it anew.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import click
import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from comms.check.rules import RULES
from comms.cli import comms as command_line
from comms.content.files import SourceText
from comms.content.items import Known, load_item
from comms.content.notes import load_notes
from comms.content.schema import Fields
from comms.content.strategy import read_strategy
from comms.model.audience import Audience, Audiences
from comms.model.document import BlockKind, SpanKind
from comms.model.issue import Cadence
from comms.model.ledger import DeliveryState, SlotState
from comms.settings import schema
from comms.text.markdown import parse_markdown
from comms.text.networks import NETWORKS
from comms.text.schedule import parse_schedule
from comms.text.swedish import lix
from comms.text.yaml import parse_yaml
from tests.unit import handbook

pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
OPERATIONS = sorted(f"operations/{file.name}" for file in (DOCS / "operations").glob("*.md"))
SWEDISH = (
    "handbok.md",
    "nyhet.md",
    "installningar.md",
    "kanaler.md",
    "ordlistor.md",
    "fragor.md",
    "redigera.md",
    "epostprogram.md",
    "spridning.md",
    "arkiv.md",
    "prenumeranter.md",
    "mallar.md",
    "for-hand.md",
    "inlagg.md",
    "floden.md",
    "studsar.md",
    "rapporter.md",
    "rules/README.md",
    *OPERATIONS,
)
CODE = re.compile(r"\b[ACKNOPSTVX]\d{3}\b")


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def pages() -> list[Path]:
    """Every page of ours: the repository's own, not what tools have put there."""
    mine = [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / ".ci").rglob("*.md")]
    return sorted(mine)


def table(text: str, name: str) -> dict[str, list[str]]:
    """The table after the comment `<!-- name -->`: first cell, without its code marks -> the other cells."""
    _, found, after = text.partition(f"<!-- {name} -->\n")
    assert found, f"no table is marked <!-- {name} -->"
    rows = re.match(r"\s*((?:\|.*\n?)+)", after)
    assert rows, f"no table follows <!-- {name} -->"
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows[1].strip().split("\n")]
    return {key.strip("` "): rest for key, *rest in cells[2:]}


def without_code(text: str) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def tool(name: str) -> ModuleType:
    """A script as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Settings


SECTIONS: dict[str, type[BaseModel]] = {
    "workspace": schema.Workspace,
    "officer": schema.Officer,
    "sender": schema.Sender,
    "bounces": schema.Bounces,
    "dkim": schema.DkimKey,
    "brand": schema.Brand,
    "dark": schema.Dark,
    "channels": schema.Channel,
    "newsletters": schema.Newsletter,
    "web": schema.Web,
    "subscribers": schema.Subscribers,
    "limits": schema.SignupLimits,
    "keep": schema.Keep,
    "mailbox": schema.Mailbox,
    "quiet": schema.Quiet,
    "backups": schema.Relay,
    "memory": schema.Memory,
    "media_host": schema.MediaHost,
    "letterbox": schema.Letterbox,
    "feeds": schema.Feed,
    "fetch": schema.Fetch,
    "metrics": schema.Metrics,
    "log": schema.Log,
}


def default(field: FieldInfo) -> str:
    """A default as the page shows it."""
    if field.is_required():
        return "måste finnas"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, timedelta):
        return f"`{value // timedelta(hours=1)}h`"
    if isinstance(value, Enum):
        return f"`{value.value}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if isinstance(value, str | int | float) and value else "inget"


@pytest.mark.parametrize("section", SECTIONS)
def test_settings_page_has_every_key_of_comms_yaml_with_its_default_and_no_other(section: str) -> None:
    told = {key: cells[0] for key, cells in table(page("installningar.md"), section).items()}
    assert told == {name: default(field) for name, field in SECTIONS[section].model_fields.items()}


def test_settings_page_has_every_section_of_comms_yaml() -> None:
    assert set(table(page("installningar.md"), "comms.yaml")) == set(schema.CommsYaml.model_fields)


def test_settings_page_names_every_variable_of_the_environment() -> None:
    source = ast.parse((ROOT / "comms/settings/environment.py").read_text(encoding="utf-8"))
    texts = [node.value for node in ast.walk(source) if isinstance(node, ast.Constant)]
    names = {text for text in texts if isinstance(text, str) and re.fullmatch(r"COMMS_[A-Z_]*[A-Z]", text)}
    assert names
    assert names == set(table(page("installningar.md"), "miljö"))


def test_every_schedule_on_the_settings_page_can_be_read() -> None:
    written = [parse_schedule(words) for words in table(page("installningar.md"), "tider")]
    assert {schedule.cadence for schedule in written} == set(Cadence)


# Content


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """What each mapping in a file was asked for when it was read, by the mapping's name."""
    found: dict[str, set[str]] = {}
    finish: Callable[[Fields], None] = Fields.finish

    def spy(fields: Fields) -> None:
        found[re.sub(r"\[\d+\]|\.$", "", fields.prefix)] = set(fields.asked)
        finish(fields)

    monkeypatch.setattr(Fields, "finish", spy)
    return found


KNOWN = Known(
    read_strategy(SourceText("strategy.yaml", "vision: V", ""))[0],
    Audiences({"public": Audience("public", "Allmänheten", "–")}, {}, ()),
    ["mastodon"],
    ZoneInfo("Europe/Stockholm"),
)


def test_item_page_has_every_key_that_the_loader_asks_for_and_no_other(
    tmp_path: Path, asked_for: dict[str, set[str]]
) -> None:
    inner = "".join(f"{key}: {{a: b}}\n" for key in ("publish", "event", "call", "project", "leads"))
    rows = "people: [{a: b}]\nimages: [{a: b}]\nposts: {mastodon: {a: b}}\n"
    (tmp_path / "nyhet.md").write_text(f"---\n{inner}{rows}---\n", encoding="utf-8")
    load_item(tmp_path, "nyhet.md", KNOWN)
    theirs = {"leads", "posts"}  # keyed by the organisation's own audiences and channels
    told = {name: set(table(page("nyhet.md"), name or "nyhet")) for name in asked_for if name not in theirs}
    assert told == {name: keys for name, keys in asked_for.items() if name not in theirs}


def test_item_page_has_every_key_of_an_issues_notes_and_no_other(
    tmp_path: Path, asked_for: dict[str, set[str]]
) -> None:
    (tmp_path / "brev-2026-12-01.md").write_text("---\nsubject: Hej\n---\n", encoding="utf-8")
    load_notes(tmp_path, "brev-2026-12-01.md", KNOWN, {}, [])
    assert set(table(page("nyhet.md"), "anteckningar")) == asked_for[""]


def test_every_example_in_yaml_can_be_read() -> None:
    examples = [
        (file.name, example)
        for file in pages()
        for example in re.findall(
            r"^```yaml\n(.*?)^```", file.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
    ]
    assert examples
    assert not [f"{name}: {example}" for name, example in examples if parse_yaml(example)[1]]


# Networks


def test_channels_page_has_the_networks_limits() -> None:
    told = table(page("kanaler.md"), "nätverk")
    limits = {
        one.slug: [
            f"{one.max_length}",
            f"{one.max_bytes or '–'}",
            f"{one.max_pictures}" + (", minst 1" if one.needs_picture else ""),
            f"{one.alt_max or '–'}",
            f"{one.tags_advised} / {one.tags_allowed or '–'}",
            "ja" if one.clickable_links else "nej",
            f"{one.fold or '–'}",
            f"[{one.verified_on}]({one.source})",
        ]
        for one in NETWORKS.values()
    }
    assert told == limits


def test_channels_page_says_how_each_network_counts() -> None:
    told = {name: cells[0].strip("`") for name, cells in table(page("kanaler.md"), "räkning").items()}
    assert told == {one.slug: one.counting.value for one in NETWORKS.values()}


# Commands


def commands() -> dict[str, click.Command]:
    context = click.Context(command_line)
    found = {name: command_line.get_command(context, name) for name in command_line.list_commands(context)}
    whole = {name: command for name, command in found.items() if command}
    parts = {
        f"{name} {part}": below
        for name, command in whole.items()
        if isinstance(command, click.Group)
        for part, below in command.commands.items()
    }
    return whole | parts


def options(command: click.Command) -> set[str]:
    named = (option for one in command.params for option in (*one.opts, *one.secondary_opts))
    return {option for option in named if option.startswith("--")}


def test_commands_page_has_every_command_with_every_option() -> None:
    sections = dict(
        re.findall(r"^## comms ([\w ]+)\n(.*?)(?=^## |\Z)", page("commands.md"), re.MULTILINE | re.DOTALL)
    )
    missing = [
        f"{name} {option}"
        for name, command in commands().items()
        for option in options(command)
        if option not in sections.get(name, "")
    ]
    assert not missing
    assert set(sections) == set(commands())


def test_pages_made_from_the_code_are_up_to_date() -> None:
    # In a process of its own: click remembers how a command's help was first asked for.
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "write_docs.py", "--check"],
        env={name: value for name, value in os.environ.items() if name != "COMMS_LANGUAGE"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_checking_the_made_pages_tells_of_a_stale_one_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_docs = tool("write_docs")
    monkeypatch.setattr(write_docs, "ROOT", tmp_path)
    (tmp_path / "docs/rules").mkdir(parents=True)
    index = tmp_path / "docs/rules/README.md"
    index.write_text(page("rules/README.md"), encoding="utf-8")
    write_docs.main(check=False)
    stale = page("rules/README.md").replace("[S101](S101.md)", "[S100](S100.md)")
    index.write_text(stale, encoding="utf-8")
    assert write_docs.main(check=True) == 1
    assert "docs/rules/README.md" in capsys.readouterr().out
    assert index.read_text(encoding="utf-8") == stale


def test_no_page_names_a_command_or_option_that_does_not_exist() -> None:
    known = {name: options(command) for name, command in commands().items()}
    wrong = []
    for file in pages():
        text = file.read_text(encoding="utf-8")
        for written in re.findall(
            r"(?:^\$ |^ {4}|^|`)(?:\S*/)?comms ([a-z]+(?: [^`\n]*)?)", text, re.MULTILINE
        ):
            name, *rest = written.replace("`", "").split()
            name = f"{name} {rest[0]}" if rest and f"{name} {rest[0]}" in known else name
            named = {part for part in rest if re.fullmatch(r"--[a-z][a-z-]*", part)} - {"--help"}
            if name not in known or named - known[name]:
                wrong.append(f"{file.name}: comms {written}")
    assert not wrong


# Rules and messages


def test_index_of_rules_has_every_rule_with_a_link_to_its_page() -> None:
    links = re.findall(r"^\| \[([A-Z]\d{3})\]\((\w+)\.md\) \|", page("rules/README.md"), re.MULTILINE)
    assert links == [(code, code) for code in sorted(rule.code for rule in RULES)]


def test_every_code_in_the_source_is_explained_and_no_other() -> None:
    used = {
        node.value
        for file in (ROOT / "comms").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }
    explained = set(CODE.findall(page("rules/README.md")) + CODE.findall(page("handbok.md")))
    assert explained == used


def refusals() -> set[str]:
    """The sentences with which the commands refuse, three dots for each value."""
    sentences = set()
    for file in [*(ROOT / "comms/app").glob("*.py"), *(ROOT / "comms/cli").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for call in ast.walk(node.exc) if isinstance(node, ast.Raise) and node.exc else ():
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "say":
                    template = ast.literal_eval(call.args[0])
                    sentences.add(re.sub(r"\{[^}]*\}", "…", template).replace("\n", " "))
    return sentences


def explained_answers() -> dict[str, re.Pattern[str]]:
    """The answers that the handbook explains, with a pattern in which its dots stand for anything."""
    told = table(page("handbok.md"), "meddelanden")
    return {answer: re.compile(".*?".join(map(re.escape, answer.split("…")))) for answer in told}


def test_handbook_explains_every_refusal_of_a_command() -> None:
    patterns = explained_answers().values()
    assert not [said for said in sorted(refusals()) if not any(one.fullmatch(said) for one in patterns)]


def test_handbook_explains_no_refusal_that_is_gone() -> None:
    said = refusals()
    assert not [
        told for told, pattern in explained_answers().items() if not any(map(pattern.fullmatch, said))
    ]


@pytest.mark.parametrize("name", ["handbok.md", "operations/tillstand.md"])
def test_every_state_is_explained(name: str) -> None:
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", page(name), re.MULTILINE)
    explained = {word for row in rows for word in re.findall(r"\w+", row)}
    assert {state.value for state in (*SlotState, *DeliveryState)} <= explained


def test_catalogues_of_sentences_are_complete(capsys: pytest.CaptureFixture[str]) -> None:
    stale = tool("catalogues").main(check=True)
    counts = re.findall(r"^\w\w: .*$", capsys.readouterr().out, re.MULTILINE)
    assert not stale, f"{counts}: run `make catalogues` and translate what is new"


# Words and links


def test_every_word_of_the_glossary_is_used_in_the_code() -> None:
    rows = re.findall(r"^\| ([a-z, ]+) \|", page("glossary.md"), re.MULTILINE)[1:]
    words = [word for row in rows for word in row.split(", ")]
    sources = [file.read_text(encoding="utf-8").lower() for file in (ROOT / "comms").rglob("*.py")]
    assert words
    assert len(words) == len(set(words))
    assert not [word for word in words if not any(word in source for source in sources)]


def test_no_name_in_the_code_uses_a_word_that_the_glossary_leaves_out() -> None:
    left_out = {"campaign", "blast", "mailing", "broadcast"}
    wrong = [
        f"{file.name}: {node.name}"
        for file in (ROOT / "comms").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and left_out.intersection(re.findall(r"[A-Z]?[a-z]+", node.name.lower()))
    ]
    assert not wrong


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives headings."""
    headings = re.findall(r"^#+ (.+)$", without_code(text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_between_pages_leads_to_a_file_and_a_heading() -> None:
    dead = []
    for file in pages():
        text = without_code(file.read_text(encoding="utf-8"))
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            path, _, anchor = link.partition("#")
            target = (file.parent / path).resolve() if path else file
            if re.match(r"[a-z]+:", link):
                continue
            if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
                dead.append(f"{file.relative_to(ROOT)}: {link}")
    assert not dead


def test_every_path_that_a_page_names_is_there() -> None:
    path = re.compile(r"`((?:comms|docs|requirements|scripts|templates|tests)/[a-z0-9_./]+)`")
    named = [
        (file.name, found) for file in pages() for found in path.findall(file.read_text(encoding="utf-8"))
    ]
    assert named
    assert not [f"{name}: {found}" for name, found in named if not (ROOT / found).exists()]


def test_every_page_that_the_code_names_is_there() -> None:
    files = [*(ROOT / "comms").rglob("*.py"), *(ROOT / "scripts").glob("*.py"), ROOT / "Makefile"]
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    named = [
        (file.name, found) for file, text in texts.items() for found in re.findall(r"docs/[\w/-]+\.md", text)
    ]
    assert named
    assert not [f"{name}: {found}" for name, found in named if not (ROOT / found).exists()]


@pytest.mark.parametrize("name", SWEDISH)
def test_swedish_pages_are_easy_to_read(name: str) -> None:
    prose = [
        "".join(span.plain() for span in block.spans if span.kind is not SpanKind.CODE).replace("\n", " ")
        for block in parse_markdown(page(name)).walk()
        if block.kind is BlockKind.PARAGRAPH
    ]
    assert lix("\n".join(prose)) < 40


@pytest.mark.slow
@pytest.mark.parametrize("name", handbook.PAGES)
def test_a_page_shows_what_the_commands_answer(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in [variable for variable in os.environ if variable.startswith("COMMS_")]:
        monkeypatch.delenv(variable)
    written = page(name)
    expected = handbook.replayed(written, tmp_path.resolve())
    assert handbook.FINGERPRINT.sub("…", written) == handbook.FINGERPRINT.sub("…", expected)
