"""The pages of the spread kit: all is there, in order, to be copied with and without a script."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

from comms.model.kit import Kit
from comms.render.kit_pages import KIT_ASSETS, kit_page, kits_page, plain_html
from comms.text.colours import contrast
from comms.text.markdown import parse_markdown
from tests.unit.render import build
from tests.unit.render.kits import FULL, PUBLISHED, kit


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        """Read a page."""
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each tag of a name."""
        return [attributes for each, attributes in self.found if each == tag]


def page(made: Kit | None = None) -> str:
    return kit_page(made or kit(FULL), settings=build.SETTINGS)


def listed(*kits: Kit, place: str = "Arvika") -> str:
    return kits_page(kits, settings=build.SETTINGS, municipality="arvika", place=place)


def test_the_sections_stand_in_the_order_in_which_they_are_wanted() -> None:
    assert re.findall(r"<h2 id=\"([\w-]+)\"", page()) == [
        *("facebook", "instagram", "linkedin", "bilder", "kort", "lang", "kalender", "qr", "lank")
    ]


def test_the_file_with_everything_comes_first_and_says_what_it_holds() -> None:
    html = page()
    assert html.index('href="allt.zip"') < html.index('id="facebook"')
    assert (
        "Alla texter, 2 bilder, den första på 1500\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}1000"
        "\N{NO-BREAK SPACE}pixlar, alt-texter, kalenderfil och QR-kod i en fil."
    ) in html
    assert "Alla texter och QR-kod i en fil." in page(kit())


def test_a_post_says_how_long_it_is_only_when_it_comes_near_the_limit() -> None:
    made = kit()
    near = replace(made, posts=tuple(replace(post, length=1900, limit=2200) for post in made.posts[:1]))
    assert "tecken." not in page(made)
    assert "1\N{NO-BREAK SPACE}900 av högst 2\N{NO-BREAK SPACE}200 tecken." in page(near)


def test_a_kit_leads_back_to_the_list_and_the_archive_and_to_the_story_also_from_a_disk() -> None:
    html = page()
    for address in ("../../../index.html", "../index.html", "../../../nyheter/leden-oppnar/index.html"):
        assert f'href="{address}"' in html


def test_a_story_in_another_language_is_said_to_be_so_and_its_posts_are_not_said_to_be_in_swedish() -> None:
    html = page(kit(replace(FULL, language="en")))
    assert "Nyheten är på engelska." in html
    assert '<div class="text" id="text-facebook" lang="">' in html
    assert re.search(r'id="alt-facebook"[^>]+lang="en"', html)
    assert "Nyheten är på" not in page()


def test_every_text_can_be_selected_without_a_script_and_has_a_button_that_says_what_it_copies() -> None:
    html = page()
    tags = Tags(html)
    ids = {attributes.get("id") for _, attributes in tags.found}
    buttons = tags.of("button")

    assert all("hidden" in button and button["type"] == "button" for button in buttons)
    assert {button["data-copy"] for button in buttons} <= ids
    assert re.search(r"Kopiera\s*<span class=\"vh\">texten för Facebook</span>", html)
    assert "user-select: all" in KIT_ASSETS["sprid/sida.css"].decode()
    assert html.count('role="status"') == len(buttons)


def test_a_text_to_copy_is_exactly_the_post() -> None:
    made = kit(replace(FULL, title="Led & <sjö>"))
    text = next(each.text for each in made.posts if each.network == "facebook")

    shown = re.search(r'<div class="text" id="text-facebook" lang="sv">(.*?)</div>', page(made), re.DOTALL)

    assert shown
    assert shown[1] == text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_each_network_has_its_picture_its_alt_text_and_one_file_with_both_beside_the_text() -> None:
    sections = re.findall(
        r"<section aria-labelledby=\"(?:facebook|instagram|linkedin)\">.*?</section>", page(), re.DOTALL
    )

    assert len(sections) == 3
    for section in sections:
        assert f'src="../../../media/{"ab" * 8}.png"' in section
        assert section.count("En spång leder över en myr.") == 2
        assert 'href="bild-1.zip"' in section


def test_no_id_is_used_twice_and_there_is_one_h1() -> None:
    tags = Tags(page())
    ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]

    assert len(ids) == len(set(ids))
    assert len(tags.of("h1")) == 1


