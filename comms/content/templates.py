"""templates/ -> `TemplateSet`: the organisation's own files over the ones that ship with comms."""

from __future__ import annotations

from pathlib import Path

from comms.content.files import read_text, sha256
from comms.errors import Problem
from comms.model.workspace import TemplateSet

_SUFFIX = ".j2"
_PACKAGE = Path(__file__).resolve().parent.parent


def defaults_folder() -> Path:
    """Where the files that ship with comms are: inside the wheel, or at the top of a checkout."""
    shipped = _PACKAGE / "defaults"
    return shipped if shipped.is_dir() else _PACKAGE.parent


def asset(root: Path, name: str) -> bytes:
    """A file of templates/assets: the organisation's own if it has one, else the one that ships."""
    own = root / "templates" / "assets" / name
    return (own if own.is_file() else defaults_folder() / "templates" / "assets" / name).read_bytes()


def load_templates(root: Path) -> tuple[TemplateSet, dict[str, str], list[Problem]]:
    """Read all templates; gives them, the digest of each by path, and what could not be read."""
    sources: dict[str, str] = {}
    paths: dict[str, str] = {}
    digests: dict[str, str] = {}
    problems: list[Problem] = []
    for base in (defaults_folder(), root):
        folder = base / "templates"
        for file in sorted(folder.rglob(f"*{_SUFFIX}")) if folder.is_dir() else ():
            path = file.relative_to(base).as_posix()
            source, found = read_text(base, path)
            problems += found
            name = file.relative_to(folder).as_posix()
            if source is not None:
                sources[name], paths[name], digests[path] = source.text, path, source.sha256
            elif name in sources:  # an own file that cannot be read must not become the one that ships
                del sources[name], digests[path]
        for file in sorted((folder / "assets").glob("*")) if folder.is_dir() else ():
            digests[file.relative_to(base).as_posix()] = sha256(file.read_bytes())
    return TemplateSet(sources, paths), digests, problems
