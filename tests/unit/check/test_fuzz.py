"""No text makes the rules fail, and every problem stands at a place that the text has."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comms.check.engine import check_issue, check_item
from comms.content.terms import shipped_words
from comms.text.encoding import decode
from comms.text.swedish import INVISIBLE
from tests.unit.check.builder import BODY_LINE, CONTEXT, item_with, people, person, photo

_FORMS = sorted({form for term in shipped_words().terms for form in term.forms})
_PIECES = st.one_of(
    st.sampled_from(_FORMS),
    st.sampled_from([
        "Karin Ek", "Karin", "han", "hon", "man", "en", "den sökande", "kvinnlig", "manlig", "chef",
        "lider av", "föreslås inrättas", "genomföra en", "kartläggning", "LAG", "EJFLU", "(LAG)",
        "kl", "kl. 9-17", "9–17", "25/11", "25.11.2026", "vecka 41", "v. 7", "50 000 kr", "10%",
        "0560-160 00", "t.ex.", "m.m.", "1.", "”", "“", '"', "’", "»", "– ", " - ", "—", "!", "!!",
        "?", "…", ".", ",", ":", ";", "(", ")", "/", "%", "§", "\n", "\n\n", "- ", "## ", "# ",
        "> ", "`", "```\n", "*", "**", "[här](https://a.example)", "![](b.png)", "<b>", "&amp;",
        "\\*", "| a | b |\n|---|---|\n", "::: for public\n", ":::\n", "https://a.example/man",
        '<!-- comms: ok S101 "skäl" -->', "<!-- comms: ok", "a@b.example", *map(chr, INVISIBLE),
        "\u00a0", "\u202f", "e\u0301", "👩‍🌾", "\ufffc", "İ", "ß", "ﬁ", "٣", "Ⅷ",
    ]),
    st.text(max_size=12),
)  # fmt: skip
_TEXTS = st.lists(st.tuples(_PIECES, st.sampled_from(["", " ", "  "])), max_size=40).map(
    lambda parts: decode("".join(piece + blank for piece, blank in parts).encode("utf-8", "replace"))[0] or ""
)
"""As a file is read: without control signs, in composed letters."""


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_TEXTS)
def test_every_problem_of_any_text_stands_inside_it(body: str) -> None:
    shown = photo("Karin Ek", alt=body[:80])
    item = item_with(
        body, people=(*people("Karin Ek", "Ola Berg"), person("Ann Ö", role=body[:60])), pictures=(shown,)
    )

    problems = [*check_item(item, context=CONTEXT), *check_issue("Brevet", [item, item], context=CONTEXT)]

    lines = body.split("\n")
    for problem in problems:
        line = problem.location.line - BODY_LINE
        if line < 0:
            assert problem.location.line >= 1
        else:
            assert line < len(lines), problem
            assert 0 <= problem.location.column <= len(lines[line]) + 1, problem
        assert str(problem.message)
        assert str(problem.hint)


@settings(max_examples=100, deadline=None)
@given(_TEXTS)
def test_the_same_text_gives_the_same_problems_in_reading_order(body: str) -> None:
    first = check_item(item_with(body), context=CONTEXT)

    assert first == check_item(item_with(body), context=CONTEXT)
    assert first == sorted(first, key=lambda problem: (problem.location.line, problem.location.column))
