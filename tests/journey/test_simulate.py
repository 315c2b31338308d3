"""comms simulate: every time of a schedule, and not a byte sent or written."""

from __future__ import annotations

import socket
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import pytest

from comms.app.house import open_house
from comms.plan.posts import post_id
from tests.journey.workspaces import ISSUE, POST, SLOT, Office, repositorys_own

SPAN = ("--from", "2026-12-01", "--until", "2027-04-30")
LETTERS = [
    "2026-12-01T08:00 kommunbrevet-2026-12-01",
    "2026-12-16T08:00 kommunnotisen-2026-12-16",
    "2026-12-30T13:00 partnerbrevet-2026-12-30",
    "2027-01-05T08:00 kommunbrevet-2027-01-05",
    "2027-01-20T08:00 kommunnotisen-2027-01-20",
    "2027-01-28T13:00 partnerbrevet-2027-01-28",
    "2027-02-02T08:00 kommunbrevet-2027-02-02",
    "2027-02-17T08:00 kommunnotisen-2027-02-17",
    "2027-02-25T13:00 partnerbrevet-2027-02-25",
    "2027-03-02T08:00 kommunbrevet-2027-03-02",
    "2027-03-17T08:00 kommunnotisen-2027-03-17",
    "2027-03-25T13:00 partnerbrevet-2027-03-25",
    "2027-04-06T08:00 kommunbrevet-2027-04-06",
    "2027-04-21T08:00 kommunnotisen-2027-04-21",
    "2027-04-29T13:00 partnerbrevet-2027-04-29",
]


@pytest.fixture(scope="module")
def winter(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A copy of the repository's own workspace, for looking only."""
    folder = tmp_path_factory.mktemp("simulate") / "workspace"
    folder.mkdir()
    return repositorys_own(folder)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every way to open a socket fail the test."""

    def refused(*_arguments: object, **_options: object) -> NoReturn:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "create_server", "socketpair", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refused)


def simulated(office: Office, since: str, until: str) -> list[Any]:
    answer = office.comms("simulate", "--from", since, "--until", until, "--json")
    assert answer.code == 0, answer.said
    entries: list[Any] = answer.json["entries"]
    return entries


def times(office: Office, since: str, until: str) -> list[str]:
    return [entry["local"] for entry in simulated(office, since, until) if entry["kind"] == "issue"]


def folder_of(office: Office) -> set[Path]:
    return set(office.folder.rglob("*"))


def test_the_winters_schedule_lists_every_letter_with_christmas_moved(winter: Office) -> None:
    entries = winter.comms("simulate", *SPAN, "--json").json["entries"]
    assert [f"{one['local']} {one['id']}" for one in entries if one["kind"] == "issue"] == LETTERS


def test_the_winters_schedule_names_every_post_as_planned_or_as_coming_to_nothing(winter: Office) -> None:
    found = winter.comms("simulate", *SPAN, "--json").json
    items = open_house(winter.folder).workspace.items.values()
    wanted = {post_id(item.slug, draft.channel) for item in items for draft in item.posts}
    planned = {entry["id"] for entry in found["entries"] if entry["kind"] == "post"}
    left_out = {skip["what"] for skip in found["skips"]}
    assert len(wanted) > 20
    assert planned | (left_out & wanted) == wanted


def test_the_winters_schedule_gives_no_channel_two_posts_at_once(winter: Office) -> None:
    posts = [entry for entry in simulated(winter, SPAN[1], SPAN[3]) if entry["kind"] == "post"]
    taken = Counter((entry["channel"], entry["at"]) for entry in posts)
    assert {place: count for place, count in taken.items() if count > 1} == {}


@pytest.mark.usefixtures("no_network")
def test_a_simulation_opens_no_socket_and_leaves_no_trace(winter: Office) -> None:
    before = folder_of(winter)
    answer = winter.comms("simulate", *SPAN)
    assert answer.code == 0
    assert answer.out.endswith("Ingenting har sänts.\n")
    assert folder_of(winter) == before
    assert not (winter.folder / "out").exists()
    assert not (winter.folder / "var").exists()


def test_the_text_shows_what_each_time_would_do(winter: Office) -> None:
    said = winter.comms("simulate", *SPAN).out
    assert "tis 2026-12-01 08.00  kommunbrevet-2026-12-01: sänds i " in said
    assert "2026-12-31 är nyårsafton: flyttat till 2026-12-30." in said


def test_a_simulation_changes_nothing_in_a_ledger_that_is_there(office: Office) -> None:
    office.approve()
    before = office.comms("status", "--json", now=SLOT).json
    entries = simulated(office, "2026-12-01", "2026-12-31")
    assert [entry["id"] for entry in entries] == [ISSUE, POST]
    assert [entry["approved"] for entry in entries] == [True, False]
    assert office.comms("status", "--json", now=SLOT).json == before
    assert office.nothing_sent()


def test_both_days_named_are_in_it_from_midnight_to_midnight(office: Office) -> None:
    office.change("comms.yaml", "first tuesday 08:00", "tuesday 00:00")
    assert times(office, "2026-12-01", "2026-12-08") == ["2026-12-01T00:00", "2026-12-08T00:00"]


@pytest.mark.parametrize(
    ("night", "utc", "note"),
    [
        ("2027-03-28", "01:30", "finns inte den natten: går ut 03.30"),
        ("2026-10-25", "00:30", "kommer två gånger den natten: går ut den första"),
        ("2027-10-31", "00:30", "kommer två gånger den natten: går ut den första"),
    ],
)
def test_half_past_two_comes_once_in_each_night_when_the_clocks_change(
    office: Office, night: str, utc: str, note: str
) -> None:
    office.change("comms.yaml", "first tuesday 08:00", "sunday 02:30")
    (entry,) = [one for one in simulated(office, night, night) if one["kind"] == "issue"]
    assert (entry["local"], entry["at"]) == (f"{night}T02:30", f"{night}T{utc}:00+00:00")
    assert note in entry["note"]
    assert note in office.comms("simulate", "--from", night, "--until", night).out


def test_the_31st_is_the_last_day_of_shorter_months(office: Office) -> None:
    office.change("comms.yaml", "first tuesday 08:00", "day 31 09:00")
    assert times(office, "2026-12-01", "2027-04-30") == [
        "2026-12-31T09:00",
        "2027-01-31T09:00",
        "2027-02-28T09:00",
        "2027-03-31T09:00",
        "2027-04-30T09:00",
    ]


def test_week_53_is_a_week_like_any_other(office: Office) -> None:
    office.change("comms.yaml", "first tuesday 08:00", "monday 09:00")
    assert times(office, "2026-12-21", "2027-01-10") == [
        "2026-12-21T09:00",
        "2026-12-28T09:00",
        "2027-01-04T09:00",
    ]
    assert "Vecka 53" in office.comms("plan", "--until", "2027-01-10", now="2026-12-20T09:00").out


def test_an_issue_without_news_is_shown_as_skipped(office: Office) -> None:
    said = office.comms("simulate", "--from", "2026-12-01", "--until", "2027-01-31").out
    assert "brevet-2027-01-05: hoppas över: inget nytt att berätta" in said


@pytest.mark.parametrize(("since", "until"), [("2026-12-02", "2026-12-01"), ("1 december", "2026-12-31")])
def test_a_span_that_is_none_is_wrong_usage(office: Office, since: str, until: str) -> None:
    assert office.comms("simulate", "--from", since, "--until", until).code == 2
