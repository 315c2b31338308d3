"""The spread kit: what a municipality passes on is right, is in its own voice, and is its to pass on."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
import segno
from PIL import Image

from comms.model.item import Consent, Item, ItemKind, PostDraft
from comms.model.workspace import TemplateSet
from comms.render.kit import QR_WIDTH, may_be_passed_on
from comms.render.kit_texts import running_text, speaks_of_itself
from comms.text.markdown import parse_markdown
from comms.text.networks import NETWORKS
from comms.text.swedish import sentences
from tests.unit.render import build
from tests.unit.render.kits import FULL, PUBLISHED, kit, post

VI = "Nu söker vi fler som vill ”lägga plank”. Kom till oss."


def item(**changes: Any) -> Item:  # noqa: ANN401 -- any field of an item
    return replace(build.ITEM, **changes)


# The short text


def test_the_short_text_is_the_summary() -> None:
    assert kit().short == build.ITEM.summary


def test_without_a_summary_the_short_text_is_whole_sentences_of_the_body() -> None:
    body = parse_markdown("Leden öppnar i maj. " + "Den går runt hela sjön. " * 30)

    short = kit(item(summary="", body=body)).short

    assert short.startswith("Leden öppnar i maj. Den går runt hela sjön.")
    assert len(short) <= 300
    assert short.endswith("sjön.")


def test_words_that_say_vi_are_passed_on_as_the_offices_own() -> None:
    assert kit(item(summary=VI)).short == (
        "Leader Provbygd skriver: ”Nu söker vi fler som vill ’lägga plank’. Kom till oss.”"
    )


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Vi ses.", True),
        ("Hör av dig till oss.", True),
        ("Vårt kontor är öppet.", True),
        ("Anna säger: ”Vi ses.”", False),
        ("– Vi ses i vår, säger Anna.", False),
        ("De vill vara med.", False),
    ],
)
def test_replies_and_quotations_are_not_the_offices_own_words(text: str, *, answer: bool) -> None:
    assert speaks_of_itself(text) is answer


# The long text


def test_the_long_text_is_what_the_public_reads() -> None:
    written = "För alla.\n\n::: for offices\nBara kontoren.\n:::\n\n::: for public\nBara ni.\n:::\n"

    text = running_text(kit(item(body=parse_markdown(written))).long)

    assert "För alla." in text
    assert "Bara ni." in text
    assert "kontoren" not in text


def test_nothing_of_a_kit_holds_what_is_for_another_audience() -> None:
    written = "Öppet.\n\n::: for offices\nDela gärna: hemligt.\n\n- Arvika: hemligt\n:::\n"
    made = kit(
        replace(
            FULL, summary="", municipalities=(), leads={"offices": "Hemligt."}, body=parse_markdown(written)
        )
    )

    assert "hemligt" not in repr(made).lower()


def test_the_long_text_ends_with_facts_and_source() -> None:
    text = running_text(kit(replace(FULL, call=build.CALL, kind=ItemKind.INVITATION)).long)

    assert text.split("Kort fakta", 1)[1] == (
        "\n\n"
        "- När: onsdag 9\N{NO-BREAK SPACE}december 2026 kl.\N{NO-BREAK SPACE}18.00–20.00\n"
        "- Var: Bygdegården, Torsby\n"
        "- På webben: https://leader.example/mote\n"
        "- Tillgänglighet: Ingång utan trappsteg.\n"
        "- Ansökan öppnar: 1\N{NO-BREAK SPACE}december 2026\n"
        "- Sista dag att ansöka: 31\N{NO-BREAK SPACE}januari 2027\n"
        "- Att fördela: 2\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr\n"
        "- Vem kan söka: Föreningar och företag\n"
        "- Till vad: Nya tjänster\n"
        "- Gäller: Arvika\n"
        "- Projekt: Torrskodd\n"
        "- Sökande: Stigvännerna\n"
        "- Stöd: 614\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr\n"
        "- Tid: 2027–2028\n"
        "- EU-stöd: Medfinansieras av Europeiska unionen\n\n"
        "Läs mer och anmäl dig: Leden runt sjön öppnar (https://leader.example/leden)\n\n"
        "Källa: Leader Provbygd (https://brev.leader.example/nyheter/leden-oppnar/)"
    )


def test_a_body_that_says_vi_begins_with_whose_words_it_is() -> None:
    assert running_text(kit(item(body=parse_markdown("Vi öppnar i maj."))).long).startswith(
        "Leader Provbygd skriver:\n\nVi öppnar i maj."
    )


def test_a_project_without_the_eus_money_says_nothing_of_it() -> None:
    made = kit(replace(FULL, project=replace(build.PROJECT, eu_funded=False)))

    assert made.eu_statement == ""
    assert "unionen" not in repr(made)


# The posts


def test_there_is_a_post_for_each_network_counted_its_own_way() -> None:
    assert [(each.network, each.name, each.limit) for each in kit().posts] == [
        ("facebook", "Facebook", 63_206),
        ("instagram", "Instagram", 2200),
        ("linkedin", "LinkedIn", 3000),
    ]
    made = {each.network: each for each in kit(item(summary="Leden (den nya) öppnar.")).posts}
    assert made["facebook"].length == len(made["facebook"].text)
    assert made["linkedin"].length > len(made["linkedin"].text)


def test_an_invitation_begins_with_its_day_and_its_place() -> None:
    made = kit(item(kind=ItemKind.INVITATION, event=build.EVENT, municipalities=("torsby",)), "torsby")

    for network in ("facebook", "instagram", "linkedin"):
        first, second = post(made, network).splitlines()[:2]
        assert first == "Onsdag 9\N{NO-BREAK SPACE}december kl.\N{NO-BREAK SPACE}18.00–20.00"
        assert second == "Bygdegården, Torsby"
    assert "Vi tipsar: Leden runt sjön öppnar." in post(made, "facebook")
    assert "Tillgänglighet: Ingång utan trappsteg." in post(made, "facebook")
    assert "Läs mer och anmäl dig: https://brev.leader.example/nyheter/leden-oppnar/" in post(
        made, "facebook"
    )


@pytest.mark.parametrize(
    ("day", "line"),
    [
        (date(2026, 12, 1), "Sök senast den 31\N{NO-BREAK SPACE}januari 2027"),
        (date(2027, 1, 10), "Sök senast den 31\N{NO-BREAK SPACE}januari"),
        (date(2026, 11, 1), "Sök 1\N{NO-BREAK SPACE}december 2026–31\N{NO-BREAK SPACE}januari 2027"),
    ],
)
def test_a_call_begins_with_when_one_can_apply(day: date, line: str) -> None:
    published = datetime.combine(day, time(7), UTC)
    made = kit(item(kind=ItemKind.CALL, call=build.CALL, municipalities=()), published_at=published)

    assert post(made, "facebook").splitlines()[0] == line
    assert "Utlysningen gäller i hela området, också i vår kommun." in post(made, "facebook")


@pytest.mark.parametrize(
    ("kind", "municipalities", "place", "intro"),
    [
        (ItemKind.STORY, ("arvika",), "arvika", "Det händer i vår kommun: "),
        (ItemKind.STORY, ("arvika", "torsby"), "arvika", "Det händer i Arvika och Torsby: "),
        (ItemKind.STORY, ("torsby",), "", "Det händer i Torsby: "),
        (ItemKind.GRANT, ("arvika",), "arvika", "Nytt i vår kommun: "),
        (ItemKind.DECISION, (), "arvika", "Nytt från Leader Provbygd: "),
        (ItemKind.OFFICE, (), "arvika", "Bra att veta: "),
        (ItemKind.OUTLOOK, (), "arvika", "Vi tipsar: "),
        (ItemKind.OUTLOOK, (), "", "Tips: "),
    ],
)
def test_the_voice_is_the_municipalitys_and_suits_the_kind(
    kind: ItemKind, municipalities: tuple[str, ...], place: str, intro: str
) -> None:
    made = kit(item(kind=kind, municipalities=municipalities), place)

    assert post(made, "facebook").startswith(f"{intro}Leden runt sjön öppnar.")


def test_for_the_whole_area_nobody_says_vi_or_our_municipality() -> None:
    for kind in ItemKind:
        call = build.CALL if kind is ItemKind.CALL else None
        for each in kit(item(kind=kind, call=call), "").posts:
            assert not speaks_of_itself(each.text), each.text


def test_a_post_of_an_item_for_all_tells_what_its_list_says_of_the_municipality() -> None:
    body = parse_markdown("Vi kommer.\n\n- 12 januari: Arvika\n- 20 januari: Torsby\n")
    tour = item(kind=ItemKind.OFFICE, municipalities=(), body=body)

    assert "Det här gäller vår kommun:\n20 januari: Torsby\n" in post(kit(tour, "torsby"), "facebook")
    assert "gäller vår kommun" not in post(kit(tour, ""), "facebook")


def test_support_is_told_with_who_gets_it_and_the_statement() -> None:
    assert (
        "Stigvännerna får 614\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr i stöd genom Leader Provbygd till "
        "projektet Torrskodd. Medfinansieras av Europeiska unionen."
    ) in post(kit(item(project=build.PROJECT)), "facebook")


def test_instagram_says_where_to_look_for_it_has_no_links() -> None:
    text = post(kit(), "instagram")

    assert "Länkar går inte att öppna här" in text
    assert "\nbrev.leader.example/nyheter/leden-oppnar\n" in text
    assert "https://" not in text


def test_tags_are_few_and_the_municipalitys_own_is_first() -> None:
    drafts = (PostDraft("mastodon", "Läs. #Leader7sam #Vandring #torsby #Led #Sjö", None, 3),)
    others = (item(slug="annan", posts=drafts),)
    made = kit(item(posts=drafts), "lilla-edet", others=others)

    assert post(made, "facebook").splitlines()[-1] == "#LillaEdet #Leader7sam"
    assert len(post(made, "instagram").splitlines()[-1].split()) == 4


def test_without_any_tag_of_its_own_the_office_is_named_in_camel_case() -> None:
    assert post(kit(), "facebook").splitlines()[-1] == "#Arvika #LeaderProvbygd"


def test_a_tag_is_not_written_twice_in_two_cases() -> None:
    made = kit(item(posts=(PostDraft("mastodon", "#arvika #Arvika", None, 3),)))

    assert post(made, "instagram").splitlines()[-1] == "#Arvika"


def test_what_is_too_long_is_shortened_at_the_ends_of_sentences() -> None:
    summary = " ".join(f"Det här är mening {number} av många som ryms." for number in range(200))

    for each in kit(item(summary=summary)).posts:
        assert each.length <= each.limit
        assert each.limit == NETWORKS[each.network].max_length
        told = next(part for part in each.text.split("\n\n") if part.startswith("Det här är mening 0"))
        assert all(piece.text in summary and piece.text.endswith(".") for piece in sentences(told))


def test_a_post_that_nothing_makes_fit_is_left_out() -> None:
    assert [each.network for each in kit(item(title="Å" * 5000)).posts] == ["facebook"]


def test_a_title_with_a_colon_stands_on_a_line_of_its_own() -> None:
    assert post(kit(item(title="Utlysning: leder")), "facebook").startswith(
        "Det händer i vår kommun:\nUtlysning: leder."
    )


def test_an_office_may_word_its_posts_in_templates_of_its_own() -> None:
    shipped = build.templates()
    own = {**shipped.sources, "spread/facebook.txt.j2": "{{ kit.place }} hälsar: {{ kit.title }}"}

    made = kit(template_set=TemplateSet(own, shipped.paths))

    assert post(made, "facebook") == "Arvika hälsar: Leden runt sjön öppnar"


def test_what_an_item_says_is_never_read_as_a_template() -> None:
    made = kit(item(title="{{ 7 * 7 }}", summary="<b>{% raw %}&</b>"))

    assert "{{ 7 * 7 }}" in post(made, "facebook")
    assert "<b>{% raw %}&</b>" in post(made, "facebook")


# Pictures


def test_a_picture_has_a_name_that_can_be_read_and_says_how_it_may_be_used() -> None:
    first, second = kit(FULL).pictures

    assert (first.file, second.file) == ("leden-oppnar-1.png", "leden-oppnar-2.jpg")
    assert first.media_path == f"media/{'ab' * 8}.png"
    assert (first.width, first.height) == (1500, 1000)
    assert str(first.terms) == (
        "Bilden får användas fritt tillsammans med den här nyheten. "
        "Skriv ut vem som har gjort bilden: Elma Råbäck."
    )


def test_people_in_a_picture_and_the_last_day_are_in_its_terms() -> None:
    consent = Consent("ja", scope=("spread-kit",), expires=date(2027, 5, 1))
    shown = replace(build.PICTURE, people=("Siv Ek",), photographer="", consent=consent)

    (picture,) = kit(item(pictures=(shown,))).pictures

    assert str(picture.terms) == (
        "Bilden får användas tillsammans med den här nyheten i kommunens egna kanaler. De som syns har sagt "
        "ja till det, men inte till annat. Visa den till och med 2027-05-01, och ta sedan bort den."
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"people": ("Siv Ek",)}, "visar människor"),
        ({"consent": Consent("ja", withdrawn_on=date(2026, 11, 1))}, "återkallat"),
        ({"consent": Consent("ja", expires=date(2026, 11, 30))}, "gällde till"),
        ({"consent": Consent("ja", scope=("kommunbrevet",))}, "inte kommunernas kanaler"),
        ({"stock": True}, "vad licensen tillåter"),
        ({"stock": True, "consent": Consent("okänt")}, "vad licensen tillåter"),
    ],
)
def test_a_picture_that_may_not_be_passed_on_is_left_out_with_the_reason(
    changes: dict[str, Any], why: str
) -> None:
    picture = replace(build.PICTURE, **changes)

    made = kit(
        item(pictures=(picture, replace(build.PICTURE, path="content/pictures/sjo.png", sha256="ef" * 32)))
    )

    assert [each.file for each in made.pictures] == ["leden-oppnar-1.png"]
    assert [why in str(reason) for reason in made.left_out] == [True]
    assert picture.sha256[:16] not in repr(made)


def test_a_stock_picture_whose_licence_is_known_may_be_passed_on() -> None:
    picture = replace(build.PICTURE, stock=True, consent=Consent("Licens CC BY 4.0"))

    assert kit(item(pictures=(picture,))).left_out == ()


@pytest.mark.parametrize("what", [build.PICTURE.path, build.PICTURE.sha256])
def test_a_retracted_picture_is_left_out(what: str) -> None:
    made = kit(item(pictures=(build.PICTURE,)), retracted=(what,))

    assert made.pictures == ()
    assert str(made.left_out[0]) == "”led.png”: bilden är tillbakadragen."


# Calendar, QR code, identity


def test_an_event_is_a_calendar_file() -> None:
    event = icalendar.Calendar.from_ical(kit(FULL).calendar).walk("VEVENT")[0]

    assert event["SUMMARY"] == "Leden runt sjön öppnar"
    assert event.decoded("DTSTART") == build.EVENT.start
    assert event.decoded("DTSTAMP") == PUBLISHED
    assert event["UID"] == "leden-oppnar@brev.leader.example"
    assert "Tillgänglighet: Ingång utan trappsteg." in str(event["DESCRIPTION"])


def test_without_an_event_there_is_no_calendar_file() -> None:
    assert kit().calendar == ""
    assert kit().event is None


def test_the_times_of_the_event_are_local() -> None:
    made = kit(FULL)

    assert made.event
    assert made.event.start.isoformat() == "2026-12-09T18:00:00+01:00"
    assert made.event.start - datetime.fromisoformat("2026-12-09T17:00:00+00:00") == timedelta(0)


def test_the_qr_code_leads_to_the_items_page_and_is_large_enough_for_print() -> None:
    made = kit(item(title="Led & <sjö>"))

    with Image.open(io.BytesIO(made.qr_png)) as png:
        assert png.size >= (QR_WIDTH, QR_WIDTH)
        seen = png.convert("1")
        code = segno.make_qr(made.url, error="m")
        scale = png.width // int(code.symbol_size(border=4)[0])
        rows = [
            [not seen.getpixel(((x + 4) * scale, (y + 4) * scale)) for x in range(len(code.matrix))]
            for y in range(len(code.matrix))
        ]
    assert rows == [[bool(module) for module in row] for row in code.matrix]
    assert re.match(r'<svg [^>]*viewBox="0 0 \d+ \d+"', made.qr_svg)
    assert "<title>QR-kod till Led &amp; &lt;sjö&gt;</title>" in made.qr_svg
    assert "#000" in made.qr_svg
    assert "#fff" in made.qr_svg


def test_the_words_of_a_kit_do_not_change_with_the_day_on_which_it_is_made() -> None:
    call = item(kind=ItemKind.CALL, call=build.CALL)

    assert kit(call, on=date(2027, 3, 1)) == kit(call)


def test_the_same_item_makes_the_same_kit() -> None:
    assert kit(FULL) == kit(FULL)


def test_a_kit_says_where_all_is() -> None:
    made = kit(FULL)

    assert made.url == "https://brev.leader.example/nyheter/leden-oppnar/"
    assert made.kit_url == "https://brev.leader.example/sprid/arvika/leden-oppnar/"
    assert made.more_url == "https://leader.example/leden"
    assert (made.place, made.focus, made.language, made.label) == ("Arvika", ("leder",), "sv", "Berättelse")


def test_only_what_is_for_the_public_may_be_passed_on() -> None:
    assert may_be_passed_on(build.ITEM)
    assert not may_be_passed_on(item(audiences=("offices",)))
