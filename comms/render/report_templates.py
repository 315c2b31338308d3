"""The templates of reports: one self-contained page each. The looks are in report_style.py.

No script, nothing from elsewhere: a report is mailed, printed and kept, and must be the same in ten years.
"""

from __future__ import annotations

PARTS = """{% macro leaves() %}
<svg class="leaves" viewBox="0 0 81 21" aria-hidden="true">
{% for colour, height in leaf_colours %}
<path fill="{{ colour }}" d="M{{ loop.index0 * 12 }} {{ 21 - height }}h4a5 6 0 0 1 5 6v{{ height - 6 }}
h-4a5 6 0 0 1-5-6z"/>
{% endfor %}
</svg>
{% endmacro %}

{% macro table(one) %}
<div class="sheet{% if one.is_short %} short{% endif %}{% if one.heads|length == 2 %} pair{% endif %}
{%- if one.heads|length > 6 %} dense{% endif %}">
<div class="scroll" role="region" aria-labelledby="{{ one.id }}" tabindex="0">
<table>
<caption id="{{ one.id }}">
<span class="words"><strong>{{ one.title }}</strong> {{ one.base }}</span>
</caption>
<thead>
<tr>
{% for head in one.heads %}
<th scope="col"{% if not loop.first and one.numeric %} class="number"{% endif %}>{{ head }}</th>
{% endfor %}
</tr>
</thead>
<tbody>
{% for row in one.rows %}
<tr{% if row.is_nothing %} class="nothing"{% endif %}>
<th scope="row"><span class="name">
{%- if row.link %}<a href="{{ row.link }}">{{ row.name }}</a>{% else %}{{ row.name }}{% endif %}
{%- if row.under %}<br><span class="soft">{{ row.under }}</span>{% endif %}</span>
{%- if row.share %}{{ bar(*row.share)|safe }}{% endif %}
</th>
{% for cell in row.cells %}
<td{% if one.numeric %} class="number"{% endif %}>{{ cell.words }}
{%- if cell.under %} <small>{{ cell.under }}</small>{% endif %}</td>
{% endfor %}
</tr>
{% endfor %}
</tbody>
{% if one.total %}
<tfoot>
<tr>
<th scope="row"><span class="name">{{ one.total.name }}</span></th>
{% for cell in one.total.cells %}
<td class="number">{{ cell.words }}{% if cell.under %} <small>{{ cell.under }}</small>{% endif %}</td>
{% endfor %}
</tr>
</tfoot>
{% endif %}
</table>
</div>
{% for note in one.notes %}
<p class="soft">{{ note }}</p>
{% endfor %}
</div>
{% endmacro %}

{% macro picture(drawn) %}
<figure class="sheet">
<figcaption><strong>{{ drawn.title }}</strong> {{ drawn.base }}</figcaption>
<div class="scroll full">{{ drawn.wide|safe }}</div>
<div class="slim">{{ drawn.slim|safe }}</div>
</figure>
{% endmacro %}

{% macro totals(figures) %}
<ul class="totals">
{% for each in figures %}
<li><strong>{{ each.words }}</strong> <span>{{ each.name }}</span> <small>{{ each.under }}</small></li>
{% endfor %}
</ul>
{% endmacro %}

{% macro strategy(view, h) %}
<section aria-labelledby="tomma">
<{{ h }} id="tomma">Tomma rutor</{{ h }}>
<p>{{ view.gaps_said }}</p>
{% if view.first_gaps %}
<ul class="gaps">
{% for gap in view.first_gaps %}
<li class="e{{ gap.accent }}"><span>{{ gap.words }}</span></li>
{% endfor %}
</ul>
{% endif %}
{% if view.more_gaps %}
<ul class="more">
{% for gap in view.more_gaps %}
<li>{{ gap.words }}</li>
{% endfor %}
</ul>
{% endif %}
</section>
<section aria-labelledby="kartan">
<{{ h }} id="kartan">Vad som har nått vart</{{ h }}>
<p>Siffran i en ruta är hur många nyheter om ett insatsområde som har nått en kommun eller en målgrupp. Ju
starkare färg, desto fler. En streckad ruta är tom.</p>
{% for each in view.maps %}
{{ picture(each.picture) }}
{{ table(each.table) }}
{% else %}
<p>Inte räknat: strategin eller målgrupperna är tomma.</p>
{% endfor %}
</section>
<section aria-labelledby="tiden">
<{{ h }} id="tiden">Månad för månad</{{ h }}>
{% for drawn in view.timelines %}
{{ picture(drawn) }}
{% else %}
<p>Inte räknat: inga månader finns i underlaget.</p>
{% endfor %}
{% if view.months %}
{{ table(view.months) }}
{% endif %}
</section>
<section aria-labelledby="tabeller">
<{{ h }} id="tabeller">Siffrorna i tabeller</{{ h }}>
<p>En nyhet kan höra till flera rader, till exempel två målgrupper. Därför kan raderna bli fler än helheten.
En tom rad betyder att inget har gått ut. ”Inte räknat” betyder att vi inte vet.</p>
{% for one in view.tables %}
{{ table(one) }}
{% endfor %}
</section>
{% endmacro %}

{% macro counted(rows, notes) %}
<dl class="facts">
{% for row in rows %}
<dt>{{ row.name }}</dt>
<dd>{% if row.is_code %}<code>{{ row.words }}</code>{% else %}{{ row.words }}{% endif %}</dd>
{% endfor %}
</dl>
<div class="after">
{% for note in notes %}
<p>{{ note }}</p>
{% endfor %}
</div>
{% endmacro %}

{% macro deliveries(view, h) %}
<p>{{ view.said }}</p>
{% for one in view.tables %}
{{ table(one) }}
{% endfor %}
{% endmacro %}

{% macro sender(head) %}
<p><strong>{{ head.name }}</strong>
{%- if head.postal_address %}<br>{{ head.postal_address }}{% endif %}
{%- if head.mail %}<br><a href="mailto:{{ head.mail }}">{{ head.mail }}</a>{% endif %}</p>
{% endmacro %}

{% macro emblem(head) %}
{% if head.emblem %}
<p class="eu">
<img src="{{ head.emblem }}" width="120" height="80"
 alt="EU:s flagga: tolv gula stjärnor i en ring på blå botten.">
{{ head.eu_statement }}
</p>
{% endif %}
{% endmacro %}
"""

