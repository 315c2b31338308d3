"""Asking a DNS server that is there, slow, silent or broken: always an answer, within its time."""

from __future__ import annotations

import time

import pytest

from comms.app.resolving import Answer, Kind, Resolve, resolver
from tests.fakes.dns import Server

pytestmark = [pytest.mark.servers]

NAME = "leader.home.arpa"  # names at home (RFC 8375) are asked for; .example never is
ZONE = {
    (NAME, "TXT"): ('"v=spf1 " "mx -all"', '"åäö"'),
    (NAME, "MX"): ("20 reserv.leader.home.arpa.", "10 mx.leader.home.arpa."),
    ("tar.inget.home.arpa", "MX"): ("0 .",),
    (NAME, "A"): ("192.0.2.10",),
    ("10.2.0.192.in-addr.arpa", "PTR"): ("mx.leader.home.arpa.",),
}


def asking(server: Server, *, each: float = 2.0, most: float = 5.0) -> Resolve:
    return resolver(each=each, most=most, servers=("127.0.0.1",), port=server.port)


def test_records_come_as_values_with_strings_joined_and_servers_in_their_order() -> None:
    with Server(ZONE) as server:
        resolve = asking(server)
        assert "v=spf1 mx -all" in resolve(NAME, Kind.TXT).values
        assert resolve(NAME, Kind.MX).values == ("mx.leader.home.arpa", "reserv.leader.home.arpa")
        assert resolve("tar.inget.home.arpa", Kind.MX).values == ("",)
        assert resolve("192.0.2.10", Kind.PTR).values == ("mx.leader.home.arpa",)


def test_a_name_that_is_not_there_and_a_kind_that_is_not_are_empty_answers() -> None:
    with Server(ZONE) as server:
        resolve = asking(server)
        assert resolve("finns.inte.home.arpa", Kind.TXT) == Answer()
        assert resolve(NAME, Kind.AAAA) == Answer()


@pytest.mark.parametrize("fault", ["mute", "broken", "delay"])
def test_a_server_that_does_not_answer_as_it_should_is_told_within_its_time(fault: str) -> None:
    with Server(
        ZONE, mute=fault == "mute", broken=fault == "broken", delay=1.0 if fault == "delay" else 0
    ) as server:
        answer = asking(server, each=0.4)(NAME, Kind.TXT)
        assert answer.values == ()
        assert answer.why is not None
        assert NAME in str(answer.why)


def test_all_questions_together_have_a_time_and_then_nobody_is_asked_any_more() -> None:
    with Server(ZONE, mute=True) as server:
        resolve = asking(server, each=0.3, most=0.5)
        answers = [resolve(NAME, Kind.TXT) for _ in range(50)]
        assert all(answer.why is not None for answer in answers)
        assert str(answers[-1].why) == "DNS svarar för långsamt. Pröva igen om en stund."


def test_time_is_counted_from_the_first_question() -> None:
    with Server(ZONE) as server:
        resolve = asking(server, most=0.5)
        time.sleep(0.6)  # what the doctor does before it asks is not the fault of DNS
        assert resolve(NAME, Kind.MX).values


@pytest.mark.parametrize("name", ["leader.example", "x.test", "example", "nej.invalid", "A.LOCALHOST"])
def test_names_for_examples_are_never_asked_for(name: str) -> None:
    with Server(ZONE) as server:
        assert "exempel" in str(asking(server)(name, Kind.TXT).why)
    assert server.heard == 0


@pytest.mark.parametrize("name", ["", "..", "a" * 64 + ".arpa", "inte ett namn\x00.arpa"])
def test_what_is_no_name_is_an_answer_too(name: str) -> None:
    with Server(ZONE, mute=True) as server:
        answer = asking(server, each=0.2)(name, Kind.A)
        assert answer.values == ()


def test_what_is_no_address_has_no_name() -> None:
    with Server(ZONE) as server:
        assert asking(server)("ingen adress", Kind.PTR).why is not None
