"""Rules about pictures: the ground for showing people, and whether all are shown alike. Invented people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from comms.check.context import CheckContext
from comms.check.engine import check_issue, check_item
from comms.check.rules_people import issue_consents, post_consents
from comms.errors import Severity
from comms.model.item import Activity, Angle, Consent, Item, Person, Picture, Placement, PostDraft, Setting
from comms.text.consents import Pictures
from tests.unit.check.builder import (
    CONTEXT,
    STOCKHOLM,
    found,
    item_with,
    messages,
    person,
    photo,
    picture,
    post,
)

YES = Consent("ja vid fotograferingen", date(2026, 11, 2))
JAN_1 = date(2027, 1, 1)


def shown_with(consent: Consent, *posts: PostDraft, until: date | None = None) -> Item:
    """An item published from 10 November 2026, with a picture of Karin Ek on some ground."""
    return item_with(pictures=(photo("Karin Ek", consent=consent),), posts=posts, publish_until=until)


def blocks(item: Item, code: str) -> bool:
    """Whether a rule makes the item one that does not go out."""
    return [problem.severity for problem in found(item, code)] == [Severity.ERROR]


# On what ground


def test_a_picture_of_people_without_a_ground_is_blocked() -> None:
    item = item_with(pictures=(photo("Karin Ek", "Ola Berg", consent=None),))

    assert blocks(item, "S130")
    assert messages(item, "S130") == ["Bilden visar Karin Ek, Ola Berg men det står inte att de har sagt ja."]


def test_a_picture_with_a_ground_or_without_people_is_not_blocked() -> None:
    assert found(item_with(pictures=(photo("Karin Ek"), picture())), "S130") == []


@pytest.mark.parametrize(
    "basis", ["nej", "Nej.", "no", "NO", "nej, hon vill inte", "-", "?", "saknas", "vet ej", "false"]
)
def test_a_ground_that_says_no_is_none(basis: str) -> None:
    assert blocks(shown_with(Consent(basis)), "S130")
    assert blocks(item_with(pictures=(picture(consent=basis),)), "S130")


@pytest.mark.parametrize(
    "basis", ["ja", "Nejra Ek har sagt ja", "inget ansikte syns, föreningen har sagt ja", "offentligt möte"]
)
def test_a_ground_in_other_words_is_believed(basis: str) -> None:
    assert found(shown_with(Consent(basis)), "S130") == []


@pytest.mark.parametrize(
    ("given", "until", "blocked"),
    [
        (date(2026, 11, 10), None, False),
        (date(2026, 11, 11), None, True),
        (date(2026, 12, 1), JAN_1, False),
        (date(2027, 1, 2), JAN_1, True),
    ],
)
def test_a_yes_that_comes_after_the_last_day_out_is_none(
    given: date, until: date | None, *, blocked: bool
) -> None:
    assert blocks(shown_with(replace(YES, given_on=given), until=until), "S130") is blocked


def test_a_yes_that_comes_after_the_day_of_an_issue_or_a_post_forbids_that_alone() -> None:
    early = PostDraft("mastodon", "Hej.", datetime(2026, 11, 25, 9, tzinfo=STOCKHOLM), line=6)
    item = shown_with(replace(YES, given_on=date(2026, 12, 5)), early, until=JAN_1)

    assert [one.code for one in issue_consents([item], "kommunbrevet", date(2026, 12, 1))] == ["S144"]
    assert issue_consents([item], "kommunbrevet", date(2026, 12, 5)) == []
    assert [one.code for one in post_consents(item, early)] == ["S133"]


def in_workspace(item: Item, *others: Item) -> CheckContext:
    """The context of an item beside others."""
    return replace(CONTEXT, pictures=Pictures.of((item, *others)))


@pytest.mark.parametrize(
    "same",
    [{"path": "content/pictures/brygga.jpg"}, {"path": "content/pictures/kopia.jpg", "sha256": "ab"}],
    ids=["path", "bytes"],
)
def test_what_one_item_says_of_a_picture_holds_in_every_other(same: dict[str, object]) -> None:
    taken_back = photo("Karin Ek", consent=replace(YES, withdrawn_on=date(2026, 11, 20)), sha256="ab")
    first = item_with(pictures=(taken_back,), path="content/items/a.md")
    second = item_with(pictures=(replace(picture(), **same),))  # type: ignore[arg-type]  # real fields
    context = in_workspace(second, first)

    told = [
        (one.code, one.severity, str(one.message))
        for one in check_item(second, context=context)
        if one.code in {"S130", "S132"}
    ]

    name = str(same["path"]).removeprefix("content/")
    assert told == [
        (
            "S130",
            Severity.ERROR,
            "Bilden visar Karin Ek enligt content/items/a.md, men här står inte att de har sagt ja.",
        ),
        (
            "S132",
            Severity.ERROR,
            f"Samtycket för bilden ”{name}” är återkallat 2026-11-20 i content/items/a.md.",
        ),
    ]


def test_other_pictures_and_those_with_a_ground_of_their_own_are_left_alone() -> None:
    first = item_with(pictures=(photo("Karin Ek", sha256="ab"),), path="content/items/a.md")
    other = replace(picture(), path="content/pictures/annan.jpg", sha256="cd")
    granted = picture(consent="ja från föreningen")
    second = item_with(pictures=(other, granted))

    assert found(second, "S130", in_workspace(second, first)) == []
    assert found(second, "S132", in_workspace(second, first)) == []


def test_what_is_wrong_for_one_channel_is_told_of_that_post() -> None:
    item = shown_with(replace(YES, scope=("kommunbrevet", "facebook")), post("Hej."))

    assert [one.code for one in post_consents(item, post("Hej."))] == ["S134"]
    assert post_consents(item, PostDraft("facebook", "Hej.", None, line=6)) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Anna Ekk", [(Severity.WARNING, "Menade du ”Anna Ek”?")]),
        ("anna ek", [(Severity.WARNING, "Menade du ”Anna Ek”?")]),
        ("Nils Holm", [(Severity.NOTICE, "Skriv personen i people, eller rätta namnet i bildens people.")]),
        ("Anna Ek", []),
    ],
)
def test_a_name_in_a_picture_that_the_item_does_not_have_is_told(
    name: str, told: list[tuple[Severity, str]]
) -> None:
    item = item_with(people=(person("Anna Ek"), person("Ola Berg")), pictures=(photo(name),))

    assert [(one.severity, str(one.hint)) for one in found(item, "S145")] == told


def test_an_item_that_names_nobody_need_not_name_who_is_shown() -> None:
    assert found(item_with(pictures=(photo("Anna Ek"),)), "S145") == []


def test_a_withdrawn_consent_blocks_the_item() -> None:
    item = shown_with(replace(YES, withdrawn_on=date(2026, 11, 20)))

    assert blocks(item, "S132")
    assert messages(item, "S132") == ["Samtycket för bilden ”pictures/brygga.jpg” är återkallat 2026-11-20."]


def test_a_consent_that_nobody_has_taken_back_is_not_withdrawn() -> None:
    assert found(shown_with(YES), "S132") == []


@pytest.mark.parametrize("code", ["S130", "S132", "S133", "S134"])
def test_no_exemption_lets_a_picture_out_against_consent(code: str) -> None:
    consent = replace(YES, withdrawn_on=JAN_1, expires=date(2026, 10, 1), scope=("kommunbrevet",))
    refused, unknown = photo("Karin Ek", consent=consent), photo("Ola Berg", consent=None)
    body = f'<!-- comms: ok {code} "brådskar" -->\nNu är bryggan klar.'

    item = item_with(body, pictures=(refused, unknown), posts=(post("Hej."),))

    assert blocks(item, code)
    assert len(found(item, "C593")) == 1


@pytest.mark.parametrize(
    ("expires", "until", "blocked"),
    [
        (date(2026, 11, 9), None, True),
        (date(2026, 11, 10), None, False),
        (date(2026, 12, 31), JAN_1, True),
        (JAN_1, JAN_1, False),
        (None, JAN_1, False),
    ],
)
def test_a_consent_holds_for_every_day_that_the_item_may_go_out(
    expires: date | None, until: date | None, blocked: bool
) -> None:
    assert blocks(shown_with(replace(YES, expires=expires), until=until), "S133") is blocked


def test_a_consent_holds_for_the_day_of_a_post() -> None:
    late = PostDraft("mastodon", "Hej.", datetime(2027, 1, 2, 9, tzinfo=STOCKHOLM), line=6)
    item = shown_with(replace(YES, expires=JAN_1), late)

    assert messages(item, "S133") == [
        (
            "Samtycket för bilden ”pictures/brygga.jpg” gäller till 2027-01-01, "
            "men nyheten kan gå ut ännu 2027-01-02."
        )
    ]


@pytest.mark.parametrize(
    ("scope", "blocked"),
    [((), False), (("mastodon", "kommunbrevet"), False), (("kommunbrevet",), True), (("facebook",), True)],
)
def test_a_consent_holds_for_every_channel_that_the_item_has_a_post_for(
    scope: tuple[str, ...], blocked: bool
) -> None:
    assert blocks(shown_with(replace(YES, scope=scope), post("Hej.")), "S134") is blocked


def test_a_consent_for_a_letter_alone_is_enough_for_an_item_without_posts() -> None:
    assert found(shown_with(replace(YES, scope=("kommunbrevet",))), "S134") == []


@pytest.mark.parametrize(
    ("changes", "blocked"),
    [
        ({}, False),
        ({"scope": ("kommunbrevet",)}, False),
        ({"scope": ("partnerbrevet", "mastodon")}, True),
        ({"expires": date(2026, 12, 1)}, False),
        ({"expires": date(2026, 11, 30)}, True),
    ],
)
def test_a_consent_holds_for_the_newsletter_and_day_of_an_issue(
    changes: dict[str, object], blocked: bool
) -> None:
    item = shown_with(replace(YES, **changes))  # type: ignore[arg-type]  # real fields of a consent

    problems = issue_consents([item], "kommunbrevet", date(2026, 12, 1))

    assert [(one.code, one.severity) for one in problems] == [("S144", Severity.ERROR)] * blocked


@pytest.mark.parametrize(
    ("age", "guardian", "blocked"),
    [
        ("12", "", True),
        ("17 år", "", True),
        ("tolv", "", True),
        ("sjutton år", "", True),
        ("18 månader", "", True),
        ("2014", "", True),
        ("ca 12", "", True),
        ("cirka 12 år", "", True),
        ("Ca tolv år", "", True),
        ("12-åring", "", True),
        ("17–18 år", "", True),
        ("17,5", "", True),
        ("snart 18", "", True),
        ("300 dagar", "", True),
        ("2000 dagar", "", True),
        ("90 veckor", "", True),
        ("215 månader", "", True),
        ("216 månader", "", False),
        ("7000 dagar", "", False),
        ("cirka 45 år", "", False),
        ("45 år och 2 månader", "", False),
        ("två barn, 45 år", "", False),
        ("född 3 maj, 45 år", "", False),
        ("tjugo ett", "", False),
        ("12", "nej", True),
        ("12", "saknas", True),
        ("12", "-", True),
        ("12", "Karin Ek", False),
        ("12", "Ella Ek", True),
        ("12", "ella  ek", True),
        ("18", "", False),
        ("arton", "", False),
        ("tolvfotadansare", "", False),
        ("1984", "", False),
    ],
)
def test_a_child_in_a_picture_needs_a_guardians_yes(age: str, guardian: str, *, blocked: bool) -> None:
    shown = photo("Ella Ek", consent=replace(YES, guardian=guardian))
    item = item_with(people=(person("Ella Ek", facts={"ålder": age}),), pictures=(shown,))

    assert blocks(item, "S135") is blocked


@pytest.mark.parametrize(
    ("born", "child"),
    [
        ("2014", True),
        ("2009", True),
        ("2008", False),
        ("2008-11-11", True),
        ("2008-11-10", False),
        ("i Sunne 2012", True),
        ("i Sunne", False),
        ("2012-02-30", True),
    ],
)
def test_the_year_or_day_of_birth_tells_who_is_a_child_on_the_items_day(born: str, *, child: bool) -> None:
    item = item_with(
        people=(person("Ella Ek", facts={"Född": born}),), pictures=(photo("ella ek", consent=YES),)
    )

    assert blocks(item, "S135") is child


@pytest.mark.parametrize(
    ("day", "child"), [(date(2026, 1, 15), True), (date(2026, 2, 28), True), (date(2026, 3, 1), False)]
)
def test_who_was_born_on_29_february_comes_of_age_on_1_march(day: date, *, child: bool) -> None:
    item = item_with(
        people=(person("Ella Ek", facts={"född": "2008-02-29"}),),
        pictures=(photo("Ella Ek", consent=YES),),
        publish_from=day,
    )

    assert blocks(item, "S135") is child


def test_people_whose_age_the_file_does_not_say_are_not_taken_for_children() -> None:
    named = (person("Ella Ek", facts={"klubb": "9"}),)

    assert found(item_with(people=named, pictures=(photo("Ella Ek", "Lill-Ola"),)), "S135") == []


# How each is shown


def test_a_picture_from_a_bank_is_found() -> None:
    assert len(found(item_with(pictures=(picture(stock=True),)), "S131")) == 1
    assert found(item_with(pictures=(picture(),)), "S131") == []


def test_a_picture_of_people_says_how_they_are_shown() -> None:
    item = item_with(pictures=(photo("Karin Ek", activity=None, angle=None),))

    assert messages(item, "S136") == ["Det står inte hur bilden visar människor: activity, angle saknas."]
    assert found(item_with(pictures=(photo("Karin Ek"), picture())), "S136") == []


@pytest.mark.parametrize(
    ("setting", "role", "count"),
    [(Setting.HOME, "snickare", 1), (Setting.WORK, "snickare", 0), (Setting.HOME, "", 0)],
)
def test_who_is_there_for_their_work_is_not_shown_at_home(setting: Setting, role: str, count: int) -> None:
    named = (person("Karin Ek", role=role, organisation="Kitt och Båge"),)
    item = item_with(people=named, pictures=(photo("Karin Ek", "Ola Berg", setting=setting),))

    assert len(found(item, "S137")) == count


@pytest.mark.parametrize(
    ("taken_on", "last_reviewed", "count"),
    [
        (date(2021, 11, 10), None, 1),
        (date(2021, 11, 11), None, 0),
        (date(2019, 5, 1), date(2026, 1, 1), 0),
        (date(2019, 5, 1), date(2024, 11, 10), 1),
        (None, None, 0),
    ],
    ids=["five years", "a day less", "looked at", "looked at long ago", "nothing said"],
)
def test_a_picture_is_old_until_somebody_has_looked_at_it(
    taken_on: date | None, last_reviewed: date | None, count: int
) -> None:
    old = replace(picture(), taken_on=taken_on, last_reviewed=last_reviewed)

    assert len(found(item_with(pictures=(old,)), "S141")) == count


@pytest.mark.parametrize(
    ("alt", "count"),
    [
        ("En person i kostym sträcker armarna mot himlen på en bergstopp.", 1),
        ("En bergstopp i kvällsljus.", 0),
        ("Ordföranden i kostym inviger leden.", 0),
        ("Två i folkdräkt på Tossebergsklätten.", 0),
        (None, 0),
    ],
)
def test_a_suit_on_a_mountain_is_noticed(alt: str | None, count: int) -> None:
    assert len(found(item_with(pictures=(picture(alt),)), "S143")) == count


# Over an issue


KARIN, ELSA = person("Karin Ek", gender="kvinna"), person("Elsa Ek", gender="Kvinna")
OLA, NILS = person("Ola Berg", gender="man"), person("Nils Berg", gender="man")


def seen(*pictures: Picture, people: tuple[Person, ...] = (KARIN, ELSA, OLA, NILS)) -> list[tuple[str, str]]:
    """Code and message of what is found over an issue of one item with these pictures."""
    item = item_with(people=people, pictures=pictures)
    return [(one.code, str(one.message)) for one in check_issue("numret", [item], context=CONTEXT)]


def test_one_gender_from_above_and_another_not_is_noticed() -> None:
    above = [photo(name, angle=Angle.ABOVE) for name in ("Karin Ek", "Elsa Ek")]
    level = [photo(name) for name in ("Ola Berg", "Nils Berg")]

    assert seen(*above, *level) == [
        (
            "S138",
            (
                "I numret visas de som har angett kön ”kvinna” uppifrån i 2 av 2 bilder. "
                "För ”man” är det 0 av 2."
            ),
        )
    ]


def test_one_gender_from_below_and_another_not_is_noticed() -> None:
    below = [photo(name, angle=Angle.BELOW) for name in ("Ola Berg", "Nils Berg")]
    level = [photo(name) for name in ("Karin Ek", "Elsa Ek")]

    assert [code for code, _ in seen(*below, *level)] == ["S138"]


def test_one_gender_that_is_only_looked_at_is_noticed_where_it_stands() -> None:
    still = [photo("Karin Ek", activity=Activity.PASSIVE, line=20 + number) for number in range(2)]
    item = item_with(people=(KARIN, OLA), pictures=(photo("Ola Berg"), photo("Ola Berg"), *still))

    (problem,) = check_issue("numret", [item], context=CONTEXT)

    assert (problem.code, problem.location.line, problem.severity) == ("S139", 20, Severity.NOTICE)


def test_one_gender_that_always_stands_behind_is_noticed() -> None:
    behind = photo(
        "Karin Ek", "Ola Berg", placement={"Karin Ek": Placement.BACK, "Ola Berg": Placement.FRONT}
    )

    assert [code for code, _ in seen(behind, behind)] == ["S140"]


def test_the_pictures_of_all_items_of_an_issue_are_weighed_together() -> None:
    first = item_with(people=(KARIN,), pictures=(photo("Karin Ek", angle=Angle.ABOVE),) * 2)
    second = item_with(people=(OLA,), pictures=(photo("Ola Berg"),) * 2, path="content/items/två.md")

    assert [one.code for one in check_issue("numret", [first, second], context=CONTEXT)] == ["S138"]
    assert [one.code for item in (first, second) for one in check_item(item, context=CONTEXT)] == []


@pytest.mark.parametrize(
    "pictures",
    [
        [photo("Karin Ek", angle=Angle.ABOVE), photo("Ola Berg"), photo("Nils Berg")],
        [photo("Karin Ek", angle=Angle.ABOVE), photo("Elsa Ek"), photo("Ola Berg"), photo("Nils Berg")],
        [photo("Karin Ek", "Ola Berg", angle=Angle.ABOVE)] * 2,
        [photo("Karin Ek", angle=Angle.ABOVE)] * 2 + [photo("Ola Berg", angle=None)] * 2,
        [photo("Karin Ek", angle=Angle.ABOVE)] * 2 + [photo("Okänd Ek")] * 2,
        [photo("Karin Ek", placement={"Karin Ek": Placement.BACK}), photo("Ola Berg")] * 2,
        [],
    ],
    ids=["too few", "half", "both in one", "not said", "gender unknown", "placed alone", "none"],
)
def test_a_difference_that_is_small_or_unknown_is_left_alone(pictures: list[Picture]) -> None:
    assert seen(*pictures) == []
