"""The page ”think the opposite”: each item with gendered words swapped and people masked. Never sent.

What is changed is bold and underlined, and a word is followed by what stood there: not told by colour alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import DictLoader, Environment, StrictUndefined, Template

from comms.model.document import Block, BlockKind
from comms.model.item import Item
from comms.render.page_templates import BASE
from comms.text.swap import Part, swap

_ROLES = {BlockKind.LIST: "item", BlockKind.QUOTE: "quote", BlockKind.HEADING: "heading"}
_LOOKS = {
    "item": "display:list-item;list-style:disc;margin-left:1.25rem",
    "quote": "border-left:3px solid;padding-left:1rem",
    "": "",
}

_PAGE = """{% extends "base" %}
{% block title %}Tänk tvärtom: {{ name }}{% endblock %}
{% block header %}
<h1>Tänk tvärtom</h1>
<p><strong>Ett tankeexperiment. Sidan sänds aldrig och ingår inte i det som godkänns.</strong></p>
<p>Läs varje nyhet som om personerna hade ett annat kön. Hade vi valt samma ord, ställt samma frågor och
tagit samma bild? Låter något konstigt är det kanske ordet och inte bytet som är fel.</p>
<p class="soft">{{ made }}</p>
<details><summary>Så läser du sidan</summary>
<ul>
<li>{{ show(example) }} Det bytta ordet är fett och understruket. Efter det står vad det var,
överstruket.</li>
<li>Namn som står i nyhetens ”people” är Person A, Person B och så vidare. Vilka de är står sist.
Andra namn syns som de är.</li>
<li>Hen byts inte. Sin, sitt och sina byts inte heller: de följer den som meningen handlar om.</li>
<li>”Man” byts bara när det säkert är en person, som i ”en man”. ”Man kan söka” är kvar. Så är det också med
mor och far.</li>
<li>Ord runt omkring böjs inte om: ”den unge mannen” blir ”den unge kvinnan”.</li>
</ul>
</details>
{% endblock %}
{% block main %}
{% if not items %}<article><p>Det finns ingen nyhet att visa.</p></article>{% endif %}
{% for item in items %}
<article id="{{ item.slug }}">
<h2>{{ show(item.title) }}</h2>
<p class="soft"><code>{{ item.path }}</code></p>
{% if not item.changes %}<p>Inget att byta: texten har inget av orden i tabellen.</p>{% endif %}
{% for role, parts in item.paragraphs %}
{% if role == "heading" %}
<h3>{{ show(parts) }}</h3>
{% else %}
<p style="{{ looks[role] }}">{{ show(parts) }}</p>
{% endif %}
{% endfor %}
{% for label, parts in item.others %}
<h3>{{ label }}</h3>
<p class="post">{{ show(parts) }}</p>
{% endfor %}
{% if item.changes %}
<details><summary>Bytt på {{ item.changes | length }} sätt</summary>
<ul>
{% for before, after, times in item.changes %}
<li>{{ before }} → {{ after }}{% if times > 1 %} ({{ times }} gånger){% endif %}</li>
{% endfor %}
</ul>
</details>
{% endif %}
</article>
{% endfor %}
{% endblock %}
"""

_SHOW = """{% macro show(parts) %}
{%- for part in parts -%}
{%- if part.before -%}
<strong><ins>{{ part.text }}</ins></strong>
{%- if not part.masked %} <del class="soft">{{ part.before }}</del>{% endif -%}
{%- else -%}
{{ part.text }}
{%- endif -%}
{%- endfor -%}
{% endmacro %}
"""

Parts = Sequence[Part]


@dataclass(frozen=True, slots=True)
class _Swapped:
    """An item's texts in parts; `changes`: what was, what is, how often."""

    slug: str
    path: str
    title: Parts
    paragraphs: Sequence[tuple[str, Parts]]
    others: Sequence[tuple[str, Parts]]

    @property
    def changes(self) -> list[tuple[str, str, int]]:
        """Each change once, most often first."""
        every = (self.title, *(parts for _, parts in (*self.paragraphs, *self.others)))
        found = Counter((part.before, part.text) for parts in every for part in parts if part.before)
        return [(before, after, times) for (before, after), times in found.most_common()]


def swapped_page(items: Iterable[Item], *, name: str, made: str) -> str:
    """The page for some items; `name` is the workspace's, `made` says when and by what."""
    shown = [_swapped(item) for item in items]
    example = swap("Hon säger.")
    return _template().render(items=shown, name=name, made=made, example=example)


def _swapped(item: Item) -> _Swapped:
    names = [person.name for person in item.people]
    names += [name for picture in item.pictures for name in picture.people]
    paragraphs = [("", item.summary), *_paragraphs(item.body.blocks, "")]
    return _Swapped(
        item.slug,
        item.path,
        swap(item.title, names),
        [(role, swap(text, names)) for role, text in paragraphs],
        [(label, swap(text, names)) for label, text in _others(item)],
    )


def _paragraphs(blocks: Iterable[Block], role: str) -> Iterator[tuple[str, str]]:
    """Every block that has words of its own, with what it is."""
    for block in blocks:
        here = _ROLES.get(block.kind, role)
        if block.spans:
            yield here, block.plain()
        yield from _paragraphs(block.children, here)


def _others(item: Item) -> Iterator[tuple[str, str]]:
    """What is told of the item beside its body."""
    for audience, lead in item.leads.items():
        yield f"Ingress för {audience}", lead
    for picture in item.pictures:
        if picture.alt or picture.caption:
            yield "Bilden i ord", " ".join(filter(None, (picture.alt, picture.caption)))
    for post in item.posts:
        if post.text:
            yield f"Post på {post.channel}", post.text


@cache
def _template() -> Template:
    environment = Environment(
        loader=DictLoader({"base": BASE, "show": _SHOW, "page": '{% from "show" import show %}' + _PAGE}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"looks": _LOOKS}
    return environment.get_template("page")
