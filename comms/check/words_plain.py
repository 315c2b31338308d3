"""Bureaucratic words and padded phrases, and what people say instead.

From the Government Offices' black list and Myndigheternas skrivregler. Words that are everyday language
in some other sense (avge, utgå, bereda, besvär) are left out: a list must be right to be obeyed.
"""

from __future__ import annotations

from comms.check.terms import ADJECTIVE, COMMON, COMMON_ER, EN, PHRASE, VERB_AR, Term, phrases, terms

BLACK_LIST = (
    "https://www.regeringen.se/contentassets/7ea8845f72304d098640272782e5bc26/"
    "svarta-listan---ord-och-fraser-som-kan-ersattas-i-forfattningssprak/"
)
SKRIVREGLER = "https://www.isof.se/utforska/vagledningar/myndigheternas-skrivregler"
UTTRYCKERIET = "https://uttryckeriet.se/2025/12/10/enkla-ord"
ISOF_OFFICIAL = "https://frageladan.isof.se/visasvar.py?svar=77439"

BUREAUCRATIC = (
    ("anbring|a", VERB_AR, "sätta upp; placera; fästa", BLACK_LIST),
    ("anhängiggör|a", "a - s", "väcka; inleda", BLACK_LIST),
    ("anman|a", VERB_AR, "uppmana; begära", BLACK_LIST),
    ("anmaning|", COMMON, "uppmaning; begäran", BLACK_LIST),
    ("anmod|a", VERB_AR, "uppmana; be", BLACK_LIST),
    ("anmodan|", PHRASE, "uppmaning", BLACK_LIST),
    ("avbid|a", VERB_AR, "vänta på; invänta", BLACK_LIST),
    ("avnämar|e", "e es en ens na nas", "användare; mottagare; kund", BLACK_LIST),
    ("avsän|da", "da der ds de des t ts d", "skicka; sända", BLACK_LIST),
    ("beskaffenhet|", COMMON_ER, "art; slag; sort", BLACK_LIST),
    ("därvid|", PHRASE, "då; i det sammanhanget", BLACK_LIST),
    ("därvidlag|", PHRASE, "i det; på den punkten", SKRIVREGLER),
    ("efterkom|ma", "ma mer mes - mit mits", "följa; lyda", BLACK_LIST),
    ("eljest|", PHRASE, "annars; i övrigt", BLACK_LIST),
    ("envar|", PHRASE, "var och en", BLACK_LIST),
    ("erfordr|a", "a ar as ade ades at ats", "behöva; kräva", BLACK_LIST),
    ("erforderlig|", ADJECTIVE, "nödvändig; som behövs", BLACK_LIST),
    ("erh|ålla", "ålla åller ålls öll ölls ållit ållits ållen ållet ållna", "få", BLACK_LIST),
    ("erl|ägga", "ägga ägger äggs ade ades agt agts agd agda", "betala", BLACK_LIST),
    ("föranle|da", "da der ds dde ddes tt tts", "leda till; orsaka", BLACK_LIST),
    ("förebring|a", "a ar as ade ades at ats", "lägga fram; lämna", BLACK_LIST),
    ("före|ligga", "ligga ligger låg legat", "finnas", BLACK_LIST),
    ("förete|", "- r s dde ddes tt tts", "visa; visa upp", BLACK_LIST),
    ("förutskick|a", "a ar as ade ades at ats", "meddela i förväg", BLACK_LIST),
    ("handha|", "- r s de des ft fts vande vandet", "sköta; ha hand om", BLACK_LIST),
    ("hemställ|a", "a er s de des t ts", "begära; föreslå", BLACK_LIST),
    ("hemställan|", PHRASE, "begäran; förslag", BLACK_LIST),
    ("hörsamm|a", "a ar as ade ades at ats", "följa; lyda", BLACK_LIST),
    ("jämte|", PHRASE, "tillsammans med; och", BLACK_LIST),
    ("lagrum|", "- met mets men", "paragraf; bestämmelse", BLACK_LIST),
    ("icke|", PHRASE, "inte", SKRIVREGLER),
    ("blott|", PHRASE, "bara", SKRIVREGLER),
    ("häri|", PHRASE, "i detta", SKRIVREGLER),
    ("härav|", PHRASE, "av detta; därför", SKRIVREGLER),
    ("härutinnan|", PHRASE, "i detta", SKRIVREGLER),
    ("därur|", PHRASE, "ur det", SKRIVREGLER),
    ("varur|", PHRASE, "som … ur", SKRIVREGLER),
    ("varibland|", PHRASE, "bland annat; bland dem", SKRIVREGLER),
    ("varom|", PHRASE, "som … om; om vilket", SKRIVREGLER),
    ("tillse|", "- r s tt tts", "se till", SKRIVREGLER),
    ("tillsåg|", "- s", "såg till", SKRIVREGLER),
    ("iordningställ|a", "a er s de des t ts d da", "ställa i ordning", SKRIVREGLER),
    ("mottag|a", "a er es", "ta emot", SKRIVREGLER),
    ("behöves|", PHRASE, "behövs", SKRIVREGLER),
    ("finnes|", PHRASE, "finns", SKRIVREGLER),
    ("bibehåll|a", "a er s it its en et na", "behålla", SKRIVREGLER),
    ("befrämj|a", "a ar as ade ades at ats ande", "främja", SKRIVREGLER),
    ("angående|", PHRASE, "om; för", SKRIVREGLER),
    ("beträffande|", PHRASE, "om", SKRIVREGLER),
    ("rörande|", PHRASE, "om", SKRIVREGLER),
    ("tillskap|a", VERB_AR, "skapa", SKRIVREGLER),
    ("borteliminer|a", "a ar as ade ades at ats", "ta bort", SKRIVREGLER),
    ("informationsåtgärd|", COMMON_ER, "information", SKRIVREGLER),
    ("motsättningsförhållande|", "- s t ts n ns na nas", "motsättning", SKRIVREGLER),
    ("tillsynsfunktion|", COMMON_ER, "tillsyn", SKRIVREGLER),
    ("skall|", PHRASE, "ska", SKRIVREGLER),
    ("dröjsmål|", "- s et ets en ens", "försening", UTTRYCKERIET),
    ("vederbörande|", "- s", "hen; personen", ISOF_OFFICIAL),
    ("avskrift|", EN, "kopia", BLACK_LIST),
)

