"""The pages of the spread kit and what they load: for every organisation the same, so they live in the code.

Script and style are files of their own, so that a web server may forbid all others (Content-Security-Policy
`default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'`). Without the script every text is
selected whole by one click; with it there are buttons.
"""

from __future__ import annotations

BASE = """<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{% block title %}{% endblock %}</title>
<link rel="stylesheet" href="{{ root }}sprid/sida.css">
{% block head %}{% endblock %}
</head>
<body>
<a class="skip" href="#innehall">Hoppa till innehållet</a>
<header>
<div class="ways">
<a class="home" href="{{ root }}index.html"><span class="leaves" aria-hidden="true">
<i></i><i></i><i></i><i></i><i></i><i></i><i></i></span> {{ settings.name }}</a>
<nav aria-label="Huvudmeny">
<ul class="jumps">
<li><a href="{{ list }}"{% if is_list %} aria-current="page"{% endif %}>
Nyheter att sprida i {{ place or "hela området" }}</a></li>
<li><a href="{{ root }}index.html">Arkivet</a></li>
</ul>
</nav>
</div>
{% block header %}{% endblock %}
</header>
<main id="innehall" tabindex="-1">
{% block main %}{% endblock %}
</main>
<footer>
<img class="emblem" src="{{ root }}{{ emblem }}" alt="EU:s emblem" width="60" height="40">
<p><strong>{{ settings.eu_statement }}</strong><br>
{{ settings.sender.name }}, <a href="mailto:{{ contact }}">{{ contact }}</a></p>
</footer>
</body>
</html>
"""
"""What both pages share."""

PARTS = """{% macro copied(id, text, what, lang="sv") %}
<div class="text" id="{{ id }}" lang="{{ lang }}">{{ text }}</div>
{{ button(id, what) }}
{% endmacro %}

{% macro button(id, what, label="Kopiera") %}
<p class="acts"><button type="button" hidden data-copy="{{ id }}">{{ label }}
<span class="vh">{{ what }}</span></button> <span class="said" role="status"></span></p>
{% endmacro %}

{% macro picture(picture, number, id, root, lang, network="") %}
<figure>
<img src="{{ root }}{{ picture.media_path }}" alt="{{ picture.alt }}" lang="{{ lang }}"
 width="{{ picture.width }}" height="{{ picture.height }}" loading="lazy">
<figcaption>
{% if picture.alt %}
<span class="name" id="{{ id }}-namn">Alt-text till bilden</span>
<div class="text small" id="{{ id }}" aria-labelledby="{{ id }}-namn"
 lang="{{ lang }}">{{ picture.alt }}</div>
<p class="acts"><button type="button" hidden data-copy="{{ id }}">Kopiera alt-text
<span class="vh">till bild {{ number }}{{ " för " ~ network if network }}</span></button>
<span class="said" role="status"></span></p>
{% else %}
<p class="soft">Bilden är pynt och behöver ingen alt-text.</p>
{% endif %}
<p class="acts"><a class="button" href="bild-{{ number }}.zip" download>Bild och alt-text (ZIP)
<span class="vh">bild {{ number }}{{ " för " ~ network if network }}</span></a></p>
</figcaption>
</figure>
{% endmacro %}
"""
"""A text to copy, and a picture with its alt text."""

