"""What an officer says of a post in an item: read whole, each fault told at its value."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from comms.model.item import PostDraft, Show, WhenLong
from tests.unit.content.desk import good, loaded, said, written


def test_a_post_is_read_with_all_that_may_be_said_of_it(tmp_path: Path) -> None:
    rows = (
        "text: Hej, comment: 'Läs mer: https://leader.example', warning: Bilder på ormar, when_long: thread, "
        "show: card, repeat: ja, latest: 6h"
    )
    (post,) = good(tmp_path, written(posts=f"{{mastodon: {{{rows}}}}}")).posts
    assert post == PostDraft(
        channel="mastodon",
        text="Hej",
        at=None,
        line=7,
        comment="Läs mer: https://leader.example",
        warning="Bilder på ormar",
        when_long=WhenLong.THREAD,
        show=Show.CARD,
        repeat=True,
        latest=timedelta(hours=6),
    )


@pytest.mark.parametrize("nothing", ["{mastodon: {}}", "{mastodon: }", "{mastodon: {latest: , show: }}"])
def test_what_is_not_said_is_as_usual(tmp_path: Path, nothing: str) -> None:
    (post,) = good(tmp_path, written(posts=nothing)).posts
    assert post == PostDraft("mastodon", "", None, 7)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("when_long: kapa", "C115 ”kapa” är inte känt i ”posts.mastodon.when_long”."),
        ("show: bild", "C115 ”bild” är inte känt i ”posts.mastodon.show”."),
        ("latest: snart", "C114 ”snart” är ingen tidslängd."),
        ("repeat: kanske", "C114 ”posts.mastodon.repeat” ska vara ja eller nej."),
        ('warning: "två\\nrader"', "C114 ”posts.mastodon.warning” ska stå på en rad."),
        ("comment: [a]", "C114 ”posts.mastodon.comment” ska vara en text, inte en lista."),
    ],
)
def test_a_fault_in_what_is_said_of_a_post_is_told_at_its_value(
    tmp_path: Path, row: str, expected: str
) -> None:
    _, problems = loaded(tmp_path, written(posts=f"{{mastodon: {{{row}}}}}"))
    (told,) = said(problems)
    assert told.partition(" ")[2] == expected
