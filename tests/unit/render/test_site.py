"""The archive's pages: pure, escaped, one kind of thing a page, and nothing leaks."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from comms.model.item import Consent, Item
from comms.model.settings import Settings
from comms.model.site import GoneItem, Site, SiteEdition, SiteIssue, SiteItem
from comms.render.edition import web_copy
from comms.render.site import site_pages
from comms.render.site_letters import letter_page
from comms.render.site_parts import relative, short
from comms.render.site_style import style_sheet
from comms.text.colours import contrast
from comms.text.markdown import parse_markdown
from tests.unit.render import build

ISSUE = "kommunbrevet-2026-12-01"
SENT = datetime(2026, 12, 1, 7, tzinfo=UTC)
HOSTILE = '<script>alert(1)</script> & "citat" {{ 7 * 7 }}'
BASE = build.SETTINGS.base_url


def edition(*items: Item, audience: str = "public", municipality: str = "arvika") -> SiteEdition:
    made = build.edition(*items, audience=audience, municipality=municipality)
    path = f"brev/{ISSUE}/{audience}-{municipality}.html"
    slugs = tuple(item.slug for item in items)
    copy = web_copy(made, "mailto:kansli@leader.example")
    return SiteEdition(audience, municipality, made.subject, path, slugs, copy)


def issue(*editions: SiteEdition, identity: str = ISSUE, corrects: str = "") -> SiteIssue:
    return SiteIssue(identity, "kommunbrevet", "Kommunbrevet", date(2026, 12, 1), SENT, corrects, editions)


def shown(item: Item, *, is_listed: bool = True, kits: tuple[str, ...] = ("arvika", "")) -> SiteItem:
    return SiteItem(item, SENT, is_listed, (ISSUE,), f"media/kort-{item.slug}.png", kits)


def site(
    *items: Item,
    settings: Settings = build.SETTINGS,
    issues: tuple[SiteIssue, ...] | None = None,
    gone: tuple[GoneItem, ...] = (),
    removed: frozenset[str] = frozenset(),
) -> Site:
    return Site(
        settings,
        build.workspace(*items),
        issues if issues is not None else ((issue(edition(*items)),) if items else ()),
        tuple(shown(item) for item in items),
        "media/k.png",
        gone,
        removed,
    )


def pages(of: Site) -> dict[str, str]:
    return {path: content.decode() for path, content in site_pages(of)}


def test_the_same_site_gives_the_same_bytes_and_no_path_twice() -> None:
    of = site(build.ITEM, replace(build.ITEM, slug="motet", event=build.EVENT))
    first = list(site_pages(of))
    assert first == list(site_pages(of))
    assert len({path for path, _ in first}) == len(first)


def test_every_page_has_a_language_one_h1_landmarks_and_a_way_past_the_menu() -> None:
    gone = (
        GoneItem("borta", withdrawn=True, issues=(ISSUE,)),
        GoneItem("trasig", withdrawn=False, issues=()),
    )
    for path, html in pages(site(build.ITEM, gone=gone)).items():
        if not path.endswith(".html") or path.startswith(f"brev/{ISSUE}/public"):
            continue
        assert html.startswith('<!doctype html>\n<html lang="sv">'), path
        assert len(re.findall("<h1[ >]", html)) == 1, path
        for part in (
            '<a class="skip" href="#innehall">',
            "<header",
            "<nav",
            '<main id="innehall"',
            "<footer",
        ):
            assert html.count(part) == 1, (path, part)
        assert "<title></title>" not in html
        levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
        assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_hostile_words_are_words_in_pages_heads_and_feeds() -> None:
    item = replace(
        build.ITEM,
        title=HOSTILE,
        summary=HOSTILE,
        body=parse_markdown(f"{HOSTILE}\n\n[dit](javascript:alert(1))"),
        link="javascript:alert(1)",
        event=replace(build.EVENT, place=HOSTILE, online="javascript:alert(1)"),
        pictures=(replace(build.PICTURE, alt=HOSTILE, caption=HOSTILE, photographer=HOSTILE),),
    )
    made = pages(site(item))
    assert "{{ 7 * 7 }}" in made["nyheter/leden-oppnar/index.html"]
    entry = json.loads(made.pop("feed.json"))["items"][0]  # in JSON and in calendars a title is text
    assert (entry["title"], "<script" in entry["content_html"]) == (HOSTILE, False)
    for path, text in made.items():
        if not path.endswith((".html", ".xml")):
            continue
        assert "<script" not in text, path
        assert 'content="<' not in text, path
        if not path.startswith("brev/"):  # a letter's addresses are looked at when the item is loaded
            assert 'href="javascript' not in text, path


def test_only_the_public_reads_an_item_page() -> None:
    body = parse_markdown("Alla läser.\n\n::: for offices\nHemligt.\n:::\n\n::: for public\nFör alla.\n:::")
    html = pages(site(replace(build.ITEM, body=body)))["nyheter/leden-oppnar/index.html"]
    assert "Alla läser." in html
    assert "För alla." in html
    assert "Hemligt" not in html


def test_a_project_tells_its_support_and_the_eu_statement_and_every_page_shows_the_emblem() -> None:
    html = pages(site(replace(build.ITEM, project=build.PROJECT)))["nyheter/leden-oppnar/index.html"]
    assert "<dd>614\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr</dd>" in html
    assert html.count(build.SETTINGS.eu_statement) == 2
    assert 'src="../../media/eu-emblem.png"' in html


def test_the_head_says_what_the_page_is_by_its_public_address() -> None:
    html = pages(site(build.ITEM))["nyheter/leden-oppnar/index.html"]
    address = f"{BASE}/nyheter/leden-oppnar/"
    assert f'<link rel="canonical" href="{address}">' in html
    assert f'<meta property="og:url" content="{address}">' in html
    assert f'<meta property="og:image" content="{BASE}/media/kort-leden-oppnar.png">' in html
    assert '<meta name="twitter:card" content="summary_large_image">' in html
    assert '<meta property="article:published_time" content="2026-12-01T07:00:00+00:00">' in html


def test_a_letter_keeps_what_was_frozen_and_gets_a_head_and_links_that_work_from_a_disk() -> None:
    item = replace(build.ITEM, pictures=(build.PICTURE,))
    of = site(item)
    frozen = of.issues[0].editions[0]
    html = letter_page(of, frozen)
    assert f'<link rel="canonical" href="{BASE}/{frozen.path}" />' in html
    assert '<meta name="description" content="Leden runt sjön öppnar" />' in html
    assert 'name="robots"' not in html
    assert f'src="../../media/{"ab" * 8}.png"' in html
    assert f'src="{BASE}' not in html
    assert (
        html.partition("</head>")[2].replace("../../", f"{BASE}/").replace("index.html", "")
        == (frozen.html.partition("</head>")[2])
    )


def test_a_letter_for_others_than_the_public_asks_not_to_be_found() -> None:
    of = site(build.ITEM)
    assert '<meta name="robots" content="noindex" />' in letter_page(
        of, edition(build.ITEM, audience="offices")
    )


def test_links_of_the_same_host_that_the_archive_does_not_write_stay_as_they_are() -> None:
    of = site(replace(build.ITEM, link=f"{BASE}/om-oss/"))
    assert f'href="{BASE}/om-oss/"' in letter_page(of, of.issues[0].editions[0])


def test_a_picture_that_may_not_be_shown_any_more_is_left_out_of_the_letter() -> None:
    item = replace(build.ITEM, pictures=(replace(build.PICTURE, consent=Consent("ja")),))
    path = f"media/{'ab' * 8}.png"
    of = site(item, removed=frozenset({path}))
    html = letter_page(of, of.issues[0].editions[0])
    assert path not in html
    assert "Bilden visas inte längre." in html


def test_a_letter_with_a_retracted_item_says_so_and_leads_to_the_rest() -> None:
    of = site(build.ITEM)
    frozen = replace(of.issues[0].editions[0], items=("borta", "leden-oppnar"), withdrawn=True)
    made = pages(
        replace(of, issues=(issue(frozen),), gone=(GoneItem("borta", withdrawn=True, issues=(ISSUE,)),))
    )
    assert "Brevet visas inte längre" in made[frozen.path]
    assert 'href="../../nyheter/leden-oppnar/index.html"' in made[frozen.path]
    assert "Nyheten är tillbakadragen" in made["nyheter/borta/index.html"]
    assert frozen.path not in made["sitemap.xml"]


def test_a_page_that_a_letter_links_to_and_nobody_has_made_says_that_it_is_not_there() -> None:
    of = replace(site(build.ITEM), items=(shown(build.ITEM, kits=()),))
    made = pages(of)
    linked = re.findall(rf'href="{BASE}/(sprid/arvika/leden-oppnar/)"', of.issues[0].editions[0].html)
    assert linked
    assert "Sidan finns inte" in made["sprid/arvika/leden-oppnar/index.html"]


def test_an_item_that_is_not_for_the_public_stands_in_no_list_feed_or_site_map() -> None:
    secret = replace(build.ITEM, slug="internt", title="Internt", audiences=("offices",))
    of = replace(site(build.ITEM, secret), items=(shown(build.ITEM), shown(secret, is_listed=False, kits=())))
    made = pages(replace(of, issues=(issue(edition(build.ITEM)),)))
    assert [path for path, text in made.items() if "nternt" in text] == ["nyheter/internt/index.html"]
    assert '<meta name="robots" content="noindex">' in made["nyheter/internt/index.html"]


def test_a_correction_and_what_it_corrects_lead_to_each_other() -> None:
    first = issue(edition(build.ITEM))
    second = issue(
        replace(edition(build.ITEM), path="brev/rattelsen/public-arvika.html"),
        identity="rattelsen",
        corrects=ISSUE,
    )
    made = pages(site(build.ITEM, issues=(second, first)))
    assert 'rättat i <a href="../../brev/rattelsen/index.html">' in made[f"brev/{ISSUE}/index.html"]
    assert f'rättelse av <a href="../../brev/{ISSUE}/index.html">' in made["brev/rattelsen/index.html"]


def test_a_municipality_has_its_own_news_first_and_then_what_concerns_all() -> None:
    mine = replace(build.ITEM, slug="min", title="Min nyhet")
    all_of_us = replace(build.ITEM, slug="allas", title="Allas nyhet", municipalities=())
    other = replace(build.ITEM, slug="annans", title="Annans nyhet", municipalities=("torsby",))
    made = pages(site(all_of_us, mine, other))
    html = made["kommuner/arvika/index.html"]
    assert html.index("Min nyhet") < html.index("För hela området") < html.index("Allas nyhet")
    assert "Annans nyhet" not in html
    assert "Annans nyhet" not in made["kommuner/arvika/atom.xml"]
    assert "Min nyhet" not in made["kommuner/whole-area/index.html"]


def test_dates_are_those_after_the_newest_issue_not_after_today() -> None:
    past = replace(
        build.ITEM,
        slug="forr",
        title="Det som var",
        event=replace(build.EVENT, start=datetime(2026, 11, 1, tzinfo=UTC)),
    )
    ahead = replace(build.ITEM, slug="sedan", title="Det som kommer", event=build.EVENT)
    table = pages(site(past, ahead))["index.html"].partition('id="kalender"')[2]
    assert "Det som kommer" in table
    assert "Det som var" not in table


def test_the_page_for_lost_addresses_links_from_the_root_of_the_server() -> None:
    settings = replace(build.SETTINGS, base_url="https://leader.example/brev-och-nytt")
    html = pages(site(build.ITEM, settings=settings))["404.html"]
    assert 'href="/brev-och-nytt/media/sida.css"' in html
    assert 'href="/brev-och-nytt/"' in html
    assert "../" not in html


def test_an_empty_archive_is_friendly() -> None:
    made = pages(site())
    assert "Här kommer nyheterna" in made["index.html"]
    assert 'href="#brev"' not in made["index.html"]
    assert "Inget brev har gått ut än." in made["nyheter/index.html"]


@pytest.mark.parametrize(
    ("page", "target", "written"),
    [
        ("", "nyheter/a/", "nyheter/a/index.html"),
        ("nyheter/a/", "", "../../index.html"),
        ("brev/b/c.html", "media/d.png", "../../media/d.png"),
        ("nyheter/a/", "nyheter/å ö/", "../../nyheter/%C3%A5%20%C3%B6/index.html"),
    ],
)
def test_pages_reach_each_other_from_their_own_folder(page: str, target: str, written: str) -> None:
    assert relative(page)(target) == written


def test_a_description_is_cut_at_a_word() -> None:
    assert short("ett två tre fyra", 9) == "ett två …"


def test_accents_are_lightened_until_they_can_be_read_in_the_dark() -> None:
    light, dark = style_sheet(build.BRAND, ["bygd", "leder"]).split("prefers-color-scheme: dark")[:2]
    assert "--accent: #a3273b" in light
    for colour in re.findall(r"--accent: (#\w+)", dark):
        assert contrast(colour, "#27312c") >= 4.5


def test_the_style_sheet_loads_nothing() -> None:
    assert not re.search(r"url\(|@import|@font-face", style_sheet(build.BRAND, ["bygd"]))


def test_a_link_cards_alternative_text_says_what_stands_on_it() -> None:
    made = pages(site(replace(build.ITEM, pictures=(build.PICTURE,))))
    said = f"Berättelse: {build.ITEM.title} – {build.PICTURE.alt}"
    for path in ("nyheter/leden-oppnar/index.html", f"brev/{ISSUE}/index.html"):
        assert f'<meta property="og:image:alt" content="{said}">' in made[path]
        assert f'<meta name="twitter:image:alt" content="{said}">' in made[path]
    assert f'<meta property="og:image:alt" content="{build.SETTINGS.name}">' in made["index.html"]


def test_only_the_storys_own_words_are_marked_as_being_in_its_language() -> None:
    item = replace(build.ITEM, title="The trail", language="en", event=build.EVENT)
    html = pages(site(item))["nyheter/leden-oppnar/index.html"]
    assert '<h1 lang="en">The trail</h1>' in html
    assert '<div class="words" lang="en">' in html
    assert not re.search("<article[^>]+lang=", html)


def test_a_wide_table_scrolls_by_itself_and_can_be_reached_from_the_keyboard() -> None:
    item = replace(build.ITEM, body=parse_markdown("| A | B |\n|---|---|\n| `<table>` | 2 |\n"))
    html = pages(site(item))["nyheter/leden-oppnar/index.html"]
    assert html.count('<div class="scroll" role="group" tabindex="0" aria-label="Tabell"><table>') == 1
    assert html.count('role="group"') == 1
    assert "</table></div>" in html


def test_a_postcode_is_never_on_two_lines() -> None:
    sender = replace(build.SETTINGS.sender, postal_address="Exempelgatan 7, 685 00 Torsby")
    html = pages(site(build.ITEM, settings=replace(build.SETTINGS, sender=sender)))["index.html"]
    assert "Exempelgatan 7, 685\N{NO-BREAK SPACE}00 Torsby" in html