KIT = """{% extends "base" %}
{% import "parts" as parts %}
{% block title %}Sprid vidare: {{ kit.title }}{% endblock %}
{% block head %}<script src="{{ root }}sprid/kit.js" defer></script>{% endblock %}
{% block header %}
<p class="soft">Sprid vidare · {{ kit.place or "Hela området" }} · {{ kit.label }}</p>
<h1 lang="{{ kit.language }}">{{ kit.title }}</h1>
{% if is_foreign %}
<p>Nyheten är på {{ tongue or "ett annat språk än svenska" }}. Inläggens fasta rader är på svenska.</p>
{% endif %}
<p>Här finns text{{ ", bild och alt-text" if kit.pictures }} för kommunens egna kanaler.
Ändra gärna i texterna. Ett klick markerar en hel text.</p>
<p class="acts" id="allt"><a class="button strong" href="allt.zip" download>Hämta allt (ZIP)</a>
<span class="soft">{{ held }}</span></p>
{% if kit.left_out %}
<p class="soft">{{ "En bild" if kit.left_out | length == 1 else kit.left_out | length ~ " bilder" }} i nyheten
får inte spridas vidare och finns därför inte här.</p>
{% endif %}
<nav aria-label="På sidan">
<ul class="jumps">
{% for href, name in jumps %}
<li><a href="#{{ href }}">{{ name }}</a></li>
{% endfor %}
</ul>
</nav>
{% endblock %}
{% block main %}
{% set first = kit.pictures[0] if kit.pictures else none %}
{% for post in kit.posts %}
<section aria-labelledby="{{ post.network }}">
<h2 id="{{ post.network }}">{{ post.name }}</h2>
<div class="{{ "pair" if first }}">
<div>
{{ parts.copied("text-" ~ post.network, post.text, "texten för " ~ post.name, "" if is_foreign else "sv") }}
{% if post.length > 0.8 * post.limit %}
<p class="soft">{{ post.length | thousands }} av högst {{ post.limit | thousands }} tecken.</p>
{% endif %}
</div>
{% if first %}
{{ parts.picture(first, 1, "alt-" ~ post.network, root, kit.language, post.name) }}
{% elif post.network == "instagram" %}
<p class="soft">Instagram vill ha en bild. Välj en egen som passar texten.</p>
{% endif %}
</div>
</section>
{% endfor %}
{% if kit.pictures %}
<section aria-labelledby="bilder">
<h2 id="bilder">Bilder</h2>
{% for picture in kit.pictures %}
<div class="pair">
<div>
<h3>{{ picture.file }}</h3>
<dl>
<dt>Så får den användas</dt><dd>{{ picture.terms }}</dd>
<dt>Storlek</dt><dd>{{ picture.width }} × {{ picture.height }} pixlar</dd>
</dl>
{% if picture.caption %}
<p class="name" id="bildtext-{{ loop.index }}-namn">Bildtext</p>
{% set what = "bildtexten till bild " ~ loop.index %}
{{ parts.copied("bildtext-" ~ loop.index, picture.caption, what, kit.language) }}
{% endif %}
</div>
{{ parts.picture(picture, loop.index, "alt-" ~ loop.index, root, kit.language) }}
</div>
{% endfor %}
</section>
{% endif %}
<section aria-labelledby="kort">
<h2 id="kort">Kort text</h2>
<p class="soft">Till en lista eller en förstasida.</p>
{{ parts.copied("text-kort", kit.short, "den korta texten", kit.language) }}
</section>
<section aria-labelledby="lang">
<h2 id="lang">Lång text</h2>
<p class="soft">Till en egen sida. Rubriker, listor och länkar följer med när du klistrar in.</p>
<div class="text rich" id="text-lang" data-source="text-html" lang="{{ kit.language }}">{{ long }}</div>
{{ parts.button("text-lang", "den långa texten") }}
<details>
<summary>Visa texten som HTML</summary>
<div class="text code" id="text-html">{{ source }}</div>
{{ parts.button("text-html", "den långa texten som HTML") }}
</details>
</section>
{% if kit.calendar %}
<section aria-labelledby="kalender">
<h2 id="kalender">Kalender</h2>
<p>{{ kit.event.start | weekday_and_date | capitalize }} {{ kit.event.start.year }}
{{ kit.event.start | clock(kit.event.end) }}{% if kit.event.place %}<br>{{ kit.event.place }}{% endif %}</p>
<p class="acts"><a class="button" href="kalender.ics" download>Hämta kalenderfilen (ICS)</a></p>
</section>
{% endif %}
<section aria-labelledby="qr">
<h2 id="qr">QR-kod</h2>
<p class="soft">Leder till nyhetens egen sida. Till affischer, blad och skärmar.</p>
<img class="qr" src="qr.svg" alt="QR-kod som leder till {{ kit.url }}" width="180" height="180">
<p class="acts"><a class="button" href="qr.png" download>QR-kod för tryck (PNG)</a>
<a class="button" href="qr.svg" download>QR-kod som går att förstora (SVG)</a></p>
</section>
<section aria-labelledby="lank">
<h2 id="lank">Länk</h2>
{{ parts.copied("text-lank", kit.url, "länken till nyheten") }}
<p><a href="{{ item }}">Öppna nyhetens egen sida</a></p>
{% if kit.more_url %}<p><a href="{{ kit.more_url }}">Öppna nyheten hos {{ settings.name }}</a></p>{% endif %}
</section>
{% endblock %}
"""
"""One item's kit."""

