"""audiences.yaml -> `Audiences`: who is written to, and the offices' own addresses."""

from __future__ import annotations

import json
import re

from comms.content.files import SourceText, error, problem, sha256
from comms.content.schema import Fields, suggestion
from comms.errors import Problem, Severity, say
from comms.model.audience import (
    WHOLE_AREA,
    WHOLE_AREA_KEY,
    Audience,
    Audiences,
    FunctionalAddress,
    Limits,
)

EMPTY = Audiences({}, {}, ())
_ADDRESS = re.compile(
    r"(?=.{3,254}$)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")
_FUNCTIONS = frozenset(
    (
        "arbete besok bibliotek fritid foretag foretagare info kansli kommun kontakt kontor kultur landsbygd "
        "leader lag medborgare naringsliv partnerskap post press redaktion registrator service sekretariat "
        "turism turistbyra utveckling webb kommunikation"
    ).split()
)

_LIMITS = {"lix": range(20, 71), "sentence": range(8, 61), "average": range(5, 41)}
"""What an audience may limit, and between which numbers a limit means something."""

_AS_ADDRESS = say('Skriv raden som: - {address: info@kommun.example, name: "Kontoret, Kommunen"}')


def read_audiences(source: SourceText) -> tuple[Audiences, list[Problem]]:
    """Read audiences, municipalities and addresses; each address in one place an audience."""
    problems: list[Problem] = []
    fields = Fields.parse(source, problems)
    if fields is None:
        return EMPTY, problems
    audiences = _audiences(fields.mapping("audiences", required=True))
    places = fields.mapping("municipalities", required=True)
    municipalities: dict[str, str] = {}
    for slug, _ in places.each() if places else ():
        _refuse_odd_name(slug, places)
        municipalities[slug] = places.text(slug, required=True) if places else ""
    rows = fields.mapping("recipients")
    recipients = [] if rows is None else _recipients(rows, audiences, municipalities)
    fields.finish()
    return Audiences(audiences, municipalities, tuple(recipients)), problems


def digest(audiences: Audiences) -> str:
    """Hash of all that letters depend on: addresses and limits may change after an approval."""
    content = {
        "audiences": [[a.slug, a.title, a.reason] for a in audiences.audiences.values()],
        "municipalities": list(audiences.municipalities.items()),
    }
    return sha256(json.dumps(content, ensure_ascii=False).encode())


def looks_like_address(text: str) -> bool:
    """Whether a text has the form of an e-mail address that can be written to."""
    return bool(_ADDRESS.fullmatch(text))


def _refuse_odd_name(slug: str, fields: Fields | None) -> None:
    """A name stands in a letter's head, in addresses of pages and in names of folders."""
    if fields and not _NAME.fullmatch(slug):
        message = say("”{value}” går inte som namn.", value=slug)
        fields.problems.append(
            error("C114", message, say("Använd a–z, 0–9, _ och -."), fields.key_place(slug))
        )


def _audiences(fields: Fields | None) -> dict[str, Audience]:
    found: dict[str, Audience] = {}
    for slug, node in fields.each() if fields else ():
        row = fields.sub(slug, node) if fields else None
        _refuse_odd_name(slug, fields)
        found[slug] = Audience(slug, slug, "")  # known, even when nothing else of it can be read
        if row is not None:
            title, reason = row.text("title", required=True), row.text("reason", required=True)
            found[slug] = Audience(slug, title, reason, _limits(row.mapping("limits")))
            row.finish()
    return found


def _limits(row: Fields | None) -> Limits:
    """How hard texts may be for an audience; what is left out, or has a fault, is as usual."""
    if row is None:
        return Limits()
    found: dict[str, int] = {}
    for key, sensible in _LIMITS.items():
        number = row.number(key)
        if number is not None and number not in sensible:
            message = say(
                "”{key}” är {number}, och då säger gränsen ingenting.", key=row.prefix + key, number=number
            )
            hint = say("Skriv ett tal mellan {low} och {high}.", low=sensible[0], high=sensible[-1])
            row.problems.append(error("C114", message, hint, row.place(key)))
        elif number is not None:
            found[key] = number
    row.finish()
    return Limits(**found)


def _recipients(
    fields: Fields, audiences: dict[str, Audience], municipalities: dict[str, str]
) -> list[FunctionalAddress]:
    found: list[FunctionalAddress] = []
    for place, node in fields.each():
        row = fields.sub(place, node)
        if municipalities and place not in municipalities and place != WHOLE_AREA_KEY:
            message = say("Kommunen ”{place}” finns inte.", place=place)
            hint = suggestion(place, [*municipalities, WHOLE_AREA_KEY])
            fields.problems.append(error("C115", message, hint, fields.key_place(place)))
        if row is None:
            continue
        municipality = WHOLE_AREA if place == WHOLE_AREA_KEY else place
        for audience in audiences or [slug for slug, _ in row.each()]:
            found += _addresses(row.rows(audience, _AS_ADDRESS), audience, municipality)
        row.finish()
    return found


def _addresses(rows: list[Fields], audience: str, municipality: str) -> list[FunctionalAddress]:
    """Read one list; the same address twice in it is a slip. Across lists it is none, and gets one copy."""
    found: list[FunctionalAddress] = []
    for row in rows:
        written = row.text("address", required=True)
        name = row.one_line("name", required=True)
        row.finish()
        if not written or not _is_usable(written, row):
            continue
        local, _, domain = written.partition("@")
        address = FunctionalAddress(
            f"{local}@{domain.lower()}", name, audience, municipality, row.line("address")
        )
        twin = next((one for one in found if one.address.lower() == address.address.lower()), None)
        if twin:
            message = say("Adressen ”{address}” står redan på rad {line}.", address=written, line=twin.line)
            row.problems.append(error("C116", message, say("Ta bort en av dem."), row.place("address")))
        found.append(address)
    return found


def _is_usable(written: str, row: Fields) -> bool:
    """Complain of what is no address, and of what looks like a person's."""
    place = row.place("address")
    if not looks_like_address(written):
        message = say("”{address}” är ingen e-postadress.", address=written)
        hint = say("Skriv den som naringsliv@kommun.example, utan å, ä, ö och mellanslag.")
        row.problems.append(error("C126", message, hint, place))
        return False
    if _looks_personal(written.partition("@")[0]):
        message = say("”{address}” ser ut som en persons adress.", address=written)
        hint = say("Filen är för kontorens egna adresser: personer anmäler sig själva som prenumeranter.")
        row.problems.append(problem("C125", Severity.WARNING, message, hint, place))
    return True


def _looks_personal(local: str) -> bool:
    """`first.last`, `first_last` or `f.last`, unless a part names a function."""
    parts = [part for part in re.split(r"[._]", local.lower()) if part]
    return len(parts) > 1 and all(part.isalpha() for part in parts) and not _FUNCTIONS.intersection(parts)
