"""The archive's style sheet: the letters' looks, light and dark, from the organisation's own colours."""

from __future__ import annotations

from collections.abc import Iterable

from comms.model.settings import Brand
from comms.text.colours import MIN_CONTRAST, contrast

STYLE_PATH = "media/sida.css"
"""The one style sheet of all pages, below the base address."""

_DARK_PANEL = "#27312c"
_RULES = """\
html { color-scheme: light dark; -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
*, ::before, ::after { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 1.0625rem/1.55 Arial, Helvetica, sans-serif; overflow-wrap: anywhere;
}
.wide { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
h1, h2, h3, h4 { color: var(--heading); line-height: 1.25; text-wrap: balance; }
h1 {
  margin: 0; font-size: clamp(1.75rem, 1.2rem + 2.6vw, 2.75rem); letter-spacing: -.01em;
  line-height: 1.15;
}
h2 { margin: 0 0 1rem; font-size: 1.625rem; }
h3 { margin: 0 0 .35rem; font-size: 1.25rem; }
p { margin: 0 0 1rem; }
a { color: var(--link); text-underline-offset: 3px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 3px; border-radius: 2px; }
img, svg { display: block; max-width: 100%; height: auto; }
ul, ol { padding-left: 1.4rem; }
.plain { list-style: none; padding: 0; margin: 0; }
.soft { color: var(--soft); }
.small { font-size: .9375rem; }
.skip { position: absolute; left: -999rem; padding: .75rem 1.25rem; background: var(--paper); z-index: 1; }
.skip:focus { left: 1rem; top: 1rem; }

.top > .wide {
  display: flex; flex-wrap: wrap; gap: .75rem 2rem; align-items: end; justify-content: space-between;
  padding-top: 1.1rem; padding-bottom: .9rem;
}
.brand {
  display: inline-flex; align-items: end; gap: .7rem; font-weight: bold; font-size: 1.15rem;
  line-height: 1.2; color: var(--heading); text-decoration: none; padding: .3rem 0;
}
.brand:hover { text-decoration: underline; }
.brand img { height: 2.75rem; width: auto; }
.leaves { display: inline-flex; align-items: end; gap: 3px; flex: none; }
.leaves i { width: 9px; height: 12px; border-radius: 9px 1px; background: #1f4d3a; }
.leaves i:nth-child(2), .leaves i:nth-child(6) { height: 15px; background: #566620; }
.leaves i:nth-child(3), .leaves i:nth-child(5) { height: 18px; background: #8a5f0a; }
.leaves i:nth-child(5) { background: #2b6a8c; }
.leaves i:nth-child(4) { height: 21px; background: #a3273b; }
.menu { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: 0; padding: 0; list-style: none; }
.menu a { display: inline-block; padding: .45rem 0; }
.menu [aria-current] { color: var(--ink); font-weight: bold; text-decoration: none; }

.hills { width: 100%; height: 3.6rem; margin-bottom: -1px; }
.home .hills { height: clamp(3.5rem, 9vw, 6.5rem); }
.hills .far { fill: var(--far); }
.hills .middle { fill: var(--middle); }
.hills .near { fill: var(--mast); }
.mast { background: var(--mast); color: #fff; padding: 1rem 0 2.25rem; }
.mast h1 { color: #fff; max-width: 30ch; }
.mast p { margin: .6rem 0 0; max-width: 44rem; font-size: 1.125rem; color: #fff; text-wrap: balance; }
.mast .over { margin: 0 0 .35rem; font-size: 1rem; }
.mast a { color: #fff; }
.mast :focus-visible { outline-color: #fff; }
main.wide { padding-top: 2.5rem; padding-bottom: 3.5rem; display: block; }
main > section { margin-top: 3.25rem; }
main > section:first-child { margin-top: 0; }

.tiles {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18.5rem), 1fr)); gap: 1.5rem;
  list-style: none; margin: 0; padding: 0;
}
.tile {
  position: relative; display: flex; flex-direction: column; background: var(--paper);
  border-radius: 10px; overflow: hidden; border-top: 6px solid var(--accent, var(--heading));
}
.tile img { width: 100%; aspect-ratio: 3 / 2; object-fit: cover; background: var(--panel); }
.tile div { padding: 1.1rem 1.25rem 1.25rem; display: flex; flex-direction: column; flex: 1; }
.tile p { margin: 0; }
.tile h3 { margin: .15rem 0 .5rem; }
.tile h3 a { color: inherit; text-decoration: none; }
.tile h3 a::after { content: ""; position: absolute; inset: 0; }
.tile:hover h3 a, .tile h3 a:focus-visible { text-decoration: underline; }
.tile .when { margin-top: auto; padding-top: .8rem; }
.eyebrow {
  margin: 0 0 .25rem; font-size: .9375rem; font-weight: bold; color: var(--accent, var(--heading));
}
.eyebrow a { color: inherit; }
.bare h3 { font-size: 1.375rem; }
.tile:only-child { grid-column: 1 / -1; }
@media (min-width: 42rem) {
  .tiles:has(img) .bare h3 { font-size: 1.5rem; }
  .tiles:has(img) .bare h3 + p { font-size: 1.125rem; }
}
@media (min-width: 60rem) {
  .lead-first > :first-child { grid-column: span 2; }
  .lead-first > :first-child, .tile:only-child {
    flex-direction: row; border-top: 0; border-left: 6px solid var(--accent, var(--heading));
  }
  .lead-first > :first-child img { width: 52%; height: 100%; aspect-ratio: auto; min-height: 19rem; }
  .lead-first > .tile:only-child { grid-column: 1 / -1; }
  .tile:only-child img { width: 38%; height: 100%; }
  .lead-first > :first-child h3, .tile:only-child h3 { font-size: 1.625rem; }
  .tile:only-child p { max-width: 44rem; }
}

.box { background: var(--paper); border-radius: 10px; padding: 1.5rem 1.6rem; }
.box > :last-child, .panel > :last-child { margin-bottom: 0; }
.panel { background: var(--panel); border-radius: 10px; padding: 1.25rem 1.5rem; }
.split {
  display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr));
  align-items: start;
}
.chips { display: flex; flex-wrap: wrap; gap: .6rem; list-style: none; margin: 0; padding: 0; }
.chips a {
  display: inline-block; padding: .5rem .95rem; background: var(--paper); border: 1px solid var(--edge);
  border-radius: 18px 3px; color: var(--ink); text-decoration: none;
}
.chips a:hover { text-decoration: underline; border-color: var(--ink); }
.box .chips a { background: var(--panel); }
.focus a { border-left: 8px solid var(--accent, var(--heading)); border-radius: 3px; }
.rows { list-style: none; margin: 0; padding: 0; }
.rows li { padding: .85rem 0; border-top: 1px solid var(--line); }
.rows li:first-child { border-top: 0; padding-top: 0; }
.rows p { margin: 0; }
.rows .soft { display: block; }
.letter h3 { font-size: 1.4rem; }
.more { margin: 1.25rem 0 0; font-weight: bold; }
.more a { display: inline-block; padding: .35rem 0; }

.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; font-weight: bold; padding-bottom: .5rem; color: var(--heading); }
th, td {
  padding: .65rem 1rem .65rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top;
}
thead th { border-top: 0; font-size: .9375rem; color: var(--heading); }
tbody th { font-weight: normal; }
.dates td:first-child { width: 31%; }
.story .scroll { margin: 0 0 1rem; }
.story .scroll table { overflow-wrap: normal; }

.story {
  background: var(--paper); border-radius: 10px; padding: clamp(1.25rem, 4vw, 3rem);
  border-top: 8px solid var(--accent, var(--heading));
}
.story > * { max-width: 42rem; margin-left: auto; margin-right: auto; }
.story > .eyebrow { margin-bottom: .5rem; }
.story .lead { font-size: 1.25rem; line-height: 1.5; margin-top: .9rem; margin-bottom: .75rem; }
.story h2 { margin: 2rem 0 .6rem; font-size: 1.375rem; }
.story h3 { margin: 1.5rem 0 .4rem; font-size: 1.1875rem; }
.words > :first-child { margin-top: 0; }
.story blockquote {
  margin: 0 0 1rem; padding: .1rem 0 .1rem 1rem; border-left: 4px solid var(--accent, var(--heading));
}
.story pre {
  overflow-x: auto; padding: 1rem; background: var(--panel); white-space: pre-wrap;
}
.story li { margin-bottom: .3rem; }
.story hr { border: 0; border-top: 1px solid var(--line); margin: 1.5rem 0; }
figure { margin: 1.5rem 0; }
figure img { border-radius: 8px; width: 100%; }
figure.tall img { width: auto; max-height: 40rem; margin: 0 auto; }
figcaption { padding-top: .5rem; font-size: .9375rem; color: var(--soft); }
.facts {
  margin-top: 1.5rem; margin-bottom: 1.5rem; padding: 1rem 1.35rem; background: var(--panel);
  border-left: 5px solid var(--accent, var(--heading));
}
.facts dl { margin: 0; display: grid; gap: .45rem 1.25rem; }
.facts dl { grid-template-columns: minmax(7.5rem, 28%) minmax(0, 1fr); }
.facts dt { font-weight: bold; }
.facts dd { margin: 0; min-width: 0; }
.facts p { margin: .8rem 0 0; }
.spread { margin-top: 2.5rem; }
.story .spread h2 { margin-top: 0; }
.spread .chips a { background: var(--paper); }
.end { margin-top: 2rem; padding-top: 1rem; border-top: 1px solid var(--line); }

.narrow { width: 100%; max-width: 44rem; margin: 0 auto; display: grid; gap: 1.5rem; }
.narrow > * { margin: 0; min-width: 0; }
.narrow .box > h2, .told h2, .faults h2 { font-size: 1.375rem; margin-bottom: .75rem; }
.aside { padding: 0 1.6rem; }
.aside a, .narrow .more a, .narrow .plain a { display: inline-block; padding: .6rem 0; }
.faults, .told { border-left: 8px solid var(--fault); padding: 1.25rem 1.5rem; background: var(--paper); }
.faults ul { list-style: none; margin: 0; padding: 0; }
.faults li { padding: .6rem 0; border-top: 1px solid var(--line); font-weight: bold; }
.faults a { display: block; margin: -.6rem 0; padding: .6rem 0; }
.told { border-color: var(--heading); border-radius: 0 10px 10px 0; }
.told > :last-child { margin-bottom: 0; }
.field { margin: 0 0 2rem; padding: 0; border: 0; min-width: 0; }
.field > label, legend { display: block; padding: 0; font-weight: bold; font-size: 1.125rem; }
legend { float: left; width: 100%; }
legend + * { clear: both; }
.need { font-weight: normal; font-size: .9375rem; color: var(--soft); }
.hint { margin: 0; padding-top: .25rem; font-size: .9375rem; color: var(--soft); }
.fault { margin: 0; padding-top: .35rem; color: var(--fault); }
.faulty { padding-left: 1rem; border-left: 5px solid var(--fault); }
input[type=email], select {
  display: block; width: 100%; max-width: 30rem; min-height: 3rem; margin-top: .6rem; padding: .6rem .75rem;
  border: 2px solid var(--edge); border-radius: 6px; background: var(--paper); color: var(--ink);
  font: inherit;
}
.faulty input[type=email], .faulty select { border-color: var(--fault); }
.option { position: relative; padding-left: 2.6rem; }
fieldset > .option:first-of-type { margin-top: .4rem; }
.option input {
  position: absolute; left: 0; top: .5rem; width: 1.75rem; height: 1.75rem; margin: 0;
  accent-color: var(--button);
}
.option label { display: block; margin-left: -2.6rem; padding: .6rem 0 .6rem 2.6rem; min-height: 2.75rem; }
.option .hint { margin: -.45rem 0 .6rem; padding: 0; }
.option input { z-index: 1; }
button {
  min-height: 3rem; padding: .65rem 1.5rem; border: 2px solid var(--button); border-radius: 18px 3px;
  background: var(--button); color: var(--button-text); font: inherit; font-weight: bold; cursor: pointer;
}
button:hover { text-decoration: underline; text-underline-offset: 3px; }
.plain-button { background: var(--paper); color: var(--button); }
.yes { padding-top: 1.5rem; border-top: 1px solid var(--line); }
.yes .hint, .form + .hint { margin-top: .9rem; }
.form > :last-child, .yes > :last-child { margin-bottom: 0; }
.ways { display: grid; gap: .9rem; justify-items: start; }
.ways p { margin: 0; }
.chosen { margin: 0 0 1.5rem; display: grid; gap: .45rem 1.25rem; }
.chosen { grid-template-columns: minmax(8rem, 32%) minmax(0, 1fr); }
.chosen dt { grid-column: 1; font-weight: bold; }
.chosen dd { grid-column: 2; margin: 0; min-width: 0; }
.trap { position: absolute; left: -999rem; }

.foot { background: var(--panel); padding: 2.25rem 0 2.5rem; }
.eu {
  display: flex; flex-wrap: wrap; align-items: center; gap: 1.25rem; margin: 0 0 1.75rem;
  font-weight: bold; font-size: 1.125rem; line-height: 1.35; color: var(--eu);
}
.eu img { width: 120px; height: 80px; border: 3px solid #fff; }
.foot h2 { font-size: 1.125rem; margin-bottom: .5rem; }
.foot .columns {
  display: grid; gap: 1.5rem 3rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr));
}
.foot p, .foot li { font-size: .9375rem; }
.foot li { padding: .2rem 0; }

@media (max-width: 34rem) {
  .dates thead { position: absolute; left: -999rem; }
  .dates tr { display: block; padding: .8rem 0; border-top: 1px solid var(--line); }
  .dates th, .dates td { display: block; width: auto !important; border: 0; padding: 0 0 .15rem; }
  .dates td:first-child { font-weight: bold; }
  .chosen { grid-template-columns: 1fr; gap: 0; }
  .chosen dt:not(:first-child) { margin-top: .6rem; }
  .chosen dd { grid-column: 1; }
  button { width: 100%; }
  .box { padding: 1.25rem; }
  .aside { padding: 0 1.25rem; }
  .facts dl { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin: 0 0 .6rem; }
  .facts dd:last-child { margin-bottom: 0; }
}
@media print {
  .menu, .skip, .hills, .spread, .foot .columns { display: none; }
  .mast { background: none; color: #000; } .mast h1, .mast p, .mast .over { color: #000; }
  .story, .box, .tile { border-radius: 0; }
}
"""

