"""Pictures are looked at when loaded, and go out turned, small and with nothing hidden in them."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from comms.content.files import sha256
from comms.content.pictures import LETTER_WIDTH, prepared, read_picture
from comms.errors import ContentError, Location, Problem
from comms.model.item import Picture
from tests.unit.content.desk import hints, said

PLACE = Location("content/items/a.md", 9, 11)
PICTURE = Picture("content/pictures/a.png", "Alt.", "", "", (), None, stock=False, line=9)
RED, BLUE = (200, 30, 30), (30, 30, 200)
ORIENTATION, GPS, DESCRIPTION = 0x0112, 0x8825, 0x010E


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of a picture."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def two_coloured(size: tuple[int, int] = (40, 20), mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def seen(content: bytes) -> Image.Image:
    """The picture as a reader's program opens it."""
    return Image.open(io.BytesIO(content))


def like(found: object, wanted: tuple[int, ...]) -> bool:
    """Whether a pixel is the wanted colour, as near as JPEG keeps it."""
    assert isinstance(found, tuple)
    return all(abs(int(one) - other) < 25 for one, other in zip(found, wanted, strict=False))


def look(root: Path, content: bytes | None, path: str = PICTURE.path) -> tuple[Picture, list[Problem]]:
    """Write a picture, if any, and look at it."""
    (root / "content" / "pictures").mkdir(parents=True, exist_ok=True)
    if content is not None:
        (root / path).write_bytes(content)
    return read_picture(root, replace(PICTURE, path=path), PLACE)


# Looking


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_whole_picture_gets_its_hash_and_size(tmp_path: Path, kind: str) -> None:
    content = encoded(two_coloured(), kind)

    picture, problems = look(tmp_path, content)

    assert problems == []
    assert (picture.width, picture.height, picture.sha256) == (40, 20, sha256(content))


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (40, 20)), (3, (40, 20)), (6, (20, 40)), (8, (20, 40))]
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_pictures_size_is_as_it_is_seen_however_the_camera_was_held(
    tmp_path: Path, kind: str, orientation: int, size: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation

    picture, _ = look(tmp_path, encoded(two_coloured(), kind, exif=exif))

    assert (picture.width, picture.height) == size


def test_exif_that_is_corrupt_says_nothing(tmp_path: Path) -> None:
    for kind in ("JPEG", "PNG"):
        content = encoded(two_coloured(), kind, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x05\x01\x12")
        picture, problems = look(tmp_path, content)

        assert (problems, picture.width) == ([], 40)
        assert prepared(content, "a")[0] == f"image/{kind.lower()}"


def test_a_picture_that_is_changed_is_looked_at_again(tmp_path: Path) -> None:
    first, _ = look(tmp_path, encoded(two_coloured()))
    second, _ = look(tmp_path, encoded(two_coloured((60, 30))))

    assert (first.width, second.width) == (40, 60)
    assert first.sha256 != second.sha256


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("content/pictures/b.png", "Menade du ”pictures/a.png”?"),
        ("content/pictures/a.jpg", "Menade du ”pictures/a.png”?"),
        ("content/foto/sommarbild-2025.jpg", "Kontrollera namnet, eller lägg bilden i content."),
    ],
)
def test_a_missing_picture_is_told_with_the_nearest_name(tmp_path: Path, name: str, hint: str) -> None:
    look(tmp_path, encoded(two_coloured()))
    picture, problems = look(tmp_path, None, name)

    assert picture.sha256 == ""
    assert said(problems) == [f"{PLACE} C120 Bilden ”{name.removeprefix('content/')}” finns inte."]
    assert hints(problems) == [hint]


def test_a_name_with_loose_accents_on_disk_is_explained(tmp_path: Path) -> None:
    look(tmp_path, encoded(two_coloured()), "content/pictures/a\u030a.png")
    _, problems = look(tmp_path, None, "content/pictures/å.png")

    assert hints(problems) == [
        "Döp om bildfilen utan å, ä och ö: namnet har löst accenttecken (NFD), vanligt från Mac."
    ]


