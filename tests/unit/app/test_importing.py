"""Taking a roll in: what a file means, what becomes of each address, and that it is all or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from comms.app.hashed import erased_keys
from comms.app.importing import Fate, Witness, compare, decide, take_in
from comms.app.roll import Roll, Wanted, Wish
from comms.app.roll_reading import Given, read_roll
from comms.errors import ConfigError, ContentError, UsageError
from comms.model.audience import FunctionalAddress, address_key
from comms.model.subscriber import Choices, ConsentKind, NoKind
from comms.store import Store, open_store
from comms.store.rolls import Standing
from tests.fakes.signups import KEYS, KOMMUN, NOW, office

OFFICE = office()
TODAY = date(2026, 12, 1)
GIVEN = Given("Blanketter", "2026-05-01", ("kommunbrevet",), "public", "")
BY = Witness("Anna", "lista.csv")


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, to be copied: migrating takes longer than most tests."""
    file = tmp_path_factory.mktemp("migrated") / "comms.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def store(tmp_path: Path, migrated: Path) -> Iterator[Store]:
    shutil.copy(migrated, tmp_path / "comms.db")
    opened = open_store(f"sqlite:///{tmp_path}/comms.db")
    yield opened
    opened.close()


def read(tmp_path: Path, text: str, given: Given = GIVEN) -> Roll:
    file = tmp_path / "lista.csv"
    file.write_bytes(text.encode())
    return read_roll(OFFICE, file, given, TODAY)


def only(roll: Roll) -> Wanted:
    assert roll.bad == []
    (found,) = roll.wanted.values()
    return found


def bad(roll: Roll) -> list[tuple[int, str]]:
    return [(one.line, f"{one.message} {one.hint}") for one in roll.bad]


# What a file means


def test_a_row_says_all_by_title_or_slug_in_any_case(tmp_path: Path) -> None:
    found = only(
        read(
            tmp_path,
            "E-post;Nyhetsbrev;Målgrupp;Kommun;Insatsområde;Källa;Samtyckt\n"
            " Anna.Ek@Arvika.example ;Bygdebrevet|KOMMUNBREVET;allmanheten;Arvika kommun;bygd;Mässan;"
            "2026-02-03\n",
        )
    )
    assert found.address == "Anna.Ek@Arvika.example"
    assert found.key == "anna.ek@arvika.example"
    assert found.wish.choices == Choices(("kommunbrevet", "bygdebrevet"), "public", "arvika", ("bygd",))
    assert (found.source, found.consented_on) == ("Mässan", date(2026, 2, 3))


def test_what_a_row_does_not_say_is_as_the_command_line_says(tmp_path: Path) -> None:
    found = only(read(tmp_path, "e-post;kommun\nanna@x.example;\n"))
    assert found.wish.choices == Choices(("kommunbrevet",), "public", "")
    assert (found.source, found.consented_on) == ("Blanketter", date(2026, 5, 1))
    assert found.wish.said == frozenset()


def test_a_file_without_heads_is_a_list_of_addresses(tmp_path: Path) -> None:
    roll = read(tmp_path, "Anna Ek;anna@x.example\nBo Ek;bo@x.example\n")
    assert not roll.has_heads
    assert list(roll.wanted) == ["anna@x.example", "bo@x.example"]


def test_the_day_may_be_in_a_column_of_any_name(tmp_path: Path) -> None:
    given = replace(GIVEN, consented="Blankett lämnad")
    roll = read(tmp_path, "e-post;blankett lamnad\nanna@x.example;2026-02-03 14:05:00\n", given)
    assert only(roll).consented_on == date(2026, 2, 3)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("Anna Ek <anna@x.example>", "anna@x.example"), ("mailto:anna@x.example", "anna@x.example")],
)
def test_an_address_may_be_written_as_in_a_letter_and_nobodys_name_is_kept(
    tmp_path: Path, cell: str, meant: str
) -> None:
    assert only(read(tmp_path, f"e-post\n{cell}\n")).address == meant


BAD = {
    "e-post\n;\nanna@x\n": (3, "är ingen adress"),
    "e-post;kommun\n;Arvika\n": (2, "Adressen saknas"),
    "e-post\nåsa@x.example\n": (2, "är ingen adress"),
    "e-post;kommun\nanna@x.example;Lund\n": (2, "Välj bland: hela området, arvika, torsby"),
    "e-post;kommun\nanna@x.example;Arvika, Torsby\n": (2, "kan bara vara en"),
    "e-post;nyhetsbrev\nanna@x.example;Blaskan\n": (2, "”Blaskan” finns inte"),
    "e-post;nyhetsbrev;kommun\nanna@x.example;Bygdebrevet;Torsby\n": (2, "har ingen utgåva"),
    "e-post;målgrupp;nyhetsbrev\nanna@x.example;offices;bygdebrevet\n": (2, "har ingen utgåva"),
    "e-post;samtyckt\nanna@x.example;i våras\n": (2, "inget datum"),
    "e-post;samtyckt\nanna@x.example;2026-02-30\n": (2, "inget datum"),
    "e-post;samtyckt\nanna@x.example;2026-12-02\n": (2, "inte varit än"),
    'e-post;kommun\n"anna@x.example"x;Arvika\n': (2, "Citattecknen"),
    "e-post;kommun\na@x.example;Arvika\na@X.example;Torsby\n": (3, "står på rad 2 med annat"),
    'e-post;kommun\n"a@x.example\nb@x.example";Arvika\n': (2, "är ingen adress"),
}


