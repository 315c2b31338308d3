"""A picture made into what a network takes: shape, size, colours, format and weight. Facts: docs/pictures.md.

The picture is laid on a new canvas before it is saved, so that nothing but its pixels follows it out: no
position, camera, thumbnail, comment or profile. The original file is only read.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms

from comms.content.pictures import opened, turned_size, upright
from comms.errors import ContentError, Text, say
from comms.model.item import Fit
from comms.model.network import CENTRE, Crop, PictureRule
from comms.text.framing import Frame, framed, sized

_JPEG, _PNG = "image/jpeg", "image/png"
_WRITABLE = (_JPEG, _PNG)
_NO_PROFILE = b""
_WHITE = "#ffffff"

_QUALITIES = (88, 82, 76, 70, 64, 60)
"""Tried in turn: below the last, edges of letters and faces go to pieces."""

_SMALLER, _LEAST_SIDE = 0.8, 200
"""When no quality is enough: how much smaller the next try is, and the longest side (px) of the last."""

_SHARPER = 2
"""How much more of a JPEG is decoded than is needed, so that what is made of it is sharp."""

_TOLD = ("exif", "comment", "xmp", "XML:com.adobe.xmp", "Raw profile type exif", "photoshop", "mpoffset")
"""What Pillow calls that which a file tells of itself."""

_SRGB: Final = ImageCms.createProfile("sRGB")

_Change = Iterator[Text]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A picture ready for a network: its bytes, and what was done to it.

    `width` and `height` in px. `crop`: the part of the original, as turned upright, that is left, None when
    all is. `changes`: what was done, for the officer.
    """

    media_type: str
    content: bytes
    width: int
    height: int
    crop: Crop | None
    padded: bool
    changes: tuple[Text, ...]


def fitted(
    content: bytes,
    name: str,
    rule: PictureRule,
    *,
    focal: tuple[float, float] = CENTRE,
    fit: Fit = Fit.CROP,
) -> Fitted:
    """Make a picture into what `rule` takes: the same bytes in give the same bytes out.

    `focal` is from the left and the top of the picture as turned upright, as shares. Raises `ContentError`
    for what is no picture, and for one that no size makes light enough.
    """
    image = opened(content, name)
    kept = _PNG if image.format == "PNG" else _JPEG
    told = [*_told(image)]
    try:
        whole, frame = _decoded(image, rule, focal, fit)
        profile = image.info.get("icc_profile", _NO_PROFILE)
        target = sized(frame.canvas, rule)
        shown, recoloured = _in_srgb(_laid(whole, frame, target), profile)
    except (OSError, SyntaxError, ValueError) as cause:
        raise ContentError(say("Bilden ”{name}” är trasig.", name=name)) from cause
    if frame.is_padded:
        shown = _on_white(shown, target)
    kind = _kind(kept, rule, name)
    packed, repacked = _packed(shown, kind, frame, rule, name)
    if packed.size != frame.canvas:
        told.append(_smaller(frame.canvas, packed.size))
    if packed.kind != kept:
        told.append(say("Gjord om till {kind}.", kind=packed.kind.rpartition("/")[2].upper()))
    return Fitted(
        packed.kind,
        packed.content,
        *packed.size,
        crop=frame.crop,
        padded=frame.is_padded,
        changes=(*told, *recoloured, *repacked),
    )


def _told(image: Image.Image) -> _Change:
    """What will not follow the picture out."""
    if any(image.info.get(key) for key in _TOLD):
        yield say("Plats, kamera och annat som filen berättar om sig själv är borta.")


def _smaller(before: tuple[int, int], after: tuple[int, int]) -> Text:
    return say(
        "Förminskad från {before} till {after} bildpunkter.",
        before=f"{before[0]} × {before[1]}",
        after=f"{after[0]} × {after[1]}",
    )


# Pixels


def _decoded(
    image: Image.Image, rule: PictureRule, focal: tuple[float, float], fit: Fit
) -> tuple[Image.Image, Frame]:
    """The whole picture turned upright, of a big JPEG a smaller one, and its frame in the original's px."""
    if image.format == "PNG":
        whole = upright(image)
        return whole, framed(whole.size, rule, focal, fit)
    frame = framed(turned_size(image), rule, focal, fit)
    share = min(1.0, _SHARPER * max(sized(frame.canvas, rule)) / max(frame.canvas))
    image.draft(None, (max(1, round(image.width * share)), max(1, round(image.height * share))))
    return upright(image), frame


def _laid(whole: Image.Image, frame: Frame, target: tuple[int, int]) -> Image.Image:
    """The part of the picture that is shown, as large as it is on a canvas of `target` px."""
    across, down = whole.width / frame.of[0], whole.height / frame.of[1]
    (left, top), (width, height) = frame.start, frame.part
    box = (left * across, top * down, (left + width) * across, (top + height) * down)
    size = tuple(max(1, round(frame.part[n] * target[n] / frame.canvas[n])) for n in (0, 1))
    return _plain(whole).resize((size[0], size[1]), Image.Resampling.LANCZOS, box)


