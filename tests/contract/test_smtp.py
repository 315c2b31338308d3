"""The conversation with a relay: what each answer and each drop means, before, at and after the dot."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from comms.channels.smtp import SmtpChannel, dotted
from comms.channels.smtp_reply import Reply, Verb, failure
from comms.errors import (
    ChannelDown,
    ChannelError,
    LeaseLost,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
    say,
)
from comms.model.bounce import ReturnKind
from comms.model.settings import RelaySettings, Secret, Security
from comms.text.reasons import classify
from tests.fakes.examples import letter
from tests.fakes.mailing import (
    BIG,
    HASTY,
    NEVER,
    ONE_BY_ONE,
    PATIENT,
    TOGETHER,
    channel_to,
    nobody_there,
    nothing,
    outcome,
    told_by,
)
from tests.fakes.smtp import DRIP, DROP, HANG, STORE_AND_DROP, Relay

pytestmark = pytest.mark.servers

# What an answer means

DEAD, SUSPECTED, REFUSED = "PermanentFailure", "SenderRefused of this letter", "SenderRefused"
LATER, DOWN, UNKNOWN = "TemporaryFailure", "ChannelDown", "OutcomeUnknown"

MEANINGS = [
    ("CONNECT", "421 4.3.2 Shutting down", DOWN),
    ("CONNECT", "450 4.3.2 Busy", DOWN),
    ("CONNECT", "554 5.7.1 Go away", REFUSED),
    ("EHLO", "451 4.3.0 Later", DOWN),
    ("EHLO", "550 5.7.1 Not you", REFUSED),
    ("STARTTLS", "454 4.7.0 No TLS now", DOWN),
    ("STARTTLS", "554 5.7.3 No", REFUSED),
    ("AUTH", "454 4.7.0 Later", DOWN),
    ("AUTH", "535 5.7.8 Wrong", REFUSED),
    ("MAIL", "421 4.3.2 Shutting down", DOWN),
    ("MAIL", "451 4.3.0 Full disk", DOWN),
    ("MAIL", "450 4.7.1 Too fast", DOWN),
    ("MAIL", "450 4.1.8 No such domain just now", LATER),
    ("MAIL", "451 Later", LATER),
    ("MAIL", "550 5.7.1 Sender refused", REFUSED),
    ("MAIL", "552 5.3.4 Too big", REFUSED),
    ("RCPT", "421 4.7.0 Too many", DOWN),
    ("RCPT", "450 4.2.0 Greylisted", LATER),
    ("RCPT", "451 4.7.1 Later", LATER),
    ("RCPT", "452 4.2.2 Full", LATER),
    ("RCPT", "550 5.1.1 No such user", DEAD),
    ("RCPT", "550 5.1.10 Null MX", DEAD),
    ("RCPT", "556 Domain takes no mail", DEAD),
    ("RCPT", "553 5.1.3 Bad address", DEAD),
    ("RCPT", "550 5.2.1 Disabled", DEAD),
    ("RCPT", "552 5.2.2 Full", DEAD),
    ("RCPT", "550 5.0.0 Unknown", DEAD),
    ("RCPT", "550 No such user", DEAD),
    ("RCPT", "550", DEAD),
    ("RCPT", "550 Sorry, no mailbox here by that name (#5.1.1)", DEAD),
    ("RCPT", "553 Sorry, that domain isn't in my list of rcpthosts (#5.7.1)", SUSPECTED),
    ("RCPT", "550 relay not permitted", SUSPECTED),
    ("RCPT", "550 Sender verify failed", SUSPECTED),
    ("RCPT", "550 192.0.2.1 is blocked, see https://block.example", SUSPECTED),
    ("RCPT", "550 5.1.7 Bad sender", SUSPECTED),
    ("RCPT", "550 5.1.8 Bad sender's domain", SUSPECTED),
    ("RCPT", "550 5.7.25 No PTR", SUSPECTED),
    ("RCPT", "550 5.7.26 Not authenticated", SUSPECTED),
    ("RCPT", "550 5.7.27 SPF", SUSPECTED),
    ("RCPT", "550 5.7.29 No TLS", SUSPECTED),
    ("RCPT", "554 5.7.1 Relay access denied", SUSPECTED),
    ("RCPT", "530 Authentication required", SUSPECTED),
    ("RCPT", "503 5.5.1 Need MAIL", SUSPECTED),
    ("RCPT", "501 Syntax", SUSPECTED),
    ("RCPT", "552 5.3.4 Too big", SUSPECTED),
    ("RCPT", "552 Too big", SUSPECTED),
    ("RCPT", "550 5.2.3 Too big", SUSPECTED),
    ("RCPT", "554 No", SUSPECTED),
    ("DATA", "421 4.3.2 Shutting down", DOWN),
    ("DATA", "451 4.3.0 Later", LATER),
    ("DATA", "554 5.5.1 No", REFUSED),
    ("DATA", "250 2.0.0 Strange", LATER),
    ("BODY", "421 4.3.2 Shutting down", DOWN),
    ("BODY", "552 5.3.4 Too big", SUSPECTED),
    ("BODY", "250 2.0.0 Strange", LATER),
    ("DOT", "421 4.3.2 Shutting down", UNKNOWN),
    ("DOT", "451 4.3.0 Later", LATER),
    ("DOT", "452 4.3.1 No space", LATER),
    ("DOT", "550 5.1.1 No such user", DEAD),
    ("DOT", "554 Transaction failed", DEAD),
    ("DOT", "554 Spam message rejected", SUSPECTED),
    ("DOT", "552 5.3.4 Too big", SUSPECTED),
    ("DOT", "552 5.2.3 Too big", SUSPECTED),
    ("DOT", "554 5.7.1 Looks like spam", SUSPECTED),
    ("DOT", "550 5.7.28 Too much", SUSPECTED),
    ("DOT", "550 5.7.515 Not authenticated", SUSPECTED),
    ("DOT", "554 5.6.0 Bad form", SUSPECTED),
    ("DOT", "554 5.5.2 Bare line feed", SUSPECTED),
    ("DOT", "354 Go on", UNKNOWN),
]


@pytest.mark.parametrize(("verb", "answer", "meaning"), MEANINGS)
def test_an_answer_means_what_it_says_of_relay_reader_or_us(verb: str, answer: str, meaning: str) -> None:
    code, _, words = answer.partition(" ")
    fault = failure(Verb[verb], Reply(int(code), (words,) if words else ()))
    about_one = isinstance(fault, SenderRefused) and not fault.decisive
    assert type(fault).__name__ + (" of this letter" if about_one else "") == meaning
    assert answer in str(fault)


@pytest.mark.parametrize("verb", [Verb.RCPT, Verb.BODY, Verb.DOT])
@pytest.mark.parametrize(
    "words",
    [
        "5.1.1 Service unavailable; client is blocked using zen.spamhaus.org",
        "5.1.1 Message rejected as spam",
        "5.2.2 Mailbox full",
        "5.5.1 Unknown user",
        "User unknown",
        "We only accept mail from members",
        "5.1.0 Nej",
    ],
)
def test_an_answer_and_a_report_with_the_same_words_are_judged_alike(verb: Verb, words: str) -> None:
    kind = classify("", f"550 {words}").kind
    is_ours = isinstance(failure(verb, Reply(550, (words,))), SenderRefused)
    assert kind is ReturnKind.UNREADABLE or is_ours == (kind is ReturnKind.OURS)


def test_an_answer_is_told_as_the_relay_gave_it() -> None:
    assert str(failure(Verb.RCPT, Reply(550, ("5.1.1 Okänd", "5.1.1 här")))) == (
        "Mejlservern tog inte emot brevet: 550 5.1.1 Okänd 5.1.1 här."
    )


def test_what_a_relay_says_is_harmless_to_print() -> None:
    with Relay(always={"rcpt": "550 5.1.1 \x1b[31mr\xf6d " + "x" * 1000}) as relay:
        channel = channel_to(relay)
        fault = told_by(lambda: channel.deliver(letter(), point_of_no_return=nothing))
        channel.close()
    assert "550 5.1.1  [31mr\\xf6d xxx" in str(fault)
    assert len(str(fault)) < 400


BEFORE_THE_DOT = [
    ("connect", "421 4.3.2 Shutting down", ChannelDown),
    ("connect", "450 4.3.2 Busy", ChannelDown),
    ("connect", "554 5.7.1 Go away", SenderRefused),
    ("connect", DROP, ChannelDown),
    ("connect", "hello", ChannelDown),
    ("ehlo", "421 4.3.2 Shutting down", ChannelDown),
    ("ehlo", "451 4.3.0 Later", ChannelDown),
    ("ehlo", "550 5.7.1 Not you", SenderRefused),
    ("ehlo", "\r\n".join(["250-x"] * 200 + ["250 x"]), ChannelDown),
    ("ehlo", DROP, ChannelDown),
    ("mail", "421 4.3.2 Shutting down", ChannelDown),
    ("mail", "451 4.3.0 Later", ChannelDown),
    ("mail", "451 Later", TemporaryFailure),
    ("mail", "550 5.7.1 Sender refused", SenderRefused),
    ("mail", "552 5.3.4 Too big", SenderRefused),
    ("mail", DROP, TemporaryFailure),
    ("rcpt", "421 4.7.0 Too many", ChannelDown),
    ("rcpt", "450 4.2.0 Greylisted", TemporaryFailure),
    ("rcpt", "451 4.7.1 Later", TemporaryFailure),
    ("rcpt", "452 4.2.2 Full", TemporaryFailure),
    ("rcpt", "550 5.1.1 No such user", PermanentFailure),
    ("rcpt", "550-5.1.1 No such\r\n550 5.1.1 user", PermanentFailure),
    ("rcpt", "550 5.7.1 Spammer", SenderRefused),
    ("rcpt", DROP, TemporaryFailure),
    ("rcpt", "250", None),
    ("rcpt", "251 2.1.5 Will forward", None),
    ("rcpt", "2", TemporaryFailure),
    ("rcpt", "250-2.1.5 Ok\r\n550 5.1.1 No", TemporaryFailure),
    ("rcpt", "å latin-1 word", TemporaryFailure),
    ("rcpt", "250-" + "x" * 100_000, TemporaryFailure),
    ("rcpt", "250 " + "x" * 100_000, TemporaryFailure),
    ("data", "421 4.3.2 Shutting down", ChannelDown),
    ("data", "451 4.3.0 Later", TemporaryFailure),
    ("data", "554 5.5.1 No", SenderRefused),
    ("data", "250 2.0.0 Strange", TemporaryFailure),
    ("data", DROP, TemporaryFailure),
]


@pytest.mark.parametrize("ehlo", [TOGETHER, ONE_BY_ONE], ids=["together", "one by one"])
@pytest.mark.parametrize(("verb", "answer", "meaning"), BEFORE_THE_DOT)
def test_what_fails_before_the_dot_is_certainly_not_sent(
    verb: str, answer: str, meaning: type[ChannelError] | None, ehlo: dict[str, str]
) -> None:
    with Relay(always=ehlo | {verb: answer}) as relay:
        told, passed = outcome(channel_to(relay))
    if meaning is None:
        assert (told, passed, len(relay.letters)) == ("Q1", 1, 1)
    else:
        assert (told, passed, len(relay.letters)) == (meaning, 0, 0)


AT_THE_DOT = [
    ("421 4.3.2 Shutting down", OutcomeUnknown, 0),
    ("451 4.3.0 Later", TemporaryFailure, 0),
    ("452 4.3.1 No space", TemporaryFailure, 0),
    ("550 5.1.1 No such user", PermanentFailure, 0),
    ("552 5.3.4 Too big", SenderRefused, 0),
    ("554 5.7.1 Looks like spam", SenderRefused, 0),
    ("550 5.7.515 Not authenticated", SenderRefused, 0),
    ("hello", OutcomeUnknown, 0),
    ("x" * 100_000, OutcomeUnknown, 0),
    ("354 Go on", OutcomeUnknown, 0),
    (DROP, OutcomeUnknown, 0),
    (STORE_AND_DROP, OutcomeUnknown, 1),
    ("250 2.0.0 Ok: queued as 4bXyZ", "4bXyZ", 1),
    ("250-2.0.0 Ok\r\n250 2.0.0 queued as 4bXyZ", "4bXyZ", 1),
    ("250 2.6.0 Thank you", "<", 1),
]


@pytest.mark.parametrize(("answer", "meaning", "kept"), AT_THE_DOT)
def test_the_answer_to_the_dot_decides(answer: str, meaning: type[ChannelError] | str, kept: int) -> None:
    with Relay(script={"dot": [answer]}) as relay:
        told, passed = outcome(channel_to(relay))
    assert passed == 1
    assert told == meaning or str(told).startswith(str(meaning))
    assert len(relay.letters) == kept


@pytest.mark.parametrize("answer", [HANG, DRIP])
@pytest.mark.parametrize(
    ("verb", "meaning", "passed"),
    [
        ("connect", ChannelDown, 0),
        ("ehlo", ChannelDown, 0),
        ("mail", TemporaryFailure, 0),
        ("rcpt", TemporaryFailure, 0),
        ("data", TemporaryFailure, 0),
        ("dot", OutcomeUnknown, 1),
    ],
)
def test_silence_and_dripping_are_waited_for_only_so_long(
    verb: str, meaning: type[ChannelError], passed: int, answer: str
) -> None:
    with Relay(always={verb: answer}) as relay:
        assert outcome(channel_to(relay, waits=HASTY)) == (meaning, passed)


def test_a_copy_whose_time_is_out_is_not_begun() -> None:
    with Relay() as relay:
        assert outcome(channel_to(relay, waits=replace(PATIENT, copy=0))) == (ChannelDown, 0)
    assert relay.commands == []


def test_a_drop_in_the_middle_of_a_big_body_is_certainly_not_sent() -> None:
    with Relay(script={"body": [DROP]}) as relay:
        told, passed = outcome(channel_to(relay), BIG)
    assert (told, passed, relay.letters) == (TemporaryFailure, 0, [])


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("552 5.3.4 Too big", SenderRefused),
        ("421 4.3.2 Shutting down", ChannelDown),
        ("250 2.0.0 Ok", TemporaryFailure),
    ],
)
def test_a_relay_that_speaks_before_the_dot_gets_no_dot(word: str, meaning: type[ChannelError]) -> None:
    with Relay(script={"body": [word]}) as relay:
        told, passed = outcome(channel_to(relay), BIG)
    assert (told, passed, relay.letters) == (meaning, 0, [])
    assert len(relay.unfinished) == 1


def test_a_relay_that_is_not_there_rests_the_channel() -> None:
    assert outcome(channel_to(nobody_there())) == (ChannelDown, 0)


def test_a_relay_without_a_name_in_dns_rests_the_channel() -> None:
    nowhere = RelaySettings("mejl", "relay..invalid", 25, Security.NONE, "", Secret(""))
    assert outcome(SmtpChannel("mejl", [nowhere], NEVER)) == (ChannelDown, 0)


# Commands together


def test_a_relay_that_takes_commands_together_gets_them_so() -> None:
    with Relay(always=TOGETHER) as relay:
        outcome(channel_to(relay))
    assert relay.groups == [["ehlo"], ["mail", "rcpt", "data"], ["quit"]]


def test_a_relay_that_does_not_gets_them_one_by_one() -> None:
    with Relay(always=ONE_BY_ONE) as relay:
        outcome(channel_to(relay))
    assert relay.groups == [["ehlo"], ["mail"], ["rcpt"], ["data"], ["quit"]]


def test_a_relay_that_wants_a_body_for_nobody_gets_neither_body_nor_dot() -> None:
    script = {"rcpt": ["550 5.1.1 No such user"], "data": ["354 Go on"]}
    with Relay(always=TOGETHER, script=script) as relay:
        channel = channel_to(relay)
        assert isinstance(
            told_by(lambda: channel.deliver(letter(), point_of_no_return=nothing)), PermanentFailure
        )
        assert channel.deliver(letter(), point_of_no_return=nothing).id == "Q1"
        channel.close()
    assert (relay.unfinished, len(relay.letters), relay.connections) == ([b""], 1, 2)


def test_a_hang_up_after_a_refusal_does_not_hide_the_refusal() -> None:
    with Relay(always=TOGETHER | {"rcpt": "550 5.1.1 No such user", "data": DROP}) as relay:
        assert outcome(channel_to(relay)) == (PermanentFailure, 0)


@pytest.mark.parametrize("verb", ["rcpt", "dot"])
def test_a_connection_with_answers_that_cannot_be_told_apart_is_given_up(verb: str) -> None:
    with Relay(always=TOGETHER, script={verb: ["hello"]}) as relay:
        channel = channel_to(relay)
        told_by(lambda: channel.deliver(letter(), point_of_no_return=nothing))
        channel.deliver(letter(), point_of_no_return=nothing)
        channel.close()
    assert (len(relay.letters), relay.connections) == (1, 2)


# Letters after letters


def test_many_letters_share_one_connection() -> None:
    with Relay() as relay:
        channel = channel_to(relay)
        for number in range(5):
            channel.deliver(letter(f"k{number}@arvika.example"), point_of_no_return=nothing)
        channel.close()
    assert relay.connections == 1
    assert [kept.recipient for kept in relay.letters] == [f"k{n}@arvika.example" for n in range(5)]
    assert relay.verbs()[-1] == "quit"


def test_a_refused_recipient_does_not_cost_the_connection() -> None:
    with Relay(script={"rcpt": ["550 5.1.1 No such user"]}) as relay:
        channel = channel_to(relay)
        with pytest.raises(PermanentFailure):
            channel.deliver(letter(), point_of_no_return=nothing)
        channel.deliver(letter("annan@arvika.example"), point_of_no_return=nothing)
        channel.close()
    assert (relay.connections, len(relay.letters)) == (1, 1)
    assert "rset" in relay.verbs()


@pytest.mark.parametrize("answer", [DROP, "421 4.4.2 Idle for too long"])
def test_a_connection_that_fell_asleep_between_letters_is_replaced(answer: str) -> None:
    with Relay(script={"mail": ["250 2.1.0 Ok", answer]}) as relay:
        channel = channel_to(relay)
        for number in range(2):
            channel.deliver(letter(f"k{number}@arvika.example"), point_of_no_return=nothing)
        channel.close()
    assert (relay.connections, len(relay.letters)) == (2, 2)


def test_a_connection_outlives_the_time_of_one_copy() -> None:
    with Relay() as relay:
        channel = channel_to(relay, waits=replace(PATIENT, copy=0.5))
        for _ in range(2):
            channel.deliver(letter(), point_of_no_return=nothing)
            time.sleep(0.6)
        channel.close()
    assert (relay.connections, len(relay.letters)) == (1, 2)


def test_a_lost_lease_leaves_no_dot_and_no_word_that_could_end_the_letter() -> None:
    def lost() -> None:
        raise LeaseLost(say("Borta."))

    with Relay() as relay:
        channel = channel_to(relay)
        with pytest.raises(LeaseLost):
            channel.deliver(letter(), point_of_no_return=lost)
        channel.close()
    assert relay.letters == []
    assert relay.unfinished == [letter().content]


# The letter


@pytest.mark.parametrize("body", ["hej", ".", ".\r\n.\r\n..", "..början", "a\r\n.\r\nQUIT\r\n", "", "slut."])
def test_dots_in_a_letter_come_through_as_they_were(body: str) -> None:
    sent = letter(body=body.encode("ascii", "replace").decode())
    with Relay() as relay:
        outcome(channel_to(relay), sent)
    assert [kept.content for kept in relay.letters] == [sent.content]


def test_a_dot_that_begins_a_letter_is_doubled_too() -> None:
    assert dotted(b".a\r\n") == b"..a\r\n"


def test_a_letter_that_needs_nothing_is_not_copied() -> None:
    content = b"a.\r\nb\r\n"
    assert dotted(content) is content


def test_a_letter_without_a_last_line_end_gets_one() -> None:
    assert dotted(b"a") == b"a\r\n"


@pytest.mark.parametrize("content", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\n.\r\n", b"a\r\r\n"])
def test_line_ends_that_relays_read_differently_are_refused(content: bytes) -> None:
    with pytest.raises(PermanentFailure):
        dotted(content)


@pytest.mark.parametrize(
    ("address", "meaning"),
    [
        ("åsa@arvika.example", PermanentFailure),
        ("a@b.example>\r\nRCPT TO:<c@d.example", PermanentFailure),
        ("utan-snabel", PermanentFailure),
        ("a b@arvika.example", PermanentFailure),
        ("", PermanentFailure),
        ("a@" + "å" * 70 + ".example", PermanentFailure),
    ],
)
def test_an_address_that_mail_cannot_reach_is_refused_unsent(
    address: str, meaning: type[ChannelError]
) -> None:
    with Relay() as relay:
        assert outcome(channel_to(relay), letter(address)) == (meaning, 0)
    assert relay.commands == []


def test_a_sender_that_cannot_be_one_is_our_fault_not_the_readers() -> None:
    with Relay() as relay:
        assert outcome(channel_to(relay), replace(letter(), sender="brev")) == (SenderRefused, 0)


def test_a_domain_with_swedish_letters_is_sent_in_its_ascii_form() -> None:
    with Relay() as relay:
        outcome(channel_to(relay), letter("kansli@räksmörgås.example"))
    assert relay.letters[0].recipient == "kansli@xn--rksmrgs-5wao1o.example"


@pytest.mark.parametrize(
    ("ehlo", "told"), [("250-relay.example\r\n250 8BITMIME", "Q1"), ("250 relay.example", PermanentFailure)]
)
def test_uncoded_letters_go_only_where_they_are_welcome(ehlo: str, told: object) -> None:
    with Relay(always={"ehlo": ehlo}) as relay:
        assert outcome(channel_to(relay), letter(body="Hej åäö"))[0] == told


# A relay that somebody else wrote


class Inbox:
    """What aiosmtpd hands over."""

    def __init__(self) -> None:
        """Begin empty."""
        self.contents: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ANN401 - aiosmtpd's
        """Keep the letter."""
        del server, session
        await asyncio.sleep(0)
        self.contents.append(envelope.content)
        return "250 2.0.0 Ok: queued as AIO1"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    kept = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, port
    controller.stop()


def test_swedish_letters_reach_a_relay_that_somebody_else_wrote(inbox: tuple[Inbox, int]) -> None:
    kept, port = inbox
    assert outcome(channel_to(port)) == ("AIO1", 1)
    received = email.message_from_bytes(kept.contents[0], policy=email.policy.default)
    assert received["Subject"] == "Ny brygga i Åsebyn"
    assert received.get_content().strip() == "Hej åäö"
