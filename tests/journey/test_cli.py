"""The command line is a contract: exit codes, JSON shapes, help that is quick, and its manners."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import click
import pytest

from comms.cli import comms, run
from comms.model.item import SCAFFOLD, ItemKind
from tests.journey.workspaces import DAY_BEFORE, ISSUE, POST, ROOT, SLOT, WEEK_BEFORE, Office

COMMANDS = comms.list_commands(click.Context(comms))
HEAVY = set(
    "sqlalchemy pydantic pydantic_settings jinja2 mjml requests rich PIL "
    "markdown_it ruamel apscheduler holidays alembic feedparser nh3 regex".split()
)


def started(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """The command line as its own process."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("COMMS_")}
    return subprocess.Popen(
        [sys.executable, "-m", "comms", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**own, "PYTHONPATH": str(ROOT), **environment},
    )


def at_a_terminal(*arguments: str, **environment: str) -> tuple[int, str]:
    """Run the command line where a person watches: exit code, and what the terminal was sent."""
    ours, theirs = pty.openpty()
    own = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        [sys.executable, "-m", "comms", *arguments],
        stdout=theirs,
        stderr=theirs,
        env={**own, "PYTHONPATH": str(ROOT), **environment},
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # Linux says so when the other end is closed
        while read := os.read(ours, 4096):
            shown += read
    os.close(ours)
    return process.wait(), shown.decode()


# Help


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from comms.cli import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {name.partition(".")[0] for name in told.stderr.split()}
    assert "comms" in loaded
    assert loaded & HEAVY == set()


def test_help_names_every_command_with_a_sentence() -> None:
    shown = comms.get_help(click.Context(comms, info_name="comms"))
    assert [name for name in COMMANDS if not re.search(rf"^  {name} +\S", shown, re.MULTILINE)] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    command = comms.get_command(click.Context(comms), name)
    assert command is not None
    text = command.get_help(click.Context(command, info_name=name))
    assert command.help is not None
    assert command.help.split()[0] in text
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{name} {option.opts}"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_works_on_a_workspace_takes_its_folder(name: str) -> None:
    command = comms.get_command(click.Context(comms), name)
    assert command is not None
    for one in command.commands.values() if isinstance(command, click.Group) else [command]:
        options = {word for option in one.params for word in option.opts}
        assert ("--workspace" in options) == (name not in {"init", "restore"})  # those make one


# Exit codes


def test_0_is_done(office: Office) -> None:
    assert office.comms("check").code == 0


def test_1_is_problems_found(office: Office) -> None:
    office.write_item("trasig", more="kommun: Eda\n")
    answer = office.comms("check")
    assert answer.code == 1
    assert "content/items/trasig.md:13:1: fel C112:" in answer.out


def test_1_is_also_warnings_when_they_count(office: Office) -> None:
    office.change("audiences.yaml", "kontor1@eda.example", "anna.ek@eda.example")
    assert office.comms("check").code == 0
    assert office.comms("check", "--strict").code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("flyg",),
        ("plan", "--snabbt"),
        ("plan", "finns-inte-2026-12-01"),
        ("who", ISSUE),
        ("who",),
        ("approve", ISSUE, "--until", "2026-12-31"),
        ("approve",),
        ("send", ISSUE),
        ("check", "content/items/finns-inte.md"),
        ("check", "--explain", "X999"),
        ("plan", "--until", "i morgon"),
        ("new",),
        ("proof", ISSUE, "--to", "inte en adress"),
    ],
    ids=" ".join,
)
def test_2_is_wrong_usage(office: Office, arguments: tuple[str, ...]) -> None:
    answer = office.comms(*arguments, now="" if arguments[0] in {"who", "flyg"} else WEEK_BEFORE)
    assert answer.code == 2
    assert answer.err
    assert "Traceback" not in answer.said


def test_2_is_a_time_that_is_none(office: Office) -> None:
    assert office.comms("plan", now="i morse").code == 2


def test_3_is_a_delivery_that_failed(office: Office) -> None:
    office.approve()
    (office.folder / "out" / "sent").mkdir(parents=True)
    (office.folder / "out" / "sent" / "mail").write_text("i vägen", encoding="utf-8")
    assert office.comms("tick", now=SLOT).code == 3


