"""The templates of comms' own pages: not for an organisation to change, so they live in the code."""

from __future__ import annotations

BASE = """<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{% block title %}{% endblock %}</title>
<style>
:root {
  --ground: #f7f4ec; --paper: #fff; --panel: #f2efe5; --line: #d9d3c3;
  --ink: #22302a; --soft: #5b655f; --heading: #1f4d3a; --link: #1b5a7a;
  --error: #a3273b; --warning: #8a5f0a; --notice: #2b6a8c;
  --added: #d9ecd8; --removed: #f7dcdf;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #141a17; --paper: #1c2420; --panel: #27312c; --line: #45524b;
    --ink: #ece8dd; --soft: #b6beb8; --heading: #b9d3a6; --link: #9ccbe6;
    --error: #f2a3ae; --warning: #e9c98a; --notice: #9ccbe6;
    --added: #24482f; --removed: #5a2a33;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 Arial, Helvetica, sans-serif; }
header, main { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.25rem; }
main { padding-bottom: 3rem; }
h1 { margin: 0 0 .25rem; font-size: 2rem; line-height: 1.2; color: var(--heading); }
h2 { margin: 0; font-size: 1.4rem; line-height: 1.3; color: var(--heading); }
h3 { margin: 1.5rem 0 .5rem; font-size: 1.05rem; color: var(--heading); }
p { margin: .5rem 0; }
a { color: var(--link); text-underline-offset: 3px; }
code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
article { background: var(--paper); border-radius: 10px; padding: 1.5rem 1.75rem; margin: 1.5rem 0; }
ul { margin: .25rem 0 0; padding-left: 1.25rem; }
li { margin: .25rem 0; }
details { margin: .5rem 0 0; }
summary { cursor: pointer; padding: .25rem 0; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .6rem 1rem .6rem 0; border-top: 1px solid var(--line); }
th, td { text-align: left; vertical-align: top; }
thead th { border: 0; font-size: .875rem; color: var(--soft); }
tbody th { font-weight: normal; }
.number { text-align: right; white-space: nowrap; }
.open a { margin-right: .6rem; white-space: nowrap; }
.scroll { overflow-x: auto; }
.soft { color: var(--soft); }
.facts { margin: .25rem 0 0; }
.facts span + span::before { content: " · "; }
.leaves { display: flex; align-items: end; gap: 3px; margin: 0 0 1rem; }
.leaves i { width: 9px; height: 12px; border-radius: 9px 1px; background: #1f4d3a; }
.leaves i:nth-child(2), .leaves i:nth-child(6) { height: 15px; background: #566620; }
.leaves i:nth-child(3) { height: 18px; background: #8a5f0a; }
.leaves i:nth-child(4) { height: 21px; background: #a3273b; }
.leaves i:nth-child(5) { height: 18px; background: #2b6a8c; }
.problems { list-style: none; padding: 0; }
.problems li { margin: .5rem 0; padding: .4rem 0 .4rem .9rem; border-left: 4px solid var(--notice); }
.problems .error { border-color: var(--error); }
.problems .warning { border-color: var(--warning); }
.error > strong { color: var(--error); }
.warning > strong { color: var(--warning); }
.post { max-width: 34rem; padding: 1rem 1.25rem; background: var(--panel); border-radius: 10px; }
.post { white-space: pre-wrap; overflow-wrap: anywhere; }
nav { margin: 1.75rem 0; }
header nav { margin: 0 0 1rem; }
figure { max-width: 34rem; margin: 1rem 0 0; }
img { display: block; max-width: 100%; height: auto; border-radius: 8px; }
figcaption { padding-top: .4rem; font-size: .9rem; color: var(--soft); }
meter { width: 12rem; vertical-align: middle; }
ins, del { padding: 0 .15em; border-radius: 3px; }
ins { background: var(--added); }
del { background: var(--removed); }
.sign { padding-right: .15em; font-weight: bold; }
.passage { margin: .75rem 0; padding: .75rem 1rem; border-radius: 6px; background: var(--panel);
 white-space: pre-wrap; overflow-wrap: anywhere; }
.badge { display: inline-block; padding: 0 .5em; border: 1px solid; border-radius: 4px; font-size: .875rem; }
.badge.changed { color: var(--warning); }
.badge.new { color: var(--notice); }
@media (max-width: 40rem) { article { padding: 1.25rem; } }
{% block style %}{% endblock %}
</style>
</head>
<body>
<header>
<div class="leaves" aria-hidden="true"><i></i><i></i><i></i><i></i><i></i><i></i><i></i></div>
{% block header %}{% endblock %}
</header>
<main>
{% block main %}{% endblock %}
</main>
</body>
</html>
"""
"""What all pages share: looks, and seven leaves at the top."""