@pytest.mark.parametrize("text", BAD)
def test_each_bad_row_is_named_with_its_line_what_is_wrong_and_what_to_do(tmp_path: Path, text: str) -> None:
    ((line, told),) = bad(read(tmp_path, text))
    assert line == BAD[text][0]
    assert BAD[text][1] in told


def test_a_day_that_is_missing_in_its_column_is_not_guessed(tmp_path: Path) -> None:
    given = replace(GIVEN, consented="dag")
    ((line, told),) = bad(read(tmp_path, "e-post;dag\nanna@x.example;\n", given))
    assert (line, "saknas" in told) == (2, True)


def test_an_address_on_two_lines_gets_the_newsletters_of_both(tmp_path: Path) -> None:
    roll = read(
        tmp_path,
        "e-post;nyhetsbrev;kommun\na@x.example;kommunbrevet;arvika\nA@X.example;bygdebrevet;arvika\n",
    )
    assert only(roll).wish.choices.newsletters == ("kommunbrevet", "bygdebrevet")
    assert roll.doubles == [(3, 2)]


def test_what_is_read_otherwise_than_it_stands_is_told(tmp_path: Path) -> None:
    file = tmp_path / "lista.csv"
    file.write_bytes("E-post;Namn;Källa\r\ninfo@arvika.example;Åsa;Mässan i Ed\r\n".encode("cp1252"))
    own = FunctionalAddress("info@arvika.example", "Kontoret", "offices", "arvika")
    here = replace(OFFICE, audiences=replace(OFFICE.audiences, recipients=(own,)))
    roll = read_roll(here, file, GIVEN, TODAY)
    assert roll.encoding == "cp1252"
    assert roll.samples == ["Källa", "Åsa", "Mässan i Ed"]
    assert roll.ignored == ["Namn"]
    assert roll.offices == ["info@arvika.example"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (replace(GIVEN, source=""), "--source"),
        (replace(GIVEN, consented=""), "--consented"),
        (replace(GIVEN, consented="i våras"), "varken ett datum eller en kolumn"),
        (replace(GIVEN, newsletters=()), "--newsletter"),
        (replace(GIVEN, newsletters=("Blaskan",)), "kommunbrevet, bygdebrevet, partnerbrevet"),
        (replace(GIVEN, audience=""), "--audience"),
        (replace(GIVEN, municipality="Lund"), "hela området, arvika, torsby"),
    ],
)
def test_what_no_row_can_say_is_asked_for_once(tmp_path: Path, given: Given, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read(tmp_path, "e-post\nanna@x.example\n", given)


@pytest.mark.parametrize("text", ["", "Namn;Telefon\nAnna;0555\n"])
def test_a_file_without_addresses_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContentError):
        read(tmp_path, text)


# What becomes of an address


def wanted(*newsletters: str, place: str = "arvika", said: frozenset[str] = frozenset()) -> Wanted:
    choices = Choices(newsletters or ("kommunbrevet",), "public", place)
    return Wanted(2, "anna@x.example", "anna@x.example", Wish(choices, said), "Blanketter", date(2026, 5, 1))


HAS = Choices(("kommunbrevet",), "public", "torsby", ("bygd",))
SAID = frozenset({"municipality"})


@pytest.mark.parametrize(
    ("asked", "standing", "fate", "newsletters", "place"),
    [
        (wanted(), Standing(), Fate.NEW, "kommunbrevet", "arvika"),
        (wanted(), Standing(noes=frozenset({""})), Fate.NO, "kommunbrevet", "arvika"),
        (wanted(), Standing(noes=frozenset({"kommunbrevet"})), Fate.NO, "kommunbrevet", "arvika"),
        (
            wanted("kommunbrevet", "bygdebrevet"),
            Standing(noes=frozenset({"kommunbrevet"})),
            Fate.NEW,
            "bygdebrevet",
            "arvika",
        ),
        (wanted(), Standing(HAS), Fate.UNCHANGED, "kommunbrevet", "torsby"),
        (wanted(said=SAID), Standing(HAS), Fate.CHANGED, "kommunbrevet", "arvika"),
        (wanted(said=SAID), Standing(HAS, has_chosen=True), Fate.UNCHANGED, "kommunbrevet", "torsby"),
        (
            wanted("bygdebrevet"),
            Standing(HAS, has_chosen=True),
            Fate.CHANGED,
            "kommunbrevet bygdebrevet",
            "torsby",
        ),
        (
            wanted("bygdebrevet", said=SAID),
            Standing(HAS, ended=frozenset({"bygdebrevet"})),
            Fate.NO,
            "kommunbrevet",
            "torsby",
        ),
        (wanted(said=SAID), Standing(HAS, noes=frozenset({""})), Fate.NO, "kommunbrevet", "torsby"),
    ],
)
def test_nothing_ends_no_no_is_lifted_and_ones_own_choice_stands(
    asked: Wanted, standing: Standing, fate: Fate, newsletters: str, place: str
) -> None:
    outcome = decide(asked, standing, ["kommunbrevet", "bygdebrevet"])
    assert outcome.fate is fate
    assert outcome.choices.newsletters == tuple(newsletters.split())
    assert outcome.choices.municipality == place


