"""The page ”think the opposite”: all of an item is on it, and what is changed can be told."""

from __future__ import annotations

import re
from dataclasses import replace

from comms.model.item import Item, Person
from comms.render.swapped import swapped_page
from comms.text.markdown import parse_markdown
from tests.unit.render import build

MARIA = Person("Maria Berg", "lantbrukare", "", "", 1)


def item(body: str = "Hon bygger.", **changes: object) -> Item:
    made = replace(build.ITEM, body=parse_markdown(body), people=(MARIA,))
    return replace(made, **changes)  # type: ignore[arg-type]  # tests name real fields


def page(*items: Item) -> str:
    return swapped_page(items, name="Leader Prov", made="Gjort i dag.")


def read(html: str) -> str:
    """The words of a page as a reader has them, what was before left out."""
    without = re.sub(r"<details>.*?</details>|<del.*?</del>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", without).split())


def test_the_page_says_that_it_is_never_sent() -> None:
    assert "Sidan sänds aldrig" in read(page(item()))


def test_a_changed_word_is_marked_without_colour_and_followed_by_what_it_was() -> None:
    html = page(item("Vi frågade **henne** om gården."))
    assert '<strong><ins>honom</ins></strong> <del class="soft">henne</del>' in html
    assert "Vi frågade honom om gården." in read(html)


def test_a_masked_name_is_not_written_beside_its_mask_but_in_the_list_of_changes() -> None:
    html = page(item("Maria Berg bygger. Maria är glad.", title="Bygget"))
    assert "Person A bygger. Person A är glad." in read(html)
    text, changes = html.split("Bytt på 2 sätt")
    assert "Maria" not in text
    assert "<li>Maria Berg → Person A</li>" in changes


def test_words_with_emphasis_between_are_read_as_one_text() -> None:
    assert "En kvinna kom." in read(page(item("En *man* kom.")))


def test_title_summary_leads_pictures_and_posts_are_on_the_page_too() -> None:
    picture = replace(build.PICTURE, alt="Hon lyfter en sten.", caption="Mamma på bygget.")
    whole = item(
        title="Hon vann",
        summary="Kvinnan som vann.",
        leads={"offices": "Mamman i kommunen."},
        pictures=(picture,),
        posts=(build.draft("Hon säger ja."),),
    )
    told = read(page(whole))
    for words in (
        "Han vann",
        "Mannen som vann.",
        "Pappan i kommunen.",
        "Han lyfter en sten. Pappa på bygget.",
    ):
        assert words in told
    assert "Han säger ja." in told


def test_an_item_without_any_word_to_swap_says_so() -> None:
    plain = item("Vi bygger.", people=(), title="Bygget", summary="Nu.")
    assert "Inget att byta" in page(plain)
    assert "Inget att byta" not in page(item())


def test_headings_and_list_items_look_like_what_they_are() -> None:
    html = page(item("## Kvinnor\n\n- Hon\n\n> Han"))
    assert "<h3><strong><ins>Män</ins></strong>" in html
    assert 'list-item;list-style:disc;margin-left:1.25rem"><strong><ins>Han</ins>' in html


def test_content_is_escaped() -> None:
    assert "<script>" not in page(item("Hon", title="<script>hon</script>"))


def test_without_items_there_is_a_page_all_the_same() -> None:
    assert "Det finns ingen nyhet att visa." in page()
