"""A loaded workspace with everything that is wrong in it: what every use case starts from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from comms.app.agreeing import disagreements
from comms.check.engine import check_workspace
from comms.content import audiences as audiences_file
from comms.content import strategy as strategy_file
from comms.content.workspace import load_workspace
from comms.errors import (
    CommsError,
    ConfigError,
    Location,
    Problem,
    Severity,
    Text,
    in_reading_order,
    say,
)
from comms.model.network import PostText
from comms.model.settings import Settings
from comms.model.workspace import TemplateSet, Workspace
from comms.plan.posts import post_id
from comms.render.post import post_problems, render_post
from comms.render.verify import contrast_problems
from comms.settings.faults import FILE
from comms.settings.load import load_settings

_EMPTY = Workspace(
    {}, {}, {}, frozenset(), audiences_file.EMPTY, strategy_file.EMPTY, TemplateSet({}, {}), {}
)


@dataclass(frozen=True)
class House:
    """Settings, workspace, all problems, and why a path or post cannot go out (`faults`)."""

    root: Path
    settings: Settings
    workspace: Workspace
    problems: tuple[Problem, ...]
    faults: Mapping[str, Text]

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

    @property
    def journal(self) -> Path:
        """The folder of the runs' journals."""
        return (self.database_file or self.memory).parent / "journal"

    @property
    def database_file(self) -> Path | None:
        """The ledger's file, when it is one."""
        path = self.database_url.removeprefix("sqlite:///")
        return None if path == self.database_url else Path(path)


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


def open_house(root: Path) -> House:
    """Load and check everything. Raises `ConfigError` only when comms.yaml cannot be used."""
    settings = read_settings(root)
    workspace, problems = load_workspace(root, settings)
    problems += check_workspace(workspace, settings)
    problems += contrast_problems(settings.brand, path=FILE, line=settings.lines.get("brand", 0))
    of_files = {
        p.location.path: _fault(p) for p in in_reading_order(problems) if p.severity is Severity.ERROR
    }
    for part, disagreement in disagreements(root, settings, workspace):
        problems.append(disagreement)
        of_files.setdefault(part, _fault(disagreement))
    of_posts: dict[str, Text] = {}
    for identity, found in _post_problems(settings, workspace):
        problems += found
        errors = [problem for problem in found if problem.severity is Severity.ERROR]
        if errors:
            of_posts[identity] = _fault(errors[0])
    return House(root, settings, workspace, tuple(in_reading_order(problems)), of_files | of_posts)


def _fault(problem: Problem) -> Text:
    return say("{place}: {message}", place=problem.location, message=problem.message)


def render_item_post(settings: Settings, workspace: Workspace, identity: str) -> PostText:
    """Render the post with an id as `plan.posts.post_id` makes it."""
    slug, channel, _ = identity.rsplit(".", 2)
    item = workspace.items[slug]
    draft = next(draft for draft in item.posts if draft.channel == channel)
    return render_post(
        settings=settings, item=item, channel=settings.channels[channel], draft=draft, post_id=identity
    )


def _post_problems(settings: Settings, workspace: Workspace) -> Iterator[tuple[str, list[Problem]]]:
    for item in workspace.items.values():
        for draft in item.posts:
            identity = post_id(item.slug, draft.channel)
            try:
                post = render_item_post(settings, workspace, identity)
            except CommsError as refused:
                hint = say("Rätta texten.")
                place = Location(item.path, draft.line, 1)
                yield identity, [Problem("N100", Severity.ERROR, refused.message, hint, place)]
            else:
                yield identity, post_problems(post, item, draft)
