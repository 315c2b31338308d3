"""A loaded workspace with everything that is wrong in it: what every use case starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from comms.app.agreeing import disagreements
from comms.app.judging import OneByOne, Reader, fault_of
from comms.app.specimen import template_faults
from comms.check.context import context_of
from comms.check.engine import check_notes
from comms.content import audiences as audiences_file
from comms.content import strategy as strategy_file
from comms.content.workspace import load_workspace
from comms.errors import (
    ConfigError,
    Problem,
    Severity,
    Text,
    in_reading_order,
    say,
)
from comms.inbox.reading import legible
from comms.model.plan import Said
from comms.model.settings import Letterbox, Settings, UnsubscribeBox
from comms.model.workspace import TemplateSet, Workspace
from comms.render.palette import contrast_problems
from comms.settings.faults import FILE
from comms.settings.load import load_settings

_EMPTY = Workspace(
    {}, {}, {}, frozenset(), audiences_file.EMPTY, strategy_file.EMPTY, TemplateSet({}, {}), {}
)


_Box = TypeVar("_Box", bound=Letterbox | UnsubscribeBox)


@dataclass(frozen=True)
class House:
    """Settings, workspace, all problems, and why a path or post cannot go out (`faults`).

    `said`: what each post says, by its id.
    """

    root: Path
    settings: Settings
    workspace: Workspace
    problems: tuple[Problem, ...]
    faults: Mapping[str, Text]
    said: Mapping[str, Said] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone."""
        return ZoneInfo(self.settings.timezone)

    @property
    def out(self) -> Path:
        """Where files go."""
        return self.root / self.settings.out

    @property
    def database_url(self) -> str:
        """The ledger's address; a relative SQLite path is below the workspace."""
        url = self.settings.database_url
        path = url.removeprefix("sqlite:///")
        if path == url or path.startswith("/"):
            return url
        return f"sqlite:///{(self.root / path).as_posix()}"

    @property
    def memory(self) -> Path:
        """The stem of what this machine remembers beside a database that is somewhere else."""
        return self.root / "var" / "comms"

    def found(self, box: _Box) -> _Box:
        """A mailbox with its maildir where it is: a relative one is below the workspace."""
        return replace(box, maildir=str(self.root / box.maildir)) if box.maildir else box

    @property
    def beside(self) -> Path:
        """The folder of what lies beside the ledger: journals, copies, quarantine, who was erased."""
        return (self.database_file or self.memory).parent

    @property
    def journal(self) -> Path:
        """The folder of the runs' journals."""
        return self.beside / "journal"

    @property
    def database_file(self) -> Path | None:
        """The ledger's file, when it is one."""
        path = self.database_url.removeprefix("sqlite:///")
        return None if path == self.database_url else Path(path)

    @property
    def has_ledger(self) -> bool:
        """Whether there is a ledger to look into: to open one that is not there would make it.

        Raises ConfigError for a folder that may not be looked into.
        """
        file = self.database_file
        found = file is None
        if file is not None:
            with legible(file):
                found = file.exists()
        return found


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that holds comms.yaml. Raises `ConfigError`."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / FILE).is_file():
            return folder
    raise ConfigError(
        say(
            "Hittar ingen comms.yaml i {folder} eller ovanför. Skapa en arbetsyta: comms init MAPP",
            folder=start,
        )
    )


def read_settings(root: Path) -> Settings:
    """Settings alone; raises `ConfigError` with every problem in comms.yaml."""
    settings, problems = load_settings(root)
    if settings is None:
        raise ConfigError(say("comms.yaml har fel och kan inte användas."), tuple(in_reading_order(problems)))
    return settings


def settings_alone(root: Path) -> House:
    """A house without its content: enough to hand over what is frozen. Raises `ConfigError`."""
    return House(root, read_settings(root), _EMPTY, (), {})


def _is_look(path: str) -> bool:
    """Whether a file says how letters look and what their posts say, and not what they tell."""
    return path.startswith("templates/")


def open_house(root: Path, reader: Reader | None = None) -> House:
    """Load and check everything. Raises `ConfigError` only when comms.yaml cannot be used."""
    reader = reader or OneByOne()
    settings = read_settings(root)
    workspace, problems = load_workspace(root, settings, reader.load)
    context = context_of(workspace, settings)
    for notes in workspace.notes.values():
        problems += check_notes(notes, settings.language, context=context)
    judged = list(reader.judge(list(workspace.items.values()), context, settings))
    problems += [problem for one in judged for problem in one.of_item]
    problems += contrast_problems(settings.brand, path=FILE, lines=settings.lines)
    of_files = {
        p.location.path: fault_of(p) for p in in_reading_order(problems) if p.severity is Severity.ERROR
    }
    problems += [problem for one in judged for problem in one.of_posts]
    for part, disagreement in disagreements(root, settings, workspace):
        problems.append(disagreement)
        of_files.setdefault(part, fault_of(disagreement))
    bare = House(root, settings, workspace, (), {})
    looks = sorted((path, digest) for path, digest in workspace.digests.items() if _is_look(path))
    for part, found in reader.again("templates", (settings, looks), lambda: list(template_faults(bare))):
        problems.append(found)
        if part and found.severity is Severity.ERROR:
            of_files.setdefault(part, fault_of(found))
    of_posts = {identity: fault for one in judged for identity, fault in one.faults.items()}
    told = {identity: said for one in judged for identity, said in one.said.items()}
    return House(root, settings, workspace, tuple(in_reading_order(problems)), of_files | of_posts, told)
