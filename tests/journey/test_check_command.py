"""`comms check` where people write: lines with a caret, watching, code hosts and the hook before a commit."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator

import pytest
from ruamel.yaml import YAML

from comms.check.rules import RULES
from tests.journey.test_cli import at_a_terminal, started
from tests.journey.workspaces import ITEM, ROOT, Answer, Office

WRONG = "content/items/trasig.md"
QUOTED = "    13 | kommun: Eda\n       | ^\n"
WAITING = "Väntar på ändringar. Avbryt med Ctrl-C.\n"


@pytest.fixture
def wrong(office: Office) -> Office:
    """A workspace with one error, at line 13 of one item."""
    office.write_item("trasig", more="kommun: Eda\n")
    return office


# Lines and carets


def test_text_that_is_asked_for_quotes_the_line_under_each_problem(wrong: Office) -> None:
    answer = wrong.comms("check", "--format", "text")

    place, hint, *_ = answer.out.splitlines()
    assert place.startswith(f"{WRONG}:13:1: fel C112: ")
    assert hint.startswith("    Välj bland: ")
    assert f"{hint}\n{QUOTED}" in answer.out


def test_a_log_has_two_lines_a_problem_as_before(wrong: Office) -> None:
    assert "|" not in wrong.comms("check").out


def test_a_problem_of_a_whole_file_has_no_line(office: Office) -> None:
    office.write("content/items/anteckning.txt", "Hej.\n")

    assert "|" not in office.comms("check", "--format", "text").out


def test_broken_settings_are_quoted_too(office: Office) -> None:
    office.change("comms.yaml", "max_lateness: 12h", "max_lateness: ofta")

    answer = office.comms("check", "--format", "text")

    assert answer.code == 4
    assert (
        "    14 |   mail: {kind: file, max_lateness: ofta}\n       |                                    ^\n"
        in (answer.err)
    )


@pytest.mark.slow
def test_a_person_at_a_terminal_sees_lines_in_colour_unless_they_say_no(wrong: Office) -> None:
    arguments = ("check", "--workspace", str(wrong.folder))

    code, coloured = at_a_terminal(*arguments, COLUMNS="80")
    _, plain = at_a_terminal(*arguments, COLUMNS="80", NO_COLOR="1")

    assert code == 1
    assert "\x1b[31m\x1b[1m^\x1b[0m" in coloured
    assert QUOTED in plain.replace("\r\n", "\n")
    assert "\x1b" not in plain


def test_problems_of_files_that_bear_on_all_are_shown_whatever_file_is_named(office: Office) -> None:
    (office.folder / "terms.csv").write_bytes("term;severity\nbörda;off\n".encode("cp1252"))
    office.write("abbreviations.csv", "fel;rubrik\n")

    said = office.comms("check", ITEM).out

    assert re.search(r"^terms\.csv\S*: fel C101", said, re.MULTILINE)
    assert "abbreviations.csv:1:1: fel C140" in said


def test_explaining_nothing_is_refused_and_checks_nothing(office: Office) -> None:
    answer = office.comms("check", "--explain", "")

    assert (answer.code, answer.out) == (2, "")


# For code hosts


def test_the_log_for_code_hosts_describes_its_rules_and_knows_results_again(wrong: Office) -> None:
    before = wrong.comms("check", "--format", "sarif").json["runs"][0]
    wrong.change(WRONG, "kommun: Eda", "link: https://leader.example/a\nkommun: Eda")
    after = wrong.comms("check", "--format", "sarif").json["runs"][0]

    def of(run: dict[str, list[dict[str, str]]]) -> dict[str, str]:
        return {result["ruleId"]: result["partialFingerprints"] for result in run["results"]}

    assert of(before)["C112"] == of(after)["C112"]
    (rule,) = before["tool"]["driver"]["rules"]
    assert rule["id"] == "C112"


FRONT = """\
leads:
  offices: >
    Hej. Vår handläggare
    möter talesmannen i Eda.
people:
  - {name: Karin Ek, role: polisman}