def test_4_is_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    answer = Office(tmp_path).comms("check")
    assert answer.code == 4
    assert "comms init" in answer.err


def test_4_is_a_folder_that_cannot_be_written(office: Office) -> None:
    (office.folder / "out").write_text("i vägen", encoding="utf-8")
    answer = office.comms("preview", now=WEEK_BEFORE)
    assert (answer.code, "Det går inte att skriva i" in answer.err) == (4, True)


def test_4_is_settings_that_cannot_be_used_every_fault_at_its_line(office: Office) -> None:
    office.change("comms.yaml", "first tuesday 08:00", "now and then")
    office.change("comms.yaml", "max_lateness: 12h", "max_lateness: ofta")
    answer = office.comms("plan", now=WEEK_BEFORE)
    assert answer.code == 4
    assert "comms.yaml:14" in answer.err
    assert "comms.yaml:20" in answer.err
    assert answer.out == ""


def test_5_is_a_plan_that_is_not_the_approved_one(office: Office) -> None:
    assert office.comms("send", ISSUE, "--plan", "0123456789abcdef", now=SLOT).code == 5


# JSON


def test_check_answers_in_json_with_place_and_act(office: Office) -> None:
    office.write_item("trasig", more="kommun: Eda\n")
    answer = office.comms("check", "--format", "json")
    assert (answer.code, answer.err) == (1, "")
    (problem,) = answer.json["problems"]
    assert set(problem) >= {"code", "severity", "message", "hint", "file", "line", "column"}
    assert (problem["code"], problem["severity"]) == ("C112", "error")
    assert (problem["file"], problem["line"], problem["column"]) == ("content/items/trasig.md", 13, 1)
    assert problem["message"]
    assert problem["hint"]
    assert answer.json["summary"]["errors"] == 1


