"""strategy.yaml -> `Strategy`."""

from __future__ import annotations

from comms.content.files import SourceText, error
from comms.content.schema import Fields
from comms.errors import Location, Problem, say
from comms.model.strategy import FocusArea, Strategy

EMPTY = Strategy("", {}, {}, {})


def read_strategy(source: SourceText) -> tuple[Strategy, list[Problem]]:
    """Read vision, goals, indicators and focus areas; every fault is named."""
    problems: list[Problem] = []
    fields = Fields.parse(source, problems)
    if fields is None:
        return EMPTY, problems
    indicators = _texts(fields.mapping("indicators", required=True))
    areas = fields.mapping("focus_areas", required=True)
    found = (
        {}
        if areas is None
        else {slug: _focus_area(slug, areas.sub(slug, node), indicators) for slug, node in areas.each()}
    )
    strategy = Strategy(
        vision=fields.text("vision", required=True),
        goals=_texts(fields.mapping("goals", required=True)),
        indicators=indicators,
        focus_areas=found,
    )
    fields.finish()
    if areas is not None and not found:
        message = say("Strategin har inga insatsområden.")
        problems.append(
            error("C113", message, say("Lägg till minst ett under focus_areas."), Location(source.path, 1))
        )
    return strategy, problems


def _focus_area(slug: str, fields: Fields | None, indicators: dict[str, str]) -> FocusArea:
    """Read one focus area; its short name is known even when nothing else can be read."""
    if fields is None:
        return FocusArea(slug, slug, slug, {}, ())
    title = fields.text("title", required=True)
    before = len(fields.problems)
    chosen = fields.words("indicators", indicators or None, required=True)
    if len(fields.problems) > before:  # which are meant is not known: then no item's choice is wrong
        chosen = tuple(indicators)
    area = FocusArea(
        slug=slug,
        title=title,
        name=fields.text("name", default=title),
        activities=_texts(fields.mapping("activities", required=True)),
        indicators=chosen,
    )
    fields.finish()
    return area


def _texts(fields: Fields | None) -> dict[str, str]:
    return {} if fields is None else {key: fields.text(key, required=True) for key, _ in fields.each()}
