"""A finished letter holds what law asks of it: each thing is taken away from the letter that ships."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from comms.check.emblem import OWN_EMBLEM
from comms.check.letter import Duties, Letter
from comms.check.letters import check_letter, works
from comms.check.rules_visibility import LETTER_RULES
from comms.errors import Location, Problem, Severity
from comms.model.issue import Edition
from comms.model.workspace import TemplateSet
from comms.render.addresses import emblem_url
from tests.unit.render import build

HTML, TEXT = "templates/newsletters/municipal.mjml.j2", "templates/newsletters/municipal.txt.j2"
EMBLEM_FILE = "templates/assets/eu-emblem.png"
EMBLEM = (build.TEMPLATES / "assets" / "eu-emblem.png").read_bytes()
STATEMENT = "Medfinansieras av Europeiska unionen"
LOGO = "https://brev.leader.example/media/leader.png"
EDITION = build.edition(
    replace(build.ITEM, pictures=(build.PICTURE,), project=build.PROJECT, call=build.CALL),
    municipality="arvika",
)
DUTIES = Duties(
    emblem=EMBLEM,
    emblem_url=emblem_url(build.SETTINGS),
    emblem_path=EMBLEM_FILE,
    logo_url="",
    statement=build.SETTINGS.eu_statement,
    sender=build.SETTINGS.sender,
    html_template=HTML,
    text_template=TEXT,
    settings_path="comms.yaml",
    lines={"eu_statement": 30, "sender.reply_to": 14, "sender.email": 13, "sender": 11},
)

IMAGE_STYLE = "display:block;width:120px;height:80px;border:3px solid #ffffff;font-size:14px"
STATEMENT_STYLE = (
    "padding:0 0 0 20px;font-family:Arial, Helvetica, sans-serif;font-size:18px;line-height:25px;"
    "font-weight:bold;color:#003399"
)
IMAGE = f'<img src="{DUTIES.emblem_url}"' + EDITION.html.partition(f'<img src="{DUTIES.emblem_url}"')[2]
IMAGE = IMAGE.partition(">")[0] + ">"


def problems(edition: Edition, duties: Duties = DUTIES) -> list[Problem]:
    return check_letter(Letter(edition, duties))


def codes(edition: Edition, duties: Duties = DUTIES) -> set[str]:
    return {problem.code for problem in problems(edition, duties)}


def changed(old: str, new: str) -> Edition:
    assert old in EDITION.html
    return replace(EDITION, html=EDITION.html.replace(old, new))


def with_footer(footer: str) -> Edition:
    """The letter from a template of the organisation's own, with another place for emblem and statement."""
    name = "newsletters/_frame.mjml.j2"
    source = build.templates().sources[name]
    begin = source.index("<mj-text", source.index("{% macro footer"))
    end = source.index("</mj-text>", begin) + len("</mj-text>")
    own = dict(build.templates().sources) | {name: source[:begin] + footer + source[end:]}
    return build.edition(build.ITEM, template_set=TemplateSet(own, build.templates().paths))


def styled(css: str) -> Edition:
    return changed("</head>", f"<style>{css}</style></head>")


# The letter that ships


def test_the_letter_that_ships_holds_all_that_law_asks() -> None:
    assert problems(EDITION) == []


def test_every_rule_of_letters_stops_the_letter_and_has_no_exceptions() -> None:
    assert {rule.severity for rule in LETTER_RULES} == {Severity.ERROR}
    assert not any(rule.exemptible for rule in LETTER_RULES)


def test_an_emblem_without_alt_text_is_one_fault_not_two() -> None:
    assert codes(changed('alt="EU:s flagga: tolv gula stjärnor i en ring på blå botten."', 'alt=""')) == {
        "V613"
    }


