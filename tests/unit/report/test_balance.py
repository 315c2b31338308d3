"""Who is heard and seen: counted by what people say of themselves, never by what they are called."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.model.item import Activity, Angle, Item, Person, Picture, Placement
from comms.model.report import Balance, Figure, Measure, Period, Trait
from comms.report.balance import FEWEST, balance, spelled
from tests.unit.check.builder import item_with

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def person(name: str, **told: object) -> Person:
    return Person(name, "", "", "", 4, **told)  # type: ignore[arg-type]  # tests name real fields


def picture(*shown: str, **how: object) -> Picture:
    return Picture("content/pictures/a.png", "", "", "", shown, None, stock=False, line=5, **how)  # type: ignore[arg-type]  # the same


def item(*people: Person, slug: str = "a", day: str = "2026-11-10", **more: object) -> Item:
    body = str(more.pop("body", "Nu är bryggan klar."))
    return item_with(body, slug=slug, people=people, publish_from=date.fromisoformat(day), **more)


def counted(*items: Item, period: Period = YEAR, fewest: int = 1) -> Balance:
    """Counted with every word told, so that few people are enough to see how."""
    return balance(items, period, fewest)


def by(found: Balance, measure: Measure, trait: Trait = Trait.GENDER) -> dict[str, tuple[int, int]]:
    """Value to count and base."""
    return {one.value: (one.count, one.base) for one in found.whole.of(measure, trait)}


def figure(found: Balance, measure: Measure, value: str) -> Figure:
    return next(one for one in found.whole.of(measure, Trait.GENDER) if one.value == value)


# Never inferred


@pytest.mark.parametrize(
    ("name", "pronoun"), [("Karin Ek", "hon"), ("Lars Berg", "han"), ("Kim Dahl", "hen"), ("Maria", "")]
)
def test_gender_is_never_inferred_from_a_name_or_a_pronoun(name: str, pronoun: str) -> None:
    found = counted(item(Person(name, "ordförande", "Flickornas klubb", pronoun, 4)))
    assert by(found, Measure.PRESENT) == {"": (1, 1)}


@given(st.lists(st.tuples(st.text(min_size=1), st.text(), st.text()), max_size=5))
def test_whoever_has_not_said_is_counted_as_that_whatever_else_is_known(
    told: list[tuple[str, str, str]],
) -> None:
    people = [Person(name, role, "", pronoun, 4) for name, role, pronoun in told]
    assert set(by(counted(item(*people)), Measure.PRESENT)) == {""}


def test_a_municipality_is_not_inferred_from_where_the_item_is_from() -> None:
    found = counted(item(person("Karin Ek"), municipalities=("sunne",)))
    assert by(found, Measure.PRESENT, Trait.MUNICIPALITY) == {"": (1, 1)}


def test_a_persons_own_words_are_counted_whatever_their_case_and_blanks() -> None:
    people = [
        person(name, gender=word) for name, word in [("A", "Kvinna"), ("B", " kvinna"), ("C", "icke-binär")]
    ]
    found = by(counted(item(*people)), Measure.PRESENT)
    assert found == {"kvinna": (2, 3), "icke-binär": (1, 3), "": (0, 3)}


def test_those_who_have_not_said_have_a_row_of_their_own_even_when_there_are_none() -> None:
    found = counted(item(person("Karin Ek", gender="kvinna", sector="public", municipality="eda")))
    for trait in Trait:
        for measure in Measure:
            assert found.whole.of(measure, trait)[-1].value == ""


def guarded(**words: int) -> Balance:
    """So many people of each word of gender in an item, counted as a report counts them."""
    said = [word.replace("_", " ") for word, many in words.items() for _ in range(many)]
    people = [person(f"P{number}", gender=word) for number, word in enumerate(said)]
    return counted(item(*people), fewest=FEWEST)


def test_a_word_that_few_have_given_is_told_by_none() -> None:
    found = guarded(kvinna=4, man=3, kvinna_trans=1, icke_binär=2)
    assert by(found, Measure.PRESENT) == {"kvinna": (4, 10), "annat": (3, 10), "man": (3, 10), "": (0, 10)}
    assert "kvinna trans" not in str(found)


def test_rare_words_that_are_few_even_together_are_counted_with_those_who_have_not_said() -> None:
    assert by(guarded(kvinna=4, kvinna_trans=1, vill_inte_säga=1), Measure.PRESENT) == {
        "kvinna": (4, 6),
        "": (2, 6),
    }


def test_a_rare_word_joins_those_who_say_annat_themselves() -> None:
    assert by(guarded(annat=3, kvinna_trans=1), Measure.PRESENT) == {"annat": (4, 4), "": (0, 4)}


def test_different_people_are_counted_not_how_often_one_is_told_of() -> None:
    often = [item(person("Kim Dahl", gender="icke-binär"), slug=slug) for slug in "abcd"]
    assert by(counted(*often, fewest=FEWEST), Measure.PRESENT) == {"": (4, 4)}


def test_a_rare_word_stands_in_no_month_either() -> None:
    people = [person(f"P{number}", gender="man") for number in range(3)]
    told = [item(*people, day="2026-10-02"), item(person("Kim", gender="trans"), slug="b", day="2026-11-02")]
    assert "trans" not in str(counted(*told, fewest=FEWEST).months)


def in_months(**words: str) -> Balance:
    """A month's people by their initials: K says kvinna, M says man; each of them is somebody else."""
    said = {"K": "kvinna", "M": "man"}
    months = {"okt": "2026-10-02", "nov": "2026-11-02", "dec": "2026-12-02"}
    return counted(
        *(
            item(
                *(person(f"{month}{number}", gender=said[one]) for number, one in enumerate(people)),
                slug=month,
                day=months[month],
            )
            for month, people in words.items()
        ),
        fewest=FEWEST,
    )