@pytest.mark.parametrize(
    "path", ["content/../hemligt.png", "content//etc/passwd", "content/..\\x.png", "content/a\x00"]
)
def test_a_path_out_of_content_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "hemligt.png").write_bytes(encoded(two_coloured()))
    picture, problems = look(tmp_path, None, path)

    assert picture.sha256 == ""
    assert problems[0].code in {"C119", "C120"}


@pytest.mark.parametrize("target", ["../../hemligt.png", "../../../utanfor.png"])
def test_a_link_out_of_content_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "hemligt.png").write_bytes(encoded(two_coloured()))
    (tmp_path / "content" / "pictures").mkdir(parents=True)
    (tmp_path / PICTURE.path).symlink_to(target)

    picture, problems = read_picture(tmp_path, PICTURE, PLACE)

    assert picture.sha256 == ""
    assert said(problems) == [
        f"{PLACE} C119 Bilden ”pictures/a.png” är en länk som pekar ut ur mappen content."
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Ingen bild.",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
    ],
)
def test_what_is_neither_jpeg_nor_png_is_told(tmp_path: Path, content: bytes) -> None:
    _, problems = look(tmp_path, content)

    assert said(problems) == [f"{PLACE} C121 Bilden ”a.png” är trasig, eller varken JPEG eller PNG."]
    assert hints(problems) == ["Spara bilden på nytt som JPEG eller PNG."]


