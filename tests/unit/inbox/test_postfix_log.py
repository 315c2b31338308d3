"""What lines of a Postfix log prove of a letter, and what they only seem to prove."""

from __future__ import annotations

import gzip
import os
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comms.errors import ConfigError
from comms.inbox.postfix_log import open_log, read_logs, read_postfix_log
from comms.model.ledger import Evidence, Verdict

SOUGHT = "<k1@leader.example>"

BEGUN = """
Nov 25 17:46:12 mail postfix/smtpd[405]: 8F6A221E814: client=localhost[127.0.0.1]
Nov 25 17:46:12 mail postfix/cleanup[409]: 8F6A221E814: message-id=<k1@leader.example>
"""
TAKEN = """
Nov 25 17:46:12 mail postfix/qmgr[403]: 8F6A221E814: from=<brev@leader.example>, size=284, \
nrcpt=2 (queue active)
"""
CUT_OFF = """
Nov 25 17:46:12 mail postfix/smtpd[405]: lost connection after DATA (71 bytes) from localhost[127.0.0.1]
Nov 25 17:46:12 mail postfix/smtpd[405]: disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=0/1
"""
SENT = """
Nov 25 17:46:13 mail postfix/smtp[410]: 8F6A221E814: to=<anna@post.example>, \
relay=mx.post.example[192.0.2.7]:25, delay=0.06, \
delays=0.05/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 77)
"""
COPY_SENT = """
Nov 25 17:46:13 mail postfix/virtual[411]: 8F6A221E814: to=<journal@leader.example>, relay=virtual, \
delay=0.1, delays=0/0/0/0, dsn=2.0.0, status=sent (delivered to maildir)
"""
DEFERRED = """
Nov 25 17:46:13 mail postfix/smtp[410]: 8F6A221E814: to=<anna@post.example>, relay=none, delay=30, \
delays=0/0/30/0, dsn=4.4.1, status=deferred (connect to mx.post.example[192.0.2.7]:25: Connection timed out)
"""
BOUNCED = """
Nov 25 17:46:13 mail postfix/error[415]: 8F6A221E814: to=<anna@post.example>, orig_to=<a@leader.example>, \
relay=none, delay=0.06, delays=0.04/0.01/0/0.01, dsn=5.1.1, status=bounced (unknown user: "anna")
Nov 25 17:46:13 mail postfix/cleanup[409]: 38B6221E5D3: message-id=<20261125174613.38B6221E5D3@mail.example>
Nov 25 17:46:13 mail postfix/bounce[416]: 8F6A221E814: sender non-delivery notification: 38B6221E5D3
"""
EXPIRED = """
Nov 30 17:46:13 mail postfix/qmgr[403]: 8F6A221E814: from=<brev@leader.example>, \
status=expired, returned to sender
"""
REMOVED = """
Nov 25 17:46:13 mail postfix/qmgr[403]: 8F6A221E814: removed
"""
HEADER_REFUSED = """
Nov 25 17:46:12 mail postfix/cleanup[409]: 8F6A221E814: reject: header Subject: Hej: 4.7.1 from \
localhost[127.0.0.1]; \
from=<brev@leader.example> to=<anna@post.example> proto=ESMTP helo=<x.example>: 5.7.1 not wanted here
"""
MILTER_REFUSED = """
Nov 25 17:46:12 mail postfix/cleanup[409]: 8F6A221E814: milter-reject: END-OF-MESSAGE from \
localhost[127.0.0.1]: 5.7.1 Spam message rejected; \
from=<brev@leader.example> to=<anna@post.example> proto=ESMTP helo=<x.example>
"""
SMTPD_REFUSED = """
Nov 25 17:46:12 mail postfix/smtpd[405]: 8F6A221E814: reject: END-OF-MESSAGE from \
localhost[127.0.0.1]: 554 5.7.1 <END-OF-MESSAGE>: Not taken; from=<brev@leader.example> proto=ESMTP
"""
MILTER_REFUSED_FOR_NOW = MILTER_REFUSED.replace("5.7.1 Spam message rejected", "4.7.1 Try again later")
HELD = """
Nov 25 17:46:12 mail postfix/cleanup[409]: 8F6A221E814: hold: header Subject: Hej from localhost[127.0.0.1]; \
from=<brev@leader.example> to=<anna@post.example> proto=ESMTP helo=<x.example>
"""
THROWN_AWAY = HELD.replace("hold:", "discard:")


def evidence(log: str | bytes, *wanted: str) -> list[Evidence]:
    content = log.encode() if isinstance(log, str) else log
    return list(read_postfix_log(content.splitlines(keepends=True), wanted or (SOUGHT,), "postfix: mail.log"))


def verdicts(log: str, *wanted: str) -> list[tuple[str, Verdict]]:
    return [(one.message_id, one.verdict) for one in evidence(log, *wanted)]


