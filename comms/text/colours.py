"""Colours as #rrggbb: how CSS writes them, and how well the eye tells two apart (WCAG 2.1, 1.4.3)."""

from __future__ import annotations

import re

MIN_CONTRAST = 4.5
"""WCAG 2.1, 1.4.3, level AA for running text."""

_SRGB_LINEAR_BELOW = 0.04045
_NAMED = {"black": "#000000", "white": "#ffffff"}
_SIX, _THREE = re.compile(r"#[0-9a-f]{6}"), re.compile(r"#[0-9a-f]{3}")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*(?:[,/]\s*1(?:\.0*)?\s*)?\)")


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as #rrggbb, 1 to 21 (WCAG 2.1, relative luminance)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colour(written: str) -> str | None:
    """A colour of CSS as #rrggbb; None for what is none, is seen through, or is not known here."""
    value = written.strip().lower()
    value = _NAMED.get(value, value)
    if _THREE.fullmatch(value):
        return "#" + "".join(sign * 2 for sign in value[1:])
    found = _RGB.fullmatch(value)
    if found:
        return "#" + "".join(f"{min(int(part), 255):02x}" for part in found.groups())
    return value if _SIX.fullmatch(value) else None


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    """An sRGB channel, 0 to 1, as light."""
    return channel / 12.92 if channel <= _SRGB_LINEAR_BELOW else ((channel + 0.055) / 1.055) ** 2.4
