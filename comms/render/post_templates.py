"""The templates of posts: one as its network shows it, and all of an item's side by side."""

from __future__ import annotations

POST_STYLE = """
header, main { max-width: 74.5rem; }
.post-desk { display: grid; gap: 1.5rem; margin: 1.5rem 0; }
.post-desk > * { min-width: 0; }
.post-desk article { margin: 0; }
@media (min-width: 60rem) { .post-desk { grid-template-columns: 32.5rem 1fr; align-items: start; } }
.shown { max-width: 32.5rem; margin: .75rem 0 0; padding: 1rem 0; overflow: hidden;
 border: 1px solid var(--line); border-radius: 12px; background: var(--paper); overflow-wrap: anywhere; }
.shown > * { padding: 0 1rem; }
.shown > .gallery, .shown > .linkcard { margin: .75rem 1rem 0; padding: 0; }
.bleed > .gallery, .bleed > .linkcard { margin: .75rem 0 0; border-width: 1px 0; border-radius: 0; }
.who { display: flex; gap: .65rem; align-items: center; }
.who p { margin: 0; line-height: 1.3; }
.who .soft { display: block; font-size: .875rem; }
.inline .who .soft { display: inline; }
.avatar { display: grid; flex: none; place-items: center; width: 2.75rem; height: 2.75rem; border-radius: 50%;
 background: #1f4d3a; color: #fff; font-weight: bold; }
.square .avatar { border-radius: 6px; }
.small .avatar { width: 2rem; height: 2rem; font-size: .8rem; }
.words { margin: .65rem 0 0; white-space: pre-wrap; }
.railed { display: grid; grid-template-columns: auto 1fr; column-gap: .65rem; padding: 1rem; }
.railed > * { grid-column: 2; min-width: 0; padding: 0; }
.railed > .avatar { grid-column: 1; grid-row: 1 / span 9; align-self: start; }
.railed > .gallery, .railed > .linkcard { margin: .75rem 0 0; }
.railed .words { margin-top: .15rem; }
.fold { display: block; margin: .6rem 0; padding-top: .25rem; border-top: 2px dashed var(--warning);
 font-size: .875rem; white-space: normal; color: var(--warning); }
.hashtag, .mention { color: var(--link); }
.deeds { display: flex; justify-content: space-between; gap: .5rem; margin: .75rem 0 0; padding-top: .6rem;
 font-size: .875rem; color: var(--soft); }
.ruled .deeds { margin: .75rem 1rem 0; padding: .6rem 0 0; border-top: 1px solid var(--line);
 justify-content: space-around; }
.gallery { position: relative; overflow: hidden; border-radius: 10px; background: var(--panel); }
.gallery .place { position: absolute; padding: 1px; }
.gallery img, .row img, .linkcard img { display: block; width: 100%; height: 100%; border-radius: 0;
 object-fit: cover; }
.more { position: absolute; inset: 1px; display: grid; place-items: center; background: #000b; color: #fff;
 font-size: 1.5rem; }
.row { display: flex; gap: 6px; overflow-x: auto; background: none; border-radius: 0; }
.row img { flex: none; width: auto; height: 10.5rem; max-width: none; border-radius: 8px; }
.bleed > .row img { width: 88%; height: auto; border-radius: 0; }
.linkcard { display: block; overflow: hidden; border: 1px solid var(--line); border-radius: 10px; }
.linkcard img { height: auto; aspect-ratio: 1200 / 630; }
.linkcard .about { padding: .6rem .85rem .75rem; background: var(--panel); }
.linkcard p { margin: .1rem 0; line-height: 1.35; }
.linkcard .host, .linkcard .says { font-size: .875rem; color: var(--soft); }
.linkcard .says { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical;
 -webkit-line-clamp: 2; }
.nopicture { padding: 2rem 1rem; font-size: .875rem; text-align: center; color: var(--soft); }
.warned { margin: .65rem 0 0; }
.warned summary { padding: .75rem 1rem; margin: 0 1rem; border: 1px solid var(--warning);
 border-radius: 8px; }
.shown > .warned { padding: 0; }
.warned .words { padding: 0 1rem; }
.warned .gallery, .warned .linkcard { margin: .75rem 1rem 0; }
.open { font-size: .875rem; color: var(--link); }
.which { margin: 1.25rem 0 0; font-size: .9rem; color: var(--soft); }
.comment { margin-left: 2rem; background: var(--panel); }
.which + .shown { margin-top: .35rem; }
dl.data { display: grid; grid-template-columns: auto 1fr; gap: .35rem 1rem; margin: .75rem 0 0; }
dl.data dt { color: var(--soft); }
dl.data dd { margin: 0; overflow-wrap: anywhere; }
meter { max-width: 100%; }
.over { color: var(--error); font-weight: bold; }
.originals { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr));
 gap: 1rem 1.5rem; }
.originals figure { margin: .5rem 0 0; min-width: 0; }
.original { position: relative; overflow: hidden; border-radius: 8px; background: var(--panel); }
.original img { width: 100%; border-radius: 0; }
.frame { position: absolute; outline: 3px solid #fff; box-shadow: 0 0 0 6px #000, 0 0 0 200rem #000a; }
.focal { position: absolute; width: 18px; height: 18px; margin: -9px; border: 3px solid #fff;
 border-radius: 50%; background: #a3273b; box-shadow: 0 0 0 2px #000; }
figcaption p { margin: .25rem 0; }
.alt { color: var(--ink); }
@media (max-width: 40rem) {
  dl.data { display: block; }
  dl.data dd { margin: 0 0 .5rem; }
  .post-desk article { padding: 1rem; }
  .comment { margin-left: .75rem; }
}
"""
"""Looks of drawn posts: our own quiet ones, with each thing where the network has it."""

