"""The front page of an audit file, and what it says of itself: plain, whole by itself, the same each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jinja2 import Environment, StrictUndefined

_PAGE = """<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Granskning: {{ office }}, {{ first }} till {{ last }}</title>
<style>
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; font: 16px/1.5 Arial, Helvetica, sans-serif; }
body { color: #22302a; background: #fff; }
h1, h2, h3 { color: #1f4d3a; line-height: 1.25; }
a { color: #1b5a7a; }
section { border-top: 1px solid #d9d3c3; padding: .5rem 0 1rem; }
dt { font-weight: bold; }
dd { margin: 0 0 .4rem; }
</style>
</head>
<body>
<h1>Det som {{ office }} har sänt</h1>
<p>Från och med {{ first }} till och med {{ last }}. {{ issues|length }} utskick och
{{ posts|length }} inlägg. Vad filerna är och vad som inte är med står i
<a href="README.txt">README.txt</a>. Kontrollsummor står i <a href="manifest.json">manifest.json</a>.</p>
{% for heading, number, rows in [("Utskick", "Mottagare", issues), ("Inlägg", "Delar", posts)] %}
<h2>{{ heading }}</h2>
{% for row in rows %}
<section>
<h3>{{ row.title }}</h3>
<dl>
<dt>Tid</dt><dd>{{ row.when }}</dd>
<dt>Läge</dt><dd>{{ row.state }}</dd>
<dt>{{ number }}</dt><dd>{{ row.counts }}</dd>
{% if row.retracted %}<dt>Tillbakadraget sedan dess</dt><dd><ul>
{% for words in row.retracted %}<li>{{ words }}</li>
{% endfor %}</ul></dd>
{% endif %}<dt>Godkänt</dt><dd>{{ row.approved }}</dd>
<dt>Filer</dt><dd><ul>{% for path, name in row.files %}<li><a href="{{ path }}">{{ name }}</a></li>
{% endfor %}</ul></dd>
{% if row.missing %}<dt>Inte med</dt><dd><ul>{% for words in row.missing %}<li>{{ words }}</li>
{% endfor %}</ul></dd>{% endif %}
</dl>
</section>
{% else %}
<p>Inget gick ut under tiden.</p>
{% endfor %}
{% endfor %}
</body>
</html>
"""

_ABOUT = """{{ office }}: det som sändes från och med {{ first }} till och med {{ last }}

Börja med index.html. Den leder till allt annat.

VAD SOM ÄR MED
Varje utskick och inlägg vars planerade tid är under perioden, och som har börjat gå ut.
Brev: den frysta sidan (.html), texten (.txt), ämnet och kontrollsumman. Där mottagarens namn stod i
brevet står ett kodord. Kodordet finns i utskick.json.
Inlägg: texten och allt som kanalen fick (inlagg.json).
Bilder: som de sändes, när de finns kvar.
Godkännanden: vem som godkände, när, och svaren på frågorna.
Antal: hur många mottagare i varje läge.
Nyheternas taggar i strategin och bildernas samtycken: som de är skrivna i filerna i dag.

PERSONUPPGIFTER
Ingen mottagares adress är med, bara antal. Med är namnet på den som godkände eller svarade, det som
står i breven och inläggen själva, och det som kontoret har skrivit om samtycken. E-postadresser i svar och
samtycken är förkortade. Bilder som är tillbakadragna, som bara hör till en tillbakadragen nyhet, eller vars
samtycke är taget tillbaka, är inte med.

SÅ KONTROLLERAR DU
manifest.json har storlek och kontrollsumma (sha256) för varje fil. Samma liggare och samma filer ger
samma innehåll, tecken för tecken.
"""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An issue or a post on the front page. `files`: path and name of each; `missing`: what is not there.

    `retracted`: items in it that were taken back afterwards, with why.
    """

    title: str
    when: str
    state: str
    counts: str
    approved: str
    files: tuple[tuple[str, str], ...]
    missing: tuple[str, ...] = ()
    retracted: tuple[str, ...] = ()


def audit_index(
    office: str, first: date, last: date, issues: Sequence[AuditRow], posts: Sequence[AuditRow]
) -> bytes:
    """The page that leads to everything in the file."""
    return _filled(_PAGE, office=office, first=first, last=last, issues=issues, posts=posts)


def audit_readme(office: str, first: date, last: date) -> bytes:
    """What the file is, what is not in it, and of whom it tells; lines end as Windows wants them."""
    plain = Environment(autoescape=False, undefined=StrictUndefined)  # noqa: S701 - a text, not a page
    text = plain.from_string(_ABOUT).render(office=office, first=first, last=last)
    return ("\r\n".join(text.splitlines()) + "\r\n").encode()


def _filled(template: str, **values: object) -> bytes:
    made = Environment(autoescape=True, undefined=StrictUndefined).from_string(template)
    return (made.render(**values) + "\n").encode()