def test_a_letter_in_the_queue_has_been_taken() -> None:
    assert evidence(BEGUN + TAKEN) == [
        Evidence(SOUGHT, Verdict.ACCEPTED, "postfix: mail.log", "Nov 25 17:46:12 8F6A221E814: queue active")
    ]


def test_the_message_id_alone_proves_nothing_for_it_is_logged_before_the_final_dot() -> None:
    assert evidence(BEGUN + CUT_OFF) == []


def test_a_letter_that_was_cut_off_does_not_borrow_the_next_ones_place_in_the_queue() -> None:
    # Seen in a real log: cleanup's line comes after the next letter's first one.
    log = """
Nov 25 17:46:12 mail postfix/smtpd[405]: 9A8AF21E565: client=localhost[127.0.0.1]
Nov 25 17:46:12 mail postfix/smtpd[405]: lost connection after DATA (71 bytes) from localhost[127.0.0.1]
Nov 25 17:46:12 mail postfix/smtpd[405]: 9CF4021E565: client=localhost[127.0.0.1]
Nov 25 17:46:12 mail postfix/cleanup[409]: 9A8AF21E565: message-id=<k1@leader.example>
Nov 25 17:46:12 mail postfix/cleanup[409]: 9CF4021E565: message-id=<k2@leader.example>
Nov 25 17:46:12 mail postfix/qmgr[403]: 9CF4021E565: from=<brev@leader.example>, size=284, \
nrcpt=1 (queue active)
"""
    assert verdicts(log, SOUGHT, "<k2@leader.example>") == [("<k2@leader.example>", Verdict.ACCEPTED)]


def test_a_second_attempt_that_was_taken_counts_though_the_first_was_cut_off() -> None:
    again = (BEGUN + TAKEN).replace("8F6A221E814", "A1B2C21E814")
    assert verdicts(BEGUN + CUT_OFF + again) == [(SOUGHT, Verdict.ACCEPTED)]


@pytest.mark.parametrize(
    ("what_became_of_it", "told"),
    [
        (SENT + REMOVED, "sent (250 2.0.0 Ok: queued as 77)"),
        (DEFERRED, "deferred (connect to mx.post.example[192.0.2.7]:25: Connection timed out)"),
        (DEFERRED + SENT, "sent (250 2.0.0 Ok: queued as 77)"),
        (BOUNCED + REMOVED, 'bounced (unknown user: "anna")'),
        (BOUNCED + COPY_SENT, 'bounced (unknown user: "anna"); sent (delivered to maildir)'),
        (COPY_SENT + BOUNCED, 'bounced (unknown user: "anna"); sent (delivered to maildir)'),
        (COPY_SENT + EXPIRED, "expired, returned to sender; sent (delivered to maildir)"),
    ],
)
def test_a_letter_that_was_taken_is_accepted_whatever_became_of_it_and_that_is_told(
    what_became_of_it: str, told: str
) -> None:
    (one,) = evidence(BEGUN + TAKEN + what_became_of_it)
    assert one.verdict is Verdict.ACCEPTED
    assert one.detail == f"Nov 25 17:46:12 8F6A221E814: {told}"


@pytest.mark.parametrize("refusal", [HEADER_REFUSED, MILTER_REFUSED, SMTPD_REFUSED])
def test_a_letter_that_the_relay_refused_for_good_is_rejected_with_its_words(refusal: str) -> None:
    (one,) = evidence(BEGUN + refusal)
    assert one.verdict is Verdict.REJECTED
    assert one.detail.startswith("Nov 25 17:46:12 8F6A221E814: 5.7.1 ")


@pytest.mark.parametrize("lines", [MILTER_REFUSED_FOR_NOW, HELD, HELD + CUT_OFF, THROWN_AWAY])
def test_what_may_still_go_either_way_proves_nothing(lines: str) -> None:
    assert evidence(BEGUN + lines) == []


def test_a_letter_that_is_released_from_hold_has_been_taken() -> None:
    assert verdicts(BEGUN + HELD + TAKEN) == [(SOUGHT, Verdict.ACCEPTED)]


def test_only_the_last_attempts_refusal_counts() -> None:
    again = BEGUN.replace("8F6A221E814", "A1B2C21E814")
    taken = TAKEN.replace("8F6A221E814", "A1B2C21E814")
    assert evidence(BEGUN + MILTER_REFUSED + again + CUT_OFF) == []
    assert verdicts(BEGUN + MILTER_REFUSED + again + taken) == [(SOUGHT, Verdict.ACCEPTED)]


def test_a_content_filter_gives_a_letter_a_second_number_and_the_last_fate_is_told() -> None:
    filtered = SENT.replace("queued as 77", "queued as B2C3D21E814")
    second = (BEGUN + TAKEN + BOUNCED).replace("8F6A221E814", "B2C3D21E814")
    (one,) = evidence(BEGUN + TAKEN + filtered + REMOVED + second)
    assert one.detail == 'Nov 25 17:46:12 8F6A221E814: bounced (unknown user: "anna")'


