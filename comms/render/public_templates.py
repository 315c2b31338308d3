"""The templates of pages where people act: sign up, confirm, choose, stop. The looks are in site_style.py.

They extend the archive's own page. Every act is a form that is sent by POST: to open a page changes nothing.
No script is needed, and none is there. `autofocus` puts who listens or uses the keyboard at what went wrong.
"""

from __future__ import annotations

FIELDS = """{% macro summary(faults) %}
{% if faults %}
<div class="faults" id="fel" tabindex="-1" autofocus role="group" aria-labelledby="fel-rubrik">
<h2 id="fel-rubrik">Något behöver rättas</h2>
<ul>
{% for each in faults %}
{% if each.target %}
<li><a href="#{{ each.target }}">{{ each.text }}</a></li>
{% else %}
<li>{{ each.text }}</li>
{% endif %}
{% endfor %}
</ul>
</div>
{% endif %}
{% endmacro %}

{% macro sealed(seal) %}
<input type="hidden" name="form" value="{{ seal }}">
{% endmacro %}

{% macro trap() %}
<div class="trap" aria-hidden="true">
<label for="website">Lämna det här fältet tomt</label>
<input type="text" id="website" name="website" value="" tabindex="-1" autocomplete="off">
</div>
{% endmacro %}

{% macro wrong(field) %}
{% if field.fault %}
<p class="fault" id="{{ field.name }}-fel"><strong>Fel:</strong> {{ field.fault }}</p>
{% endif %}
{% endmacro %}

{% macro hint(field) %}
{% if field.hint %}
<p class="hint" id="{{ field.name }}-om">{{ field.hint }}</p>
{% endif %}
{% endmacro %}

{% macro described(field) %}
{% if field.described_by %} aria-describedby="{{ field.described_by }}"{% endif %}
{% endmacro %}

{% macro email(field, value) %}
<div class="field{% if field.fault %} faulty{% endif %}">
<label for="address">{{ field.label }} <span class="need">{{ field.need }}</span></label>
{{ hint(field) }}
{{ wrong(field) }}
<input type="email" id="address" name="address" value="{{ value }}" autocomplete="email" inputmode="email"
 autocapitalize="none" spellcheck="false" required
 {{- described(field) }}{% if field.fault %} aria-invalid="true"{% endif %}>
</div>
{% endmacro %}

{% macro choice(field, kind) %}
<fieldset class="field{% if field.fault %} faulty{% endif %}"{{ described(field) }}>
<legend>{{ field.label }} <span class="need">{{ field.need }}</span></legend>
{{ hint(field) }}
{{ wrong(field) }}
{% for each in field.options %}
<div class="option">
<input type="{{ kind }}" id="{{ each.id }}" name="{{ field.name }}" value="{{ each.value }}"
 {%- if each.is_chosen %} checked{% endif %}{% if each.hint %} aria-describedby="{{ each.id }}-om"{% endif %}>
<label for="{{ each.id }}">{{ each.text }}</label>
{% if each.hint %}
<p class="hint" id="{{ each.id }}-om">{{ each.hint }}</p>
{% endif %}
</div>
{% endfor %}
</fieldset>
{% endmacro %}

{% macro list(field) %}
<div class="field{% if field.fault %} faulty{% endif %}">
<label for="{{ field.name }}">{{ field.label }} <span class="need">{{ field.need }}</span></label>
{{ hint(field) }}
{{ wrong(field) }}
<select id="{{ field.name }}" name="{{ field.name }}"
 {{- described(field) }}{% if field.fault %} aria-invalid="true"{% endif %}>
{% for each in field.options %}
<option value="{{ each.value }}"{% if each.is_chosen %} selected{% endif %}>{{ each.text }}</option>
{% endfor %}
</select>
</div>
{% endmacro %}

{% macro choices(form) %}
{{ choice(form.newsletters, "checkbox") }}
{% if form.only_audience %}
<input type="hidden" name="audience" value="{{ form.only_audience }}">
{% else %}
{{ choice(form.audience, "radio") }}
{% endif %}
{{ list(form.municipality) }}
{% if form.focus.options %}
{{ choice(form.focus, "checkbox") }}
{% endif %}
{% endmacro %}

{% macro chosen(rows) %}
<dl class="chosen">
{% for row in rows %}
<dt>{{ row.name }}</dt>
{% for each in row.values %}
<dd>{{ each }}</dd>
{% endfor %}
{% endfor %}
</dl>
{% endmacro %}

{% macro go(text, value="", plain=false) %}
<button type="submit"{% if value %} name="action" value="{{ value }}"{% endif %}
 {%- if plain %} class="plain-button"{% endif %}>{{ text }}</button>
{% endmacro %}
"""
"""Pieces of forms: each field with its label, what it is, what is wrong with it, all tied together."""

