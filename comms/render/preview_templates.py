"""The templates of what a preview adds: an edition's page, and what has changed since the last preview."""

from __future__ import annotations

CHANGES = """{% macro badge(change) %}
{% if change and change.state.value == "changed" %}<span class="badge changed">Ändrad</span>{% endif %}
{% if change and change.state.value == "new" %}<span class="badge new">Ny</span>{% endif %}
{% endmacro %}

{% macro passages(found) %}
<p class="soft">Så läser du: <del><span class="sign">−</span> struket</del> är borttaget,
<ins><span class="sign">+</span> understruket</ins> är tillagt. Det som är lika visas inte, utom runt
ändrade ord.</p>
{% for passage in found %}
<p class="passage">
{%- for words in passage -%}
{%- if words.mark.value == "added" -%}
<ins><span class="sign">+</span>{{ words.text }}</ins>
{%- elif words.mark.value == "removed" -%}
<del><span class="sign">−</span>{{ words.text }}</del>
{%- else -%}
{{ words.text }}
{%- endif -%}
{%- endfor -%}
</p>
{% endfor %}
{% endmacro %}

{% macro told(change, subject, size, what) %}
{% if change.state.value == "new" %}
<p><strong>Ny.</strong> Fanns inte i förra förhandsvisningen.</p>
{% elif change.state.value == "unchanged" %}
<p>Oförändrad sedan förhandsvisningen {{ change.since }}.</p>
{% else %}
{% if change.subject != subject %}
<p>Ämne: <del><span class="sign">−</span>{{ change.subject }}</del>
<ins><span class="sign">+</span>{{ subject }}</ins></p>
{% endif %}
{% if change.size and change.size != size %}
<p>Storlek: {{ change.size | thousands }} byte blev {{ size | thousands }} byte
({{ "+" if size > change.size else "−" }}{{ (size - change.size) | abs | thousands }}).</p>
{% endif %}
{% if change.passages %}
{{ passages(change.passages) }}
{% elif change.has_text %}
<p>Texten är densamma. {{ what }}</p>
{% else %}
<p>Den förra texten finns inte kvar, så skillnaden går inte att visa ord för ord.</p>
{% endif %}
{% endif %}
{% endmacro %}
"""
"""What became of an edition or post since the last preview."""