def test_long_queue_numbers_are_read_too() -> None:
    log = (BEGUN + TAKEN + SENT).replace("8F6A221E814", "4jZRt640JmzJkb0")
    assert [one.detail for one in evidence(log)] == [
        "Nov 25 17:46:12 4jZRt640JmzJkb0: sent (250 2.0.0 Ok: queued as 77)"
    ]


@pytest.mark.parametrize("first_word", ["client=mx.annan.example[192.0.2.9]", "uid=1000 from=<cron>"])
def test_a_number_that_is_used_again_belongs_to_another_letter(first_word: str) -> None:
    other = f"\nNov 25 17:46:13 mail postfix/smtpd[405]: 8F6A221E814: {first_word}"
    assert evidence(BEGUN + CUT_OFF + other + TAKEN) == []
    other_id = "\nNov 25 17:46:13 mail postfix/cleanup[409]: 8F6A221E814: message-id=<annat@annan.example>"
    assert evidence(BEGUN + CUT_OFF + other_id + TAKEN) == []


def test_two_relays_in_one_log_have_numbers_of_their_own() -> None:
    assert evidence(BEGUN + TAKEN.replace(" mail ", " backup ")) == []
    assert evidence(BEGUN + TAKEN.replace("postfix/", "postfix-in/")) == []
    submission = BEGUN.replace("postfix/", "postfix/submission/")
    assert verdicts(submission + TAKEN) == [(SOUGHT, Verdict.ACCEPTED)]


@pytest.mark.parametrize(
    "line",
    [
        "message-id=<xk1@leader.example>",
        "message-id=<k1@leader.example.se>",
        "message-id=<K1@leader.example>",
        "message-id=k1@leader.example",
        "resent-message-id=<k1@leader.example>",
        "warning: header Subject: message-id=<k1@leader.example>",
    ],
)
def test_what_only_resembles_the_id_is_another_letter(line: str) -> None:
    assert evidence(BEGUN.replace("message-id=<k1@leader.example>", line) + TAKEN) == []


def test_a_client_cannot_write_the_queue_managers_lines() -> None:
    forged = TAKEN.strip().removeprefix("Nov 25 17:46:12 ")
    for words in (f"warning: non-SMTP command from evil.example: {forged}", f"helo {forged}", forged):
        smtpd = f"\nNov 25 17:46:12 mail postfix/smtpd[405]: {words}\n"
        assert evidence(BEGUN + smtpd) == []
    subject = (
        "8F6A221E814: warning: header Subject: from=<brev@leader.example>, size=1, nrcpt=1 (queue active)"
    )
    assert evidence(BEGUN + f"\nNov 25 17:46:12 mail postfix/cleanup[409]: {subject}\n") == []


def test_an_instant_with_a_zone_is_told_and_one_without_year_and_zone_is_not_guessed() -> None:
    stamped = (BEGUN + TAKEN).replace("Nov 25 17:46:12", "2026-11-25T17:46:12.345678+01:00")
    zone = timezone(timedelta(hours=1))
    assert [one.at for one in evidence(stamped)] == [datetime(2026, 11, 25, 17, 46, 12, 345678, zone)]
    journalctl = (BEGUN + TAKEN).replace("Nov 25 17:46:12", "2026-11-25T17:46:12+0100")
    assert [one.at for one in evidence(journalctl)] == [datetime(2026, 11, 25, 17, 46, 12, tzinfo=zone)]
    for stamp in ("2026-11-25T17:46:12", "Nov 25 17:46:12"):
        without = (BEGUN + TAKEN).replace("Nov 25 17:46:12", stamp)
        assert [(one.at, one.detail) for one in evidence(without)] == [
            (None, f"{stamp} 8F6A221E814: queue active")
        ]


def test_what_the_log_says_is_harmless_to_print_and_short() -> None:
    evil = BOUNCED.encode().replace(b"unknown user", b"\x1b[2J\x07\xff\xe2\x80\xae" + b"x" * 5000)
    (one,) = evidence((BEGUN + TAKEN).encode() + evil)
    assert one.detail.startswith(r"Nov 25 17:46:12 8F6A221E814: bounced (\x1b[2J\x07\xff\u202exxx")
    assert one.detail.isprintable()
    assert len(one.detail) == 300


# Files


def write(path: Path, log: str, *, written: datetime = datetime(2026, 11, 26, tzinfo=UTC)) -> Path:
    content = log.encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    os.utime(path, (written.timestamp(), written.timestamp()))
    return path


