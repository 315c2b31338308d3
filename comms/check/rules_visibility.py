"""The rules of EU visibility and of what law asks of a letter: what each asks, and why."""

from __future__ import annotations

from comms.check import visibility
from comms.check.rule import Rule, Scope
from comms.errors import Severity, say

_EU = "http://data.europa.eu/eli/reg_impl/2022/129/oj"
_WARNING = Severity.WARNING

VISIBILITY_RULES: tuple[Rule, ...] = (
    Rule(
        "V601",
        _WARNING,
        Scope.ITEM,
        say("Utlysning utan uppgifter"),
        say("EU kräver att en utlysning säger område, mål, vem som kan söka, summa, första och sista dag."),
        _EU,
        visibility.call_without_facts,
    ),
    Rule(
        "V602",
        _WARNING,
        Scope.ITEM,
        say("EU-stödet syns inte"),
        say("Den som berättar om ett projekt med EU-stöd ska säga att EU är med och betalar."),
        _EU,
        visibility.silent_about_eu,
    ),
)
