"""Reports as pages: nothing loaded, every number with its base and days, none and not counted apart."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from comms.errors import say
from comms.model.coverage import Axis, Deliveries, Reach
from comms.model.report import Period
from comms.render.report_page import delivery_page, strategy_page, year_page
from comms.render.report_tables import days
from comms.text.colours import MIN_CONTRAST, contrast
from tests.unit.render import reports

NBSP = "\N{NO-BREAK SPACE}"


def read(page: bytes) -> str:
    """What a reader reads, blanks as one."""
    body = re.sub(r"<(style|svg).*?</\1>", " ", page.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def strategy() -> bytes:
    found = reports.coverage()
    return strategy_page(reports.head(), reports.names(), found, reports.gaps(found))


def year() -> bytes:
    return year_page(reports.head(), reports.names(), reports.year())


def delivery() -> bytes:
    return delivery_page(reports.head(), reports.names(), reports.deliveries())


PAGES = {"strategy": strategy, "year": year, "delivery": delivery}

# One file


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_allows_the_pages_own_style_and_nothing_else(name: str) -> None:
    page = PAGES[name]().decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)

    assert policy is not None
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert unescape(policy[1]) == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "<script" not in page
    assert ' style="' not in page
    assert not re.search(r'(?:src|href)="(?!data:image/png;base64,|#|mailto:|https://social\.example/)', page)


def test_numbers_are_read_on_their_squares_in_light_and_in_dark() -> None:
    squares = re.findall(r"\.h(\d) { fill: (#\w{6}); } \.i(\d) { fill: (#\w{6}); }", strategy().decode())

    assert [depth for depth, *_ in squares] == [*"12345", *"12345"]
    for depth, ground, same, ink in squares:
        assert depth == same
        assert contrast(ground, ink) >= MIN_CONTRAST


@pytest.mark.parametrize("name", PAGES)
def test_the_same_arguments_give_the_same_bytes(name: str) -> None:
    assert PAGES[name]() == PAGES[name]()


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_there_once_and_every_reference_leads_to_one(name: str) -> None:
    page = PAGES[name]().decode()
    ids = re.findall(r'\bid="([^"]+)"', page)
    asked = re.findall(r'(?:aria-labelledby|aria-describedby)="([^"]+)"|href="#([^"]+)"', page)

    assert len(ids) == len(set(ids))
    assert {one or other for one, other in asked} <= set(ids)


def test_an_offices_own_words_stay_words() -> None:
    head = replace(reports.head(), name='</style><script>alert("1")</script>')
    page = strategy_page(head, reports.names(), reports.coverage()).decode()

    assert "<script" not in page
    assert page.count("</style>") == 1


# What comes first


def test_the_empty_squares_come_before_the_maps_and_those_before_the_tables() -> None:
    found = read(strategy())
    order = [
        "Tomma rutor",
        "Vad som har nått vart",
        "Månad för månad",
        "Siffrorna i tabeller",
        "Så är det räknat",
    ]

    assert sorted(order, key=found.index) == order
    assert "3 av 40 (8 %) rutor är tomma 1 januari–31 december 2026." in found
    assert "Smarta lösningar och modiga entreprenörer har inte nått Munkfors sedan 2025-03-12." in found


def test_the_page_says_the_period_when_it_was_read_and_what_is_counted() -> None:
    found = read(strategy())

    assert "Perioden 1 januari–31 december 2026 Siffrorna hämtade 11 januari 2027 kl. 10.30" in found
    assert "Räknat är nyheter som gick ut 1 januari–31 december 2026: 46 nyheter." in found


@pytest.mark.parametrize("name", PAGES)
def test_every_table_says_its_base_and_its_days(name: str) -> None:
    page = PAGES[name]().decode()
    captions = [read(one.encode()) for one in re.findall("<caption.*?</caption>", page, re.DOTALL)]

    assert captions
    for caption in captions:
        assert re.search(r"2026|2027", caption), caption
        assert re.search(r"\b(?:av|Av|Andelarna|Antal|gånger|Inlägg|Brev|Alla|till)\b", caption), caption


# None, not counted, no base


def test_nothing_at_all_gives_no_share_and_no_fault() -> None:
    nothing = reports.coverage([])
    found = read(strategy_page(reports.head(), reports.names(), nothing, reports.gaps(nothing)))

    assert "40 av 40 (100 %) rutor är tomma" in found
    assert "0 av 0" in found
    assert not re.search(r"0 av 0 \(", found)


def test_an_axis_that_nobody_counted_is_not_told_as_none() -> None:
    found = reports.coverage()
    left = replace(found, rows={axis: rows for axis, rows in found.rows.items() if axis is not Axis.GOAL})
    page = read(strategy_page(reports.head(), reports.names(), left))

    assert "Mål Inte räknat 1 januari–31 december 2026." in page


def test_a_year_says_what_it_has_not_counted() -> None:
    bare = replace(
        reports.year(), deliveries=None, people=None, consents=None, subscribers=None, readers=None
    )
    found = read(year_page(reports.head(), reports.names(), bare))

    assert found.count("Inte räknat i den här redovisningen.") == 2
    assert "Samtycken till bilder: inte räknat" in found
    assert "Prenumeranter: inte räknat" in found
    assert "prenumererade" not in found


def test_lost_and_untagged_items_are_told_when_nobody_else_tells_of_them() -> None:
    coverage = reports.coverage(untagged=2, lost=("gammal-nyhet",))
    own = read(strategy_page(reports.head(), reports.names(), coverage))
    given = read(strategy_page(reports.head(), reports.names(), coverage, notes=[say("Läs så här.")]))

    assert "Utan insatsområde: 2 av 46 nyheter." in own
    assert "Filen finns inte längre för gammal-nyhet." in own
    assert "gammal-nyhet" not in given
    assert "Läs så här." in given


# The year


def test_the_year_sums_up_in_sentences_with_their_bases() -> None:
    found = read(year())

    assert "Kommunikationen 2026" in found
    assert "46 nyheter gick ut 1 januari–31 december 2026: i 202 utgåvor och 63 inlägg." in found
    assert "Flest nyheter handlade om Stark och stolt bygd: 24 av 46 (52 %)." in found
    assert "Av rutorna i strategins karta fick 37 av 40 (93 %) minst en nyhet." in found
    assert "Av breven som skulle sändas togs 1 503 av 1 518 (99 %) emot." in found
    assert "131 olika adresser prenumererade 11 januari 2027 kl. 10.30." in found


def test_areas_with_as_many_items_are_all_told_as_most_or_least() -> None:
    reach = Reach(items=3, editions=1, deliveries=2)
    rows = dict(zip(reports.names().strategy.focus_areas, (reach, reach, Reach(), Reach()), strict=True))
    tied = replace(
        reports.year(),
        coverage=replace(reports.coverage(), whole=reach, rows={Axis.FOCUS: rows}),
        gaps=(),
        deliveries=None,
    )
    assert (
        "Flest nyheter handlade om Stark och stolt bygd, Destination 7-sam Värmland: 3 av 3 (100 %). Färst "
        "handlade om Utveckling och lärande, Smarta lösningar och modiga entreprenörer: 0 av 3 (0 %)."
    ) in read(year_page(reports.head(), reports.names(), tied))


def test_the_year_has_the_emblem_with_its_statement_and_the_fingerprint() -> None:
    page = year().decode()

    assert page.count("Medfinansieras av Europeiska unionen") == 2  # the cover, and the foot on a screen
    assert f"data:image/png;base64,{base64.b64encode(reports.EMBLEM).decode()}" in page
    assert reports.FINGERPRINT in page


def test_without_the_emblem_there_is_no_statement() -> None:
    page = year_page(replace(reports.head(), emblem=b""), reports.names(), reports.year())

    assert "Medfinansieras" not in page.decode()


def test_the_guard_about_small_groups_is_told_and_months_are_left_to_another_report() -> None:
    found = read(year())

    assert "Så att ingen pekas ut visas ett ord om kön bara när minst 3 olika personer" in found
    assert "2026-03 Kön" not in found
    assert "Siffror för varje månad finns i balansredovisningen." in found


# Deliveries


def test_an_issue_is_told_with_what_was_to_be_sent_and_what_came_of_it() -> None:
    found = read(delivery())

    assert "Kommunbrevet nr 2 3 februari 2026 110 108 av 110 (98 %) 2 av 110 (2 %) 0 0 0" in found
    assert "Kommunbrevet nr 4 Partnerbrevet, 3 april 2026" in found
    assert "Alla nummer 1 518 1 503 av 1 518 (99 %)" in found


def test_a_link_that_is_no_web_address_is_no_link() -> None:
    sent = reports.deliveries()
    posts = (replace(sent.posts[0], link="javascript:alert(1)", title="Utan länk"),)
    page = delivery_page(reports.head(), reports.names(), replace(sent, posts=posts)).decode()

    assert "javascript" not in page
    assert "Utan länk" in page


def test_a_link_stays_within_its_own_quotes() -> None:
    sent = reports.deliveries()
    posts = (replace(sent.posts[0], link='https://social.example/"><script>'),)
    page = delivery_page(reports.head(), reports.names(), replace(sent, posts=posts)).decode()

    assert 'href="https://social.example/&#34;&gt;&lt;script&gt;"' in page


def test_a_period_without_issues_and_posts_has_no_empty_tables() -> None:
    nothing = Deliveries(reports.PERIOD, reports.AS_OF, (), ())
    page = delivery_page(reports.head(), reports.names(), nothing).decode()

    assert "<table" not in page
    assert "0 nummer och 0 inlägg hör till 1 januari–31 december 2026." in read(page.encode())


def test_days_over_two_years_say_both() -> None:
    assert days(Period(date(2025, 7, 1), date(2026, 6, 30))) == (f"1{NBSP}juli 2025–30{NBSP}juni 2026")


# What is no longer known


def test_a_focus_area_that_the_strategy_no_longer_has_stands_by_its_slug() -> None:
    found = reports.coverage()
    old = replace(found.squares[0], focus="nedlagt-omrade")
    page = read(strategy_page(reports.head(), reports.names(), replace(found, squares=(*found.squares, old))))

    assert "nedlagt-omrade" in page


def test_more_months_than_a_year_are_drawn_a_year_at_a_time() -> None:
    found = reports.coverage()
    months = {
        f"{year}-{month:02}": found.months["2026-05"] for year in (2025, 2026) for month in range(1, 13)
    }
    page = strategy_page(reports.head(), reports.names(), replace(found, months=months)).decode()

    assert "januari 2025–december 2025" in page
    assert "januari 2026–december 2026" in page
