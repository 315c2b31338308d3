"""The parts of MJML: where each may stand, which attributes it has, which of them our compiler obeys.

Facts from mjml's own packages (MIT): `dependencies` of mjml-preset-core and `allowedAttributes` of each
component, 5.4.1 (https://github.com/mjmlio/mjml/tree/master/packages). What mrml 6, the compiler inside
mjml-python, drops without a word was found by giving it each attribute and looking for a difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from comms.errors import Text, say

VALUES = r"""(?:[^<>"']++|"[^"]*+"|'[^']*+')*+"""
"""What stands in a tag after its name: nothing in quotation marks ends it."""

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold."""

_BODY = ("mj-body", "mj-wrapper")
_CONTENT = ("mj-column", "mj-hero")

PARENTS: Mapping[str, tuple[str, ...]] = {
    "mjml": ("",),
    "mj-head": ("mjml",),
    "mj-body": ("mjml",),
    "mj-attributes": ("mj-head",),
    "mj-breakpoint": ("mj-head",),
    "mj-preview": ("mj-head",),
    "mj-style": ("mj-head",),
    "mj-title": ("mj-head",),
    "mj-all": ("mj-attributes",),
    "mj-class": ("mj-attributes",),
    "mj-wrapper": ("mj-body",),
    "mj-section": _BODY,
    "mj-hero": _BODY,
    "mj-group": ("mj-section",),
    "mj-column": ("mj-section", "mj-group"),
    "mj-raw": ("mj-head", "mj-section", "mj-group", *_BODY, *_CONTENT),
    "mj-accordion": _CONTENT,
    "mj-button": _CONTENT,
    "mj-carousel": _CONTENT,
    "mj-divider": _CONTENT,
    "mj-image": _CONTENT,
    "mj-navbar": _CONTENT,
    "mj-social": _CONTENT,
    "mj-spacer": _CONTENT,
    "mj-table": _CONTENT,
    "mj-text": _CONTENT,
    "mj-accordion-element": ("mj-accordion",),
    "mj-accordion-title": ("mj-accordion-element",),
    "mj-accordion-text": ("mj-accordion-element",),
    "mj-carousel-image": ("mj-carousel",),
    "mj-navbar-link": ("mj-navbar",),
    "mj-social-element": ("mj-social",),
}
"""Where each part may stand; "" is outside the letter. Every part of the body may stand in mj-attributes."""

HOLD_HTML = frozenset(
    {
        *("mj-accordion-text", "mj-accordion-title", "mj-button", "mj-navbar-link", "mj-preview", "mj-raw"),
        *("mj-social-element", "mj-table", "mj-text"),
    }
)
"""Parts whose content is HTML."""

HOLD_TEXT = frozenset({"mj-style", "mj-title"})
"""Parts whose content is text."""

REFUSED: Mapping[str, tuple[Text, Text]] = {
    "mj-include": (
        say("<mj-include> går inte att använda."),
        say(
            "Skriv {include} i stället: då hittas också fel i filen.",
            include='{% include "newsletters/FIL.mjml.j2" %}',
        ),
    ),
    "mj-font": (
        say("<mj-font> hämtar ett typsnitt från en annan server, som då ser vem som läser."),
        say("Ta bort den. Välj typsnitt som alla har, till exempel Arial."),
    ),
    "mj-html-attributes": (
        say("Kompilatorn klarar inte <mj-html-attributes>."),
        say("Skriv attributen direkt på taggarna i <mj-text>."),
    ),
    "mj-selector": (
        say("Kompilatorn klarar inte <mj-selector>."),
        say("Skriv attributen direkt på taggarna i <mj-text>."),
    ),
    "mj-html-attribute": (
        say("Kompilatorn klarar inte <mj-html-attribute>."),
        say("Skriv attributen direkt på taggarna i <mj-text>."),
    ),
}
"""Parts that MJML has and that are of no use here: why, and what to do instead."""

REMOTE: Mapping[str, tuple[str, ...]] = {
    "mj-social-element": ("src",),
    "mj-accordion": ("icon-wrapped-url", "icon-unwrapped-url"),
    "mj-carousel": ("left-icon", "right-icon"),
}
"""Attributes without which the compiler takes a picture from a server of MJML's makers."""

_HEAD = frozenset({"mj-attributes", "mj-breakpoint", "mj-preview", "mj-style", "mj-title"})
_OUTER = frozenset({"", "mjml", "mj-head", "mj-body", "mj-raw", "mj-all", "mj-class"}) | _HEAD

PLACES = frozenset((parent, part) for part, parents in PARENTS.items() for parent in parents) | {
    ("mj-attributes", part) for part in (*(PARENTS.keys() - _OUTER), "mj-body")
}
"""Each part with what it may stand in."""

_PADDING = "padding padding-bottom padding-left padding-right padding-top"
_BORDERS = "border border-bottom border-left border-right border-top"
_FONT = "color font-family font-size font-style font-weight letter-spacing line-height"
_GROUND = (
    "background-color background-position background-position-x background-position-y background-repeat"
    f" background-size background-url {_BORDERS} border-radius direction full-width {_PADDING} text-align"
)
_ICONS = (
    "border font-family icon-align icon-height icon-position icon-unwrapped-alt icon-unwrapped-url icon-width"
    " icon-wrapped-alt icon-wrapped-url"
)
_LINK = "href name rel target text-decoration"

_OBEYED: Mapping[str, str] = {
    "mjml": "dir lang",
    "mj-head": "",
    "mj-attributes": "",
    "mj-preview": "",
    "mj-raw": "",
    "mj-style": "",
    "mj-title": "",
    "mj-breakpoint": "width",
    "mj-body": "background-color width",
    "mj-wrapper": _GROUND,
    "mj-section": _GROUND,
    "mj-group": "background-color direction vertical-align width",
    "mj-column": f"background-color {_BORDERS} border-radius direction {_PADDING} vertical-align width"
    " inner-background-color inner-border inner-border-bottom inner-border-left inner-border-radius"
    " inner-border-right inner-border-top",
    "mj-hero": "background-color background-height background-position background-url background-width height"
    " inner-background-color inner-padding inner-padding-bottom inner-padding-left inner-padding-right"
    f" inner-padding-top {_PADDING} vertical-align",
    "mj-accordion": f"container-background-color {_ICONS} {_PADDING}",
    "mj-accordion-element": f"background-color {_ICONS}",
    "mj-accordion-text": "background-color color font-family font-size font-weight letter-spacing line-height"
    f" {_PADDING}",
    "mj-accordion-title": f"background-color color font-family font-size {_PADDING}",
    "mj-button": f"align background-color {_BORDERS} border-radius container-background-color {_FONT} height"
    f" inner-padding {_LINK} {_PADDING} text-align text-transform vertical-align width",
    "mj-carousel": f"align border-radius container-background-color icon-width left-icon {_PADDING}"
    " right-icon tb-border tb-border-radius tb-hover-border-color tb-selected-border-color tb-width"
    " thumbnails",
    "mj-carousel-image": "alt border-radius href rel src target tb-border tb-border-radius thumbnails-src"
    " title",
    "mj-divider": f"align border-color border-style border-width container-background-color {_PADDING} width",
    "mj-image": "align alt border border-left border-radius border-right container-background-color"
    f" fluid-on-mobile font-size height href max-height name {_PADDING} rel src srcset target title usemap"
    " width",
    "mj-navbar": "align base-url hamburger ico-align ico-close ico-color ico-font-family ico-font-size"
    " ico-line-height ico-open ico-padding ico-padding-bottom ico-padding-left ico-padding-right"
    f" ico-padding-top ico-text-decoration ico-text-transform {_PADDING}",
    "mj-navbar-link": f"{_FONT} {_LINK} {_PADDING} text-transform",
    "mj-social": "align border-radius color container-background-color font-family font-size font-style"
    f" font-weight icon-height icon-padding icon-size inner-padding line-height mode {_PADDING}"
    " text-decoration text-padding vertical-align",
    "mj-social-element": "align alt background-color border-radius color font-family font-size font-style"
    f" font-weight icon-height icon-padding icon-size line-height {_LINK} {_PADDING} src text-padding title"
    " vertical-align",
    "mj-spacer": f"container-background-color height {_PADDING}",
    "mj-table": "align border cellpadding cellspacing color container-background-color font-family font-size"
    f" line-height {_PADDING} table-layout vertical-align width",
    "mj-text": f"align container-background-color {_FONT} height {_PADDING} text-decoration text-transform"
    " vertical-align",
}

_DROPPED: Mapping[str, str] = {
    "mjml": "owa version",
    "mj-raw": "position",
    "mj-style": "inline",
    "mj-body": "id",
    "mj-wrapper": "gap gutter text-padding",
    "mj-section": "gutter text-padding",
    "mj-hero": "border-radius mode",
    "mj-accordion-title": "font-weight",
    "mj-button": "title",
    "mj-image": "border-bottom border-top sizes",
    "mj-social": "border table-layout",
    "mj-social-element": "border icon-position sizes srcset",
    "mj-spacer": _BORDERS,
    "mj-table": "font-weight role",
    "mj-text": "background-color",
}

_ANYWHERE = frozenset({"css-class", "mj-class"})
_ALL = frozenset(" ".join(_OBEYED.values()).split()) | _ANYWHERE

ATTRIBUTES: Mapping[str, frozenset[str]] = {
    **{part: frozenset(names.split()) | _ANYWHERE for part, names in _OBEYED.items()},
    "mj-all": _ALL,
    "mj-class": _ALL | {"name"},
}
"""Which attributes each part has that the compiler obeys."""

DROPPED: Mapping[str, frozenset[str]] = {part: frozenset(names.split()) for part, names in _DROPPED.items()}
"""Attributes that MJML knows and that the compiler makes nothing of."""