PARTS = """{% import "changes" as changes %}
{% macro problems(found) %}
{% if found %}
<ul class="problems">
{% for problem in found %}
<li class="{{ problem.severity.value }}">
<strong>{{ problem.severity | severity }} {{ problem.code }}</strong>
{{ problem.message }} {{ problem.hint }} <span class="soft">{{ problem.location }}</span>
</li>
{% endfor %}
</ul>
{% endif %}
{% endmacro %}

{% macro reasons(pairs, titles) %}
<ul>
{% for slug, reason in pairs %}
<li>{{ titles.get(slug, slug) }} <span class="soft">{{ reason }}</span></li>
{% endfor %}
</ul>
{% endmacro %}

{% macro edition(each, titles) %}
{% set place = each.place or "Hela området" %}
<tr>
<th scope="row">
{%- if each.page -%}
<a href="{{ each.page }}">{{ each.audience }}<br>{{ place }}</a>
{%- else -%}
{{ each.audience }}<br><span class="soft">{{ place }}</span>
{%- endif -%}
</th>
<td>{{ changes.badge(each.change) }}{{ each.subject }}
<details>
<summary>{{ each.picks | length }} {{ "nyhet" if each.picks | length == 1 else "nyheter" }}</summary>
{{ reasons(each.why, titles) }}
{% if each.skips %}
<p class="soft">Kom inte med:</p>
{{ reasons(each.left_out, titles) }}
{% endif %}
</details>
</td>
<td class="number">{{ each.recipients }}</td>
<td class="number">{{ each.size | kilobytes }}</td>
<td class="open">
{% for name, href in each.files.items() %}
<a href="{{ href }}" aria-label="{{ name }}, {{ each.audience }}, {{ place }}">{{ name }}</a>
{% endfor %}
</td>
</tr>
{% endmacro %}
"""
"""Pieces that the index is built of."""

INDEX = """{% extends "base" %}
{% import "parts" as parts %}
{% import "changes" as changes %}
{% block title %}{{ page.title }}{% endblock %}
{% block header %}
<h1>{{ page.title }}</h1>
<p class="soft">{{ page.made }}</p>
{% endblock %}
{% block main %}
{% if page.since %}
<article>
<h2>Sedan sist</h2>
<p>{{ page.since }}</p>
{% if page.news %}
<ul>
{% for each in page.news %}
<li>{{ changes.badge(each.change) }} <a href="{{ each.href }}">{{ each.name }}</a></li>
{% endfor %}
</ul>
{% endif %}
{% if page.gone %}
<p>Inte längre planerade, eller redan sända. Förhandsvisningens filer är borttagna, utom sådana som någon har
ändrat:</p>
<ul>{% for name in page.gone %}<li>{{ name }}</li>{% endfor %}</ul>
{% endif %}
</article>
{% endif %}
{{ parts.problems(page.problems) }}
{% if not page.entries %}<article><p>Inget är planerat.</p></article>{% endif %}
{% if page.entries | length > 3 %}
<nav aria-labelledby="plan">
<h2 id="plan">I tidsordning</h2>
<ul>
{% for entry in page.entries %}
<li><span class="soft">{{ entry.when }}</span> <a href="#{{ entry.id }}">{{ entry.title }}</a>
{%- for each in entry.posts %}<span class="soft"> {{ each.network.name }}</span>{% endfor %}</li>
{% endfor %}
</ul>
</nav>
{% endif %}
{% for entry in page.entries %}
<article id="{{ entry.id }}">
<h2>{{ entry.title }}</h2>
<p class="facts soft">
<span>{{ entry.when }}</span><span>{{ entry.state }}</span>
{%- if entry.editions -%}
<span>{{ entry.recipients }} mottagare</span>
{%- endif -%}
</p>
<p class="facts soft"><span><code>{{ entry.id }}</code></span>
{%- if entry.fingerprint -%}
<span>avtryck <code>{{ entry.fingerprint[:12] }}</code></span>
{%- endif -%}
</p>
{% for note in entry.notes %}
<p>{{ note }}</p>
{% endfor %}
{{ parts.problems(entry.problems) }}
{% if entry.editions %}
<h3>{{ entry.editions | length }} {{ "utgåva" if entry.editions | length == 1 else "utgåvor" }}</h3>
<div class="scroll"><table>
<thead><tr>
<th scope="col">Till</th>
<th scope="col">Ämne</th>
<th scope="col" class="number">Mottagare</th>
<th scope="col" class="number">Storlek</th>
<th scope="col">Öppna</th>
</tr></thead>
<tbody>
{% for each in entry.editions %}{{ parts.edition(each, page.titles) }}{% endfor %}
</tbody>
</table></div>
{% endif %}
{% for each in entry.posts %}
<p>{{ changes.badge(each.change) }}
<a href="{{ each.href }}">Se inlägget för {{ each.network.name }}: {{ entry.title }}</a>
<span class="soft">{{ each.post.length | thousands }} av {{ each.network.max_length | thousands }} tecken,
{{ each.post.media | length }} {{ "bild" if each.post.media | length == 1 else "bilder" }}</span>
{%- if each.beside %} <a href="{{ each.beside }}">Alla nätverk sida vid sida: {{ entry.title }}</a>
{%- endif %}</p>
<details><summary>Visa texten</summary><div class="post">{{ each.post.text }}</div></details>
{% endfor %}
{% if entry.skips %}
<details>
<summary>Det som inte kom med ({{ entry.skips | length }})</summary>
{{ parts.reasons(entry.left_out, page.titles) }}
</details>
{% endif %}
</article>
{% endfor %}
{% if page.kept %}
<article>
<h2>Ligger kvar</h2>
<p class="soft">Från tidigare förhandsvisningar. De är inte gjorda på nytt den här gången.</p>
<ul>{% for each in page.kept %}<li><a href="{{ each.href }}">{{ each.name }}</a></li>{% endfor %}</ul>
</article>
{% endif %}
{% endblock %}
"""
"""The index of a folder."""
