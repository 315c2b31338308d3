"""An edition's page: the letter as others meet it, and everything that is known of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from comms.errors import Location, Problem, Severity, say
from comms.model.mail_client import ClientSummary, Feature, Unsupported
from comms.model.plan import Pick, Skip
from comms.render.changes import Change, State, compared
from comms.render.edition import text_copy, web_copy
from comms.render.mime import letter_template, personalise
from comms.render.preview_page import (
    Copies,
    EditionPage,
    Neighbour,
    cut,
    dark_copy,
    edition_page,
    has_dark_rules,
    header_fields,
    light_copy,
    links,
    pictureless_copy,
    preheader,
    sections,
)
from tests.unit.render import build

WAY_OUT = "mailto:kansli@leader.example"

CSS = "@media (prefers-color-scheme: dark) { .ink { color: #fff } } :root { color-scheme: light dark; }"
HTML = f"""<html lang="sv"><head><meta name="color-scheme" content="light dark" /><style>{CSS}</style></head>
<body style="margin:0">
<div style="display:none;font-size:1px">Leden &#246;ppnar &#8204;&#160;&#8204;&#160;</div>
<!--[if mso]><a href="https://outlook.example">bara Outlook</a><![endif]-->
<h1>Brevet</h1><h2>Leden</h2><p>{"ord " * 50}</p>
<a href="https://leader.example/led?a=1&amp;b=2"><b>Läs om</b> leden</a> <a href="#led">Till leden</a>
<a href="https://leader.example/bild"><img alt="En sj&#246;." src="../../media/a.png" width="520" /></a>
<h2>Kort</h2><p style="background:url(../../media/b.png)">Slut.</p></body></html>"""

PROBLEMS = tuple(
    Problem(code, severity, say("Något."), say("Gör något."), Location("templates/a.mjml.j2"))
    for code, severity in (("O110", Severity.WARNING), ("O301", Severity.NOTICE), ("O103", Severity.ERROR))
)


@cache
def page() -> EditionPage:
    edition = build.edition()
    template = letter_template(edition, settings=build.SETTINGS, newsletter=build.NEWSLETTER)
    letter = personalise(
        template,
        recipient="redaktor@leader.example",
        recipient_name="",
        message_id="preview@leader.example",
        date=datetime(2026, 11, 30, 8, tzinfo=UTC),
    )
    return EditionPage(
        title="Kommunbrevet",
        audience="Kommunala kontor",
        place="Arvika",
        when="2026-12-01 kl. 08.00",
        made="Gjort i dag.",
        sender="Leader Provbygd",
        edition=edition,
        html=web_copy(edition, WAY_OUT),
        text=text_copy(edition, WAY_OUT),
        letter=letter,
        recipients=3,
        files={"HTML": "brev.html"},
        copies=Copies("ljust.html", "morkt.html", "utan.html"),
        picks=(Pick("leden-oppnar", say("Den är fäst överst.")),),
        skips=(Skip("kurs", say("Den gäller Torsby.")),),
        titles={"leden-oppnar": "Leden <öppnar>"},
    )


def test_the_dark_copy_shows_the_dark_rules_and_the_light_one_never_does() -> None:
    assert "@media (min-width:0) { .ink" in dark_copy(HTML)
    assert "@media (max-width:0) { .ink" in light_copy(HTML)
    for html, scheme in ((dark_copy(HTML), "dark"), (light_copy(HTML), "light")):
        assert f'content="{scheme}"' in html
        assert "light dark" not in html
        assert "prefers-color-scheme" not in html


def test_a_letter_without_dark_rules_is_known() -> None:
    assert has_dark_rules(HTML)
    assert not has_dark_rules("<html></html>")
    assert "inga egna regler för mörkt läge" in edition_page(replace(page(), html="<html></html>"))


def test_without_pictures_the_words_of_a_picture_stay_and_nothing_is_loaded() -> None:
    html = pictureless_copy(HTML)
    assert 'alt="En sj&#246;."' in html
    assert 'width="520"' in html
    assert "media/" not in html


def test_the_preheader_is_read_without_its_filling() -> None:
    assert preheader(HTML) == "Leden öppnar"
    assert preheader("<html><body><p>Hej</p></body></html>") == ""


def test_a_long_subject_is_cut_as_a_telephone_does() -> None:
    assert cut("Kommunbrevet, Arvika: Leden öppnar", 22) == "Kommunbrevet, Arvika:…"
    assert cut("Kort", 22) == "Kort"


def test_links_are_told_with_words_addresses_and_pictures_words_but_not_those_of_outlook_alone() -> None:
    assert [(link.words, link.href, link.inside) for link in links(HTML)] == [
        ("Läs om leden", "https://leader.example/led?a=1&b=2", False),
        ("Till leden", "#led", True),
        ("En sjö.", "https://leader.example/bild", False),
    ]


def test_sections_are_told_largest_first_and_add_up_to_the_letter() -> None:
    found = sections(HTML)
    assert sum(size for _, size in found) == len(HTML.encode())
    assert found == sorted(found, key=lambda one: -one[1])
    assert {words for words, _ in found} == {"", "Brevet", "Leden", "Kort"}


def test_header_fields_are_told_as_read_and_as_sent() -> None:
    letter = b"Subject: =?utf-8?b?U2rDtg==?=\r\n =?utf-8?b?w6Vy?=\r\nTo: a@leader.example\r\n\r\nHej"
    subject, to = header_fields(letter)
    assert (subject.name, subject.value) == ("Subject", "Sjöår")
    assert subject.raw == "=?utf-8?b?U2rDtg==?=\r\n =?utf-8?b?w6Vy?="
    assert to.value == to.raw == "a@leader.example"


def test_a_field_that_cannot_be_decoded_is_told_as_it_stands() -> None:
    (field,) = header_fields(b"Subject: =?nonsense?b?U2o=?=\r\n\r\n")
    assert field.value == "=?nonsense?b?U2o=?="


def test_the_letter_stands_in_frames_of_two_widths_that_run_no_scripts() -> None:
    html = edition_page(page())
    frames = re.findall(r"<iframe[^>]*>", html)
    assert sorted(re.findall(r'width="(\d+)"', "".join(frames))) == ["360"] * 3 + ["700"] * 3
    for copy in ("ljust.html", "morkt.html", "utan.html"):
        assert sum(f'src="{copy}"' in frame for frame in frames) == 2
    # Without allow-same-origin a browser shows no local pictures in a page opened from the disk.
    assert all('sandbox="allow-same-origin"' in frame and "title=" in frame for frame in frames)


def test_problems_come_with_errors_first() -> None:
    html = edition_page(replace(page(), problems=PROBLEMS))
    assert re.findall(r"(Fel|Varning|Notis) O\d+", html) == ["Fel", "Varning", "Notis"]


def test_text_subject_items_and_recipients_are_told_and_never_run() -> None:
    html = edition_page(page())
    for words in (
        "3 mottagare",
        "Leden &lt;öppnar&gt;",
        "Den är fäst överst.",
        "Den gäller Torsby.",
        "KOMMUNBREVET",
        "Hela mejlet:",
        "List-Id",
    ):
        assert words in html


def test_a_page_needs_nothing_from_outside() -> None:
    assert not re.search(r"<script|<link|@import|url\(|src=\"http", edition_page(page()))


def test_every_table_header_says_what_it_heads() -> None:
    html = edition_page(page())
    assert html.count("<th ") == html.count("scope=")


def test_what_a_mail_program_ignores_is_told_with_what_was_reviewed() -> None:
    border = Feature("css-border-radius", "border-radius", "border-radius", frozenset(), frozenset(), "")
    flex = Feature("css-flex", "display: flex", "display: flex", frozenset(), frozenset(), "")
    findings = (
        Unsupported("outlook", border, 7, "Hörnen blir raka."),
        Unsupported("outlook", flex, 9, ""),
    )
    html = edition_page(
        replace(page(), findings=findings, clients=(ClientSummary("outlook", "Outlook", 2, 0, 1),))
    )
    assert html.index("display: flex, rad 9") < html.index("border-radius, rad 7")
    assert "Hörnen blir raka." in html
    assert "Ogranskat." in html


def test_a_change_is_told_by_signs_and_tags_and_not_by_colour_alone() -> None:
    change = Change(
        State.CHANGED, "Förr hette det så", 100, compared("Hej på er alla", "Hej på dig alla"), has_text=True
    )
    html = edition_page(replace(page(), change=change))
    assert '<del><span class="sign">−</span>er</del>' in html
    assert '<ins><span class="sign">+</span>dig</ins>' in html
    assert "Förr hette det så" in html
    assert "100 byte blev" in html


def test_what_is_new_unchanged_or_only_looks_different_is_said() -> None:
    told = {
        "Fanns inte i förra förhandsvisningen": Change(State.NEW),
        "Oförändrad sedan förhandsvisningen i går": Change(State.UNCHANGED, since="i går"),
        "Bara utseendet, bilderna eller länkarna": Change(State.CHANGED, has_text=True),
        "Den förra texten finns inte kvar": Change(State.CHANGED),
    }
    for words, change in told.items():
        assert words in edition_page(replace(page(), change=change))


def test_the_page_leads_to_the_editions_before_and_after() -> None:
    html = edition_page(
        replace(
            page(), previous=Neighbour("../a/index.html", "A"), following=Neighbour("../c/index.html", "C")
        )
    )
    assert '<a href="../a/index.html">Föregående: A</a>' in html
    assert '<a href="../c/index.html">Nästa: C</a>' in html
    assert '<a href="../../index.html">' in html
