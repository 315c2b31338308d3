"""flufl.bounce's own test messages: whom they speak of and why, with and without flufl's part."""

from __future__ import annotations

import ast
import csv
import tarfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from comms.inbox.returned import read_returned

HERE = Path(__file__).parents[2] / "data" / "returned"
NOT_FOUND = {
    # The one recipient stands as Delivered-To of the letter itself, so it passes for an address of ours.
    True: {"microsoft_03.txt userx@example.com"},
    False: {
        "microsoft_03.txt userx@example.com",
        "aol_01.txt screenname@aol.com",  # a name without a domain
        "dsn_15.txt userx@example.com",  # a report within a letter within a letter
        "sendmail_01.txt zzzzz@nfg.nl",
        "yale_01.txt userx@cs.yale.edu",  # guessed, from a name without a domain
        "yale_01.txt userx@yale.edu",
    },
}
"""Addresses that flufl's table has and we do not find: with flufl's part, and without."""


@cache
def messages() -> dict[str, bytes]:
    """Names and contents: the messages, and flufl's tests."""
    with tarfile.open(HERE / "flufl.bounce-6.0.0.tar.xz") as packed:
        files = {Path(one.name).name: packed.extractfile(one) for one in packed if one.isfile()}
        return {name: file.read() for name, file in files.items() if file}


def told_by_flufl() -> set[str]:
    """What flufl's own table says: a message and an address in it."""
    tree = ast.parse(messages()["test_detectors.py"])
    (table,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DETECTORS"
    )
    return {f"{name} {address.decode().lower()}" for _, name, addresses, _ in table for address in addresses}


def of_flufl() -> list[str]:
    return sorted(name for name in messages() if name.endswith(".txt"))


def test_each_message_has_the_reason_that_a_person_read_in_it() -> None:
    with (HERE / "flufl.tsv").open(encoding="utf-8", newline="") as file:
        rows = [tuple(row) for row in csv.reader(file, delimiter="\t")][1:]
    assert [
        (name, one.address, one.reason.kind, one.reason.slug)
        for name in of_flufl()
        for one in read_returned(messages()[name])
    ] == rows


@pytest.mark.parametrize("flufl", [True, False], ids=["with flufl", "without flufl"])
def test_the_addresses_are_found(
    flufl: bool,
    record_property: Callable[[str, object], None],
) -> None:
    found = [(name, one) for name in of_flufl() for one in read_returned(messages()[name], flufl=flufl)]
    addresses = {f"{name} {one.address.lower()}" for name, one in found if one.address}
    wanted = told_by_flufl()
    kinds = Counter(str(one.reason.kind) for _, one in found)
    record_property(
        f"flufl.bounce's {len(of_flufl())} messages, {'with' if flufl else 'without'} its part",
        f"{len(addresses & wanted)} of {len(wanted)} addresses, {len(addresses - wanted)} others; "
        f"{dict(kinds)}",
    )
    assert wanted - addresses == NOT_FOUND[flufl]
    assert len(addresses - wanted) <= (5 if flufl else 11)


def test_flufls_part_changes_no_kind_but_of_those_that_only_it_can_read() -> None:
    kinds = {
        flufl: {
            name: {one.reason.kind for one in read_returned(messages()[name], flufl=flufl)}
            for name in of_flufl()
        }
        for flufl in (True, False)
    }
    assert {name for name in of_flufl() if kinds[True][name] != kinds[False][name]} <= {"dsn_15.txt"}
