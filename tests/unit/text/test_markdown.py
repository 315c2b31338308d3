"""Markdown becomes blocks and spans that keep their places; nothing is shown to the wrong readers."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comms.model.document import Block, BlockKind, Document, Span, SpanKind
from comms.text.markdown import markup_faults, parse_markdown

HOSTILE = st.text(max_size=200).map(lambda text: text.replace("\r", "\n"))
MARKUP = st.lists(
    st.sampled_from(
        [
            "::: for a",
            "::: for b",
            ":::",
            "::::",
            "::: fro a",
            "text",
            "> ",
            "- ",
            "1. ",
            "```",
            "~~~",
            "    ",
            "# ",
            "| a | b |",
            "|---|---|",
            "*x*",
            "**",
            "[l](x)",
            "![b](p.png)",
            "`",
            "<!-- ",
            " -->",
            "\n",
            "\n\n",
        ]
    ),
    max_size=25,
).map("".join)
LINES = st.lists(
    st.sampled_from(
        [
            "::: for a",
            "::: for b",
            ":::",
            "::::",
            ":::: for a",
            "  ::: for a",
            "> ::: for a",
            "> :::",
            "- ::: for b",
            "",
            "HEMLIG",
            "- punkt",
            "  HEMLIG",
            "> citat",
            "```",
            "    ```",
            "<!--",
            "-->",
            "1. ett",
            "| a |",
            "|---|",
        ]
    ),
    max_size=14,
).map("\n".join)


def text_at(source: str, line: int, column: int) -> str:
    """What stands in a source from a place to the end of its line."""
    return source.split("\n")[line - 1][column - 1 :]


def texts(source: str) -> list[tuple[str, int, int]]:
    """Every piece of text with its line and column."""
    found = parse_markdown(source).spans()
    return [(span.text, span.line, span.column) for span in found if span.text and span.kind is SpanKind.TEXT]


def said(source: str) -> list[tuple[int, str]]:
    """Line and message of every fault."""
    return [(fault.line, str(fault.message)) for fault in markup_faults(source)]


def everything(document: Document) -> str:
    """All that a reader could see."""
    spans = "".join(span.text + span.href for span in document.spans())
    return spans + "".join(block.text for block in document.walk())


def kinds(document: Document) -> list[BlockKind]:
    """The kinds of all blocks, in reading order."""
    return [block.kind for block in document.walk()]


# Blocks and spans


def test_blocks_of_every_kind_are_read_with_their_lines() -> None:
    source = (
        "# Rubrik\n\nStycke.\n\n- ett\n- två\n\n3. tre\n4. fyra\n\n> Citat.\n\n```\nkod\n```\n\n---\n\n"
        "| a | b |\n|---|---|\n| c | d |\n\n::: for public\nFör alla.\n:::\n"
    )

    blocks = parse_markdown(source, first_line=11).blocks

    assert [(block.kind, block.line) for block in blocks] == [
        (BlockKind.HEADING, 11),
        (BlockKind.PARAGRAPH, 13),
        (BlockKind.LIST, 15),
        (BlockKind.LIST, 18),
        (BlockKind.QUOTE, 21),
        (BlockKind.CODE, 23),
        (BlockKind.RULE, 27),
        (BlockKind.TABLE, 29),
        (BlockKind.FOR, 33),
    ]
    assert (blocks[0].level, blocks[0].plain()) == (1, "Rubrik")
    assert (blocks[2].ordered, len(blocks[2].children)) == (False, 2)
    assert (blocks[3].ordered, blocks[3].start) == (True, 3)
    assert blocks[5].text == "kod\n"
    assert (blocks[8].audience, blocks[8].children[0].plain()) == ("public", "För alla.")


def test_a_table_has_rows_of_cells_and_header_cells_are_marked() -> None:
    table = parse_markdown("| a | b |\n|---|---|\n| c |  |\n").blocks[0]

    assert [row.kind for row in table.children] == [BlockKind.TABLE_ROW, BlockKind.TABLE_ROW]
    assert [[(cell.plain(), cell.level) for cell in row.children] for row in table.children] == [
        [("a", 1), ("b", 1)],
        [("c", 0), ("", 0)],
    ]


def test_spans_of_every_kind_are_read() -> None:
    spans = (
        parse_markdown("Se *det* **här**: `kod` [länk](https://a.example) ![bild](p.png)\\\nslut")
        .blocks[0]
        .spans
    )

    assert [(span.kind, span.plain(), span.href) for span in spans if span.plain().strip(": ")] == [
        (SpanKind.TEXT, "Se ", ""),
        (SpanKind.EMPHASIS, "det", ""),
        (SpanKind.STRONG, "här", ""),
        (SpanKind.CODE, "kod", ""),
        (SpanKind.LINK, "länk", "https://a.example"),
        (SpanKind.IMAGE, "bild", "p.png"),
        (SpanKind.BREAK, "\n", ""),
        (SpanKind.TEXT, "slut", ""),
    ]


def test_an_images_alternative_text_has_no_markup() -> None:
    (image,) = parse_markdown("![En *liten* bro &amp; en å](bro.png)").blocks[0].spans

    assert (image.kind, image.text, image.href) == (SpanKind.IMAGE, "En liten bro & en å", "bro.png")


def test_lines_of_a_paragraph_are_joined_by_a_blank() -> None:
    assert parse_markdown("En rad\noch en till").blocks[0].plain() == "En rad och en till"


def test_indented_text_is_a_paragraph_not_code() -> None:
    assert kinds(parse_markdown("    Indraget av misstag.")) == [BlockKind.PARAGRAPH]


@pytest.mark.parametrize(
    "source", ["<b>fet</b>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>"]
)
def test_html_is_text(source: str) -> None:
    document = parse_markdown(source)

    assert kinds(document) == [BlockKind.PARAGRAPH]
    assert {span.kind for span in document.spans()} == {SpanKind.TEXT}
    assert document.blocks[0].plain() == source


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "vbscript:x", "data:text/html,x", "file:///etc/passwd"]
)
def test_an_address_that_runs_code_is_no_link(address: str) -> None:
    assert SpanKind.LINK not in {span.kind for span in parse_markdown(f"[klicka]({address})").spans()}


# Places


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "Ett *två* **tre** fyra",
            [("Ett ", 1, 1), ("två", 1, 6), (" ", 1, 10), ("tre", 1, 13), (" fyra", 1, 18)],
        ),
        ("Ett **två *tre* fyra**", [("Ett ", 1, 1), ("två ", 1, 7), ("tre", 1, 12), (" fyra", 1, 16)]),
        ("Se [en länk](https://a.example) nu", [("Se ", 1, 1), ("en länk", 1, 5), (" nu", 1, 32)]),
        ("- ett\n- två *tre*", [("ett", 1, 3), ("två ", 2, 3), ("tre", 2, 8)]),
        ("1. ett\n2. 2 stolar", [("ett", 1, 4), ("2 stolar", 2, 4)]),
        ("> citat\n> mer", [("citat", 1, 3), (" ", 1, 8), ("mer", 2, 3)]),
        ("## Rubrik", [("Rubrik", 1, 4)]),
        ("| a | a |\n|---|---|\n| b | a b |", [("a", 1, 3), ("a", 1, 7), ("b", 3, 3), ("a b", 3, 7)]),
        ("a a *a* a", [("a a ", 1, 1), ("a", 1, 6), (" a", 1, 8)]),
        ("\\*ett\\* två *tre*", [("*ett* två ", 1, 1), ("tre", 1, 14)]),
        ("Kaffe &amp; te &#8211; *nu*", [("Kaffe & te – ", 1, 1), ("nu", 1, 25)]),
        ("*\\[a\\]* b", [("[a]", 1, 2), (" b", 1, 8)]),
        ("före <!-- x --> efter", [("före            efter", 1, 1)]),
        ("ett  \ntvå", [("ett", 1, 1), ("två", 2, 1)]),
    ],
)
def test_text_keeps_its_line_and_column(source: str, expected: list[tuple[str, int, int]]) -> None:
    assert texts(source) == expected


def test_lines_count_from_the_first_line_of_the_file() -> None:
    spans = list(parse_markdown("Ett\n\n- *två*\n", first_line=20).spans())

    assert [(span.line, span.column) for span in spans] == [(20, 1), (22, 4), (22, 4)]


def test_a_mark_stands_where_its_first_text_does() -> None:
    (link,) = parse_markdown("[**fet** länk](https://a.example)").blocks[0].spans

    assert (link.kind, link.line, link.column) == (SpanKind.LINK, 1, 4)


def test_a_mark_without_text_has_a_place() -> None:
    (link,) = parse_markdown("[](https://a.example)").blocks[0].spans

    assert (link.kind, link.line, link.column, link.children) == (SpanKind.LINK, 1, 1, ())


# Comments and exemptions


@pytest.mark.parametrize(
    "source",
    [
        "före <!-- hemligt --> efter",
        "<!-- hemligt -->\n\nText.",
        "<!-- hemligt\növer flera\n\nrader -->\nText.",
        "- punkt <!-- hemligt -->",
        "# Rubrik <!--hemligt-->",
        "```\n<!-- hemligt -->\n```",
        "`<!-- hemligt -->`",
        "| a <!-- hemligt --> |\n|---|",
        "<!---->text<!-- hemligt -->",
    ],
)
def test_a_comment_never_reaches_the_document(source: str) -> None:
    document = parse_markdown(source)

    assert "hemligt" not in everything(document)
    assert "--" not in everything(document)
    assert not markup_faults(source)


def test_a_comment_that_is_never_closed_is_told_before_readers_see_it() -> None:
    (fault,) = markup_faults("Text.\n\nMer <!-- ring Anna\n\nSlut.")

    assert (fault.line, fault.column) == (3, 5)
    assert str(fault.message) == "Kommentaren stängs aldrig: läsarna skulle se den."


def test_text_after_a_comment_keeps_its_place() -> None:
    source = "<!-- a\nb --> *här*"

    assert texts(source)[-1] == ("här", 2, 8)


@pytest.mark.parametrize("quote", ['"så heter det"', "”så heter det”"])
def test_an_exemption_tells_code_reason_and_line(quote: str) -> None:
    (exemption,) = parse_markdown(f"Text.\n\n<!-- comms: ok P101 {quote} -->\nMer.", first_line=5).exemptions

    assert (exemption.code, exemption.reason, exemption.line) == ("P101", "så heter det", 7)


@pytest.mark.parametrize(
    "comment", ["comms: ok", "comms: ok p101", "comms: nej P101", "comms: ok P101 utan citat", "comms:ok P1"]
)
def test_an_exemption_that_cannot_be_read_has_no_code(comment: str) -> None:
    (exemption,) = parse_markdown(f"<!-- {comment} -->\nText.").exemptions

    assert (exemption.code, exemption.reason) == ("", "")


def test_an_ordinary_comment_is_no_exemption() -> None:
    assert parse_markdown("<!-- ok P101 -->\nText.").exemptions == ()


@pytest.mark.parametrize(
    ("source", "scope"),
    [
        ("<!-- comms: ok P101 -->\n\nEtt\n\nTvå", (3, 4)),
        ("Ett\n\n<!-- comms: ok P101 -->\nTvå\n\nTre", (4, 5)),
        ("Ett\ntvå <!-- comms: ok P101 -->\n\nTre", (1, 3)),
        ("Ett\n\n- två\n- tre <!-- comms: ok P101 -->\n\nFyra", (3, 5)),
        ("Ett\n\nTvå\n\n<!-- comms: ok P101 -->", (5, 1_000_000)),
        ("Ett <!-- comms: ok P101 -->", (1, 1_000_000)),
        ("<!-- comms: ok P101 -->", (1, 1_000_000)),
    ],
)
def test_an_exemption_holds_in_its_block_or_the_next(source: str, scope: tuple[int, int]) -> None:
    (exemption,) = parse_markdown(source).exemptions

    assert (exemption.first_line, exemption.last_line) == scope


# Blocks for one audience


def test_an_audience_reads_its_own_blocks_and_no_other() -> None:
    source = "Alla.\n\n::: for a\nBara a.\n:::\n\n::: for b\nBara b.\n:::\n"
    document = parse_markdown(source)

    assert everything(document.for_audience("a")) == "Alla.Bara a."
    assert everything(document.for_audience("b")) == "Alla.Bara b."
    assert everything(document.for_audience("c")) == "Alla."
    assert markup_faults(source) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "::: for a\ntext",
            [(1, "Blocket för en målgrupp är inte stängt: resten av texten skulle hamna i det.")],
        ),
        (
            ":::: for a\nx\n:::",
            [(1, "Blocket för en målgrupp är inte stängt: resten av texten skulle hamna i det.")],
        ),
        (
            "    ::: for a\nx",
            [(1, "Blocket för en målgrupp är inte stängt: resten av texten skulle hamna i det.")],
        ),
        ("x\n\n:::\n", [(3, "Raden ”:::” stänger ett block som inte har öppnats.")]),
        ("::: for a\nx\n:::\n:::", [(4, "Raden ”:::” stänger ett block som inte har öppnats.")]),
        ("::: fro a\nx\n:::", [(1, "Raden ”::: fro a” går inte att läsa.")]),
        ("::: for A\nx\n:::", [(1, "Raden ”::: for A” går inte att läsa.")]),
        ("::: for a b\nx\n:::", [(1, "Raden ”::: for a b” går inte att läsa.")]),
        ("::: for\nx\n:::", [(1, "Raden ”::: for” går inte att läsa.")]),
        ("> ::: fro a\n> x", [(1, "Raden ”::: fro a” går inte att läsa.")]),
        (
            "::: for a\nx\n\n::: for b\ny\n:::\n:::\n",
            [(4, "Blocket öppnas inne i blocket från rad 1.")],
        ),
        (
            "> ::: for a\n> x\n> :::",
            [(1, "Blocket står inne i en lista, ett citat eller ett kodblock, och skulle visas för alla.")],
        ),
        (
            "- ::: for a\n  x\n  :::",
            [(1, "Blocket står inne i en lista, ett citat eller ett kodblock, och skulle visas för alla.")],
        ),
        (
            "```\n::: for a\n```",
            [(2, "Blocket står inne i en lista, ett citat eller ett kodblock, och skulle visas för alla.")],
        ),
        (
            "::: for a\n```\n:::\n```\nhemligt\n:::",
            [(6, "Raden ”:::” stänger ett block som inte har öppnats.")],
        ),
        (
            "::: fro a\nx\n:::\n\n::: for b\ny",
            [
                (1, "Raden ”::: fro a” går inte att läsa."),
                (5, "Blocket för en målgrupp är inte stängt: resten av texten skulle hamna i det."),
            ],
        ),
    ],
)
def test_a_block_that_would_be_misread_is_told(source: str, expected: list[tuple[int, str]]) -> None:
    assert said(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "",
        "::: for a\nx\n:::",
        ":::for a\nx\n:::",
        ":::: for a\nx\n::::",
        "::: for a\nx\n:::::",
        "  ::: for a\n  x\n  :::",
        "text\n::: for a\nx\n:::\ntext",
        "Text ::: mitt i en rad",
        "<!--\n::: for a\n-->",
        "::: for a\n- ett\n- två\n:::",
    ],
)
def test_a_block_that_is_read_as_written_is_no_fault(source: str) -> None:
    assert said(source) == []


def test_faults_count_lines_from_the_first_line_of_the_file() -> None:
    faults = markup_faults("::: for a\n\n::: for b\nx\n:::\n:::", first_line=30)

    assert [(fault.line, str(fault.message)) for fault in faults] == [
        (32, "Blocket öppnas inne i blocket från rad 30.")
    ]


@given(LINES)
@example("> ::: for b\n> HEMLIG\n> :::")
@example(":::: for b\nHEMLIG\n:::\nHEMLIG\n::::")
def test_without_faults_no_block_for_another_audience_is_left_in_what_an_audience_reads(source: str) -> None:
    if not markup_faults(source):
        document = parse_markdown(source)
        kept = [block for block in document.for_audience("a").walk() if block.kind is BlockKind.FOR]
        assert kept == []
        assert all(block.kind is not BlockKind.FOR for top in document.blocks for block in _within(top))


@given(before=LINES, after=LINES)
def test_without_faults_what_stands_in_a_block_is_never_read_by_others(before: str, after: str) -> None:
    plain = before.replace("HEMLIG", "öppet"), after.replace("HEMLIG", "öppet")
    source = f"{plain[0]}\n\n::: for b\n\nVIKTIGT\n\n:::\n\n{plain[1]}"

    if not markup_faults(source) and "<!--" not in source and "```" not in source:
        assert "VIKTIGT" not in everything(parse_markdown(source).for_audience("a"))


# Any text


@given(HOSTILE | MARKUP | LINES)
@example("::: for a\n   ")
@example("*a\n\n\n")
@example("&Tab;&NewLine;*a*")
@example("`a\nb` c")
def test_any_text_is_read_and_every_place_is_within_it(source: str) -> None:
    document = parse_markdown(source)
    lines = source.split("\n")

    for span in document.spans():
        assert 1 <= span.line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
    assert all(1 <= block.line <= len(lines) for block in document.walk())
    assert all(1 <= fault.line <= len(lines) for fault in markup_faults(source))


@given(st.lists(st.text(alphabet="abåäö .,", min_size=1, max_size=12), min_size=1, max_size=6))
def test_running_text_is_found_letter_by_letter(words: list[str]) -> None:
    source = "\n\n".join(f"Hej *{word.strip() or 'x'}* då" for word in words)

    for span in parse_markdown(source).spans():
        if span.kind is SpanKind.TEXT:
            assert text_at(source, span.line, span.column).startswith(span.text)


@pytest.mark.parametrize("source", [">" * 5_000, "- " * 5_000, "[" * 5_000, "*" * 5_000, "`" * 5_000 + "x"])
def test_deep_markup_is_read_to_a_depth(source: str) -> None:
    assert isinstance(parse_markdown(source), Document)


def _within(block: Block) -> list[Block]:
    return [inner for child in block.children for inner in child.walk()]


def test_a_document_without_text_is_empty() -> None:
    assert parse_markdown("") == Document()
    assert isinstance(Span(SpanKind.BREAK, 1, 1).plain(), str)