BASE = """{% import "parts" as part with context %}
<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{{ title }} – {{ head.name }}</title>
<style>{{ style|safe }}</style>
</head>
<body{% if is_yearly %} class="yearly"{% endif %}>
<header class="cover">
<div class="wide top">
<p class="brand">
{% if head.logo %}
<img src="{{ head.logo }}" alt="{{ head.logo_alt }}">
{% else %}
{{ part.leaves() }}
<span>{{ head.wordmark }}</span>
{% endif %}
</p>
</div>
<div class="mast">
<div class="wide">
<p class="over">{{ over }}</p>
<h1>{{ title }}</h1>
<p>{{ when }}</p>
<p>{{ as_of }}</p>
</div>
</div>
{% if is_yearly %}
<div class="wide">
{{ part.emblem(head) }}
<div class="printed">
{{ part.sender(head) }}
</div>
</div>
{% endif %}
</header>
<main class="wide">
{% block main %}{% endblock %}
</main>
<footer class="foot">
<div class="wide">
{{ part.emblem(head) }}
{{ part.sender(head) }}
</div>
</footer>
</body>
</html>
"""

STRATEGY = """{% extends "base" %}
{% block main %}
<section aria-labelledby="helheten">
<h2 id="helheten">I korthet</h2>
<p>{{ view.base }}</p>
{{ part.totals(view.totals) }}
</section>
{{ part.strategy(view, "h2") }}
<section aria-labelledby="raknat">
<h2 id="raknat">Så är det räknat</h2>
{{ part.counted(rows, notes) }}
</section>
{% endblock %}
"""
"""What the communication did for the strategy, the empty squares first."""

DELIVERY = """{% extends "base" %}
{% block main %}
<section aria-labelledby="brev">
<h2 id="brev">Brev och inlägg</h2>
{{ part.deliveries(view, "h3") }}
</section>
<section aria-labelledby="raknat">
<h2 id="raknat">Så är det räknat</h2>
{{ part.counted(rows, notes) }}
</section>
{% endblock %}
"""
"""How a period's issues and posts went."""

YEAR = """{% extends "base" %}
{% block main %}
<section aria-labelledby="korthet">
<h2 id="korthet">Sammanfattning</h2>
{{ part.totals(view.totals) }}
<ul class="summary">
{% for sentence in summary %}
<li>{{ sentence }}</li>
{% endfor %}
</ul>
</section>
<nav class="contents sheet" aria-labelledby="innehall">
<h2 id="innehall">Innehåll</h2>
<ol>
<li><a href="#strategin">Strategin</a></li>
<li><a href="#sandningar">Brev och inlägg</a></li>
<li><a href="#manniskor">Vem som hörs och syns</a></li>
<li><a href="#samtycken">Samtycken och prenumeranter</a></li>
<li><a href="#raknat">Så är det räknat</a></li>
</ol>
</nav>
<section class="chapter" aria-labelledby="strategin">
<h2 id="strategin">1. Strategin</h2>
<p>{{ view.base }}</p>
{{ part.strategy(view, "h3") }}
</section>
<section class="chapter" aria-labelledby="sandningar">
<h2 id="sandningar">2. Brev och inlägg</h2>
{% if sent %}
{{ part.deliveries(sent, "h3") }}
{% else %}
<p>Inte räknat i den här redovisningen.</p>
{% endif %}
</section>
<section class="chapter" aria-labelledby="manniskor">
<h2 id="manniskor">3. Vem som hörs och syns</h2>
{% if people %}
{% for note in people.notes %}
<p>{{ note }}</p>
{% endfor %}
{% for one in people.tables %}
{{ part.table(one) }}
{% endfor %}
{% if people.has_months %}
<p>Siffror för varje månad finns i balansredovisningen. De är utelämnade här, så att den här går att
överblicka.</p>
{% endif %}
{% else %}
<p>Inte räknat i den här redovisningen.</p>
{% endif %}
</section>
<section class="chapter" aria-labelledby="samtycken">
<h2 id="samtycken">4. Samtycken och prenumeranter</h2>
<p>Här står bara antal. Ingen nämns vid namn.</p>
{% for one in consents %}
{{ part.table(one) }}
{% endfor %}
{% for sentence in not_counted %}
<p>{{ sentence }}</p>
{% endfor %}
</section>
<section aria-labelledby="raknat">
<h2 id="raknat">5. Så är det räknat</h2>
{{ part.counted(rows, notes) }}
</section>
{% endblock %}
"""
"""The yearly report, for a board and an authority."""
