"""How often the check is right: precision and recall on both halves of the corpus. Figures are printed.

One half was written beside the rules; the other, blind.tsv, by somebody who had seen neither the rules nor
the words, and was scored once before anything was changed by it: docs/rules/README.md has those figures.
"""

from __future__ import annotations

import pytest

from comms.check.rules import RULES
from tests.unit.check.corpus import DATA, Score, read, score
from tests.unit.check.test_corpus import SCHYST
from tests.unit.check.test_plain_corpus import PLAIN

LEAST_PRECISION, LEAST_RECALL = 0.98, 0.95
TYPOGRAPHY = tuple(rule.code for rule in RULES if rule.code.startswith("T"))
CODES = (*SCHYST, *PLAIN, *TYPOGRAPHY)


def told(name: str, found: Score) -> None:
    """Print the figures and every case that went wrong."""
    print(f"\n{name}: precision {found.precision:.3f}, recall {found.recall:.3f}, found {found.true}")
    for what, rows in (("wrongly found", found.false), ("missed", found.missed)):
        for row in rows:
            print(f"  {what}: {row}")


@pytest.mark.parametrize("name", ["schyst", "plain"])
def test_the_half_written_beside_the_rules(name: str) -> None:
    found = score(read(DATA / f"{name}.tsv"), SCHYST if name == "schyst" else PLAIN)
    told(f"seen, {name}", found)
    assert found.precision >= LEAST_PRECISION
    assert found.recall >= LEAST_RECALL


@pytest.mark.parametrize("name", ["blind", "blind2"])
def test_what_was_written_without_sight_of_them(name: str) -> None:
    found = score(read(DATA / f"{name}.tsv"), CODES, alike=lambda code: code[0])
    told(name, found)
    assert found.precision >= LEAST_PRECISION
    assert found.recall >= LEAST_RECALL
