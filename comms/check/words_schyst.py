"""Words that the Schyst rules ask the author to think again about.

Chosen from published advice: Region Värmland's Schyst pages first, then Språkrådet, which Schyst builds
on. A word stands here only when there is something better to write. `LEFT_ALONE` holds those that
other lists flag and this one lets through, so that nobody adds them by mistake.
"""

from __future__ import annotations

from comms.check.terms import (
    ADJECTIVE,
    ARE,
    COMMON,
    COMMON_ER,
    EN,
    INNA,
    MAN,
    NEUTER,
    PARTICIPLE,
    PHRASE,
    Term,
    phrases,
    terms,
)

_FRAGELADAN = "https://frageladan.isof.se/visasvar.py?svar="
ISOF_MAN = f"{_FRAGELADAN}26282"
ISOF_OFFICIAL = f"{_FRAGELADAN}77439"
SKRIVREGLER = "https://www.isof.se/utforska/vagledningar/myndigheternas-skrivregler"
ISOF_INCLUSIVE = (
    "https://www.isof.se/stod-och-sprakrad/spraktjanster/klarsprakshjalpen/skriv-klarsprak/"
    "tank-pa-dina-lasare/fordjupning-tank-pa-dina-lasare/anvand-inkluderande-sprak"
)
EVA = "https://evasskrivskola.se/inkluderande-sprak/jamstallt-sprak/"
EVA_TITLES = "https://evasskrivskola.se/inkluderande-sprak/konsneutrala-yrkesbeteckningar/"
UNT = "https://www.unt.se/kultur/kulturdebatt/lat-aven-kvinnor-vara-tjansteman-4689885.aspx"
TEXTFIXARNA = "https://www.textfixarna.se/skriva-jamstallt/"
NEUTRAL = "https://nonbinary.wiki/index.php?diff=42634&mobileaction=toggle_view_desktop"
SCHYST_WORDS = "http://schyst.se/schyst-bibliotek/schyst-kommunikation/att-valja-ord-som-gor-skillnad/"
SCHYST_TIPS = "http://schyst.se/schyst-kommunikation/start/fler-schysta-tips/"
SCHYST_START = "http://schyst.se/schyst-kommunikation/start/ord-och-bilder-spelar-roll-2/"
SCHYST_BOOKLET = "https://xn--sprkkrnikan-z8a8t.se/2014/07/12/forolampning-eller-forandring"
BODEN = "https://www.boden.se/kommunen/hallbar-utveckling/jamstalld-text-ord-ar-ett-kraftfullt-vapen"
TRAMPOLIN = "https://trampolinpr.se/inkluderande-kommunikation/"
MAGASINK = "https://magasink.se/2025/08/roshanak-fatahian"
STUDYLIB = (
    "https://studylibsv.com/doc/1070754/formuleringar-som-kan-f%C3%B6rbise--kr%C3%A4nka-eller-diskriminera"
)
SPRAKTIDNINGEN = "https://spraktidningen.se/2016/05/svt-vill-spegla-sverige-battre/"
SPRAKTIDNINGEN_GROUPS = "https://spraktidningen.se/okategoriserade/lomskt-gruppsprak/"
METRO = "http://www.metro.se/artikel/h%C3%A4r-%C3%A4r-n%C3%A5gra-ord-som-faktiskt-%C3%A4r-rasistiska-xr"
NESTIUS = "https://nestiuskommunikation.se/inkluderande-kommunikation-nagra-tips/"
VARDPASSAGEN = "https://www.vardpassagen.se/funktionsnedsattning-inte-handikapp/"
MOTARGUMENT = "https://motargument.se/tag/inkludering/"
EQUAL_CARE = "https://rigmormortis1998.wordpress.com/2013/08/24/ordlista-for-jamlik-text-i-vardens-dokument/"
HSO = "http://hso.se/Material/Media/Ord-som-taggar-texten/"
MYRIGHT = "https://myright.se/engagera-dig/bli-mer-tillganglig-for-alla/vilka-ord-ska-jag-anvanda/"
MEDIESPRAK = "https://www.mediesprak.fi/homosexuella,-bisexuella,-transpersoner-%E2%80%93-en-ordlista"
UNT_IDENTITY = "http://www.unt.se/leva/liten-ordlista-kring-identitet-4584936.aspx"
RFSL = "https://orebro.rfsl.se/kunskap-och-fakta/fakta/"
SAOL_MY_WAY = "https://www.yumpu.com/sv/document/view/20406114/svenska-akademiens-ordlista-pa-mitt-satt"