KITS = """{% extends "base" %}
{% block title %}Sprid vidare: {{ place or "Hela området" }}{% endblock %}
{% block head %}
<link rel="alternate" type="application/rss+xml" title="Sprid vidare" href="rss.xml">
{% endblock %}
{% block header %}
<h1>Nyheter att sprida i {{ place or "hela området" }}</h1>
<p>Välj en nyhet. Där finns färdiga inlägg, kort och lång text och QR-kod.
Många nyheter har också bild med alt-text eller en kalenderfil.</p>
{% endblock %}
{% block main %}
{% for group in groups %}
{% if group.title %}
<h2>{{ group.title }}</h2>
{% endif %}
{% set level = "h3" if group.title else "h2" %}
{% for kit in group.kits %}
<article>
<div class="{{ "pair" if kit.pictures }}">
<div>
{% set day = days[kit.slug] %}
<p class="soft">{{ kit.label }} · <time datetime="{{ day.isoformat() }}">{{ day | spoken_date }}</time></p>
<{{ level }} class="title" lang="{{ kit.language }}">
<a href="{{ kit.slug }}/index.html">{{ kit.title }}</a></{{ level }}>
<p lang="{{ kit.language }}">{{ kit.short }}</p>
<p class="acts"><a class="button strong" href="{{ kit.slug }}/index.html">Sprid nyheten
<span class="vh">{{ kit.title }}</span></a>
<a class="button" href="{{ kit.slug }}/allt.zip" download>Hämta allt (ZIP)
<span class="vh">till {{ kit.title }}</span></a></p>
</div>
{% if kit.pictures %}
<img src="{{ root }}{{ kit.pictures[0].media_path }}" alt="{{ kit.pictures[0].alt }}"
 lang="{{ kit.language }}"
 width="{{ kit.pictures[0].width }}" height="{{ kit.pictures[0].height }}" loading="lazy">
{% endif %}
</div>
</article>
{% endfor %}
{% else %}
<article><p>Här finns inget att sprida just nu. Nya nyheter kommer när nästa brev har gått ut.</p></article>
{% endfor %}
<section aria-labelledby="hamta">
<h2 id="hamta">Hämta in i kommunens webb</h2>
<p>För den som sköter kommunens webb: med de här filerna kan webben hämta nyheterna själv.
De uppdateras när ett brev har gått ut.</p>
<dl>
<dt>JSON: allt på sidorna, också inläggen</dt><dd><a href="kits.json">{{ url }}kits.json</a></dd>
<dt>RSS: kort och lång text och en bild, men inga inlägg</dt><dd><a href="rss.xml">{{ url }}rss.xml</a></dd>
</dl>
</section>
{% endblock %}
"""
"""All kits of a municipality."""