images:
  - file: pictures/bryggan.png
    alt: En kameraman på en brygga.
    caption: |
      Sommar.
      En sjöman på bryggan.
posts:
  mastodon:
    at: 2026-12-01 12:00
    text: |-
      Nu öppnar bryggan.

      Fråga en riksdagsman.
"""


def test_a_word_of_the_front_matter_is_found_where_it_stands(office: Office) -> None:
    office.draw()
    office.write_item("texter", more=FRONT)
    office.change(
        "content/items/texter.md", "summary: Vid sjön finns", 'summary: "Vår tjänsteman svarar."  # '
    )
    lines = (office.folder / "content/items/texter.md").read_text(encoding="utf-8").split("\n")

    found = office.comms("check", "content/items/texter.md", "--format", "json").json["problems"]

    words = {
        lines[one["line"] - 1][one["column"] - 1 :].split(" ")[0].rstrip('."}')
        for one in found
        if one["code"] == "S101"
    }
    assert words == {"tjänsteman", "talesmannen", "polisman", "kameraman", "sjöman", "riksdagsman"}


# Watching


def said(process: subprocess.Popen[str]) -> str:
    """What the process says until it waits again."""

    def lines() -> Iterator[str]:
        assert process.stdout is not None
        for line in process.stdout:
            yield line
            if line == WAITING:
                return

    return "".join(lines())


def save(office: Office, path: str, text: str) -> None:
    """Write a file at one blow: a look between emptying and filling it would be one look more."""
    draft = office.folder / "draft"
    draft.write_text(text, encoding="utf-8")
    draft.replace(office.folder / path)


@pytest.mark.slow
def test_watching_tells_what_is_new_and_mended_and_ends_as_the_last_check(wrong: Office) -> None:
    item = (wrong.folder / WRONG).read_text(encoding="utf-8")
    settings = (wrong.folder / "comms.yaml").read_text(encoding="utf-8")
    process = started("check", "--watch", "--workspace", str(wrong.folder))
    first = said(process)
    assert first.startswith("Granskar …\n")
    assert QUOTED in first
    assert "Nytt" not in first

    save(wrong, WRONG, item.replace("kommun: Eda", "link: https://leader.example/a\nkomun: Eda"))
    second = said(process)
    assert re.search(r"Nytt: 2\. Löst: 1\.\n  \+ .*C\d{3} .*\n  \+ .*\n  – .*:13:1: C112 .*”kommun”", second)

    save(wrong, "comms.yaml", settings.replace("max_lateness: 12h", "max_lateness: ofta"))
    assert said(process) == f"Granskar …\n{WAITING}"
    save(wrong, "comms.yaml", settings)
    assert "Nytt" not in said(process)

    save(wrong, WRONG, item.replace("kommun: Eda\n", ""))
    assert "Nytt: 0. Löst: 2.\n" in said(process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert "comms.yaml:14:36: fel K" in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_watching_that_ends_on_an_error_ends_with_its_code(wrong: Office) -> None:
    process = started("check", "--watch", "--workspace", str(wrong.folder))
    said(process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 1


@pytest.mark.parametrize(
    "arguments", [("--watch", "--format", "json"), ("--watch", "content/items/finns-inte.md")], ids=" ".join
)
def test_what_cannot_be_watched_is_refused_at_once(office: Office, arguments: tuple[str, ...]) -> None:
    answer = office.comms("check", *arguments)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err


# Explaining


def test_every_rule_can_be_explained(office: Office) -> None:
    for rule in RULES:
        answer = office.comms("check", "--explain", rule.code)
        assert (answer.code, answer.out.startswith(f"{rule.code}  {rule.title}\n")) == (0, True)
        assert str(rule.why) in answer.out


def test_a_word_of_the_lists_can_be_explained_with_its_source(office: Office) -> None:
    answer = office.comms("check", "--explain", "tjänsteman")

    assert answer.code == 0
    assert "S101" in answer.out
    assert "Källa: " in answer.out


# Mending


def test_what_is_certain_is_mended_when_it_has_been_shown_and_allowed(office: Office) -> None:
    office.change(ITEM, "Den är öppen", "Den invigs kl 13.00. Den är öppen")

    shown = office.comms("check", "--fix")
    assert shown.code == 1
    assert "kl 13.00" in (office.folder / ITEM).read_text(encoding="utf-8")
    saved = office.comms("check", "--fix", "--yes")

    assert saved.code == 0
    assert "kl 13.00" not in (office.folder / ITEM).read_text(encoding="utf-8")
    assert "T301" not in office.comms("check").out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--fix", "--format", "json"], "--fix svarar med text. Ta bort --format."),
        (["--fix", "--format", "sarif"], "--fix svarar med text. Ta bort --format."),
        (["--watch", "--fix"], "--fix och --watch går inte ihop. Ta bort den ena."),
        (["--yes"], "--yes hör ihop med --fix. Lägg till --fix, eller ta bort --yes."),
    ],
)
def test_options_that_have_no_meaning_together_are_refused(
    office: Office, options: list[str], said: str
) -> None:
    assert office.comms("check", *options) == Answer(2, "", f"{said}\n")


# The hook before a commit


@pytest.fixture
def hook() -> dict[str, object]:
    """The one hook that this repository offers."""
    (found,) = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return dict(found)


def test_the_hook_runs_a_command_that_exists_and_stops_a_commit_with_an_error(
    hook: dict[str, object], wrong: Office
) -> None:
    program, *arguments = shlex.split(str(hook["entry"]))
    assert (program, hook["language"], hook["pass_filenames"]) == ("comms", "python", False)

    stopped = wrong.comms(*arguments)
    wrong.write_item("trasig")
    passed = wrong.comms(*arguments)

    assert (stopped.code, passed.code) == (1, 0)
    assert QUOTED in stopped.out


@pytest.mark.parametrize(
    ("path", "runs"),
    [
        ("content/items/bryggan.md", True),
        ("content/pictures/bryggan.jpg", True),
        ("templates/newsletters/municipal.mjml.j2", True),
        ("comms.yaml", True),
        ("terms.csv", True),
        ("kommunen/brev/comms.yaml", True),
        ("kommunen/brev/content/items/bryggan.md", True),
        ("README.md", False),
        ("docs/innehall.yaml", False),
        ("out/sent/mail/1.eml", False),
    ],
)
def test_the_hook_runs_for_the_files_of_a_workspace_alone(
    hook: dict[str, object], path: str, *, runs: bool
) -> None:
    assert bool(re.search(str(hook["files"]), path)) == runs


# The page for those who write


PAGE = (ROOT / "docs" / "redigera.md").read_text(encoding="utf-8")


def matchers() -> list[dict[str, str]]:
    """The patterns with which the page teaches VS Code to read our lines, by severity."""
    _, _, after = PAGE.partition("```json\n")
    (task,) = json.loads(after.partition("```\n")[0])["tasks"]
    assert task["command"] == "comms check --watch"
    background = task["problemMatcher"][0]["background"]
    assert re.search(background["beginsPattern"], "Granskar …")
    assert re.search(background["endsPattern"], WAITING.strip())
    return [one["pattern"] | {"severity": one["severity"]} for one in task["problemMatcher"]]


def test_the_page_teaches_vs_code_to_find_every_problem(wrong: Office) -> None:
    wrong.change(ITEM, "Den är öppen", "En tjänsteman kom. Den är öppen")
    (wrong.folder / ITEM).write_bytes((wrong.folder / ITEM).read_bytes().replace(b"\n", b"\r\n"))
    answer = wrong.comms("check", "--format", "json").json["problems"]

    found = set()
    for line in wrong.comms("check", "--format", "text").out.splitlines():
        for pattern in matchers():
            match = re.search(pattern["regexp"], line)
            if match:
                place = (match[pattern["file"]], match[pattern["code"]], match[pattern["message"]])
                found.add((*place, pattern["severity"]))

    names = {"error": "error", "warning": "warning", "notice": "info"}
    assert {problem["severity"] for problem in answer} == set(names)
    assert found == {(p["file"], p["code"], p["message"], names[p["severity"]]) for p in answer}
