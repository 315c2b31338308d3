"""Words for people: what a noun must be for a rule about people to speak of it.

Only used beside a word that a rule already looks at ("kvinnlig …", "söt …", "en … han"), so a word
that is missing here makes a rule silent, never loud.
"""

from __future__ import annotations

import re

from comms.text.swedish import word_set

PRONOUNS = word_set("han hon hen honom henne hans hennes hens")

PEOPLE = word_set(
    "kvinna kvinnan kvinnor kvinnorna man mannen män männen person personen personer personerna "
    "människa människan människor människorna tjej tjejen tjejer tjejerna kille killen killar killarna "
    "flicka flickan flickor flickorna pojke pojken pojkar pojkarna barn barnet barnen ungdom ungdomar "
    "dam damen damer damerna herre herren herrar herrarna gubbe gubben gumma gumman tant tanten "
    "mamma mamman pappa pappan mor far syster bror dotter son elev eleven elever eleverna "
    "chef chefen chefer cheferna ledare ledaren ledarna vd ordförande ordföranden kommunalråd minister "
    "ministern präst prästen präster läkare läkaren polis polisen poliser lärare läraren lärarna "
    "politiker politikern politiker politikerna företagare företagaren företagarna entreprenör "
    "entreprenören entreprenörer entreprenörerna bonde bonden bönder bönderna snickare snickaren "
    "författare författaren konstnär konstnären artist artisten sångare sångaren musiker musikern "
    "student studenten studenter expert experten experter projektledare projektledaren medarbetare "
    "medarbetaren kollega kollegan kollegor kollegorna ledamot ledamoten ledamöter ledamöterna granne "
    "grannen sjuksköterska sjuksköterskan barnmorska undersköterska undersköterskan idrottare idrottaren "
    "spelare spelaren spelarna pilot piloten piloter kock kocken kockar jurist juristen ingenjör "
    "ingenjören ingenjörer rektor rektorn jägare jägaren kandidat kandidaten förebild förebilder "
    "borgmästare direktör direktören styrelseordförande gäst gästen gäster gästerna värd värden "
    "krögare krögaren talare talaren föreläsare föreläsaren rådgivare rådgivaren medlem "
    "medlemmen medlemmar medlemmarna kund kunden kunder kunderna mentor mentorn mentorer "
    "sökande boende anställd"
)
"""People by age, kin or task, in the forms in which news write of them."""

_TASK = re.compile(
    r"(?:^|[\w-]{2})(?:are|aren|arens|ares|arna|arnas|ör|ören|örer|örerna|ist|isten|ister|isterna|logen?|loger(?:na)?"
    r"|ant|anten|anter|anterna|ent|enten|enter|enterna|iker|ikern|ikerna|chef\w*|ledamot\w*|ledamöter\w*"
    r"|råd|rådet|råden|präst\w*|polis\w*|pilot\w*|ordförande\w*|sköterska\w*|sköterskor\w*|morsk\w+"
    r"|minister\w*|student\w*|expert\w*|förebild\w*|kolleg\w+|vd:\w+|bonde\w*|bönder\w*|soldat\w*"
    r"|kandidat\w*|sökande\w*|anställd\w*|advokat\w*|ingenjör\w*|rektor\w*|direktör\w*|mästare\w*|\w{3}man|\w{3}mannen"
    r"|\w{3}män|\w{3}männen|\w*graf(?:en|er|erna)?|veterinär\w*|arkitekt\w*|smed(?:en|er)?|herde\w*|biskop\w*"
    r"|guide\w*|trubadur\w*|hjälte\w*|hjältar\w*|tränare|företagande\w*|entreprenörskap\w*|ledarskap\w*"
    r"|chefskap\w*)$"
)
_NO_TASK = word_set(
    "allmän gemensam graf grafen variant varianten varianter dialog katalog argument element moment procent "
    "talent humör"
)


def is_person(word: str) -> bool:
    """Whether a word is a common one for somebody."""
    return word.casefold() in PEOPLE


def is_role(word: str) -> bool:
    """Whether a word is one for somebody, or looks like the name of a task: "lantbrukare", "jurist"."""
    folded = word.casefold()
    return folded in PEOPLE or (folded not in _NO_TASK and _TASK.search(folded) is not None)
