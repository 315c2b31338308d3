"""compile_mjml: every character survives, every fault is a TemplateError that says where."""

from __future__ import annotations

import sys
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.errors import TemplateError
from comms.render.mjml import MAX_DEPTH, compile_mjml


def letter(content: str, title: str = "Brevet") -> str:
    return (
        f'<mjml lang="sv"><mj-head><mj-title>{title}</mj-title></mj-head><mj-body><mj-section><mj-column>'
        f"{content}</mj-column></mj-section></mj-body></mjml>"
    )


def compiled(content: str, title: str = "Brevet") -> str:
    return compile_mjml(letter(content, title), template="templates/prov.mjml.j2")


def values(html: str, attribute: str) -> list[str | None]:
    """What a browser reads in every attribute of that name."""
    found: list[str | None] = []

    class Reader(HTMLParser):
        def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(value for name, value in attrs if name == attribute)

    Reader().feed(html)
    return found


def one_of_each_category() -> str:
    """The first characters of every Unicode category that may stand in HTML."""
    found: dict[str, list[str]] = {}
    for code in range(0xA0, sys.maxunicode):
        sign = chr(code)
        kept = found.setdefault(unicodedata.category(sign), [])
        if len(kept) < 3 and unicodedata.is_normalized("NFC", sign):
            kept.append(sign)
    unusable = {"Cs", "Cn", "Cc"}
    return "".join(sign for category, signs in found.items() if category not in unusable for sign in signs)


def test_an_attribute_keeps_characters_of_every_unicode_category() -> None:
    signs = "a" + one_of_each_category()
    html = compiled(f'<mj-image src="x" alt="{signs}" />')
    assert values(html, "alt") == [unicodedata.normalize("NFC", signs)]


def test_tab_newline_and_backslash_survive_in_an_attribute() -> None:
    html = compiled('<mj-text><a href="#" title="a\tb\nc\\d">x</a></mj-text>')
    assert values(html, "title") == ["a\tb\nc\\d"]


def test_a_quotation_mark_in_a_single_quoted_attribute_stays_in_it() -> None:
    html = compiled("""<mj-text><a href="#" title='det "nya" brevet'>x</a></mj-text>""")
    assert values(html, "title") == ['det "nya" brevet']


def test_a_title_with_a_no_break_space_is_read_out_as_written() -> None:
    html = compiled("<mj-text>x</mj-text>", title="Möte kl.\N{NO-BREAK SPACE}13")
    assert values(html, "aria-label") == ["Möte kl.\N{NO-BREAK SPACE}13"]


def test_decomposed_letters_are_composed() -> None:
    assert "på ön" in compiled(f"<mj-text>{unicodedata.normalize('NFD', 'på ön')}</mj-text>")


def test_windows_line_ends_compile() -> None:
    assert "rad två" in compiled("<mj-text>rad ett\r\nrad två</mj-text>")


def test_a_picture_without_alt_becomes_decorative() -> None:
    assert values(compiled('<mj-image src="x" />'), "alt") == [""]


def test_no_font_is_fetched_from_elsewhere() -> None:
    assert "fonts.googleapis.com" not in compiled("<mj-text>x</mj-text>")


def test_ordinary_comments_are_left_out_and_conditional_ones_kept() -> None:
    html = compiled("<mj-text>a<!-- hemligt -->b<!--[if mso]>Outlook på ön<![endif]--></mj-text>")
    assert "hemligt" not in html
    assert "Outlook p&#229; &#246;n" in html


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<mj-txt>x</mj-txt>", "<mj-txt> finns inte"),
        ('<mj-include path="/etc/passwd" />', "<mj-include> finns inte"),
        ("</mj-column><mj-text>x</mj-text><mj-column>", "<mj-text> får inte stå i <mj-section>"),
        ("<mj-text><b>x</i></mj-text>", "</i> stänger något annat"),
        ("<mj-text>3 < 5</mj-text>", "ett ensamt <"),
        ('<mj-text align="left"padding="0">x</mj-text>', "ett ensamt <"),
        (f"<mj-text>{'<b>' * MAX_DEPTH}{'</b>' * MAX_DEPTH}</mj-text>", f"fler än {MAX_DEPTH} taggar"),
    ],
)
def test_what_the_compiler_would_misread_is_refused_with_the_reason(content: str, reason: str) -> None:
    with pytest.raises(TemplateError, match=r"^Mallen templates/prov") as caught:
        compiled(content)
    assert reason in str(caught.value)


def test_a_tag_that_is_never_closed_is_named() -> None:
    with pytest.raises(TemplateError, match="<mj-body> stängs aldrig"):
        compile_mjml("<mjml><mj-body>", template="prov")


def test_the_message_names_the_line() -> None:
    with pytest.raises(TemplateError, match="Rad 3 "):
        compile_mjml("<mjml>\n<mj-body>\n<mj-txt></mj-txt></mj-body></mjml>", template="prov")


def test_a_fault_that_the_compiler_finds_is_a_template_error_too() -> None:
    with pytest.raises(TemplateError, match="prov går inte att göra till ett brev"):
        compile_mjml("<p>inget brev</p>", template="prov")


@given(st.text(st.sampled_from("<>/\"'=ab mj-text&;![]\\\n"), max_size=60))
def test_no_content_ends_in_anything_but_html_or_a_template_error(noise: str) -> None:
    try:
        html = compiled(f"<mj-text>{noise}</mj-text>")
    except TemplateError:
        return
    assert html.startswith("<!doctype html>")
