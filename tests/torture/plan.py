"""What the whole proof is made of, and the wrong engines that must not come through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tests.torture.crew import torture_workers
from tests.torture.trial import Trial, Verdict, torture

SLOW = 0.1
"""Mean seconds that the sink thinks at the dot: several processes must not be done before they are killed."""

CONTROLS = {"requeue": ("answer.read:1", "answer.read:2"), "mark-first": ("intent.answered:1",)}
"""The wrong engines, and where they must die to be found out: few random kills meet so narrow windows."""

_FAULTS = 0.02
_DEAD = 50


@dataclass(frozen=True)
class Part:
    """One trial of the proof, and whether the engine in it is wrong on purpose."""

    name: str
    act: Callable[[Trial, Path], Verdict]
    trial: Trial
    is_control: bool = False


def whole(seed: int) -> list[Part]:
    """Each database, quiet and with a relay that fails; the workers' own command; the controls.

    Once workers also take each other for dead all the time: only owner and attempt keep them apart.
    """
    sqlite = Trial("sqlite", recipients=1200, kills=60, seed=seed)
    postgresql = replace(sqlite, database="postgresql", workers=3, pace=SLOW)
    hasty = replace(postgresql, recipients=600, kills=30, silent=0.1)
    crew = replace(postgresql, recipients=150, kills=15, connections=2, share=_FAULTS)
    return [
        Part("kills", torture, sqlite),
        Part("kills and faults", torture, replace(sqlite, seed=seed + 1, share=_FAULTS, dead=_DEAD)),
        Part("kills", torture, replace(postgresql, seed=seed + 2)),
        Part("kills and faults", torture, replace(postgresql, seed=seed + 3, share=_FAULTS, dead=_DEAD)),
        Part("taken for dead", torture, replace(hasty, seed=seed + 4, share=_FAULTS)),
        Part("comms worker", torture_workers, replace(crew, seed=seed + 5)),
        *(Part(f"control: {name}", torture, control(name, seed), is_control=True) for name in CONTROLS),
    ]


def one(trial: Trial) -> Part:
    """A trial of one's own choice."""
    if trial.database == "postgresql":
        trial = replace(trial, pace=SLOW)
    return Part("kills and faults" if trial.share else "kills", torture, trial)


def control(name: str, seed: int) -> Trial:
    """A trial that a wrong engine must not survive."""
    program = ("tests.torture.controls", name)
    return Trial("sqlite", 100, 5, seed, points=CONTROLS[name], share=_FAULTS, program=program)
