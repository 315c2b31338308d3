"""The doctor at mail: keys that sign, where bounces go, and what receivers read of it in DNS.

What is missing is told with the record to publish, letter for letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address

from comms.app.doctoring_machine import sends_mail
from comms.app.examined import Examined, Outside, advice, fault, well
from comms.app.house import House
from comms.app.resolving import Answer, Kind, Resolve
from comms.app.signing import WISHED_BITS, Key, read_key
from comms.errors import CommsError, Text, say
from comms.inbox.reading import harmless
from comms.model.settings import ChannelKind
from comms.render.headers import ascii_address
from comms.text.hosts import is_loopback
from comms.text.mail_records import (
    MOST_LOOKUPS,
    Dmarc,
    KeyStanding,
    Spf,
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


def signing(house: House, _now: datetime) -> Iterator[Examined]:
    """What to publish of each key that letters are signed with."""
    found = []
    for one in house.settings.dkim:
        try:
            key = read_key(house, one)
        except CommsError as refused:
            yield fault(refused.message)
            continue
        found.append(key.bits)
        yield well(
            say(
                "Breven signeras med {selector}. Lägg en TXT-post i DNS, {name}, med texten: {record}",
                selector=one.selector,
                name=key.name,
                record=key.record,
            )
        )
        if 0 < key.bits < WISHED_BITS:
            yield advice(
                say(
                    "Nyckeln {selector} har {bits} bitar. Gör en ny med 2048.",
                    selector=one.selector,
                    bits=key.bits,
                )
            )
    if found and not any(found):
        yield advice(say("Alla mejlservrar kan inte läsa Ed25519. Signera också med en RSA-nyckel."))


def bouncing(house: House, _now: datetime) -> Iterator[Examined]:
    """Where letters go that cannot be delivered."""
    bounces = house.settings.bounces
    if bounces is None:
        return
    yield well(say("Brev som inte kommer fram går tillbaka till {domain}.", domain=bounces.domain))
    if bounces.mailbox is None:
        yield advice(
            say(
                "Ingen läser breven till {domain}, så döda adresser får fler brev. Skriv bounces.mailbox.",
                domain=bounces.domain,
            )
        )


def published(house: House, outside: Outside) -> Iterator[Examined]:
    """What receivers find in DNS of who sends; when nobody answers there, that alone is said."""
    if not sends_mail(house):
        return
    resolve = outside.resolve
    sender = ascii_address(house.settings.sender.email).rpartition("@")[2].lower()
    bounces = house.settings.bounces
    envelope = bounces.domain if bounces else sender
    first = resolve(envelope, Kind.TXT)
    if first.why is not None:
        yield advice(say("DNS-posterna för mejl är inte prövade. {why}", why=first.why))
        return
    yield from _spf(house, envelope, first.values, resolve)
    yield from _mx(envelope, resolve, needed=bounces is not None)
    for one in house.settings.dkim:
        try:
            key = read_key(house, one)
        except CommsError:
            continue  # told where it signs
        yield from _dkim(key, resolve)
    if not house.settings.dkim:
        yield advice(
            say(
                "comms signerar inte breven. Se till att mejlservern gör det med DKIM, eller lägg in dkim i "
                "comms.yaml."
            )
        )
    yield from _dmarc(house, sender, envelope, resolve)
    yield from _pointers(house, resolve)


def _untold(answer: Answer) -> Iterator[Examined]:
    if answer.why is not None:
        yield advice(say("Det gick inte att se efter. {why}", why=answer.why))


def _to_publish(name: str, record: str) -> Text:
    return say("Lägg en TXT-post i DNS, {name}, med texten: {record}", name=name, record=record)


def _spf(house: House, domain: str, texts: tuple[str, ...], resolve: Resolve) -> Iterator[Examined]:
    records = spf_records(texts)
    if not records:
        what = _to_publish(domain, f"v=spf1 {_our_servers(house)} -all")
        yield fault(say("{domain} säger inte vem som får sända (SPF). {what}", domain=domain, what=what))
        return
    if len(records) > 1:
        yield fault(
            say("{domain} har {count} SPF-poster. Slå ihop dem till en.", domain=domain, count=len(records))
        )
        return
    untold: list[Answer] = []

    def texts_at(name: str) -> tuple[str, ...]:
        answer = resolve(name, Kind.TXT)
        untold.extend([answer] if answer.why is not None else [])
        return answer.values

    spf = read_spf(records[0], texts_at)
    for answer in untold[:1]:
        yield from _untold(answer)
    if not untold or spf.lookups > MOST_LOOKUPS:
        yield _spf_as_read(domain, records[0], spf)


def _spf_as_read(domain: str, record: str, spf: Spf) -> Examined:
    """The worst that there is to say of a record, or that it can be read."""
    shown = harmless(record)
    faults = (
        (
            spf.lookups > MOST_LOOKUPS,
            say(
                "SPF för {domain} kräver fler än {most} uppslag, så mottagarna läser den inte. Ta bort det "
                "som inte används.",
                domain=domain,
                most=MOST_LOOKUPS,
            ),
        ),
        (
            bool(spf.unknown),
            say(
                "Mottagarna förstår inte ”{term}” i SPF för {domain}, och läser då inget av den. Rätta det "
                "i DNS.",
                domain=domain,
                term=harmless(spf.unknown),
            ),
        ),
        (
            bool(spf.absent),
            say(
                "SPF för {domain} hänvisar till {name}, som inte har en SPF-post. Mottagarna läser då inget "
                "av den. Ta bort hänvisningen.",
                domain=domain,
                name=harmless(spf.absent),
            ),
        ),
        (
            spf.end == "+all",
            say("SPF för {domain} låter vem som helst sända. Byt +all till -all.", domain=domain),
        ),
        (
            not spf.lets,
            say(
                "SPF för {domain} låter ingen sända. Skriv in servern som sänder breven: {record}",
                domain=domain,
                record=shown,
            ),
        ),
    )
    for is_so, what in faults:
        if is_so:
            return fault(what)
    if spf.end in {"", "?all"}:
        return advice(
            say(
                "SPF för {domain} säger inget om andra servrar. Låt den sluta med -all eller ~all.",
                domain=domain,
            )
        )
    return well(say("SPF för {domain} går att läsa: {record}", domain=domain, record=shown))


def _our_servers(house: House) -> str:
    """The relays as SPF names them; a machine's own address when it hands letters to itself."""
    named = dict.fromkeys(host for host in _hosts(house) if not is_loopback(host))
    return " ".join(f"a:{host}" for host in named) or "ip4:SERVERNS-ADRESS"


