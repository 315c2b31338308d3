"""A picture is made into what each network takes, shows its focal point, and tells nothing of itself."""

from __future__ import annotations

import io
import random
import struct
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from comms.content.fitting import Fitted, fitted, weight
from comms.errors import ContentError
from comms.model.item import Fit
from comms.model.network import Crop, PictureRule
from comms.text.networks import NETWORKS
from tests.unit.content.test_pictures import (
    BLUE,
    DESCRIPTION,
    GPS,
    ORIENTATION,
    RED,
    encoded,
    like,
    seen,
    two_coloured,
)

ANY = PictureRule(("image/jpeg", "image/png"), max_bytes=0, max_side=2048)
INSTAGRAM = NETWORKS["instagram"].picture
BLUESKY = NETWORKS["bluesky"].picture
WHITE = (255, 255, 255)
GREEN = (30, 160, 60)
MARKS = (
    b"HEMLIG",
    b"Exif",
    b"GPS",
    b"http://ns.adobe.com",
    b"ICC_PROFILE",
    b"iCCP",
    b"tEXt",
    b"iTXt",
    b"eXIf",
)
RED_AT: dict[int, tuple[float, float]] = {
    **dict.fromkeys((1, 4), (0, 0.5)),
    **dict.fromkeys((2, 3), (1, 0.5)),
    **dict.fromkeys((5, 6), (0.5, 0)),
    **dict.fromkeys((7, 8), (0.5, 1)),
}
"""Where the left of a file is when the picture stands upright, by how the camera was held."""

ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
"""The colorants of two common colour spaces, under D50: red, green and blue as X, Y and Z."""


def sent(content: bytes, rule: PictureRule = ANY, **how: object) -> Fitted:
    """A picture as it goes out, and proof that it is the same each time."""
    made = fitted(content, "a.jpg", rule, **how)  # type: ignore[arg-type]  # focal and fit as each test says
    assert seen(made.content).size == (made.width, made.height)
    assert made.media_type == f"image/{seen(made.content).format.lower()}"  # type: ignore[union-attr]  # opened
    return made


def pixel(made: Fitted, x: float, y: float) -> object:
    """A pixel at shares of a picture's width and height."""
    image = seen(made.content).convert("RGB")
    return image.getpixel((int(x * (image.width - 1)), int(y * (image.height - 1))))


def noise(size: tuple[int, int], seed: int = 7) -> Image.Image:
    """What compresses worst, the same each time."""
    grain = Image.frombytes("RGB", (256, 256), random.Random(seed).randbytes(256 * 256 * 3))  # noqa: S311 - noise
    return grain.resize(size, Image.Resampling.NEAREST)


def profile(colorants: tuple[tuple[float, ...], ...], gamma: float = 2.2, name: str = "HEMLIG") -> bytes:
    """An ICC profile (version 2, ICC.1:2001-04) of a display: its colours as XYZ and one curve for all."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65_536)) for value in values)

    described = b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name.encode() + b"\0" + bytes(78)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    tags = {
        b"desc": described + bytes(-len(described) % 4),
        b"cprt": b"text\0\0\0\0HEMLIG\0\0",
        b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249),
        **{
            key: b"XYZ \0\0\0\0" + fixed(*xyz)
            for key, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants, strict=True)
        },
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for key, value in tags.items():
        table += key + struct.pack(">II", start + len(data), len(value))
        data += value
    head = struct.pack(">I4sI4s4s4s", start + len(data), b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 11, 26, 0, 0, 0) + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249)
    return head + bytes(128 - len(head)) + table + data


def phone(orientation: int = 1, size: tuple[int, int] = (400, 300)) -> bytes:
    """A photo as a phone keeps it: on its side, with place, camera, comment, XMP and a thumbnail."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[DESCRIPTION] = "HEMLIG telefon"
    exif.get_ifd(GPS)[2] = (59.0, 50.0, 0.0)
    exif.get_ifd(GPS)[29] = "HEMLIG"
    thumbnail = encoded(two_coloured(), "JPEG", comment=b"HEMLIG tumnagel")
    return encoded(
        two_coloured(size),
        "JPEG",
        exif=exif.tobytes() + thumbnail,
        comment=b"HEMLIG kommentar",
        xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>HEMLIG</x:xmpmeta>",
        icc_profile=profile(DISPLAY_P3),
    )


# What is told of a picture


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_phones_photo_stands_upright_and_tells_nothing(network: str, orientation: int) -> None:
    original = phone(orientation)
    assert original.count(b"HEMLIG") >= 6

    made = sent(original, NETWORKS[network].picture)

    assert not [mark for mark in MARKS if mark in made.content]
    assert not seen(made.content).getexif()
    assert like(pixel(made, *RED_AT[orientation]), (222, 0, 0)), "the phone's red is stronger than ours"
    assert (made.height > made.width) == (orientation > 4)
    assert "Plats, kamera och annat som filen berättar om sig själv är borta." in map(str, made.changes)


