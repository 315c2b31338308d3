"""The rules about people and pictures: what each asks, why, and whose advice it is."""

from __future__ import annotations

from comms.check import people, schyst
from comms.check.rule import Rule, Scope
from comms.errors import Severity, say

_SCHYST = "https://regionvarmland.se/schyst/schyst-arbetsplats/schyst-kommunikation/schyst-kommunikation"
_SCHYST_TIPS = "http://schyst.se/schyst-kommunikation/start/fler-schysta-tips/"
_WARNING = Severity.WARNING

PEOPLE_RULES: tuple[Rule, ...] = (
    Rule(
        "S120",
        _WARNING,
        Scope.ITEM,
        say("Hela namnet först"),
        say(
            "Alla presenteras med för- och efternamn första gången, så att ingen blir mindre än någon annan."
        ),
        _SCHYST_TIPS,
        people.full_name_first,
    ),
    Rule(
        "S121",
        _WARNING,
        Scope.ITEM,
        say("Samma sätt att nämna alla"),
        say("Om en kallas vid förnamn och en vid efternamn får de olika tyngd."),
        _SCHYST_TIPS,
        people.same_style,
    ),
    Rule(
        "S122",
        _WARNING,
        Scope.ITEM,
        say("Likvärdiga uppgifter om alla"),
        say("Familj och ålder berättas oftare om kvinnor. Ge samma slags uppgifter om alla, eller inga."),
        _SCHYST_TIPS,
        schyst.unequal_facts,
        swedish=True,
    ),
    Rule(
        "S125",
        _WARNING,
        Scope.ITEM,
        say("Inbjudan med tillgänglighet"),
        say("Den som behöver ramp, hörslinga eller annan kost ska kunna bestämma sig utan att ringa."),
        _SCHYST,
        people.invitation_without_access,
    ),
    Rule(
        "S130",
        _WARNING,
        Scope.ITEM,
        say("Ja från dem som syns"),
        say("En bild där någon går att känna igen är en personuppgift. Skriv ned på vilken grund den visas."),
        "https://eur-lex.europa.eu/eli/reg/2016/679/oj",
        people.people_without_consent,
    ),
    Rule(
        "S131",
        _WARNING,
        Scope.ITEM,
        say("Arkivbilder"),
        say("Schyst vill visa riktiga människor, som är det de ser ut att vara."),
        "http://schyst.se/om-schyst/",
        people.stock_pictures,
    ),
)
