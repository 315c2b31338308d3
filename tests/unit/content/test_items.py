"""Items are read with every tag, and what has a fault keeps as much of its place as is certain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from comms.errors import Problem
from comms.model.audience import Audiences
from comms.model.item import Item, ItemKind
from comms.model.strategy import FocusArea, Strategy
from tests.unit.content.desk import GOOD, KNOWN, PATH, STOCKHOLM, broken, good, hints, loaded, said, written


def problems_of(root: Path, text: str) -> list[Problem]:
    """What is said of an item."""
    return loaded(root, text)[1]


# A whole item


def test_the_least_item_has_sensible_values_for_all_else(tmp_path: Path) -> None:
    item = good(tmp_path, written())

    assert (item.slug, item.path, item.kind) == ("bryggan", PATH, ItemKind.STORY)
    assert (item.focus, item.audiences, item.municipalities) == (("stark-bygd",), ("public",), ())
    assert (item.dated_on, item.publish_from, item.publish_until) == (
        date(2026, 11, 20),
        date(2026, 11, 20),
        None,
    )
    assert (item.language, item.link, item.summary, item.leads) == ("sv", "", "", {})
    assert (item.event, item.call, item.project) == (None, None, None)
    assert (item.people, item.pictures, item.posts) == ((), (), ())
    assert item.body.blocks[0].plain() == "Nu är bryggan klar."
    assert item.body.blocks[0].line == 8
    assert item.lines["audiences"] == 5


@pytest.mark.parametrize(("written_as", "up"), [("", None), ("ja", True), ("nej", False)])
def test_a_poster_without_a_value_is_neither_up_nor_down(
    tmp_path: Path, written_as: str, *, up: bool | None
) -> None:
    project = good(tmp_path, written(project=f"{{name: Bryggan, poster: {written_as}}}")).project

    assert project is not None
    assert project.poster is up


def test_a_full_item_is_read_whole(tmp_path: Path) -> None:
    item = good(
        tmp_path,
        written(
            body="\n::: for public\nVälkommen.\n:::\n",
            goals="[mal-1, mal-2]",
            activities="[motesplatser-och-forum]",
            indicators="[natverk]",
            municipalities="[sunne, torsby]",
            publish="{from: 2026-11-25, until: 2027-02-28}",
            language="en",
            link="https://leader.example/bryggan?a=1#b",
            summary="Kort.",
            event="{start: 2026-12-09 18:00, end: 2026-12-09 20:00, place: Sunne, access: Ramp, online: x}",
            call="{opens: 2026-12-01, closes: 2027-01-31, total_sek: 1 000 000, who: Alla, objective: Mer}",
            project="{name: Bryggan, applicant: Laget, support_sek: 195000, eu_funded: ja, period: '2026'}",
            people="[{name: Siv, role: ordförande, organisation: Laget, pronoun: hen}]",
            leads="{public: Till dig.}",
            posts="{mastodon: {text: Hej, at: 2026-12-01 12:00}, facebook: {text: Hallå}}",
        ),
    )

    assert item.goals == ("mal-1", "mal-2")
    assert (item.activities, item.indicators) == (("motesplatser-och-forum",), ("natverk",))
    assert item.municipalities == ("sunne", "torsby")
    assert (item.publish_from, item.publish_until) == (date(2026, 11, 25), date(2027, 2, 28))
    assert (item.language, item.link) == ("en", "https://leader.example/bryggan?a=1#b")
    assert item.event is not None
    assert item.event.start == datetime(2026, 12, 9, 18, tzinfo=STOCKHOLM)
    assert item.event.end == datetime(2026, 12, 9, 20, tzinfo=STOCKHOLM)
    assert (item.event.place, item.event.access, item.event.online) == ("Sunne", "Ramp", "x")
    assert item.call is not None
    assert (item.call.opens, item.call.closes) == (date(2026, 12, 1), date(2027, 1, 31))
    assert (item.call.total_sek, item.call.who, item.call.objective) == (1_000_000, "Alla", "Mer")
    assert item.project is not None
    assert (item.project.name, item.project.applicant, item.project.period) == ("Bryggan", "Laget", "2026")
    assert (item.project.support_sek, item.project.eu_funded) == (195_000, True)
    assert [(p.name, p.role, p.organisation, p.pronoun) for p in item.people] == [
        ("Siv", "ordförande", "Laget", "hen")
    ]
    assert item.leads == {"public": "Till dig."}
    assert [(post.channel, post.text) for post in item.posts] == [("mastodon", "Hej"), ("facebook", "Hallå")]
    assert item.posts[0].at == datetime(2026, 12, 1, 12, tzinfo=STOCKHOLM)
    assert item.posts[1].at is None


def test_an_item_without_publish_is_current_from_its_date(tmp_path: Path) -> None:
    assert good(tmp_path, written(publish="{until: 2027-01-01}")).publish_from == date(2026, 11, 20)


def test_the_same_item_with_windows_line_ends_reads_the_same(tmp_path: Path) -> None:
    item = good(tmp_path, written())
    windows, problems = loaded(tmp_path, written().replace("\n", "\r\n"))

    assert isinstance(windows, Item)
    assert [one.code for one in problems] == ["C103"]
    assert replace(windows, sha256="") == replace(item, sha256="")


# Faults


@pytest.mark.parametrize("key", list(GOOD))
def test_a_required_key_cannot_be_left_out(tmp_path: Path, key: str) -> None:
    found = problems_of(tmp_path, written(**{key: ""}))

    assert said(found) == [f"{PATH}:2:1 C113 Nyckeln ”{key}” saknas."]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("kind", "nyhet", "7:7 C115 ”nyhet” är inte känt i ”kind”."),
        ("focus", "[bygd]", "7:9 C115 ”bygd” är inte känt i ”focus”."),
        ("goals", "[mal-9]", "7:9 C115 ”mal-9” är inte känt i ”goals”."),
        ("activities", "[erfarenhetsutbyten]", "7:14 C115 ”erfarenhetsutbyten” är inte känt i ”activities”."),
        ("indicators", "[bad]", "7:14 C115 ”bad” är inte känt i ”indicators”."),
        ("audiences", "[alla]", "7:13 C115 ”alla” är inte känt i ”audiences”."),
        ("municipalities", "[falun]", "7:18 C115 ”falun” är inte känt i ”municipalities”."),
        ("language", "la", "7:11 C115 ”la” är inte känt i ”language”."),
        ("link", "leader.example", "7:7 C114 ”leader.example” är ingen webbadress."),
        ("link", "javascript:alert(1)", "7:7 C114 ”javascript:alert(1)” är ingen webbadress."),
        ("link", '"https://a.example/ b"', "7:7 C114 ”https://a.example/ b” är ingen webbadress."),
        ("publish", "{form: 2026-11-20}", "7:11 C112 Nyckeln ”publish.form” finns inte."),
        ("event", "{place: Sunne}", "7:8 C113 Nyckeln ”event.start” saknas."),
        ("call", "{opens: 2026-12-01}", "7:7 C113 Nyckeln ”call.closes” saknas."),
        ("project", "{applicant: Laget}", "7:10 C113 Nyckeln ”project.name” saknas."),
        ("title", '""', "7:8 C113 ”title” är tom."),
        ("title", '" "', "7:8 C113 ”title” är tom."),
        ("project", "{name: ''}", "7:17 C113 ”project.name” är tom."),
        ("date", "0001-01-01", "7:7 C114 ”0001-01-01” är inget datum i ”date”."),
        ("event", "{start: 9999-12-31 23:59}", "7:16 C114 ”9999-12-31 23:59” är ingen tid i ”event.start”."),
        ("people", "[{role: x}]", "7:10 C113 Nyckeln ”people[1].name” saknas."),
        ("people", "[{name: x, age: 3}]", "7:20 C112 Nyckeln ”people[1].age” finns inte."),
        ("leads", "{publik: x}", "7:9 C112 Nyckeln ”leads.publik” finns inte."),
        ("posts", "{twitter: {text: x}}", "7:9 C112 Nyckeln ”posts.twitter” finns inte."),
        (
            "posts",
            "{mastodon: hej}",
            "7:19 C114 ”posts.mastodon” ska bestå av ”nyckel: värde”, inte en text.",
        ),
        ("posts", "{mastodon: {txt: x}}", "7:20 C112 Nyckeln ”posts.mastodon.txt” finns inte."),
    ],
)
def test_a_fault_in_a_tag_is_told_at_its_value(tmp_path: Path, key: str, value: str, expected: str) -> None:
    text = _with_last(key, value)

    assert said(problems_of(tmp_path, text)) == [f"{PATH}:{expected}"]


def _with_last(key: str, value: str) -> str:
    """A good item in which `key` stands on line 7."""
    rows = [f"{name}: {row}" for name, row in GOOD.items() if name != key]
    rows += ["summary: Kort."] * (5 - len(rows))
    return "\n".join(["---", *rows, f"{key}: {value}", "---", "Text.", ""])


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = written(
        body="Text.\n\n::: for publick\nx\n:::\n\n:::\n",
        title="[a]",
        kind="nyhet",
        goals="[mal-9]",
        images="[{file: pictures/borta.png, alt: x}]",
        viktigt="ja",
    )

    assert [f"{one.location.line} {one.code}" for one in sorted(problems_of(tmp_path, text), key=_place)] == [
        "2 C114",
        "3 C115",
        "7 C115",
        "8 C120",
        "9 C112",
        "13 C115",
        "17 C123",
    ]


def _place(found: Problem) -> int:
    return found.location.line


def test_the_body_is_read_even_when_the_front_matter_cannot_be(tmp_path: Path) -> None:
    text = written(body="Text.\n\n:::\n", title="a: b: c")

    assert [one.code for one in problems_of(tmp_path, text)] == ["C111", "C123"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Filen börjar inte med uppgifter mellan två rader ”---”."),
        ("Bara text.\n", "Filen börjar inte med uppgifter mellan två rader ”---”."),
        ("\n---\ntitle: x\n---\n", "Filen börjar inte med uppgifter mellan två rader ”---”."),
        ("---\ntitle: x\nText.\n", "Uppgifterna överst avslutas inte med en rad ”---”."),
    ],
)
def test_a_file_without_whole_front_matter_is_told(tmp_path: Path, text: str, message: str) -> None:
    assert said(problems_of(tmp_path, text)) == [f"{PATH}:1:1 C110 {message}"]


def test_an_empty_front_matter_lacks_every_required_key(tmp_path: Path) -> None:
    found = problems_of(tmp_path, "---\n---\nText.\n")

    assert {one.code for one in found} == {"C113"}
    assert len(found) == len(GOOD)


def test_lines_of_three_hyphens_in_the_body_are_rules(tmp_path: Path) -> None:
    item = good(tmp_path, written(body="Ett.\n\n---\n\nTvå.\n"))

    assert len(item.body.blocks) == 3


@pytest.mark.parametrize(
    "name",
    ["Bryggan", "bryggan är klar", "brygg_an", "-bryggan", "bryggan-", "brygg--an", "a" * 81, "brygga\u030a"],
)
def test_a_file_name_that_cannot_be_an_address_is_told(tmp_path: Path, name: str) -> None:
    path = f"content/items/{name}.md"
    _, problems = loaded(tmp_path, written(), path)

    assert said(problems) == [f"{path} C117 Filnamnet ”{name}” går inte att använda i en webbadress."]


@pytest.mark.parametrize("name", ["a", "a" * 80, "2026-bryggan", "tre-projekt-fick-ja"])
def test_a_file_name_of_letters_digits_and_hyphens_is_good(tmp_path: Path, name: str) -> None:
    assert loaded(tmp_path, written(), f"content/items/{name}.md")[1] == []


# Vocabularies that could not be read


def test_no_word_is_called_unknown_when_its_file_could_not_be_read(tmp_path: Path) -> None:
    known = replace(KNOWN, strategy=Strategy("", {}, {}, {}), audiences=Audiences({}, {}, ()))
    text = written(
        body="::: for vem-som-helst\nx\n:::\n",
        focus="[x]",
        goals="[x]",
        activities="[x]",
        indicators="[x]",
        audiences="[x]",
        municipalities="[x]",
        leads="{x: Till x.}",
    )

    assert good(tmp_path, text, known).leads == {"x": "Till x."}


def test_activities_are_not_called_unknown_when_those_of_an_area_could_not_be_read(tmp_path: Path) -> None:
    areas = {**KNOWN.strategy.focus_areas, "stark-bygd": FocusArea("stark-bygd", "X", "X", {}, ())}
    known = replace(KNOWN, strategy=replace(KNOWN.strategy, focus_areas=areas))

    assert good(tmp_path, written(activities="[motesplatser-och-forum]"), known).activities


def test_activities_of_any_area_will_do_when_the_focus_could_not_be_read(tmp_path: Path) -> None:
    text = written(focus="[x]", activities="[erfarenhetsutbyten]")

    assert [one.code for one in problems_of(tmp_path, text)] == ["C115"]


# What is kept of a broken item


def test_a_broken_item_keeps_where_it_belongs(tmp_path: Path) -> None:
    item = broken(tmp_path, written(title="", municipalities="[sunne]", publish="{until: 2027-01-01}"))

    assert (item.slug, item.path) == ("bryggan", PATH)
    assert (item.audiences, item.municipalities) == (("public",), ("sunne",))
    assert (item.publish_from, item.publish_until) == (date(2026, 11, 20), date(2027, 1, 1))


def test_a_broken_item_without_municipalities_concerns_the_whole_area(tmp_path: Path) -> None:
    assert broken(tmp_path, written(title="")).municipalities == ()


@pytest.mark.parametrize(
    "text",
    [
        written(title="a: b: c"),
        "Bara text.\n",
        written().encode("utf-16"),
        written(title="Å").encode("cp1252"),
    ],
)
def test_a_file_that_cannot_be_read_may_belong_anywhere(tmp_path: Path, text: str | bytes) -> None:
    item = broken(tmp_path, text)

    assert (item.audiences, item.municipalities, item.publish_from, item.publish_until) == (None,) * 4
    assert item.is_for("partnership", "torsby")


@pytest.mark.parametrize(
    "audiences",
    ["[public, publik]", "\n  - public\n  - publik", "\n  - public\n  - public", "{public: ja}", ""],
)
def test_an_audience_that_could_not_be_read_may_be_any(tmp_path: Path, audiences: str) -> None:
    assert broken(tmp_path, written(audiences=audiences)).audiences is None


def test_audiences_that_stand_twice_may_be_any(tmp_path: Path) -> None:
    text = written().replace("date:", "audiences: [partnership]\ndate:")

    assert broken(tmp_path, text).audiences is None


@pytest.mark.parametrize("municipalities", ["[sunne, sune]", "\n  - sunne\n  - sune"])
def test_a_municipality_that_could_not_be_read_may_be_any(tmp_path: Path, municipalities: str) -> None:
    item = broken(tmp_path, written(municipalities=municipalities))

    assert item.municipalities is None
    assert item.is_for("public", "torsby")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"publish": "{from: 1 december, until: 2027-01-01}"}, (None, None)),
        ({"publish": "\n  from: 2026-11-20\n  until: nyår"}, (None, None)),
        ({"publish": "2026-11-20"}, (None, None)),
        ({"date": "i går", "publish": "{until: 2027-01-01}"}, (None, date(2027, 1, 1))),
        ({"title": "", "publish": "{from: 2026-12-01}"}, (date(2026, 12, 1), None)),
    ],
)
def test_a_day_that_could_not_be_read_may_be_any(
    tmp_path: Path, changes: dict[str, str], expected: tuple[date | None, date | None]
) -> None:
    item = broken(tmp_path, written(**changes))

    assert (item.publish_from, item.publish_until) == expected


def test_a_fault_in_the_body_takes_nothing_from_the_last_key(tmp_path: Path) -> None:
    rows = {"date": "", "audiences": ""}
    text = written(body=":::\n", **rows).replace(
        "---\n:::", "date: 2026-11-20\naudiences: [public]\n---\n:::"
    )

    assert broken(tmp_path, text).audiences == ("public",)


def test_hints_tell_what_to_do(tmp_path: Path) -> None:
    found = problems_of(tmp_path, written(link="x", audiences="[publik]"))

    assert hints(found) == [
        "Menade du ”public”?",
        "Skriv hela adressen, till exempel https://leader7-sam.example/nyhet.",
    ]
