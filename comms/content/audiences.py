"""audiences.yaml -> `Audiences`: who is written to, and the offices' own addresses."""

from __future__ import annotations

import json
import re

from comms.content.files import SourceText, error, problem, sha256
from comms.content.schema import Fields, suggestion
from comms.errors import Location, Problem, Severity, say
from comms.model.audience import WHOLE_AREA, WHOLE_AREA_KEY, Audience, Audiences, FunctionalAddress

EMPTY = Audiences({}, {}, ())
_ADDRESS = re.compile(
    r"(?=.{3,254}$)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_FUNCTIONS = frozenset(
    (
        "arbete besok bibliotek fritid foretag foretagare info kansli kommun kontakt kontor kultur landsbygd "
        "leader lag medborgare naringsliv partnerskap post press redaktion registrator service sekretariat "
        "turism turistbyra utveckling webb kommunikation"
    ).split()
)


def read_audiences(source: SourceText) -> tuple[Audiences, list[Problem]]:
    """Read audiences, municipalities and addresses; each address in one place an audience."""
    problems: list[Problem] = []
    fields = Fields.parse(source, problems)
    if fields is None:
        return EMPTY, problems
    audiences = _audiences(fields.mapping("audiences", required=True))
    places = fields.mapping("municipalities", required=True)
    municipalities = (
        {} if places is None else {slug: places.text(slug, required=True) for slug, _ in places.each()}
    )
    rows = fields.mapping("recipients")
    recipients = [] if rows is None else _recipients(rows, audiences, municipalities)
    fields.finish()
    problems += _twins(source.path, recipients)
    return Audiences(audiences, municipalities, tuple(recipients)), problems


def digest(audiences: Audiences) -> str:
    """Hash of all that letters depend on: addresses are left out, they may change after an approval."""
    content = {
        "audiences": [[a.slug, a.title, a.reason] for a in audiences.audiences.values()],
        "municipalities": list(audiences.municipalities.items()),
    }
    return sha256(json.dumps(content, ensure_ascii=False).encode())


def looks_like_address(text: str) -> bool:
    """Whether a text has the form of an e-mail address that can be written to."""
    return bool(_ADDRESS.fullmatch(text))


def _audiences(fields: Fields | None) -> dict[str, Audience]:
    found: dict[str, Audience] = {}
    for slug, node in fields.each() if fields else ():
        row = fields.sub(slug, node) if fields else None
        if row is not None:
            found[slug] = Audience(slug, row.text("title", required=True), row.text("reason", required=True))
            row.finish()
    return found


def _recipients(
    fields: Fields, audiences: dict[str, Audience], municipalities: dict[str, str]
) -> list[FunctionalAddress]:
    found: list[FunctionalAddress] = []
    for place, node in fields.each():
        row = fields.sub(place, node)
        if place not in municipalities and place != WHOLE_AREA_KEY:
            hint = suggestion(place, [*municipalities, WHOLE_AREA_KEY])
            fields.complain(node, say("Kommunen ”{place}” finns inte.", place=place), hint, "C115")
        if row is None:
            continue
        municipality = WHOLE_AREA if place == WHOLE_AREA_KEY else place
        for audience in audiences:
            for address in row.rows(audience):
                found += _address(address, audience, municipality)
        row.finish()
    return found


def _address(fields: Fields, audience: str, municipality: str) -> list[FunctionalAddress]:
    written = fields.text("address", required=True)
    name = fields.text("name", required=True)
    fields.finish()
    if not written:
        return []
    place = Location(fields.path, fields.line("address"), fields.node.column)
    if not looks_like_address(written):
        message = say("”{address}” är ingen e-postadress.", address=written)
        hint = say("Skriv den som naringsliv@kommun.example, utan å, ä, ö och mellanslag.")
        fields.problems.append(error("C126", message, hint, place))
        return []
    local, _, domain = written.partition("@")
    if _looks_personal(local):
        message = say("”{address}” ser ut som en persons adress.", address=written)
        hint = say("Filen är för kontorens egna adresser: personer anmäler sig själva som prenumeranter.")
        fields.problems.append(problem("C125", Severity.WARNING, message, hint, place))
    return [FunctionalAddress(f"{local}@{domain.lower()}", name, audience, municipality, place.line)]


def _looks_personal(local: str) -> bool:
    """`first.last`, `first_last` or `f.last`, unless a part names a function."""
    parts = [part for part in re.split(r"[._]", local.lower()) if part]
    return len(parts) > 1 and all(part.isalpha() for part in parts) and not _FUNCTIONS.intersection(parts)


def _twins(path: str, recipients: list[FunctionalAddress]) -> list[Problem]:
    """The same address twice in one audience and municipality is a slip; across them it gets one copy."""
    seen: dict[tuple[str, str, str], int] = {}
    problems = []
    for row in recipients:
        key = (row.address.lower(), row.audience, row.municipality)
        if key in seen:
            message = say(
                "Adressen ”{address}” står redan på rad {line}.", address=row.address, line=seen[key]
            )
            problems.append(error("C116", message, say("Ta bort en av dem."), Location(path, row.line, 1)))
        seen.setdefault(key, row.line)
    return problems
