"""Abbreviations that may stand in the area's news: what to write out, and what everybody knows.

Knowing that LAG has a meaning does not excuse the author from telling it: the rule asks for the words
at first use and offers the ones below. An empty meaning says that no explanation is needed.
"""

from __future__ import annotations

from comms.text.swedish import word_set

_EXPLAINED = {
    "BG": "beredningsgruppen",
    "CAP": "EU:s gemensamma jordbrukspolitik",
    "EJFLU": "Europeiska jordbruksfonden för landsbygdsutveckling",
    "ERUF": "Europeiska regionala utvecklingsfonden",
    "ESF": "Europeiska socialfonden",
    "LAG": "den lokala aktionsgruppen",
    "LLU": "lokalt ledd utveckling",
    "LUS": "Lokal Utveckling Sverige",
    "NPF": "neuropsykiatrisk funktionsnedsättning",
    "SJV": "Jordbruksverket",
    "SKR": "Sveriges Kommuner och Regioner",
    "SLU": "Sveriges lantbruksuniversitet",
}

_KNOWN = word_set(
    "AB AI CD DVD EG EU FN GB GPS HD HTML IBAN ICA ID IKEA IT LED MB OBS OSA PDF PC PIN PR PS QR RSVP "
    "SFI SJ SMS SOS SR SVT TT TV UR USA USB VM EM SM OS VIP WC XL"
)

ABBREVIATIONS: dict[str, str] = {**_EXPLAINED, **dict.fromkeys(_KNOWN, "")}
"""Abbreviation -> the words that it stands for, "" when everybody knows it."""
