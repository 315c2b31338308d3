"""The rules of typography: what each asks, and why; and which of them can put things right."""

from __future__ import annotations

from comms.check import almanac, figures, moments, twice, typography
from comms.check.rule import Rule, Scope
from comms.check.slip import Slips, finds
from comms.errors import Severity, Text, say

_SKRIVREGLER = "https://www.isof.se/utforska/vagledningar/myndigheternas-skrivregler"
_E164 = "https://www.rfc-editor.org/rfc/rfc3966"
_WARNING, _NOTICE = Severity.WARNING, Severity.NOTICE

_SLIPS: tuple[tuple[str, Severity, Text, Text, Slips], ...] = (
    ("T301", _NOTICE, say("Klockslag"), say("Förkortningen kl. har punkt."), moments.clock),
    (
        "T302",
        _WARNING,
        say("Datum med siffror"),
        say("Siffror i datum läses olika i olika länder och låter illa upplästa."),
        moments.dates,
    ),
    (
        "T303",
        _NOTICE,
        say("Raka citattecken"),
        say("Svenska citattecken är ” både före och efter."),
        typography.straight_quotes,
    ),
    (
        "T304",
        _NOTICE,
        say("Bindestreck som tankstreck"),
        say("Tankstreck skiljer satser åt, bindestreck håller ihop ord."),
        typography.hyphen_as_dash,
    ),
    (
        "T305",
        _WARNING,
        say("Vecka utan datum"),
        say("Många vet inte vilka datum en vecka har."),
        moments.bare_weeks,
    ),
    (
        "T306",
        _NOTICE,
        say("Intervall med bindestreck"),
        say("Mellan siffror betyder tankstreck ”till”, och läses så."),
        figures.intervals,
    ),
    (
        "T307",
        _NOTICE,
        say("Tal som kan delas"),
        say("Fast mellanslag håller ihop talet när raden bryts."),
        figures.breaking_blanks,
    ),
    (
        "T308",
        _WARNING,
        say("Och/eller"),
        say("Snedstrecket får läsaren att gissa vilket som gäller."),
        typography.and_or,
    ),
    (
        "T309",
        _WARNING,
        say("Mellan och från med streck"),
        say(
            "Strecket betyder ”till”. Efter ”mellan” och ”från” blir det dubbelt, och låter konstigt uppläst."
        ),
        moments.between,
    ),
    (
        "T310",
        _NOTICE,
        say("Dagens siffra"),
        say("I löpande text skrivs dagen som ett vanligt tal: 7 december."),
        moments.days,
    ),
    (
        "T311",
        _WARNING,
        say("Månader och veckodagar med liten bokstav"),
        say("Månader och veckodagar är vanliga ord på svenska."),
        moments.capitals,
    ),
    (
        "T312",
        _WARNING,
        say("Tusental"),
        say("Punkt och komma i stora tal läses som decimaler. Fast mellanslag går inte att läsa fel."),
        figures.thousands,
    ),
    (
        "T313",
        _WARNING,
        say("Decimalpunkt"),
        say("På svenska står komma före decimalerna."),
        figures.decimal_points,
    ),
    (
        "T314",
        _NOTICE,
        say("Procenttecken"),
        say("Procenttecknet är ett ord och har mellanslag före sig."),
        figures.percent_signs,
    ),
    (
        "T315",
        _NOTICE,
        say("Pengar"),
        say("Alla känner till kr och kronor. Bankernas förkortningar gör inte alla det."),
        figures.money,
    ),
    (
        "T316",
        _NOTICE,
        say("Avkortade intervall"),
        say("Ordagrant är 3–400 från tre till fyrahundra."),
        figures.cut_intervals,
    ),
    (
        "T317",
        _NOTICE,
        say("Telefonnummer"),
        say("Siffror i små grupper går att läsa upp, komma ihåg och slå."),
        figures.phones,
    ),
    (
        "T318",
        _NOTICE,
        say("Främmande citattecken"),
        say("Svenska citattecken är ” både före och efter."),
        typography.foreign_quotes,
    ),
    (
        "T319",
        _NOTICE,
        say("Långt tankstreck"),
        say("Svenskt tankstreck är kort, med mellanslag på båda sidor."),
        typography.long_dashes,
    ),
    (
        "T320",
        _WARNING,
        say("Apostrof i genitiv"),
        say("På svenska läggs s till utan apostrof, och med kolon efter förkortningar."),
        typography.apostrophes,
    ),
    (
        "T321",
        _NOTICE,
        say("Förkortningarnas punkter"),
        say("En förkortning som alltid ser likadan ut läses utan att någon stannar."),
        typography.abbreviations,
    ),
    (
        "T322",
        _NOTICE,
        say("Snedstreck"),
        say("Ett snedstreck kan betyda och, eller, per och delat med."),
        typography.slashes,
    ),
    (
        "T323",
        _WARNING,
        say("Bindestreck i sammansättningar"),
        say("Bindestrecket visar att förkortningen eller siffran hör ihop med ordet efter."),
        typography.loose_compounds,
    ),
    (
        "T325",
        _WARNING,
        say("Datum som inte finns"),
        say("Läsaren kan inte komma på en dag som inte finns, och gissar kanske fel."),
        almanac.no_such_dates,
    ),
    (
        "T326",
        _WARNING,
        say("Veckodag som inte stämmer"),
        say("När veckodag och datum säger olika kommer hälften av läsarna på fel dag."),
        almanac.wrong_weekdays,
    ),
    (
        "T327",
        _WARNING,
        say("Klockslag som inte finns"),
        say("Den som läser vet inte när det börjar, och gissar kanske fel."),
        almanac.no_such_times,
    ),
    (
        "T328",
        _NOTICE,
        say("Tal och enhet i ett ord"),
        say("Mellan siffran och det som räknas är det mellanslag. Då läses det också rätt."),
        figures.glued_units,
    ),
    (
        "T329",
        _NOTICE,
        say("Bindestreck som minustecken"),
        say("En skärmläsare går ofta förbi ett bindestreck: då blir det varmt i stället för kallt."),
        figures.hyphen_as_minus,
    ),
    (
        "T330",
        _NOTICE,
        say("Samma ord två gånger"),
        say("Ögat hoppar över det dubbla ordet, men den som lyssnar hör det."),
        twice.doubled_words,
    ),
)

_OWN = frozenset({"T325", "T326", "T327", "T330"})
"""Rules of our own, that no handbook needs to say."""

SLIPS: dict[str, Slips] = {code: slips for code, _, _, _, slips in _SLIPS}
"""What each rule sees, with the signs that would put it right."""

TYPOGRAPHY_RULES: tuple[Rule, ...] = (
    *(
        Rule(
            code,
            severity,
            Scope.TEXT,
            title,
            why,
            "" if code in _OWN else _SKRIVREGLER,
            finds(slips),
            swedish=True,
        )
        for code, severity, title, why, slips in _SLIPS
    ),
    Rule(
        "T324",
        _NOTICE,
        Scope.TEXT,
        say("Telefonlänkar"),
        say("Med landsnummer går länken att ringa från alla telefoner, även utomlands."),
        _E164,
        figures.phone_links,
    ),
)
