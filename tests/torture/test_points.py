"""Window by window: a sender dies at a point, and what is left is exactly what that window means."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

import comms
from comms.model.ledger import DeliveryState
from tests.fakes.postgres import why_not
from tests.torture.judge import look_again
from tests.torture.sink import SILENT, Answer, Sink
from tests.torture.trial import POINTS, Stage, Trial, staged

pytestmark = [pytest.mark.slow, pytest.mark.servers, pytest.mark.no_cover]

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.skipif(bool(why_not()), reason=why_not()))
COPIES = 5
P = DeliveryState
NOTHING: dict[DeliveryState, int] = {}
WAITING = {P.PLANNED: COPIES}
CLAIMED = {P.CLAIMED: COPIES}
SENDING = {P.SENDING: 1, P.CLAIMED: COPIES - 1}


@dataclass(frozen=True)
class Window:
    """What one sender leaves that dies at a point; `unknown` and `arrived`: the copy that it had in hand."""

    left: dict[DeliveryState, int]
    unknown: int = 0
    arrived: int = 0
    before: tuple[str, ...] = ()


WINDOWS = {
    "migrate.done": Window(NOTHING),
    "migrate.checked": Window(NOTHING),
    "start.batch": Window(NOTHING),
    "claim.uncommitted": Window(WAITING),
    "claim.committed": Window(CLAIMED),
    "copy.made": Window(CLAIMED),
    "body.given": Window(CLAIMED),
    "settle.uncommitted": Window(CLAIMED),
    "settle.committed": Window(SENDING, unknown=1),
    "intent.answered": Window(SENDING, unknown=1),
    "answer.read": Window(SENDING, unknown=1, arrived=1),
    "recover.uncommitted": Window(SENDING, unknown=1, before=("settle.committed",)),
}


def states(stage: Stage) -> dict[DeliveryState, int]:
    """How many copies stand where, as the ledger has it."""
    return dict(Counter(row.state for row in stage.rows()))


def assert_all_ends_well(stage: Stage, unknown: int, arrived: int) -> None:
    """Others go by themselves, the copy in hand waits for evidence, and then everybody has exactly one."""
    stage.run_to_the_end()
    expected = {P.ACCEPTED: COPIES - unknown, P.UNKNOWN: unknown}
    assert states(stage) == {state: number for state, number in expected.items() if number}
    assert len(stage.sink.kept) == COPIES - unknown + arrived
    assert (stage.reconcile() if unknown else 0) == unknown
    stage.run_to_the_end()
    assert look_again(stage.sink, stage.rows()).wrong == ()
    assert len(stage.sink.kept) == COPIES


ELSEWHERE = ("erase.", "import.", "returned.", "ticket.")
"""Points where no letter of an issue is under way: no sink judges (test_importing, test_bounces_command)."""


def test_every_point_in_the_source_is_tortured() -> None:
    files = Path(comms.__file__).parent.rglob("*.py")
    found = [re.findall(r'(?<![a-z])at\("([^"]+)"\)', file.read_text(encoding="utf-8")) for file in files]
    of_sending = [point for points in found for point in points if not point.startswith(ELSEWHERE)]
    assert sorted(of_sending) == sorted(POINTS) == sorted(WINDOWS)


@pytest.mark.parametrize("database", ["sqlite", POSTGRESQL])
@pytest.mark.parametrize("point", POINTS)
def test_a_sender_that_dies_at_a_point_leaves_what_the_window_means(
    database: str, point: str, tmp_path: Path
) -> None:
    window = WINDOWS[point]
    trial = Trial(database, COPIES, kills=0, seed=POINTS.index(point), connections=1, pace=0)
    with staged(trial, tmp_path) as stage:
        for earlier in (*window.before, point):
            stage.die_at(f"{earlier}:1")
        assert states(stage) == window.left
        assert len(stage.sink.kept) == window.arrived
        assert_all_ends_well(stage, window.unknown, window.arrived)


@pytest.mark.parametrize("database", ["sqlite", POSTGRESQL])
@pytest.mark.parametrize("point", ["settle.committed", "answer.read"])
def test_with_several_connections_no_more_is_unknown_than_there_are(
    database: str, point: str, tmp_path: Path
) -> None:
    trial = Trial(database, recipients=40, kills=0, seed=POINTS.index(point), connections=4)
    with staged(trial, tmp_path) as stage:
        for _ in range(2):
            before = states(stage).get(P.UNKNOWN, 0)
            stage.die_at(f"{point}:2")
            after = states(stage)
            assert 1 <= after.get(P.SENDING, 0) <= 4
            assert after.get(P.UNKNOWN, 0) - before <= 4
        stage.run_to_the_end()
        assert stage.reconcile() <= 2 * 4
        stage.run_to_the_end()
        assert look_again(stage.sink, stage.rows()).wrong == ()
        assert len(stage.sink.kept) == 40


@pytest.mark.parametrize(
    ("verb", "answer", "unknown", "arrived"),
    [
        *((verb, SILENT, 0, 0) for verb in ("connect", "ehlo", "mail", "rcpt", "data")),
        pytest.param("dot", SILENT, 1, 0, id="dot, not taken"),
        pytest.param("dot", Answer(late=SILENT.late, keeps=True), 1, 1, id="dot, taken"),
    ],
)
def test_only_a_sender_that_is_killed_after_the_dot_leaves_a_doubt(
    verb: str, answer: Answer, unknown: int, arrived: int, tmp_path: Path
) -> None:
    with staged(Trial("sqlite", COPIES, kills=0, connections=1, pace=0), tmp_path) as stage:
        sink: Sink = stage.sink
        sink.faults, sink.share = {verb: (answer,)}, 1.0
        sender = stage.start()
        assert sink.wait_for_silence(30)
        sender.close()
        sink.calm()
        assert_all_ends_well(stage, unknown, arrived)