SIGNUP = """{% extends "base" %}
{% import "fields" as field %}
{% block main %}
<div class="narrow">
{{ field.summary(form.faults) }}
{% if again %}
<div class="panel told" tabindex="-1" autofocus role="group" aria-labelledby="igen">
<h2 id="igen">Tryck en gång till</h2>
<p>Det gick lite för fort för oss. Det du har fyllt i står kvar: tryck på Skicka en gång till.</p>
</div>
{% endif %}
{% if not form.newsletters.options %}
<div class="box">
<p>Just nu finns det inget brev att prenumerera på här. Nyheterna kan du läsa på webbplatsen.</p>
<p class="more"><a href="{{ link("nyheter/") }}">Alla nyheter</a></p>
</div>
{% else %}
<form class="box form" method="post" action="{{ link(page.path) }}" novalidate>
{{ field.sealed(seal) }}
{{ field.trap() }}
{{ field.email(form.address, form.typed) }}
{{ field.choices(form) }}
<div class="yes">
<p>{{ consent.words }} <a href="{{ link("integritet/") }}">{{ consent.link }}</a></p>
{{ field.go("Skicka") }}
<p class="hint">Sedan får du ett mejl med en länk. Inga brev kommer förrän du har bekräftat där.</p>
</div>
</form>
<p class="aside">Prenumererar du redan? <a href="{{ link("installningar/") }}">Ändra dina val</a></p>
{% endif %}
</div>
{% endblock %}
"""
"""Where anybody subscribes."""

CONFIRM = """{% extends "base" %}
{% import "fields" as field %}
{% block main %}
<div class="narrow">
{% if is_used %}
<div class="box">
<p>Du har redan bekräftat med den här länken. Du behöver inte göra något mer.</p>
<p class="more"><a href="{{ link("installningar/") }}">Se eller ändra dina val</a></p>
</div>
{% else %}
<div class="box">
<p>Prenumerationen är inte klar än. Stämmer det här?</p>
{{ field.chosen(rows) }}
<form class="form" method="post" action="{{ link(page.path) }}">
{{ field.sealed(seal) }}
{{ field.go("Bekräfta prenumerationen") }}
</form>
<p class="hint">När du har bekräftat kommer breven från och med nästa nummer. Du kan ändra dig eller sluta
när du vill. Har du inte bett om det här kan du stänga sidan: då händer ingenting.</p>
</div>
{% endif %}
</div>
{% endblock %}
"""
"""Where the link in a confirming mail leads: nothing is done until the button is pressed."""

WELCOME = """{% extends "base" %}
{% import "fields" as field %}
{% block main %}
<div class="narrow">
<section class="box">
<h2>Det här händer nu</h2>
<ul>
{% for each in coming %}
<li><strong>{{ each.title }}</strong>: {{ each.when }}</li>
{% endfor %}
</ul>
<p>Breven kommer från {{ site.sender }}, {{ sends }}.</p>
</section>
<section class="box">
<h2>Dina val</h2>
{{ field.chosen(rows) }}
<p>Vill du ändra något eller ta en paus? Be om en länk till
<a href="{{ link("installningar/") }}">dina val</a>. Vill du sluta finns en länk för det i varje brev.</p>
</section>
<p class="aside"><a href="{{ link("nyheter/") }}">Läs nyheterna medan du väntar</a></p>
</div>
{% endblock %}
"""
"""After a yes."""