def with_gender(found: Balance) -> list[str]:
    return [month for month, tally in found.months.items() if tally.of(Measure.PRESENT, Trait.GENDER)]


def test_a_month_in_which_few_have_given_a_word_is_told_without_gender() -> None:
    found = in_months(okt="KKKMMM", nov="KM", dec="KKMM")
    assert by(found, Measure.PRESENT) == {"kvinna": (6, 12), "man": (6, 12), "": (0, 12)}
    assert with_gender(found) == ["2026-10"]
    november = found.months["2026-11"]
    assert (november.appearances, november.unsaid) == (2, None)
    assert november.of(Measure.PRESENT, Trait.SECTOR)


def test_a_month_is_not_worked_out_from_the_period_and_the_other_months() -> None:
    assert with_gender(in_months(okt="KKKMMM", nov="KKKM", dec="KKKMMM")) == []
    assert with_gender(in_months(okt="KKKMMM", nov="M", dec="KKKM")) == []


def test_months_with_enough_people_of_every_word_are_all_told() -> None:
    assert with_gender(in_months(okt="KKKMMM", nov="KKK", dec="MMM")) == ["2026-10", "2026-11", "2026-12"]


@pytest.mark.parametrize("word", ["Okänd", "vet ej", "vill inte säga", "?"])
def test_a_word_that_answers_nothing_is_not_said(word: str) -> None:
    assert by(counted(item(person("Karin Ek", gender=word))), Measure.PRESENT) == {"": (1, 1)}


@pytest.mark.parametrize("word", ["", "  ", "Ej angivet", "-"])
def test_words_that_say_nothing_are_not_said(word: str) -> None:
    assert spelled(word) == ""


# What is counted


def test_a_person_counts_once_an_item_and_once_among_different_people() -> None:
    karin = person("Karin Ek", gender="kvinna")
    found = counted(item(karin, slug="a"), item(karin, slug="b"), item(person("Lars Berg"), slug="c"))
    assert (found.whole.items, found.whole.appearances, found.whole.people) == (3, 3, 2)
    assert (
        figure(found, Measure.PRESENT, "kvinna").count,
        figure(found, Measure.PRESENT, "kvinna").people,
    ) == (2, 1)


def test_a_person_in_two_pictures_of_an_item_counts_once() -> None:
    shown = (picture("Karin Ek"), picture("Karin Ek"))
    assert by(counted(item(person("Karin Ek"), pictures=shown)), Measure.PICTURED) == {"": (1, 1)}


def test_somebody_whom_only_a_picture_names_is_counted_as_not_having_said() -> None:
    found = counted(item(person("Karin Ek", gender="kvinna"), pictures=(picture("Lars Berg", "Karin Ek"),)))
    assert by(found, Measure.PICTURED) == {"kvinna": (1, 2), "": (1, 2)}


def test_two_of_an_item_with_the_same_name_cannot_be_told_apart_in_a_picture() -> None:
    twins = (person("Anna Berg", gender="kvinna"), person("Anna Berg", gender="man"))
    found = counted(item(*twins, pictures=(picture("Anna Berg"),)))
    assert by(found, Measure.PICTURED) == {"": (1, 1)}


