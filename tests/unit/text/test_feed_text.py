"""What others wrote comes out as text: no tags, no unseen signs, nothing that Markdown would act on."""

from __future__ import annotations

import random

import pytest

from comms.model.document import BlockKind, SpanKind
from comms.text.feed_text import destination, escaped, harmless, one_line, paragraphs, quotable, shortened
from comms.text.markdown import markup_faults, parse_markdown


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Leden öppnar", "Leden öppnar"),
        ("Leden <b>öppnar</b> &amp; stänger", "Leden öppnar & stänger"),
        ("a < b och 3 > 2", "a < b och 3 > 2"),
        ("Kaffe&nbsp;och bulle", "Kaffe och bulle"),
        ("<script>alert(1)</script>Leden", "Leden"),
        ("<mj-raw>Leden</mj-raw><mj-include path='/etc/passwd'/>", "Leden"),
        ("AT&amp;amp;T", "AT&amp;T"),
        ("{{ 7*7 }}", "{{ 7*7 }}"),
        ("=?utf-8?q?Anna=0D=0ABcc?=", "= ?utf-8?q?Anna=0D=0ABcc?="),
        ("\u202eLeden\u202c \u200bö\u0000ppnar\u2028nu", "Leden öppnar nu"),
        ("Le\u0301den", "Léden"),
        (
            "Familj \U0001f468\u200d\U0001f469\u200d\U0001f467",
            "Familj \U0001f468\u200d\U0001f469\u200d\U0001f467",
        ),
        ("\U000e0041osedd\ud800", "osedd"),
        ("<iframe>borta</iframe><style>p{}</style>kvar", "kvar"),
        ("<!-- dold -->kvar", "kvar"),
    ],
)
def test_a_title_is_text_on_one_line(written: str, seen: str) -> None:
    assert one_line(written, 200) == seen


def test_each_block_is_a_paragraph_and_empty_ones_are_none() -> None:
    found = paragraphs("<div><p>Ett</p><p> </p><ul><li>Två<li>Tre</ul>Fyra<br/>Fem</div>")
    assert found == ["Ett", "Två", "Tre", "Fyra", "Fem"]


def test_text_without_tags_is_parted_by_blank_lines() -> None:
    assert paragraphs("Ett\nett\n\nTvå") == ["Ett ett", "Två"]


def test_what_is_too_long_is_cut_between_words_and_marked() -> None:
    assert shortened("Leden runt sjön öppnar", 17) == "Leden runt sjön…"
    assert shortened("x" * 50, 10) == "x" * 9 + "…"
    assert shortened("Leden", 5) == "Leden"


def test_a_quotation_ends_where_it_may_be_no_longer() -> None:
    assert quotable(["Ett två", "Tre fyra fem"], 12) == "Ett två\n\nTre…"
    assert quotable(["x" * 10, "y"], 10) == "x" * 10


@pytest.mark.parametrize(
    "text",
    [
        "# Rubrik",
        "- punkt",
        "+ punkt",
        "* punkt",
        "> citat",
        "12. steg",
        "12) steg",
        "---",
        "===",
        "***",
        "~~~",
        "```kod",
        "`kod`",
        "*stark* _betonad_ **mycket**",
        "[text](https://prov.example)",
        "![bild](https://prov.example/b.png)",
        "<https://prov.example>",
        "<b>fet</b>",
        "<!-- comms: ok S101 'x' -->",
        "::: for offices",
        ":::",
        "... ::: for offices",
        "5 ::: for offices",
        "12. ::: for offices",
        "| a | b |",
        "&amp; &copy; &#65; &",
        "bakstreck \\* \\",
        "[ref]: https://prov.example",
        "title: a: b",
        "kl. 12.30 i E18–skogen",
    ],
)
def test_markdown_shows_the_very_signs_that_were_written(text: str) -> None:
    source = "\n".join(f"> {line}" for line in (escaped(text), "", escaped(text)))
    document = parse_markdown(source)
    assert markup_faults(source) == []
    assert [block.kind for block in document.walk()] == [
        BlockKind.QUOTE,
        BlockKind.PARAGRAPH,
        BlockKind.PARAGRAPH,
    ]
    assert {span.kind for span in document.spans()} == {SpanKind.TEXT}
    assert [block.plain() for block in document.walk()][1:] == [text, text]
    assert document.exemptions == ()


def test_no_row_of_signs_is_taken_for_mark_up() -> None:
    chance = random.Random(7)  # noqa: S311 - signs, no secrets
    signs = "ab 1.)#*_`~[](){}<>!|\\&;:-+=\"'/"
    for _ in range(1500):
        text = harmless("".join(chance.choice(signs) for _ in range(chance.randrange(1, 12))))
        if not text:
            continue
        document = parse_markdown(f"> {escaped(text)}")
        assert [block.kind for block in document.walk()] == [BlockKind.QUOTE, BlockKind.PARAGRAPH], text
        assert [block.plain() for block in document.walk()][1] == text


def test_a_link_stands_as_it_is_whatever_signs_it_has() -> None:
    link = "https://prov.example/a_(b)*c?x=1&copy;=2&y=3"
    found = parse_markdown(f"[Leden]({destination(link)})").spans()
    assert [span.href for span in found if span.kind is SpanKind.LINK] == [link]
