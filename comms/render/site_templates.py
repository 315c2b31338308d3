"""The archive's templates: comms' own pages, so they live in the code. The looks are in site_style.py.

No script, no style on an element, nothing from another address: a page may be served with
`Content-Security-Policy: default-src 'none'; img-src 'self'; style-src 'self'`.
"""

from __future__ import annotations

_NEAR = (7, 9, 12, 15, 18, 20, 21, 20, 18, 15, 12, 9, 7, 6, 6, 7, 9, 12, 16, 20, 24, 27, 29, 29, 27, 24, 20)
_MIDDLE = (26, 29, 31, 32, 32, 31, 29, 26, 23, 21, 20, 20, 22, 25, 28, 31, 34, 36, 37, 37, 36, 34, 32, 31, 31)
_FAR = (
    36,
    36,
    37,
    39,
    42,
    45,
    48,
    50,
    51,
    50,
    48,
    45,
    42,
    40,
    39,
    40,
    42,
    44,
    45,
    45,
    44,
    42,
    41,
    42,
    45,
    49,
)
"""The hills of the letters (templates/newsletters/_frame.mjml.j2), as heights from the left."""


def _hill(heights: tuple[int, ...], name: str) -> str:
    """A ridge as a path in a box of 1200×60."""
    step = 1200 / (len(heights) - 1)
    points = " ".join(f"L{round(step * number)} {60 - height}" for number, height in enumerate(heights))
    return f'<path class="{name}" d="M0 60 {points} L1200 60Z"/>'


_HILLS = (
    '<svg class="hills" viewBox="0 0 1200 60" preserveAspectRatio="none" aria-hidden="true">'
    f"{_hill(_FAR, 'far')}{_hill(_MIDDLE, 'middle')}{_hill(_NEAR, 'near')}</svg>"
)

BASE = (
    """{% macro leaves() %}
<span class="leaves" aria-hidden="true"><i></i><i></i><i></i><i></i><i></i><i></i><i></i></span>
{% endmacro %}
<!doctype html>
<html lang="{{ site.language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{ page.title }}{% if page.path %} – {{ site.name }}{% endif %}</title>
<meta name="description" content="{{ page.description }}">
{% if not page.is_listed %}
<meta name="robots" content="noindex">
{% endif %}
{% if page.is_found %}
<link rel="canonical" href="{{ absolute(page.path) }}">
{% if page.card %}
<meta property="og:site_name" content="{{ site.name }}">
<meta property="og:locale" content="{{ site.locale }}">
<meta property="og:type" content="{{ page.kind }}">
<meta property="og:url" content="{{ absolute(page.path) }}">
<meta property="og:title" content="{{ page.title }}">
<meta property="og:description" content="{{ page.description }}">
<meta property="og:image" content="{{ absolute(page.card) }}">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta property="og:image:alt" content="{% block card_alt %}{{ site.name }}{% endblock %}">
{% if page.published %}
<meta property="article:published_time" content="{{ page.published }}">
{% endif %}
<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:title" content="{{ page.title }}">
<meta name="twitter:description" content="{{ page.description }}">
<meta name="twitter:image" content="{{ absolute(page.card) }}">
<meta name="twitter:image:alt" content="{{ self.card_alt() }}">
{% endif %}
{% endif %}
{% if page.is_private %}
<meta name="referrer" content="no-referrer">
{% endif %}
{% for feed in page.feeds %}
<link rel="alternate" type="{{ feed.type }}" title="{{ feed.title }}" href="{{ link(feed.path) }}">
{% endfor %}
<link rel="stylesheet" href="{{ link(site.style) }}">
</head>
<body{% if not page.path and page.is_found %} class="home"{% endif %}>
<a class="skip" href="#innehall">Hoppa till innehållet</a>
<header class="top">
<div class="wide">
<a class="brand" href="{{ link("") }}"{% if not page.path %} aria-current="page"{% endif %}>
{% if site.logo %}
<img src="{{ link(site.logo) }}" alt="{{ site.logo_alt or site.name }}">
{% else %}
{{ leaves() }}
<span>{{ site.wordmark }}</span>
{% endif %}
</a>
<nav aria-label="Huvudmeny">
<ul class="menu">
{% for item in site.menu %}
<li><a href="{{ link(item.path) }}{{ item.anchor }}"
{%- if item.path and item.path == page.path %} aria-current="page"{% endif %}>{{ item.text }}</a></li>
{% endfor %}
</ul>
</nav>
</div>
"""
    + _HILLS
    + """
{% block mast %}
<div class="mast">
<div class="wide">
{% if page.over %}
<p class="over">{{ page.over }}</p>
{% endif %}
<h1>{{ page.heading or page.title }}</h1>
{% if page.lead %}
<p>{{ page.lead }}</p>
{% endif %}
</div>
</div>
{% endblock %}
</header>
<main id="innehall" class="wide" tabindex="-1">
{% block main %}{% endblock %}
</main>
<footer class="foot">
<div class="wide">
<p class="eu">
<img src="{{ link(site.emblem) }}" width="120" height="80"
 alt="EU:s flagga: tolv gula stjärnor i en ring på blå botten.">
{{ site.eu_statement }}
</p>
<div class="columns">
<section aria-labelledby="om">
<h2 id="om">{{ site.sender }}</h2>
<p>{{ site.postal_address }}<br><a href="mailto:{{ site.mail }}">{{ site.mail }}</a></p>
</section>
<section aria-labelledby="folj">
<h2 id="folj">Följ nyheterna</h2>
<ul class="plain">
{% for feed in site.feeds %}
<li><a href="{{ link(feed.path) }}">{{ feed.text }}</a></li>
{% endfor %}
<li><a href="{{ link("kalender.ics") }}">Kalender (iCalendar)</a></li>
</ul>
</section>
<section aria-labelledby="lugn">
<h2 id="lugn">Inget följer dig</h2>
<p>Här finns inga kakor och inga skript. Vi mäter inte vem som läser.</p>
<ul class="plain">
<li><a href="{{ link("integritet/") }}">Personuppgifter</a></li>
<li><a href="{{ link("tillganglighet/") }}">Tillgänglighet</a></li>
</ul>
</section>
</div>
</div>
</footer>
</body>
</html>
"""
)
"""What all pages share."""

