"""A person's word about a post: what its network calls it is read from its address, where that says so."""

from __future__ import annotations

import pytest

from comms.app.reconciling import name_in

_DID = "did:plc:abc234"


@pytest.mark.parametrize(
    ("network", "link", "name"),
    [
        ("mastodon", "https://social.example/@leader/113500000000000001", "113500000000000001"),
        ("mastodon", "https://social.example/@leader", ""),
        ("linkedin", "https://www.linkedin.com/feed/update/urn:li:share:71/", "urn:li:share:71"),
        ("facebook", "https://www.facebook.com/1060001/posts/77", "1060001_77"),
        ("facebook", "https://www.facebook.com/1060001_77", "1060001_77"),
        ("facebook", "https://www.facebook.com/leader/posts/pfbid02abc", ""),
        ("bluesky", f"https://bsky.app/profile/{_DID}/post/3kab", f"at://{_DID}/app.bsky.feed.post/3kab"),
        ("bluesky", "https://bsky.app/profile/leader.example/post/3kab", ""),
        ("threads", "https://www.threads.net/@leader/post/C8abc", ""),
    ],
)
def test_the_id_is_read_from_an_address_that_has_it_and_never_guessed(
    network: str, link: str, name: str
) -> None:
    assert name_in(link, network) == name
