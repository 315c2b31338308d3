"""The style sheet of reports: the letters' looks on a screen, light and dark, and on paper.

A report is one file, so its style is in it; the page's content policy allows that style alone, by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping

from comms.model.settings import Brand
from comms.render.palette import STATEMENT, STATEMENT_DARK, mixed
from comms.text.colours import contrast

_DEPTHS = (0.16, 0.36, 0.58, 0.8, 1.0)
"""How much of the heading's colour the squares of a heat map have, from few to many."""

_LINE_CONTRAST = 3.0
"""WCAG 2.1, 1.4.11: of edges and bars that one must see to understand."""

_RULES = """\
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
*, ::before, ::after { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1.0625rem/1.55 var(--font);
 overflow-wrap: anywhere; }
.wide { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
h1, h2, h3 { color: var(--heading); line-height: 1.2; text-wrap: balance; }
h1 { margin: 0; font-size: clamp(1.75rem, 1.2rem + 2.6vw, 2.75rem); letter-spacing: -.01em; }
h2 { margin: 0 0 .5rem; font-size: 1.625rem; }
h3 { margin: 0 0 .5rem; font-size: 1.25rem; }
p { margin: 0 0 1rem; max-width: 44rem; }
a { color: var(--link); text-underline-offset: 3px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 3px; border-radius: 2px; }
img { display: block; }
.soft { color: var(--soft); }
.top { display: flex; align-items: end; padding-top: 1.1rem; padding-bottom: .9rem; }
.brand { display: inline-flex; align-items: end; gap: .7rem; margin: 0; font-weight: bold;
 font-size: 1.15rem; line-height: 1.2; color: var(--heading); }
.brand img { max-height: 2.75rem; max-width: 100%; width: auto; }
.leaves { flex: none; width: 81px; height: 21px; }
.mast { background: var(--mast); color: var(--mast-text); padding: 2rem 0 2.25rem; }
.mast h1 { color: inherit; max-width: 24ch; }
.mast p { margin: .6rem 0 0; font-size: 1.125rem; }
.mast .over { margin: 0 0 .35rem; font-size: 1rem; }
main.wide { padding-top: 2.25rem; padding-bottom: 3rem; }
main > section { margin-top: 3.25rem; }
main > section:first-child { margin-top: 0; }
section section, figure { margin: 2rem 0 0; }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr)); gap: 1rem;
 list-style: none; margin: 1.25rem 0 0; padding: 0; }
.totals li { background: var(--paper); border-radius: 10px; border-top: 5px solid var(--heading);
 padding: .9rem 1.1rem 1rem; }
.totals strong { display: block; font-size: 2.125rem; line-height: 1.15; color: var(--heading);
 font-variant-numeric: tabular-nums; }
.totals span { display: block; font-weight: bold; }
.totals small { display: block; font-size: .9375rem; color: var(--soft); }
.gaps { list-style: none; margin: 1rem 0 0; padding: 0; display: grid; gap: .75rem;
 grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
.gaps li { background: var(--paper); border-radius: 10px; padding: .9rem 1.1rem; border-left: 8px solid; }
.gaps span { color: var(--ink); }
.more { margin: 1.25rem 0 0; padding: 0 0 0 1.2rem; columns: 21rem; column-gap: 2.5rem; }
.more li { break-inside: avoid; padding: .15rem 0; }
.sheet { background: var(--paper); border-radius: 10px; padding: 1.4rem 1.5rem 1.25rem; margin: 1.5rem 0 0; }
figcaption, caption { text-align: left; padding: 0 0 .9rem; color: var(--soft); font-size: .9375rem;
 line-height: 1.45; }
figcaption strong, caption strong { display: block; font-size: 1.125rem; color: var(--heading); }
.chart { display: block; max-width: 100%; height: auto; font: 14px var(--font); fill: var(--ink); }
.full .chart { width: 100%; }
.slim, .printed { display: none; }
.b { font-weight: bold; }
.s { font-size: 12px; }
.n { font-size: 18px; }
.tm { text-anchor: middle; }
.dim { fill: var(--soft); }
.ground { fill: var(--paper); }
.empty { fill: var(--paper); stroke: var(--edge); stroke-dasharray: 4 3; }
.none { fill: none; stroke: var(--edge); }
.hatch { fill: none; stroke: var(--line); stroke-width: 1.6; }
.axis { fill: none; stroke: var(--edge); }
.bar { display: block; width: 100%; min-width: 4.5rem; max-width: 12rem; height: .5rem; margin-top: .3rem; }
.bar .e { fill: var(--panel); } .bar .f { fill: var(--heading); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; overflow-wrap: normal; font-variant-numeric: tabular-nums; }
th, td { padding: .55rem 0 .55rem 1rem; border-top: 1px solid var(--line); text-align: left;
 vertical-align: top; }
th:first-child { padding-left: 0; }
.name { display: block; min-width: 7rem; }
thead th { border-top: 0; vertical-align: bottom; font-size: .9375rem; color: var(--heading); }
tbody th { font-weight: normal; overflow-wrap: anywhere; }
.name .soft { font-size: .9375rem; }
tfoot th, tfoot td { border-top: 2px solid var(--edge); font-weight: bold; }
.number { text-align: right; white-space: nowrap; }
th.number { white-space: normal; }
td small { display: block; color: var(--soft); font-size: .875rem; white-space: nowrap; }
.nothing { color: var(--soft); }
.nothing b { color: var(--ink); }
.pair table { max-width: 36rem; }
.dense table { font-size: .9375rem; }
.dense .name { min-width: 9rem; }
.dense thead th, .dense tfoot { font-size: .875rem; }
.sheet + p, .after { margin-top: 1.25rem; }
.contents ol { columns: 17rem; margin: 0; padding-left: 1.4rem; }
.contents a { display: inline-block; padding: .25rem 0; }
.summary { font-size: 1.125rem; padding-left: 1.2rem; margin: 1rem 0 0; max-width: 44rem; }
.summary li { padding: .2rem 0; }
.facts { display: grid; grid-template-columns: minmax(8rem, 13rem) minmax(0, 1fr); gap: .45rem 1.25rem;
 margin: 0; }
.facts dt { font-weight: bold; }
.facts dd { margin: 0; }
.facts code { font: .875rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.foot { background: var(--panel); padding: 2rem 0; }
.foot p { margin: 0; font-size: .9375rem; }
.eu { display: flex; flex-wrap: wrap; align-items: center; gap: 1.25rem; margin: 0 0 1.5rem;
 font: bold 1.125rem/1.35 Arial, Helvetica, sans-serif; color: var(--eu); }
.eu img { width: 120px; height: 80px; border: 3px solid #fff; box-sizing: content-box; }
.foot .eu { font-size: 1.125rem; }
.cover .eu { margin: 2rem 0 0; }

@media screen and (max-width: 44rem) {
  .full { display: none; } .slim { display: block; }
  .wide { padding: 0 1rem; }
  .sheet { padding: 1rem .75rem .9rem; }
  .slim .chart { width: 100%; max-width: 26rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin: 0 0 .75rem; }
  .gaps { grid-template-columns: minmax(0, 1fr); }
  .scroll table { width: max-content; min-width: 100%; }
  .scroll th:first-child { position: sticky; left: 0; background: var(--paper); padding-right: .6rem;
   border-right: 1px solid var(--line); }
  .name { width: max-content; min-width: 0; max-width: 9.7rem; hyphens: auto; }
  .scroll table { font-size: .9375rem; }
  .dense .name { min-width: 0; }
  .words { display: block; position: sticky; left: 0; width: calc(100vw - 3.6rem); }
  .scroll td { max-width: 15rem; }
}
@media print {
  html { font-size: 9.5pt; }
  body, .foot, .sheet, .totals li, .gaps li { background: #fff; }
  .wide, main.wide { max-width: none; padding: 0; }
  .mast { background: none; color: var(--heading); padding: 0 0 1rem;
   border-bottom: 3px solid var(--heading); }
  .sheet { padding: 0; border-radius: 0; }
  .totals { grid-template-columns: repeat(4, 1fr); }
  .totals li, .gaps li { border: 1px solid var(--edge); border-radius: 4px; }
  .totals li { border-top: 4px solid var(--heading); } .gaps li { border-left: 6px solid; }
  .gaps { grid-template-columns: 1fr 1fr; }
  .scroll { overflow: visible; }
  tfoot { display: table-row-group; }
  .bar { height: .28rem; margin-top: .12rem; max-width: 9rem; }
  .bar .e { fill: none; stroke: var(--edge); stroke-width: .5; }
  a { color: inherit; }
  svg, .eu img, .gaps li { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  h2, h3, caption, figcaption, thead { break-after: avoid; }
  figure, tr, caption, .short, .totals, .gaps li, .foot, .facts, .contents { break-inside: avoid; }
  .name, .dense .name { min-width: 7rem; }
  .dense table, .dense thead th, .dense tfoot,
  table { font-size: 8.5pt; } thead th, .name .soft { font-size: 8pt; }
  th, td { padding: .25rem 0 .25rem .6rem; line-height: 1.35; }
  main > section, section section, figure, .sheet { margin-top: 1.4rem; }
  .chapter { margin-top: 0; }
  .yearly .cover { min-height: 245mm; display: flex; flex-direction: column; break-after: page; }
  .yearly .cover .wide { width: 100%; margin: 0; }
  .yearly .cover .mast { padding: 58mm 0 10mm; }
  .yearly .cover .mast h1 { font-size: 34pt; }
  .yearly .cover > :last-child { margin-top: auto; }
  .chapter { break-before: page; }
  .foot { padding: 1rem 0 0; }
  .yearly .foot { display: none; }
  .yearly .printed { display: block; margin-top: 1.5rem; }
}
"""