TITLES_MAN = (
    ("tjänste|man", MAN, "tjänsteperson; handläggare; medarbetare", ISOF_OFFICIAL),
    ("tjänstemannaroll|", COMMON_ER, "handläggarroll; rollen som tjänsteperson", ISOF_INCLUSIVE),
    ("tales|man", MAN, "talesperson", ISOF_MAN),
    ("riksdags|man", MAN, "riksdagsledamot", ISOF_MAN),
    ("justerings|man", MAN, "justerare", ISOF_MAN),
    ("polis|man", MAN, "polis", ISOF_MAN),
    ("vetenskaps|man", MAN, "forskare", ISOF_MAN),
    ("gärnings|man", MAN, "gärningsperson", ISOF_INCLUSIVE),
    ("upphovs|man", MAN, "upphovsperson; den som har skapat verket", EVA),
    ("idrotts|man", MAN, "idrottare", TEXTFIXARNA),
    ("kamera|man", MAN, "fotograf; videofotograf", SKRIVREGLER),
    ("lek|man", MAN, "lekperson; den som inte är sakkunnig", NEUTRAL),
    ("för|man", MAN, "arbetsledare; teamledare", UNT),
    ("ämbets|man", MAN, "tjänsteperson; befattningshavare", UNT),
    ("besiktnings|man", MAN, "besiktningsperson; besiktare", UNT),
    ("yrkes|man", MAN, "yrkesperson; yrkesutövare", UNT),
    ("fack|man", MAN, "fackperson; sakkunnig; specialist", UNT),
    ("fackmannamässig|", ADJECTIVE, "fackmässig; professionell", UNT),
    ("måls|man", MAN, "vårdnadshavare", UNT),
    ("affärs|man", MAN, "företagare; affärsperson; entreprenör", ISOF_MAN),
    ("förtroende|man", MAN, "förtroendevald", ISOF_MAN),
    ("kontakt|man", MAN, "kontaktperson", ISOF_MAN),
    ("sages|man", MAN, "källa; uppgiftslämnare", ISOF_MAN),
    ("ordnings|man", MAN, "ordningsansvarig", ISOF_MAN),
    ("köp|man", MAN, "handlare; butiksägare", ISOF_MAN),
    ("stats|man", MAN, "statsledare; ledande politiker", ISOF_MAN),
    ("hantverks|man", MAN, "hantverkare", ISOF_MAN),
    ("skogs|man", MAN, "skogsbrukare; skogsarbetare", ISOF_MAN),
    # Not the definite plural: Lantmännen is a company.
    ("lant|man", "man mans mannen mannens män mäns", "lantbrukare", ISOF_MAN),
    ("jordbruks|man", MAN, "lantbrukare; jordbrukare", ISOF_MAN),
    ("ljud|man", MAN, "ljudtekniker", ISOF_MAN),
    ("ljus|man", MAN, "ljustekniker", ISOF_MAN),
    ("reklam|man", MAN, "reklamare; kommunikatör", ISOF_MAN),
    ("tidnings|man", MAN, "journalist; tidningsmedarbetare", ISOF_MAN),
    ("tillsynings|man", MAN, "tillsynsansvarig; tillsynsperson", ISOF_MAN),
    ("valförrättnings|man", MAN, "valförrättare; röstmottagare", ISOF_MAN),
    ("kommunal|man", MAN, "kommunpolitiker; förtroendevald i kommunen", ISOF_MAN),
    ("förenings|man", MAN, "föreningsaktiv; föreningsmänniska", ISOF_MAN),
    ("byggubb|e", "e es en ens ar ars arna arnas", "byggnadsarbetare; byggare", ISOF_MAN),
)