_LIGHT = {"panel": "#f2efe5", "line": "#d9d3c3", "edge": "#8d8774", "soft": "#5b655f", "eu": "#003399"}
_LIGHT |= {"fault": "#a3273b", "button-text": "#ffffff"}
_DARK = {
    "ground": "#141a17",
    "paper": "#1c2420",
    "panel": _DARK_PANEL,
    "line": "#45524b",
    "edge": "#7d8a83",
    "ink": "#ece8dd",
    "soft": "#b6beb8",
    "heading": "#b9d3a6",
    "link": "#9ccbe6",
    "eu": "#ffffff",
    "fault": "#f2a3ae",
    "button": "#b9d3a6",
    "button-text": "#141a17",
    "far": "#2b3b34",
    "middle": "#3c5a49",
}


def style_sheet(brand: Brand, focus_areas: Iterable[str]) -> str:
    """The style sheet: `focus-N` is the N:th focus area's accent, as many as there are."""
    light = {name: getattr(brand, name) for name in ("ground", "paper", "ink", "heading", "link")}
    light |= _LIGHT | {"mast": brand.heading, "button": brand.heading, "far": "#c5d3cb", "middle": "#8fa585"}
    accents = [brand.focus.get(slug, brand.heading) for slug in focus_areas]
    dark = [_lightened(accent) for accent in accents]
    return (
        f":root {{ {_variables(light)} }}\n{_accents(accents)}\n"
        f"@media (prefers-color-scheme: dark) {{\n:root {{ {_variables(_DARK)} }}\n{_accents(dark)}\n"
        ".leaves i { filter: brightness(1.7); }\n}\n" + _RULES
    )


def _variables(values: dict[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in values.items())


def _accents(colours: list[str]) -> str:
    return "\n".join(f".focus-{number} {{ --accent: {value}; }}" for number, value in enumerate(colours, 1))


def _lightened(colour: str) -> str:
    """The colour with as much white as it takes to be read on the dark panel."""
    parts = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    for white in range(0, 101, 5):
        mixed = "#" + "".join(f"{round(part + (255 - part) * white / 100):02x}" for part in parts)
        if contrast(mixed, _DARK_PANEL) >= MIN_CONTRAST:
            return mixed
    return "#ffffff"