def _plain(image: Image.Image) -> Image.Image:
    """Eight bits a colour and no palette: L, LA, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):  # 16 bits of grey, which `convert` would make all white
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    grey = image.mode in {"1", "L", "LA"}
    if image.has_transparency_data:
        return image.convert("LA" if grey else "RGBA")
    if image.mode == "CMYK":
        return image
    return image.convert("L" if grey else "RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, list[Text]]:
    """The picture as RGB or RGBA in the colours of a screen; a profile that cannot be used is left out."""
    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    base = image.convert(image.mode.removesuffix("A")) if alpha else image
    changes: list[Text] = []
    if profile == _NO_PROFILE:
        if base.mode == "CMYK":
            changes.append(say("Tryckets färger (CMYK) är gjorda om till skärmens (sRGB)."))
        base = base.convert("RGB")
    else:
        base, change = _from_profile(base, profile or b"")
        changes += change
    if alpha and alpha.getextrema() != (255, 255):
        base.putalpha(alpha)
    return base, changes


def _from_profile(base: Image.Image, profile: bytes) -> tuple[Image.Image, list[Text]]:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        called = ImageCms.getProfileDescription(source).strip()
        made = ImageCms.profileToProfile(base, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return base.convert("RGB"), [say("Filens färgprofil gick inte att använda och är borta.")]
    if made is None:  # only when asked to change the picture itself
        return base.convert("RGB"), []
    if "sRGB" in called:
        return made, []
    return made, [say("Färgerna är gjorda om från {profile} till sRGB.", profile=called)]


def _on_white(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture in the middle of a white canvas; what is seen through is white too."""
    canvas = Image.new("RGB", size, _WHITE)
    at = ((size[0] - image.width) // 2, (size[1] - image.height) // 2)
    canvas.paste(image, at, image if image.mode == "RGBA" else None)
    return canvas


# Bytes


@dataclass(frozen=True, slots=True)
class _Packed:
    kind: str
    content: bytes
    size: tuple[int, int]


def _kind(kept: str, rule: PictureRule, name: str) -> str:
    """The file's own format where it is taken, else the first that is."""
    if kept in rule.media_types:
        return kept
    for kind in rule.media_types:
        if kind in _WRITABLE:
            return kind
    types = ", ".join(rule.media_types)
    raise ContentError(say("Bilden ”{name}” kan inte göras om till {types}.", name=name, types=types))


def _packed(
    image: Image.Image, kind: str, frame: Frame, rule: PictureRule, name: str
) -> tuple[_Packed, list[Text]]:
    """The picture's bytes within the rule's weight: quality goes before size, and PNG before both."""
    changes: list[Text] = []
    limit = rule.max_bytes or sys.maxsize
    if kind == _JPEG and image.mode == "RGBA":
        image = _on_white(image, image.size)
        changes.append(say("Det genomskinliga är vitt."))
    content = b""
    for size in _sizes(frame, rule):
        small = image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)
        content, quality = _jpeg(small, limit) if kind == _JPEG else (_saved(small, "PNG"), _QUALITIES[0])
        if len(content) <= limit:
            if quality < _QUALITIES[0]:
                changes.append(_lighter(quality, limit))
            return _Packed(kind, content, size), changes
        if kind == _PNG and _JPEG in rule.media_types:
            return _packed(image, _JPEG, frame, rule, name)
    raise ContentError(_too_heavy(name, len(content), limit))


def _sizes(frame: Frame, rule: PictureRule) -> Iterator[tuple[int, int]]:
    """The sizes in px to try: first as large as the network takes, then ever smaller."""
    share = 1.0
    yield sized(frame.canvas, rule)
    while max(size := sized(frame.canvas, rule, share := share * _SMALLER)) >= _LEAST_SIDE:
        yield size


def _jpeg(image: Image.Image, limit: int) -> tuple[bytes, int]:
    """The bytes in the best quality that is light enough, else in the lowest."""
    content, quality = b"", 0
    for quality in _QUALITIES:
        content = _saved(image, "JPEG", quality=quality, progressive=True)
        if len(content) <= limit:
            break
    return content, quality


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    out = io.BytesIO()
    clean.save(out, kind, optimize=True, **options)
    return out.getvalue()


def _lighter(quality: int, limit: int) -> Text:
    return say(
        "Sparad i kvalitet {quality} av 100, för att väga högst {limit}.",
        quality=quality,
        limit=weight(limit),
    )


def _too_heavy(name: str, lightest: int, limit: int) -> Text:
    return say(
        "Bilden ”{name}” väger {weight} hur den än görs mindre. Nätverket tar {limit}.",
        name=name,
        weight=weight(lightest),
        limit=weight(limit),
    )


def weight(size: int) -> str:
    """A number of bytes as a person writes it."""
    for unit, name in ((1_000_000, "MB"), (1000, "kB")):
        if size >= unit:
            return f"{size / unit:.1f}".removesuffix(".0").replace(".", ",") + f" {name}"
    return f"{size} byte"
