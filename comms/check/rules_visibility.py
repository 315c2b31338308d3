"""The rules of EU visibility and of what law asks of a letter: what each asks, and why.

Those of `LETTER_RULES` read a letter that is ready to go out: comms/check/letters.py finds for them.
"""

from __future__ import annotations

from collections.abc import Iterable

from comms.check import visibility
from comms.check.reading import Reading
from comms.check.rule import Find, Finding, Rule, Scope
from comms.errors import Severity, Text, say

_EU = "http://data.europa.eu/eli/reg_impl/2022/129/oj"
_MARKETING = (
    "https://www.riksdagen.se/sv/dokument-och-lagar/dokument/svensk-forfattningssamling/"
    "marknadsforingslag-2008486_sfs-2008-486/"
)
_WCAG = "https://www.w3.org/TR/WCAG21/"
_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE


def _nothing(_reading: Reading) -> Iterable[Finding]:
    """What is read in a finished letter is not there yet when an item is."""
    return ()


def _item(
    code: str, severity: Severity, title: Text, why: Text, find: Find, *, exemptible: bool = True
) -> Rule:
    return Rule(code, severity, Scope.ITEM, title, why, _EU, find, exemptible=exemptible)


def _letter(code: str, title: Text, why: Text, source: str = _EU) -> Rule:
    """A rule of a finished letter. Law asks for it, so it stops the letter and has no exceptions."""
    return Rule(code, _ERROR, Scope.ISSUE, title, why, source, _nothing, exemptible=False)


_ITEM_RULES = (
    _item(
        "V601",
        _ERROR,
        say("Utlysning utan uppgifter"),
        say("EU kräver att en utlysning säger område, mål, vem som kan söka, summa, första och sista dag."),
        visibility.call_without_facts,
        exemptible=False,
    ),
    _item(
        "V602",
        _WARNING,
        say("EU-stödet syns inte"),
        say("Den som berättar om ett projekt med EU-stöd ska säga att EU är med och betalar."),
        visibility.silent_about_eu,
    ),
    _item(
        "V603",
        _WARNING,
        say("EU-projekt utan uppgifter"),
        say("EU kräver att den som får stöd berättar kort om projektet: mål, resultat och stödet från EU."),
        visibility.project_without_facts,
    ),
    _item(
        "V604",
        _NOTICE,
        say("Affisch om EU-stödet"),
        say("Ett leaderprojekt med mer än 10 000 euro i stöd ska ha en affisch om det, minst i formatet A3."),
        visibility.poster_not_up,
    ),
)

LETTER_RULES: tuple[Rule, ...] = (
    _letter(
        "V610",
        say("Brev utan EU-emblem"),
        say("EU-emblemet ska synas på allt som når allmänheten. Saknas det kan stödet krävas tillbaka."),
    ),
    _letter(
        "V611",
        say("Ändrat EU-emblem"),
        say("Emblemet ska visas som det är: i formen 3:2, utan effekter, med vit ram mot färgad botten."),
    ),
    _letter(
        "V612",
        say("Logotyp större än EU-emblemet"),
        say("Emblemet ska vara minst lika högt eller lika brett som den största av de andra logotyperna."),
    ),
    _letter(
        "V613",
        say("EU-emblem utan namn"),
        say("Den som lyssnar på brevet ska också få veta att EU är med."),
        _WCAG,
    ),
    _letter(
        "V614",
        say("Brev utan meningen om EU:s stöd"),
        say("Meningen ska stå hel, som text och intill emblemet. I textdelen är den allt som syns av EU."),
    ),
    _letter(
        "V615",
        say("Meningen om EU:s stöd ser fel ut"),
        say("EU säger vilka typsnitt och färger den får ha, och att den ska vara rak och i rätt storlek."),
    ),
    _letter(
        "V616",
        say("Meningen om EU:s stöd syns dåligt"),
        say("Kontrasten ska vara minst 4,5, så att alla kan läsa den."),
        _WCAG,
    ),
    _letter(
        "V617",
        say("Meningen om EU:s stöd för nära emblemet"),
        say("Texten får inte störa emblemet."),
    ),
    _letter(
        "V620",
        say("Brev utan avsändare"),
        say("Den som får brevet ska se vem som sänder det, och var avsändaren finns."),
        _MARKETING,
    ),
    _letter(
        "V621",
        say("Brev som inte går att avsluta"),
        say("Varje brev ska ha en adress dit den som fått det kan skriva att det räcker."),
        _MARKETING,
    ),
)
"""Each of these has its function in letters.py."""

VISIBILITY_RULES: tuple[Rule, ...] = (*_ITEM_RULES, *LETTER_RULES)
