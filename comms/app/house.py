"""A loaded workspace with everything that is wrong in it: what every use case starts from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from comms.check.engine import check_workspace
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
from comms.model.workspace import Workspace
from comms.plan.posts import post_id
from comms.render.edition import template_names
from comms.render.post import post_problems, render_post
from comms.render.verify import contrast_problems
from comms.settings.faults import FILE
from comms.settings.load import load_settings


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


def open_house(root: Path) -> House:
    """Load and check everything. Raises `ConfigError` only when comms.yaml cannot be used."""
    settings = read_settings(root)
    workspace, problems = load_workspace(root, settings)
    problems += [*_cross_checks(settings, workspace), *_logo_problems(root, settings)]
    problems += check_workspace(workspace, settings)
    problems += contrast_problems(settings.brand, path=FILE, line=settings.lines.get("brand", 0))
    of_files = {
        p.location.path: _fault(p) for p in in_reading_order(problems) if p.severity is Severity.ERROR
    }
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


def _cross_checks(settings: Settings, workspace: Workspace) -> Iterator[Problem]:
    """What comms.yaml says of things that other files define."""
    audiences = workspace.audiences
    for slug, newsletter in settings.newsletters.items():
        wanted = (
            ("audiences", newsletter.audiences, audiences.audiences),
            ("municipalities", [m for m in newsletter.municipalities if m != "*"], audiences.municipalities),
            (
                "template",
                [n for n in template_names(newsletter) if n.endswith(".mjml.j2")],
                workspace.templates.sources,
            ),
        )
        for key, words, known in wanted:
            dotted = f"newsletters.{slug}.{key}"
            line = settings.lines.get(dotted, settings.lines.get(f"newsletters.{slug}", 0))
            yield from (_unknown(dotted, word, list(known), line) for word in words if word not in known)
    for area in settings.brand.focus:
        if area not in workspace.strategy.focus_areas:
            line = settings.lines.get(f"brand.focus.{area}", 0)
            yield _unknown("brand.focus", area, list(workspace.strategy.focus_areas), line)


def _logo_problems(root: Path, settings: Settings) -> Iterator[Problem]:
    """The logo is a picture in templates/assets, or one on the web."""
    logo = settings.brand.logo
    name = logo.rpartition("/")[2]
    if logo and not logo.startswith("https://") and not (root / "templates" / "assets" / name).is_file():
        message = say("Logotypen ”{name}” finns inte i templates/assets.", name=name)
        line = settings.lines.get("brand.logo", 0)
        hint = say("Lägg bildfilen där, eller ta bort raden.")
        yield Problem("K107", Severity.ERROR, message, hint, Location(FILE, line, 1 if line else 0))


def _unknown(key: str, word: str, known: list[str], line: int) -> Problem:
    message = say("”{word}” är inte känt i ”{key}”.", word=word, key=key)
    hint = say("Välj bland: {known}.", known=", ".join(known) or "–")
    return Problem("K106", Severity.ERROR, message, hint, Location(FILE, line, 1 if line else 0))