def test_how_people_are_shown_is_counted_by_act_angle_and_place() -> None:
    shown = picture(
        "Karin Ek",
        "Lars Berg",
        activity=Activity.ACTIVE,
        angle=Angle.BELOW,
        placement={"Karin Ek": Placement.BACK, "Lars Berg": Placement.FRONT},
    )
    people = (person("Karin Ek", gender="kvinna"), person("Lars Berg", gender="man"))
    found = counted(item(*people, pictures=(shown,)))
    assert by(found, Measure.ACTIVE) == {"kvinna": (1, 2), "man": (1, 2), "": (0, 2)}
    assert by(found, Measure.ABOVE) == {"kvinna": (0, 0), "man": (0, 0), "": (0, 0)}
    assert by(found, Measure.FRONT) == {"kvinna": (0, 1), "man": (1, 1), "": (0, 1)}
    assert by(found, Measure.BACK) == {"kvinna": (1, 1), "man": (0, 1), "": (0, 1)}


def test_what_a_picture_does_not_say_is_counted_as_that() -> None:
    found = counted(item(person("Karin Ek"), pictures=(picture("Karin Ek"),)))
    assert by(found, Measure.ACTIVITY_UNSAID) == {"": (1, 1)}
    assert by(found, Measure.ANGLE_UNSAID) == {"": (1, 1)}


def test_place_is_asked_only_of_pictures_of_several() -> None:
    alone = counted(item(person("Karin Ek"), pictures=(picture("Karin Ek"),)))
    together = counted(item(person("Karin Ek"), pictures=(picture("Karin Ek", "Lars Berg"),)))
    assert by(alone, Measure.PLACEMENT_UNSAID) == {"": (0, 0)}
    assert by(together, Measure.PLACEMENT_UNSAID) == {"": (2, 2)}


def test_speakers_are_counted() -> None:
    found = counted(
        item(person("Karin Ek", gender="kvinna", speaker=True), person("Lars Berg", gender="man"))
    )
    assert by(found, Measure.SPEAKER) == {"kvinna": (1, 1), "man": (0, 1), "": (0, 1)}


def test_the_group_of_a_figure_says_how_many_there_were_to_show_so() -> None:
    people = [person(name, gender="kvinna") for name in ("Karin Ek", "Mona Dal", "Ylva Hed")]
    shown = (picture("Karin Ek", activity=Activity.ACTIVE), picture("Mona Dal", activity=Activity.PASSIVE))
    active = figure(counted(item(*people, pictures=shown)), Measure.ACTIVE, "kvinna")
    assert (active.count, active.base, active.group) == (1, 1, 2)
    assert (active.share, active.group_share) == (1.0, 0.5)


def test_a_share_of_nobody_is_no_share() -> None:
    found = figure(counted(item(person("Karin Ek"))), Measure.QUOTED, "")
    assert (found.count, found.base, found.share) == (0, 0, None)


# Who is quoted


SPEECH = "– Nu är den klar, säger Karin Ek."


def test_the_text_tells_who_is_quoted_when_the_file_does_not() -> None:
    found = counted(item(person("Karin Ek", gender="kvinna"), person("Lars Berg", gender="man"), body=SPEECH))
    assert by(found, Measure.QUOTED) == {"kvinna": (1, 1), "man": (0, 1), "": (0, 1)}


def test_the_file_decides_who_is_quoted_when_it_says_so() -> None:
    people = (
        person("Karin Ek", gender="kvinna", quoted=False),
        person("Lars Berg", gender="man", quoted=True),
    )
    assert by(counted(item(*people, body=SPEECH)), Measure.QUOTED)["man"] == (1, 1)


# Periods


def test_both_ends_of_a_period_count_and_nothing_outside_it() -> None:
    days = ("2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01")
    items = [item(person(f"P {day}"), slug=day, day=day) for day in days]
    november = Period(date(2026, 11, 1), date(2026, 11, 30))
    assert counted(*items, period=november).whole.items == 2


def test_months_between_the_first_and_the_last_are_there_with_nobody() -> None:
    items = (item(person("A"), day="2025-11-10"), item(person("B"), slug="b", day="2026-02-10"))
    found = counted(*items, period=Period(date(2025, 1, 1), date(2026, 12, 31)))
    assert {month: tally.items for month, tally in found.months.items()} == {
        "2025-11": 1,
        "2025-12": 0,
        "2026-01": 0,
        "2026-02": 1,
    }


def test_a_period_without_items_has_no_months_and_nobody_who_has_not_said() -> None:
    found = counted(period=YEAR)
    assert not found.months
    assert found.whole.unsaid is not None
    assert (found.whole.unsaid.count, found.whole.unsaid.base) == (0, 0)


def test_counts_of_a_measure_add_up_to_its_base() -> None:
    words = ("kvinna", "man", "", "icke-binär", "")
    people = [person(f"P{number}", gender=word, quoted=True) for number, word in enumerate(words)]
    for measure in (Measure.PRESENT, Measure.QUOTED):
        for trait in Trait:
            figures = counted(item(*people)).whole.of(measure, trait)
            assert sum(one.count for one in figures) == figures[0].base == 5