# Taken away, one by one


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        (IMAGE, "", "V610", "EU-emblemet saknas i brevet."),
        (IMAGE_STYLE, f"{IMAGE_STYLE};display:none", "V610", "EU-emblemet syns inte i brevet."),
        (
            "</head>",
            "<style>@media (prefers-color-scheme: dark) { img { display: none !important } }</style></head>",
            "V610",
            "EU-emblemet syns inte i mörkt läge.",
        ),
        (
            "width:120px;height:80px",
            "width:54px;height:36px",
            "V610",
            "EU-emblemet är bara 36 px högt i brevet.",
        ),
        ("width:120px;height:80px", "width:0;height:0", "V610", "EU-emblemet är bara 0 px högt i brevet."),
        ("height:80px", "height:120px", "V611", "EU-emblemet är 120 × 120 px i brevet."),
        (
            "border:3px",
            "border-radius:8px;border:3px",
            "V611",
            "EU-emblemet ändras av ”border-radius” i brevet.",
        ),
        ("border:3px", "opacity:0.5;border:3px", "V611", "EU-emblemet ändras av ”opacity” i brevet."),
        (
            "border:3px solid #ffffff;",
            "",
            "V611",
            "EU-emblemet saknar vit ram mot färgad botten i brevet.",
        ),
        (
            "border:3px solid #ffffff",
            "border:1px solid #ffffff",
            "V611",
            "EU-emblemet saknar vit ram mot färgad",
        ),
        ('alt="EU:s flagga: tolv', 'alt="Flagga: tolv', "V613", "EU-emblemets alt-text nämner inte EU."),
        (f'{STATEMENT_STYLE}">{STATEMENT}<', '"><', "V614", f"Meningen ”{STATEMENT}” står inte intill"),
        (
            f">{STATEMENT}<",
            f'><img src="x.png" width="200" height="20" alt="{STATEMENT}"><',
            "V614",
            f"Meningen ”{STATEMENT}” står bara i en bild.",
        ),
        (STATEMENT_STYLE, f"{STATEMENT_STYLE};font-style:italic", "V615", "är kursiv, understruken eller"),
        (f">{STATEMENT}<", f"><em>{STATEMENT}</em><", "V615", "är kursiv, understruken eller"),
        (f">{STATEMENT}<", f"><u>{STATEMENT}</u><", "V615", "är kursiv, understruken eller"),
        (f">{STATEMENT}<", f'><a href="https://a.example">{STATEMENT}</a><', "V615", "understruken"),
        (STATEMENT_STYLE, f"{STATEMENT_STYLE};font:italic 18px/1.2 Arial", "V615", "är kursiv, understruken"),
        (STATEMENT_STYLE, f"{STATEMENT_STYLE};font:18px Georgia", "V615", "”georgia”"),
        (STATEMENT_STYLE, f"{STATEMENT_STYLE};text-shadow:1px 1px #000", "V615", "har en effekt"),
        (
            "font-family:Arial, Helvetica, sans-serif;font-size:18px",
            "font-family:Georgia",
            "V615",
            "”georgia”",
        ),
        ("font-size:18px;line-height:25px;font-weight", "font-size:11px;font-weight", "V615", "är 11 px hög"),
        ("font-weight:bold;color:#003399", "font-weight:bold;color:#1f4d3a", "V615", "har färgen #1f4d3a"),
        ("font-weight:bold;color:#003399", "font-weight:bold;color:#fff", "V616", "kontrasten 1,1."),
        ("padding:0 0 0 20px", "padding:0 0 0 2px", "V617", "står för nära EU-emblemet i brevet: 2 px."),
        ("Leader Åsbygden", "Vi", "V620", "Brevet säger inte avsändarens namn."),
        ("Provgatan 7", "Provgatan", "V620", "Brevet säger inte avsändarens postadress."),
        ("mailto:kansli@leader.example?", "mailto:?", "V621", "Brevet säger inte hur man avslutar det."),
        (
            "mailto:kansli@leader.example?",
            "mailto:a@b.invalid?",
            "V621",
            "Brevet säger inte hur man avslutar",
        ),
    ],
)
def test_what_the_html_loses_is_named_with_its_template(old: str, new: str, code: str, words: str) -> None:
    found = problems(changed(old, new))
    assert [problem for problem in found if problem.code == code and words in str(problem.message)]
    assert {problem.location for problem in found} == {Location(HTML)}
    assert {problem.severity for problem in found} == {Severity.ERROR}


