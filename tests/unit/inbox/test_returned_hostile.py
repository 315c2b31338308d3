"""Letters that are meant to harm: each ends as a value, in little memory."""

from __future__ import annotations

import tracemalloc
from email import message_from_bytes
from pathlib import Path

import pytest
from flufl.bounce import all_failures
from hypothesis import given
from hypothesis import strategies as st

from comms.inbox.returned import read_returned

pytestmark = pytest.mark.no_cover

LETTERS = Path(__file__).parents[2] / "data" / "returned"
HEAD = b"Return-Path: <>\nFrom: MAILER-DAEMON@a.example\nSubject: failure notice\n"
REPORT = (
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
    b"--b\nContent-Type: message/delivery-status\n\n"
)
TEXT = b"Content-Type: text/plain; charset="


def nested(kind: bytes, depth: int) -> bytes:
    return b"".join(
        b"Content-Type: %b; boundary=b%d\n\n--b%d\n" % (kind, level, level) for level in range(depth)
    )


HOSTILE = {
    "nothing": b"",
    "only ends of lines": b"\n" * 1_000_000,
    "only carriage returns": HEAD + b"\r" * 200_000,
    "ten thousand parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 10_000,
    "parts within parts": HEAD + nested(b"multipart/mixed", 2000),
    "digests within digests": HEAD + nested(b"multipart/digest", 2000),
    "letters within letters": HEAD + b"Content-Type: message/rfc822\n\n" * 5000,
    "ten megabytes on one line": HEAD + b"\n" + b"x" * 10_000_000,
    "NULs": HEAD + b"\n" + b"\0" * 1_000_000,
    "brackets": HEAD + b"\n" + (b"<" * 1990 + b"\n") * 130,
    "at signs": HEAD + b"\n" + (b"<a@" * 660 + b"\n") * 130,
    "dots": HEAD + b"\n" + (b"a@" + b"b." * 990 + b"\n") * 130,
    "spaces": HEAD + b"\n" + (b" " * 1990 + b"x\n") * 130,
    "words of reasons": HEAD + b"\n550 " + b"account address does not " * 90,
    "an empty report": HEAD + REPORT + b"\n" * 500_000,
    "a report of thousands": HEAD
    + REPORT
    + b"Final-Recipient: rfc822;a@b.example\nAction: failed\n\n" * 5000,
    "no such character": HEAD
    + REPORT
    + b"Final-Recipient: utf-8;\\x{110000}\\x{D800}a@b.example\nAction: failed\n",
    "broken base64": HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"!!!!abc=\n" * 1000,
    "broken uuencode": HEAD + b"Content-Transfer-Encoding: x-uuencode\n\nbegin 666 x\n" + b"M" * 100_000,
    "a charset that is none": HEAD + TEXT + b"nosuch\n\n\xff\xfe 550 user unknown <a@b.example>",
    "a charset of bytes": HEAD + TEXT + b"zlib_codec\n\nx",
    "half a UTF-16": HEAD + TEXT + b"utf-16\n\n\xff\xfe\x00 550 user",
    "punycode": HEAD + TEXT + b"punycode\n\n" + b"a" * 60_000 + b"-" + b"z9" * 30_000,
    "IDNA": HEAD + TEXT + b"idna\n\nxn--" + b"a." * 9000,
    "a number in a parameter": HEAD + TEXT + b"x; boundary*" + b"9" * 1900 + b"=y\n\nx",
    "tags": HEAD + b"Content-Type: text/html\n\n" + (b"<style<a <" * 200 + b"\n") * 130,
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 5000 + b"\nFrom: <>\n\nx",
    "headers": b"".join(b"X-A%d: b\n" % number for number in range(19_000)) + b"\nx",
    "a date": HEAD + b"Date: Mon, 99 Foo 99999999999999 99:99:99 +9999\n\nx",
    "addresses": b"To: " + b"a@b.example, " * 100_000 + b"\nFrom: <>\n\nx",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_letter_that_is_meant_to_harm_is_a_value(name: str) -> None:
    assert 1 <= len(read_returned(HOSTILE[name])) <= 50


@pytest.mark.parametrize("name", ["an empty report", "ten thousand parts", "ten megabytes on one line"])
def test_memory_is_flat_whatever_comes(name: str) -> None:
    tracemalloc.start()
    read_returned(HOSTILE[name])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000


def test_our_own_reader_goes_on_where_flufl_raises() -> None:
    content = b"Return-Path: <>\nSubject: Nej\n\nMottagare: bo@a.example\nOrsak: user unknown\n"
    with pytest.raises(IndexError):  # over a letter without From
        all_failures(message_from_bytes(content))
    (one,) = read_returned(content)
    assert (one.address, one.reason.slug, one.by) == ("bo@a.example", "user-unknown", "words")


def test_bytes_in_a_header_do_not_keep_flufl_from_reading() -> None:
    content = (LETTERS / "qmail-okand.eml").read_bytes().replace(b"From: MAILER", b"From: R\xe5d MAILER")
    assert read_returned(content)[0].by == "flufl"


@given(st.binary(max_size=3000))
def test_any_bytes_are_a_value(content: bytes) -> None:
    assert read_returned(content)
    assert read_returned(HEAD + content)


@given(st.data())
def test_a_letter_with_a_piece_torn_out_or_put_in_is_a_value(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(LETTERS.glob("*.eml"))))
    content = path.read_bytes()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
    found = read_returned(content[:start] + data.draw(st.binary(max_size=40)) + content[end:])
    assert found
    assert all(one.words.isprintable() and one.address.isprintable() for one in found)
