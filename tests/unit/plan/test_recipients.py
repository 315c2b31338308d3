"""Who gets one copy: one address, one copy, of the edition nearest to it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from comms.model.audience import Audience, Audiences, FunctionalAddress, address_key
from comms.plan.recipients import assign, counted
from tests.unit.plan.builder import AUDIENCES, entry, item, ledger, world

EVERY = [("offices", "eda"), ("offices", "sunne"), ("offices", ""), ("public", "eda"), ("public", "sunne")]


def audiences(*rows: tuple[str, str, str]) -> Audiences:
    """Addresses as (address, audience, municipality), in the order of the file."""
    return replace(
        AUDIENCES,
        recipients=tuple(FunctionalAddress(address, "Kontoret", who, where) for address, who, where in rows),
    )


def copies(
    found: Audiences, *, editions: list[tuple[str, str]] = EVERY, no: tuple[str, ...] = ()
) -> list[str]:
    """Who gets which edition, as `address audience municipality`."""
    return [
        f"{one.address} {one.audience} {one.municipality}".rstrip()
        for one, skip in assign(found, editions, no)
        if skip is None
    ]


def skips(found: Audiences, *, no: tuple[str, ...] = ()) -> list[str]:
    return [f"{skip.what}: {skip.reason}" for _, skip in assign(found, EVERY, no) if skip is not None]


def test_every_address_gets_its_own_edition() -> None:
    assert copies(AUDIENCES) == [
        "kontor@eda.example offices eda",
        "kontor@sunne.example offices sunne",
        "bibliotek@eda.example public eda",
        "bibliotek@sunne.example public sunne",
    ]


def test_an_address_in_two_audiences_gets_the_first_audiences_edition() -> None:
    found = audiences(("kansli@eda.example", "public", "eda"), ("kansli@eda.example", "offices", "eda"))
    assert copies(found) == ["kansli@eda.example offices eda"]
    assert skips(found) == ["kansli@eda.example: Får brevet som Kontor, Eda: en adress får ett exemplar."]


def test_an_address_in_a_municipality_and_the_whole_area_gets_its_municipalitys() -> None:
    found = audiences(("kansli@eda.example", "offices", ""), ("kansli@eda.example", "public", "eda"))
    assert copies(found) == ["kansli@eda.example public eda"]


def test_the_order_of_audiences_is_the_files_not_the_letters() -> None:
    found = replace(
        audiences(("kansli@eda.example", "offices", "eda"), ("kansli@eda.example", "public", "eda")),
        audiences={
            "public": Audience("public", "Allmänheten", ""),
            "offices": Audience("offices", "Kontor", ""),
        },
    )
    assert copies(found) == ["kansli@eda.example public eda"]


def test_an_address_written_in_capitals_is_the_same_address() -> None:
    found = audiences(("Kansli@Eda.example", "offices", "eda"), ("kansli@eda.EXAMPLE", "public", "eda"))
    assert copies(found) == ["Kansli@Eda.example offices eda"]


def test_an_address_whose_edition_is_not_made_gets_the_one_that_is() -> None:
    found = audiences(("kansli@eda.example", "offices", "eda"), ("kansli@eda.example", "public", "eda"))
    assert copies(found, editions=[("public", "eda")]) == ["kansli@eda.example public eda"]


def test_a_suppressed_address_gets_nothing_though_the_file_has_it_twice() -> None:
    found = audiences(("Kansli@eda.example", "offices", "eda"), ("kansli@eda.example", "public", "eda"))
    assert copies(found, no=("kansli@eda.example",)) == []
    assert skips(found, no=("kansli@eda.example",)) == [
        "Kansli@eda.example: Adressen är spärrad.",
        "kansli@eda.example: Adressen är spärrad.",
    ]


def test_a_suppression_of_an_international_domain_holds_however_the_domain_is_written() -> None:
    found = audiences(("kansli@säffle.example", "offices", "eda"))
    assert copies(found, no=(address_key("kansli@xn--sffle-gra.example"),)) == []


def test_copies_are_counted_by_edition_and_skips_stand_with_theirs() -> None:
    found = audiences(
        ("a@eda.example", "offices", "eda"),
        ("b@eda.example", "offices", "eda"),
        ("a@eda.example", "public", "eda"),
    )
    counts, left = counted(assign(found, EVERY, ()), EVERY)
    assert (counts["offices", "eda"], counts["public", "eda"], counts["public", "sunne"]) == (2, 0, 0)
    assert [skip.what for skip in left["public", "eda"]] == ["a@eda.example"]


def test_the_plan_counts_each_edition_and_tells_of_a_suppressed_address() -> None:
    seen = world(item("bryggan"), facts=ledger(suppressed=["kontor@eda.example"]))
    december = entry(seen, "brevet-2026-12-01")
    assert december.recipients == 3
    first = december.editions[0]
    assert (first.key, first.recipients) == (("offices", "eda"), 0)
    assert [f"{skip.what}: {skip.reason}" for skip in first.skips] == [
        "kontor@eda.example: Adressen är spärrad."
    ]


ROWS = st.tuples(
    st.sampled_from(["a@x.example", "A@x.example", "b@x.example", "c@x.example", " c@X.example"]),
    st.sampled_from(["offices", "public"]),
    st.sampled_from(["eda", "sunne", ""]),
)


@given(
    st.lists(ROWS, max_size=12),
    st.lists(st.sampled_from(EVERY), unique=True),
    st.frozensets(st.sampled_from(["a@x.example", "b@x.example", "c@x.example"])),
)
def test_no_address_ever_gets_two_copies_and_every_row_has_an_answer(
    rows: list[tuple[str, str, str]], editions: list[tuple[str, str]], no: frozenset[str]
) -> None:
    found = list(assign(audiences(*rows), editions, no))
    sent = [address_key(one.address) for one, skip in found if skip is None]
    assert len(sent) == len(set(sent))
    assert not no & set(sent)
    wanted = [address for address, who, where in rows if (who, where) in editions]
    assert sorted(one.address for one, _ in found) == sorted(wanted)
    assert {address_key(address) for address in wanted} - no == set(sent)