@pytest.mark.parametrize(
    ("old", "code", "message"),
    [
        (STATEMENT, "V614", f"Meningen ”{STATEMENT}” saknas i brevets textdel."),
        ("Leader Åsbygden", "V620", "Brevets textdel säger inte avsändarens namn."),
        ("Provgatan 7", "V620", "Brevets textdel säger inte avsändarens postadress."),
        ("mailto:kansli@leader.example", "V621", "Brevets textdel säger inte hur man avslutar det."),
    ],
)
def test_what_the_text_part_loses_is_named_with_its_template(old: str, code: str, message: str) -> None:
    assert old in EDITION.text
    (found,) = problems(replace(EDITION, text=EDITION.text.replace(old, "")))
    assert (found.code, str(found.message), found.location) == (code, message, Location(TEXT))


@pytest.mark.parametrize(
    ("css", "message"),
    [
        (".statement { color: #e9c98a !important }", "Meningen om EU:s stöd har färgen #e9c98a i brevet."),
        (
            "@media (prefers-color-scheme: dark) { td.statement { color: #003399 !important } }",
            "Meningen om EU:s stöd syns för dåligt i mörkt läge: #003399 mot #141a17 har kontrasten 1,6.",
        ),
        (
            "@media (max-width: 479px) { table .statement { font-size: 10px !important } }",
            "Meningen om EU:s stöd är 10 px hög på små skärmar.",
        ),
        ("[data-ogsc] .statement { color: gold !important }", "har färgen gold i Outlook på webben."),
        (
            "@media (max-width: 479px) { .statement { display: none !important } }",
            "Meningen om EU:s stöd syns inte på små skärmar.",
        ),
        ("@media (max-width: 479px) { img { width: 60px !important } }", "EU-emblemet är 60 × 80 px på små"),
    ],
)
def test_a_style_sheet_that_spoils_it_on_some_screens_is_found(css: str, message: str) -> None:
    assert any(message in str(problem.message) for problem in problems(styled(css)))


def larger(width: int, height: int) -> Edition:
    """The letter with a larger emblem; the statement is 18 px."""
    tag = IMAGE.replace("width:120px;height:80px", f"width:{width}px;height:{height}px").replace("3px", "6px")
    return changed(IMAGE, tag)


def test_the_statement_is_at_least_an_eighth_of_the_emblems_height() -> None:
    assert problems(larger(216, 144)) == []
    (found,) = problems(larger(240, 160))
    assert str(found.message) == "Meningen om EU:s stöd är 18 px hög i brevet."
    assert str(found.hint) == "Gör den minst 20 px, i proportion till emblemet."


# Out of sight


@pytest.mark.parametrize(
    "style",
    [
        "position:absolute;left:-9999px",
        "margin-left:-9999px",
        "text-indent:-9999px",
        "clip-path:inset(100%)",
        "display:inline-block;width:0;height:0;overflow:hidden",
        "position:absolute;clip:rect(0,0,0,0)",
        "transform:scale(0)",
        "opacity:0.01",
    ],
)
def test_what_is_moved_or_cut_away_is_not_there(style: str) -> None:
    assert "V610" in codes(changed(IMAGE, f'<span style="{style}">{IMAGE}</span>'))
    assert "V614" in codes(changed(f">{STATEMENT}<", f'><span style="{style}">{STATEMENT}</span><'))


@pytest.mark.parametrize(
    "selector",
    ['img[width="120"]', "img[width='120'][height]", "[alt^=EU]", 'td > img[alt*="gula stjärnor i"]'],
)
def test_a_style_that_hides_the_emblem_by_its_attributes_is_found(selector: str) -> None:
    assert "V610" in codes(styled(f"{selector} {{ display: none !important }}"))


def test_a_style_for_other_attributes_hides_nothing() -> None:
    css = 'img[width="121"], img[srcset], img[alt$=EU] { display: none !important }'
    assert problems(styled(css)) == []


# The sender


