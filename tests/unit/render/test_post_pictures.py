"""A picture that a network would crop or give edges is told of before it goes out, with how to steer it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comms.errors import Location, Problem
from comms.model.item import Fit, Picture
from comms.model.network import Media
from comms.render.post import render_post
from comms.render.post_pictures import picture_problems
from comms.text.networks import NETWORKS
from tests.unit.render import build

STANDING = replace(build.PICTURE, width=1500, height=2000)


def found(network: str, *pictures: Picture) -> list[Problem]:
    """What is said of an item's pictures in its post for a network."""
    item = replace(build.ITEM, pictures=pictures)
    draft = build.draft("Leden öppnar.", network)
    post = render_post(
        settings=build.SETTINGS, item=item, channel=build.channel(network), draft=draft, post_id="a"
    )
    return picture_problems(post, item, draft)


def said(problems: list[Problem]) -> list[str]:
    return [f"{one.code} {one.severity} {one.message}" for one in problems]


def test_a_picture_that_is_too_tall_is_told_with_how_much_goes() -> None:
    (problem,) = found("instagram", STANDING)

    assert said([problem]) == [
        "N120 notice Bilden ”led.png” beskärs för Instagram: 6 procent av höjden syns inte."
    ]
    assert str(problem.hint) == (
        "Skriv focal vid bilden, till exempel focal: [30, 40] (procent från vänster och uppifrån), för att "
        "välja vad som syns. Med fit: pad syns hela, med vita kanter."
    )
    assert problem.location == Location(build.ITEM.path, STANDING.line)


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ((1000, 400), "N120 notice Bilden ”led.png” beskärs för Instagram: 24 procent av bredden syns inte."),
        (
            (1000, 310),
            "N121 warning Bilden ”led.png” beskärs för Instagram: 41 procent av bredden syns inte.",
        ),
        (
            (1000, 2500),
            "N121 warning Bilden ”led.png” beskärs för Instagram: 50 procent av höjden syns inte.",
        ),
        (
            (10_000, 20),
            "N121 warning Bilden ”led.png” beskärs för Instagram: 99 procent av bredden syns inte.",
        ),
    ],
)
def test_much_that_goes_is_a_warning(size: tuple[int, int], told: str) -> None:
    assert said(found("instagram", replace(STANDING, width=size[0], height=size[1]))) == [told]


@pytest.mark.parametrize("size", [(1500, 1000), (1080, 1350), (1000, 1000), (1080, 1351), (1911, 1000)])
def test_a_picture_of_a_shape_that_is_taken_is_not_mentioned(size: tuple[int, int]) -> None:
    assert found("instagram", replace(STANDING, width=size[0], height=size[1])) == []


@pytest.mark.parametrize("network", sorted(NETWORKS.keys() - {"instagram", "threads"}))
def test_a_network_that_takes_every_shape_crops_nothing(network: str) -> None:
    assert found(network, replace(STANDING, width=10, height=3000), STANDING) == []


def test_edges_are_told_too() -> None:
    assert said(found("instagram", replace(STANDING, fit=Fit.PAD))) == [
        "N122 notice Bilden ”led.png” får vita kanter för Instagram."
    ]


def test_edges_that_are_not_needed_are_not_mentioned() -> None:
    assert found("instagram", replace(STANDING, width=1000, height=1000, fit=Fit.PAD)) == []


def test_each_picture_that_the_post_shows_is_told_of_at_its_own_place() -> None:
    other = replace(STANDING, path="content/pictures/bro.png", line=15)

    assert [problem.location.line for problem in found("instagram", STANDING, other)] == [9, 15]


def test_a_picture_that_the_post_does_not_show_is_not_told_of() -> None:
    item = replace(build.ITEM, pictures=(STANDING,))
    draft = build.draft("Leden öppnar.", "instagram")
    post = render_post(
        settings=build.SETTINGS, item=item, channel=build.channel("instagram"), draft=draft, post_id="a"
    )

    assert picture_problems(replace(post, media=()), item, draft) == []
    elsewhere = replace(post, media=(Media("content/pictures/annan.png", "", "", "image/png"),))
    assert picture_problems(elsewhere, item, draft) == []


def test_a_picture_that_could_not_be_read_is_left_to_whoever_says_so() -> None:
    assert found("instagram", replace(STANDING, width=0, height=0)) == []


def test_what_a_server_says_of_itself_counts() -> None:
    rule = replace(NETWORKS["mastodon"].picture, widest=1.0)
    item = replace(build.ITEM, pictures=(build.PICTURE,))
    draft = build.draft("Leden öppnar.")
    post = render_post(
        settings=build.SETTINGS, item=item, channel=build.channel("mastodon"), draft=draft, post_id="a"
    )

    (problem,) = picture_problems(post, item, draft, replace(NETWORKS["mastodon"], picture=rule))

    assert str(problem.message) == "Bilden ”led.png” beskärs för Mastodon: 33 procent av bredden syns inte."
