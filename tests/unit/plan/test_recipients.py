"""Who gets one copy: one address, one copy, of the edition nearest to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from comms.model.audience import Audience, Audiences, FunctionalAddress, address_key
from comms.model.subscriber import Reader
from comms.plan.recipients import Wanting, assign, counted
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
    sums = counted(assign(found, EVERY, ()), EVERY)
    counts, left = sums.copies, sums.skips
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


# Subscribers

GOES_OUT = datetime(2026, 12, 1, 7, tzinfo=UTC)
FOUR = [("offices", "eda"), ("offices", ""), ("public", "eda"), ("public", "sunne")]


def reader(
    address: str,
    audience: str = "public",
    municipality: str = "eda",
    *,
    focus: tuple[str, ...] = (),
    paused_until: datetime | None = None,
    no: str = "",
) -> Reader:
    return Reader(address, address_key(address), audience, municipality, focus, paused_until, no)


def given_to(
    *readers: Reader,
    offices: Audiences = replace(AUDIENCES, recipients=()),  # noqa: B008 - a value that nothing changes
    told: dict[tuple[str, str], frozenset[str] | None] | None = None,
) -> list[str]:
    """What becomes of each, as `address audience municipality` or `what: why`."""
    wanting = Wanting(readers, GOES_OUT, told=told or {})
    return [
        f"{skip.what}: {skip.reason}" if skip else f"{one.address} {one.audience} {one.municipality}".rstrip()
        for one, skip in assign(offices, FOUR, (), wanting)
    ]


def test_a_subscriber_gets_the_edition_of_the_own_municipality_else_that_of_the_whole_area() -> None:
    found = given_to(reader("anna@a.example"), reader("bo@a.example", "offices", "sunne"))
    assert found == ["anna@a.example public eda", "bo@a.example offices"]


def test_a_subscriber_without_an_edition_is_counted_and_gets_none() -> None:
    wanting = Wanting([reader("anna@a.example", "public", "arvika")], GOES_OUT)
    sums = counted(assign(replace(AUDIENCES, recipients=()), FOUR, (), wanting), FOUR)
    assert (sum(sums.copies.values()), sums.without) == (0, 1)


def test_who_has_ended_paused_or_chosen_other_focus_areas_is_skipped_with_that_reason_and_masked() -> None:
    found = given_to(
        reader("anna@a.example", no="Avslutad 2026-11-02."),
        reader("bo@a.example", paused_until=GOES_OUT + timedelta(days=9)),
        reader("cia@a.example", focus=("smarta-losningar",)),
        told={("public", "eda"): frozenset({"destination-7-sam"})},
    )
    assert found == [
        "a•••@a.example: Avslutad 2026-11-02.",
        "b•••@a.example: Pausad till 2026-12-10.",
        "c•••@a.example: Inget i de insatsområden som läsaren har valt.",
    ]


def test_the_day_of_a_pause_is_the_offices() -> None:
    stockholm = ZoneInfo("Europe/Stockholm")
    paused = reader("bo@a.example", paused_until=datetime(2027, 2, 28, 23, tzinfo=UTC))
    wanting = Wanting([paused], GOES_OUT, zone=stockholm)
    ((_, skip),) = assign(replace(AUDIENCES, recipients=()), FOUR, (), wanting)
    assert skip is not None
    assert str(skip.reason) == "Pausad till 2027-03-01."


def test_who_reads_as_somebody_that_the_newsletter_is_not_made_for_gets_what_the_public_gets() -> None:
    wanting = Wanting([reader("anna@a.example", "partnership")], GOES_OUT, ("offices", "public"))
    found = [one for one, _ in assign(replace(AUDIENCES, recipients=()), FOUR, (), wanting)]
    assert [(one.audience, one.municipality) for one in found] == [("public", "eda")]


def test_of_a_newsletter_without_the_public_they_get_its_first_audiences() -> None:
    wanting = Wanting([reader("anna@a.example", "public", "sunne")], GOES_OUT, ("offices",))
    found = [one for one, _ in assign(replace(AUDIENCES, recipients=()), FOUR, (), wanting)]
    assert [(one.audience, one.municipality) for one in found] == [("offices", "")]


def test_a_pause_that_is_over_and_news_for_all_areas_stop_nobody() -> None:
    found = given_to(
        reader("anna@a.example", paused_until=GOES_OUT),
        reader("bo@a.example", focus=("smarta-losningar",)),
        told={("public", "eda"): None},
    )
    assert found == ["anna@a.example public eda", "bo@a.example public eda"]


def test_a_subscriber_whose_address_the_office_has_written_in_gets_one_copy() -> None:
    offices = audiences(("kansli@eda.example", "offices", "eda"))
    found = given_to(reader("Kansli@eda.example"), offices=offices)
    assert found == [
        "kansli@eda.example offices eda",
        "K•••@eda.example: Får brevet som Kontor, Eda: en adress får ett exemplar.",
    ]


def test_of_many_skips_twenty_are_named_and_the_rest_are_counted() -> None:
    ended = [reader(f"a{number}@a.example", no="Avslutad.") for number in range(25)]
    sums = counted(assign(replace(AUDIENCES, recipients=()), FOUR, (), Wanting(ended, GOES_OUT)), FOUR)
    assert [skip.what for skip in sums.skips["public", "eda"]][-1] == "5 till"
    assert len(sums.skips["public", "eda"]) == 21


def test_readers_are_asked_for_by_newsletter_and_streamed_anew_for_each_issue() -> None:
    asked: list[str] = []

    def readers(newsletter: str) -> Iterator[Reader]:
        asked.append(newsletter)
        yield reader("anna@a.example")

    seen = world(item("bryggan"), facts=replace(ledger(), readers=readers))
    december = entry(seen, "brevet-2026-12-01")
    (edition,) = (one for one in december.editions if one.key == ("public", "eda"))
    assert (edition.recipients, set(asked)) == (2, {"brevet"})


def test_the_plan_tells_the_day_of_a_pause_by_the_offices_clock() -> None:
    paused = reader("anna@a.example", paused_until=datetime(2027, 2, 28, 23, tzinfo=UTC))
    seen = world(item("bryggan"), facts=replace(ledger(), readers=lambda _: [paused]))
    december = entry(seen, "brevet-2026-12-01")
    assert "Pausad till 2027-03-01." in [str(one.reason) for each in december.editions for one in each.skips]


def test_domains_that_are_only_alike_are_two_and_one_in_two_spellings_is_one() -> None:
    assert address_key("x@straße.example") == "x@xn--strae-oqa.example"
    assert address_key("x@strasse.example") == "x@strasse.example"
    assert address_key("Åsa@RÄKSMÖRGÅS.example") == address_key("åsa@xn--rksmrgs-5wao1o.example")
