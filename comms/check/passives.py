"""Two passive verbs in a row: "föreslås inrättas", "blev föreslagen att väljas".

Many Swedish words end in s: genitives, deponents ("finns", "hoppas"), adverbs. A pair is told only when
both words are verbs by a table or by an ending that no noun has, or when the first is one of the verbs
that take another ("föreslås", "beräknas").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from comms.check.reading import Reading
from comms.check.rule import Finding
from comms.errors import say
from comms.text.swedish import word_set

IN_A_ROW = 3
"""How many words apart two passives may stand and still be in a row."""

_LEADING = word_set(
    "föreslås föreslogs föreslagits planeras planerades planerats beräknas beräknades beräknats förväntas "
    "förväntades förväntats väntas väntades antas antogs anses ansågs ansetts avses avsågs bedöms "
    "bedömdes bedömts tillåts tilläts tillåtits beslutas beslutades beslutats uppmanas uppmanades "
    "rekommenderas rekommenderades påstås påstods sägs uppges uppgavs uppgetts uppskattas uppskattades "
    "åläggs ålades tvingas tvingades tvingats hindras hindrades ombeds ombads förutsätts förutsattes "
    "önskas önskades tänks avråds medges medgavs nekas nekades utlovas lovas lovades rapporteras "
    "rapporterades"
)
"""Passives that take another verb."""

_SURE = word_set(
    "används användes använts användas bedrivs beskrivs bestäms bestämdes byggs byggdes byggts byggas "
    "drivs drevs fylls ges gavs getts göras görs gjordes gjorts hålls hölls hållits köps köptes leds "
    "läggs lades lagts läggas löses löstes nås nåddes söks söktes sökts sökas sägas säljs såldes sålts "
    "säljas sänds sändes sänks sköts sköttes skrivs skrevs skrivits skrivas stängs stängdes stängts "
    "stängas stöds ställs ställdes ställts ställas tas togs tagits väljs valdes valts väljas ägs ägdes "
    "öppnas visas målas betalas lämnas lämnats flyttas hyrs hyras utses utsågs utsetts antagits antas "
    "avslås avslogs avslagits delas fördelas tillsätts tillsattes tillsättas genomförs genomföras "
    "genomfördes genomförts utförs "
    "utföras upprättas inrättas anläggs anläggas anlades införs införas infördes kopplas prövas avgörs "
    "avgöras skickas skickades hämtas städas hanteras handläggs handläggas bereds beredas godkänns "
    "godkändes godkännas beviljas beviljades beviljats finansieras bekostas ersätts ersättas byts bytas "
    "rivs rivas tömms spolas fyllas följs följas bevakas slopas sänkas höjs höjas tillämpas"
)
"""Passives whose form is nothing else."""

_ENDING = re.compile(r"[a-zåäö]{2,}(?:eras|erades|erats|[^aeiouyåäö]ades|[^aeiouyåäö]ats|[^aeiouyåäö]as)")
_AFTER_LEADING = re.compile(r"[a-zåäö]{2,}(?:as|its|tts)")
_SAFE_ENDING = ("eras", "erades", "erats", "ades", "rats", "nats", "lats")
_GENITIVE = (
    "ornas",
    "arnas",
    "ernas",
    "enas",
    "onas",
    "plats",
    "insats",
    "sats",
    "dagas",
    "andes",
    "endes",
    "mats",
)
"""How genitives, and nouns that are no verbs, end: "kommunernas", "klimats"."""

_NOT_PASSIVE = word_set(
    "finnas hoppas trivas lyckas misslyckas andas umgås träffas mötas kännas behövas krävas synas höras "
    "låtsas svettas skämmas tyckas vistas samlas enas hjälpas skiljas saknas färdas kämpas "
    "minnas åldras turas brottas hoppades lyckades träffades möttes saknades fattades samlades enades "
    "misslyckades vistades färdades andades åldrades turades träffats lyckats samlats saknats fattats "
    "misslyckats enats vistats färdats deras allas bådas andras ungas vuxnas äldres våras alldeles "
    "särdeles stads kyrkas skolas gamlas sjukas anställdas nyanländas arbetslösas dövas blindas utsattas "
    "fattigas rikas svagas starkas lokalas flestas kompis gratis företrädas blygas avundas envisas dagas "
    "kvällas mattas nalkas väsnas frodas vantrivas kräkas kivas retas slåss bitas narras"
)
_BECOME = word_set("bli blir blev blivit")
_PARTICIPLE = re.compile(r"[a-zåäö]{3,}(?:ad|at|ade|ats)|[a-zåäö]{3,}(?:[gnvt]en|[gnvt]na)")
_PARTICIPLES = word_set(
    "byggd byggt byggda vald valt valda antagen antaget antagna godkänd godkänt godkända utsedd utsett "
    "utsedda såld sålt sålda köpt köpta tagen taget tagna lagd lagt lagda gjord gjort gjorda ombedd "
    "ombedda ombett förd fört förda satt satta stängd stängt stängda flyttad föreslagen föreslaget "
    "föreslagna beviljad beviljat beviljade införd infört införda fördelad fördelat fördelade anlagd "
    "anlagt anlagda"
)
_ADJECTIVES = word_set(
    "glad intresserad förvånad besviken trött engagerad orolig inspirerad irriterad mycket annat något "
    "litet allvarligt imponerad skadad sen egen liten ingen någon den sugen nyfiken öppen"
)
_BETWEEN = word_set(
    "att kunna få ha behöva komma hinna bli inte nu även också snart ofta sedan därför därefter endast alltid"
)
"""What may stand between the two: a noun or a particle begins something else ("tagits bort används inte")."""


def passives_in_a_row(reading: Reading) -> Iterator[Finding]:
    """Find two passive verbs with nothing but a helping word or two between."""
    found, last = reading.words, -IN_A_ROW - 1
    for number in _passives(reading):
        if number - last <= IN_A_ROW and _is_pair(reading, last, number):
            between = reading.prose[found[last].start : found[number].end]
            message = say("”{words}” är två passiva verb i rad.", words=between)
            hint = say("Skriv vem som gör vad: ”styrelsen föreslår”, ”vi öppnar”.")
            yield Finding(reading.location(found[last].start), message, hint)
        last = number


def _passives(reading: Reading) -> Iterator[int]:
    """The places of words that may be passive: "föreslås", and the participle of "blev föreslagen"."""
    folded, words = reading.folded, reading.words
    for number in [n for n, key in enumerate(folded) if key[-1] == "s" or key in _BECOME]:
        key = folded[number]
        if key[-1] == "s":
            if is_passive(words[number].text):
                yield number
        elif number + 1 < len(words) and _is_participle(words[number + 1].text):
            yield number + 1


def is_passive(word: str) -> bool:
    """Whether a word may be a passive verb by its form."""
    key = word.casefold()
    if key in _SURE or key in _LEADING:
        return True
    if not word.islower() or word in _NOT_PASSIVE or word.endswith(_GENITIVE):
        return False
    return _ENDING.fullmatch(word) is not None or _AFTER_LEADING.fullmatch(word) is not None


def _is_participle(word: str) -> bool:
    if word in _ADJECTIVES:
        return False
    return word in _PARTICIPLES or _PARTICIPLE.fullmatch(word) is not None


def _is_pair(reading: Reading, first: int, second: int) -> bool:
    """Whether the two are verbs that belong together."""
    one, two = reading.words[first], reading.words[second]
    between = reading.folded[first + 1 : second]
    if not _BETWEEN.issuperset(between) or "\n" in reading.prose[one.end : two.start]:
        return False
    if reading.prose[one.end : two.start].strip(" \u00a0") != "".join(
        w.text for w in reading.words[first + 1 : second]
    ):
        return False
    return reading.folded[first] in _LEADING or (_is_sure(one.text) and _is_sure(two.text))


def _is_sure(word: str) -> bool:
    """Whether a word is a passive whatever stands beside it."""
    key = word.casefold()
    return key in _SURE or key in _LEADING or word[-1] != "s" or word.endswith(_SAFE_ENDING)
