"""Link cards: the whole title in readable type within its margins, the picture cut to fit.

How they look is for people: docs and the preview show them. These tests hold what can be measured.
"""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageColor

from comms.content.cards import LINES, SIZE, fitted, link_card, readable
from comms.errors import ContentError
from comms.model.settings import Brand
from comms.text.colours import contrast
from tests.unit.content.test_pictures import ORIENTATION, encoded, like, two_coloured

BRAND = Brand(wordmark="Leader 7-sam Värmland", focus={"bygd": "#a3273b", "destination": "#2b6a8c"})
RED = "#a3273b"
TITLE = "Följ med på gränsmöte i Charlottenberg"
LONG_WORD = "Landsbygdsutvecklingsprogrammets"
LONG = f"{LONG_WORD} övervakningskommitté rekommenderar kommunerna att samordna informationsinsatserna " * 4
SIZES = (92, 70, 54, 46, 38)
NARROW = 532


def card(
    title: str = TITLE,
    *,
    label: str = "Inbjudan",
    place: str = "Eda",
    brand: Brand = BRAND,
    accent: str = RED,
    picture: bytes | None = None,
) -> Image.Image:
    """A card as a network opens it."""
    made = link_card(
        title=title,
        label=label,
        place=place,
        brand=brand,
        accent=accent,
        picture=picture,
        wordmark=brand.wordmark,
    )
    return Image.open(io.BytesIO(made))


def written_in(shown: Image.Image) -> tuple[int, int, int, int]:
    """The box around all that stands on the ground above the landscape, left of a picture's place."""
    part = shown.convert("RGB").crop((0, 0, 1200, 530))
    blank = Image.new("RGB", part.size, BRAND.ground)
    box = ImageChops.difference(part, blank).convert("L").point(lambda value: 255 * (value > 24)).getbbox()
    assert box is not None
    return box


def words(lines: tuple[str, ...]) -> str:
    return " ".join(lines)


# What a network gets


def test_a_card_is_as_large_as_networks_want_it_and_small_enough_for_all_of_them() -> None:
    plain, with_picture = card(), card(picture=encoded(two_coloured((600, 400))))

    assert (plain.format, plain.size) == ("PNG", SIZE)
    assert (with_picture.format, with_picture.size) == ("JPEG", SIZE)
    assert len(encoded(plain)) < 1_000_000  # Bluesky takes no more


@pytest.mark.parametrize("picture", [None, encoded(two_coloured((600, 400)), "JPEG")])
def test_the_same_card_is_the_same_bytes(picture: bytes | None) -> None:
    asked = {"title": TITLE, "label": "Inbjudan", "place": "Eda", "accent": RED, "wordmark": "Leader"}
    assert link_card(brand=BRAND, picture=picture, **asked) == link_card(
        brand=BRAND, picture=picture, **asked
    )


@pytest.mark.parametrize("field", ["title", "label", "place"])
def test_what_is_said_is_drawn(field: str) -> None:
    other = {"title": "Öppet hus", "label": "Utlysning", "place": "Sunne"}[field]
    said = {"title": TITLE, "label": "Inbjudan", "place": "Eda"}
    assert card(**said).tobytes() != card(**(said | {field: other})).tobytes()  # type: ignore[arg-type]  # all texts


def test_a_card_without_a_title_has_the_wordmark_for_one() -> None:
    assert card("").tobytes() == card(BRAND.wordmark).tobytes()
    assert card("🌲🌲").tobytes() == card(BRAND.wordmark).tobytes()


# Text


@pytest.mark.parametrize("title", ["Hej", TITLE, LONG, LONG_WORD * 4, "W" * 700])
def test_all_text_stands_within_its_margins(title: str) -> None:
    left, top, right, bottom = written_in(card(title))
    assert (left, bottom) >= (72, 0)
    assert top >= 50
    assert right <= 1200 - 70  # a letter may lean out by a px
    assert bottom <= 520

    picture = encoded(Image.new("RGB", (520, 630), BRAND.ground))
    assert written_in(card(title, picture=picture))[2] <= 664


