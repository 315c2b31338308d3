"""Reading files of the workspace: bytes to clean text, within the folder, with every oddity named."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from comms.errors import Location, Problem, Severity, Text, say
from comms.text.encoding import Oddity, decode

MAX_BYTES = 1_000_000
_CODES = {
    Oddity.ENCODING: ("C101", Severity.ERROR),
    Oddity.MARK: ("C102", Severity.WARNING),
    Oddity.LINE_ENDS: ("C103", Severity.NOTICE),
    Oddity.LOOSE_ACCENTS: ("C104", Severity.NOTICE),
    Oddity.CONTROL: ("C107", Severity.ERROR),
}


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file as text: NFC, LF, without BOM; `sha256` is that of the bytes on disk."""

    path: str
    text: str
    sha256: str


def problem(code: str, severity: Severity, message: Text, hint: Text, location: Location) -> Problem:
    """Make a problem, its arguments in the order of a sentence."""
    return Problem(code, severity, message, hint, location)


def error(code: str, message: Text, hint: Text, location: Location) -> Problem:
    """Make a problem that stops what contains it."""
    return Problem(code, Severity.ERROR, message, hint, location)


def sha256(content: bytes) -> str:
    """The hash that manifests and names of frozen files use, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def inside(root: Path, relative: str) -> Path | None:
    """The file `relative` below `root`, or None when the path leaves the folder (`..`, absolute, link)."""
    if not relative or "\x00" in relative or relative.startswith(("/", "\\")) or "\\" in relative:
        return None
    target = (root / relative).resolve()
    return target if target.is_relative_to(root.resolve()) else None


def read_text(root: Path, path: str) -> tuple[SourceText | None, list[Problem]]:
    """Read `path` (from `root`) as UTF-8. What can be mended is, and named; what cannot gives None."""
    here = Location(path)
    target = inside(root, path)
    if target is None:
        message = say("Filen ligger utanför arbetsytan (en länk pekar ut ur mappen).")
        return None, [error("C119", message, say("Lägg filen i mappen i stället för en länk."), here)]
    try:
        content = target.read_bytes()
    except OSError as cause:
        return None, [error("C101", *_unreadable(cause), here)]
    if len(content) > MAX_BYTES:
        message = say("Filen är för stor: {size} byte.", size=len(content))
        return None, [error("C105", message, say("Håll filen under en miljon byte; dela upp den."), here)]
    text, found = decode(content)
    problems = [
        problem(*_CODES[one.oddity], one.message, one.hint, Location(path, one.line, one.column))
        for one in found
    ]
    return (None if text is None else SourceText(path, text, sha256(content))), problems


def _unreadable(cause: OSError) -> tuple[Text, Text]:
    if isinstance(cause, FileNotFoundError):
        return say("Filen finns inte; länken leder ingenstans."), say("Lägg filen här i stället för länken.")
    if isinstance(cause, IsADirectoryError):
        return say("Det här är en mapp, ingen fil."), say("Döp om mappen, eller lägg filen här.")
    message = say("Filen går inte att läsa: {cause}.", cause=cause.strerror or type(cause).__name__)
    return message, say("Se till att den som kör comms får läsa filen.")
