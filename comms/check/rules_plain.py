"""The rules of plain Swedish: what each asks, and why."""

from __future__ import annotations

from comms.check import abbreviations, nouns, passives, plain, readability
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
        readability.hard_to_read,
        source=_LIX,
    ),
    _text(
        "P202",
        _WARNING,
        say("Långa meningar"),
        say("En tanke i varje mening: den som läser på telefon ska inte behöva gå tillbaka."),
        readability.long_sentences,
    ),
    _text(
        "P203",
        _NOTICE,
        say("Meningar i snitt"),
        say("En lång mening mellan korta går bra. När alla är långa blir texten tung."),
        readability.long_on_average,
    ),
    _text(
        "P204",
        _WARNING,
        say("Två passiva verb i rad"),
        say("Passiva verb döljer vem som gör något. Två i rad går knappt att reda ut."),
        passives.passives_in_a_row,
    ),
    _text(
        "P205",
        _NOTICE,
        say("Substantivsjuka"),
        say("Verb är kortare och livligare än substantiv gjorda av verb."),
        nouns.nominal_style,
    ),
    _text(
        "P206",
        _WARNING,
        say("Kansliord"),
        say("Byråkratiska och ålderdomliga ord stänger ute läsare."),
        plain.bureaucratic_words,
    ),
    _text(
        "P207",
        _WARNING,
        say("Oförklarade förkortningar"),
        say("Den som läser för första gången känner inte till våra förkortningar."),
        abbreviations.unexplained_abbreviations,
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
        readability.walls_of_text,
    ),
    _text(
        "P213",
        _WARNING,
        say("För lång titel"),
        say("Inkorgar och flöden kapar titeln efter ungefär 70 tecken."),
        readability.long_titles,
    ),
    _text(
        "P214",
        _WARNING,
        say("För lång rubrik"),
        say("En mellanrubrik ska gå att uppfatta i ett ögonkast."),
        readability.long_headings,
    ),
    _text(
        "P215",
        _NOTICE,
        say("Utfyllnad"),
        say("Tre ord där ett räcker gör texten längre, inte tydligare."),
        terms_of("P215", say("”{word}” går att säga kortare.")),
    ),
    _text(
        "P216",
        _NOTICE,
        say("Många modeord"),
        say("Ett modeord låter mycket och säger lite. När de är många vet läsaren inte vad ni gör."),
        plain.fashion_words,
    ),
)
