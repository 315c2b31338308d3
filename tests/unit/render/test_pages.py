"""Pages to look at: everything is told, nothing is fetched or run."""

from __future__ import annotations

import re
from dataclasses import replace

from comms.errors import Location, Problem, Severity, say
from comms.model.plan import Pick, Skip
from comms.render.changes import Change, State
from comms.render.pages import (
    IndexEdition,
    IndexEntry,
    IndexPage,
    IndexPost,
    Lead,
    index_page,
)
from comms.render.post import render_post
from comms.text.networks import NETWORKS
from tests.unit.render import build

FACEBOOK = NETWORKS["facebook"]
PROBLEM = Problem(
    "S203",
    Severity.WARNING,
    say("Ordet kan missförstås."),
    say("Byt det."),
    Location("content/items/a.md", 4, 2),
)
EDITION = IndexEdition(
    audience="Kommunala kontor",
    place="Arvika",
    subject="Kommunbrevet <1>",
    recipients=3,
    size=71_400,
    files={"HTML": "a/brev.html", "E-post": "a/brev.eml"},
    picks=(Pick("leden-oppnar", say("Den är fäst överst.")),),
    skips=(Skip("kurs", say("Den gäller Torsby.")),),
)


def post(text: str) -> IndexPost:
    item = replace(build.ITEM, pictures=(build.PICTURE,))
    made = render_post(
        settings=build.SETTINGS,
        item=item,
        channel=build.channel("facebook"),
        draft=build.draft(text),
        post_id="p.1",
    )
    return IndexPost(made, FACEBOOK, "p.1/inlagg.html")


def page(*entries: IndexEntry) -> str:
    titles = {"leden-oppnar": "Leden öppnar", "kurs": "Kursen"}
    return index_page(IndexPage("Förhandsvisning", "Gjord i dag.", entries, titles))


ISSUE = IndexEntry(
    "kommunbrevet-2026-12-01", "Kommunbrevet", "tisdag", "planerat", "abcdef0123456789", (EDITION,)
)


def test_an_edition_is_told_with_files_recipients_size_and_reasons() -> None:
    html = page(ISSUE)
    for words in (
        'href="a/brev.html"',
        'href="a/brev.eml"',
        "3 mottagare",
        "71\N{NO-BREAK SPACE}kB",
        "Leden öppnar",
        "Den är fäst överst.",
        "Kursen",
        "Den gäller Torsby.",
        "abcdef012345",
    ):
        assert words in html


def test_problems_are_shown_with_code_place_and_what_to_do() -> None:
    html = page(replace(ISSUE, problems=(PROBLEM,)))
    assert "Varning S203" in html
    assert "Ordet kan missförstås. Byt det." in html
    assert "content/items/a.md:4:2" in html


def test_a_post_is_listed_with_its_text_and_count() -> None:
    html = page(IndexEntry("p.1", "Leden", "tisdag", "godkänt", "", posts=(post("Hej på er."),)))
    assert 'href="p.1/inlagg.html"' in html
    assert "Hej på er." in html
    assert "av 63\N{NO-BREAK SPACE}206 tecken" in html


def test_a_post_leads_to_the_page_with_all_of_its_items_posts_when_there_is_one() -> None:
    beside = replace(post("Hej."), beside="poster/leden.html")
    html = page(IndexEntry("p.1", "Leden", "tisdag", "godkänt", "", posts=(beside,)))
    assert '<a href="poster/leden.html">Alla nätverk sida vid sida: Leden</a>' in html
    assert "sida vid sida" not in page(IndexEntry("p.1", "Leden", "tisdag", "", "", posts=(post("Hej."),)))


def test_an_empty_plan_says_so() -> None:
    assert "Inget är planerat." in page()


def test_what_people_wrote_is_shown_never_run() -> None:
    assert "Kommunbrevet &lt;1&gt;" in page(ISSUE)


def test_every_table_header_says_what_it_heads() -> None:
    html = page(ISSUE)
    assert html.count("<th ") == html.count("scope=")


def test_a_page_needs_nothing_from_outside() -> None:
    assert not re.search(r"<script|<link|@import|url\(|src=\"http", page(ISSUE))


def test_an_edition_leads_to_its_own_page_and_says_that_it_changed() -> None:
    edition = replace(EDITION, page="a/index.html", change=Change(State.CHANGED))
    html = page(replace(ISSUE, editions=(edition,)))
    assert '<a href="a/index.html">Kommunala kontor<br>Arvika</a>' in html
    assert '<span class="badge changed">Ändrad</span>' in html


def test_the_index_begins_with_what_is_new_what_is_gone_and_ends_with_what_lies_there_still() -> None:
    html = index_page(
        IndexPage(
            "Förhandsvisning",
            "Gjord i dag.",
            (ISSUE,),
            {},
            since="Sedan sist: 1 ny utgåva.",
            news=(Lead("Brevet, Eda", "b/index.html", Change(State.NEW)),),
            gone=("Brevet, Sunne",),
            kept=(Lead("Posten om leden", "poster/p.html"),),
        )
    )
    order = ["Sedan sist: 1 ny utgåva.", 'badge new">Ny', "Brevet, Eda", "Brevet, Sunne", "Kommunbrevet"]
    places = [html.index(words) for words in (*order, "Posten om leden")]
    assert places == sorted(places)
