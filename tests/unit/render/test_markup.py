"""Documents as HTML: everything escaped, nothing unsafe, well-formed for MJML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from comms.model.document import Block, BlockKind, Document, Span, SpanKind
from comms.render.markup import Style, to_html
from comms.text.markdown import parse_markdown


def html(source: str) -> str:
    return str(to_html(parse_markdown(source)))


def paragraph(*spans: Span) -> Document:
    return Document((Block(BlockKind.PARAGRAPH, 1, spans=spans),))


def test_a_paragraph_carries_its_own_style() -> None:
    assert 'style="margin:0 0 16px;font-size:16px;line-height:24px;color:#26332c"' in html("Hej")


def test_marks_that_look_like_html_are_shown_as_written() -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 * 7 }}" in html(
        "<script>alert(1)</script> & {{ 7 * 7 }}"
    )


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "//ond.example", "file:///etc/passwd"]
)
def test_a_link_that_is_not_safe_is_only_words(href: str) -> None:
    words = Span(SpanKind.TEXT, 1, 1, "klicka")
    shown = str(to_html(paragraph(Span(SpanKind.LINK, 1, 1, href=href, children=(words,)))))
    assert "klicka" in shown
    assert "<a" not in shown


@pytest.mark.parametrize(
    "href", ["https://leader.example/å?a=1&b=2", "mailto:kansli@leader.example", "tel:+46560160000"]
)
def test_a_safe_link_leads_where_the_author_said(href: str) -> None:
    shown = etree.fromstring(html(f"[ord]({href})"))
    link = shown.find("a")
    assert link is not None
    assert str(link.attrib["href"]).replace("%C3%A5", "å") == href


def test_headings_begin_where_the_style_says_and_keep_their_distance() -> None:
    shown = str(to_html(parse_markdown("## Ett\n\n### Två"), Style(heading=4)))
    assert ("<h4 " in shown, "<h5 " in shown, "<h2 " in shown) == (True, True, False)


def test_a_list_item_of_one_paragraph_is_written_tight() -> None:
    assert "<p" not in html("- ett\n- två")


def test_a_numbered_list_keeps_its_first_number() -> None:
    assert '<ol start="3"' in html("3. tre\n4. fyra")


def test_a_table_says_what_its_headers_are_headers_of() -> None:
    shown = html("| När | Var |\n|---|---|\n| i dag | här |")
    assert shown.count('<th scope="col"') == 2
    assert shown.count("<td") == 2


def test_a_picture_in_the_body_is_its_alt_text_only() -> None:
    shown = html("![En älg.](https://spion.example/pixel.gif)")
    assert "En älg." in shown
    assert "spion" not in shown


def test_quotes_code_rules_breaks_and_emphasis_have_their_elements() -> None:
    shown = html("> citat\n\n```\nkod <x>\n```\n\n---\n\nrad  \nny *lätt* **stark** `k`")
    for tag in ("<blockquote", "<pre", "<hr", "<br />", "<em>", "<strong>", "<code"):
        assert tag in shown


@given(st.text(max_size=120))
def test_whatever_the_author_writes_becomes_well_formed(text: str) -> None:
    document = paragraph(Span(SpanKind.TEXT, 1, 1, text))
    written = str(to_html(document))
    clean = "".join(sign for sign in written if sign.isprintable() or sign in " \n")
    assert etree.fromstring(clean).tag == "p"
