"""SPF, DKIM and DMARC as they are written in DNS, read as receivers read them."""

from __future__ import annotations

import pytest

from comms.text.mail_records import (
    Dmarc,
    KeyStanding,
    dmarc_records,
    is_testing,
    key_standing,
    organizational_domain,
    policy_of,
    read_dmarc,
    read_spf,
    spf_records,
    tree,
)


def nobody(_name: str) -> tuple[str, ...]:
    return ()


# SPF


def test_spf_is_told_from_other_texts() -> None:
    texts = ("v=spf1 mx -all", "V=SPF1", "v=spf10 mx", "google-site-verification=abc", "spf2.0/pra mx")
    assert spf_records(texts) == ["v=spf1 mx -all", "V=SPF1"]


@pytest.mark.parametrize(
    ("record", "end"),
    [
        ("v=spf1 mx -all", "-all"),
        ("v=spf1 mx ~ALL", "~all"),
        ("v=spf1 all", "+all"),
        ("v=spf1 ?all mx", "?all"),
        ("v=spf1 mx", ""),
        ("v=spf1 redirect=relay.example", "~all"),
        ("v=spf1 redirect=%{d}.relay.example", "redirect"),
        ("v=spf1 redirect=relay.example -all", "-all"),
    ],
)
def test_what_spf_says_of_everybody_else(record: str, end: str) -> None:
    zone = {"relay.example": ("v=spf1 mx ~all",)}
    assert read_spf(record, lambda name: zone.get(name, ())).end == end


@pytest.mark.parametrize(
    ("record", "count"),
    [
        ("v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 -all", 0),
        ("v=spf1 a mx a:relay.example mx:relay.example/28 ptr exists:%{i}.relay.example -all", 6),
        ("v=spf1 -all a mx", 0),
        ("v=spf1 include:two.example -all", 3),
        ("v=spf1 include:two.example redirect=two.example", 6),
        ("v=spf1 include:two.example -all redirect=two.example", 3),
        ("v=spf1 include:%{d}.macro.example -all", 1),
        ("v=spf1 include:gone.example -all", 1),
        ("v=spf1 include:double.example -all", 1),
        ("v=spf1 +include:two.example ~a -all", 4),
    ],
)
def test_look_ups_of_spf_are_counted_with_what_it_includes(record: str, count: int) -> None:
    zone = {
        "two.example": ("v=spf1 a mx -all",),
        "double.example": ("v=spf1 a -all", "v=spf1 mx -all"),
    }
    assert read_spf(record, lambda name: zone.get(name, ())).lookups == count


def test_spf_that_includes_itself_is_too_much_and_ends() -> None:
    asked: list[str] = []

    def loop(name: str) -> tuple[str, ...]:
        asked.append(name)
        return ("v=spf1 include:loop.example include:loop.example -all",)

    assert read_spf("v=spf1 include:loop.example -all", loop).lookups == 11
    assert len(asked) <= 11


@pytest.mark.parametrize(
    ("record", "unknown"),
    [
        ("v=spf1 mx –all", "–all"),  # a dash that Word has made
        ("v=spf1 ipv4:192.0.2.1 -all", "ipv4:192.0.2.1"),
        ("v=spf1 ip4:192.0.2 -all", "ip4:192.0.2"),
        ("v=spf1 ip4:2001:db8::1 -all", "ip4:2001:db8::1"),
        ("v=spf1 ip6:192.0.2.1 -all", "ip6:192.0.2.1"),
        ("v=spf1 include=relay.example -all", "include=relay.example"),
        ("v=spf1 include: -all", "include:"),
        ("v=spf1 mx; -all", "mx;"),
        ("v=spf1 include:below.example -all", "hej"),
        ("v=spf1 -all hej", ""),
        ("v=spf1 a/24 mx:relay.example/28//64 ip6:2001:db8::/32 exp=why.example x-y=z ?ptr -all", ""),
        ("v=spf1 exists:%{ir}.%{l1r+-}._spf.%{d} -all", ""),
    ],
)
def test_a_term_that_receivers_do_not_know_is_found(record: str, unknown: str) -> None:
    zone = {"below.example": ("v=spf1 hej -all",)}
    assert read_spf(record, lambda name: zone.get(name, ())).unknown == unknown


@pytest.mark.parametrize(
    ("record", "absent", "lets"),
    [
        ("v=spf1 include:gone.example -all", "gone.example", False),
        ("v=spf1 mx redirect=double.example", "double.example", True),
        ("v=spf1 include:nobody.example -all", "", False),
        ("v=spf1 include:somebody.example -all", "", True),
        ("v=spf1 -all", "", False),
        ("v=spf1 -mx -all", "", False),
        ("v=spf1 redirect=somebody.example", "", True),
        ("v=spf1 include:%{d}.relay.example -all", "", True),
    ],
)
def test_whom_spf_lets_send_and_what_it_leads_to_that_is_not_there(
    record: str, absent: str, *, lets: bool
) -> None:
    zone = {
        "double.example": ("v=spf1 a -all", "v=spf1 mx -all"),
        "nobody.example": ("v=spf1 -all",),
        "somebody.example": ("v=spf1 ip4:192.0.2.1 -all",),
    }
    found = read_spf(record, lambda name: zone.get(name, ()))
    assert (found.absent, found.lets) == (absent, lets)


def test_spf_with_eleven_look_ups_is_one_too_many_and_ten_are_not() -> None:
    ten = "v=spf1 " + " ".join(f"a:{n}.relay.example" for n in range(10))
    assert read_spf(ten, nobody).lookups == 10
    assert read_spf(f"{ten} mx -all", nobody).lookups == 11


