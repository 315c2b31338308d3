"""Collect every sentence for translation, bring the catalogues up to date, compile them.

Swedish is the source, so the Swedish catalogue repeats it; the English one is written by people in
comms/locale/en/LC_MESSAGES/comms.po. `--check` writes nothing and says what is not up to date.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "comms" / "locale"
WHEN = datetime(2026, 11, 1, tzinfo=UTC)
"""A date of its own would make every compilation differ from the last."""
KEYWORDS = {"say": None, "_": None}


def collected() -> Catalog:
    """Every sentence in the code."""
    catalogue = Catalog(project="comms", charset="utf-8")
    for name, _line, message, _comments, _context in extract_from_dir(ROOT / "comms", keywords=KEYWORDS):
        text = message if isinstance(message, str) else message[0]
        if text:
            catalogue.add(text, locations=[(f"comms/{name}", 0)], flags=())
    return catalogue


def updated(language: str, template: Catalog) -> Catalog:
    """Give a catalogue today's sentences: new ones empty (in Swedish: themselves), old ones gone."""
    file = LOCALES / language / "LC_MESSAGES" / "comms.po"
    known = (
        read_po(io.BytesIO(file.read_bytes()), locale=language) if file.exists() else Catalog(locale=language)
    )
    fresh = Catalog(
        locale=language, project="comms", charset="utf-8", fuzzy=False, creation_date=WHEN, revision_date=WHEN
    )
    for message in template:
        if not message.id:
            continue
        before = known.get(message.id)
        translated = str(message.id) if language == "sv" else (before.string if before else "")
        fresh.add(message.id, string=translated, locations=message.locations)
    return fresh


def untranslated(catalogue: Catalog) -> list[str]:
    """Sentences without a translation."""
    return [str(message.id) for message in catalogue if message.id and not message.string]


def main(*, check: bool) -> int:
    """Bring catalogues up to date, or say whether they are."""
    template = collected()
    stale = []
    for language in ("sv", "en"):
        folder = LOCALES / language / "LC_MESSAGES"
        fresh = updated(language, template)
        po, mo = io.BytesIO(), io.BytesIO()
        write_po(po, fresh, width=110, sort_output=True, omit_header=True)
        write_mo(mo, fresh)
        for name, content in (("comms.po", po.getvalue()), ("comms.mo", mo.getvalue())):
            file = folder / name
            if not file.exists() or file.read_bytes() != content:
                stale.append(file.relative_to(ROOT).as_posix())
                if not check:
                    folder.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(content)
        missing = untranslated(fresh)
        print(f"{language}: {len(fresh)} sentences, {len(missing)} without translation")
        for text in missing if check else missing[:5]:
            print(f"  {text}")
        stale += missing if check else []
    if check and stale:
        print("Not up to date: run `make catalogues`, translate what is new in comms.po, run it again.")
    return int(bool(check and stale))


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
