"""Return paths: each copy's own, known again by the key alone, and nobody's invention."""

from __future__ import annotations

import random
import re
import string

import pytest

from comms.errors import ContentError
from comms.render.envelope import read_return_path, return_path

KEY = b"en hemlighet av minst sexton tecken"
DOMAIN = "studs.leader.example"
DELIVERY = "kommunbrevet-2026-12-01.0123456789abcdef01234567"


def path_of(delivery_key: str = DELIVERY) -> str:
    return return_path(delivery_key, domain=DOMAIN, key=KEY)


def test_a_return_path_is_small_letters_and_figures_within_64_octets() -> None:
    local, _, domain = path_of().rpartition("@")
    assert re.fullmatch(r"b-[a-z2-7]{20}-[a-z2-7]{10}", local)
    assert domain == DOMAIN


def test_the_same_copy_has_the_same_return_path_always() -> None:
    assert path_of() == path_of() == "b-aerukz4jvpg66ajdivtq-p6j5eybait@studs.leader.example"


def test_a_return_path_leads_back_to_the_end_of_the_deliverys_key() -> None:
    chance = random.Random(4)  # noqa: S311 - a test's chance, the same every time
    for _ in range(500):
        end = f"{chance.getrandbits(96):024x}"
        assert read_return_path(path_of(f"brevet-2026-12-01.{end}"), KEY) == end


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title, "<{}>".format, " {}\n".format])
def test_what_relays_do_to_an_address_does_no_harm(change: object) -> None:
    assert callable(change)
    assert read_return_path(change(path_of()), KEY) == "0123456789abcdef01234567"


def test_one_changed_character_is_no_return_path() -> None:
    local, _, domain = path_of().rpartition("@")
    for place, right in enumerate(local):
        for wrong in set(string.ascii_lowercase + "234567-") - {right}:
            assert read_return_path(f"{local[:place]}{wrong}{local[place + 1 :]}@{domain}", KEY) is None


def test_another_key_makes_another_path_and_reads_none() -> None:
    other = b"en annan hemlighet av samma slag"
    assert return_path(DELIVERY, domain=DOMAIN, key=other) != path_of()
    assert read_return_path(path_of(), other) is None


@pytest.mark.parametrize(
    "address", ["", "@", "kansli@leader.example", "b-x-y@studs.example", "b-åäö-x@studs.example", "b--@x"]
)
def test_an_ordinary_address_is_no_return_path(address: str) -> None:
    assert read_return_path(address, KEY) is None


@pytest.mark.parametrize("key", ["", "brevet.1", "brevet-2026-12-01", DELIVERY + "g", DELIVERY.upper()])
def test_a_key_that_is_not_the_ledgers_is_refused(key: str) -> None:
    with pytest.raises(ContentError, match="ingen returadress"):
        path_of(key)
