"""Front matter's `people` and `images`: who is named, who is shown, how, and on what ground.

Nothing is worked out from anything else: gender and pronoun are the person's own words as the file has
them, and what the file does not say is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from comms.content.pictures import read_picture
from comms.content.schema import Fields, is_blank, suggestion
from comms.errors import say
from comms.model.item import Activity, Angle, Consent, Fit, Person, Picture, Placement, Setting
from comms.model.network import CENTRE
from comms.text.yaml import Node

SECTORS = ("private", "nonprofit", "public")
_EXAMPLE = "consent: {basis: muntligt ja vid fotograferingen, date: 2026-11-12}"

_AXES = 2
_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?")
_WHOLE = 100

_Word = TypeVar("_Word", bound=StrEnum)


def read_people(fields: Fields, municipalities: Collection[str]) -> tuple[Person, ...]:
    """The people of an item. Empty `municipalities` could not be read, and make no word unknown."""
    return tuple(_person(row, municipalities) for row in fields.rows("people"))


def read_pictures(root: Path, fields: Fields, places: Collection[str] | None) -> tuple[Picture, ...]:
    """The pictures of an item. `places`: what a consent may name, or None when that is not known."""
    return tuple(_picture(root, row, places) for row in fields.rows("images"))


def _person(row: Fields, municipalities: Collection[str]) -> Person:
    at_home = row.word("municipality", municipalities) if municipalities else row.text("municipality")
    person = Person(
        name=row.text("name", required=True),
        role=row.text("role"),
        organisation=row.text("organisation"),
        pronoun=row.text("pronoun"),
        line=row.node.line,
        gender=row.text("gender"),
        municipality=at_home,
        sector=row.word("sector", SECTORS),
        quoted=row.flag("quoted") if row.says("quoted") else None,
        speaker=row.flag("speaker"),
        facts=_facts(row.mapping("facts")),
    )
    row.finish()
    return person


def _facts(fields: Fields | None) -> dict[str, str]:
    if fields is None:
        return {}
    facts = {name: fields.text(name) for name, _ in fields.each()}
    return {name: told for name, told in facts.items() if told}


def _picture(root: Path, row: Fields, places: Collection[str] | None) -> Picture:
    file = row.text("file", required=True)
    people = row.words("people", None)
    picture = Picture(
        path=f"content/{file}",
        alt=_alt(row),
        caption=row.text("caption"),
        photographer=row.text("photographer"),
        people=people,
        consent=_consent(row, places),
        stock=row.flag("stock"),
        line=row.line("file"),
        setting=_one_of(row, "setting", Setting),
        activity=_one_of(row, "activity", Activity),
        angle=_one_of(row, "angle", Angle),
        placement=_placement(row.mapping("placement"), people),
        taken_on=row.day("taken_on"),
        last_reviewed=row.day("last_reviewed"),
        focal=_focal(row),
        fit=_one_of(row, "fit", Fit) or Fit.CROP,
    )
    row.finish()
    if file:
        picture, found = read_picture(root, picture, row.place("file"))
        row.problems += found
    return picture


def _alt(row: Fields) -> str | None:
    """What the picture shows; "" only when somebody wrote that it is mere decoration."""
    if not row.says("alt"):
        return None
    written = row.node.value["alt"] if isinstance(row.node.value, dict) else row.node
    if isinstance(written.value, str) and written.value and is_blank(written.value):
        message = say("”{key}” är tom.", key=f"{row.prefix}alt")
        hint = say('Skriv vad bilden visar. Är den bara utsmyckning, skriv alt: "".')
        row.complain(written, message, hint, "C113")
        return None
    return row.text("alt")


def _focal(row: Fields) -> tuple[float, float]:
    """What matters most in the picture: percent from the left and from the top, as shares."""
    values = row.node.value
    if not row.says("focal") or not isinstance(values, dict):
        return CENTRE
    written = values["focal"]
    found = [_percent(node) for node in written.value] if isinstance(written.value, list) else []
    shares = [share for share in found if share is not None]
    if len(found) != _AXES or len(shares) != _AXES:
        message = say("”{key}” ska vara två tal från 0 till 100.", key=f"{row.prefix}focal")
        hint = say("Skriv procent från vänster och procent uppifrån, till exempel [30, 40].")
        row.complain(written, message, hint)
        return CENTRE
    return shares[0], shares[1]


def _percent(node: Node) -> float | None:
    """A whole or broken number of percent as a share, None for anything else."""
    text = node.value.strip().removesuffix("%").rstrip() if isinstance(node.value, str) else ""
    if not _NUMBER.fullmatch(text) or float(text) > _WHOLE:
        return None
    return float(text) / _WHOLE


def _one_of(row: Fields, key: str, kind: type[_Word]) -> _Word | None:
    word = row.word(key, [one.value for one in kind])
    return kind(word) if word else None


def _placement(fields: Fields | None, people: Collection[str]) -> Mapping[str, Placement]:
    """Who stands where: names as in the picture's own `people`."""
    if fields is None:
        return {}
    placed: dict[str, Placement] = {}
    for name, node in fields.each():
        if name not in people:
            message = say("”{name}” står inte i bildens ”people”.", name=name)
            fields.complain(node, message, suggestion(name, people), "C115")
            continue
        word = _one_of(fields, name, Placement)
        if word:
            placed[name] = word
    return placed


def _consent(row: Fields, places: Collection[str] | None) -> Consent | None:
    """On what ground people are shown. A plain text says too little to be held to."""
    values = row.node.value
    written = values.get("consent") if isinstance(values, dict) else None
    if written is not None and isinstance(written.value, str):
        row.has("consent")
        message = say("”{key}” säger inte på vilken grund och från vilken dag.", key=f"{row.prefix}consent")
        row.complain(written, message, say("Skriv till exempel {example}.", example=_EXAMPLE))
        return None
    fields = row.mapping("consent")
    if fields is None:
        return None
    consent = Consent(
        basis=fields.text("basis", required=True),
        given_on=fields.day("date"),
        scope=fields.words("scope", places),
        expires=fields.day("expires"),
        guardian=fields.text("guardian"),
        withdrawn_on=fields.day("withdrawn_on"),
    )
    fields.finish()
    return consent
