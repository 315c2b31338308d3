"""The short torture: the whole one is `make torture`. A counting sink is the judge, not our own rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.postgres import why_not
from tests.torture.crew import torture_workers
from tests.torture.plan import CONTROLS, SLOW, control
from tests.torture.trial import Trial, torture

pytestmark = [pytest.mark.slow, pytest.mark.servers, pytest.mark.no_cover]

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.skipif(bool(why_not()), reason=why_not()))
SQLITE = Trial("sqlite", recipients=150, kills=12, seed=1, share=0.02, dead=10)
SHORT = {"sqlite": SQLITE, "postgresql": replace(SQLITE, database="postgresql", workers=3, pace=SLOW)}


@pytest.mark.parametrize("database", ["sqlite", POSTGRESQL])
def test_senders_that_are_killed_at_random_under_a_failing_relay_send_every_copy_once(
    database: str, tmp_path: Path
) -> None:
    verdict = torture(SHORT[database], tmp_path)
    assert verdict.wrong == ()
    assert verdict.deaths.random >= 5
    assert verdict.deaths.most >= 1, "no kill met a copy on its way"
    assert (verdict.after.in_sink, verdict.after.rejected) == (140, 10)
    assert verdict.settled == verdict.found.unknown


@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_senders_that_take_each_other_for_dead_while_they_work_send_every_copy_once(tmp_path: Path) -> None:
    verdict = torture(replace(SHORT["postgresql"], kills=3, silent=0.1, share=0, dead=0), tmp_path)
    assert verdict.wrong == ()
    assert verdict.after.in_sink == 150


@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_workers_that_are_killed_at_random_send_every_copy_once(tmp_path: Path) -> None:
    trial = Trial(
        "postgresql", recipients=40, kills=3, seed=1, workers=2, connections=2, pace=0.2, share=0.05
    )
    verdict = torture_workers(trial, tmp_path)
    assert verdict.wrong == ()
    assert verdict.deaths.random >= 2
    assert verdict.after.in_sink == 40
    assert verdict.settled == verdict.found.unknown


@pytest.mark.parametrize("database", ["sqlite", POSTGRESQL])
def test_an_engine_that_sends_again_what_was_on_its_way_is_found_out(database: str, tmp_path: Path) -> None:
    trial = replace(control("requeue", 0), database=database, recipients=10, kills=0, share=0, connections=1)
    verdict = torture(trial, tmp_path)
    assert (verdict.after.doubled, verdict.lost) == (2, 0)
    assert "somebody has two" in verdict.wrong


@pytest.mark.parametrize("database", ["sqlite", POSTGRESQL])
def test_an_engine_that_says_sent_before_it_sends_is_found_out(database: str, tmp_path: Path) -> None:
    trial = replace(
        control("mark-first", 0), database=database, recipients=10, kills=0, share=0, connections=1
    )
    verdict = torture(trial, tmp_path)
    assert (verdict.after.doubled, verdict.lost) == (0, 1)
    assert "accepted, and not in the sink" in verdict.wrong


@pytest.mark.parametrize("name", CONTROLS)
def test_no_wrong_engine_survives_random_kills_under_a_failing_relay(name: str, tmp_path: Path) -> None:
    assert torture(control(name, seed=1), tmp_path).wrong
