"""The conversation with Bluesky: with its own server where that is installed, and with ours.

What both are asked (`Side`) shows that ours is like the real one.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import requests

from comms.channels.base import Passing
from comms.channels.bluesky_record import COLLECTION, feature, record, record_key
from comms.errors import ChannelDown
from comms.model.ledger import Absent, Receipt
from comms.model.network import Part, PartKind
from comms.text.facets import facets
from comms.text.segments import parse_segments
from tests.fakes import pds
from tests.fakes.bluesky import ANNA, HANDLE, Bluesky, lexicon_faults
from tests.fakes.bluesky_sides import (
    TEXT,
    Side,
    found,
    our_side,
    outcome,
    place,
    png,
    post,
    real_side,
    with_card,
)
from tests.fakes.examples import NOW

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def real() -> Iterator[Side]:
    if reason := pds.why_not():
        pytest.skip(reason)
    with pds.Pds() as server:
        yield real_side(server)


@pytest.fixture(params=["ours", "real"])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    if request.param == "ours":
        with Bluesky() as fake:
            yield our_side(fake)
    else:
        yield request.getfixturevalue("real")


# What a post becomes, on both


def test_a_post_says_its_text_its_language_and_when_it_was_made(side: Side) -> None:
    made = post("text", created_at=datetime(2026, 12, 1, 9, 30, tzinfo=timezone(timedelta(hours=1))))
    told, passed = outcome(side.channel(), made)
    stored = side.of(made)
    assert passed == 1
    assert stored is not None
    assert (stored["text"], stored["langs"]) == (TEXT, ["sv"])
    assert stored["createdAt"] == "2026-12-01T08:30:00.000Z"
    assert isinstance(told, Receipt)
    assert told.id.startswith("at://did:plc:")
    assert told.answer == f"https://bsky.app/profile/{side.handle}/post/{record_key(made)}"


def test_pictures_are_described_and_have_their_shape(side: Side) -> None:
    made = post("bilder", pictures=2)
    outcome(side.channel(), made)
    stored = side.of(made)
    assert stored is not None
    assert stored["embed"]["$type"] == "app.bsky.embed.images"
    shown = [(each["alt"], each["aspectRatio"], each["image"]["size"]) for each in stored["embed"]["images"]]
    shape, size = {"width": 40, "height": 30}, len(png())
    assert shown == [("Brygga 0 i kvällsljus", shape, size), ("Brygga 1 i kvällsljus", shape, size)]


def test_links_tags_and_mentions_can_be_followed(side: Side) -> None:
    name = {HANDLE: "anna.example"}.get(side.handle, pds.ANNA)
    made = post("facetter", f"Åh 🚣‍♀️ @{name} och @ingen.test: #stads-land på https://leader.example/å.")
    outcome(side.channel(), made)
    stored = side.of(made)
    assert stored is not None
    raw = stored["text"].encode()
    marked = {
        raw[each["index"]["byteStart"] : each["index"]["byteEnd"]].decode(): each["features"][0]
        for each in stored["facets"]
    }
    assert marked == {
        f"@{name}": {"$type": "app.bsky.richtext.facet#mention", "did": side.anna},
        "#stads-land": {"$type": "app.bsky.richtext.facet#tag", "tag": "stads-land"},
        "https://leader.example/å": {
            "$type": "app.bsky.richtext.facet#link",
            "uri": "https://leader.example/å",
        },
    }


def test_a_link_is_shown_as_a_card_that_we_make(side: Side) -> None:
    made = with_card(post("kort"), png(120, 63))
    outcome(side.channel(), made)
    stored = side.of(made)
    assert stored is not None
    shown = stored["embed"]["external"]
    assert (shown["uri"], shown["title"], shown["description"]) == (
        "https://leader.example/brygga",
        "Ny brygga",
        "Arvika får en brygga",
    )
    assert (shown["thumb"]["mimeType"], shown["thumb"]["size"]) == ("image/png", len(png(120, 63)))


def test_pictures_go_before_a_card(side: Side) -> None:
    made = with_card(post("bild-och-kort", pictures=1), png())
    outcome(side.channel(), made)
    stored = side.of(made)
    assert stored is not None
    assert stored["embed"]["$type"] == "app.bsky.embed.images"


def test_a_thread_hangs_together(side: Side) -> None:
    first = post("tråd")
    more = tuple(
        Part(kind, parse_segments(text, "bluesky"), len(text))
        for kind, text in ((PartKind.REPLY, "Och den är röd."), (PartKind.COMMENT, "Läs mer på #bygdeliv"))
    )
    first = replace(first, post=replace(first.post, more=more))
    channel = side.channel()
    root = channel.deliver(first, point_of_no_return=lambda: None).id
    second = replace(first, key="tråd.2", part=1, root=root, parent=root)
    reply = channel.deliver(second, point_of_no_return=lambda: None).id
    third = replace(first, key="tråd.3", part=2, root=root, parent=reply)
    told, _ = outcome(channel, third)
    stored = side.of(third)
    assert stored is not None
    assert [stored["reply"][end]["uri"] for end in ("root", "parent")] == [root, reply]
    assert (stored["text"], "embed" in stored) == ("Läs mer på #bygdeliv", False)
    assert len({root, reply, place(told)}) == 3


# Once, on both


def test_the_same_post_twice_is_one_record_and_one_receipt(side: Side) -> None:
    made = post("igen", pictures=1)
    before = len(side.records())
    first, _ = outcome(side.channel(), made)
    again, passed = outcome(side.channel(), made)
    assert first == again
    assert (passed, len(side.records()) - before) == (1, 1)


def test_another_text_under_the_same_name_leaves_the_first_and_finds_it(side: Side) -> None:
    made = post("ändrad")
    first, _ = outcome(side.channel(), made)
    again, _ = outcome(side.channel(), replace(post("ändrad", "Något annat"), created_at=NOW))
    assert first == again
    stored = side.of(made)
    assert stored is not None
    assert stored["text"] == TEXT


def test_a_second_attempt_looks_first(side: Side) -> None:
    made = post("andra-försöket")
    first, _ = outcome(side.channel(), made)
    assert outcome(side.channel(), replace(made, attempt=2)) == (first, 1)
    if side.fake is not None:
        assert sum("putRecord" in line for line in side.fake.server.lines()) == 1


def test_a_look_is_certain_before_and_after(side: Side) -> None:
    made = post("titta")
    assert found(side.channel(), made) == Absent()
    told, _ = outcome(side.channel(), made)
    assert found(side.channel(), made) == told


# The session, on both


def test_a_session_is_kept_and_renewed_when_it_is_too_old(side: Side) -> None:
    memory = Passing()
    outcome(side.channel(memory), post("session-1"))
    kept = memory.recall("session")
    outcome(side.channel(memory), post("session-2"))
    assert memory.recall("session") == kept
    side.expire(memory)
    told, _ = outcome(side.channel(memory, password="fel-lösenord"), post("session-3", pictures=1))
    assert isinstance(told, Receipt)  # by the renewed session: the password would not have done
    assert memory.recall("session") != kept


def test_a_session_that_cannot_be_renewed_is_made_anew(side: Side) -> None:
    memory = Passing()
    outcome(side.channel(memory), post("session-4"))
    kept = json.loads(memory.recall("session"))
    memory.keep("session", json.dumps(kept | {"access": "gammal", "renewal": "gammal"}), secret=True)
    told, _ = outcome(side.channel(memory), post("session-5"))
    assert isinstance(told, Receipt)


def test_a_wrong_password_rests_the_channel(side: Side) -> None:
    made = post("fel-lösenord")
    told, passed = outcome(side.channel(Passing(), password="abcd-fel"), made)
    assert (type(told), passed, side.of(made)) == (ChannelDown, 0, None)
    assert "applösenord" in str(told)


def test_a_look_without_a_way_in_rests_the_channel(side: Side) -> None:
    with pytest.raises(ChannelDown):
        found(side.channel(Passing(), password="abcd-fel"), post("fel"))


# What ours takes is what the real one takes


def _too_long(key: str, text: str) -> dict[str, Any]:
    return record(post(key, text), [], None, None)


def _tag(key: str, letters: int) -> dict[str, Any]:
    made = _too_long(key, "#" + "å" * 10)
    features = [{"$type": "app.bsky.richtext.facet#tag", "tag": "å" * letters}]
    return made | {"facets": [{"index": {"byteStart": 0, "byteEnd": 21}, "features": features}]}


def _image(key: str, size: int, **changes: object) -> dict[str, Any]:
    blob = {"$type": "blob", "ref": {"$link": ""}, "mimeType": "image/png", "size": size}
    image = {"image": blob, "alt": ""} | changes
    return _too_long(key, "Bild") | {"embed": {"$type": "app.bsky.embed.images", "images": [image]}}


def _thumb(key: str, size: int) -> dict[str, Any]:
    blob = {"$type": "blob", "ref": {"$link": ""}, "mimeType": "image/png", "size": size}
    card = {"uri": "https://leader.example/", "title": "", "description": "", "thumb": blob}
    return _too_long(key, "Kort") | {"embed": {"$type": "app.bsky.embed.external", "external": card}}


EDGES = [
    (_too_long("300", "å" * 300), True),
    (_too_long("301", "å" * 301), False),
    (_too_long("familjer", "👨‍👩‍👧‍👦" * 120), True),
    (_too_long("för många byte", "👨‍👩‍👧‍👦" * 121), False),
    (_tag("64", 64), True),
    (_tag("65", 65), False),
    (_too_long("tre språk", "Hej") | {"langs": ["sv", "fi", "en"]}, True),
    (_too_long("fyra språk", "Hej") | {"langs": ["sv", "fi", "en", "nb"]}, False),
    (_image("bild", 2_000_000), True),
    (_image("för stor bild", 2_000_001), False),
    (_image("platt bild", 60, aspectRatio={"width": 1, "height": 0}), False),
    (_thumb("tumnagel", 1_000_000), True),
    (_thumb("för stor tumnagel", 1_000_001), False),
]


@pytest.mark.parametrize(("edge", "fits"), EDGES, ids=[f"{number}" for number in range(len(EDGES))])
def test_the_limits_are_those_of_the_real_server(side: Side, edge: dict[str, Any], fits: bool) -> None:
    assert (not lexicon_faults(edge)) is fits
    found(side.channel(), post("inloggad"))
    session = json.loads(side.memory.recall("session"))
    key = {"Authorization": f"Bearer {session['access']}"}

    def ask(method: str, **wanted: Any) -> requests.Response:  # noqa: ANN401 - as requests takes it
        headers = key | wanted.pop("headers", {})
        return requests.post(
            f"{side.url}/xrpc/com.atproto.repo.{method}", headers=headers, timeout=20, **wanted
        )

    for blob in _blobs(edge):
        content = png().ljust(blob["size"], b"\0")
        named = ask("uploadBlob", data=content, headers={"Content-Type": "image/png"}).json()["blob"]
        blob.update(named)
    wanted = {
        "repo": session["did"],
        "collection": COLLECTION,
        "record": edge,
        "rkey": record_key(post(str(edge))),
    }
    answer = ask("putRecord", json=wanted)
    assert (answer.status_code, answer.json().get("error")) == (
        (200, None) if fits else (400, "InvalidRequest")
    )


def _blobs(made: dict[str, Any]) -> list[dict[str, Any]]:
    embed = made.get("embed", {})
    images = [each["image"] for each in embed.get("images", [])]
    return images + [embed["external"][name] for name in ("thumb",) if "external" in embed]


# What a record is, without a server


def test_a_records_name_is_a_tid_of_its_second_and_the_same_for_ever() -> None:
    # The form: https://github.com/bluesky-social/atproto/blob/main/interop-test-files/syntax/tid_syntax_valid.txt
    chance = random.Random(7)  # noqa: S311 - times, not secrets
    names = set()
    for number in range(500):
        at = datetime.fromtimestamp(chance.randrange(1_700_000_000, 4_000_000_000), UTC)
        name = record_key(post(f"inlägg {number}", publish_at=at))
        assert re.fullmatch("[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", name)
        micros = (
            sum("234567abcdefghijklmnopqrstuvwxyz".index(c) << 5 * n for n, c in enumerate(name[::-1])) >> 10
        )
        assert micros // 1_000_000 == at.timestamp()
        assert name == record_key(post(f"inlägg {number}", "annan text", publish_at=at))
        names.add(name)
    assert len(names) == 500
    assert record_key(post("bryggan")) == "3n3lrow7p6fbi"


def test_records_of_any_text_keep_to_the_lexicon_and_point_at_what_they_say() -> None:
    chance = random.Random(11)  # noqa: S311 - texts, not secrets
    pieces = [
        "Åsebyn ",
        "é",
        "e\u0301",
        "👨‍👩‍👧‍👦",
        "#småföretag ",
        "#stads-land ",
        "@anna.example ",
        "https://å.example/ö ",
        "\n",
    ]
    for number in range(400):
        text = "".join(chance.choices(pieces, k=chance.randrange(1, 40)))
        made = post(f"{number}", text)
        marks = facets(made.what.segments)
        features = [each for one in marks if (each := feature(one, {"anna.example": ANNA}))]
        written = record(made, features, None, None)
        within = made.post.length <= 300 and len(written["text"].encode()) <= 3000
        assert (lexicon_faults(written) == []) is within
        raw = written["text"].encode()
        for each in features:
            shown = raw[each["index"]["byteStart"] : each["index"]["byteEnd"]].decode()
            assert shown in {"#småföretag", "#stads-land", "@anna.example", "https://å.example/ö"}


@pytest.mark.parametrize("tag", ["a" * 65, "a" + "b\u0301\u0302\u0323\u0324\u0325\u0330" * 60])
def test_a_tag_that_is_too_long_stays_text(tag: str) -> None:
    (mark,) = facets(parse_segments(f"#{tag}", "bluesky"))
    assert feature(mark, {}) is None
