"""Complaints (ARF): which of them say that our mail is unwanted, and by what the reader is known."""

from __future__ import annotations

import pytest

from comms.inbox.returned import read_returned
from comms.model.bounce import ReturnKind

COMPLAINT = """\
Delivered-To: fbl@leader.example
From: feedback@stor.example
Auto-Submitted: auto-generated
Content-Type: multipart/report; report-type=feedback-report; boundary=g

--g
Content-Type: text/plain

550 5.1.1 user unknown

--g
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Stor/1
Version: 1
Original-Mail-From: <b-aaaa-bbbb@studs.leader.example>
{more}
--g
Content-Type: text/rfc822-headers

Return-Path: <b-cccc-dddd@studs.leader.example>
To: redacted
Message-ID: <k1@leader.example>
List-Unsubscribe: <https://leader.example/u/TOKEN>
--g--
"""


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [
        ("abuse", ReturnKind.COMPLAINT),
        ("Abuse (by a reader)", ReturnKind.COMPLAINT),
        ("fraud", ReturnKind.COMPLAINT),
        ("opt-out", ReturnKind.COMPLAINT),
        ("not-spam", ReturnKind.AUTOMATIC),
        ("auth-failure", ReturnKind.OURS),
        ("virus", ReturnKind.OURS),
        ("other", ReturnKind.UNREADABLE),
        ("", ReturnKind.UNREADABLE),
        ("x-new", ReturnKind.UNREADABLE),
    ],
)
def test_each_kind_of_feedback_means_one_thing(kind: str, meaning: ReturnKind) -> None:
    (one,) = read_returned(COMPLAINT.format(kind=kind, more="").encode())
    assert (one.reason.kind, one.by) == (meaning, "arf")


def test_a_complaint_without_an_address_is_known_by_the_copys_traces() -> None:
    (one,) = read_returned(COMPLAINT.format(kind="abuse", more="").encode())
    assert one.address == ""
    assert one.paths == (
        "fbl@leader.example",
        "b-aaaa-bbbb@studs.leader.example",
        "b-cccc-dddd@studs.leader.example",
    )
    assert (one.message_ids, one.links) == (("<k1@leader.example>",), ("https://leader.example/u/TOKEN",))


def test_each_recipient_that_is_named_has_a_value() -> None:
    more = "Original-Rcpt-To: <a@stor.example>\nOriginal-Rcpt-To: b@stor.example"
    found = read_returned(COMPLAINT.format(kind="abuse", more=more).encode())
    assert [one.address for one in found] == ["a@stor.example", "b@stor.example"]


def test_a_complaint_that_lost_its_report_is_for_a_person() -> None:
    torn = COMPLAINT.format(kind="abuse", more="").replace("message/feedback-report", "application/x-lost")
    assert read_returned(torn.encode())[0].reason.kind is ReturnKind.UNREADABLE