@pytest.mark.parametrize(
    ("style", "what"),
    [
        ("font-size:1px;color:#f7f4ec", "avsändarens postadress"),
        ("font-size:9px", "avsändarens postadress"),
        ("color:#f7f4ec", "avsändarens postadress"),
    ],
)
def test_an_address_that_cannot_be_read_is_no_address(style: str, what: str) -> None:
    (found,) = problems(
        changed("Provgatan 7, 685 00 Torsby", f'<span style="{style}">Provgatan 7, 685 00 Torsby</span>')
    )
    assert (found.code, str(found.message)) == ("V620", f"Brevet visar {what} så att ingen kan läsa det.")


def test_a_name_too_faint_in_dark_mode_is_named() -> None:
    css = "@media (prefers-color-scheme: dark) { .ink, .ink strong { color: #141a17 !important } }"
    messages = {str(problem.message) for problem in problems(styled(css)) if problem.code == "V620"}
    assert messages == {
        "Brevet visar avsändarens namn så att ingen kan läsa det.",
        "Brevet visar avsändarens postadress så att ingen kan läsa det.",
    }


NAMED = "Leader Åsbygden, Provgatan 7, 685 00 Torsby"
OPENING = replace(DUTIES, sender=replace(DUTIES.sender, postal_address=NAMED))


def opening(html: str, text: str) -> Edition:
    """The letter with an address that opens with the sender's name; `html` and `text` stand before it."""
    return replace(
        EDITION,
        html=EDITION.html.replace(
            "<strong>Leader Åsbygden</strong><br />Provgatan 7", f"{html}Leader Åsbygden, Provgatan 7"
        ),
        text=EDITION.text.replace("Leader Åsbygden\nProvgatan 7", f"{text}Leader Åsbygden, Provgatan 7"),
    )


def test_a_name_that_only_opens_the_address_does_not_say_who_sends() -> None:
    assert [str(problem.message) for problem in problems(opening("", ""), OPENING)] == [
        "Brevet säger inte avsändarens namn.",
        "Brevets textdel säger inte avsändarens namn.",
    ]
    told = "Leader Åsbygden arbetar med leadermetoden."
    assert len(problems(opening(f"{told}<br />", f"{told}\n"), OPENING)) == 2


@pytest.mark.parametrize(
    "line", ["Leader Åsbygden", "Brevet kommer från Leader Åsbygden.", "Leader Åsbygden skickar brevet."]
)
def test_a_name_on_its_own_says_who_sends(line: str) -> None:
    assert problems(opening(f"{line}<br />", f"{line}\n"), OPENING) == []


# The text part


def test_the_statement_among_the_facts_of_an_item_is_not_the_letters_own() -> None:
    assert f"EU-stöd:        {STATEMENT}" in EDITION.text
    (found,) = problems(replace(EDITION, text=EDITION.text.replace(f"=\n{STATEMENT}", "=\n")))
    assert (found.code, str(found.message)) == ("V614", f"Meningen ”{STATEMENT}” saknas i brevets textdel.")


def test_the_statement_may_be_part_of_a_sentence_below_the_items() -> None:
    text = EDITION.text.replace(f"=\n{STATEMENT}", "=\nBrevet medfinansieras av Europeiska\nunionen.")
    assert problems(replace(EDITION, text=text)) == []


# Other ways of doing it right


BELOW = """
<mj-image src="{{ letter.emblem_url }}" alt="EU:s flagga" width="90px" border="3px solid #fff"
border-radius="0" />
<mj-text padding="8px 40px 0" font-family="'Trebuchet MS', sans-serif" font-size="14px" color="#000000">
<span class="statement" style="color:BLACK">{{ letter.eu_statement }}</span></mj-text>
"""
BEFORE = """
<mj-text padding="0 40px"><table role="presentation"><tr>
<td class="statement" style="padding:0 12px 0 0;font-family:verdana;font-size:1.1em;color:rgb(0, 51, 153)">
{{ letter.eu_statement }}</td>
<td><img src="{{ letter.emblem_url }}" alt="EU-emblemet" height="60" style="border:3px solid white" /></td>
</tr></table></mj-text>
"""
COLUMNS = """
</mj-column><mj-column width="150px"><mj-image src="{{ letter.emblem_url }}" alt="EU:s flagga" width="120px"
padding="0" border="4px solid #ffffff" border-radius="0px" /></mj-column><mj-column width="400px">
<mj-text padding="0 0 0 16px"><b class="statement" style="color:#000">{{ letter.eu_statement }}</b></mj-text>
"""


