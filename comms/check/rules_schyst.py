"""The Schyst rules of words: what each asks, why, and whose advice it is."""

from __future__ import annotations

from comms.check import schyst
from comms.check.rule import Find, Rule, Scope
from comms.check.term_rules import terms_of
from comms.errors import Severity, Text, say

_SCHYST = "https://regionvarmland.se/schyst/schyst-arbetsplats/schyst-kommunikation/schyst-kommunikation"
_SCHYST_TIPS = "http://schyst.se/schyst-kommunikation/start/fler-schysta-tips/"
_SCHYST_WORDS = "http://schyst.se/schyst-bibliotek/schyst-kommunikation/att-valja-ord-som-gor-skillnad/"
_SKRIVREGLER = "https://www.isof.se/utforska/vagledningar/myndigheternas-skrivregler"
_WARNING, _NOTICE, _ERROR = Severity.WARNING, Severity.NOTICE, Severity.ERROR


def _schyst(
    code: str, severity: Severity, title: Text, why: Text, find: Find, *, source: str = _SCHYST
) -> Rule:
    return Rule(code, severity, Scope.TEXT, title, why, source, find, swedish=True)


SCHYST_RULES: tuple[Rule, ...] = (
    _schyst(
        "S101",
        _WARNING,
        say("Titlar på -man"),
        say("En titel på -man låter som om rollen hör till män. Det finns nästan alltid ett ord för alla."),
        terms_of("S101", say("Ordet ”{word}” pekar ut ett kön.")),
        source="https://frageladan.isof.se/visasvar.py?svar=26282",
    ),
    _schyst(
        "S102",
        _WARNING,
        say("Titlar på -inna, -ska och -ös"),
        say("Samma arbete har samma titel, vem som än gör det."),
        terms_of("S102", say("Titeln ”{word}” pekar ut ett kön.")),
        source="https://frageladan.isof.se/visasvar.py?svar=26282",
    ),
    _schyst(
        "S103",
        _WARNING,
        say("Sammansättningar med kön"),
        say("Ord som tjejkväll och manskap säger vem som hör hemma och vem som är undantag."),
        terms_of("S103", say("Ordet ”{word}” delar in efter kön utan att det behövs.")),
        source=_SCHYST_WORDS,
    ),
    _schyst(
        "S104",
        _WARNING,
        say("Kvinnlig eller manlig framför en roll"),
        say("Den som skriver kvinnlig chef säger att chefer är män. Könsuppdelad statistik går bra."),
        schyst.role_with_gender,
        source=_SCHYST_WORDS,
    ),
    _schyst(
        "S105",
        _WARNING,
        say("Märkta vardagsord"),
        say("Vanliga ord kan utgå från en viss kropp, hudfärg eller ett visst kön."),
        terms_of("S105", say("Ordet ”{word}” utgår från att alla är på ett visst sätt.")),
        source="http://schyst.se/schyst-kommunikation/start/ord-och-bilder-spelar-roll-2/",
    ),
    _schyst(
        "S106",
        _WARNING,
        say("Familj"),
        say("Familjer ser olika ut: två mammor, en pappa, en vårdnadshavare som inte är förälder."),
        terms_of("S106", say("”{word}” utgår från att familjer ser ut på ett sätt.")),
        source=_SCHYST_TIPS,
    ),
    _schyst(
        "S107",
        _WARNING,
        say("Ursprung"),
        say("Nämn ursprung bara när det hör till saken, och då så exakt som möjligt."),
        terms_of("S107", say("”{word}” gör olika människor till en grupp.")),
        source="https://spraktidningen.se/2016/05/svt-vill-spegla-sverige-battre/",
    ),
    _schyst(
        "S108",
        _WARNING,
        say("Funktionsnedsättning"),
        say("Personen kommer först, och hindret finns i miljön."),
        terms_of("S108", say("”{word}” beskriver personen som ett hinder.")),
        source="https://www.vardpassagen.se/funktionsnedsattning-inte-handikapp/",
    ),
    _schyst(
        "S109",
        _WARNING,
        say("Kön, könsidentitet och sexualitet"),
        say("Ord som räknar med två kön lämnar några utanför."),
        terms_of("S109", say("”{word}” utesluter eller är föråldrat.")),
        source="https://www.mediesprak.fi/homosexuella,-bisexuella,-transpersoner-%E2%80%93-en-ordlista",
    ),
    _schyst(
        "S110",
        _NOTICE,
        say("Värdeord om en person"),
        say("Samma egenskap får ofta olika ord beroende på kön. Byt i tanken: låter det likadant?"),
        terms_of("S110", say("Skulle ordet ”{word}” användas om vem som helst i samma roll?")),
        source=_SCHYST_WORDS,
    ),
    _schyst(
        "S111",
        _WARNING,
        say("Han/hon med snedstreck"),
        say("Snedstrecket stör läsningen, och hen eller en omskrivning tar med alla."),
        schyst.slash_pronouns,
        source=_SKRIVREGLER,
    ),
    _schyst(
        "S112",
        _ERROR,
        say("Kränkande ord"),
        say("Orden kränker dem som de betecknar. I citat och titlar går de igenom."),
        terms_of("S112", say("Ordet ”{word}” är kränkande.")),
        source="http://www.metro.se/artikel/h%C3%A4r-%C3%A4r-n%C3%A5gra-ord-som-faktiskt-%C3%A4r-rasistiska-xr",
    ),
    _schyst(
        "S113",
        _NOTICE,
        say("Invånare eller medborgare"),
        say("Alla som bor här är invånare; medborgare är bara en del av dem."),
        terms_of("S113", say("”{word}” räknar bara dem som har medborgarskap.")),
        source="https://www.boden.se/kommunen/hallbar-utveckling/jamstalld-text-ord-ar-ett-kraftfullt-vapen",
    ),
    _schyst(
        "S114",
        _WARNING,
        say("Tilltal"),
        say("Hälsa på alla som är där, inte på två kön."),
        terms_of("S114", say("”{word}” hälsar inte på alla.")),
    ),
    _schyst(
        "S115",
        _WARNING,
        say("Han eller hon om vem som helst"),
        say(
            "Den som söker, leder eller arbetar kan vara vem som helst. Pronomenet ska inte säga något annat."
        ),
        schyst.pronoun_for_anybody,
        source="https://frageladan.isof.se/visasvar.py?svar=77439",
    ),
    _schyst(
        "S116",
        _WARNING,
        say("Ålder och livssituation"),
        say("Åldern eller en svår tid är inte hela människan. Beskriv personen, inte etiketten."),
        terms_of("S116", say("”{word}” gör åldern eller situationen till hela personen.")),
    ),
    _schyst(
        "S124",
        _NOTICE,
        say("Många ”man”"),
        say("Ordet ”man” går bra, men ofta blir texten tydligare när den säger vem."),
        schyst.generic_man,
        source=_SKRIVREGLER,
    ),
    Rule(
        "S123",
        _NOTICE,
        Scope.ISSUE,
        say("Ordningen när kön nämns"),
        say("Den som alltid nämns först blir den viktigaste. Räknas över ett helt nummer."),
        "https://trampolinpr.se/inkluderande-kommunikation/",
        schyst.order_of_mention,
        swedish=True,
    ),
)
