"""Make the table of mail clients from caniemail's data, which the npm package `caniemail` carries (MIT).

    npm pack caniemail@2.0.2 && tar xzf caniemail-2.0.2.tgz
    python scripts/take_mail_clients.py package/data/caniemail.json

Only what a letter can hold is taken. Of each client the version that was tested last counts; where a client
is several programs (a phone's and the web's) the one that shows least does.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parent.parent / "comms" / "content" / "clients" / "mail_clients.csv"
HEADER = ("slug", "title", "pattern", "without", "partly", "source")

PROGRAMS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "gmail": (("gmail", "desktop-webmail"), ("gmail", "ios"), ("gmail", "android")),
    "outlook-windows": (("outlook", "windows"),),
    "outlook-web": (("outlook", "outlook-com"),),
    "outlook-mobile": (("outlook", "ios"), ("outlook", "android")),
    "outlook-macos": (("outlook", "macos"),),
    "apple-mail": (("apple-mail", "ios"), ("apple-mail", "macos")),
    "samsung": (("samsung-email", "android"),),
    "thunderbird": (("thunderbird", "windows"), ("thunderbird", "macos")),
    "yahoo": (("yahoo", "desktop-webmail"), ("yahoo", "ios"), ("yahoo", "android")),
}
"""A client of ours -> caniemail's families and platforms. Mobile webmail is left out: few read there."""

_SIDES = ("top", "right", "bottom", "left")
_SEMANTICS = (
    "article aside details figcaption figure footer header main mark nav section summary time"
).split()
_COLUMNS = "column-count column-fill column-rule column-span column-width columns".split()


def _sides(name: str, *more: str) -> str:
    return " | ".join([name, *(f"{name}-{side}" for side in _SIDES), *more])


def _either(*patterns: str) -> str:
    return " | ".join(patterns)


PATTERNS: Mapping[str, str] = {
    "css-at-media-device-pixel-ratio": _either(
        "@media (-webkit-device-pixel-ratio)", "@media (-webkit-min-device-pixel-ratio)"
    ),
    "css-at-media-hover": _either("@media (hover)", "@media (any-hover)"),
    "css-block-inline-size": "block-size",
    "css-border": _sides("border", "border-color", "border-style", "border-width"),
    "css-border-inline-block": _either("border-inline", "border-block"),
    "css-border-inline-block-individual": _either(
        "border-block-start", "border-block-end", "border-inline-start", "border-inline-end"
    ),
    "css-border-inline-block-longhand": _either(
        *(f"border-{way}-{what}" for way in ("block", "inline") for what in ("color", "style", "width"))
    ),
    "css-border-radius": _either(
        "border-radius",
        *(f"border-{end}-{side}-radius" for end in ("top", "bottom") for side in ("left", "right")),
    ),
    "css-border-radius-logical": _either(
        *(f"border-{one}-{other}-radius" for one in ("start", "end") for other in ("start", "end"))
    ),
    "css-color-scheme": "color-scheme",
    "css-column-layout-properties": _either(*_COLUMNS),
    "css-comments": "/*",
    "css-display-flex": _either("display: flex", "display: inline-flex"),
    "css-display-grid": _either("display: grid", "display: inline-grid"),
    "css-font": "font",
    "css-gap": _either("gap", "column-gap", "row-gap"),
    "css-grid-template": _either(
        "grid-template", "grid-template-areas", "grid-template-columns", "grid-template-rows"
    ),
    "css-important": "!important",
    "css-intrinsic-size": _either("value:fit-content", "value:min-content", "value:max-content"),
    "css-left-right-top-bottom": _either(*_SIDES),
    "css-linear-gradient": _either("linear-gradient()", "repeating-linear-gradient()"),
    "css-margin": _sides("margin"),
    "css-margin-block-start-end": _either("margin-block-start", "margin-block-end"),
    "css-margin-inline-block": _either("margin-inline", "margin-block"),
    "css-margin-inline-start-end": _either("margin-inline-start", "margin-inline-end"),
    "css-modern-color": _either("lch()", "oklch()", "lab()", "oklab()"),
    "css-padding": _sides("padding"),
    "css-padding-block-start-end": _either("padding-block-start", "padding-block-end"),
    "css-padding-inline-block": _either("padding-inline", "padding-block"),
    "css-padding-inline-start-end": _either("padding-inline-start", "padding-inline-end"),
    "css-pseudo-class-lang": ":lang",
    "css-scroll-snap": _either("scroll-snap-type", "scroll-snap-align", "scroll-snap-stop"),
    "css-selector-adjacent-sibling": "selector:+",
    "css-selector-attribute": "selector:[]",
    "css-selector-chaining": "selector:chain",
    "css-selector-child": "selector:>",
    "css-selector-class": "selector:.",
    "css-selector-descendant": "selector:descendant",
    "css-selector-general-sibling": "selector:~",
    "css-selector-grouping": "selector:,",
    "css-selector-id": "selector:#",
    "css-selector-type": "selector:tag",
    "css-selector-universal": "selector:*",
    "css-sytem-ui": _either(
        *(f"value:{name}" for name in "system-ui ui-serif ui-sans-serif ui-rounded ui-monospace".split())
    ),
    "css-unit-calc": "calc()",
    "css-unit-initial": "value:initial",
    "css-unit-percent": "unit:%",
    "css-variables": "var()",
    "html-address": "<address",
    "html-anchor-links": "href=#",
    "html-comments": "<!--",
    "html-doctype": "<!doctype",
    "html-h1-h6": _either(*(f"<h{level}" for level in range(1, 7))),
    "html-image-maps": "<map",
    "html-lists": _either("<ul", "<ol", "<dl"),
    "html-mailto-links": "href=mailto:",
    "html-meta-color-scheme": "name=color-scheme",
    "html-semantics": _either(*(f"<{tag}" for tag in _SEMANTICS)),
    "html-srcset": _either("srcset=", "sizes="),
    "image-base64": "data:",
    "image-heif": _either(".heic", ".heif"),
    "image-jpg": _either(".jpg", ".jpeg"),
    "image-tiff": _either(".tif", ".tiff"),
}
"""What to look for, where caniemail's title does not say it."""

