"""From a picture in an item to what a network gets: fitted, the card drawn, frozen as it was approved."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image

from comms.app.house import House, open_house
from comms.app.judging import render_item_post
from comms.app.posting_pictures import Illustrated, Kept, for_network, illustrated
from comms.content.files import sha256
from comms.content.fitting import Fitted, fitted
from comms.errors import ContentError
from comms.model.item import Fit, Item
from comms.model.network import Card, Media, PictureRule
from comms.render.post import sealed
from comms.store import open_store
from comms.text.networks import NETWORKS
from tests.journey.workspaces import ITEM, PICTURE, WEEK_BEFORE, Office

DAY = date(2026, 12, 3)
CHANNELS = ("bluesky", "linkedin", "instagram")


def ways_out(office: Office, images: str = "", posts: str = "") -> None:
    """Give the office three more channels, each with a post, and say more of the item's picture."""
    more = "".join(
        f"  {slug}: {{kind: file, network: {slug}, slots: [thu 12:00], max_lateness: 3h}}\n"
        for slug in CHANNELS
    )
    settings = (office.folder / "comms.yaml").read_text()
    office.write("comms.yaml", settings.replace("  mastodon: {kind", f"{more}  mastodon: {{kind"))
    item = (office.folder / ITEM).read_text()
    item = item.replace(
        "posts:\n", f"{images}posts:\n" + "".join(f"  {slug}: {{{posts}}}\n" for slug in CHANNELS)
    )
    office.write(ITEM, item)


