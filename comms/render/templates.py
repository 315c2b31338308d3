"""Jinja2 around a TemplateSet: content comes in as data, never as a template."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache

from jinja2 import FunctionLoader, StrictUndefined, Template, TemplateNotFound, TemplateSyntaxError
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from comms.errors import Location, Problem, Severity, TemplateError, Text, say
from comms.model.workspace import TemplateSet
from comms.render.wording import clock, day_and_month, kronor, spoken_date, weekday_and_date

_FILTERS: Mapping[str, Callable[..., str]] = {
    "clock": clock,
    "day_and_month": day_and_month,
    "kronor": kronor,
    "spoken_date": spoken_date,
    "weekday_and_date": weekday_and_date,
}


CODE = "T401"
"""The code of a template that Jinja cannot read or fill in."""

_DEEP = say("mallar eller makron som tar in varandra i en ring")
_HUGE = say("den gör en text som inte får plats i minnet")


def fill(templates: TemplateSet, name: str, values: Mapping[str, object]) -> str:
    """Fill in a template. `.txt.j2` is plain text, all else escapes what it is given.

    Raises TemplateError with the template's path and line.
    """
    try:
        return _template(templates, name).render(values)
    except TemplateNotFound as missing:
        place = _place(missing, templates, name)
        if not place.line:
            raise TemplateError(
                say("Mallen templates/{name} finns inte.", name=missing.name or name)
            ) from None
        raise _fault(place, say("mallen {name} finns inte", name=missing.name)) from None
    except RecursionError as error:
        raise _fault(_place(error, templates, name), _DEEP) from None
    except MemoryError as error:
        raise _fault(_place(error, templates, name), _HUGE) from None
    except TemplateSyntaxError as error:
        raise _misread(error) from None
    except (JinjaError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise _fault(_place(error, templates, name), _sentence(error)) from error


def template_fault(templates: TemplateSet, name: str) -> Problem | None:
    """What Jinja finds wrong in a template that nobody fills in: its syntax, a filter that is not there."""
    try:
        _template(templates, name)
    except TemplateSyntaxError as error:
        return _misread(error).problems[0]
    return None


def _template(templates: TemplateSet, name: str) -> Template:
    environment = _environment(tuple(templates.sources.items()), tuple(templates.paths.items()))
    return environment.get_template(name)


def _misread(error: TemplateSyntaxError) -> TemplateError:
    return _fault(Location(error.filename or error.name or "", error.lineno), _sentence(error))


def _sentence(error: Exception) -> str:
    """What an error says, without the full stop that our own sentence ends with."""
    return str(error).rstrip(". ")


def _fault(place: Location, reason: Text | str) -> TemplateError:
    found = Problem(
        CODE,
        Severity.ERROR,
        say("Mallen går inte att fylla i: {reason}.", reason=reason),
        say("Rätta raden. Vad en mall får använda står i docs/mallar.md."),
        place,
    )
    message = say("{place}: mallen går inte att fylla i: {reason}.", place=place, reason=reason)
    return TemplateError(message, (found,))


def _place(error: Exception, templates: TemplateSet, name: str) -> Location:
    """The innermost line of a template that the error came through; of a ring, the line that comes again.

    Where a ring breaks is chance: any line that it runs through may be the last that had room. Of lines that
    come equally often the first is where the ring is entered.
    """
    paths = set(templates.paths.values())
    frames = [
        Location(frame.filename, frame.lineno or 0)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename in paths
    ]
    if not frames:
        return Location(templates.paths.get(name, name))
    return Counter(frames).most_common(1)[0][0] if isinstance(error, RecursionError) else frames[-1]


@lru_cache(maxsize=4)
def _environment(
    sources: tuple[tuple[str, str], ...], paths: tuple[tuple[str, str], ...]
) -> ImmutableSandboxedEnvironment:
    """Templates compiled once for all editions that use them."""
    by_name, places = dict(sources), dict(paths)

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        source = by_name.get(name)
        return None if source is None else (source, places.get(name, name), lambda: True)

    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(load),
        autoescape=lambda name: not (name or "").endswith(".txt.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters.update(_FILTERS)
    return environment