PARTS = """{% macro card_alt(label, title, picture) %}
{{- label }}: {{ title }}{% if picture and picture.alt %} – {{ picture.alt }}{% endif -%}
{% endmacro %}

{% macro tile(each, link) %}
<li class="tile {{ each.accent }}{% if not each.picture %} bare{% endif %}">
{% if each.picture %}
<img src="{{ link(each.picture.path) }}" alt="" loading="lazy"
 width="{{ each.picture.width }}" height="{{ each.picture.height }}">
{% endif %}
<div>
<p class="eyebrow">{{ each.label }}{% if each.places %} · {{ each.places }}{% endif %}</p>
{% set lang %}{% if each.language %} lang="{{ each.language }}"{% endif %}{% endset %}
<h3{{ lang }}><a href="{{ link(each.path) }}">{{ each.title }}</a></h3>
<p{{ lang }}>{{ each.summary }}</p>
<p class="when soft small">{{ each.when }}</p>
</div>
</li>
{% endmacro %}

{% macro tiles(all, link, first=false) %}
<ul class="tiles{% if first %} lead-first{% endif %}">
{% for each in all %}
{{ tile(each, link) }}
{% endfor %}
</ul>
{% endmacro %}

{% macro dates(rows, link) %}
<div class="scroll">
<table class="dates">
<thead><tr><th scope="col">När</th><th scope="col">Vad</th><th scope="col">Var</th></tr></thead>
<tbody>
{% for row in rows %}
<tr>
<td>{{ row.when }}</td>
<th scope="row"><a href="{{ link(row.path) }}"
{%- if row.language %} lang="{{ row.language }}"{% endif %}>{{ row.what }}</a></th>
<td>{{ row.where }}</td>
</tr>
{% endfor %}
</tbody>
</table>
</div>
{% endmacro %}

{% macro editions(all, link) %}
<ul class="chips">
{% for each in all %}
<li><a href="{{ link(each.path) }}">{{ each.text }}</a></li>
{% endfor %}
</ul>
{% endmacro %}

{% macro follow(title, feeds, calendar, kits, link) %}
<section class="panel" aria-labelledby="prenumerera">
<h2 id="prenumerera">{{ title }}</h2>
<ul class="chips">
{% for feed in feeds %}
<li><a href="{{ link(feed.path) }}">{{ feed.text }}</a></li>
{% endfor %}
{% if calendar %}
<li><a href="{{ link(calendar) }}">Kalender (iCalendar)</a></li>
{% endif %}
{% if kits %}
<li><a href="{{ link(kits) }}">Sprid vidare: texter och bilder</a></li>
{% endif %}
</ul>
</section>
{% endmacro %}
"""
"""Pieces that several pages show."""