LEFT_OUT = frozenset(
    {"amp", "bimi", "css-nesting", "css-inert-attribute", "image-apng", "image-hdr", "image-mp4"}
)
"""No letter can hold it, or no pattern can tell it."""

_TITLES: tuple[tuple[str, str], ...] = (
    (r"(@[a-z-]+(?: \([a-z-]+\))?)", r"\1"),
    (r"::?([a-z-]+)(?:\(\))?", r":\1"),
    (r"<(\w+)>(?: element)?", r"<\1"),
    (r"Embedded <(\w+)> image", r"<\1"),
    (r'<(\w+) type="(\w+)"> element', r"type=\2"),
    (r"([\w-]+) attribute", r"\1="),
    (r"([a-z]+) unit", r"unit:\1"),
    (r"([a-z-]+)\(\)", r"\1()"),
    (r"(?:Animated )?([A-Za-z]+) image format", r".\1"),
    (r"([a-z-]+): ?([a-z-]+)", r"\1: \2"),
    (r"([a-z-]+) ?(?:property)?", r"\1"),
)
"""How caniemail writes its titles -> what to look for."""


def pattern_of(slug: str, title: str) -> str:
    """What to look for in a letter; "" when there is nothing."""
    if slug in PATTERNS or slug in LEFT_OUT:
        return PATTERNS.get(slug, "")
    for form, pattern in _TITLES:
        found = re.fullmatch(form, title)
        if found:
            return found.expand(pattern).lower()
    return ""


def support(stats: Mapping[str, Any], client: str) -> str:
    """n, a (a part) or y of the program of a client that shows least; y when nobody has tested."""
    told = []
    for family, platform in PROGRAMS[client]:
        versions = stats.get(family, {}).get(platform) or {}
        known = [value[0] for value in versions.values() if value[0] != "u"]
        told += known[-1:]
    return next((one for one in "na" if one in told), "y")


def rows(features: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """The table's rows, in order of slug."""
    for feature in sorted(features, key=lambda one: str(one["slug"])):
        pattern = pattern_of(feature["slug"], feature["title"].strip())
        if not pattern:
            print(f"{feature['slug']}: left out", file=sys.stderr)
            continue
        told = {client: support(feature["stats"], client) for client in PROGRAMS}
        names = [" ".join(client for client in PROGRAMS if told[client] == level) for level in "na"]
        yield feature["slug"], feature["title"].strip(), pattern, *names, feature["url"]


def main(path: str) -> None:
    """Write the table."""
    read = json.loads(Path(path).read_text("utf-8"))
    table = list(rows(read["data"]))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# {read['last_update_date'][:10]}: data from caniemail.com (MIT), see NOTICE\n")
        file.write("# made by scripts/take_mail_clients.py, do not edit\n")
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(table)
    print(f"{len(table)} of {len(read['data'])} features in {TABLE.name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
