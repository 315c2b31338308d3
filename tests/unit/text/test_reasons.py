"""Why a copy was refused: words about us beat every code, codes beat vague words, and nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.model.bounce import ReturnKind
from comms.text.reasons import SLUGS, UNSAID, classify, status_of

DEAD, TROUBLE, OURS, UNREADABLE = (
    *(ReturnKind.DEAD, ReturnKind.TROUBLE, ReturnKind.OURS),
    ReturnKind.UNREADABLE,
)

CODES = [
    ("5.1.1", DEAD),
    ("5.1.2", DEAD),
    ("5.1.3", DEAD),
    ("5.1.6", DEAD),
    ("5.1.10", DEAD),
    ("5.1.0", UNREADABLE),
    ("5.0.0", UNREADABLE),
    ("5.3.0", UNREADABLE),
    ("", UNREADABLE),
    ("nonsense", UNREADABLE),
    ("5.1.7", OURS),
    ("5.1.8", OURS),
    ("5.2.0", TROUBLE),
    ("5.2.1", TROUBLE),
    ("5.2.2", TROUBLE),
    ("4.2.2", TROUBLE),
    ("5.2.3", OURS),
    ("5.3.4", OURS),
    ("5.3.2", TROUBLE),
    ("4.3.1", TROUBLE),
    ("4.4.1", TROUBLE),
    ("4.4.7", TROUBLE),
    ("5.4.4", TROUBLE),
    ("5.4.6", TROUBLE),
    ("5.4.310", DEAD),
    ("5.5.0", OURS),
    ("5.6.1", OURS),
    ("4.7.1", OURS),
    ("4.0.0", TROUBLE),
    *(
        (f"5.7.{detail}", OURS)
        for detail in (0, 1, 9, 13, 20, 23, 25, 26, 27, 29, 64, 133, 515, 606, 708, 750)
    ),
]


@pytest.mark.parametrize(("status", "kind"), CODES)
def test_a_code_alone_says_so_much_and_no_more(status: str, kind: ReturnKind) -> None:
    assert classify(status, "").kind is kind


@pytest.mark.parametrize(
    ("status", "words", "slug"),
    [
        (
            "5.1.1",
            "550 5.1.1 Service unavailable; client [198.51.100.4] blocked using zen.spamhaus.org",
            "blocked",
        ),
        ("5.1.1", "550 5.1.1 Message rejected as spam", "spam"),
        ("5.1.1", "550 SPF check failed", "spf"),
        ("5.2.1", "550 5.2.1 This mailbox does not exist", "user-unknown"),
        ("5.2.1", "550 5.2.1 Mailbox disabled", "mailbox-disabled"),
        ("5.7.1", "550 5.7.1 User unknown", "policy"),
        ("5.0.0", "550 User unknown", "user-unknown"),
        ("5.1.0", "550 5.1.0 Address rejected: user unknown", "user-unknown"),
        ("5.1.1", "mailbox unavailable", "user-unknown"),
        ("5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable", "mailbox-unavailable"),
        ("5.0.0", "smtp; 550 5.1.1 <anna@a.example>", "user-unknown"),
        ("5.1.1", "smtp; 550 5.7.1 <anna@a.example>", "policy"),
        ("4.1.1", "450 4.1.1 unverified address: user unknown", "passing"),
        ("4.4.3", "Host not found, try again", "dns-trouble"),
        ("5.4.4", "Host or domain name not found. Name service error: Host not found", "domain-unknown"),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "not-in-directory"),
        ("5.0.0", "550 Access denied", "policy"),
        ("5.3.4", "552 message too big", "size"),
        ("", "552 Message for <anna@a.example> would exceed mailbox quota", "mailbox-full"),
        ("", "550 Sender address rejected: Domain not found", "sender-refused"),
        ("", "550 relaying denied", "relaying"),
    ],
)
def test_words_about_us_beat_codes_and_codes_beat_vague_words(status: str, words: str, slug: str) -> None:
    assert classify(status, words).slug == slug


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Mottagaren finns inte", "user-unknown"),
        ("E-postadressen hittades inte.", "user-unknown"),
        ("Okänd mottagare", "user-unknown"),
        ("Personen har slutat", "user-unknown"),
        ("Domänen finns inte", "domain-unknown"),
        ("Brevlådan är full", "mailbox-full"),
        ("Kvoten är överskriden", "mailbox-full"),
        ("Kontot är inaktiverat", "mailbox-disabled"),
        ("Meddelandet är för stort", "size"),
        ("Stoppades som skräppost", "spam"),
        ("Ip-adressen finns på en spärrlista", "blocked"),
        ("Avsändaren är blockerad", "sender-refused"),
        ("Avvisat på grund av en regel", "policy"),
        ("Gruppen tar bara emot brev från avsändare i organisationen", "restricted"),
        ("Servern svarar inte", "unreachable"),
        ("Brevet gick inte att leverera", "unsaid"),
    ],
)
def test_swedish_words_are_understood(words: str, slug: str) -> None:
    assert classify("", words).slug == slug


@pytest.mark.parametrize(
    "words",
    [
        "host spamfilter.kommun.example[192.0.2.7] said: 550 5.1.1 user unknown",
        "host spam-filter said: 550 5.1.1 user unknown",
        "550 5.1.1 <policy@virus.spf.example>: user unknown",
        "550 5.1.1 user unknown https://support.post.example/spam/policy?p=NoSuchUser",
    ],
)
def test_names_of_servers_and_addresses_are_not_words(words: str) -> None:
    assert classify("5.1.1", words).slug == "user-unknown"


@pytest.mark.parametrize(
    ("status", "words", "code"),
    [
        ("5.1.1 (bad address)", "", "5.1.1"),
        ("5.0.0", "550 #5.2.2 full", "5.2.2"),
        ("5.0.0", "host 5.1.1.7 said: no", "5.0.0"),
        ("2.0.0", "delivered by 4.90.1.2", "2.0.0"),
        ("550", "Exim 4.9.3x", ""),
    ],
)
def test_the_code_that_says_most_counts(status: str, words: str, code: str) -> None:
    assert status_of(status, words) == code


def test_a_reason_has_one_kind() -> None:
    assert SLUGS[UNSAID.slug] is UNREADABLE
    assert {slug for slug, kind in SLUGS.items() if kind is DEAD} == {
        *("user-unknown", "domain-unknown", "bad-address", "null-mx", "moved")
    }


@given(st.text(), st.text())
def test_whatever_a_server_says_is_a_reason(status: str, words: str) -> None:
    reason = classify(status, words)
    assert SLUGS[reason.slug] is reason.kind


@given(st.text(), st.sampled_from(["5.7.1", "5.7.26", "4.7.0", "5.7.606"]))
def test_a_code_of_policy_is_never_the_readers_fault(words: str, code: str) -> None:
    assert classify(code, f"550 {code} user unknown {words}").kind is not DEAD