DRAWN = """
{% macro stretches(found) %}
{%- for each in found -%}
{%- if each.folds -%}
<span class="fold">Ungefär här viks texten i telefonen. Resten syns när läsaren trycker på Mer.</span>
{%- endif -%}
{%- if each.href -%}
<a href="{{ each.href }}">{{ each.text }}</a>
{%- elif each.kind.value in ("hashtag", "mention") -%}
<span class="{{ each.kind.value }}">{{ each.text }}</span>
{%- else -%}
{{ each.text }}
{%- endif -%}
{%- endfor -%}
{% endmacro %}

{% macro picture(place, page, row) %}
{% set media = place.shot.media %}
{% if media.path in page.pictures %}
<img src="{{ page.pictures[media.path] }}" alt="{{ media.alt }}" style="
{%- if row %}aspect-ratio: {{ place.aspect | share }};{% endif %}
{%- if place.shot.tile %}object-position: {{ place.shot.tile | middle }};{% endif %}">
{% else %}
<p class="nopicture">Bild {{ place.shot.number }}: {{ media.alt }}</p>
{% endif %}
{% endmacro %}

{% macro gallery(view, page) %}
{% if view.gallery.row %}
<div class="gallery row" tabindex="0" role="group" aria-label="Bilderna, i en rad att svepa">
{% for place in view.gallery.places %}{{ picture(place, page, true) }}{% endfor %}
</div>
{% else %}
<div class="gallery" style="aspect-ratio: {{ view.gallery.aspect | share }}">
{% for place in view.gallery.places %}
<div class="place" style="left: {{ place.left | percent }}; top: {{ place.top | percent }};
 width: {{ place.width | percent }}; height: {{ place.height | percent }}">
{{ picture(place, page, false) }}
{% if loop.last and view.gallery.more %}<span class="more">+{{ view.gallery.more }}</span>{% endif %}
</div>
{% endfor %}
</div>
{% endif %}
{% endmacro %}

{% macro card(view, page) %}
<div class="linkcard">
{% if view.card.picture and view.card.picture.path in page.pictures %}
<img src="{{ page.pictures[view.card.picture.path] }}" alt="{{ view.card.picture.alt }}">
{% else %}
<p class="nopicture">Här kommer sidans bild.</p>
{% endif %}
<div class="about">
<p class="host">{{ view.host }}</p>
<p><strong>{{ view.card.title }}</strong></p>
{% if view.card.description and page.look.card_says %}
<p class="says">{{ view.card.description }}</p>
{% endif %}
</div>
</div>
{% endmacro %}

{% macro portrait(view) %}
<span class="avatar" aria-hidden="true">{{ view.name | initials }}</span>
{% endmacro %}

{% macro who(view, page, inside) %}
<div class="who">
{% if inside %}{{ portrait(view) }}{% endif %}
<p><strong>{{ (view.account or view.name) if page.look.account_first else view.name }}</strong>
{% if not page.look.account_first and view.account %}<span class="soft">{{ view.account }}</span>{% endif %}
{% if page.look.under %}<span class="soft">{{ page.look.under }}</span>{% endif %}</p>
</div>
{% endmacro %}

{% macro shows(view, page) %}
{% if view.gallery %}{{ gallery(view, page) }}{% elif view.card %}{{ card(view, page) }}{% endif %}
{% endmacro %}

{% macro body(view, page) %}
{% set first = view.bubbles[0] %}
{% if page.look.pictures_first %}{{ shows(view, page) }}{{ deeds(page) }}{% endif %}
<div class="words" lang="{{ view.post.language }}">
{%- if page.look.pictures_first %}<strong>{{ view.account or view.name }}</strong> {% endif -%}
{{ stretches(first.stretches) }}</div>
{% if not page.look.pictures_first %}{{ shows(view, page) }}{% endif %}
{% endmacro %}

{% macro deeds(page) %}
<p class="deeds" aria-hidden="true">
{%- for deed in page.look.deeds %}<span>{{ deed }}</span>{% endfor -%}
</p>
{% endmacro %}

{% macro post(view, page) %}
{% if view.bubbles[0].of > 1 %}<p class="which">{{ view.bubbles[0].name }}</p>{% endif %}
<div class="shown {{ page.look.classes }}">
{% if page.look.railed %}{{ portrait(view) }}{% endif %}
{{ who(view, page, not page.look.railed) }}
{% if view.post.warning %}
<details class="warned"><summary>{{ view.post.warning }} <span class="open">Visa mer</span></summary>
{{ body(view, page) }}
</details>
{% else %}
{{ body(view, page) }}
{% endif %}
{% if not page.look.pictures_first %}{{ deeds(page) }}{% endif %}
</div>
{% for bubble in view.bubbles[1:] %}
<p class="which">{{ bubble.name }}</p>
<div class="shown {{ page.look.classes }}{% if bubble.kind.value == "comment" %} comment{% endif %}">
{% if page.look.railed %}{{ portrait(view) }}{% endif %}
{{ who(view, page, not page.look.railed) }}
<div class="words" lang="{{ view.post.language }}">{{ stretches(bubble.stretches) }}</div>
</div>
{% endfor %}
{% endmacro %}
"""
"""A post drawn as its network has it. What can only be pressed there is no button here: it is hidden."""