EDITION = """{% extends "base" %}
{% import "parts" as parts %}
{% import "changes" as changes %}
{% macro pair(look, name, file) %}
<div class="pair {{ look }}">
<h3 class="pairname">{{ name }}</h3>
<div class="frames" tabindex="0" role="group" aria-label="Brevet i två bredder: {{ name }}">
<figure class="frame phone">
<figcaption>Telefon, 360 px</figcaption>
<iframe title="Brevet i telefon, 360 px: {{ name }}" src="{{ file }}" width="360" height="736"
 sandbox="allow-same-origin" loading="lazy"></iframe>
</figure>
<figure class="frame">
<figcaption>Dator, 700 px</figcaption>
<iframe title="Brevet i dator, 700 px: {{ name }}" src="{{ file }}" width="700" height="736"
 sandbox="allow-same-origin" loading="lazy"></iframe>
</figure>
</div>
<p class="soft"><a href="{{ file }}">Öppna brevet för sig: {{ name | lower }}</a></p>
</div>
{% endmacro %}
{% block title %}{{ page.audience }}, {{ page.place }}: {{ page.title }}{% endblock %}
{% block style %}
header, main { max-width: 74.5rem; }
article { scroll-margin-top: 1rem; }
.views { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: .75rem 0 0; padding: 0; border: 0; }
.views label { padding: .25rem 0; cursor: pointer; }
.views legend { float: left; margin-right: 1.5rem; padding: .25rem 0; color: var(--soft); }
.views input { width: 1.1rem; height: 1.1rem; margin: 0 .35rem 0 0; vertical-align: -.15rem;
 accent-color: var(--heading); }
.pairname { margin: 1rem 0 0; }
.frames { display: flex; align-items: start; gap: 1.5rem; padding: .25rem; margin: 0 -.25rem;
 overflow-x: auto; }
.frame { flex: none; max-width: none; margin: .75rem 0 0; }
.frame figcaption { padding: 0 0 .4rem; }
.frame iframe { display: block; height: 46rem; border: 0; border-radius: 6px; background: #fff;
 box-shadow: 0 0 0 1px var(--line); }
.frame.phone iframe { border-radius: 16px; }
.dark iframe { background: #000; }
@supports selector(:has(*)) {
  .pairname { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden;
   clip-path: inset(50%); }
  .look:has(#look-light:checked) .pair:not(.light),
  .look:has(#look-dark:checked) .pair:not(.dark),
  .look:has(#look-bare:checked) .pair:not(.bare) { display: none; }
}
.inbox { max-width: 360px; margin: .75rem 0 1rem; padding: .75rem 1rem; border-radius: 16px;
 background: var(--panel); box-shadow: 0 0 0 1px var(--line); }
.inbox p { margin: 0; line-height: 1.35; font-size: .95rem; overflow: hidden; }
.inbox p { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 1; word-break: break-all; }
.inbox .hint { -webkit-line-clamp: 2; word-break: normal; }
.inbox .from { display: flex; justify-content: space-between; gap: 1rem; font-weight: bold; }
.inbox .from span { font-weight: normal; }
dl { margin: 0; }
dt { margin-top: .5rem; color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
pre { margin: .75rem 0 0; font: .9rem/1.45 ui-monospace, "Liberation Mono", monospace; }
.plain { max-height: 40rem; overflow: auto; padding: 1rem; border-radius: 6px; background: var(--panel); }
.plain pre { width: 72ch; margin: 0; border-right: 1px dashed var(--line); }
.raw { white-space: pre-wrap; }
.wire td { overflow-wrap: anywhere; }
.wire { table-layout: fixed; }
.wire thead th:first-child { width: 11rem; }
.plainlist { list-style: none; padding: 0; }
.around { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .5rem 1.5rem; }
.quick { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .75rem 0 0; padding: 0;
 list-style: none; }
td details, th details { margin: 0; }
td summary, th summary { padding: 0; }
@media (max-width: 40rem) {
  .frames { flex-direction: column; gap: .5rem; margin: 0 -1.25rem; padding: .25rem 0; }
  .frame figcaption { padding-left: 1.25rem; }
  th, td { padding-right: .5rem; }
  thead .number { white-space: normal; }
  .stack thead { display: none; }
  .stack tr { display: block; padding: .5rem 0; border-top: 1px solid var(--line); }
  .stack th, .stack td { display: block; width: auto; padding: .1rem 0; border: 0; text-align: left; }
}
{% endblock %}
{% block header %}
<nav class="around" aria-label="Utgåvor">
<a href="../../index.html">Alla utgåvor</a>
{% if page.previous %}<a href="{{ page.previous.href }}">Föregående: {{ page.previous.name }}</a>{% endif %}
{% if page.following %}<a href="{{ page.following.href }}">Nästa: {{ page.following.name }}</a>{% endif %}
</nav>
<h1>{{ page.title }} till {{ page.audience }}, {{ page.place }}</h1>
<p class="facts soft"><span>{{ page.when }}</span><span>{{ page.recipients }} mottagare</span>
{%- if page.change and page.change.state.value != "unchanged" -%}
<span>{{ changes.badge(page.change) }}</span>
{%- endif -%}
</p>
<p class="soft">{{ page.made }}</p>
<ul class="quick">
{% if page.change %}<li><a href="#andrat">Ändrat</a></li>{% endif %}
<li><a href="#problem">Problem ({{ page.problems | length }})</a></li>
<li><a href="#brevet">Brevet</a></li>
<li><a href="#inkorg">Inkorgen</a></li>
<li><a href="#text">Textdelen</a></li>
<li><a href="#lankar">Länkar ({{ page.links | length }})</a></li>
<li><a href="#storlek">Storlek</a></li>
{% if page.clients %}<li><a href="#program">Mejlprogram</a></li>{% endif %}
<li><a href="#innehall">Innehåll</a></li>
<li><a href="#huvud">Brevhuvud</a></li>
</ul>
{% endblock %}
{% block main %}
{% if page.change %}
<article id="andrat">
<h2>Sedan förra förhandsvisningen</h2>
{{ changes.told(page.change, page.subject, page.size,
 "Bara utseendet, bilderna eller länkarna har ändrats.") }}
</article>
{% endif %}
<article id="problem">
<h2>Problem</h2>
{% if page.problems %}
{{ parts.problems(page.gravest) }}
{% else %}
<p>Inget att mena om: brevet har rubriker, alt-texter, länkar, kontraster och avsändare som det ska.</p>
{% endif %}
</article>
<article id="brevet" class="look">
<h2>Brevet</h2>
<fieldset class="views">
<legend>Visa</legend>
<label><input type="radio" name="look" id="look-light" checked>Ljust läge</label>
<label><input type="radio" name="look" id="look-dark">Mörkt läge</label>
<label><input type="radio" name="look" id="look-bare">Utan bilder</label>
</fieldset>
{{ pair("light", "Ljust läge", page.copies.light) }}
{{ pair("dark", "Mörkt läge", page.copies.dark) }}
{{ pair("bare", "Utan bilder", page.copies.bare) }}
{% if not page.has_dark_rules %}
<p>Brevet har inga egna regler för mörkt läge. Mejlprogrammen väljer färgerna själva.</p>
{% endif %}
<p class="soft">Mörkt läge visas som i program som följer brevets egna regler, till exempel Apple Mail.
Gmail och Outlook för Windows ändrar färgerna på sitt eget sätt. Många kommuner visar mejl utan bilder tills
läsaren säger ja.</p>
<p class="open">Öppna eller spara:
{% for name, href in page.files.items() %}<a href="{{ href }}">{{ name }}</a>{% endfor %}</p>
</article>
<article id="inkorg">
<h2>I inkorgen</h2>
<div class="inbox" aria-hidden="true">
<p class="from">{{ page.sender }} <span class="soft">{{ page.when[-5:] }}</span></p>
<p>{{ cut(page.subject, subject_shown) }}</p>
<p class="soft hint">{{ cut(page.preheader, preheader_shown) }}</p>
</div>
<dl>
<dt>Avsändare</dt><dd>{{ page.sender }}</dd>
<dt>Ämne, {{ page.subject | length }} tecken</dt><dd>{{ page.subject }}
{% if page.subject | length > subject_shown %}
<br><span class="soft">En telefon visar ungefär {{ subject_shown }} tecken. Där syns
”{{ cut(page.subject, subject_shown) }}”</span>
{% endif %}</dd>
<dt>Första orden efter ämnet, {{ page.preheader | length }} tecken</dt>
<dd>{{ page.preheader or "Inga: programmet visar det som står först i brevet." }}</dd>
</dl>
</article>
<article id="text">
<h2>Textdelen</h2>
<p class="soft">För den som läser utan HTML. Strecket är vid 72 tecken. Adresser bryts inte: längsta raden är
{{ page.longest_line }} tecken.</p>
<div class="plain" tabindex="0" role="region" aria-label="Textdelen, 72 tecken bred">
<pre>{{ page.text }}</pre>
</div>
</article>
<article id="lankar">
<h2>Länkar</h2>
{% if page.links %}
<table class="stack">
<thead><tr><th scope="col">Ord</th><th scope="col">Leder till</th></tr></thead>
<tbody>
{% for link in page.links %}
<tr><td>{{ link.words or "(inga ord)" }}</td>
<td>{% if link.can_follow %}<a href="{{ link.href }}">{{ link.shown }}</a>
{%- else %}{{ link.shown }}{% endif %}</td></tr>
{% endfor %}
</tbody>
</table>
{% else %}
<p>Brevet har inga länkar ut.</p>
{% endif %}
</article>
<article id="storlek">
<h2>Storlek</h2>
<p><meter min="0" max="{{ most }}" value="{{ page.size }}" aria-hidden="true"></meter>
HTML: {{ page.size | thousands }} av {{ most | thousands }} byte. Gmail gömmer det som kommer efter.</p>
<p>Textdelen: {{ page.text_size | thousands }} byte.
Hela mejlet: {{ page.letter | length | thousands }} byte.</p>
<h3>Störst</h3>
<table>
<thead><tr><th scope="col">Del av brevet</th><th scope="col" class="number">Byte</th>
<th scope="col" class="number">Andel</th></tr></thead>
<tbody>
{% for words, size in page.sections %}
<tr><td>{{ words or "Mallens stilar och det som står före första rubriken" }}</td>
<td class="number">{{ size | thousands }}</td>
<td class="number">{{ (100 * size / page.size) | round | int }}&nbsp;%</td></tr>
{% endfor %}
</tbody>
</table>
</article>
{% if page.clients %}
<article id="program">
<h2>Stöd i mejlprogram</h2>
<p class="soft">Det i brevets kod som ett program inte bryr sig om. Granskat: någon har sett efter att brevet
blir bra ändå. Uppgifterna är från caniemail.com, {{ page.dated }}.</p>
<div class="scroll"><table>
<thead><tr><th scope="col">Program</th><th scope="col" class="number">Visar inte</th>
<th scope="col" class="number">Delvis</th><th scope="col" class="number">Ogranskat</th></tr></thead>
<tbody>
{% for client, ignored, partly in page.by_client %}
<tr><th scope="row">
{% if ignored or partly %}
<details><summary>{{ client.name }}</summary>
<ul>
{% for one in ignored %}
<li>{{ one.feature.title }}, rad {{ one.line }}
<span class="soft">{{ one.reviewed or "Ogranskat." }}</span></li>
{% endfor %}
</ul>
{% if partly %}
<p class="soft">Delvis: {{ partly | map(attribute="feature.title") | join(", ") }}</p>
{% endif %}
</details>
{% else %}
{{ client.name }}
{% endif %}
</th>
<td class="number">{{ client.ignored }}</td><td class="number">{{ client.partly }}</td>
<td class="number">{{ client.unreviewed }}</td></tr>
{% endfor %}
</tbody>
</table></div>
</article>
{% endif %}
<article id="innehall">
<h2>Innehåll</h2>
<h3>Med i utgåvan ({{ page.picks | length }})</h3>
{{ parts.reasons(page.why, {}) }}
{% if page.skips %}
<h3>Kom inte med ({{ page.skips | length }})</h3>
{{ parts.reasons(page.left_out, {}) }}
{% endif %}
</article>
<article id="huvud">
<h2>Brevhuvud</h2>
<p class="soft">Som det står i <a href="brev.eml">brev.eml</a>. Mottagaren är du; i det riktiga brevet står
var och en.</p>
<table class="stack wire">
<thead><tr><th scope="col">Fält</th><th scope="col">Läst</th><th scope="col">Som det sänds</th></tr></thead>
<tbody>
{% for field in page.fields %}
<tr><th scope="row">{{ field.name }}</th><td>{{ field.value }}</td>
<td>{% if field.raw == field.value %}<span class="soft">likadant</span>
{%- else %}<code class="raw">{{ field.raw }}</code>{% endif %}</td></tr>
{% endfor %}
</tbody>
</table>
</article>
{% endblock %}
"""
"""One edition."""