@pytest.mark.parametrize("footer", [BELOW, BEFORE, COLUMNS], ids=["below", "before", "columns"])
def test_the_statement_may_stand_on_any_side_of_the_emblem(footer: str) -> None:
    assert problems(with_footer(footer)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("font-weight:bold;color:#003399", "font-weight:bold;color:#000"),
        ("font-weight:bold;color:#003399", "font-weight:normal;color:#039"),
        ("font-family:Arial, Helvetica, sans-serif;font-size:18px", "font-family:Verdana;font-size:1.25em"),
        (f">{STATEMENT}<", "><strong>Medfinansieras av</strong> Europeiska\n<b>unionen</b>.<"),
        (IMAGE, f'{IMAGE}<img src="https://brev.leader.example/luft.gif" alt="" width="1" height="1">'),
        (f">{STATEMENT}<", f'>{STATEMENT} genom <a href="https://a.example/leader">Leader</a><'),
        (
            "font-family:Arial, Helvetica, sans-serif;font-size:18px;line",
            "font:bold 18px/25px 'Calibri';line",
        ),
        ("font-family:Arial, Helvetica, sans-serif;font-size:18px;line", "font-size:18px;font:menu;line"),
        ("Provgatan 7, 685 00 Torsby", "Provgatan 7<br>685 00&nbsp;TORSBY"),
    ],
)
def test_what_is_as_it_should_be_in_another_form_is_left_alone(old: str, new: str) -> None:
    assert problems(changed(old, new)) == []


# Logotypes


def logo(attributes: str, *, alt: str = "Leader Provbygd", src: str = LOGO) -> Edition:
    return changed("<h1", f'<img src="{src}" alt="{alt}" {attributes}><h1')


WITH_LOGO = replace(DUTIES, logo_url=LOGO)


def test_a_logo_higher_and_wider_than_the_emblem_is_named() -> None:
    (found,) = problems(logo('width="300" height="100"'), WITH_LOGO)
    assert (found.code, str(found.message)) == (
        "V612",
        "Logotypen ”Leader Provbygd” är större än EU-emblemet i brevet.",
    )


@pytest.mark.parametrize(
    "attributes",
    ['width="300" height="80"', 'width="120" height="200"', 'height="44" style="height:44px;width:auto"'],
)
def test_it_is_enough_that_the_emblem_is_as_high_or_as_wide(attributes: str) -> None:
    assert problems(logo(attributes), WITH_LOGO) == []


def test_a_logo_without_a_size_may_be_any_size() -> None:
    (found,) = problems(logo(""), WITH_LOGO)
    assert str(found.message) == "Logotypen ”Leader Provbygd” har ingen storlek i brevet."


def test_a_logo_that_is_not_shown_is_not_measured() -> None:
    assert problems(logo('width="600" height="300" style="display:none"'), WITH_LOGO) == []


def test_a_logo_that_the_template_brings_is_known_by_its_name() -> None:
    brought = 'width="200" height="200"'
    assert codes(logo(brought, alt="Landsbygdsnätverkets logotyp", src="https://a.example/x.png")) == {"V612"}
    assert codes(logo(brought, alt="", src="https://a.example/logo-stor.png")) == {"V612"}


def test_a_picture_of_an_item_is_no_logo() -> None:
    picture = "https://brev.leader.example/media/0123456789abcdef.png"
    shown = logo('width="520" height="400"', alt="Föreningens logotyp på en skylt.", src=picture)
    assert problems(shown) == []


# The emblem's file


def test_the_emblem_that_ships_is_the_one_that_is_known() -> None:
    assert hashlib.sha256(EMBLEM).hexdigest() == OWN_EMBLEM