def _hosts(house: House) -> list[str]:
    channels = [one for one in house.settings.channels.values() if one.kind is ChannelKind.SMTP]
    return [host for one in channels for host in (one.host, *(relay.host for relay in one.backups))]


def _mx(domain: str, resolve: Resolve, *, needed: bool) -> Iterator[Examined]:
    """Whether mail to a domain arrives: bounces do not look for a server by the domain's own address."""
    answer = resolve(domain, Kind.MX)
    if answer.why is not None:
        yield from _untold(answer)
    elif any(answer.values):
        servers = harmless(", ".join(filter(None, answer.values)))
        yield well(say("Post till {domain} går till {servers}.", domain=domain, servers=servers))
    else:
        what = say(
            "Post till {domain} kommer inte fram, inte heller studsar. Lägg en MX-post i DNS, {domain}, som "
            "pekar på servern med brevlådan: 10 SERVERNS-NAMN",
            domain=domain,
        )
        yield fault(what) if needed else advice(what)


_STANDINGS = {
    KeyStanding.ABSENT: say("Nyckeln finns inte i DNS."),
    KeyStanding.OTHER: say("DNS har en annan nyckel än filen."),
    KeyStanding.REVOKED: say("Nyckeln i DNS är återkallad: p= är tomt."),
    KeyStanding.SEVERAL: say("DNS har flera nycklar. Ta bort alla utom den rätta."),
    KeyStanding.UNFIT: say("Nyckeln i DNS gäller inte mejl med SHA-256."),
}
"""What is wrong with a published key."""


def _dkim(key: Key, resolve: Resolve) -> Iterator[Examined]:
    answer = resolve(key.name, Kind.TXT)
    if answer.why is not None:
        yield from _untold(answer)
        return
    standing = key_standing(answer.values, key.record)
    if standing is not KeyStanding.SAME:
        what = _to_publish(key.name, key.record)
        yield fault(say("{why} {what}", why=_STANDINGS[standing], what=what))
    elif is_testing(answer.values):
        yield advice(say("Nyckeln i {name} är på prov. Ta bort t=y när den fungerar.", name=key.name))
    else:
        yield well(say("Nyckeln i {name} är den som breven signeras med.", name=key.name))