TITLES_FEMININE = (
    ("lärarinn|a", INNA, "lärare", TEXTFIXARNA),
    ("skådespelersk|a", INNA, "skådespelare", TEXTFIXARNA),
    ("städersk|a", INNA, "städare; lokalvårdare", TEXTFIXARNA),
    ("poetiss|a", INNA, "poet", TEXTFIXARNA),
    ("medaljös|", COMMON_ER, "medaljör", TEXTFIXARNA),
    ("sångersk|a", INNA, "sångare; artist", EVA_TITLES),
    ("frisörsk|a", INNA, "frisör", EVA_TITLES),
    ("kassörsk|a", INNA, "kassabiträde; kassapersonal", BODEN),
    ("författarinn|a", INNA, "författare", ISOF_MAN),
    ("konstnärinn|a", INNA, "konstnär", ISOF_MAN),
    ("värdinn|a", INNA, "värd", ISOF_MAN),
    ("hjältinn|a", INNA, "hjälte; huvudperson", ISOF_MAN),
    ("servitris|", COMMON_ER, "servitör; serveringspersonal", ISOF_MAN),
    ("direktris|", COMMON_ER, "direktör; designer", ISOF_MAN),
    ("massös|", COMMON_ER, "massör", ISOF_MAN),
    ("dansös|", COMMON_ER, "dansare", ISOF_MAN),
    ("kokersk|a", INNA, "kock", ISOF_MAN),
    ("barnskötersk|a", INNA, "barnskötare", ISOF_MAN),
    ("vårdarinn|a", INNA, "vårdare", ISOF_MAN),
    ("föreståndarinn|a", INNA, "föreståndare", ISOF_MAN),
    ("ägarinn|a", INNA, "ägare", ISOF_MAN),
    ("arbetersk|a", INNA, "arbetare", ISOF_MAN),
    ("bagersk|a", INNA, "bagare", ISOF_MAN),
    ("försäljersk|a", INNA, "säljare; försäljare", ISOF_MAN),
    ("städtant|", COMMON_ER, "städare; lokalvårdare", ISOF_MAN),
    ("mattant|", COMMON_ER, "måltidspersonal; kock", ISOF_MAN),
    ("balettflick|a", INNA, "dansare", ISOF_MAN),
)

MARKED = (
    ("manskap|", NEUTER, "personal; besättning; styrka", NEUTRAL),
    ("manstyrk|a", INNA, "personalstyrka; arbetsstyrka", NEUTRAL),
    ("enmansföretag|", NEUTER, "enpersonsföretag; soloföretag", NEUTRAL),
    ("enmansbolag|", NEUTER, "enpersonsbolag; bolag med en ägare", NEUTRAL),
    ("tvåmansteam|", NEUTER, "team på två personer", NEUTRAL),
    ("fyramannagrupp|", COMMON_ER, "grupp med fyra personer", NEUTRAL),
    ("mangrant|", PHRASE, "fulltaligt; i full styrka", NEUTRAL),
    ("tjejfilm|", COMMON_ER, "film", SCHYST_WORDS),
    ("tjejb|ok", "ok oks oken okens öcker öckers öckerna öckernas", "bok; ungdomsbok", SCHYST_WORDS),
    ("tjejkväll|", COMMON, "temakväll; inspirationskväll; kväll för alla", SCHYST_WORDS),
    ("herrmiddag|", COMMON, "middag", SCHYST_WORDS),
    ("grabbgäng|", NEUTER, "gäng; kompisgäng", SCHYST_WORDS),
    ("deckardrottning|", COMMON, "deckarförfattare", SCHYST_WORDS),
)
MARKED_PHRASES = (("gemene man | gemene mans", "allmänheten; de flesta", NEUTRAL),)

EVERYDAY = (
    ("dagisfrök|en", "en ens narna narnas nar nars", "förskollärare; barnskötare", BODEN),
    ("dagis|", "- et ets", "förskola", BODEN),
    ("legogubb|e", "e es en ens ar ars arna arnas", "legofigur", BODEN),
    ("streckgubb|e", "e es en ens ar ars arna arnas", "streckfigur", BODEN),
    ("bensträckar|e", ARE, "paus; rast", SCHYST_START),
    ("hudfärga|d", PARTICIPLE, "beige; ljusrosa; färgens namn", SCHYST_BOOKLET),
)