def test_a_short_title_is_large_and_a_longer_one_smaller() -> None:
    assert fitted("Öppet hus", NARROW, SIZES).size == 92
    assert fitted("Nya spänger gör Glaskogen lättare att vandra i", NARROW, SIZES).size == 70


@pytest.mark.parametrize(
    "title", ["Öppet hus", TITLE, "Så söker ni stöd till smarta lösningar på landsbygden"]
)
def test_a_title_that_fits_in_four_lines_is_whole(title: str) -> None:
    lines = fitted(title, NARROW, SIZES)
    assert words(lines.texts) == title
    assert len(lines.texts) <= LINES


def test_a_title_that_fits_nowhere_ends_after_a_whole_word_and_says_so() -> None:
    lines = fitted(LONG.strip(), 1014, SIZES)
    shown = words(lines.texts)

    assert (lines.size, len(lines.texts)) == (38, LINES)
    assert shown.endswith(" …")
    assert LONG.startswith(shown.removesuffix("…"))


def test_an_ellipsis_that_has_no_room_stands_alone_rather_than_in_the_margin() -> None:
    wide = "mmmmmmmmmmmmmmmm"  # fills a line: nothing fits after it
    lines = fitted(f"Vi {wide} {wide} {wide} {wide}", NARROW, (36,))
    assert lines.texts == ("Vi", wide, wide, "…")


def test_a_card_without_a_wordmark_has_its_leaves_alone() -> None:
    bare = link_card(title="Hej", label="", place="", brand=BRAND, accent=RED, picture=None, wordmark="")
    assert Image.open(io.BytesIO(bare)).convert("RGB").crop((244, 440, 1200, 530)).getcolors(2) == [
        (956 * 90, ImageColor.getrgb(BRAND.ground))
    ]


def test_lines_are_about_as_long_as_each_other() -> None:
    room = 600  # in which "Boka en tid när kontoret" fits too, and leaves one word alone
    assert fitted("Boka en tid när kontoret öppnar", room, (46,)).texts == (
        "Boka en tid när",
        "kontoret öppnar",
    )


def test_a_word_that_is_too_wide_is_parted_where_swedish_joins_words() -> None:
    assert fitted(f"{LONG_WORD} möte", NARROW, (38,)).texts == ("Landsbygdsutvecklings-", "programmets möte")
    assert fitted("Torsby-Filipstad-Hagfors-Munkfors", NARROW, (38,)).texts == (
        "Torsby-Filipstad-Hagfors-",
        "Munkfors",
    )


def test_a_word_is_parted_as_seldom_as_can_be() -> None:
    lines = fitted("Landsbygdsutvecklingsprogrammet öppnar", NARROW, (64, 58, 54, 46, 42, 38))
    assert lines.texts == ("Landsbygdsutvecklings-", "programmet öppnar")


def test_a_dash_stays_with_the_word_before_it() -> None:
    assert card("Hej – på dig").tobytes() == card("Hej\u00a0– på dig").tobytes()
    assert card("Hej – " + "på dig " * 9).tobytes() == card("Hej\u00a0– " + "på dig " * 9).tobytes()


def test_a_word_without_a_joint_is_parted_all_the_same() -> None:
    texts = fitted("a" * 60, NARROW, (38,)).texts
    assert "".join(texts).replace("-", "") == "a" * 60
    assert all(text.endswith("-") for text in texts[:-1])


def test_a_word_is_not_parted_while_a_smaller_size_has_room_for_it() -> None:
    assert fitted("Landsbygdsprogrammet", NARROW, SIZES).texts == ("Landsbygdsprogrammet",)


def test_swedish_letters_and_typographic_signs_have_pictures_of_their_own() -> None:
    drawn = {sign: card(sign).tobytes() for sign in "åäöéÅÄÖÉ”’–…·½€"}
    assert len(set(drawn.values())) == len(drawn)
    assert card(BRAND.wordmark).tobytes() not in drawn.values()  # which stands for what cannot be drawn


