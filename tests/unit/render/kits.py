"""Spread kits for tests: made from the small workspace in `build`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from comms.model.audience import Audiences
from comms.model.item import Item
from comms.model.kit import Kit
from comms.model.workspace import TemplateSet
from comms.render.kit import spread_kit
from comms.text.consents import Pictures
from tests.unit.render import build

TODAY = date(2026, 12, 1)
PUBLISHED = datetime(2026, 12, 1, 7, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n the picture"


def kit(
    item: Item = build.ITEM,
    municipality: str = "arvika",
    *,
    others: tuple[Item, ...] = (),
    on: date = TODAY,
    published_at: datetime = PUBLISHED,
    retracted: tuple[str, ...] = (),
    template_set: TemplateSet | None = None,
) -> Kit:
    """The kit of an item."""
    workspace = build.workspace(item, *others, template_set=template_set)
    names = {"arvika": "Arvika", "torsby": "Torsby", "lilla-edet": "Lilla Edet"}
    audiences = Audiences(workspace.audiences.audiences, names, ())
    return spread_kit(
        item,
        municipality=municipality,
        settings=build.SETTINGS,
        workspace=replace(workspace, audiences=audiences),
        published_at=published_at,
        on=on,
        told=Pictures.of(workspace.items.values()),
        retracted=retracted,
    )


def post(made: Kit, network: str) -> str:
    """A kit's text for a network."""
    return next(each.text for each in made.posts if each.network == network)


FULL = replace(
    build.ITEM,
    pictures=(build.PICTURE, replace(build.PICTURE, path="content/pictures/sjo.jpg", sha256="ef" * 32)),
    event=build.EVENT,
    project=build.PROJECT,
)
"""An item with two pictures, an event and a project."""