HOME = """{% extends "base" %}
{% import "parts" as part %}
{% block main %}
{% if not tiles %}
<section class="box">
<h2>Här kommer nyheterna</h2>
<p>Inget brev har gått ut än. När det första går visas det här, med varje nyhet på en egen sida.</p>
</section>
{% endif %}
{% if tiles %}
<section aria-labelledby="nyheter">
<h2 id="nyheter">Senaste nytt</h2>
{{ part.tiles(tiles, link, true) }}
{% if has_more %}
<p class="more"><a href="{{ link("nyheter/") }}">Alla nyheter</a></p>
{% endif %}
</section>
{% endif %}
{% if letters %}
<section aria-labelledby="brev">
<h2 id="brev">Senaste breven</h2>
<div class="split">
{% for letter in letters %}
<div class="box letter">
<p class="eyebrow">{{ letter.newsletter }}</p>
<h3><a href="{{ link(letter.path) }}">{{ letter.title }}</a></h3>
<p class="small">Läs brevet för:</p>
{{ part.editions(letter.editions, link) }}
<p class="more"><a href="{{ link(letter.newsletter_path) }}">Alla nummer av {{ letter.newsletter }}</a></p>
</div>
{% endfor %}
</div>
</section>
{% endif %}
{% if dates %}
<section class="box" aria-labelledby="kalender">
<h2 id="kalender">Viktiga datum</h2>
{{ part.dates(dates, link) }}
<p class="more"><a href="{{ link("kalender.ics") }}">Lägg alla i din kalender</a></p>
</section>
{% endif %}
<section aria-labelledby="kommuner">
<h2 id="kommuner">Din kommun</h2>
<ul class="chips">
{% for each in municipalities %}
<li><a href="{{ link(each.path) }}">{{ each.text }}</a></li>
{% endfor %}
</ul>
</section>
{% if focus_areas %}
<section aria-labelledby="insatsomraden">
<h2 id="insatsomraden">Insatsområden</h2>
<ul class="chips focus">
{% for each in focus_areas %}
<li class="{{ each.accent }}"><a href="{{ link(each.path) }}">{{ each.text }}</a></li>
{% endfor %}
</ul>
</section>
{% endif %}
{% endblock %}
"""
"""The front page."""

LISTING = """{% extends "base" %}
{% import "parts" as part %}
{% block main %}
{% for section in sections %}
<section aria-labelledby="avsnitt-{{ loop.index }}">
<h2 id="avsnitt-{{ loop.index }}">{{ section.title }}</h2>
{% if section.tiles %}
{{ part.tiles(section.tiles, link) }}
{% else %}
<p>{{ section.empty }}</p>
{% endif %}
</section>
{% endfor %}
{% if letters %}
<section class="box" aria-labelledby="brev">
<h2 id="brev">Brev</h2>
<ul class="rows">
{% for letter in letters %}
<li><a href="{{ link(letter.path) }}">{{ letter.title }}</a>
<span class="soft">{{ letter.subject }}</span></li>
{% endfor %}
</ul>
</section>
{% endif %}
{% if dates %}
<section class="box" aria-labelledby="datum">
<h2 id="datum">Viktiga datum</h2>
{{ part.dates(dates, link) }}
</section>
{% endif %}
{{ part.follow(follow, page.feeds, calendar, kits, link) }}
{% endblock %}
"""
"""A municipality, a focus area, a newsletter, all news."""

