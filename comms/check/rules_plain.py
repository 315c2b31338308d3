"""The rules of plain Swedish: what each asks, and why."""

from __future__ import annotations

from comms.check import plain
from comms.check.rule import Find, Rule, Scope
from comms.check.term_rules import terms_of
from comms.errors import Severity, Text, say

_SKRIVREGLER = "https://www.isof.se/utforska/vagledningar/myndigheternas-skrivregler"
_LIX = "https://www.lix.se"
_WCAG = "https://www.w3.org/TR/WCAG21/"
_WARNING, _NOTICE = Severity.WARNING, Severity.NOTICE


def _text(
    code: str, severity: Severity, title: Text, why: Text, find: Find, *, source: str = _SKRIVREGLER
) -> Rule:
    return Rule(code, severity, Scope.TEXT, title, why, source, find, swedish=True)


PLAIN_RULES: tuple[Rule, ...] = (
    _text(
        "P201",
        _WARNING,
        say("Läsbarhet (lix)"),
        say("Lix väger ihop långa meningar och långa ord. Tidningar ligger på 40–50. Rubriker räknas inte."),
        plain.hard_to_read,
        source=_LIX,
    ),
    _text(
        "P202",
        _WARNING,
        say("Långa meningar"),
        say("En tanke i varje mening: den som läser på telefon ska inte behöva gå tillbaka."),
        plain.long_sentences,
    ),
    _text(
        "P203",
        _NOTICE,
        say("Meningar i snitt"),
        say("En lång mening mellan korta går bra. När alla är långa blir texten tung."),
        plain.long_on_average,
    ),
    _text(
        "P204",
        _WARNING,
        say("Två passiva verb i rad"),
        say("Passiva verb döljer vem som gör något. Två i rad går knappt att reda ut."),
        plain.passives_in_a_row,
    ),
    _text(
        "P205",
        _NOTICE,
        say("Substantivsjuka"),
        say("Verb är kortare och livligare än substantiv gjorda av verb."),
        plain.nominal_style,
    ),
    _text(
        "P206",
        _WARNING,
        say("Kansliord"),
        say("Byråkratiska och ålderdomliga ord stänger ute läsare."),
        terms_of("P206", say("”{word}” är kanslisvenska.")),
    ),
    _text(
        "P207",
        _WARNING,
        say("Oförklarade förkortningar"),
        say("Den som läser för första gången känner inte till våra förkortningar."),
        plain.unexplained_abbreviations,
    ),
    _text(
        "P208",
        _WARNING,
        say("Intetsägande länkar"),
        say("En länk ska gå att förstå utan texten runt om: många hoppar mellan länkar."),
        plain.generic_links,
        source=_WCAG,
    ),
    _text(
        "P210",
        _WARNING,
        say("Du och ni med liten bokstav"),
        say("Stor bokstav i du och ni är gammal hövlighet och drar till sig blicken."),
        plain.capital_you,
    ),
    _text(
        "P211",
        _WARNING,
        say("Utropstecken"),
        say("Utropstecken höjer rösten. Ett räcker långt."),
        plain.exclamation_marks,
    ),
    _text(
        "P212",
        _WARNING,
        say("För långa stycken"),
        say("Korta stycken ger luft och fler ställen att börja läsa på."),
        plain.walls_of_text,
    ),
    _text(
        "P213",
        _WARNING,
        say("För lång titel"),
        say("Inkorgar och flöden kapar titeln efter ungefär 70 tecken."),
        plain.long_titles,
    ),
    _text(
        "P214",
        _WARNING,
        say("För lång rubrik"),
        say("En mellanrubrik ska gå att uppfatta i ett ögonkast."),
        plain.long_headings,
    ),
)