FAMILY = (
    ("mammaledig|", ADJECTIVE, "föräldraledig", TRAMPOLIN),
    ("pappaledig|", ADJECTIVE, "föräldraledig", TRAMPOLIN),
    ("pojkvän|", "- s nen nens ner ners nerna nernas", "partner", MAGASINK),
    ("flickvän|", "- s nen nens ner ners nerna nernas", "partner", MAGASINK),
    ("kärnfamilj|", COMMON_ER, "familj", SCHYST_TIPS),
    ("hemmafru|", "- s n ns ar ars arna arnas", "hemmaförälder", NEUTRAL),
)
FAMILY_PHRASES = (
    ("mamma och pappa | mammor och pappor", "föräldrar; vårdnadshavare; familj", SCHYST_TIPS),
    ("pappa och mamma | pappor och mammor", "vårdnadshavare; föräldrar; familj", SCHYST_TIPS),
    ("mor och far", "föräldrar; vårdnadshavare", SCHYST_TIPS),
    ("hennes make | sin make", "partner", TRAMPOLIN),
    ("hans maka | sin maka", "partner", TRAMPOLIN),
)

ORIGIN = (
    ("invandrar|e", ARE, "utrikesfödd; person med utländsk bakgrund", SPRAKTIDNINGEN),
    ("invandrarbakgrund|", EN, "utländsk bakgrund", SPRAKTIDNINGEN),
    ("invandrarungdom|", COMMON, "ungdom", SPRAKTIDNINGEN),
    ("invandrartät|", "- t a", "vad som skiljer området från andra", SPRAKTIDNINGEN),
    ("invandrargrupp|", COMMON_ER, "gruppens namn", SPRAKTIDNINGEN_GROUPS),
    ("utlänning|", COMMON, "person från ett annat land", SPRAKTIDNINGEN_GROUPS),
)
ORIGIN_PHRASES = (("vi svenskar", "vi som bor här; invånarna", NESTIUS),)

DISABILITY = (
    ("handikapp|", NEUTER, "funktionsnedsättning; hinder i miljön", VARDPASSAGEN),
    ("handikappa|d", PARTICIPLE, "person med funktionsnedsättning", VARDPASSAGEN),
    ("handikappanpassa|d", PARTICIPLE, "tillgänglig; tillgänglighetsanpassad", MOTARGUMENT),
    ("handikapptoalett|", COMMON_ER, "tillgänglig toalett", MOTARGUMENT),
    ("handikapparkering|", COMMON, "parkering för rörelsehindrade", MOTARGUMENT),
    ("handikappvänlig|", ADJECTIVE, "tillgänglig", MOTARGUMENT),
    ("handikappbad|", NEUTER, "tillgänglighetsanpassat bad", MOTARGUMENT),
    ("funktionshindra|d", PARTICIPLE, "person med funktionsnedsättning", VARDPASSAGEN),
    ("rullstolsbun|den", "den det dna dnas", "person som använder rullstol; rullstolsanvändare", STUDYLIB),
    ("begåvningshandikapp|", NEUTER, "intellektuell funktionsnedsättning", VARDPASSAGEN),
    ("begåvningshandikappa|d", PARTICIPLE, "person med intellektuell funktionsnedsättning", EQUAL_CARE),
    ("förståndshandikapp|", NEUTER, "intellektuell funktionsnedsättning", VARDPASSAGEN),
    ("förståndshandikappa|d", PARTICIPLE, "person med intellektuell funktionsnedsättning", EQUAL_CARE),
    ("utvecklingsstör|d", "d t da das", "person med intellektuell funktionsnedsättning", VARDPASSAGEN),
    ("bokstavsbarn|", NEUTER, "barn med neuropsykiatrisk funktionsnedsättning", EQUAL_CARE),
    ("bokstavskombination|", COMMON_ER, "diagnosens namn, om det hör till saken", EQUAL_CARE),
    ("resurssvag|", ADJECTIVE, "vad situationen består i", EQUAL_CARE),
)
DISABILITY_PHRASES = (
    ("svaga grupper | svaga gruppers", "vilka grupperna är och vad som gör det svårt för dem", EQUAL_CARE),
)

IDENTITY = (
    ("intersexuell|", ADJECTIVE, "person med intersexvariation; intersexperson", MEDIESPRAK),
    ("könsbyte|", "- s t ts n ns na nas", "könskorrigering; könsbekräftande vård", UNT_IDENTITY),
    ("hbt|", PHRASE, "hbtqi", RFSL),
)
IDENTITY_PHRASES = (
    ("båda könen | båda könens", "alla kön; kvinnor och män", NEUTRAL),
    ("motsatt kön | motsatta könet | det motsatta könet", "ett annat kön", MEDIESPRAK),
)

