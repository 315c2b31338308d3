"""On what ground people are shown: what needs an act comes first."""

from __future__ import annotations

from datetime import date

import pytest

from comms.model.item import Consent, Item, Picture
from comms.model.report import ConsentState, Showing
from comms.report.consent import named, showings
from tests.unit.check.builder import item_with, person

TODAY = date(2026, 12, 1)


def item(slug: str, *pictures: Picture) -> Item:
    return item_with(slug=slug, pictures=pictures)


def picture(name: str, consent: Consent | None, *shown: str, sha256: str = "") -> Picture:
    path = f"content/pictures/{name}.png"
    return Picture(path, "", "", "", shown, consent, stock=False, line=5, sha256=sha256)


def state(consent: Consent | None) -> ConsentState:
    (found,) = showings([item("a", picture("a", consent, "Karin Ek"))], TODAY)
    return found.state


@pytest.mark.parametrize(
    ("consent", "expected"),
    [
        (None, ConsentState.MISSING),
        (Consent("  "), ConsentState.MISSING),
        (Consent("nej"), ConsentState.MISSING),
        (Consent("saknas", expires=date(2026, 12, 24)), ConsentState.MISSING),
        (Consent("skriftligt", given_on=date(2026, 12, 2)), ConsentState.MISSING),
        (Consent("skriftligt", given_on=TODAY), ConsentState.VALID),
        (Consent("skriftligt"), ConsentState.VALID),
        (Consent("skriftligt", withdrawn_on=date(2026, 11, 30)), ConsentState.WITHDRAWN),
        (Consent("skriftligt", withdrawn_on=date(2026, 12, 24)), ConsentState.WITHDRAWN),
        (Consent("", expires=date(2027, 12, 1), withdrawn_on=TODAY), ConsentState.WITHDRAWN),
        (Consent("skriftligt", expires=date(2026, 11, 30)), ConsentState.EXPIRED),
        (Consent("skriftligt", expires=TODAY), ConsentState.EXPIRING),
        (Consent("skriftligt", expires=date(2027, 1, 30)), ConsentState.EXPIRING),
        (Consent("skriftligt", expires=date(2027, 1, 31)), ConsentState.VALID),
    ],
)
def test_a_consent_holds_until_its_last_day_or_until_it_is_taken_back(
    consent: Consent | None, expected: ConsentState
) -> None:
    assert state(consent) is expected


def test_what_needs_an_act_comes_first() -> None:
    written = {
        "gäller": Consent("skriftligt"),
        "saknas": None,
        "snart": Consent("skriftligt", expires=date(2026, 12, 24)),
        "slut": Consent("skriftligt", expires=date(2026, 11, 1)),
        "tillbaka": Consent("skriftligt", withdrawn_on=date(2026, 11, 1)),
    }
    shown = [picture(name, consent, "Karin Ek") for name, consent in written.items()]
    order = [
        one.picture.rpartition("/")[2].removesuffix(".png") for one in showings([item("a", *shown)], TODAY)
    ]
    assert order == ["tillbaka", "slut", "snart", "saknas", "gäller"]


def test_a_withdrawal_in_one_item_holds_for_the_picture_in_all() -> None:
    said = Consent("skriftligt")
    taken_back = Consent("skriftligt", withdrawn_on=TODAY)
    items = [
        item("a", picture("bro", said, "Karin Ek", sha256="1")),
        item("b", picture("bro", taken_back, "Lars Berg", sha256="1")),
    ]
    (found,) = showings(items, TODAY)
    assert (found.state, found.items) == (ConsentState.WITHDRAWN, ("a", "b"))
    assert found.people == ("Karin Ek", "Lars Berg")
    assert set(found.digests) == {"1"}


def test_a_copy_of_a_picture_is_withdrawn_with_it() -> None:
    items = [
        item("a", picture("bro", Consent("skriftligt", withdrawn_on=TODAY), "Karin Ek", sha256="1")),
        item("b", picture("kopia", Consent("skriftligt"), sha256="1")),
        item("c", picture("annan", Consent("skriftligt"), "Lars Berg", sha256="2")),
    ]
    assert [(one.picture[17:], one.state, one.people, one.items) for one in showings(items, TODAY)] == [
        ("bro.png", ConsentState.WITHDRAWN, ("Karin Ek",), ("a",)),
        ("kopia.png", ConsentState.WITHDRAWN, ("Karin Ek",), ("b",)),
        ("annan.png", ConsentState.VALID, ("Lars Berg",), ("c",)),
    ]


def test_pictures_whose_bytes_nobody_has_read_are_no_copies_of_each_other() -> None:
    taken_back = Consent("skriftligt", withdrawn_on=TODAY)
    items = [
        item("a", picture("bro", taken_back, "Karin Ek"), picture("led", Consent("skriftligt"), "Lars Berg"))
    ]
    assert [one.state for one in showings(items, TODAY)] == [ConsentState.WITHDRAWN, ConsentState.VALID]


@pytest.mark.parametrize(
    ("guardian", "expected", "children"),
    [
        ("", ConsentState.MISSING, ("Ella Ek",)),
        ("nej", ConsentState.MISSING, ("Ella Ek",)),
        ("Ella Ek", ConsentState.MISSING, ("Ella Ek",)),
        ("Karin Ek", ConsentState.VALID, ()),
    ],
)
def test_a_childs_yes_is_none_without_a_guardians(
    guardian: str, expected: ConsentState, children: tuple[str, ...]
) -> None:
    ella = person("Ella Ek", facts={"ålder": "12"})
    photo = picture("a", Consent("skriftligt", guardian=guardian), "Ella Ek", "Karin Ek")
    (found,) = showings([item_with(people=(ella,), pictures=(photo,))], TODAY)
    assert (found.state, found.children) == (expected, children)


def shown() -> list[Showing]:
    pictures = (picture("bro", None, "Karin Ek"), picture("led", None, "Lars Berg", "Karin Ek"))
    return showings([item("a", *pictures, picture("vy", None))], TODAY)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("content/pictures/bro.png", ["bro"]),
        ("pictures/bro.png", ["bro"]),
        ("bro.png", ["bro"]),
        ("ro.png", []),
        ("vy.png", ["vy"]),
        ("karin  ek", ["bro", "led"]),
        ("Lars Berg", ["led"]),
        ("Karin", []),
    ],
)
def test_a_picture_is_found_by_its_path_its_name_or_who_is_in_it(asked: str, expected: list[str]) -> None:
    assert [one.picture for one in named(shown(), asked)] == [
        f"content/pictures/{name}.png" for name in expected
    ]


def test_a_picture_of_nobody_comes_last() -> None:
    assert shown()[-1].picture == "content/pictures/vy.png"