BUREAUCRATIC_PHRASES = (
    ("vad avser", "om; för; i fråga om", SKRIVREGLER),
    ("såvitt avser", "om; för", SKRIVREGLER),
    ("utan hinder av", "trots", SKRIVREGLER),
    ("äger rätt", "har rätt; får", SKRIVREGLER),
    ("inkomma med | inkommer med | inkommit med | inkom med", "lämna in; skicka in", BLACK_LIST),
    ("lända till efterrättelse | länder till efterrättelse", "gälla; ska tillämpas", BLACK_LIST),
    (
        "bereda möjlighet | bereds möjlighet | beredas möjlighet | bereder möjlighet",
        "ge möjlighet",
        BLACK_LIST,
    ),
    ("med avseende på", "om; för", SKRIVREGLER),
)

NOMINAL_PHRASES = (
    ("vara i behov av | är i behov av | var i behov av | varit i behov av", "behöva", SKRIVREGLER),
    ("avlägga besök | avlägger besök | avlade besök | avlagt besök", "besöka", SKRIVREGLER),
    ("framlägga förslag | framlägger förslag | framlade förslag", "föreslå", SKRIVREGLER),
    ("vara föremål för prövning | är föremål för prövning", "prövas", SKRIVREGLER),
    (
        "vidta åtgärder | vidtar åtgärder | vidtog åtgärder | vidtagit åtgärder | vidtas åtgärder",
        "vad ni gör",
        SKRIVREGLER,
    ),
)

PLAIN: tuple[Term, ...] = (
    *terms("P206", *BUREAUCRATIC),
    *phrases("P206", *BUREAUCRATIC_PHRASES),
    *phrases("P205", *NOMINAL_PHRASES),
)
"""Every plain-language term; the code is the rule that speaks of it."""