def style_sheet(brand: Brand, focus_areas: Iterable[str], running: str) -> str:
    """The style; `a1`, `a2` … are the focus areas' accents. `running` stands at the foot of each paper."""
    slugs = list(focus_areas)
    names = ("ground", "paper", "ink", "soft", "heading", "link", "line", "panel", "mast")
    light = {name: getattr(brand, name) for name in names} | {"mast-text": brand.mast_text, "eu": STATEMENT}
    dark = {name: getattr(brand.dark, name) for name in names}
    dark |= {"mast-text": brand.dark.ink, "eu": STATEMENT_DARK}
    light["panel"] = mixed(brand.line, brand.paper, 0.5)
    accents = [brand.focus.get(slug, brand.heading) for slug in slugs]
    return (
        f":root {{ color-scheme: light dark; --font: {brand.font}; }}\n{_scheme(light, accents)}"
        "@media screen and (prefers-color-scheme: dark) {\n"
        f"{_scheme(dark, [brand.dark.accent] * len(slugs))}}}\n"
        f"{_RULES}{_paper(running)}"
    )


def policy(style: str) -> str:
    """The page's content policy: nothing but this style, and pictures that are in the page."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def depths(heading: str, paper: str) -> list[tuple[str, str]]:
    """The colours of a heat map's squares, from few to many, each with that of its number."""
    grounds = [mixed(heading, paper, part) for part in _DEPTHS]
    return [(ground, _ink_on(ground)) for ground in grounds]


