"""What of a picture is shown, and how large, is within the rule and has the focal point, for any size."""

from __future__ import annotations

import random

import pytest

from comms.model.item import Fit
from comms.model.network import PictureRule
from comms.text.framing import framed, sized
from comms.text.networks import NETWORKS

RULES = [
    *dict.fromkeys(network.picture for network in NETWORKS.values()),
    PictureRule(("image/png",), max_bytes=0, max_side=301, max_pixels=50_000, narrowest=0.8, widest=1.91),
]


@pytest.mark.parametrize("fit", Fit)
@pytest.mark.parametrize("rule", RULES)
def test_any_size_becomes_one_that_the_rule_takes(rule: PictureRule, fit: Fit) -> None:
    chance = random.Random(20261126)  # noqa: S311 - sizes, the same each time
    for _ in range(3000):
        size = (int(10 ** chance.uniform(0, 4)), int(10 ** chance.uniform(0, 4)))
        frame = framed(size, rule, (chance.random(), chance.random()), fit)
        width, height = sized(frame.canvas, rule, chance.choice((1, 1, 0.8, 0.5)))

        assert max(width, height) <= rule.max_side, size
        assert width * height <= (rule.max_pixels or width * height), size
        assert rule.narrowest <= width / height <= (rule.widest or width / height), size
        assert width <= frame.canvas[0], size
        assert height <= frame.canvas[1], size


@pytest.mark.parametrize("rule", RULES)
def test_the_focal_point_is_in_what_is_shown(rule: PictureRule) -> None:
    chance = random.Random(20261126)  # noqa: S311 - sizes, the same each time
    for _ in range(3000):
        size = (int(10 ** chance.uniform(0, 4)), int(10 ** chance.uniform(0, 4)))
        focal = chance.choice((0.0, 1.0, chance.random())), chance.choice((0.0, 1.0, chance.random()))
        frame = framed(size, rule, focal, Fit.CROP)

        for at, whole, start, part in zip(focal, size, frame.start, frame.part, strict=True):
            assert 0 <= start <= whole - part, size
            assert start <= at * whole <= start + part, (size, focal)


def test_no_more_is_cropped_than_has_to_be() -> None:
    rule = NETWORKS["instagram"].picture
    wide = framed((4000, 2000), rule, (0.5, 0.5), Fit.CROP)

    assert wide.part == (3820, 2000)
    assert rule.widest < 1.9105, "3821 px would be too wide"


def test_edges_are_no_wider_than_they_have_to_be() -> None:
    rule = NETWORKS["instagram"].picture
    tall = framed((1000, 2000), rule, (0.5, 0.5), Fit.PAD)

    assert (tall.canvas, tall.part, tall.crop) == ((1600, 2000), (1000, 2000), None)