def _dmarc(house: House, sender: str, envelope: str, resolve: Resolve) -> Iterator[Examined]:
    """The policy that holds for From's domain, and whether the envelope belongs to the same organization."""
    found: dict[str, Dmarc] = {}
    doubled = False
    for domain in dict.fromkeys((*tree(sender), *tree(envelope))):
        answer = resolve(f"_dmarc.{domain}", Kind.TXT)
        if answer.why is not None:
            yield from _untold(answer)
            return
        if len(dmarc_records(answer.values)) > 1:
            doubled = True
            yield fault(say("_dmarc.{domain} har flera DMARC-poster. Slå ihop dem till en.", domain=domain))
        policy = read_dmarc(answer.values)
        if policy is not None:
            found[domain] = policy
    held = policy_of(sender, found)
    reports = f"rua=mailto:{house.settings.sender.reply_to}"
    if held is None and doubled:  # one more would make it worse
        return
    if held is None:
        what = _to_publish(f"_dmarc.{sender}", f"v=DMARC1; p=none; {reports}")
        yield fault(say("{domain} har ingen DMARC. {what}", domain=sender, what=what))
        return
    yield from _policy(sender, held, reports)
    yield from _aligned(house, (sender, envelope), found, strict=held[1].strict)


def _policy(sender: str, held: tuple[str, Dmarc], reports: str) -> Iterator[Examined]:
    owner, policy = held
    meant = policy.policy if owner == sender else policy.subdomains
    if meant == "none" or policy.testing:
        what = _to_publish(f"_dmarc.{owner}", f"v=DMARC1; p=quarantine; {reports}")
        yield advice(
            say(
                "DMARC för {domain} ber inte mottagarna att göra något. När rapporterna har varit bra i "
                "30 dagar: {what}",
                domain=sender,
                what=what,
            )
        )
    else:
        yield well(say("DMARC för {domain} är {policy}.", domain=sender, policy=meant))
    if not policy.reports:
        yield advice(say("DMARC för {domain} har ingen rua=, så ingen får rapporterna.", domain=owner))


def _aligned(
    house: House, domains: tuple[str, str], found: dict[str, Dmarc], *, strict: bool
) -> Iterator[Examined]:
    """Whether SPF counts for From (RFC 9989, 4.4.2). A signature of ours is always for From's own domain."""
    sender, envelope = domains
    same = organizational_domain(sender, found) == organizational_domain(envelope, found)
    if sender == envelope or (same and not strict):
        return
    what = say(
        "Studsarna går till {envelope}, som inte räknas till {sender}. SPF hjälper då inte. Ha en domän "
        "under {sender}.",
        envelope=envelope,
        sender=sender,
    )
    yield advice(what) if house.settings.dkim else fault(what)


def _pointers(house: House, resolve: Resolve) -> Iterator[Examined]:
    """Whether the relay's address leads back to its name: who runs it must see to that."""
    for host in dict.fromkeys(host for host in _hosts(house) if not is_loopback(host)):
        addresses = _addresses(host, resolve)
        if isinstance(addresses, Answer):
            yield from _untold(addresses)
        elif not addresses:
            yield fault(say("Mejlservern {host} finns inte i DNS. Rätta host.", host=host))
        for address in addresses if isinstance(addresses, list) else ():
            named = resolve(address, Kind.PTR)
            yield from _untold(named)
            if named.why is None and not any(address in _forward(name, resolve) for name in named.values):
                yield advice(
                    say(
                        "Adressen {address} ({host}) har inget namn i DNS som leder tillbaka (PTR). Tala med "
                        "den som sköter mejlservern, om den också sänder ut.",
                        address=address,
                        host=host,
                    )
                )


def _addresses(host: str, resolve: Resolve) -> list[str] | Answer:
    """A host's addresses, or the answer that nobody could give."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        answers = [resolve(host, kind) for kind in (Kind.A, Kind.AAAA)]
    untold = next((one for one in answers if one.why is not None), None)
    found = [address for one in answers for address in one.values]
    return untold if untold is not None and not found else found


def _forward(name: str, resolve: Resolve) -> set[str]:
    return {address for kind in (Kind.A, Kind.AAAA) for address in resolve(name, kind).values}
