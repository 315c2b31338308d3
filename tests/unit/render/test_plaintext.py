"""Documents as plain text: 72 columns, links collected."""

from __future__ import annotations

from comms.render.plaintext import WIDTH, Links, to_text, wrapped
from comms.text.markdown import parse_markdown


def text(source: str) -> str:
    return to_text(parse_markdown(source))


def test_running_text_is_broken_at_72_columns_and_never_in_a_word() -> None:
    source = "landsbygdsutveckling " * 20
    lines = text(source).split("\n")
    assert max(map(len, lines)) <= WIDTH
    assert {word for line in lines for word in line.split()} == {"landsbygdsutveckling"}


def test_an_address_longer_than_a_line_stays_whole() -> None:
    address = "https://leader.example/" + "a" * 80
    assert address in wrapped(f"se {address}")


def test_links_are_numbered_and_listed_at_the_end() -> None:
    assert text("[Ett](https://a.example) och [två](https://b.example)") == (
        "Ett [1] och två [2]\n\n[1] https://a.example\n[2] https://b.example"
    )


def test_the_same_address_keeps_its_number_through_a_letter() -> None:
    links = Links()
    to_text(parse_markdown("[a](https://a.example)"), links=links)
    assert to_text(parse_markdown("[b](https://a.example)"), links=links) == "b [1]"


def test_an_address_that_is_its_own_text_is_not_listed() -> None:
    assert text("[kansli@leader.example](mailto:kansli@leader.example)") == "kansli@leader.example"


def test_lists_have_hanging_indents() -> None:
    lines = text("- " + "ord " * 30).split("\n")
    assert lines[0].startswith("- ord")
    assert lines[1].startswith("  ord")


def test_numbered_lists_count_from_their_start() -> None:
    assert text("3. tre\n4. fyra") == "3. tre\n4. fyra"


def test_quotes_code_tables_and_rules_are_readable() -> None:
    assert text("> citat\n\n```\nkod\n```\n\n---\n\n| a | b |\n|---|---|\n| c | d |") == (
        "> citat\n\n    kod\n\n* * *\n\na | b\nc | d"
    )


def test_strong_words_are_marked_and_hard_breaks_kept() -> None:
    assert text("**Viktigt.** Rad  \nny rad") == "*Viktigt.* Rad\nny rad"
