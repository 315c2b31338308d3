"""Rendered letters are read again: the product's own template is clean, and each fault is found."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from comms.errors import Problem
from comms.model.document import Document
from comms.model.issue import Edition
from comms.model.settings import Settings
from comms.render.verify import MAX_HTML_BYTES, edition_problems
from comms.text.markdown import parse_markdown
from tests.unit.render import build

FULL = replace(
    build.ITEM, pictures=(build.PICTURE,), event=build.EVENT, call=build.CALL, project=build.PROJECT
)
EDITION = build.edition(FULL, municipality="arvika")


def codes(edition: Edition) -> list[str]:
    return [problem.code for problem in problems(edition)]


def problems(edition: Edition, settings: Settings = build.SETTINGS) -> list[Problem]:
    return edition_problems(edition, settings=settings, template_path="templates/prov")


def changed(old: str, new: str) -> Edition:
    assert old in EDITION.html
    return replace(EDITION, html=EDITION.html.replace(old, new))


def test_the_template_that_ships_is_clean() -> None:
    assert codes(EDITION) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<h1", "<h2", "O102"),
        ("</h1>", "</h1><h1>En till</h1>", "O102"),
        (' alt="EU', ' data-alt="EU', "O103"),
        ('role="presentation"', "", "O104"),
        (' scope="col"', "", "O105"),
        (">Leden runt sjön öppnar</a>", "></a>", "O106"),
        ('href="https://leader.example/leden"', 'href=""', "O106"),
        ('lang="sv"', 'lang=""', "O107"),
        ('lang="sv"', 'lang="und"', "O113"),
        ("<title>", "<title></title><style>", "O108"),
        ("<h2", "<h3", "O109"),
        (">Leden runt sjön öppnar</a>", ">Läs mer</a>", "O110"),
        ("</body>", '<a href="https://a.example">Ett</a><a href="https://b.example">Ett</a></body>', "O111"),
        ("</body>", "<script>1</script></body>", "O112"),
        ("<body", '<body onload="x"', "O112"),
    ],
)
def test_a_seeded_fault_is_found(old: str, new: str, code: str) -> None:
    assert code in codes(changed(old, new))


def letter_of(size: int, template: str = "municipal") -> Edition:
    """A letter of so many bytes by one of the templates that ship."""
    newsletter = replace(build.NEWSLETTER, template=template)
    settings = replace(build.SETTINGS, newsletters={"kommunbrevet": newsletter})
    edition = build.edition(FULL, settings=settings)
    filling = "x" * (size - len(edition.html.encode()))
    return replace(edition, html=edition.html.replace("</body>", f"{filling}</body>"))


def test_a_letter_that_gmail_would_cut_is_refused_with_its_largest_parts() -> None:
    long = replace(FULL, slug="lang", title="Den långa", body=parse_markdown("ord " * 25_000), link="")
    (problem,) = edition_problems(
        build.edition(long, FULL), settings=build.SETTINGS, template_path="templates/prov"
    )
    assert problem.code == "O101"
    assert "Störst: ”Den långa” 10" in str(problem.message)


@pytest.mark.parametrize("template", ["municipal", "notis"])
def test_a_letter_of_99_kb_passes_and_one_of_101_kb_does_not(template: str) -> None:
    assert "O101" not in codes(letter_of(99_000, template))
    assert "O101" in codes(letter_of(101_000, template))


def test_the_largest_parts_are_items_and_stand_in_order_of_size() -> None:
    large = replace(
        FULL, slug="stor", title="Den stora", body=parse_markdown("## Först\n\n" + "ord " * 16_000)
    )
    larger = replace(FULL, slug="storre", title="Den större", body=parse_markdown("ord " * 18_000), link="")
    (problem,) = edition_problems(
        build.edition(FULL, large, larger, municipality="arvika"),
        settings=build.SETTINGS,
        template_path="templates/prov",
    )
    assert re.search(r"Störst: ”Den större” \d+ kB; ”Den stora” \d+ kB; ", str(problem.message))


def test_a_letter_just_under_the_limit_passes_and_one_at_it_does_not() -> None:
    assert "O101" not in codes(letter_of(MAX_HTML_BYTES - 1))
    assert "O101" in codes(letter_of(MAX_HTML_BYTES))


def test_a_long_greeting_is_told_as_the_largest_part() -> None:
    greeting = Document(parse_markdown("ord " * 22_500).blocks)
    edition = build.edition(FULL, notes=replace(build.NOTES, greeting=greeting))
    (problem,) = problems(edition)
    assert re.search(r"Störst: överst i brevet, med hälsningen (9|10)\d kB; ", str(problem.message))
    assert str(problem.hint) == "Korta de största texterna eller lägg färre nyheter i numret."


def test_large_styles_are_told_as_the_head() -> None:
    edition = changed("</head>", f"<style>{'.a { margin: 0 }' * 7000}</style></head>")
    (problem,) = problems(edition)
    assert "Störst: brevets huvud, med stilarna 11" in str(problem.message)


def test_a_letter_whose_largest_parts_are_small_has_a_large_template() -> None:
    cards = (replace(FULL, slug=f"nyhet-{number}", title=f"Nyhet {number}") for number in range(25))
    (problem,) = (one for one in problems(build.edition(*cards)) if one.code == "O101")
    assert str(problem.hint) == "Mallen själv är stor: korta den, eller lägg färre nyheter i numret."


def below_the_name(html: str) -> Edition:
    """The letter with something right below its name."""
    return changed("</h1>", f"</h1>{html}")


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ('<img src="http://evil.example/pixel.gif" alt="">', "http://evil.example/pixel.gif"),
        ('<img src="//evil.example/pixel.gif" alt="">', "//evil.example/pixel.gif"),
        ('<img src=" https://evil.example/p.gif" alt="">', "https://evil.example/p.gif"),
        (
            '<img src="https://brev.leader.example.evil.example/p.gif" alt="">',
            "https://brev.leader.example.evil.example/p.gif",
        ),
        (
            '<img alt="" srcset="https://brev.leader.example/a.png 1x, https://evil.example/b.png 2x">',
            "https://evil.example/b.png",
        ),
        (
            '<table role="presentation" background="https://x.example/p.gif"></table>',
            "https://x.example/p.gif",
        ),
        ('<p style="background:url(https://x.example/p.gif)">Hej</p>', "https://x.example/p.gif"),
        ("<p style='background:url(\"https://x.example/p.gif\")'>Hej</p>", "https://x.example/p.gif"),
        ("<p style='background:u\\72l(https://x.example/p.gif)'>Hej</p>", "https://x.example/p.gif"),
        ("<style>@import 'https://x.example/a.css';</style>", "https://x.example/a.css"),
        ("<style>@import url(https://x.example/a.css);</style>", "https://x.example/a.css"),
        (
            "<style>@font-face { src: url(https://x.example/a.woff2) }</style>",
            "https://x.example/a.woff2",
        ),
        ('<a href="#a" ping="https://x.example/p">Här är vi</a>', "https://x.example/p"),
        (
            '<!--[if mso]><v:fill src="https://x.example/p.gif" /><![endif]-->',
            "https://x.example/p.gif",
        ),
    ],
)
def test_what_another_server_would_be_asked_for_is_refused(html: str, address: str) -> None:
    (problem,) = (one for one in problems(below_the_name(html)) if one.code == "O125")
    assert f"”{address}”" in str(problem.message)
    assert ("<style>" in html) == ("<style>" in str(problem.message))
    assert ("<style>" in html) or "Det står efter ”Kommunbrevet”." in str(problem.message)


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://brev.leader.example/media/x.png" alt="">',
        '<img src="HTTPS://Brev.Leader.example/media/x.png" alt="">',
        '<img src="https://logo.example/l.png" alt="">',
        '<img src="https://logo.example/dark.png" alt="">',
        '<img src="cid:x" alt=""><img src="data:image/png;base64,AA" alt="">',
        '<p style="background:url(https://brev.leader.example/media/x.png);color:rgb(0,0,0)">Hej</p>',
        "<style>.a { background: url(https://brev.leader.example/media/x.png) }</style>",
        '<!--[if mso]><v:fill src="https://brev.leader.example/media/x.png" /><![endif]-->',
    ],
)
def test_own_pictures_and_the_logo_wherever_it_lies_may_be_loaded(html: str) -> None:
    brand = replace(build.BRAND, logo="https://logo.example/l.png", logo_dark="https://logo.example/dark.png")
    settings = replace(build.SETTINGS, brand=brand)
    assert "O125" not in [one.code for one in problems(below_the_name(html), settings)]


@pytest.mark.parametrize(
    "href",
    [
        *("javascript:alert(1)", "JavaScript:alert(1)", " java\tscript:alert(1)", "data:text/html,x"),
        *("file:///etc/passwd", "sida.html", "//evil.example", "www.leader.example", "https:/x", "ftp://x"),
    ],
)
def test_a_link_that_leads_nowhere_a_letter_may_is_refused(href: str) -> None:
    (problem,) = (
        one for one in problems(below_the_name(f'<a href="{href}">Klicka nu</a>')) if one.code == "O124"
    )
    assert str(problem.message).startswith("Länken vid ”Klicka nu” leder till ”")


def test_a_link_that_outlook_alone_has_is_read_too() -> None:
    html = '<!--[if mso]><v:roundrect href="javascript:x"></v:roundrect><![endif]-->'
    assert "O124" in codes(below_the_name(html))


@pytest.mark.parametrize(
    "href",
    [
        "https://a.example",
        "HTTP://a.example/x",
        "mailto:a@b.example?subject=x",
        "tel:+4656500",
        "#nyhet",
        "#",
    ],
)
def test_a_link_to_the_web_a_letter_a_telephone_or_a_place_in_the_letter_is_left_alone(href: str) -> None:
    assert "O124" not in codes(below_the_name(f'<a href="{href}">Klicka nu</a>'))


def test_without_an_address_of_ones_own_another_server_is_still_refused() -> None:
    settings = replace(build.SETTINGS, base_url="")
    letter = below_the_name('<img src="/media/x.png" alt=""><img src="//evil.example/p.gif" alt="">')
    said = [str(one.message) for one in problems(letter, settings) if one.code == "O125"]
    assert any("”//evil.example/p.gif”" in each for each in said)
    assert not any("”/media/x.png”" in each for each in said)


def test_a_preheader_that_nobody_sees_is_no_place_to_look_for() -> None:
    before, preheader, after = re.split(r"(<body.*?</div>)", EDITION.html, maxsplit=1, flags=re.DOTALL)
    assert "display:none" in preheader
    html = f'{before}{preheader}<img src="https://evil.example/p.gif" alt="">{after}'
    (said,) = [str(one.message) for one in problems(replace(EDITION, html=html)) if one.code == "O125"]
    assert said.endswith("Det står i <style> eller överst.")