# DKIM

OURS = "v=DKIM1; k=rsa; p=MIIBIjANBg"


@pytest.mark.parametrize(
    ("texts", "standing"),
    [
        ((OURS,), KeyStanding.SAME),
        (("p=MIIBIjANBg",), KeyStanding.SAME),
        (("v=DKIM1; k=rsa; p=MIIB IjANBg ; n=note",), KeyStanding.SAME),
        (("v=DKIM1; k=rsa; s=email; h=sha1:sha256; p=MIIBIjANBg;",), KeyStanding.SAME),
        ((), KeyStanding.ABSENT),
        (("v=spf1 -all", "hello"), KeyStanding.ABSENT),
        (("v=DKIM2; k=rsa; p=MIIBIjANBg",), KeyStanding.ABSENT),
        (("v=DKIM1; k=rsa; p=MIIBIjANBX",), KeyStanding.OTHER),
        (("v=DKIM1; k=ed25519; p=MIIBIjANBg",), KeyStanding.OTHER),
        (("v=DKIM1; k=rsa; p=",), KeyStanding.REVOKED),
        ((OURS, OURS), KeyStanding.SEVERAL),
        (("v=DKIM1; k=rsa; h=sha1; p=MIIBIjANBg",), KeyStanding.UNFIT),
        (("v=DKIM1; k=rsa; s=tlsrpt; p=MIIBIjANBg",), KeyStanding.UNFIT),
    ],
)
def test_a_published_key_is_compared_with_ours(texts: tuple[str, ...], standing: KeyStanding) -> None:
    assert key_standing(texts, OURS) is standing


def test_a_key_on_trial_is_seen() -> None:
    assert is_testing(("v=DKIM1; t=s:y; p=MIIB",))
    assert not is_testing((OURS,))


# DMARC


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("v=DMARC1; p=quarantine; rua=mailto:d@leader.example", "quarantine"),
        ("v=DMARC1;p=REJECT", "reject"),
        ("v=DMARC1; rua=mailto:d@leader.example", "none"),
        ("v=DMARC1; p=strange", "none"),
        ("v=DMARC1; pct=5; rf=afrf; ri=86400; unknown=x; p=quarantine", "quarantine"),
    ],
)
def test_a_policy_is_read_and_tags_that_are_gone_or_unknown_are_not(text: str, policy: str) -> None:
    found = read_dmarc((text,))
    assert found is not None
    assert found.policy == policy


def test_everything_that_a_policy_says_is_kept() -> None:
    found = read_dmarc(("v=DMARC1; p=reject; sp=none; psd=n; aspf=s; t=y; rua=mailto:d@leader.example",))
    assert found == Dmarc("reject", "none", "n", strict=True, reports=True, testing=True)
    assert read_dmarc(("v=DMARC1; p=reject",)) == Dmarc(
        "reject", "reject", "u", strict=False, reports=False, testing=False
    )


@pytest.mark.parametrize(
    "texts",
    [(), ("v=dmarc1; p=none",), ("p=none; v=DMARC1",), ("v=DMARC1; p=none", "v=DMARC1; p=none")],
    ids=["nothing", "small letters", "version last", "two"],
)
def test_what_is_no_policy_or_more_than_one_is_none(texts: tuple[str, ...]) -> None:
    assert read_dmarc(texts) is None


def test_two_policies_can_be_told_from_none() -> None:
    assert len(dmarc_records(("v=DMARC1; p=none", "v = DMARC1 ; p=reject", "v=spf1 -all"))) == 2


def test_the_tree_is_walked_to_the_top_and_never_asks_more_than_eight_times() -> None:
    assert tree("brev.leader.example") == ("brev.leader.example", "leader.example", "example")
    deep = "a.b.c.d.e.f.g.h.i.example"
    assert tree(deep)[:2] == (deep, "d.e.f.g.h.i.example")
    assert len(tree(deep)) == 8


PLAIN = Dmarc("none", "none", "u", strict=False, reports=True, testing=False)


def psd(value: str) -> Dmarc:
    return Dmarc("reject", "quarantine", value, strict=False, reports=True, testing=False)


@pytest.mark.parametrize(
    ("found", "organization"),
    [
        ({}, "a.mail.leader.example"),
        ({"mail.leader.example": PLAIN, "leader.example": PLAIN}, "leader.example"),
        ({"mail.leader.example": psd("n"), "leader.example": PLAIN}, "mail.leader.example"),
        ({"example": psd("y")}, "leader.example"),
        ({"leader.example": psd("y")}, "mail.leader.example"),
        ({"a.mail.leader.example": psd("y"), "leader.example": PLAIN}, "leader.example"),
    ],
)
def test_a_domains_organization_is_found_as_rfc_9989_says(found: dict[str, Dmarc], organization: str) -> None:
    assert organizational_domain("a.mail.leader.example", found) == organization


def test_the_policy_is_the_domains_own_or_else_its_organizations() -> None:
    assert policy_of("brev.leader.example", {"leader.example": PLAIN}) == ("leader.example", PLAIN)
    own = {"brev.leader.example": psd("u"), "leader.example": PLAIN}
    assert policy_of("brev.leader.example", own) == ("brev.leader.example", psd("u"))
    assert policy_of("brev.leader.example", {"example": psd("y")}) == ("example", psd("y"))
    assert policy_of("brev.leader.example", {"other.example": PLAIN}) is None