@pytest.mark.parametrize(
    ("title", "same"),
    [
        ("Hej 🌲\ufe0f Torsby", "Hej Torsby"),
        ("Lands\u00adbygd", "Landsbygd"),
        ("Rad ett\r\n\trad två\x00", "Rad ett rad två"),
        ("Fo\u0308lj med", "Följ med"),
        ("EU\u2011stöd", "EU-stöd"),
        ("\u202eHej\u202c", "Hej"),
    ],
)
def test_what_cannot_be_drawn_leaves_no_box(title: str, same: str) -> None:
    assert card(title).tobytes() == card(same).tobytes()


def test_a_no_break_space_keeps_a_sum_together() -> None:
    (text,) = {text for text in fitted("Upp till 250\u00a0000 kronor", 330, (54,)).texts if "250" in text}
    assert "250\u00a0000" in text


# Colours


@given(*[st.from_regex("#[0-9a-f]{6}", fullmatch=True)] * 2)
def test_text_can_be_read_on_every_ground(ground: str, wish: str) -> None:
    assert contrast(readable(ground, wish), ground) >= 4.5


def test_a_wished_colour_that_can_be_read_is_kept() -> None:
    assert readable(BRAND.ground, RED, BRAND.heading) == RED
    assert readable(BRAND.ground, "#ffee88", BRAND.heading) == BRAND.heading


def test_the_ground_and_the_text_are_in_the_organisations_colours() -> None:
    dark = replace(BRAND, ground="#123456", heading="#ffeedd", mast="#665544")
    for brand in (BRAND, dark):
        shown = card(brand=brand).convert("RGB")
        assert shown.getpixel((2, 2)) == ImageColor.getrgb(brand.ground)
        colours = {colour for _, colour in shown.getcolors(1 << 20) or []}
        assert ImageColor.getrgb(brand.heading) in colours
        assert shown.getpixel((2, 627)) == ImageColor.getrgb(brand.mast)


def test_an_accent_that_cannot_be_read_is_not_used_for_text() -> None:
    pale = card(accent="#f0e0d0", brand=BRAND).convert("RGB")
    where = pale.crop((112, 50, 500, 160))
    colours = {colour for _, colour in where.getcolors(1 << 20) or []}
    assert ImageColor.getrgb(BRAND.heading) in colours
    assert ImageColor.getrgb("#f0e0d0") not in colours


# Pictures


def test_a_picture_is_cut_around_its_middle() -> None:
    shown = card(picture=encoded(two_coloured((1200, 630))))
    assert like(shown.getpixel((700, 300)), (200, 30, 30))
    assert like(shown.getpixel((1180, 300)), (30, 30, 200))


def test_a_picture_stands_as_the_camera_says() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 3
    shown = card(picture=encoded(two_coloured((1200, 630)), "JPEG", exif=exif))
    assert like(shown.getpixel((700, 300)), (30, 30, 200))


def test_what_a_picture_lets_through_is_the_ground() -> None:
    shown = card(picture=encoded(Image.new("RGBA", (600, 600), (0, 0, 0, 0))))
    assert like(shown.getpixel((900, 200)), ImageColor.getrgb(BRAND.ground))


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "I;16"])
def test_pictures_of_every_kind_are_drawn(mode: str) -> None:
    image = Image.new("I;16", (60, 40), 40_000) if mode == "I;16" else two_coloured((60, 40)).convert(mode)
    assert card(picture=encoded(image)).size == SIZE


def test_nothing_of_the_camera_follows_the_card_out() -> None:
    exif = Image.Exif()
    exif[0x010E] = "hemligt"
    shown = card(picture=encoded(two_coloured((600, 400)), "JPEG", exif=exif, comment=b"hemligt"))
    assert not shown.getexif()
    assert b"hemligt" not in encoded(shown, "JPEG")
    assert "comment" not in shown.info


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\nrubbish"])
def test_a_broken_picture_is_refused_with_the_title_of_its_card(content: bytes) -> None:
    with pytest.raises(ContentError, match="gränsmöte"):
        card(picture=content)


@hypothesis_settings(max_examples=15, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_a_card(title: str, label: str, place: str) -> None:
    assert card(title, label=label, place=place).size == SIZE
