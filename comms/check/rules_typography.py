"""The rules of typography: what each asks, and why."""

from __future__ import annotations

from comms.check import typography
from comms.check.rule import Find, Rule, Scope
from comms.errors import Severity, Text, say

_SKRIVREGLER = "https://www.isof.se/utforska/vagledningar/myndigheternas-skrivregler"
_WARNING, _NOTICE = Severity.WARNING, Severity.NOTICE


def _text(code: str, severity: Severity, title: Text, why: Text, find: Find) -> Rule:
    return Rule(code, severity, Scope.TEXT, title, why, _SKRIVREGLER, find, swedish=True)


TYPOGRAPHY_RULES: tuple[Rule, ...] = (
    _text("T301", _NOTICE, say("Klockslag"), say("Förkortningen kl. har punkt."), typography.clock),
    _text(
        "T302",
        _WARNING,
        say("Datum med siffror"),
        say("Siffror i datum läses olika i olika länder och låter illa upplästa."),
        typography.dates,
    ),
    _text(
        "T303",
        _NOTICE,
        say("Raka citattecken"),
        say("Svenska citattecken är ” både före och efter."),
        typography.straight_quotes,
    ),
    _text(
        "T304",
        _NOTICE,
        say("Bindestreck som tankstreck"),
        say("Tankstreck skiljer satser åt, bindestreck håller ihop ord."),
        typography.hyphen_as_dash,
    ),
    _text(
        "T305",
        _WARNING,
        say("Vecka utan datum"),
        say("Många vet inte vilka datum en vecka har."),
        typography.bare_weeks,
    ),
    _text(
        "T306",
        _NOTICE,
        say("Intervall med bindestreck"),
        say("Mellan siffror betyder tankstreck ”till”, och läses så."),
        typography.hyphen_in_intervals,
    ),
    _text(
        "T307",
        _NOTICE,
        say("Tal som kan delas"),
        say("Fast mellanslag håller ihop talet när raden bryts."),
        typography.breaking_blanks,
    ),
    _text(
        "T308",
        _WARNING,
        say("Och/eller"),
        say("Snedstrecket får läsaren att gissa vilket som gäller."),
        typography.and_or,
    ),
)