def test_a_focus_that_nobody_asked_to_change_is_kept() -> None:
    assert decide(wanted(said=SAID), Standing(HAS), ["kommunbrevet"]).choices.focus == ("bygd",)


# All of it, in a database


def many(tmp_path: Path, count: int) -> Roll:
    return read(tmp_path, "e-post\n" + "".join(f"person{n}@x.example\n" for n in range(count)))


def test_each_address_gets_evidence_with_source_day_and_who(tmp_path: Path, store: Store) -> None:
    done = take_in(OFFICE, store, many(tmp_path, 2), BY, NOW)
    assert done.fates == {Fate.NEW: 2}
    (said,) = store.subscribers.evidence("person1@x.example")
    assert said.kind is ConsentKind.IMPORTED
    assert said.happened_at == datetime(2026, 4, 30, 22, tzinfo=UTC)
    assert (said.source, said.by) == ("Blanketter (import lista.csv 2026-12-01)", "Anna")
    assert said.choices.newsletters == ("kommunbrevet",)


def test_comparing_writes_nothing_and_twice_is_once(tmp_path: Path, store: Store) -> None:
    roll = many(tmp_path, 3)
    assert compare(OFFICE, store, roll).fates == {Fate.NEW: 3}
    assert list(store.subscribers.all()) == []
    take_in(OFFICE, store, roll, BY, NOW)
    assert take_in(OFFICE, store, roll, BY, NOW + timedelta(days=1)).fates == {Fate.UNCHANGED: 3}
    assert len(store.subscribers.evidence("person0@x.example")) == 1


def test_an_erased_address_that_said_no_is_known_by_each_key_of_the_ring(
    tmp_path: Path, store: Store
) -> None:
    for number, hashed in enumerate(erased_keys("person0@x.example", KEYS)):
        store.suppress(hashed, "Ville bli glömd.", NOW, kind=NoKind.ERASED)
        store.suppress(
            erased_keys(f"person{number + 1}@x.example", KEYS)[number], "Nej.", NOW, kind=NoKind.ERASED
        )
    assert compare(OFFICE, store, many(tmp_path, 4)).fates == {Fate.NO: 3, Fate.NEW: 1}


def test_without_keys_nobody_is_taken_in_beside_erased_addresses(tmp_path: Path, store: Store) -> None:
    store.suppress(erased_keys("person0@x.example", KEYS)[0], "Nej.", NOW, kind=NoKind.ERASED)
    here = replace(OFFICE, settings=replace(OFFICE.settings, web=None))
    with pytest.raises(ConfigError, match="COMMS_WEB__KEYS"):
        compare(here, store, many(tmp_path, 1))


def test_a_no_that_comes_after_the_comparison_wins(tmp_path: Path, store: Store) -> None:
    roll = many(tmp_path, 2)
    assert compare(OFFICE, store, roll).fates == {Fate.NEW: 2}
    store.suppress("person1@x.example", "Ringde.", NOW)
    assert take_in(OFFICE, store, roll, BY, NOW).fates == {Fate.NEW: 1, Fate.NO: 1}
    assert store.subscribers.find("person1@x.example") is None


class _Crash(Exception):
    """The process dies here."""


def test_a_crash_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    seen: list[str] = []

    def die(point: str) -> None:
        seen.append(point)
        if seen.count("import.piece") == 2:
            raise _Crash

    opened = open_store(f"sqlite:///{tmp_path}/comms.db", at=die)
    with pytest.raises(_Crash):
        take_in(OFFICE, opened, many(tmp_path, 2500), BY, NOW)
    opened.close()
    again = open_store(f"sqlite:///{tmp_path}/comms.db")
    assert list(again.subscribers.all()) == []
    assert again.subscribers.evidence("person0@x.example") == []
    again.close()


def test_addresses_are_compared_as_everywhere(tmp_path: Path, store: Store) -> None:
    take_in(OFFICE, store, read(tmp_path, "e-post\nAnna@Ås.example\n"), BY, NOW)
    found = store.subscribers.find(address_key("ANNA@ås.example"))
    assert found is not None
    assert found.address == "Anna@Ås.example"


def test_the_only_newsletter_and_audience_need_not_be_named(tmp_path: Path) -> None:
    letter = replace(KOMMUN, audiences=("public",))
    here = replace(OFFICE, settings=replace(OFFICE.settings, newsletters={"kommunbrevet": letter}))
    file = tmp_path / "lista.csv"
    file.write_text("e-post\nanna@x.example\n", encoding="utf-8")
    roll = read_roll(here, file, Given("Blanketter", "2026-05-01"), TODAY)
    assert only(roll).wish.choices == Choices(("kommunbrevet",), "public", "")
