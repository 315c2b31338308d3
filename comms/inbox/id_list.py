"""A list of Message-IDs as evidence: what a relay's provider gives when its events are exported.

Text or CSV, an id anywhere in a line, with or without angle brackets. Whatever the provider did with a
letter, it has taken it.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from comms.errors import ConfigError, say
from comms.inbox.reading import harmless, opened
from comms.model.ledger import Evidence, Verdict

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BETWEEN = re.compile(r"""[\s\0<>,;|"'()\[\]{}]+""")


def read_id_list(path: Path, wanted: Collection[str]) -> Iterator[Evidence]:
    """Evidence for each id that is in the file. Raises ConfigError.

    A file without a single id must not pass for a list in which nothing was found.
    """
    missing = {identity.strip("<>"): identity for identity in wanted}
    has_ids = False
    for number, line in enumerate(_lines(path), start=1):
        for bare in _BETWEEN.split(line):
            has_ids = has_ids or "@" in bare.strip("@")
            if bare in missing:
                source = harmless(f"message-ids: {path}:{number}")
                yield Evidence(missing.pop(bare), Verdict.ACCEPTED, source, harmless(line))
    if not has_ids:
        raise ConfigError(
            say(
                "{path} innehåller inget Message-ID. Exportera leverantörens händelser som text eller CSV, "
                "med kolumnen Message-ID.",
                path=harmless(str(path)),
            )
        )


def _lines(path: Path) -> Iterator[str]:
    """As Excel and others write: UTF-8 or UTF-16 with a mark, UTF-8 without, or Windows-1252."""
    with opened(path) as file:
        if file.peek(2).startswith(_UTF_16):
            with io.TextIOWrapper(file, "utf-16", "replace") as text:
                yield from text
            return
        for line in file:
            try:
                yield line.decode("utf-8-sig")
            except UnicodeDecodeError:
                yield line.decode("cp1252", "replace")