POST = """{% extends "base" %}
{% import "changes" as changes %}
{% import "parts" as parts %}
{% import "drawn" as drawn %}
{% set view = page.view %}
{% set network = view.network %}
{% block title %}{{ page.title }}: {{ network.name }}{% endblock %}
{% block style %}{% include "post_style" %}{% endblock %}
{% block header %}
{% if page.index %}<nav class="back"><a href="{{ page.index }}">Allt som är planerat</a></nav>{% endif %}
<h1>{{ page.title }}</h1>
<p class="facts soft"><span>{{ network.name }}</span>
{%- if view.when %}<span>{{ view.when }}</span>{% endif -%}
<span><code>{{ view.post.id }}</code></span></p>
{% endblock %}
{% macro count(bubble) %}
{% if bubble.limit %}
<meter min="0" max="{{ bubble.limit }}" value="{{ bubble.length }}" aria-hidden="true"></meter><br>
{% endif %}
<span {% if bubble.over %}class="over"{% endif %}>{{ bubble.length | thousands -}}
{% if bubble.limit %} av {{ bubble.limit | thousands }}{% endif %} tecken
{%- if bubble.byte_limit %}, {{ bubble.size | thousands }} av {{ bubble.byte_limit | thousands }} byte
{%- endif -%}
</span>
{% endmacro %}
{% macro original(shot) %}
{% set media = shot.media %}
<figure>
{% if page.originals[media.path] is defined %}
<div class="original">
<img src="{{ page.originals[media.path] }}" alt="Hela bild {{ shot.number }}
{%- if shot.seen %}, med ram runt det som syns{% endif %}">
{% if shot.seen %}
<span class="frame" style="left: {{ shot.seen.left | percent }}; top: {{ shot.seen.top | percent }};
 width: {{ shot.seen.width | percent }}; height: {{ shot.seen.height | percent }}"></span>
{% endif %}
{% if shot.has_focal and not media.padded %}
<span class="focal" style="left: {{ media.focal[0] | percent }}; top: {{ media.focal[1] | percent }}"></span>
{% endif %}
</div>
{% endif %}
<figcaption>
<p class="alt">{% if media.alt %}Alt-text: {{ media.alt }}
{%- else %}Bilden är pynt och behöver ingen alt-text.{% endif %}</p>
<p>{% for remark in view.done_to(shot) %}{{ remark }} {% endfor %}
{% if shot.has_focal %}Punkten är det som betyder mest. {% endif %}
{% if media.width %}Sänds i {{ media.width }}&nbsp;×&nbsp;{{ media.height }}&nbsp;px.{% endif %}</p>
</figcaption>
</figure>
{% endmacro %}
{% block main %}
{% if page.change %}
<article>
<h2>Sedan förra förhandsvisningen</h2>
{{ changes.told(page.change, page.title, 0, "Bara bilderna eller länkarna har ändrats.") }}
</article>
{% endif %}
<div class="post-desk">
<article>
<h2>Så visas inlägget</h2>
<p class="soft">Ungefär som {{ network.name }} visar det. Utseendet är vårt eget.</p>
{{ drawn.post(view, page) }}
</article>
<article>
<h2>Att granska</h2>
{{ parts.problems(view.problems) }}
<dl class="data">
{% if view.when %}<dt>Tid</dt><dd>{{ view.when }}{% if page.note %} {{ page.note }}{% endif %}</dd>{% endif %}
<dt>Konto</dt><dd>{{ view.name }}{% if view.account %}, {{ view.account }}{% endif %}</dd>
<dt>Språk</dt><dd>{{ view.language }}</dd>
{% for bubble in view.bubbles %}
<dt>{{ "Längd" if loop.length == 1 else bubble.name }}</dt><dd>{{ count(bubble) }}</dd>
{% endfor %}
<dt>Räknesätt</dt><dd>{{ view.counts }}</dd>
{% if view.left_out %}
<dt>Kortad</dt><dd>{{ view.left_out }}</dd>
{% endif %}
{% if view.post.warning %}
<dt>Varning</dt><dd>”{{ view.post.warning }}” Resten är dold tills någon öppnar.</dd>
{% endif %}
<dt>Kort</dt><dd>{{ view.card_says }}</dd>
</dl>
{% if view.shots %}
<h3>{{ view.shots | length }} {{ "bild" if view.shots | length == 1 else "bilder" }}</h3>
<div class="originals">
{% for shot in view.shots %}{{ original(shot) }}{% endfor %}
</div>
{% endif %}
</article>
</div>
{% endblock %}
"""
"""One post."""

POSTS = """{% extends "base" %}
{% import "drawn" as drawn %}
{% block title %}{{ title }}: alla nätverk{% endblock %}
{% block style %}{% include "post_style" %}
header, main { max-width: 104rem; }
.wall { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1.5rem;
 align-items: start; margin: 1.5rem 0; }
.wall article { margin: 0; min-width: 0; }
{% endblock %}
{% block header %}
<nav class="back"><a href="{{ index }}">Allt som är planerat</a></nav>
<h1>{{ title }}</h1>
<p class="soft">Samma nyhet på alla nätverk, i tidsordning.</p>
{% endblock %}
{% block main %}
<div class="wall">
{% for page in pages %}
<article>
<h2>{{ page.view.network.name }}</h2>
<p class="soft">{{ page.view.when }}.
<a href="{{ page.href }}">Granska inlägget för {{ page.view.network.name }}</a></p>
{{ drawn.post(page.view, page) }}
</article>
{% endfor %}
</div>
{% endblock %}
"""
"""All posts of an item, side by side."""
