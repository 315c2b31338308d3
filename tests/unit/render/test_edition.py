"""Editions: what a letter to one audience and municipality holds, and that nothing else gets in."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from comms.errors import ContentError, TemplateError, say
from comms.model.issue import Edition
from comms.model.item import ItemKind
from comms.model.plan import EditionPlan, Pick
from comms.model.workspace import TemplateSet
from comms.render.edition import render_edition, template_names, text_copy, web_copy
from comms.render.mime import letter_template
from comms.text.markdown import parse_markdown
from tests.unit.render import build

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
    assert headings(edition, 2)[1:] == ["I Arvika", "Stolt bygd"]
    assert edition.html.index("<h3") < edition.html.index("Leden runt sjön öppnar</h3>")
    assert edition.html.index("Leden runt sjön öppnar</h3>") < edition.html.index("Kurs i Torsby</h3>")


def test_the_whole_area_is_told_by_focus_area_in_reading_order() -> None:
    assert headings(build.edition(OTHER, build.ITEM), 2)[1:] == ["Stolt bygd", "Leder"]


def test_what_concerns_all_focus_areas_is_not_put_under_the_first() -> None:
    assert headings(build.edition(replace(build.ITEM, focus=("bygd", "leder"))), 2)[1:] == [
        "För alla insatsområden"
    ]


def test_an_item_without_focus_area_comes_from_the_office() -> None:
    assert headings(build.edition(replace(build.ITEM, focus=())), 2)[1:] == ["Från kontoret"]


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
    assert "När: onsdag 9\N{NO-BREAK SPACE}december kl.\N{NO-BREAK SPACE}18.00–20.00" in text
    assert "Tillgänglighet: Ingång utan trappsteg." in text


def test_a_project_tells_its_support_and_where_it_comes_from() -> None:
    text = build.edition(replace(build.ITEM, kind=ItemKind.GRANT, project=build.PROJECT)).text
    assert "Stöd: 614\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr" in text
    assert "EU-stöd: Medfinansieras av Europeiska unionen" in text


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
    assert 'alt="En sp&#229;ng leder &#246;ver en myr."' in html


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
    assert len(template.fields) == edition.html.count(edition.token) + edition.text.count(edition.token)


def test_nobody_is_named_in_the_copies_for_all() -> None:
    edition = build.edition(build.ITEM)
    for copy in (web_copy(edition), text_copy(edition)):
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
    assert "Läs hela berättelsen: Leden runt sjön öppnar [1]" in text
    assert "\n[1] https://leader.example/leden\n" in text


def test_a_correction_of_a_letter_without_a_date_names_it() -> None:
    html = build.edition(build.ITEM, corrects="vinterbrevet").html
    assert "Det här är en rättelse av brevet vinterbrevet." in html
