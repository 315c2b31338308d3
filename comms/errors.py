"""What can go wrong, and how it is said: sentences, problems with a place, the error tree, exit codes.

Two kinds of failure, never mixed. A `Problem` is data: something the author can mend; all of them
are collected. A `CommsError` is an exception: the work cannot go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence for a person: Swedish source text and the values that it names.

    The source text is the gettext key, so the core never asks which language the reader wants:
    faces call `shown` with a translating function, logs and the ledger use `str`.
    """

    template: str
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        """The sentence in Swedish."""
        return self.shown(lambda template: template)

    def shown(self, translate: Callable[[str], str]) -> str:
        """The sentence after `translate` has turned each template into the reader's language."""
        values = {
            name: value.shown(translate) if isinstance(value, Text) else value for name, value in self.values
        }
        return translate(self.template).format(**values) if values else translate(self.template)


def say(template: str, **values: object) -> Text:
    """Make a `Text`; the function that message extraction looks for."""
    return Text(template, tuple(values.items()))


class ExitCode(IntEnum):
    """How a command ended: a contract that scripts rely on."""

    DONE = 0
    PROBLEMS = 1
    USAGE = 2
    DELIVERIES = 3
    CONFIGURATION = 4
    PLAN_CHANGED = 5


class Severity(StrEnum):
    """How grave a problem is: an error stops what contains it, a warning asks, a notice informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """Where in the workspace: path from its root, line and column counted from 1 (0 = whole file)."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """`path:line:column`, leaving out what is not known."""
        parts = [self.path, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author can mend: stable code, severity, what is wrong, what to do, and where."""

    code: str
    severity: Severity
    message: Text
    hint: Text
    location: Location

    def at(self, location: Location) -> Problem:
        """The same problem at another place."""
        return replace(self, location=location)


def in_reading_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sort as an author reads: by file, line, column, then code; the same problem once."""
    return sorted(set(problems), key=_as_read)


def _as_read(problem: Problem) -> tuple[str, int, int, str, str]:
    where = problem.location
    return where.path, where.line, where.column, problem.code, str(problem.message)


@dataclass(eq=False)
class CommsError(Exception):
    """The work cannot go on; `message` says why and what to do, `exit_code` how the command ends."""

    message: Text
    problems: tuple[Problem, ...] = field(default=())
    exit_code = ExitCode.CONFIGURATION

    def __str__(self) -> str:
        """The sentence in Swedish."""
        return str(self.message)


class ConfigError(CommsError):
    """The workspace or its settings cannot be used."""


class UsageError(CommsError):
    """The command was asked for something that does not exist or does not fit."""

    exit_code = ExitCode.USAGE


class ContentError(CommsError):
    """Content has errors that stop this command."""

    exit_code = ExitCode.PROBLEMS


class TemplateError(CommsError):
    """A template could not be turned into a letter; the message names template and line."""

    exit_code = ExitCode.PROBLEMS


class PlanChanged(CommsError):
    """What would go out is not what was approved."""

    exit_code = ExitCode.PLAN_CHANGED


class StoreError(CommsError):
    """The ledger cannot be read or written."""


class LeaseLost(CommsError):
    """Another worker owns the delivery now: this one must not send."""

    exit_code = ExitCode.DELIVERIES


class ChannelError(CommsError):
    """A delivery was not accepted; the subclass says what is known of its fate."""

    exit_code = ExitCode.DELIVERIES


@dataclass(eq=False)
class TemporaryFailure(ChannelError):
    """Certainly not sent; worth another try later, not before `retry_after` when the receiver says so."""

    retry_after: timedelta | None = None


class PermanentFailure(ChannelError):
    """Certainly not sent; no later try will help."""


@dataclass(eq=False)
class ChannelDown(ChannelError):
    """Certainly not sent, nor will anything else be just now: the channel rests and is tried again.

    `retry_after` when the other side says how long.
    """

    retry_after: timedelta | None = None


@dataclass(eq=False)
class SenderRefused(ChannelError):
    """Certainly not sent: we are refused (log-in, policy, size), not the reader; a person must mend it.

    `decisive`: nothing else would pass either. Otherwise it was said of one letter, and may be about it.
    """

    decisive: bool = True


class OutcomeUnknown(ChannelError):
    """May have been sent: only evidence or a person may decide."""
