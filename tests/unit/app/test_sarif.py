"""SARIF: what the format and GitHub's code scanning want, and results known again when lines move."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from comms.app.sarif import prefix_in_repository, sarif
from comms.errors import Location, Problem, Severity, say

PLACE = Location("content/items/bryggan.md", 14, 4)
LINE = "En tjänsteman svarar."


def problem(code: str = "S101", place: Location = PLACE, severity: Severity = Severity.WARNING) -> Problem:
    return Problem(code, severity, say("Ordet pekar ut ett kön."), say("Skriv handläggare."), place)


def run_of(*problems: Problem, line: str = LINE, prefix: str = "") -> Any:  # noqa: ANN401 - JSON
    log: Any = sarif(problems, lambda _place: line, str, prefix)
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    return log["runs"][0]


def fingerprints(*problems: Problem, line: str = LINE) -> list[str]:
    results = run_of(*problems, line=line)["results"]
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]


def test_a_result_points_at_the_word() -> None:
    (result,) = run_of(problem())["results"]

    assert (result["ruleId"], result["level"]) == ("S101", "warning")
    assert result["message"] == {"text": "Ordet pekar ut ett kön. Skriv handläggare."}
    (location,) = result["locations"]
    place = location["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "content/items/bryggan.md"}
    assert place["region"] == {
        "startLine": 14,
        "startColumn": 4,
        "endLine": 14,
        "endColumn": 14,
        "snippet": {"text": "tjänsteman"},
    }


def test_a_problem_of_a_whole_file_points_at_its_first_line() -> None:
    (result,) = run_of(problem(place=Location("content/items/bryggan.md")), line="")["results"]

    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}


def test_a_problem_without_a_column_points_at_its_whole_line() -> None:
    (result,) = run_of(problem(place=Location("comms.yaml", 3)))["results"]

    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (1, len(LINE) + 1)


def test_columns_are_said_to_count_characters() -> None:
    assert run_of()["columnKind"] == "unicodeCodePoints"


def test_a_path_is_an_address_from_the_repository() -> None:
    (result,) = run_of(problem(place=Location("content/items/Bryggan är klar.md")), prefix="brev/")["results"]

    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "brev/content/items/Bryggan%20%C3%A4r%20klar.md"


def test_every_rule_is_described_once_and_every_result_finds_its_rule() -> None:
    run = run_of(problem(), problem("A401"), problem(place=Location("b.md", 1, 1)), problem("C112"))

    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["A401", "C112", "S101"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == ["S101", "A401", "S101", "C112"]
    for rule in rules:
        assert re.fullmatch(r"[A-ZÅÄÖ]\w+", rule["name"])
        for key in ("shortDescription", "fullDescription", "help"):
            assert rule[key]["text"]


def test_a_rule_has_its_own_level_its_reason_and_the_address_of_its_source() -> None:
    (rule,) = run_of(problem("A401", severity=Severity.NOTICE))["tool"]["driver"]["rules"]

    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["shortDescription"] == {"text": "Alt-text saknas"}
    assert rule["fullDescription"] == {"text": "Utan alt-text finns bilden inte för den som lyssnar."}
    assert rule["helpUri"] == "https://www.w3.org/TR/WCAG21/"
    assert rule["helpUri"] in rule["help"]["text"]


@pytest.mark.parametrize("code", ["C112", "K104", "N100", "O101", "X999"])
def test_what_has_no_row_in_the_table_has_the_level_of_its_problem(code: str) -> None:
    (rule,) = run_of(problem(code, severity=Severity.ERROR))["tool"]["driver"]["rules"]

    assert (rule["defaultConfiguration"], "helpUri" in rule) == ({"level": "error"}, False)


def test_a_fingerprint_stays_when_the_line_moves_or_is_indented() -> None:
    moved = problem(place=Location(PLACE.path, 90, 6))

    assert fingerprints(problem()) == fingerprints(moved, line=f"  {LINE}")


def test_a_fingerprint_goes_with_the_code_and_the_line() -> None:
    assert fingerprints(problem()) != fingerprints(problem("S102"))
    assert fingerprints(problem()) != fingerprints(problem(), line="En annan rad.")


def test_two_alike_in_one_file_are_two() -> None:
    twins = fingerprints(
        problem(), problem(place=Location(PLACE.path, 20, 4)), problem(place=Location("b.md"))
    )

    assert [one.partition(":")[2] for one in twins] == ["1", "2", "1"]
    assert len({one.partition(":")[0] for one in twins}) == 1


def test_no_problems_are_a_log_without_results() -> None:
    run = run_of()

    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


def test_a_workspace_below_a_repositorys_root_says_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "kommunen" / "brev").mkdir(parents=True)
    (tmp_path / ".git").mkdir()

    assert prefix_in_repository(tmp_path / "kommunen" / "brev") == "kommunen/brev/"
    assert prefix_in_repository(tmp_path) == ""