SETTINGS_REQUEST = """{% extends "base" %}
{% import "fields" as field %}
{% block main %}
<div class="narrow">
{{ field.summary(form.faults) }}
<form class="box form" method="post" action="{{ link(page.path) }}" novalidate>
<p>Skriv adressen som breven kommer till. Prenumererar den får den ett mejl med en länk till dina val. Så kan
ingen annan se eller ändra dem.</p>
{{ field.sealed(seal) }}
{{ field.trap() }}
{{ field.email(form.address, form.typed) }}
<div class="yes">
{{ field.go("Skicka länken") }}
<p class="hint">Länken gäller en kort stund. Är det för sent ber du bara om en ny.</p>
</div>
</form>
<p class="aside">Prenumererar du inte än? <a href="{{ link("prenumerera/") }}">Prenumerera</a></p>
</div>
{% endblock %}
"""
"""Where a subscriber asks for a link to their own choices."""

SETTINGS = """{% extends "base" %}
{% import "fields" as field %}
{% block main %}
<div class="narrow">
{{ field.summary(form.faults) }}
{% if is_saved %}
<div class="panel told" tabindex="-1" autofocus role="group" aria-labelledby="sparat">
{% if not has_letters %}
<h2 id="sparat">Nu är det avslutat</h2>
<p>Du får inga fler brev från {{ site.sender }}. Ett brev som skickades strax innan kan ändå hinna fram.
Ångrar du dig? Kryssa i ett brev och tryck på Spara.</p>
{% elif paused_until %}
<h2 id="sparat">Dina val är sparade</h2>
<p>Inga brev kommer före {{ paused_until }}. Ett brev som skickades strax innan kan ändå hinna fram.</p>
{% else %}
<h2 id="sparat">Dina val är sparade</h2>
<p>De gäller från och med nästa brev. Ett brev som redan är skickat ändras inte.</p>
{% endif %}
</div>
{% endif %}
<form class="narrow" method="post" action="{{ link(page.path) }}" novalidate>
{{ field.sealed(seal) }}
<div class="box form">
{{ field.choices(form) }}
<div class="yes">
{% if others %}
<p>Du får också {{ others }}. Där kan ingen ny anmäla sig, och det går inte att välja här. Vill du sluta
finns en länk för det i varje brev.</p>
{% endif %}
{{ field.go("Spara", "save") }}
</div>
</div>
{% if has_letters %}
<section class="box form" aria-labelledby="paus">
<h2 id="paus">{{ "Du har paus" if paused_until else "Ta en paus" }}</h2>
{% if paused_until %}
<p>Breven kommer igen från och med {{ paused_until }}. Du kan få dem tidigare.</p>
{{ field.go("Få breven igen nu", "resume", true) }}
{% else %}
<p>Då kommer inga brev på tre månader. Sedan kommer de igen av sig själva.</p>
{{ field.go("Pausa i tre månader", "pause", true) }}
{% endif %}
</section>
<section class="box form" aria-labelledby="sluta">
<h2 id="sluta">Sluta med allt</h2>
<p>Då får du inga fler brev från {{ site.sender }}. Du kan prenumerera igen när du vill.</p>
{{ field.go("Avsluta alla prenumerationer", "end", true) }}
</section>
{% endif %}
</form>
</div>
{% endblock %}
"""
"""A subscriber's own choices."""