ISSUE = """{% extends "base" %}
{% import "parts" as part %}
{% block card_alt %}
{%- if tiles %}{{ part.card_alt(tiles[0].label, tiles[0].title, tiles[0].picture) }}
{%- else %}{{ site.name }}{% endif -%}
{% endblock %}
{% block main %}
{% for notice in notices %}
<p class="panel">{{ notice.text }} <a href="{{ link(notice.path) }}">{{ notice.title }}</a></p>
{% endfor %}
<section class="box" aria-labelledby="utgavor">
<h2 id="utgavor">Läs brevet</h2>
{% if editions | length > 1 %}
<p>Varje kommun har sin utgåva, med kommunens egna nyheter först.</p>
{% endif %}
{{ part.editions(editions, link) }}
</section>
<section aria-labelledby="i-brevet">
<h2 id="i-brevet">Nyheterna i brevet</h2>
{% if tiles %}
{{ part.tiles(tiles, link) }}
{% else %}
<p>Inga nyheter i brevet går att visa.</p>
{% endif %}
</section>
{% endblock %}
"""
"""An issue: its editions and its items."""

ITEM = """{% extends "base" %}
{% import "parts" as part %}
{% macro lang(language) %}{% if language %} lang="{{ language }}"{% endif %}{% endmacro %}
{% macro figure(picture) %}
<figure{{ lang(language) }}{% if picture.height > picture.width %} class="tall"{% endif %}>
<img src="{{ link(picture.path) }}" alt="{{ picture.alt }}"
 width="{{ picture.width }}" height="{{ picture.height }}">
{% if picture.caption or picture.photographer %}
<figcaption>{{ [picture.caption, picture.photographer] | select | join(" ") }}</figcaption>
{% endif %}
</figure>
{% endmacro %}
{% macro linked(all) %}
{% for each in all %} · <a href="{{ link(each.path) }}">{{ each.text }}</a>{% endfor %}
{% endmacro %}
{% block card_alt %}
{{- part.card_alt(label, page.title, pictures[0] if pictures else none) -}}
{% endblock %}
{% block mast %}{% endblock %}
{% block main %}
<article class="story {{ accent }}">
<p class="eyebrow">{{ label }}{{ linked(tags) }}</p>
<h1{{ lang(language) }}>{{ page.title }}</h1>
<p class="lead"{{ lang(language) }}>{{ page.lead }}</p>
<p class="soft small">Publicerad {{ when }}</p>
{% if pictures %}{{ figure(pictures[0]) }}{% endif %}
{% if facts or calendar %}
<div class="facts">
<dl>
{% for fact in facts %}
<dt>{{ fact.name }}</dt>
<dd>{% if fact.href %}<a href="{{ fact.href }}">{{ fact.value }}</a>{% else %}{{ fact.value }}{% endif %}</dd>
{% endfor %}
</dl>
{% if calendar %}
<p><a href="{{ link(calendar) }}">Lägg i din kalender</a></p>
{% endif %}
</div>
{% endif %}
<div class="words"{{ lang(language) }}>
{{ body }}
</div>
{% for picture in pictures[1:] %}{{ figure(picture) }}{% endfor %}
{% if source %}
<p class="more"><a href="{{ source.href }}">{{ source.value }}</a></p>
{% endif %}
{% if kits %}
<section class="panel spread" aria-labelledby="sprid">
<h2 id="sprid">Sprid vidare</h2>
<p>Färdiga texter, inlägg och bilder för den som vill berätta om det här i sina egna kanaler.
{%- if kits | length > 1 %}

Välj din kommun. Finns den inte, ta Hela området.
{%- endif %}</p>
<ul class="chips">
{% for kit in kits %}
<li><a href="{{ link(kit.path) }}">{{ kit.text }}</a></li>
{% endfor %}
</ul>
</section>
{% endif %}
{% if letters %}
<p class="end small soft">Nyheten var med i
{% for letter in letters %}
<a href="{{ link(letter.path) }}">{{ letter.text }}</a>
{%- if loop.last %}.{% elif loop.revindex == 2 %} och{% else %},{% endif %}

{% endfor %}
</p>
{% endif %}
</article>
{% endblock %}
"""
"""One item: the permanent address of a story."""

NOTICE = """{% extends "base" %}
{% block main %}
<section class="box">
{% for words in words %}
<p>{{ words }}</p>
{% endfor %}
{% if links %}
<h2>{{ links_title }}</h2>
<ul>
{% for each in links %}
<li><a href="{{ link(each.path) }}">{{ each.text }}</a></li>
{% endfor %}
</ul>
{% endif %}
<p class="more"><a href="{{ link("") }}">Till startsidan</a></p>
</section>
{% endblock %}
"""
"""A page that says that something is not here."""