def test_the_pages_have_no_style_or_script_of_their_own_and_load_nothing_from_outside() -> None:
    for html in (page(), listed(kit(FULL))):
        tags = Tags(html)
        loaded = [each.get("src") for tag in ("img", "script") for each in tags.of(tag)]
        loaded += [each["href"] for each in tags.of("link")]
        assert not any("://" in (address or "") for address in loaded)
        assert not tags.of("style")
        assert not any(
            attribute == "style" or attribute.startswith("on") for _, each in tags.found for attribute in each
        )
        assert all("src" in script for script in tags.of("script"))


def test_what_the_pages_load_is_where_they_look_for_it() -> None:
    assert set(KIT_ASSETS) == {"sprid/kit.js", "sprid/sida.css"}
    assert 'href="../../../sprid/sida.css"' in page()
    assert 'src="../../../sprid/kit.js"' in page()
    assert 'href="../../sprid/sida.css"' in listed()


def test_without_a_picture_instagram_is_told_to_choose_one() -> None:
    html = page(kit())

    assert "Instagram vill ha en bild." in html
    assert 'id="bilder"' not in html
    assert 'href="#bilder"' not in html
    assert "alt-text" not in html


def test_that_a_picture_is_left_out_is_told_without_saying_who_or_why() -> None:
    picture = replace(build.PICTURE, path="content/pictures/siv-ek.jpg", people=("Siv Ek",))
    html = page(kit(replace(build.ITEM, pictures=(picture,))))

    assert re.search(r"En bild i nyheten\s+får inte spridas vidare", html)
    assert "siv" not in html.lower()


def test_the_long_text_as_html_has_no_style_class_or_address_that_is_not_safe() -> None:
    document = parse_markdown(
        "## Så\n\nText [här](https://a.example/?x=1&y=2) och [nej](ftp://a.example).\n\n1. ett\n"
    )

    assert plain_html(document) == (
        "<h2>Så</h2>\n"
        '<p>Text <a href="https://a.example/?x=1&amp;y=2">här</a> och nej.</p>\n'
        "<ol>\n<li>ett</li>\n</ol>"
    )


def test_the_list_is_newest_first_and_says_where_to_fetch_it() -> None:
    old, new = kit(replace(FULL, slug="gammal", title="Gammal")), kit(replace(FULL, slug="ny", title="Ny"))
    html = listed(old, replace(new, published_at=PUBLISHED + timedelta(hours=17)))

    assert re.findall(r"<h2 class=\"title\" lang=\"sv\">\s*<a href=\"(\w+)/index.html\">", html) == [
        "ny",
        "gammal",
    ]
    assert '<time datetime="2026-12-02">' in html
    assert "https://brev.leader.example/sprid/arvika/kits.json" in html
    assert "https://brev.leader.example/sprid/arvika/rss.xml" in html


def test_the_municipalitys_own_stories_stand_before_those_of_the_whole_area() -> None:
    mine, all_of_us = kit(replace(FULL, slug="min")), kit(replace(FULL, slug="allas"))
    newer = replace(all_of_us, published_at=PUBLISHED + timedelta(days=1))
    html = kits_page(
        [newer, mine], settings=build.SETTINGS, municipality="arvika", place="Arvika", own={"min"}
    )
    order = [
        html.index(part)
        for part in ("<h2>I Arvika", 'href="min/index', "<h2>För hela området", 'href="allas/index')
    ]
    assert order == sorted(order)


def test_a_list_without_kits_says_so() -> None:
    assert "Här finns inget att sprida just nu." in listed()
    assert "i hela området" in listed(place="")


def test_text_is_dark_enough_on_its_ground_in_light_and_in_dark() -> None:
    css = KIT_ASSETS["sprid/sida.css"].decode()
    schemes = [
        dict(re.findall(r"--([\w-]+): (#\w+)", part))
        for part in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    ]

    assert len(schemes) == 2
    for scheme in schemes:
        found = {
            name: value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:])
            for name, value in scheme.items()
        }
        for ink in ("ink", "soft", "heading", "link", "act"):
            for ground in ("ground", "paper", "panel"):
                assert contrast(found[ink], found[ground]) >= 4.5, (ink, ground)
        assert contrast(found["on-act"], found["act"]) >= 4.5