SLURS = (
    ("zigenar|e", ARE, "rom; romer", METRO),
    ("mulatt|", COMMON_ER, "personens egen benämning", METRO),
    ("tattar|e", ARE, "resande; resandefolket", METRO),
    ("eskimå|", "- s n ns er ers erna ernas", "inuit", METRO),
    ("mongo|", "- s t n", "funktionsnedsättningens namn, om det hör till saken", HSO),
    ("dövstum|", "- t ma mma mmas", "döv; teckenspråkig", MYRIGHT),
)

RESIDENTS = (
    ("medborgar|e", ARE, "invånare", BODEN),
    ("kommunmedborgar|e", ARE, "kommuninvånare; invånare i kommunen", BODEN),
    ("medborgardialog|", COMMON_ER, "invånardialog; dialog med invånare", STUDYLIB),
)

ADDRESS_PHRASES = (
    ("mina damer och herrar | damer och herrar", "hej alla; välkomna", NEUTRAL),
    ("mina herrar", "hej alla; välkomna", SAOL_MY_WAY),
    ("oavsett om du är man eller kvinna | oavsett om du är kvinna eller man", "oavsett kön", NEUTRAL),
)

VALUE = (
    ("gullig|", ADJECTIVE, "vad personen gör och kan", SCHYST_WORDS),
    ("söt|", "- t a", "vad personen gör och kan", SCHYST_WORDS),
    ("pondus|", PHRASE, "vad personen gör och kan", SCHYST_WORDS),
    ("muskulös|", ADJECTIVE, "vad personen gör och kan", SCHYST_WORDS),
    ("brutal|", ADJECTIVE, "vad personen gör och kan", SCHYST_WORDS),
    ("klen|", ADJECTIVE, "vad personen gör och kan", SCHYST_WORDS),
    ("mäktig|", ADJECTIVE, "vad personen gör och kan", SCHYST_WORDS),
    ("handlingskraftig|", ADJECTIVE, "vad personen gör och kan", NESTIUS),
)

LEFT_ALONE = (
    # Let through: law, office or custom has no other word, or the phrase is a legal term.
    ("svensk medborgare | svenska medborgare | eu-medborgare", "-", BODEN),
    ("utländsk medborgare | utländska medborgare", "-", SPRAKTIDNINGEN_GROUPS),
    ("god man | gode man | gode män | gode mannen", "-", UNT),
    ("talman | talmannen | talmän | talmännen", "-", SKRIVREGLER),
    ("ombudsman | ombudsmannen | ombudsmän", "-", ISOF_MAN),
    ("rådman | rådmannen | rådmän", "-", ISOF_MAN),
    ("nämndeman | nämndemannen | nämndemän", "-", ISOF_MAN),
    ("lagman | lagmannen | lagmän", "-", UNT),
    ("brandman | brandmannen | brandmän | brandmännen", "-", ISOF_INCLUSIVE),
    ("spelman | spelmannen | spelmän | spelmännen | riksspelman | riksspelmän", "-", UNT),
    ("majorska | majorskan", "-", TEXTFIXARNA),
    ("sjuksköterska | sjuksköterskan | sjuksköterskor", "-", ISOF_INCLUSIVE),
    ("barnmorska | barnmorskan | barnmorskor", "-", ISOF_MAN),
    ("tandsköterska | tandsköterskor", "-", ISOF_MAN),
    ("allemansrätt | allemansrätten", "-", NEUTRAL),
    ("norrman | norrmannen | norrmän | norrmännen", "-", NEUTRAL),
)

SCHYST: tuple[Term, ...] = (
    *terms("S101", *TITLES_MAN),
    *terms("S102", *TITLES_FEMININE),
    *terms("S103", *MARKED),
    *phrases("S103", *MARKED_PHRASES),
    *terms("S105", *EVERYDAY),
    *terms("S106", *FAMILY),
    *phrases("S106", *FAMILY_PHRASES),
    *terms("S107", *ORIGIN),
    *phrases("S107", *ORIGIN_PHRASES),
    *terms("S108", *DISABILITY),
    *phrases("S108", *DISABILITY_PHRASES),
    *terms("S109", *IDENTITY),
    *phrases("S109", *IDENTITY_PHRASES),
    *terms("S110", *VALUE),
    *terms("S112", *SLURS),
    *terms("S113", *RESIDENTS),
    *phrases("S114", *ADDRESS_PHRASES),
    *phrases("", *LEFT_ALONE),
)
"""Every Schyst term; the code is the rule that speaks of it."""