def test_a_format_that_pillow_knows_is_refused_all_the_same(tmp_path: Path) -> None:
    _, problems = look(tmp_path, encoded(two_coloured(), "TIFF"))

    assert [one.code for one in problems] == ["C121"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_that_is_cut_off_is_told(tmp_path: Path, kind: str) -> None:
    noise = Image.effect_noise((64, 64), 90)
    content = encoded(noise.convert("RGB"), kind)

    _, problems = look(tmp_path, content[: len(content) // 2])

    assert said(problems) == [f"{PLACE} C121 Bilden ”a.png” är trasig."]


def test_a_picture_whose_pixels_would_fill_the_memory_is_told(tmp_path: Path) -> None:
    for side, message in [
        (7000, "Bilden ”a.png” har fler än 40 miljoner bildpunkter."),
        (12_000, "Bilden ”a.png” har fler än 40 miljoner bildpunkter."),
        (60_000, "Bilden ”a.png” är trasig, eller varken JPEG eller PNG."),
    ]:
        _, problems = look(tmp_path, _bomb(side))
        assert said(problems) == [f"{PLACE} C121 {message}"]


def test_a_file_over_twenty_million_bytes_is_told_unopened(tmp_path: Path) -> None:
    _, problems = look(tmp_path, b"\x89PNG" + bytes(20_000_000))

    assert said(problems) == [f"{PLACE} C121 Bilden ”a.png” är större än 20 MB."]


def _bomb(side: int) -> bytes:
    """A PNG that says it is very big and has next to no data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


# Preparing


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_prepared_picture_keeps_its_format(kind: str, media_type: str) -> None:
    found, content = prepared(encoded(two_coloured(), kind), "a")

    assert found == media_type
    assert seen(content).format == kind
    assert like(seen(content).convert("RGB").getpixel((5, 10)), RED)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_same_bytes_in_give_the_same_bytes_out(kind: str) -> None:
    content = encoded(two_coloured((1500, 700)), kind)

    assert prepared(content, "a") == prepared(content, "b")


def test_a_wide_picture_becomes_as_wide_as_a_letter_needs() -> None:
    _, content = prepared(encoded(two_coloured((2400, 1000))), "a")

    assert seen(content).size == (LETTER_WIDTH, 500)


def test_a_picture_that_is_narrow_enough_keeps_its_size() -> None:
    _, content = prepared(encoded(two_coloured((1200, 900))), "a")

    assert seen(content).size == (1200, 900)


def test_a_narrower_width_may_be_asked_for() -> None:
    _, content = prepared(encoded(two_coloured((400, 200))), "a", width=100)

    assert seen(content).size == (100, 50)


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [(1, (40, 20), (5, 10)), (3, (40, 20), (35, 10)), (6, (20, 40), (10, 5)), (8, (20, 40), (10, 35))],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_is_turned_as_the_camera_says(
    kind: str, orientation: int, size: tuple[int, int], red_at: tuple[int, int]
) -> None:
    image = two_coloured()
    exif = Image.Exif()
    exif[ORIENTATION] = orientation

    _, content = prepared(encoded(image, kind, exif=exif), "a")

    turned = seen(content)
    assert turned.size == size
    assert like(turned.convert("RGB").getpixel(red_at), RED)


def test_place_camera_and_comments_do_not_follow_a_jpeg_out() -> None:
    exif = Image.Exif()
    exif[DESCRIPTION] = "HEMLIG beskrivning"
    exif.get_ifd(GPS)[2] = (59.0, 50.0, 0.0)
    original = encoded(two_coloured(), "JPEG", exif=exif, comment=b"HEMLIG kommentar")
    assert b"HEMLIG" in original

    _, content = prepared(original, "a")

    assert b"HEMLIG" not in content
    assert not seen(content).getexif()
    assert "comment" not in seen(content).info
    assert "exif" not in seen(content).info


def test_texts_and_times_do_not_follow_a_png_out() -> None:
    info = PngInfo()
    info.add_text("Author", "HEMLIG")
    info.add_itxt("XML:com.adobe.xmp", "HEMLIG")
    original = encoded(two_coloured(), "PNG", pnginfo=info, icc_profile=b"HEMLIG profil")
    assert b"HEMLIG" in original

    _, content = prepared(original, "a")

    assert b"HEMLIG" not in content
    assert set(seen(content).info) <= {"interlace"}


def test_bytes_after_the_picture_do_not_follow_it_out() -> None:
    _, content = prepared(encoded(two_coloured(), "JPEG") + b"HEMLIG", "a")

    assert b"HEMLIG" not in content


def test_a_jpeg_for_printing_gets_the_colours_of_a_screen() -> None:
    _, content = prepared(encoded(two_coloured(mode="CMYK"), "JPEG"), "a")

    assert seen(content).mode == "RGB"
    assert like(seen(content).getpixel((5, 10)), RED)


def test_a_grey_picture_is_still_grey() -> None:
    _, content = prepared(encoded(Image.new("L", (10, 10), 120), "JPEG"), "a")

    assert like(seen(content).convert("RGB").getpixel((5, 5)), (120, 120, 120))


def test_a_grey_picture_of_sixteen_bits_is_still_grey() -> None:
    _, content = prepared(encoded(Image.new("I;16", (10, 10), 120 * 256)), "a")

    assert like(seen(content).convert("RGB").getpixel((5, 5)), (120, 120, 120))


def test_a_png_with_a_palette_keeps_its_colours() -> None:
    _, content = prepared(encoded(two_coloured().quantize(4)), "a")

    assert like(seen(content).convert("RGB").getpixel((5, 10)), RED)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB"])
def test_what_is_transparent_stays_transparent(mode: str) -> None:
    if mode in {"RGBA", "LA"}:
        original = encoded(Image.new("RGBA", (10, 10), (0, 0, 0, 0)).convert(mode))
    else:
        original = encoded(Image.new(mode, (10, 10), 0), transparency=0 if mode == "P" else (0, 0, 0))

    _, content = prepared(original, "a")

    pixel = seen(content).convert("RGBA").getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert pixel[3] == 0


def test_a_broken_picture_is_refused_by_name() -> None:
    content = encoded(Image.effect_noise((64, 64), 90).convert("RGB"), "JPEG")

    with pytest.raises(ContentError, match=r"Bilden ”bro\.jpg” är trasig\."):
        prepared(content[: len(content) // 2], "bro.jpg")


def test_what_is_no_picture_is_refused_by_name() -> None:
    with pytest.raises(ContentError, match=r"Bilden ”bro\.jpg” är trasig, eller varken JPEG eller PNG\."):
        prepared(b"Ingen bild.", "bro.jpg")