def _ink_on(ground: str) -> str:
    """Black or white: one of them has always at least 4.5:1."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, ground))


def _scheme(colours: Mapping[str, str], accents: list[str]) -> str:
    """The colours of one scheme, and the classes of what is drawn in them."""
    paper = colours["paper"]
    seen = [accent if contrast(accent, paper) >= _LINE_CONTRAST else colours["heading"] for accent in accents]
    edge = next(
        found
        for part in (0.45, 0.55, 0.7, 0.85, 1.0)
        if contrast(found := mixed(colours["ink"], paper, part), paper) >= _LINE_CONTRAST or part == 1.0
    )
    variables = {**colours, "edge": edge}
    squares = "".join(
        f".h{depth} {{ fill: {ground}; }} .i{depth} {{ fill: {ink}; }}\n"
        for depth, (ground, ink) in enumerate(depths(colours["heading"], paper), 1)
    )
    lanes = "".join(
        f".a{number} {{ fill: {accent}; }} .e{number} {{ color: {accent}; }}\n"
        for number, accent in enumerate(seen, 1)
    )
    declared = " ".join(f"--{name}: {value};" for name, value in variables.items())
    return f":root {{ {declared} }}\n{squares}{lanes}"


def _paper(running: str) -> str:
    """How pages of paper are numbered (css-page-3, margin boxes)."""
    foot = "font: 8pt Arial, Helvetica, sans-serif; color: #444;"
    return (
        "@page { size: A4; margin: 16mm 15mm 18mm; "
        f'@bottom-left {{ content: "{_quoted(running)}"; {foot} }} '
        f'@bottom-right {{ content: "Sida " counter(page) " av " counter(pages); {foot} }} }}\n'
        '.yearly { page: yearly; }\n@page yearly:first { @bottom-left { content: ""; } '
        '@bottom-right { content: ""; } }\n'
    )


def _quoted(words: str) -> str:
    """As a string of CSS: all but letters and digits as numbers, so that nothing can end it or the style."""
    return "".join(sign if sign.isalnum() and sign.isascii() else f"\\{ord(sign):x} " for sign in words)