def test_a_letter_is_followed_from_a_rotated_log_into_the_next_whatever_the_order_of_names(
    tmp_path: Path,
) -> None:
    new = write(tmp_path / "mail.log", TAKEN + BOUNCED)
    old = write(
        tmp_path / "mail.log.1.gz", "Nov 24 06:00:00 mail postfix/qmgr[403]: 1234521E814: removed" + BEGUN
    )
    for order in ([new, old], [old, new]):
        (one,) = read_logs(order, [SOUGHT])
        assert one.verdict is Verdict.ACCEPTED
        assert one.source == f"postfix: {order[0]}, {order[1]}"


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("Dec 31 23:59:59", "Jan  1 00:00:01"),
        ("okt 31 23:59:59", "nov  1 00:00:01"),
        ("maj 31 23:59:59", "jun  1 00:00:01"),
        ("2026-12-31T23:59:59.9+01:00", "2027-01-01T00:00:01.1+01:00"),
    ],
)
def test_logs_are_read_in_the_order_of_time_at_new_year_and_in_swedish_too(
    tmp_path: Path, earlier: str, later: str
) -> None:
    written = datetime(2027, 1, 2, tzinfo=UTC)
    new = write(tmp_path / "a", TAKEN.replace("Nov 25 17:46:12", later), written=written)
    old = write(tmp_path / "b", BEGUN.replace("Nov 25 17:46:12", earlier), written=written)
    assert [one.verdict for one in read_logs([new, old], [SOUGHT])] == [Verdict.ACCEPTED]


def test_a_packed_log_is_known_by_what_it_is_and_not_by_its_name(tmp_path: Path) -> None:
    log = tmp_path / "mail.log.1"
    log.write_bytes(gzip.compress((BEGUN + TAKEN).encode()))
    assert len(list(read_logs([log], [SOUGHT]))) == 1


def test_a_pipe_is_read_once_as_from_journalctl(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(BEGUN + TAKEN,))
    writer.start()
    assert len(list(read_logs([pipe], [SOUGHT]))) == 1
    writer.join()


def test_a_file_that_is_nothing_of_postfix_does_not_pass_for_a_log_without_the_letter(tmp_path: Path) -> None:
    for content in ("", "Nov 25 17:46:12 mail dovecot: imap-login: Login: user=<k1>\n"):
        log = write(tmp_path / "syslog", content)
        with pytest.raises(
            ConfigError, match=r"Här finns inga rader från Postfix \(postfix: .*syslog\)\. Ange"
        ):
            list(read_logs([log], [SOUGHT]))


def test_what_cannot_be_read_is_told_with_its_name(tmp_path: Path) -> None:
    whole = gzip.compress((BEGUN + TAKEN).encode() * 500)
    (tmp_path / "half.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "bad.gz").write_bytes(whole[:20] + b"\xff" * 50)
    for name in ("half.gz", "bad.gz", "gone.log", "."):
        with pytest.raises(ConfigError, match=r"går inte att läsa: .+ Kontrollera") as told:
            list(read_logs([tmp_path / name], [SOUGHT]))
        assert str(tmp_path / name) in str(told.value)


def test_of_a_line_without_end_only_its_beginning_is_read(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    with log.open("wb") as file:
        file.write(b"x" * 65536 + TAKEN.strip().encode() + b"\n" + BEGUN.encode())
    lines = list(open_log(log))
    assert [len(line) for line in lines[:1]] == [65536]
    assert b"".join(lines[1:]).decode() == BEGUN


# Hostile lines

PIECES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([line.encode() for line in (BEGUN + TAKEN + BOUNCED + MILTER_REFUSED).splitlines()]),
    st.sampled_from(
        [b"Nov 25 17:46:12 ", b"2026-11-25T", b"postfix/qmgr[1]: ", b"message-id=", b"status=", b"\n"]
    ),
)


@given(st.lists(st.lists(PIECES, max_size=6).map(b"".join), max_size=12))
@example([b"2026-99-99T99:99 mail postfix/qmgr[1]: 8F: from=<>, size=1 (queue active)"])
@example([b"Feb 30 99:99:99 mail postfix/cleanup[1]: 8F: message-id=" + SOUGHT.encode()])
def test_no_bytes_make_it_fail_or_say_what_cannot_be_printed(lines: list[bytes]) -> None:
    for one in read_postfix_log(lines, [SOUGHT], "postfix: mail.log"):
        assert one.message_id == SOUGHT
        assert one.detail.isprintable()
        assert len(one.detail) <= 300


@given(st.binary(max_size=300))
def test_no_file_makes_it_fail_in_another_way_than_by_saying_so(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    log = tmp_path_factory.getbasetemp() / "any.log"
    for written in (content, b"\x1f\x8b" + content, gzip.compress(content)):
        log.write_bytes(written)
        with pytest.raises(ConfigError):
            list(read_logs([log], [SOUGHT]))
