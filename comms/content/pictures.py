"""Pictures: looked at when loaded, prepared for letters and posts when frozen.

Facts: docs/pictures.md. Only JPEG and PNG are read (every mail client shows them); Pillow is told so,
or it would try some forty formats on hostile bytes. A prepared picture is rebuilt from its pixels, so
no EXIF, GPS or comment follows it out.
"""

from __future__ import annotations

import difflib
import io
import struct
import unicodedata
import warnings
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from PIL import ExifTags, Image, UnidentifiedImageError

from comms.content.files import error, inside, sha256
from comms.errors import ContentError, Location, Problem, Text, say
from comms.model.item import Picture

LETTER_WIDTH = 1200
"""Twice the width of a letter, in pixels: sharp on dense screens."""

_FORMATS = ("JPEG", "PNG")
_LONGEST_NAME = 255
"""Bytes that a file system takes in one name; a longer one cannot even be asked for."""

_MAX_BYTES = 20_000_000
_MAX_PIXELS = 40_000_000
_QUALITY = 82

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by EXIF's word for how the camera was held."""

_LYING = range(5, 9)
_TELLS_OF_TURNING = frozenset({"exif", "Raw profile type exif", "XML:com.adobe.xmp"})


def read_picture(root: Path, picture: Picture, place: Location) -> tuple[Picture, list[Problem]]:
    """Fill in hash and size, or say why the picture cannot be used."""
    name = picture.path.removeprefix("content/")
    if any(len(part.encode()) > _LONGEST_NAME for part in name.split("/")):
        return picture, [error("C120", say("Bildens namn är för långt."), say("Döp om bilden."), place)]
    target = inside(root, picture.path)
    if target is None or not target.is_relative_to((root / "content").resolve()):
        message = say("Bildens sökväg ”{name}” leder ut ur mappen content.", name=name)
        hint = say("Skriv till exempel pictures/leden.png.")
        if (root / picture.path).is_symlink():
            message = say("Bilden ”{name}” är en länk som pekar ut ur mappen content.", name=name)
            hint = say("Lägg själva bilden där i stället för länken.")
        return picture, [error("C119", message, hint, place)]
    if not target.is_file():
        message = say("Bilden ”{name}” finns inte.", name=name)
        return picture, [error("C120", message, _nearest(root / "content", name), place)]
    try:
        stamp = target.stat()
        digest, width, height = _measured(target, stamp.st_mtime_ns, stamp.st_size)
    except ContentError as refused:
        hint = say("Spara bilden på nytt som JPEG eller PNG.")
        return picture, [error("C121", refused.message, hint, place)]
    return replace(picture, sha256=digest, width=width, height=height), []


def _nearest(folder: Path, name: str) -> Text:
    """What to do about a picture that is missing: the name that is like it, if there is one."""
    there = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    near = difflib.get_close_matches(name, there, n=1)
    if any(unicodedata.normalize("NFC", other) == name for other in there):
        return say("Döp om bildfilen utan å, ä och ö: namnet har löst accenttecken (NFD), vanligt från Mac.")
    if near:
        return say("Menade du ”{near}”?", near=near[0])
    return say("Kontrollera namnet, eller lägg bilden i content.")


@lru_cache(maxsize=4096)
def _measured(target: Path, _modified_ns: int, size: int) -> tuple[str, int, int]:
    """Hash and size of a whole picture; kept while the file is untouched."""
    if size > _MAX_BYTES:
        raise ContentError(say("Bilden ”{name}” är större än 20 MB.", name=target.name))
    content = target.read_bytes()
    image = opened(content, target.name)
    width, height = turned_size(image)
    try:
        if image.format == "JPEG":
            image.draft(None, (1, 1))  # an eighth of the size is enough to see that nothing is cut off
            image.load()
        else:
            image.verify()
    except (OSError, SyntaxError, ValueError) as cause:
        raise ContentError(say("Bilden ”{name}” är trasig.", name=target.name)) from cause
    return sha256(content), width, height


def opened(content: bytes, name: str) -> Image.Image:
    """A picture of which only the head is read. Raises `ContentError` for one that is not taken."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # told in our own words below
            warnings.simplefilter("ignore", UserWarning)  # of EXIF that is corrupt, and goes out nowhere
            image = Image.open(io.BytesIO(content), formats=_FORMATS)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, ValueError) as cause:
        raise ContentError(
            say("Bilden ”{name}” är trasig, eller varken JPEG eller PNG.", name=name)
        ) from cause
    if image.width * image.height > _MAX_PIXELS:
        raise ContentError(say("Bilden ”{name}” har fler än 40 miljoner bildpunkter.", name=name))
    return image


def turned_size(image: Image.Image) -> tuple[int, int]:
    """Width and height in px as a reader sees it, whichever way the camera was held."""
    width, height = image.size
    return (height, width) if _turned(image) in _LYING else (width, height)


def upright(image: Image.Image) -> Image.Image:
    """The picture turned as the camera says; what is decoded here may be broken (OSError and its kin)."""
    image.load()
    turn = _TURNS.get(_turned(image))
    return image if turn is None else image.transpose(turn)


def _turned(image: Image.Image) -> int:
    """How the camera was held: 1 when nothing, or nothing that can be read, is said of it."""
    if image.format == "PNG" and not _TELLS_OF_TURNING & image.info.keys():
        return 1  # Pillow would decode all of it to look behind the pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that it is corrupt
            told = image.getexif().get(ExifTags.Base.Orientation, 1)
    except (OSError, SyntaxError, ValueError, struct.error):
        return 1
    return told if isinstance(told, int) else 1


def prepared(content: bytes, name: str, *, width: int = LETTER_WIDTH) -> tuple[str, bytes]:
    """Make a picture ready to go out: turned as the camera says, at most `width` wide, nothing hidden.

    Gives its media type and bytes; the same bytes in give the same bytes out.
    """
    image = opened(content, name)
    png = image.format == "PNG"
    try:
        turned = upright(image)
        if turned.mode.startswith("I"):  # 16 bits of grey, which `convert` would make all white
            turned = turned.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        turned = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    except (OSError, SyntaxError, ValueError) as cause:
        raise ContentError(say("Bilden ”{name}” är trasig.", name=name)) from cause
    if turned.width > width:
        turned = turned.resize((width, round(turned.height * width / turned.width)), Image.Resampling.LANCZOS)
    clean = Image.new(turned.mode, turned.size)
    clean.paste(turned)
    out = io.BytesIO()
    if png:
        clean.save(out, "PNG", optimize=True)
    else:
        clean.convert("RGB").save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return ("image/png" if png else "image/jpeg"), out.getvalue()
