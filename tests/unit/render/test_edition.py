"""Editions: what a letter to one audience and municipality holds, and that nothing else gets in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace

import pytest

from comms.errors import ContentError, TemplateError, say
from comms.model.issue import Edition
from comms.model.item import Item, ItemKind
from comms.model.plan import EditionPlan, Pick
from comms.model.settings import Brand, DarkBrand
from comms.model.workspace import TemplateSet
from comms.render.edition import render_edition, template_names, text_copy, web_copy
from comms.render.mime import letter_template
from comms.render.palette import mixed
from comms.text.markdown import parse_markdown
from tests.unit.render import build

WAY_OUT = "mailto:kansli@leader.example"

OTHER = replace(build.ITEM, slug="kurs", title="Kurs i Torsby", municipalities=("torsby",), focus=("bygd",))


def with_templates(html: str, text: str = "{{ letter.recipient }}") -> TemplateSet:
    names = {"newsletters/municipal.mjml.j2": html, "newsletters/municipal.txt.j2": text}
    return TemplateSet(names, {name: f"templates/{name}" for name in names})


def mjml(content: str) -> TemplateSet:
    return with_templates(
        f"<mjml><mj-body><mj-section><mj-column>\n<mj-text>\n{content}\n</mj-text></mj-column></mj-section></mj-body></mjml>"
    )


def headings(edition: Edition, level: int) -> list[str]:
    return re.findall(rf"<h{level}[^>]*>(.*?)</h{level}>", edition.html, re.DOTALL)


def test_the_same_values_give_the_same_bytes_and_hash() -> None:
    assert build.edition(build.ITEM) == build.edition(build.ITEM)


def test_another_word_gives_another_hash_and_another_token() -> None:
    changed = build.edition(replace(build.ITEM, title="Leden öppnar i juni"))
    usual = build.edition(build.ITEM)
    assert changed.sha256 != usual.sha256
    assert changed.token != usual.token


def test_the_letter_is_in_swedish_with_one_main_heading() -> None:
    edition = build.edition(build.ITEM)
    assert '<html lang="sv"' in edition.html
    assert headings(edition, 1) == ["Kommunbrevet"]


def test_the_own_municipality_comes_first_under_its_name() -> None:
    edition = build.edition(OTHER, build.ITEM, municipality="arvika")
    assert headings(edition, 2)[2:] == ["I Arvika", "Stolt bygd"]
    assert edition.html.index("<h3") < edition.html.index("Leden runt sjön öppnar</h3>")
    assert edition.html.index("Leden runt sjön öppnar</h3>") < edition.html.index("Kurs i Torsby</h3>")


def test_the_whole_area_is_told_by_focus_area_in_reading_order() -> None:
    assert headings(build.edition(OTHER, build.ITEM), 2)[2:] == ["Stolt bygd", "Leder"]


def test_what_concerns_all_focus_areas_is_not_put_under_the_first() -> None:
    assert headings(build.edition(replace(build.ITEM, focus=("bygd", "leder"))), 2)[2:] == [
        "För alla insatsområden"
    ]


def test_an_item_without_focus_area_comes_from_the_office() -> None:
    assert headings(build.edition(replace(build.ITEM, focus=())), 2)[2:] == ["Från kontoret"]


def test_the_own_municipality_gets_the_whole_text() -> None:
    assert "Följ de blå märkena." in build.edition(build.ITEM, municipality="arvika").html


def test_others_get_the_opening_and_the_way_to_the_rest() -> None:
    html = build.edition(build.ITEM, municipality="torsby").html
    assert "Nu läggs de sista plankorna." in html
    assert "Följ de blå märkena." not in html
    assert 'href="https://leader.example/leden"' in html


def test_an_item_with_no_page_of_its_own_is_told_in_full() -> None:
    assert "Följ de blå märkena." in build.edition(replace(build.ITEM, link="")).html


def test_words_for_one_audience_reach_it_alone() -> None:
    body = parse_markdown("Till alla.\n\n## Mer\n\nDet långa.\n\n::: for offices\nDela gärna.\n:::")
    item = replace(build.ITEM, body=body)
    assert "Dela gärna." in build.edition(item).html
    assert "Dela gärna." not in build.edition(item, audience="public").html


def test_an_audience_with_a_lead_of_its_own_reads_that() -> None:
    item = replace(build.ITEM, leads={"offices": "Ni kan visa vägen."})
    assert "Ni kan visa vägen." in build.edition(item).text
    assert "I maj öppnar en ny led." in build.edition(item, audience="public").text


def test_the_reason_names_why_this_audience_gets_the_letter() -> None:
    assert "Ni får brevet för att ni når många." in build.edition(build.ITEM, audience="public").html


def test_a_call_tells_when_how_much_and_for_whom() -> None:
    item = replace(build.ITEM, kind=ItemKind.CALL, call=build.CALL)
    for part in (build.edition(item).html, build.edition(item).text):
        for words in (
            "1\N{NO-BREAK SPACE}december 2026",
            "2\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}000",
            "Föreningar och företag",
        ):
            assert words in part


def test_an_event_is_told_in_local_time_with_its_accessibility() -> None:
    text = build.edition(replace(build.ITEM, kind=ItemKind.INVITATION, event=build.EVENT)).text
    assert "När:            onsdag 9\N{NO-BREAK SPACE}december kl.\N{NO-BREAK SPACE}18.00–20.00" in text
    assert "Tillgänglighet: Ingång utan trappsteg." in text


def test_a_project_tells_its_support_and_where_it_comes_from() -> None:
    text = build.edition(replace(build.ITEM, kind=ItemKind.GRANT, project=build.PROJECT)).text
    assert "Stöd:           614\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr" in text
    assert "EU-stöd:        Medfinansieras av Europeiska unionen" in text


def test_dates_stand_in_order_in_a_table_with_headers() -> None:
    later = replace(build.ITEM, slug="a", title="Utlysning", call=build.CALL)
    sooner = replace(build.ITEM, slug="b", title="Möte", event=build.EVENT)
    html = build.edition(later, sooner).html
    table = html[html.index("Viktiga datum") : html.index("</table>", html.index("Viktiga datum"))]
    assert table.count('scope="col"') == 3
    assert table.index("Möte") < table.index("Sista dag att ansöka: Utlysning")
    assert "söndag 31\N{NO-BREAK SPACE}januari 2027" in table


def test_a_picture_is_shown_from_the_own_web_with_its_alt() -> None:
    html = build.edition(replace(build.ITEM, pictures=(build.PICTURE,))).html
    assert 'src="https://brev.leader.example/media/abababababababab.png"' in html
    assert 'width="520" alt="En spång leder över en myr."' in html


def test_a_standing_picture_is_shown_narrower() -> None:
    standing = replace(build.PICTURE, width=1000, height=1500)
    assert 'width="346"' in build.edition(replace(build.ITEM, pictures=(standing,))).html


def test_a_text_in_another_language_says_so() -> None:
    assert ' lang="nb">' in build.edition(replace(build.ITEM, language="nb")).html


def test_the_greeting_is_the_officers_own() -> None:
    notes = replace(build.NOTES, greeting=parse_markdown("Hej på er."))
    assert "Hej på er." in build.edition(build.ITEM, notes=notes).html


def test_the_subject_is_the_officers_or_says_place_and_first_news() -> None:
    notes = replace(build.NOTES, subject="Julbrevet")
    assert build.edition(build.ITEM, notes=notes).subject == "Julbrevet"
    assert build.edition(build.ITEM, municipality="arvika").subject == (
        "Kommunbrevet, Arvika: Leden runt sjön öppnar"
    )


def test_a_correction_says_which_letter_it_corrects() -> None:
    html = build.edition(build.ITEM, corrects="kommunbrevet-2026-11-03").html
    assert "Det här är en rättelse av brevet från den 3\N{NO-BREAK SPACE}november 2026." in html


def test_the_eu_statement_stands_as_text_beside_the_emblem() -> None:
    html = build.edition(build.ITEM).html
    emblem = html.index("https://brev.leader.example/media/eu-emblem.png")
    assert 0 < html.index(">Medfinansieras av Europeiska unionen<", emblem) - emblem < 600


def test_content_is_never_a_template() -> None:
    item = replace(build.ITEM, title="{{ 7 * 7 }} {% raw %}", summary="{{ letter.sender }}", link="")
    edition = build.edition(item)
    assert "{{ 7 * 7 }} {% raw %}" in edition.html
    assert "{{ letter.sender }}" in edition.text


def test_content_cannot_break_out_of_the_letter() -> None:
    item = replace(build.ITEM, title='</mj-text><script>alert("x")</script>', link='https://x.example/"><b>')
    html = build.edition(item).html
    assert "<script" not in html
    assert "<b>" not in html


def test_content_with_an_old_token_is_no_field() -> None:
    stolen = build.edition(build.ITEM).token
    edition = build.edition(replace(build.ITEM, title=f"{stolen}R"))
    assert edition.token != stolen
    template = letter_template(edition, settings=build.SETTINGS, newsletter=build.NEWSLETTER)
    assert len(template.rest) == edition.html.count(edition.token) + edition.text.count(edition.token)


def test_nobody_is_named_in_the_copies_for_all() -> None:
    edition = build.edition(build.ITEM)
    for copy in (web_copy(edition, WAY_OUT), text_copy(edition, WAY_OUT)):
        assert edition.token not in copy
        assert re.search(r"gick till\s+mottagarna på sändlistan\.", copy)


def test_nothing_is_fetched_or_run_from_elsewhere() -> None:
    html = build.edition(replace(build.ITEM, pictures=(build.PICTURE,))).html
    sources = re.findall(r'src="([^"]*)"', html)
    assert all(source.startswith("https://brev.leader.example/media/") for source in sources)
    assert not re.search(r"<script|<link|@import|url\(", html)


def test_an_item_that_is_gone_is_named() -> None:
    plan = EditionPlan("offices", "", (Pick("borta", say("Den var ny.")),))
    with pytest.raises(ContentError, match="Nyheten borta är vald till kommunbrevet-2026-12-01"):
        render_edition(
            settings=build.SETTINGS,
            workspace=build.workspace(),
            entry=build.entry(),
            edition=plan,
            notes=None,
        )


def test_a_template_that_asks_for_what_is_not_there_is_named_with_its_line() -> None:
    with pytest.raises(TemplateError, match=r"templates/newsletters/municipal\.mjml\.j2:3: .*wether"):
        build.edition(build.ITEM, template_set=mjml("{{ letter.wether }}"))


def test_a_template_with_a_slip_in_its_own_language_is_named_with_its_line() -> None:
    with pytest.raises(TemplateError, match=r"templates/newsletters/municipal\.mjml\.j2:3: "):
        build.edition(build.ITEM, template_set=mjml("{% if %}"))


def test_a_template_cannot_reach_past_its_values() -> None:
    with pytest.raises(TemplateError, match="unsafe"):
        build.edition(build.ITEM, template_set=mjml("{{ letter.subject.__class__.__mro__ }}"))


def test_a_template_that_is_missing_is_named() -> None:
    empty = TemplateSet({}, {})
    with pytest.raises(TemplateError, match=r"templates/newsletters/municipal\.mjml\.j2 finns inte"):
        build.edition(build.ITEM, template_set=empty)


def test_a_template_is_named_by_its_stem_or_in_full() -> None:
    names = ("newsletters/municipal.mjml.j2", "newsletters/municipal.txt.j2")
    in_full = replace(build.NEWSLETTER, template="newsletters/municipal.mjml.j2")
    assert template_names(build.NEWSLETTER) == template_names(in_full) == names


def test_the_text_has_no_line_over_72_columns_but_addresses() -> None:
    long = [line for line in build.edition(build.ITEM).text.split("\n") if len(line) > 72]
    assert all("http" in line or "mailto:" in line for line in long)


def test_the_text_has_every_link_by_number() -> None:
    text = build.edition(build.ITEM).text
    assert "Läs hela berättelsen: Leden runt sjön öppnar [2]" in text
    assert "\n[2] https://leader.example/leden\n" in text


def test_a_correction_of_a_letter_without_a_date_names_it() -> None:
    html = build.edition(build.ITEM, corrects="vinterbrevet").html
    assert "Det här är en rättelse av brevet vinterbrevet." in html


# The short letter


def notis(*items: Item, municipality: str = "") -> Edition:
    """The same items in the short letter."""
    short = replace(build.NEWSLETTER, template="notis")
    settings = replace(build.SETTINGS, newsletters={"kommunbrevet": short})
    return build.edition(*items, municipality=municipality, settings=settings)


def test_the_short_letter_has_each_item_under_the_main_heading() -> None:
    edition = notis(build.ITEM, OTHER, municipality="arvika")
    assert headings(edition, 1) == ["Kommunbrevet"]
    assert headings(edition, 2) == ["Leden runt sjön öppnar", "Kurs i Torsby", "Dela vidare"]
    assert "I det här brevet" not in edition.html


def test_the_short_letter_tells_the_lead_and_leaves_the_rest_to_the_items_page() -> None:
    for part in (notis(build.ITEM, municipality="arvika").html, notis(build.ITEM).text):
        assert "I maj öppnar en ny led." in part
        assert "Nu läggs de sista plankorna." not in part
        assert "https://leader.example/leden" in part


def test_what_has_no_page_of_its_own_leads_to_its_page_in_the_archive() -> None:
    edition = notis(replace(build.ITEM, link=""))
    for part in (edition.html, edition.text):
        assert "https://brev.leader.example/nyheter/leden-oppnar/" in part


def test_the_short_letter_says_when_to_come_and_when_to_apply() -> None:
    event, call = (
        replace(build.ITEM, event=build.EVENT),
        replace(build.ITEM, slug="sok", title="Sök", call=build.CALL),
    )
    text = notis(event, call).text
    assert "Var:            Bygdegården, Torsby" in text
    assert "Sista dag:      31\N{NO-BREAK SPACE}januari 2027" in text


# To pass on


@pytest.mark.parametrize("render", [build.edition, notis])
def test_each_item_leads_to_its_kit_for_the_editions_municipality(
    render: Callable[..., Edition],
) -> None:
    edition = render(build.ITEM, OTHER, municipality="arvika")
    for slug, title in (("leden-oppnar", "Leden runt sjön öppnar"), ("kurs", "Kurs i Torsby")):
        address = f"https://brev.leader.example/sprid/arvika/{slug}/"
        assert re.search(rf'<a [^>]*href="{address}"[^>]*>Dela vidare: {title}</a>', edition.html)
        number = re.search(rf"\[(\d+)\] {address}\n", edition.text)
        assert number
        assert f"Dela vidare: text, bild och alt-text [{number[1]}]\n" in edition.text


@pytest.mark.parametrize("render", [build.edition, notis])
def test_one_place_says_what_there_is_to_pass_on_and_where_all_of_it_is(
    render: Callable[..., Edition],
) -> None:
    for municipality, words in (("arvika", "Allt att dela i Arvika"), ("", "Allt att dela i hela området")):
        edition = render(build.ITEM, municipality=municipality)
        kits = f"https://brev.leader.example/sprid/{municipality or 'whole-area'}/"
        assert re.search(rf'href="{kits}"[^>]*>{words}</a>', edition.html)
        number = re.search(rf"\[(\d+)\] {kits}\n", edition.text)
        assert number
        assert f"{words} [{number[1]}]\n" in edition.text


@pytest.mark.parametrize("render", [build.edition, notis])
def test_what_is_not_for_the_public_is_not_to_be_passed_on(render: Callable[..., Edition]) -> None:
    inner = replace(build.ITEM, audiences=("offices",))
    for part in (render(inner, municipality="arvika").html, render(inner, municipality="arvika").text):
        assert "sprid/" not in part
        assert "dela vidare" not in part.lower()
    assert "sprid/arvika/kurs/" in render(inner, OTHER, municipality="arvika").html


def test_copies_on_the_web_keep_the_way_to_what_can_be_passed_on() -> None:
    copy = web_copy(build.edition(build.ITEM, municipality="arvika"), WAY_OUT)
    assert "https://brev.leader.example/sprid/arvika/leden-oppnar/" in copy


# The organisation's own looks


BLUE = Brand(
    wordmark="Leader Provbygd",
    logo="logga.png",
    logo_alt="Leader Provbygd",
    logo_dark="https://bilder.example/ljus.png",
    ground="#eef2f7",
    paper="#fdfdfe",
    ink="#1a1a2a",
    heading="#123456",
    link="#0b5394",
    soft="#4a5568",
    line="#c9d3df",
    panel="#eef2f6",
    notice="#fff3d0",
    mast="#123455",
    mast_text="#fefefe",
    font="Verdana, Tahoma, sans-serif",
    dark=DarkBrand(*(f"#{number:06x}" for number in range(1, 11))),
)


def dressed(template: str) -> str:
    """A letter with all its parts, as an office with looks of its own sends it."""
    newsletter = replace(build.NEWSLETTER, template=template)
    settings = replace(build.SETTINGS, brand=BLUE, newsletters={"kommunbrevet": newsletter})
    item = replace(
        build.ITEM,
        focus=(),
        pictures=(build.PICTURE,),
        event=build.EVENT,
        call=build.CALL,
        project=build.PROJECT,
        body=parse_markdown("> Citat.\n\n| a |\n|---|\n| b |\n\n---\n\n[länk](https://a.example)"),
    )
    other = replace(OTHER, focus=())
    return build.edition(item, other, corrects="kommunbrevet-2026-11-03", settings=settings).html


@pytest.mark.parametrize("template", ["municipal", "notis"])
def test_no_colour_in_a_letter_is_the_templates_own(template: str) -> None:
    colours = set(re.findall(r"#[0-9a-f]{6}\b", dressed(template)))
    mine = {
        value for value in (getattr(BLUE, one.name) for one in fields(BLUE)) if str(value).startswith("#")
    }
    dark = {getattr(BLUE.dark, one.name) for one in fields(BLUE.dark)}
    the_eus = {"#003399", "#ffffff"}
    hills = {mixed(BLUE.mast, BLUE.ground, part) for part in (0.22, 0.5)}
    dark_hills = {mixed(BLUE.dark.mast, BLUE.dark.ground, part) for part in (0.22, 0.5)}
    assert colours <= mine | dark | the_eus | hills | dark_hills
    assert mine - {BLUE.panel} <= colours if template == "notis" else mine <= colours
    assert dark <= colours


@pytest.mark.parametrize("template", ["municipal", "notis"])
def test_the_typeface_is_the_offices_and_the_eus_statement_has_an_allowed_one(template: str) -> None:
    html = dressed(template)
    found = set(re.findall(r"font-family:\s*([^;}\"]*)", html))
    assert found <= {
        "Verdana, Tahoma, sans-serif",
        "Verdana, sans-serif !important",
        "Arial, sans-serif !important",
        "Arial, Helvetica, sans-serif",
        "monospace",
    }
    assert re.search(r'class="statement" style="[^"]*font-family:Arial, Helvetica', html)


def test_a_logo_for_dark_ground_is_shown_there_alone() -> None:
    html = dressed("municipal")
    assert 'class="light-only" src="https://brev.leader.example/media/logga.png"' in html
    assert re.search(
        r'class="dark-only" src="https://bilder.example/ljus.png"[^>]*display:none;mso-hide:all', html
    )
    assert ".dark-only { display: block !important; }" in html


def test_dark_mode_is_told_to_those_who_ask_and_to_outlooks_apps_apart() -> None:
    sheets = re.findall(r"<style[^>]*>(.*?)</style>", build.edition(build.ITEM).html, re.DOTALL)
    (asking,) = [sheet for sheet in sheets if "prefers-color-scheme: dark" in sheet]
    (outlook,) = [sheet for sheet in sheets if "[data-ogsc]" in sheet]
    assert "[data-ogsb]" in outlook
    assert "data-og" not in asking
    assert max(len(sheet) for sheet in sheets) < 8192  # Gmail drops what is longer


def test_outlook_on_windows_gets_its_own_typeface_line_heights_and_pixels() -> None:
    html = build.edition(build.ITEM).html
    assert "<o:PixelsPerInch>96</o:PixelsPerInch>" in html
    for_word = "".join(re.findall(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", html, re.DOTALL))
    assert "font-family: Arial, sans-serif !important" in for_word
    assert "mso-line-height-rule: exactly" in for_word


def test_headings_in_a_text_stand_below_its_title() -> None:
    edition = build.edition(build.ITEM, municipality="arvika")
    assert headings(edition, 3) == ["Leden runt sjön öppnar"]
    assert headings(edition, 4) == ["Så går du"]