EXIT = """{% extends "base" %}
{% import "fields" as field %}
{% block main %}
<div class="narrow">
<div class="box">
{% if not is_known %}
<p>Ingen adress hos oss hör till länken längre. Därför kommer inga brev genom den.</p>
<p>Får du ändå brev som du inte vill ha? Skriv till <a href="mailto:{{ site.mail }}">{{ site.mail }}</a>.</p>
{% else %}
{{ field.chosen(rows) }}
{% if is_over %}
<p>Adressen får inte längre {{ title }}. Du behöver inte göra något mer.</p>
{% else %}
<p><strong>Inget har hänt än.</strong> Välj vad du vill göra, eller stäng sidan om allt är bra som det är.</p>
{% endif %}
<form class="form ways" method="post" action="{{ link(page.path) }}">
{{ field.sealed(seal) }}
{% if not is_over %}
{{ field.go("Sluta få " ~ title, "this") }}
{% endif %}
{{ field.go("Sluta få alla brev från " ~ site.sender, "all", true) }}
{% if can_pause and paused_until and not is_over %}
<p>Breven är pausade. De kommer igen från och med {{ paused_until }}.</p>
{{ field.go("Få breven igen nu", "resume", true) }}
{% elif can_pause and not is_over %}
{{ field.go("Pausa alla brev i tre månader", "pause", true) }}
<p class="hint">Efter en paus kommer breven igen av sig själva.</p>
{% endif %}
</form>
{% endif %}
</div>
{% if is_known and can_pause %}
<p class="aside">Vill du ha andra brev eller nyheter från en annan kommun?
<a href="{{ link("installningar/") }}">Ändra dina val</a></p>
{% endif %}
</div>
{% endblock %}
"""
"""Where a letter's own way out leads: nothing is done until a button is pressed."""

ENDED = """{% extends "base" %}
{% import "fields" as field %}
{% block main %}
<div class="narrow">
<div class="box">
<p>{{ words }}</p>
<p>Inget mer skickas från och med nu. Ett brev som skickades strax innan kan ändå hinna fram.</p>
</div>
{% if offers_all %}
<section class="box" aria-labelledby="allt">
<h2 id="allt">Vill du sluta få alla brev?</h2>
<form class="form" method="post" action="{{ link(page.path) }}">
{{ field.sealed(seal) }}
<p>Får adressen andra brev från oss fortsätter de att komma. Du kan avsluta dem också.</p>
{{ field.go("Sluta få alla brev från " ~ site.sender, "all", true) }}
</form>
</section>
{% endif %}
<p class="aside">
{% if can_return %}
Ångrar du dig? <a href="{{ link("prenumerera/") }}">Prenumerera igen</a>
{% else %}
Ångrar du dig? Skriv till <a href="mailto:{{ site.mail }}">{{ site.mail }}</a>
{% endif %}
</p>
</div>
{% endblock %}
"""
"""After a no."""

PAUSED = """{% extends "base" %}
{% import "fields" as field %}
{% block main %}
<div class="narrow">
<div class="box">
{% if paused_until %}
<p>Inga brev skickas till {{ masked }} under pausen. De kommer igen från och med
<strong>{{ paused_until }}</strong>, av sig själva.</p>
<p>Ett brev som skickades strax innan kan ändå hinna fram.</p>
<form class="form" method="post" action="{{ link(page.path) }}">
{{ field.sealed(seal) }}
<p>Ändrar du dig kan du få breven igen när du vill.</p>
{{ field.go("Få breven igen nu", "resume", true) }}
</form>
{% else %}
<p>Pausen är slut för {{ masked }}. Breven kommer igen från och med nästa nummer.</p>
<p class="more"><a href="{{ link("installningar/") }}">Ändra dina val</a></p>
{% endif %}
</div>
</div>
{% endblock %}
"""
"""After a pause has begun, or ended."""

MESSAGE = """{% extends "base" %}
{% block main %}
<div class="narrow">
<div class="box">
{% for each in words %}
<p>{{ each }}</p>
{% endfor %}
{% if links %}
<ul class="plain">
{% for each in links %}
<li><a href="{{ each.href }}">{{ each.text }}</a></li>
{% endfor %}
</ul>
{% endif %}
</div>
</div>
{% endblock %}
"""
"""A page that says one thing."""