STYLE = """:root {
  --ground: #f7f4ec; --paper: #fff; --panel: #f2efe5; --line: #d9d3c3; --edge: #7d776a;
  --ink: #22302a; --soft: #5b655f; --heading: #1f4d3a; --link: #1b5a7a; --act: #1f4d3a; --on-act: #fff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #141a17; --paper: #1c2420; --panel: #27312c; --line: #45524b; --edge: #8b978f;
    --ink: #ece8dd; --soft: #b6beb8; --heading: #b9d3a6; --link: #9ccbe6; --act: #b9d3a6; --on-act: #141a17;
  }
  .leaves i { filter: brightness(1.7); }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; font: 1rem/1.55 Arial, Helvetica, sans-serif; overflow-wrap: anywhere; }
body { background: var(--ground); color: var(--ink); }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.25rem; }
main:focus { outline: none; }
footer { display: flex; gap: 1rem; align-items: center; padding: 1rem 1.25rem 3rem; }
footer img { flex: none; }
h1 { margin: .1rem 0 .5rem; font-size: clamp(1.75rem, 5vw, 2.5rem); line-height: 1.2; color: var(--heading); }
h2 { margin: 0 0 .5rem; font-size: 1.6rem; line-height: 1.3; color: var(--heading); }
h3 { margin: 0 0 .5rem; font-size: 1.1rem; color: var(--heading); }
p { margin: .5rem 0; }
a { color: var(--link); text-underline-offset: 3px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 3px; border-radius: 2px; }
.soft { color: var(--soft); }
.name { display: block; margin: .75rem 0 .25rem; font-size: .95rem; font-weight: bold; }
.ways { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 2rem; }
.ways { margin: 0 0 1.5rem; }
.ways .jumps { margin: 0; }
.home { display: inline-flex; align-items: end; gap: .7rem; min-height: 44px; padding: .6rem 0; }
.home { line-height: 1.2; font-weight: bold; color: var(--heading); text-decoration: none; }
.home:hover { text-decoration: underline; }
[aria-current] { color: var(--ink); font-weight: bold; text-decoration: none; }
.leaves { display: inline-flex; align-items: end; gap: 3px; flex: none; }
.leaves i { width: 9px; height: 12px; border-radius: 9px 1px; background: #1f4d3a; }
.leaves i:nth-child(2), .leaves i:nth-child(6) { height: 15px; background: #566620; }
.leaves i:nth-child(3) { height: 18px; background: #8a5f0a; }
.leaves i:nth-child(4) { height: 21px; background: #a3273b; }
.leaves i:nth-child(5) { height: 18px; background: #2b6a8c; }
.jumps { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1rem 0; padding: 0; list-style: none; }
.jumps a { display: inline-block; min-height: 44px; padding: .6rem 0; }
main > h2 { margin: 2.5rem 0 -.5rem; }
.title { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.3; }
section, article { position: relative; }
section, article { background: var(--paper); border-radius: 10px; padding: 1.5rem 1.75rem; margin: 1.5rem 0; }
.pair { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1.75rem; }
.pair + .pair { margin-top: 1.75rem; padding-top: 1.75rem; border-top: 1px solid var(--line); }
.text { padding: 1rem 1.25rem; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; }
.text { white-space: pre-wrap; -webkit-user-select: all; user-select: all; cursor: text; }
.small { padding: .6rem .8rem; font-size: .95rem; }
.rich { white-space: normal; }
.rich h2, .rich h3, .rich h4, .rich h5 { margin: 1.25rem 0 .25rem; font-size: 1.15rem; }
.rich > :first-child { margin-top: 0; }
.rich table { display: block; overflow-x: auto; border-collapse: collapse; }
.rich th, .rich td { padding: .4rem 1rem .4rem 0; text-align: left; vertical-align: top; }
.code { font: .875rem/1.5 ui-monospace, monospace; }
.acts { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; margin: .75rem 0; }
button, .button {
  position: relative; display: inline-block; max-width: 100%;
  min-width: 44px; min-height: 44px; padding: .55rem 1.1rem; border-radius: 8px;
  border: 2px solid var(--act); background: transparent; color: var(--act);
  font: inherit; font-weight: bold; text-decoration: none; cursor: pointer;
}
button, .strong { background: var(--act); color: var(--on-act); }
button:hover, .button:hover { text-decoration: underline; text-underline-offset: 3px; }
[hidden] { display: none; }
.said { color: var(--heading); font-weight: bold; }
figure { margin: 0; }
img { display: block; max-width: 100%; height: auto; border-radius: 8px; }
.qr, .emblem { border-radius: 0; background: #fff; }
.emblem { border: 2px solid #fff; box-sizing: content-box; }
summary { min-height: 44px; padding: .6rem 0; color: var(--link); cursor: pointer; }
dl { margin: .5rem 0; }
dt { margin-top: .6rem; font-weight: bold; font-size: .95rem; }
dd { margin: 0; }
.vh { position: absolute; left: 0; top: 0; width: 1px; height: 1px; overflow: hidden; }
.vh { clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -100vw; padding: .75rem 1rem; background: var(--paper); }
.skip:focus { left: 1rem; top: 1rem; }
@media (max-width: 45rem) {
  section, article { padding: 1.25rem 1rem; }
  .pair { grid-template-columns: minmax(0, 1fr); }
}
@media print {
  nav, .acts, .skip { display: none; }
}
"""
"""How the pages look: the letters' warm ground, green headings and seven leaves."""

SCRIPT = """// Buttons that copy a text. Without this file a click selects a text, to be copied as usual.
"use strict";

function selected(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  return selection;
}

function copiedTheOldWay(node) {
  const selection = selected(node);
  const done = document.execCommand("copy");
  if (done) selection.removeAllRanges();
  return done;
}

async function copied(node) {
  try {
    const source = document.getElementById(node.dataset.source);
    if (source) {
      const kinds = { "text/html": source.textContent, "text/plain": node.innerText.trim() };
      const blobs = Object.entries(kinds).map(([kind, text]) => [kind, new Blob([text], { type: kind })]);
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    } else {
      await navigator.clipboard.writeText(node.textContent);
    }
    return true;
  } catch {
    return copiedTheOldWay(node);
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const said = button.parentElement.querySelector("[role=status]");
  let wait = 0;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const node = document.getElementById(button.dataset.copy);
    const done = await copied(node);
    if (!done) selected(node);
    said.textContent = done ? "Kopierat" : "Texten är markerad. Kopiera den med Ctrl och C.";
    clearTimeout(wait);
    if (done) wait = setTimeout(() => { said.textContent = ""; }, 6000);
  });
}
"""
"""The buttons."""
