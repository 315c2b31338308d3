"""People and pictures of the front matter are read with all that is said of them; each fault at its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from comms.model.audience import Audiences
from comms.model.item import Activity, Angle, Consent, Fit, Item, Placement, Setting
from tests.unit.content.desk import GOOD, KNOWN, PATH, broken, good, hints, loaded, said, written

PLACES = replace(KNOWN, newsletters=["kommunbrevet"])


def with_picture(root: Path, more: str = "") -> str:
    """A good item with a picture that is there, and more said of it."""
    folder = root / "content" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 4)).save(folder / "brygga.png")
    return written(
        images=f"\n  - file: pictures/brygga.png\n    alt: Folk vid en brygga.\n{more}".rstrip("\n")
    )


def consent_in(root: Path, consent: str) -> Consent | None:
    """The consent of a picture, as read."""
    return good(root, with_picture(root, f"    consent: {consent}\n"), PLACES).pictures[0].consent


# People


def test_all_that_is_said_of_a_person_is_read(tmp_path: Path) -> None:
    row = (
        "{name: Siv Ek, role: snickare, organisation: Laget, municipality: sunne, sector: nonprofit,"
        " pronoun: hen, gender: icke-binär, quoted: ja, speaker: true, facts: {ålder: 42, familj: tre barn}}"
    )

    (siv,) = good(tmp_path, written(people=f"[{row}]")).people

    assert (siv.name, siv.role, siv.organisation) == ("Siv Ek", "snickare", "Laget")
    assert (siv.municipality, siv.sector) == ("sunne", "nonprofit")
    assert (siv.pronoun, siv.gender) == ("hen", "icke-binär")
    assert (siv.quoted, siv.speaker) == (True, True)
    assert siv.facts == {"ålder": "42", "familj": "tre barn"}


def test_what_is_not_said_of_a_person_is_unknown(tmp_path: Path) -> None:
    (siv,) = good(tmp_path, written(people="[{name: Siv Ek, quoted: }]")).people

    assert (siv.pronoun, siv.gender, siv.municipality, siv.sector) == ("", "", "", "")
    assert (siv.quoted, siv.speaker, siv.facts) == (None, False, {})


def test_a_no_is_something_else_than_nothing(tmp_path: Path) -> None:
    assert good(tmp_path, written(people="[{name: Siv Ek, quoted: nej}]")).people[0].quoted is False


def test_no_municipality_is_called_unknown_when_none_could_be_read(tmp_path: Path) -> None:
    known = replace(KNOWN, audiences=Audiences({}, {}, ()))

    assert (
        good(tmp_path, written(people="[{name: Siv, municipality: x}]"), known).people[0].municipality == "x"
    )


# Pictures


def test_all_that_is_said_of_a_picture_is_read(tmp_path: Path) -> None:
    more = (
        "    people: [Siv Ek, Ola Berg]\n    setting: work\n    activity: active\n    angle: level\n"
        "    placement: {Siv Ek: front, Ola Berg: back}\n"
        "    taken_on: 2026-11-02\n    last_reviewed: 2026-11-20\n"
    )

    (picture,) = good(tmp_path, with_picture(tmp_path, more)).pictures

    assert picture.people == ("Siv Ek", "Ola Berg")
    assert (picture.setting, picture.activity, picture.angle) == (Setting.WORK, Activity.ACTIVE, Angle.LEVEL)
    assert picture.placement == {"Siv Ek": Placement.FRONT, "Ola Berg": Placement.BACK}
    assert (picture.taken_on, picture.last_reviewed) == (date(2026, 11, 2), date(2026, 11, 20))


def test_what_is_not_said_of_a_picture_is_unknown(tmp_path: Path) -> None:
    (picture,) = good(tmp_path, with_picture(tmp_path)).pictures

    assert (picture.setting, picture.activity, picture.angle, picture.consent) == (None,) * 4
    assert (picture.placement, picture.taken_on, picture.last_reviewed) == ({}, None, None)


@pytest.mark.parametrize(
    ("written_out", "focal"),
    [("[30, 40]", (0.3, 0.4)), ("[0, 100]", (0, 1)), ('["12.5 %", 7]', (0.125, 0.07))],
)
def test_what_matters_most_in_a_picture_is_read_as_shares(
    tmp_path: Path, written_out: str, focal: tuple[float, float]
) -> None:
    (picture,) = good(tmp_path, with_picture(tmp_path, f"    focal: {written_out}\n    fit: pad\n")).pictures

    assert (picture.focal, picture.fit) == (focal, Fit.PAD)


def test_a_picture_of_which_nothing_is_said_is_cropped_around_its_middle(tmp_path: Path) -> None:
    (picture,) = good(tmp_path, with_picture(tmp_path, "    focal:\n    fit:\n")).pictures

    assert (picture.focal, picture.fit) == ((0.5, 0.5), Fit.CROP)


@pytest.mark.parametrize(
    "written_out",
    [
        "30",
        "[30]",
        "[30, 40, 50]",
        "[30, 101]",
        "[-1, 40]",
        "[30, mitten]",
        "[nan, 40]",
        "[1e1, 4]",
        "[[3], 4]",
        "{x: 3}",
    ],
)
def test_a_focal_point_that_is_none_is_shown_how_to_be_written(tmp_path: Path, written_out: str) -> None:
    _, problems = loaded(tmp_path, with_picture(tmp_path, f"    focal: {written_out}\n"))

    assert said(problems) == [f"{PATH}:10:12 C114 ”images[1].focal” ska vara två tal från 0 till 100."]
    assert hints(problems) == ["Skriv procent från vänster och procent uppifrån, till exempel [30, 40]."]


def test_a_fit_that_is_none_is_told_with_those_that_are(tmp_path: Path) -> None:
    _, problems = loaded(tmp_path, with_picture(tmp_path, "    fit: klipp\n"))

    assert said(problems) == [f"{PATH}:10:10 C115 ”klipp” är inte känt i ”images[1].fit”."]
    assert hints(problems) == ["Välj bland: crop, pad."]


def test_a_whole_consent_is_read(tmp_path: Path) -> None:
    written_out = (
        "{basis: ja på mötet, date: 2026-11-02, scope: [mastodon, kommunbrevet], expires: 2027-11-02,"
        " guardian: Ola Berg, withdrawn_on: 2026-11-24}"
    )

    assert consent_in(tmp_path, written_out) == Consent(
        basis="ja på mötet",
        given_on=date(2026, 11, 2),
        scope=("mastodon", "kommunbrevet"),
        expires=date(2027, 11, 2),
        guardian="Ola Berg",
        withdrawn_on=date(2026, 11, 24),
    )


def test_a_consent_needs_no_more_than_its_ground(tmp_path: Path) -> None:
    assert consent_in(tmp_path, "{basis: ja på mötet}") == Consent("ja på mötet")


def test_a_consent_without_a_value_is_no_consent(tmp_path: Path) -> None:
    assert consent_in(tmp_path, "") is None


def test_a_consent_written_as_text_is_shown_how_to_be_written(tmp_path: Path) -> None:
    _, problems = loaded(tmp_path, with_picture(tmp_path, "    consent: muntligt 2026-11-02\n"))

    assert said(problems) == [
        f"{PATH}:10:14 C114 ”images[1].consent” säger inte på vilken grund och från vilken dag."
    ]
    assert hints(problems) == [
        "Skriv till exempel consent: {basis: muntligt ja vid fotograferingen, date: 2026-11-12}."
    ]


def test_a_consent_may_name_the_spread_kit_and_the_archive(tmp_path: Path) -> None:
    consent = consent_in(tmp_path, "{basis: ja på mötet, scope: [kommunbrevet, spread-kit, archive]}")

    assert consent == Consent("ja på mötet", scope=("kommunbrevet", "spread-kit", "archive"))


def test_no_place_of_a_consent_is_called_unknown_when_the_newsletters_are(tmp_path: Path) -> None:
    text = with_picture(tmp_path, "    consent: {basis: ja, scope: [vadsomhelst]}\n")
    picture = good(tmp_path, text, KNOWN).pictures[0]

    assert picture.consent
    assert picture.consent.scope == ("vadsomhelst",)


@pytest.mark.parametrize(
    ("row", "alt"),
    [('    alt: ""', ""), ("    alt:", None), ("    stock: ja", None)],
    ids=["mere", "null", "none"],
)
def test_only_a_written_emptiness_says_that_a_picture_is_mere_decoration(
    tmp_path: Path, row: str, alt: str | None
) -> None:
    text = with_picture(tmp_path).replace("    alt: Folk vid en brygga.", row)

    assert good(tmp_path, text).pictures[0].alt == alt


def test_what_a_file_with_faults_tells_of_its_pictures_is_kept(tmp_path: Path) -> None:
    text = with_picture(tmp_path, "    consent: {basis: ja, withdrawn_on: 2026-11-24}\n")

    (picture,) = broken(tmp_path, text.replace("kind: story", "kind: saga")).pictures

    assert picture.consent == Consent("ja", withdrawn_on=date(2026, 11, 24))
    assert picture.sha256


# Faults


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        (
            "people",
            "[{name: x, municipality: sune}]",
            "7:34 C115 ”sune” är inte känt i ”people[1].municipality”.",
        ),
        ("people", "[{name: x, sector: ideell}]", "7:28 C115 ”ideell” är inte känt i ”people[1].sector”."),
        ("people", "[{name: x, quoted: kanske}]", "7:28 C114 ”people[1].quoted” ska vara ja eller nej."),
        (
            "people",
            "[{name: x, facts: gift}]",
            "7:27 C114 ”people[1].facts” ska bestå av ”nyckel: värde”, inte en text.",
        ),
        (
            "people",
            "[{name: x, facts: {barn: [1]}}]",
            "7:34 C114 ”people[1].facts.barn” ska vara en text, inte en lista.",
        ),
        ("people", "[{name: ' '}]", "7:17 C113 ”people[1].name” är tom."),
        ("images", "[{file: ''}]", "7:17 C113 ”images[1].file” är tom."),
        ("images", "[{alt: '  '}]", "7:16 C113 ”images[1].alt” är tom."),
        ("images", "[{people: ''}]", "7:19 C113 Ett värde i ”images[1].people” är tomt."),
        ("images", "[{people: [' ']}]", "7:20 C113 Ett värde i ”images[1].people” är tomt."),
        ("images", "[{consent: {basis: ''}}]", "7:28 C113 ”images[1].consent.basis” är tom."),
        (
            "images",
            "[{consent: {basis: '   ', scope: []}}]",
            "7:28 C113 ”images[1].consent.basis” är tom.",
        ),
        ("images", "[{setting: kontor}]", "7:20 C115 ”kontor” är inte känt i ”images[1].setting”."),
        ("images", "[{angle: up}]", "7:18 C115 ”up” är inte känt i ”images[1].angle”."),
        ("images", "[{activity: gör}]", "7:21 C115 ”gör” är inte känt i ”images[1].activity”."),
        ("images", "[{taken_on: 2026}]", "7:21 C114 ”2026” är inget datum i ”images[1].taken_on”."),
        (
            "images",
            "[{people: [Siv Ek], placement: {Siv: front}}]",
            "7:46 C115 ”Siv” står inte i bildens ”people”.",
        ),
        (
            "images",
            "[{people: [Siv], placement: {Siv: mitten}}]",
            "7:43 C115 ”mitten” är inte känt i ”images[1].placement.Siv”.",
        ),
        ("images", "[{consent: {date: 2026-11-02}}]", "7:20 C113 Nyckeln ”images[1].consent.basis” saknas."),
        (
            "images",
            "[{consent: {basis: ja, scope: [kommunbreven]}}]",
            "7:40 C115 ”kommunbreven” är inte känt i ”images[1].consent.scope”.",
        ),
        (
            "images",
            "[{consent: {basis: ja, expire: 2027-01-01}}]",
            "7:32 C112 Nyckeln ”images[1].consent.expire” finns inte.",
        ),
        (
            "images",
            "[{consent: [ja]}]",
            "7:20 C114 ”images[1].consent” ska bestå av ”nyckel: värde”, inte en lista.",
        ),
    ],
)
def test_a_fault_is_told_at_its_value(tmp_path: Path, key: str, value: str, expected: str) -> None:
    rows = [*(f"{name}: {row}" for name, row in GOOD.items()), f"{key}: {value}"]
    text = "\n".join(["---", *rows, "---", "Text.", ""])

    item, problems = loaded(tmp_path, text, known=PLACES)

    assert f"{PATH}:{expected}" in said(problems)
    assert not isinstance(item, Item)


def test_a_name_that_is_nearly_right_is_suggested(tmp_path: Path) -> None:
    more = (
        "    people: [Siv Ek]\n    placement: {Siv Eek: front}\n    consent: {basis: ja, scope: [mastodn]}\n"
    )
    _, problems = loaded(tmp_path, with_picture(tmp_path, more), known=PLACES)

    assert sorted(hints(problems)) == ["Menade du ”Siv Ek”?", "Menade du ”mastodon”?"]