def png(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#003399").save(file, "PNG")
    return file.getvalue()


def test_an_emblem_of_ones_own_has_the_right_form() -> None:
    assert problems(EDITION, replace(DUTIES, emblem=png(810, 540))) == []


@pytest.mark.parametrize("file", [png(400, 400), b"", b"GIF89a", EMBLEM[:20], png(300, 200)[:16] + bytes(8)])
def test_a_file_that_is_no_emblem_is_named(file: bytes) -> None:
    (found,) = problems(EDITION, replace(DUTIES, emblem=file))
    assert (found.code, found.location) == ("V611", Location(EMBLEM_FILE))


# Settings


@pytest.mark.parametrize("statement", ["Med stöd av EU", "Medfinansieras av EU", "", "Co-funded by the EU"])
def test_a_statement_that_the_eu_has_not_written_is_named_in_the_settings(statement: str) -> None:
    edition = build.edition(build.ITEM, settings=replace(build.SETTINGS, eu_statement=statement or "-"))
    (found,) = problems(edition, replace(DUTIES, statement=statement))
    assert (found.code, found.location) == ("V614", Location("comms.yaml", 30))


def test_the_statement_for_what_the_eu_pays_alone_is_as_good() -> None:
    alone = "Finansieras av Europeiska unionen"
    edition = build.edition(build.ITEM, settings=replace(build.SETTINGS, eu_statement=alone))
    assert problems(edition, replace(DUTIES, statement=alone)) == []


def test_a_sender_without_postal_address_is_named_in_the_settings() -> None:
    sender = replace(build.SETTINGS.sender, postal_address=" ")
    (found,) = problems(EDITION, replace(DUTIES, sender=sender))
    assert (found.code, found.location) == ("V620", Location("comms.yaml", 11))


@pytest.mark.parametrize(
    "address", ["noreply@leader.example", "no-reply@leader.example", "a@leader.invalid", "a@b"]
)
def test_an_address_that_nobody_reads_is_no_way_to_stop(address: str) -> None:
    sender = replace(build.SETTINGS.sender, reply_to=address)
    (found,) = problems(EDITION, replace(DUTIES, sender=sender))
    assert (found.code, found.location) == ("V621", Location("comms.yaml", 14))


# A way to stop


def test_a_page_on_the_web_is_a_way_to_stop_too() -> None:
    mail, page = "mailto:kansli@leader.example?", "https://brev.leader.example/avsluta?"
    html, text = (part.replace(mail, page) for part in (EDITION.html, EDITION.text))
    assert codes(replace(EDITION, html=html, text=text)) == set()


def test_a_page_for_all_is_known_by_the_words_of_its_link() -> None:
    link = '<a href="https://leader.example/nej">Avregistrera dig från brevet</a>'
    html = EDITION.html.replace("mailto:kansli@leader.example?", "mailto:?").replace(
        "</body>", f"{link}</body>"
    )
    text = EDITION.text.replace("mailto:kansli@leader.example?", "mailto:?")
    assert codes(replace(EDITION, html=html, text=f"{text}[9] https://leader.example/nej\n")) == set()
    assert codes(replace(EDITION, html=html, text=f"{text}[9] https://leader.example/hej\n")) == {"V621"}


def test_a_link_about_something_else_is_no_way_to_stop() -> None:
    lost = EDITION.html.replace("mailto:kansli@leader.example?", "mailto:?").replace(
        "</body>", '<a href="https://a.example/kurs">Avsluta kursen med ett besök</a></body>'
    )
    assert codes(replace(EDITION, html=lost)) == {"V621"}


def test_a_hidden_link_is_no_way_to_stop() -> None:
    assert codes(changed('<a class="link" href="mailto:', '<a style="display:none" href="mailto:')) == {
        "V621"
    }


@pytest.mark.parametrize(
    "href",
    ["mailto:kansli@leader.example", "mailto:a@b.example?subject=Nej", "https://leader.example/nej?x=1#y"],
)
def test_an_address_that_may_exist_works(href: str) -> None:
    assert works(href)


@pytest.mark.parametrize(
    "href", ["", "#", "mailto:", "mailto:?subject=Nej", "http://localhost/", "https://a.invalid", "tel:1"]
)
def test_what_leads_nowhere_does_not(href: str) -> None:
    assert not works(href)


# Whatever comes in


@given(st.text(alphabet="<>/{};:=\"' a@.mediatrspn#0-", max_size=300))
def test_no_html_is_too_broken_to_be_read(html: str) -> None:
    assert "V610" in codes(replace(EDITION, html=html))
