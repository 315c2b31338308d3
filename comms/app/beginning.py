"""Beginning: a new workspace, a new item, an extra letter; never over anything that exists."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

from comms.app.house import House
from comms.content.templates import defaults_folder
from comms.content.workspace import ISSUES, ITEMS
from comms.errors import Text, UsageError, say
from comms.model.item import SCAFFOLD, ItemKind
from comms.model.plan import Moment
from comms.plan.calendar import occurrences
from comms.settings.faults import FILE

_STARTER = Path(__file__).resolve().parent / "starter"
_MAX_SLUG = 80


def begin_workspace(folder: Path) -> list[str]:
    """Fill a folder with a small workspace that works at once; gives the files made. Raises `UsageError`."""
    if (folder / FILE).exists():
        raise UsageError(say("{folder} är redan en arbetsyta.", folder=folder))
    made = []
    files = {
        path.relative_to(_STARTER).as_posix(): path for path in sorted(_STARTER.rglob("*")) if path.is_file()
    }
    files["strategy.yaml"] = defaults_folder() / "strategy.yaml"
    clashes = [name for name in files if (folder / name).exists()]
    if clashes:
        raise UsageError(say("Det finns redan filer i vägen: {files}", files=", ".join(clashes)))
    for name, source in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        made.append(name)
    return made


def slug_of(title: str) -> str:
    """A title as a file name: å and ä become a, ö becomes o, the rest a–z, 0–9 and hyphens."""
    plain = unicodedata.normalize("NFKD", title.lower().replace("ø", "o").replace("æ", "a"))
    ascii_only = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:_MAX_SLUG].strip("-")


def begin_item(
    house: House, title: str, *, kind: str, focus: str, audiences: tuple[str, ...], today: date
) -> str:
    """Write a scaffold of an item; gives its path. Raises `UsageError`."""
    slug = slug_of(title)
    if not slug:
        raise UsageError(say("Rubriken ”{title}” ger inget filnamn. Skriv några bokstäver.", title=title))
    path = f"{ITEMS}/{slug}.md"
    if (house.root / path).exists():
        raise UsageError(say("{path} finns redan.", path=path))
    strategy, known = house.workspace.strategy, house.workspace.audiences
    _refuse_unknown(say("insatsområde"), (focus,) if focus else (), strategy.focus_areas)
    _refuse_unknown(say("målgrupp"), audiences, known.audiences)
    area = strategy.focus_areas.get(focus) or next(iter(strategy.focus_areas.values()), None)
    lines = [
        "---",
        f"title: {_quoted(title)}",
        f"kind: {kind}",
        f"focus: [{area.slug if area else ''}]",
        f"goals: [{next(iter(strategy.goals), '')}]",
        f"activities: []  # {', '.join(area.activities) if area else ''}",
        f"indicators: []  # {', '.join(area.indicators) if area else ''}",
        f"audiences: [{', '.join(audiences or known.audiences)}]",
        f"# municipalities: [{', '.join(known.municipalities)}]   # utan raden: hela området",
        f"date: {today.isoformat()}",
        f"publish: {{from: {today.isoformat()}}}",
        'summary: ""',
        *_EXTRA.get(ItemKind(kind), ()),
        '# images: [{file: pictures/NAMN.png, alt: "Vad bilden visar."}]',
        "---",
        SCAFFOLD,
        "",
    ]
    target = house.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines), encoding="utf-8")
    return path


def begin_extra_letter(
    house: House, newsletter: str, *, at: datetime, items: tuple[str, ...], corrects: str, subject: str
) -> str:
    """Write the notes of an extra letter or a correction; gives the path. Raises `UsageError`."""
    if newsletter not in house.settings.newsletters:
        known = ", ".join(house.settings.newsletters)
        raise UsageError(
            say("Nyhetsbrevet ”{name}” finns inte. Välj bland: {known}", name=newsletter, known=known)
        )
    unknown = [item for item in items if item not in house.workspace.items]
    if unknown or not items:
        raise UsageError(
            say("Ange brevets nyheter med --item. Okända: {items}", items=", ".join(unknown) or "–")
        )
    path = f"{ISSUES}/{newsletter}-{at:%Y-%m-%d}.md"
    regular = house.settings.newsletters[newsletter]
    slots = occurrences(regular.schedule, regular.quiet, at.date(), at.date(), house.zone)
    if (house.root / path).exists() or any(isinstance(slot, Moment) for slot in slots):
        raise UsageError(
            say("{name} har redan ett nummer {day}. Välj en annan dag.", name=regular.title, day=at.date())
        )
    lines = ["---", f"at: {at:%Y-%m-%d %H:%M}", f"pin: [{', '.join(items)}]"]
    lines += [f"subject: {_quoted(subject)}"] if subject else []
    lines += [f"corrects: {corrects}"] if corrects else []
    opening = (
        f"Det här rättar brevet {corrects}. Skriv vad som var fel."
        if corrects
        else "Skriv varför brevet kommer just nu."
    )
    target = house.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join([*lines, "---", opening, ""]), encoding="utf-8")
    return path


def _refuse_unknown(what: Text, words: Collection[str], known: Collection[str]) -> None:
    for word in words:
        if word not in known:
            raise UsageError(
                say(
                    "Ingen {what} heter ”{word}”. Välj bland: {known}",
                    what=what,
                    word=word,
                    known=", ".join(known),
                )
            )


_EXTRA: dict[ItemKind, tuple[str, ...]] = {
    ItemKind.INVITATION: ('event: {start: 2027-01-01 18:00, place: "", access: ""}',),
    ItemKind.CALL: ('call: {opens: 2027-01-01, closes: 2027-02-28, total_sek: 0, who: "", objective: ""}',),
    ItemKind.GRANT: ('project: {name: "", applicant: "", support_sek: 0, eu_funded: ja, period: ""}',),
    ItemKind.STORY: ('# project: {name: "", applicant: "", support_sek: 0, eu_funded: ja, period: ""}',),
}


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
