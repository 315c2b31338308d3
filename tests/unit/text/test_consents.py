"""Where and when a picture may be shown, as its consent and what other items tell of it say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from comms.model.item import BrokenItem, Consent, Item, Person, Picture
from comms.text.consents import ARCHIVE, SPREAD_KIT, Pictures, ended, why_not
from tests.unit.render import build

TODAY = date(2026, 12, 1)
SHOWN = replace(build.PICTURE, path="content/pictures/siv.jpg", people=("Siv Ek",))
YES = Consent("ja på mötet", given_on=date(2026, 11, 2))


def judged(picture: Picture, *others: Item, place: str = SPREAD_KIT, item: Item = build.ITEM) -> str:
    """Why a picture of an item may not be shown, "" when it may."""
    item = replace(item, pictures=(picture,))
    return str(why_not(item, picture, place, TODAY, Pictures.of((item, *others))) or "")


def with_consent(**changes: Any) -> Picture:  # noqa: ANN401 -- any field of a consent
    return replace(SHOWN, consent=replace(YES, **changes))


@pytest.mark.parametrize(
    "picture",
    [
        build.PICTURE,
        with_consent(),
        with_consent(expires=TODAY),
        with_consent(given_on=TODAY),
        with_consent(scope=("kommunbrevet", "spread-kit")),
    ],
)
def test_a_picture_without_people_or_with_a_yes_that_holds_may_be_shown(picture: Picture) -> None:
    assert not judged(picture)


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (SHOWN, "”siv.jpg” visar människor, men det står inte att de har sagt ja."),
        (with_consent(withdrawn_on=date(2026, 11, 20)), "”siv.jpg”: samtycket är återkallat 2026-11-20."),
        (with_consent(basis="nej"), "”siv.jpg”: ”nej” är ingen grund för att visa den."),
        (with_consent(expires=date(2026, 11, 30)), "”siv.jpg”: samtycket gällde till 2026-11-30."),
        (with_consent(given_on=date(2026, 12, 2)), "”siv.jpg”: samtycket gäller först från 2026-12-02."),
        (
            with_consent(scope=("kommunbrevet", "archive")),
            "”siv.jpg”: samtycket gäller kommunbrevet, archive, inte kommunernas kanaler.",
        ),
    ],
)
def test_a_picture_without_a_yes_for_the_place_and_the_day_may_not_be_shown(
    picture: Picture, why: str
) -> None:
    assert judged(picture) == why


def test_a_yes_to_passing_on_is_no_yes_to_the_archive() -> None:
    picture = with_consent(scope=("spread-kit",))

    assert judged(picture, place=ARCHIVE) == "”siv.jpg”: samtycket gäller spread-kit, inte arkivet på webben."
    assert not judged(with_consent(scope=("archive",)), place=ARCHIVE)


def test_a_no_that_another_item_tells_of_the_same_bytes_holds_here_too() -> None:
    again = replace(SHOWN, path="content/pictures/annan.jpg", consent=replace(YES, withdrawn_on=TODAY))
    other = replace(build.ITEM, slug="annan", pictures=(again,))

    assert judged(build.PICTURE, other) == "”led.png”: samtycket är återkallat 2026-12-01."


def test_people_whom_another_item_names_in_the_same_picture_are_people_here_too() -> None:
    other = replace(build.ITEM, slug="annan", pictures=(replace(SHOWN, consent=YES),))

    assert judged(replace(build.PICTURE, people=()), other).startswith("”led.png” visar människor")


def test_a_child_needs_a_guardian() -> None:
    item = replace(build.ITEM, people=(Person("Siv Ek", "", "", "", 7, facts={"ålder": "12"}),))

    assert judged(with_consent(), item=item) == (
        "”siv.jpg” visar barn, men det står inte vem av de vuxna som har sagt ja."
    )
    assert not judged(with_consent(guardian="Nils Ek"), item=item)


# A yes whose time is out


OVER = {"expires": date(2026, 11, 30)}


def over(*items: Item | BrokenItem) -> bool:
    """Whether the picture's time is out by what these items say, read in either order."""
    found = {
        SHOWN.path in ended(order, TODAY, Pictures.of(order)) for order in (items, tuple(reversed(items)))
    }
    assert len(found) == 1
    return found.pop()


def with_picture(picture: Picture) -> Item:
    return replace(build.ITEM, pictures=(picture,))


@pytest.mark.parametrize(
    "other",
    [
        replace(SHOWN, consent=None),
        replace(SHOWN, consent=None, people=()),
        with_consent(basis="nej"),
        with_consent(given_on=date(2026, 12, 2)),
        with_consent(expires=date(2026, 11, 29)),
        with_consent(withdrawn_on=date(2026, 11, 20)),
    ],
)
def test_a_picture_without_a_yes_that_holds_revives_none_that_is_over(other: Picture) -> None:
    assert over(with_picture(with_consent(**OVER)), with_picture(other))


def test_a_yes_in_a_file_with_errors_revives_nothing() -> None:
    broken = BrokenItem("b", "content/items/b.md", None, None, None, None, (with_consent(),))
    assert over(with_picture(with_consent(**OVER)), broken)


@pytest.mark.parametrize(
    "other", [with_consent(), with_consent(expires=TODAY), with_consent(scope=("kommunbrevet",))]
)
def test_another_yes_that_holds_today_lets_the_picture_stand(other: Picture) -> None:
    assert not over(with_picture(with_consent(**OVER)), with_picture(other))


def test_a_picture_of_a_child_is_revived_by_a_grown_ups_yes_alone() -> None:
    child = Person("Siv Ek", "", "", "", 7, facts={"age": "9"})
    old = with_picture(with_consent(**OVER))
    assert over(old, replace(with_picture(with_consent()), people=(child,)))
    assert not over(old, replace(with_picture(with_consent(guardian="Bo Ek")), people=(child,)))
