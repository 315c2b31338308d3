"""The doctor at the public pages, and at what subscribers have said."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from comms.app.examined import Examined, Finding, Outside, advice, fault, well
from comms.app.house import House
from comms.app.planning import NO_KEYS, facts_without_touching, ledger, misses_keys
from comms.app.served import is_served
from comms.errors import say
from comms.text.hosts import is_loopback


def unsubscribing(house: House, _now: datetime) -> Iterator[Examined]:
    """Who reads what comes by mail: with pages some write all the same."""
    address = house.settings.sender.reply_to
    what = say("Avanmälan sker med e-post till {address}: läs den brevlådan.", address=address)
    if house.settings.web is not None:
        what = say("En del skriver till {address} för att sluta: läs den brevlådan också.", address=address)
    yield advice(what)


def visited(house: House, _now: datetime) -> Iterator[Examined]:
    """Whether visitors can be told apart: behind a server of the web that nothing says, they are all one."""
    web = house.settings.web
    if web is None or web.proxies or urlsplit(house.settings.base_url).scheme != "https":
        return
    if is_loopback(web.host):
        yield advice(
            say(
                "Alla besökare ser ut att komma från samma nät, så de delar på gränsen för anmälningar. "
                "Skriv webbserverns adress, oftast {key}.",
                key="web: {proxies: 127.0.0.1}",
            ),
        )


def renamed(house: House, _now: datetime) -> Iterator[Examined]:
    """Newsletters that people have said yes or no to, and comms.yaml does not have: nobody gets them."""
    if not house.has_ledger:
        return
    with ledger(house) as store:
        said = store.witnesses.newsletters()
    for slug, (yes, no) in said.items():
        if slug not in house.settings.newsletters:
            yield Examined(
                Finding.FAULT if yes else Finding.ADVICE,
                say(
                    "Nyhetsbrevet {slug} finns inte i comms.yaml, men {yes} prenumererar på det och {no} har "
                    "sagt nej till det. Har det bytt namn: skriv {slug} igen, och ändra bara title. Är det "
                    "nedlagt: låt det stå kvar med open: false.",
                    slug=slug,
                    yes=yes,
                    no=no,
                ),
            )


def recognizing(house: House, _now: datetime) -> Iterator[Examined]:
    """Whether erased people who have said no are known again."""
    if misses_keys(house.settings, facts_without_touching(house)):
        yield fault(NO_KEYS)


def serving(house: House, _outside: Outside) -> Iterator[Examined]:
    """Whether the public pages answer at base_url, as letters would promise."""
    if house.settings.web is None:
        return
    why = is_served(house.settings, nonce=secrets.token_urlsafe(16))
    if why is None:
        what = say("De publika sidorna visas på {url}.", url=house.settings.base_url)
        yield well(what)
        return
    yield fault(
        say(
            "De publika sidorna svarar inte. {why} Starta comms web, och se över base_url. "
            "Så länge har breven bara avanmälan med e-post.",
            why=why,
        ),
    )