def test_check_answers_in_sarif_for_code_hosts(office: Office) -> None:
    office.write_item("trasig", more="kommun: Eda\n")
    found = office.comms("check", "--format", "sarif").json
    assert found["version"] == "2.1.0"
    (result,) = found["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("C112", "error")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "content/items/trasig.md"
    assert place["region"]["startLine"] == 13


def test_check_of_one_file_names_only_its_problems(office: Office) -> None:
    office.write_item("trasig", more="kommun: Eda\n")
    office.write_item("galen", more="kommun: Sunne\n")
    found = office.comms("check", "content/items/galen.md", "--format", "json").json["problems"]
    assert {problem["file"] for problem in found} == {"content/items/galen.md"}


def test_plan_answers_in_json_in_the_shape_that_scripts_rely_on(office: Office) -> None:
    office.approve()
    office.write_item("sedan", since="2026-12-20")
    office.write_item("skygg", more="municipalities: [sunne]\n")
    entries = office.comms("plan", "--json", now=WEEK_BEFORE).json["entries"]
    assert [(entry["id"], entry["kind"]) for entry in entries] == [
        (ISSUE, "issue"),
        (POST, "post"),
        ("brevet-2027-01-05", "issue"),
    ]
    december, post, january = entries
    wanted = {"id", "kind", "title", "at", "channel", "fingerprint", "recipients", "approved", "editions"}
    assert [wanted - set(entry) for entry in entries] == [set()] * 3
    assert datetime.fromisoformat(december["at"]) == datetime.fromisoformat("2026-12-01T07:00+00:00")
    assert (december["approved"], january["approved"]) == (True, False)
    assert (december["recipients"], post["recipients"], post["editions"]) == (5, 1, [])
    (edition,) = december["editions"]
    assert (edition["audience"], edition["municipality"], edition["recipients"]) == ("offices", "eda", 5)
    assert [set(item) for item in edition["items"]] == [{"id", "why"}]
    assert edition["items"][0]["id"] == "bryggan"
    (later,) = january["editions"]
    assert {"what": "bryggan", "reason": f"Var med i {ISSUE}."} in later["skips"]


def test_who_answers_in_json_with_the_id_that_stands_in_the_letter(office: Office) -> None:
    office.approve()
    office.comms("tick", now=SLOT)
    found = office.comms("who", ISSUE, "--json").json
    assert (found["id"], found["states"]) == (ISSUE, {"accepted": 5})
    assert {"recipient", "state", "reason", "at", "message_id"} <= set(found["deliveries"][0])
    sent = {address: str(letter["Message-ID"]) for address, letter in office.letters().items()}
    assert {row["recipient"]: row["message_id"] for row in found["deliveries"]} == sent
    datetime.fromisoformat(found["deliveries"][0]["at"])


def test_who_names_an_address_that_got_no_copy_of_its_own_and_why(office: Office) -> None:
    office.change("comms.yaml", "municipalities: [eda]", "municipalities: all")
    office.write(
        "audiences.yaml",
        (office.folder / "audiences.yaml").read_text(encoding="utf-8")
        + "  sunne:\n    offices:\n      - {address: kontor1@eda.example, name: Kontor 1}\n",
    )
    office.approve()
    office.comms("tick", now=SLOT)
    assert office.states() == {"accepted": 5}
    (edition,) = [one for one in office.entry()["editions"] if one["municipality"] == "sunne"]
    reason = "Får brevet som Kommunala kontor, Eda: en adress får ett exemplar."
    assert {"what": "kontor1@eda.example", "reason": reason} in edition["skips"]


def test_status_answers_in_json(office: Office) -> None:
    office.approve()
    office.comms("tick", now=SLOT)
    found = office.comms("status", "--json", now=SLOT).json
    assert [(slot["id"], slot["state"], slot["deliveries"]) for slot in found["slots"]] == [
        (ISSUE, "done", {"accepted": 5})
    ]
    assert [entry["id"] for entry in found["upcoming"]] == [POST]
    assert datetime.fromisoformat(found["last_run_at"]) == datetime.fromisoformat("2026-12-01T07:01+00:00")


# For people


def test_the_plan_of_one_issue_shows_items_reasons_and_the_next_step(office: Office) -> None:
    office.write_item("sedan", since="2026-12-20")
    shown = office.comms("plan", ISSUE, now=WEEK_BEFORE).out
    assert "1. bryggan: Ny, gäller hela området, för Kommunala kontor." in shown
    assert "– sedan: Publiceras först 2026-12-20." in shown
    assert f"Fingeravtryck: {office.fingerprint()}" in shown
    assert f"comms approve {ISSUE} --plan {office.fingerprint()}" in shown


def test_the_plan_goes_week_by_week(office: Office) -> None:
    shown = office.comms("plan", now=WEEK_BEFORE).out
    assert [line for line in shown.splitlines() if line.startswith("Vecka")] == ["Vecka 49", "Vecka 1"]
    assert "tis 2026-12-01 08.00  Brevet" in shown
    assert "1 utgåvor, 5 mottagare  ·  väntar på godkännande" in shown


def test_the_plan_shows_what_does_not_go_out(office: Office) -> None:
    office.change("comms.yaml", "slots: [thu 12:00], ", "")
    shown = office.comms("plan", now=WEEK_BEFORE).out
    assert f"Går inte ut\n  – {POST}: Kanalen ”mastodon” har ingen ledig tid." in shown


def test_who_shows_each_recipient_and_the_sum(office: Office) -> None:
    office.approve()
    office.comms("tick", now=SLOT)
    answer = office.comms("who", ISSUE)
    assert answer.code == 0
    assert re.search(r"kontor3@eda\.example +mottagen", answer.out)
    assert answer.out.endswith("mottagen 5\n")


def test_a_rule_is_explained_by_its_code(office: Office) -> None:
    answer = office.comms("check", "--explain", "s101")
    assert answer.code == 0
    assert answer.out.startswith("S101")


# Looking leaves no trace


@pytest.mark.parametrize(
    "arguments", [("check",), ("plan",), ("plan", ISSUE), ("status",), ("doctor",)], ids=" ".join
)
def test_looking_makes_no_ledger_and_no_files(office: Office, arguments: tuple[str, ...]) -> None:
    before = set(office.folder.rglob("*"))
    assert office.comms(*arguments, now=WEEK_BEFORE).code == 0
    assert set(office.folder.rglob("*")) == before


def test_a_preview_is_files_for_the_officer_alone(office: Office) -> None:
    answer = office.comms("preview", now=WEEK_BEFORE)
    assert answer.code == 0
    folder = office.folder / "out" / ISSUE / "offices-eda"
    assert {"brev.eml", "brev.html", "brev.txt", "index.html"} <= {path.name for path in folder.iterdir()}
    assert (office.folder / "out" / "index.html").exists()
    assert (office.folder / "out" / "poster" / f"{POST}.html").exists()
    assert not (office.folder / "var").exists()
    assert office.nothing_sent()


def test_a_proof_goes_to_colleagues_and_is_never_counted(office: Office) -> None:
    answer = office.comms("proof", ISSUE, "--to", "kollega@leader.example", now=WEEK_BEFORE)
    assert answer.code == 0
    (letter,) = office.letters(f"proof-{ISSUE}").values()
    assert str(letter["Subject"]).startswith("[Prov]")
    assert office.slot() is None


# Beginning


def test_an_empty_folder_becomes_a_workspace_that_can_be_checked_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "nytt"
    for name in list(os.environ):
        if name.startswith("COMMS_"):
            monkeypatch.delenv(name)
    assert run(["init", str(folder)]) == 0
    fresh = Office(folder)
    assert fresh.comms("check").code == 0
    assert fresh.comms("preview", now=WEEK_BEFORE).code == 0
    assert (folder / "out" / "index.html").exists()


def test_init_never_writes_over_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "strategy.yaml").write_text("min egen", encoding="utf-8")
    assert run(["init", str(tmp_path)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["strategy.yaml"]
    assert (tmp_path / "strategy.yaml").read_text(encoding="utf-8") == "min egen"


@pytest.mark.parametrize("kind", [kind for kind in ItemKind if kind is not ItemKind.GRANT])
def test_a_new_item_of_every_kind_lacks_only_its_text(office: Office, kind: ItemKind) -> None:
    made = office.comms("new", "Året runt på sjön", "--kind", kind.value, now=WEEK_BEFORE)
    assert made.code == 0
    assert "content/items/aret-runt-pa-sjon.md" in made.out
    found = office.comms("check", "content/items/aret-runt-pa-sjon.md", "--format", "json").json
    errors = [problem for problem in found["problems"] if problem["severity"] == "error"]
    assert [problem["code"] for problem in errors] == ["C521"]


def test_a_new_item_of_a_grant_first_asks_for_the_name_of_the_project(office: Office) -> None:
    office.comms("new", "Året runt på sjön", "--kind", "grant", now=WEEK_BEFORE)
    path = "content/items/aret-runt-pa-sjon.md"

    def errors() -> list[str]:
        found = office.comms("check", path, "--format", "json").json["problems"]
        return [problem["code"] for problem in found if problem["severity"] == "error"]

    assert errors() == ["C113"]
    office.change(path, 'name: ""', "name: Sjön")
    assert errors() == ["C521"]


def test_a_new_item_does_not_go_out_before_it_is_written(office: Office) -> None:
    office.comms("new", "Året runt på sjön", now=WEEK_BEFORE)
    blocked = office.comms("plan", ISSUE, "--json", now=WEEK_BEFORE).json["entries"][0]["blocked"]
    assert any("content/items/aret-runt-pa-sjon.md" in reason for reason in blocked)


@pytest.mark.parametrize("title", ['Vi sa: "Nu kör vi"', "Bättre \\ snabbare", "# Nu: – ja!"])
def test_a_title_with_any_signs_stands_in_the_item_as_it_was_written(office: Office, title: str) -> None:
    made = office.comms("new", title, now=WEEK_BEFORE)
    assert made.code == 0
    written = next(word for word in made.out.split() if word.startswith("content/")).rstrip(".")
    office.change(written, SCAFFOLD, "Nu är den skriven.")
    assert office.comms("check").code == 0
    entry = office.entry()
    assert len(entry["editions"][0]["items"]) == 2


def test_a_new_item_never_writes_over_one_that_is_there(office: Office) -> None:
    assert office.comms("new", "Bryggan", now=WEEK_BEFORE).code == 2


@pytest.mark.parametrize(
    ("option", "word"), [("--focus", "rymden"), ("--audience", "marsianer"), ("--kind", "dikt")]
)
def test_a_new_item_with_an_unknown_word_is_refused_by_name(office: Office, option: str, word: str) -> None:
    answer = office.comms("new", "Året runt", option, word, now=WEEK_BEFORE)
    assert (answer.code, word in answer.err) == (2, True)
    assert not (office.folder / "content/items/aret-runt.md").exists()


# Manners


def test_the_workspace_is_the_nearest_folder_above_with_comms_yaml(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(office.folder / "content" / "items")
    assert run(["plan", ISSUE, "--now", WEEK_BEFORE]) == 0
    assert "En ny brygga" not in capsys.readouterr().err


def test_a_clock_without_an_offset_is_the_workspaces_own_time(office: Office) -> None:
    office.approve()
    office.comms("tick", now="2026-12-01T06:59+00:00")
    assert office.nothing_sent()
    office.comms("tick", now="2026-12-01T08:00")
    assert len(office.letters()) == 5


@pytest.mark.slow
def test_colours_are_for_terminals_and_not_for_those_who_say_no(office: Office) -> None:
    arguments = ("plan", "--now", WEEK_BEFORE, "--workspace", str(office.folder))
    code, coloured = at_a_terminal(*arguments)
    assert (code, "\x1b[" in coloured) == (0, True)
    code, plain = at_a_terminal(*arguments, NO_COLOR="1")
    assert (code, "\x1b[" in plain) == (0, False)
    assert ISSUE in plain


@pytest.mark.slow
def test_the_colours_of_a_complaint_are_left_out_too(office: Office) -> None:
    office.change("comms.yaml", "max_lateness: 12h", "max_lateness: ofta")
    code, plain = at_a_terminal("plan", "--workspace", str(office.folder), NO_COLOR="1")
    assert (code, "\x1b[" in plain) == (4, False)


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_fault(office: Office) -> None:
    process = started(
        "simulate", "--from", "2026-12-01", "--until", "2040-12-31", "--workspace", str(office.folder)
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


def test_the_doctor_finds_a_small_workspace_well(office: Office) -> None:
    answer = office.comms("doctor", now=DAY_BEFORE)
    assert answer.code == 0
    assert "1 nyheter lästa, inga fel." in answer.out
    assert "Kanalen mail skriver till disk" in answer.out


def test_the_doctor_names_a_missing_key_and_how_to_set_it(office: Office) -> None:
    office.change(
        "comms.yaml", "kind: file, network: mastodon", "kind: mastodon, base_url: https://s.example"
    )
    answer = office.comms("doctor", now=DAY_BEFORE)
    assert answer.code == 4
    assert "COMMS_CHANNELS__MASTODON__TOKEN" in answer.out
    assert "Kanalen mail skriver till disk" in answer.out


def test_the_doctor_finds_errors_in_content(office: Office) -> None:
    office.write_item("trasig", more="kommun: Eda\n")
    answer = office.comms("doctor", now=DAY_BEFORE)
    assert (answer.code, "1 fel" in answer.out) == (4, True)


def test_status_shows_what_went_what_waits_and_the_last_run(office: Office) -> None:
    office.approve()
    office.comms("tick", now=SLOT)
    shown = office.comms("status", now=SLOT).out
    assert re.search(rf"{ISSUE} +sänd +mottagen 5", shown)
    assert re.search(rf"2026-12-03 12.00 +{re.escape(POST)} +väntar på godkännande", shown)
    assert "Senaste körning: 2026-12-01 08.01" in shown


def test_status_of_a_fresh_workspace_says_that_nothing_has_been(office: Office) -> None:
    answer = office.comms("status", now=WEEK_BEFORE)
    assert answer.code == 0
    assert ISSUE in answer.out


@pytest.mark.slow
def test_the_clock_ticks_at_once_and_stops_cleanly_when_told(office: Office) -> None:
    process = started("run", "--workspace", str(office.folder))
    assert process.stdout is not None
    assert process.stdout.readline() == "Klockan går. Avbryt med Ctrl-C.\n"
    while office.comms("status", "--json").json["last_run_at"] is None:
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.endswith("Klockan har stannat. Det som väntar ligger kvar.\n")