def test_a_png_tells_nothing_of_itself() -> None:
    info = PngInfo()
    info.add_text("Author", "HEMLIG")
    info.add_itxt("XML:com.adobe.xmp", "HEMLIG")
    original = encoded(two_coloured(), "PNG", pnginfo=info, icc_profile=profile(ADOBE_RGB), exif=Image.Exif())

    made = sent(original + b"HEMLIG efter slutet")

    assert not [mark for mark in MARKS if mark in made.content]


def test_of_a_photo_with_two_pictures_in_one_file_only_the_first_goes_out() -> None:
    original = encoded(
        two_coloured(), "MPO", save_all=True, append_images=[Image.new("RGB", (40, 20), GREEN)]
    )

    made = sent(original, INSTAGRAM)

    assert like(pixel(made, 0.1, 0.5), RED)
    assert len(made.content) < len(original)


@pytest.mark.parametrize("seed", range(40))
def test_a_broken_exif_is_as_none(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - broken on purpose, the same each time
    exif = bytearray(Image.Exif().tobytes() + bytes(40))
    for _ in range(6):
        exif[chance.randrange(6, len(exif))] = chance.randrange(256)

    for kind in ("JPEG", "PNG"):
        assert sent(encoded(two_coloured(), kind, exif=bytes(exif))).media_type == f"image/{kind.lower()}"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_same_bytes_in_give_the_same_bytes_out(kind: str) -> None:
    original = encoded(noise((900, 1600)), kind)

    assert sent(original, INSTAGRAM, focal=(0.2, 0.9)) == sent(original, INSTAGRAM, focal=(0.2, 0.9))


# Shape


@pytest.mark.parametrize(
    ("size", "focal", "crop", "shown"),
    [
        ((1000, 800), (0.5, 0.5), None, (1000, 800)),
        ((800, 1000), (0.5, 0.5), None, (800, 1000)),
        ((1000, 2000), (0.5, 0.5), Crop(0, 0.1875, 1, 0.625), (1000, 1250)),
        ((1000, 2000), (0.5, 0.0), Crop(0, 0, 1, 0.625), (1000, 1250)),
        ((1000, 2000), (0.5, 1.0), Crop(0, 0.375, 1, 0.625), (1000, 1250)),
        ((1000, 400), (0.3, 0.4), Crop(0, 0, 0.764, 1), (764, 400)),
        ((1000, 400), (0.6, 0.4), Crop(0.218, 0, 0.764, 1), (764, 400)),
    ],
)
def test_a_picture_is_cropped_around_its_focal_point_by_the_least_that_will_do(
    size: tuple[int, int], focal: tuple[float, float], crop: Crop | None, shown: tuple[int, int]
) -> None:
    made = sent(encoded(two_coloured(size)), INSTAGRAM, focal=focal)

    assert (made.crop, made.padded) == (crop, False)
    assert (made.width, made.height) == shown


def test_the_focal_point_is_of_the_picture_as_turned_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the left of the file is its top
    lying = two_coloured((2000, 1000))

    made = sent(encoded(lying, "JPEG", exif=exif), INSTAGRAM, focal=(0.5, 0))

    assert made.crop == Crop(0, 0, 1, 0.625)
    assert like(pixel(made, 0.5, 0), RED)
    assert like(pixel(made, 0.5, 0.75), RED)
    assert like(pixel(made, 0.5, 1), BLUE)


def test_a_picture_may_get_white_edges_instead() -> None:
    made = sent(encoded(two_coloured((1000, 2000))), INSTAGRAM, fit=Fit.PAD)

    assert (made.crop, made.padded) == (None, True)
    assert made.width / made.height >= 0.8
    assert like(pixel(made, 0, 0.5), WHITE)
    assert like(pixel(made, 1, 0.5), WHITE)
    assert like(pixel(made, 0.25, 0), RED)
    assert like(pixel(made, 0.75, 1), BLUE)


def test_a_picture_that_is_taken_as_it_is_gets_no_edges() -> None:
    made = sent(encoded(two_coloured((1000, 1000))), INSTAGRAM, fit=Fit.PAD)

    assert (made.crop, made.padded, made.width, made.height) == (None, False, 1000, 1000)


# Size, weight and format


def test_a_large_picture_is_made_smaller_and_a_small_one_never_larger() -> None:
    large = sent(encoded(two_coloured((4000, 3000)), "JPEG"), INSTAGRAM)
    small = sent(encoded(two_coloured((40, 30)), "JPEG"), INSTAGRAM)

    assert (large.width, large.height) == (1440, 1080)
    assert [*map(str, large.changes)] == ["Förminskad från 4000 × 3000 till 1440 × 1080 bildpunkter."]
    assert (small.width, small.height, small.changes) == (40, 30, ())


def test_a_picture_has_no_more_pixels_than_the_network_takes() -> None:
    made = sent(encoded(two_coloured((1000, 700))), replace(ANY, max_pixels=100_001))

    assert 99_000 < made.width * made.height <= 100_001
    assert made.width / made.height == pytest.approx(1000 / 700, rel=0.01)


def test_quality_goes_before_size() -> None:
    original = encoded(noise((600, 600)), "JPEG", quality=95)
    whole = len(sent(original).content)

    lighter = sent(original, replace(ANY, max_bytes=int(whole * 0.8)))
    smaller = sent(original, replace(ANY, max_bytes=int(whole * 0.3)))

    assert (lighter.width, lighter.height) == (600, 600)
    assert "Sparad i kvalitet" in str(lighter.changes[-1])
    assert smaller.width == smaller.height < 600
    assert len(smaller.content) <= whole * 0.3


def test_a_png_that_is_too_heavy_becomes_jpeg_where_that_is_taken() -> None:
    original = encoded(noise((256, 256)))
    limit = len(original) * 7 // 10

    jpeg = sent(original, replace(ANY, max_bytes=limit))
    png = sent(original, replace(ANY, max_bytes=limit, media_types=("image/png",)))

    assert (jpeg.media_type, jpeg.width) == ("image/jpeg", 256)
    assert "Gjord om till JPEG." in map(str, jpeg.changes)
    assert png.media_type == "image/png"
    assert png.width < 256
    assert len(png.content) <= limit


def test_what_no_size_makes_light_enough_is_told_with_its_weight_and_the_limit() -> None:
    original = encoded(noise((300, 300)), "JPEG")

    with pytest.raises(
        ContentError,
        match=r"Bilden ”a\.jpg” väger \d+(,\d)? kB hur den än görs mindre\. Nätverket tar 500 byte\.",
    ):
        fitted(original, "a.jpg", replace(ANY, max_bytes=500))


def test_what_is_transparent_is_white_in_a_jpeg_and_stays_so_in_a_png() -> None:
    image = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    image.paste((*RED, 255), (0, 0, 30, 60))

    jpeg, png = sent(encoded(image), INSTAGRAM), sent(encoded(image))

    assert like(pixel(jpeg, 1, 0.5), WHITE)
    assert like(pixel(jpeg, 0, 0.5), RED)
    assert [*map(str, jpeg.changes)] == ["Gjord om till JPEG.", "Det genomskinliga är vitt."]
    assert seen(png.content).convert("RGBA").getpixel((50, 30)) == (0, 0, 0, 0)
    assert png.changes == ()


def test_a_type_that_cannot_be_written_is_told() -> None:
    with pytest.raises(ContentError, match=r"Bilden ”a\.jpg” kan inte göras om till image/webp\."):
        fitted(encoded(two_coloured()), "a.jpg", replace(ANY, media_types=("image/webp",)))


def test_a_weight_is_told_as_people_write_it() -> None:
    assert [weight(size) for size in (12, 1500, 976_600, 2_000_000)] == [
        "12 byte",
        "1,5 kB",
        "976,6 kB",
        "2 MB",
    ]


# Colours


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("colorants", [ADOBE_RGB, DISPLAY_P3])
def test_colours_of_a_wider_space_are_what_they_were(
    kind: str, colorants: tuple[tuple[float, ...], ...]
) -> None:
    theirs = profile(colorants, name="Vid färgrymd".encode("ascii", "ignore").decode())
    srgb = ImageCms.createProfile("sRGB")
    wide = ImageCms.profileToProfile(
        Image.new("RGB", (40, 40), GREEN), srgb, ImageCms.ImageCmsProfile(io.BytesIO(theirs))
    )
    assert wide is not None
    assert not like(wide.getpixel((5, 5)), GREEN), "the test's own profile must change something"

    made = sent(encoded(wide, kind, icc_profile=theirs))

    assert like(pixel(made, 0.5, 0.5), GREEN)
    assert "till sRGB." in str(made.changes[-1])


def test_a_picture_that_is_srgb_already_is_not_said_to_be_changed() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    made = sent(encoded(Image.new("RGB", (40, 40), GREEN), icc_profile=srgb))

    assert like(pixel(made, 0.5, 0.5), GREEN)
    assert made.changes == ()


@pytest.mark.parametrize("broken", [b"HEMLIG inget", profile(ADOBE_RGB)[:140], profile(ADOBE_RGB)[:300]])
def test_a_broken_profile_is_left_out_and_said(broken: bytes) -> None:
    made = sent(encoded(Image.new("RGB", (40, 40), GREEN), "JPEG", icc_profile=broken))

    assert like(pixel(made, 0.5, 0.5), GREEN)
    assert [*map(str, made.changes)] == ["Filens färgprofil gick inte att använda och är borta."]


def test_a_profile_for_other_colours_than_the_pictures_is_left_out_and_said() -> None:
    made = sent(encoded(Image.new("L", (40, 40), 120), "JPEG", icc_profile=profile(ADOBE_RGB)))

    assert like(pixel(made, 0.5, 0.5), (120, 120, 120))
    assert "Filens färgprofil gick inte att använda och är borta." in map(str, made.changes)


def test_a_jpeg_for_printing_gets_the_colours_of_a_screen() -> None:
    made = sent(encoded(two_coloured(mode="CMYK"), "JPEG"), INSTAGRAM)

    assert seen(made.content).mode == "RGB"
    assert like(pixel(made, 0.1, 0.5), RED)
    assert "Tryckets färger (CMYK) är gjorda om till skärmens (sRGB)." in map(str, made.changes)


def test_grey_of_sixteen_bits_is_still_grey() -> None:
    made = sent(encoded(Image.new("I;16", (40, 30), 120 * 256)), INSTAGRAM)

    assert like(pixel(made, 0.5, 0.5), (120, 120, 120))


def test_a_palette_with_a_hole_keeps_both() -> None:
    image = two_coloured().quantize(4)
    hole = image.getpixel((0, 0))

    made = sent(encoded(image, transparency=hole))

    assert seen(made.content).convert("RGBA").getpixel((0, 0))[3] == 0  # type: ignore[index]  # RGBA
    assert like(pixel(made, 1, 0.5), BLUE)


# What cannot be read


def test_a_picture_that_is_cut_off_is_refused_by_name() -> None:
    for kind in ("JPEG", "PNG"):
        whole = encoded(noise((64, 64)), kind)
        with pytest.raises(ContentError, match=r"Bilden ”bro\.jpg” är trasig\."):
            fitted(whole[: len(whole) // 2], "bro.jpg", ANY)


def test_what_is_no_picture_is_refused_by_name() -> None:
    with pytest.raises(ContentError, match=r"Bilden ”bro\.jpg” är trasig, eller varken JPEG eller PNG\."):
        fitted(b"Ingen bild.", "bro.jpg", ANY)


def test_the_largest_picture_that_is_taken_goes_out_on_every_network() -> None:
    original = encoded(noise((7680, 5200)), "JPEG", quality=25)  # 39.9 million pixels

    for rule in dict.fromkeys(network.picture for network in NETWORKS.values()):
        assert_within(sent(original, rule), rule)


# Every rule of every network


def assert_within(made: Fitted, rule: PictureRule) -> None:
    """Check that a picture is one that the network takes."""
    assert made.media_type in rule.media_types
    assert len(made.content) <= (rule.max_bytes or len(made.content))
    assert max(made.width, made.height) <= rule.max_side
    assert made.width * made.height <= (rule.max_pixels or made.width * made.height)
    assert rule.narrowest <= made.width / made.height <= (rule.widest or made.width / made.height)


SHARES = st.floats(0, 1, allow_nan=False)
SIZES = st.one_of(
    st.tuples(st.integers(1, 1500), st.integers(1, 1500)),
    st.sampled_from([(1, 1), (10_000, 20), (20, 10_000), (1, 9000), (9000, 1), (3, 2), (1080, 1351)]),
)


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    size=SIZES,
    focal=st.tuples(SHARES, SHARES),
    fit=st.sampled_from(Fit),
    kind=st.sampled_from(["JPEG", "PNG"]),
)
def test_any_picture_is_within_every_rule_of_every_network(
    size: tuple[int, int], focal: tuple[float, float], fit: Fit, kind: str
) -> None:
    original = encoded(Image.new("RGB", size, GREEN), kind)

    for rule in dict.fromkeys(network.picture for network in NETWORKS.values()):
        made = sent(original, rule, focal=focal, fit=fit)

        assert_within(made, rule)
        assert made.width <= max(size) * 2
        assert made.crop is None or fit is Fit.CROP
        if made.crop is None and not made.padded:
            assert made.width <= size[0]
            assert made.height <= size[1]
        for at, start, part in zip(focal, edges(made)[:2], edges(made)[2:], strict=True):
            assert start - 1e-9 <= at <= start + part + 1e-9


def edges(made: Fitted) -> tuple[float, float, float, float]:
    """Left, top, width and height of what is shown of the original."""
    crop = made.crop or Crop(0, 0, 1, 1)
    return crop.left, crop.top, crop.width, crop.height
