"""The log of the pages holds no token and no address."""

from __future__ import annotations

import pytest

from comms.web.log import masked

TOKEN = "AVWqfbk4tHhE2Cz0G1yWq8xkKsM8cJp1dQ"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/prenumerera/", "/prenumerera/"),
        (f"/u/{TOKEN}", "/u/***"),
        (f"/c/{TOKEN}", "/c/***"),
        (f"/p/{TOKEN}", "/p/***"),
        (f"/u/{TOKEN}/", "/u/***/"),
        (f"/u/{TOKEN};x", "/u/***"),
        (f"/brev/u/{TOKEN}", "/brev/u/***"),
        (f"//u/{TOKEN}", "//u/***"),
        ("/anna@kommun.example", "***"),
        ("/a\nb\x1b[31m", "/a?b?[31m"),
        ("/" + "x" * 500, "/" + "x" * 119),
    ],
)
def test_a_path_is_logged_without_tokens_addresses_and_signs_that_forge_a_line(path: str, shown: str) -> None:
    assert masked(path) == shown