def draw(office: Office, size: tuple[int, int]) -> None:
    """Red above, blue below."""
    image = Image.new("RGB", size, "#c81e1e")
    image.paste("#1e1ec8", (0, size[1] // 2, *size))
    image.save(office.folder / PICTURE)


def made(office: Office, channel: str, day: date = DAY) -> Illustrated:
    """The item's post for a channel as it would go out on a day."""
    house, item = opened(office)
    return illustrated(house, item, render_item_post(house.settings, item, f"bryggan.{channel}.1"), day)


def opened(office: Office) -> tuple[House, Item]:
    house = open_house(office.folder)
    return house, house.workspace.items["bryggan"]


def test_a_picture_is_cropped_around_what_its_item_says_matters(office: Office) -> None:
    ways_out(office, "    focal: [50, 100]\n")
    draw(office, (1000, 2000))

    media = made(office, "instagram").post.media[0]
    content = made(office, "instagram").blobs[media.sha256][1]

    assert (media.width, media.height, media.media_type) == (1000, 1250, "image/jpeg")
    assert media.crop is not None
    assert (media.crop.top, media.crop.height, media.focal) == (0.375, 0.625, (0.5, 1.0))
    assert Image.open(io.BytesIO(content)).size == (1000, 1250)


def test_a_picture_with_edges_is_said_to_have_them(office: Office) -> None:
    ways_out(office, "    fit: pad\n")
    draw(office, (1000, 2000))

    media = made(office, "instagram").post.media[0]

    assert (media.crop, media.padded) == (None, True)


def test_what_was_done_to_a_picture_is_told(office: Office) -> None:
    ways_out(office)
    draw(office, (3000, 2000))

    found = made(office, "instagram")

    assert [*map(str, found.changes[found.post.media[0].sha256])] == [
        "Förminskad från 3000 × 2000 till 1440 × 960 bildpunkter.",
        "Gjord om till JPEG.",
    ]


@pytest.mark.parametrize("channel", ["bluesky", "linkedin"])
def test_where_the_network_makes_no_card_its_picture_is_the_items_link_card(
    office: Office, channel: str
) -> None:
    ways_out(office, posts="show: card")
    draw(office, (600, 600))

    found = made(office, channel)

    picture = picture_of(found.post.card)
    kind, content = found.blobs[picture.sha256]
    thumb = NETWORKS[channel].thumb
    assert thumb is not None
    assert (picture.width, picture.height, picture.alt) == (1200, 630, "En ny brygga i Eda")
    assert (kind, sha256(content)) == (picture.media_type, picture.sha256)
    assert len(content) <= thumb.max_bytes
    assert picture.path.startswith("media/kort-")
    assert found.post == sealed(found.post), "its hash is of the card's picture too"


def test_a_card_shows_no_picture_without_a_consent_for_the_channel_on_the_day(office: Office) -> None:
    consent = "{basis: ja på plats, date: 2026-11-01, scope: [bluesky, brevet], expires: 2026-12-10}"
    ways_out(office, f"    people: [Siv Ek]\n    consent: {consent}\n", posts="show: card")
    draw(office, (600, 600))

    shown, out_of_time = made(office, "bluesky"), made(office, "bluesky", date(2026, 12, 11))
    elsewhere = made(office, "linkedin")

    assert picture_of(shown.post.card).media_type == "image/jpeg", "a card with a photo"
    assert picture_of(out_of_time.post.card).media_type == "image/png", "a card without"
    assert picture_of(elsewhere.post.card).media_type == "image/png"


def picture_of(card: Card | None) -> Media:
    assert card is not None
    assert card.picture is not None
    return card.picture


def test_a_network_that_draws_its_own_card_gets_none_of_ours(office: Office) -> None:
    office.write(ITEM, (office.folder / ITEM).read_text().replace("    text: ", "    show: card\n    text: "))

    found = made(office, "mastodon")

    assert (found.post.card, found.blobs) == (None, {})


_ANY = PictureRule(("image/jpeg", "image/png"), max_bytes=0, max_side=0)
_RULES = (
    _ANY,
    replace(_ANY, max_bytes=9_000_000, max_side=2048, max_pixels=33_000_000),
    replace(_ANY, max_side=100),
    replace(_ANY, max_pixels=5000),
    replace(_ANY, max_bytes=15_000),
    replace(_ANY, max_bytes=4000, max_side=100),
    replace(_ANY, narrowest=0.8, widest=1.91),
    replace(_ANY, media_types=("image/jpeg",), max_bytes=9_000_000, narrowest=0.8, widest=1.91),
)


@pytest.mark.parametrize("fit", [Fit.CROP, Fit.PAD])
@pytest.mark.parametrize("size", [(90, 60), (300, 100), (100, 300)])
def test_what_is_made_once_for_several_networks_is_what_each_would_have_had_by_itself(
    office: Office, size: tuple[int, int], fit: Fit
) -> None:
    noise = random.Random(3)  # noqa: S311 - the same every time
    Image.frombytes("RGB", size, noise.randbytes(size[0] * size[1] * 3)).save(office.folder / PICTURE)
    house, item = opened(office)
    picture = replace(item.pictures[0], fit=fit, focal=(0.2, 0.9))
    content = (office.folder / PICTURE).read_bytes()

    for rule in _RULES:
        alone = fitted(content, "bryggan.png", rule, focal=picture.focal, fit=fit)
        assert for_network(house, picture, rule) == alone, rule


def test_networks_that_take_the_same_of_a_picture_share_one(office: Office) -> None:
    ways_out(office)
    draw(office, (700, 500))
    house, item = opened(office)

    shared = {
        id(for_network(house, item.pictures[0], NETWORKS[name].picture))
        for name in ("mastodon", "bluesky", "facebook", "threads", "linkedin")
    }

    assert len(shared) == 1


def test_no_more_pictures_are_kept_than_there_is_room_for() -> None:
    kept, made = Kept(25), list[int]()

    def make(number: int) -> Fitted:
        made.append(number)
        return Fitted("image/png", bytes(10), 1, 1, None, padded=False, changes=())

    for number in (1, 2, 1, 3, 1, 2, 3):  # room for two
        kept.get(number, lambda number=number: make(number))  # type: ignore[misc]  # called at once
        assert kept.size <= 25

    assert made == [1, 2, 3, 2, 3], "what was used last is kept"


def test_a_picture_that_is_another_than_the_one_that_was_read_stops_the_post(office: Office) -> None:
    house, item = opened(office)
    post = render_item_post(house.settings, item, "bryggan.mastodon.1")
    draw(office, (33, 44))

    with pytest.raises(ContentError, match=r"Bilden ”bryggan\.png” har bytts sedan nyheten lästes\."):
        illustrated(house, item, post, DAY)


def test_what_is_approved_is_frozen_with_its_cards_picture(office: Office) -> None:
    ways_out(office, posts="show: card")
    identity = "bryggan.bluesky.1"
    office.comms("answer", identity, "--all", "Ja.", "--by", "Anna", now=WEEK_BEFORE)
    fingerprint = office.fingerprint(identity)

    answer = office.comms("approve", identity, "--plan", fingerprint, "--by", "Anna", now=WEEK_BEFORE)

    assert answer.code == 0, answer.said
    house, _ = opened(office)
    store = open_store(house.database_url, beside=house.memory)
    post = store.post(identity)
    assert post is not None
    picture = picture_of(post.card)
    assert sha256(store.blob(picture.sha256)) == picture.sha256


def test_the_file_itself_is_never_touched(office: Office) -> None:
    ways_out(office, "    focal: [0, 0]\n")
    draw(office, (3000, 200))
    before = (office.folder / PICTURE).read_bytes()

    for channel in ("mastodon", "instagram", "linkedin"):
        made(office, channel)

    assert (office.folder / PICTURE).read_bytes() == before
