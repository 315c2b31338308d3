"""The rules about people and pictures: what each asks, why, and whose advice it is.

On what ground a person is shown has no exceptions: the ground itself is written in `consent`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from comms.check import people, pictures
from comms.check.reading import Reading
from comms.check.rule import Find, Finding, Rule, Scope
from comms.errors import Problem, Severity, Text, say
from comms.model.item import Item, PostDraft

_SCHYST = "https://regionvarmland.se/schyst/schyst-arbetsplats/schyst-kommunikation/schyst-kommunikation"
_SCHYST_TIPS = "http://schyst.se/schyst-kommunikation/start/fler-schysta-tips/"
_PICTURES = "http://schyst.se/schyst-foretagsradgivning/schyst-kommunikation-2/forsta-bildspraket/"
_ARCHIVE = "http://schyst.se/schyst-bibliotek/schyst-kommunikation/bilder-har-ett-eget-sprak/"
_GDPR = "https://eur-lex.europa.eu/eli/reg/2016/679/oj"
_WARNING, _NOTICE, _ERROR = Severity.WARNING, Severity.NOTICE, Severity.ERROR


def _of_items(
    code: str, severity: Severity, title: Text, why: Text, source: str, find: Find, *, swedish: bool = False
) -> Rule:
    return Rule(code, severity, Scope.ITEM, title, why, source, find, swedish=swedish)


def _of_consent(code: str, title: Text, why: Text, find: Find, *, scope: Scope = Scope.ITEM) -> Rule:
    return Rule(code, _ERROR, scope, title, why, _GDPR, find, exemptible=False)


def _of_issues(code: str, title: Text, why: Text, find: Find) -> Rule:
    return Rule(code, _NOTICE, Scope.ISSUE, title, why, _PICTURES, find)


def _nothing(_reading: Reading) -> Iterable[Finding]:
    """What depends on the newsletter and its day is found by `issue_consents`."""
    return ()


_PEOPLE = (
    _of_items(
        "S120",
        _WARNING,
        say("Hela namnet först"),
        say(
            "Alla presenteras med för- och efternamn första gången, så att ingen blir mindre än någon annan."
        ),
        _SCHYST_TIPS,
        people.full_name_first,
    ),
    _of_items(
        "S121",
        _WARNING,
        say("Samma sätt att nämna alla"),
        say("Om en kallas vid förnamn och en vid efternamn får de olika tyngd."),
        _SCHYST_TIPS,
        people.same_style,
    ),
    _of_items(
        "S122",
        _WARNING,
        say("Likvärdiga uppgifter om alla"),
        say("Familj och ålder berättas oftare om kvinnor. Ge samma slags uppgifter om alla, eller inga."),
        _SCHYST_TIPS,
        people.unequal_facts,
        swedish=True,
    ),
    _of_items(
        "S125",
        _WARNING,
        say("Inbjudan med tillgänglighet"),
        say("Den som behöver ramp, hörslinga eller annan kost ska kunna bestämma sig utan att ringa."),
        _SCHYST,
        people.invitation_without_access,
    ),
    _of_items(
        "S126",
        _NOTICE,
        say("Inbjudan utan mat, hörslinga, resväg eller nät"),
        say("Det som är självklart för en del avgör för andra om de kan komma."),
        _SCHYST,
        people.invitation_without_needs,
        swedish=True,
    ),
    _of_items(
        "S127",
        _NOTICE,
        say("Talare av samma kön"),
        say("En jämn blandning på scenen kommer av att någon har bestämt att den är viktig."),
        _SCHYST_TIPS,
        people.one_sided_speakers,
    ),
    _of_items(
        "S128",
        _WARNING,
        say("Frågan om kön med två svar"),
        say("Alla ska kunna svara sant på ett formulär. Ofta behövs frågan inte."),
        _SCHYST_TIPS,
        people.two_genders_to_choose,
        swedish=True,
    ),
)

ISSUE_CONSENT = _of_consent(
    "S144",
    say("Samtycke för brevet och dagen"),
    say("Den som har sagt ja till ett brev, eller till en viss dag, har inte sagt ja till resten."),
    _nothing,
    scope=Scope.ISSUE,
)

_EXPIRED = _of_consent(
    "S133",
    say("Samtycke som har gått ut"),
    say("Ett ja som gäller till en viss dag räcker inte för det som går ut senare."),
    pictures.expired_consents,
)

_OF_CHANNEL = _of_consent(
    "S134",
    say("Samtycke för kanalen"),
    say("Den som har sagt ja till ett nyhetsbrev har inte sagt ja till sociala medier."),
    pictures.posts_outside_scope,
)

_CONSENT = (
    _of_consent(
        "S130",
        say("Ja från dem som syns"),
        say("En bild där någon går att känna igen är en personuppgift. Skriv ned på vilken grund den visas."),
        pictures.people_without_consent,
    ),
    _of_consent(
        "S132",
        say("Samtycke som är återkallat"),
        say("Den som syns får ångra sig när som helst. Då går bilden inte ut mer."),
        pictures.withdrawn_consents,
    ),
    _EXPIRED,
    _OF_CHANNEL,
    ISSUE_CONSENT,
)

_PICTURE = (
    _of_items(
        "S131",
        _WARNING,
        say("Arkivbilder"),
        say("Schyst vill visa riktiga människor, som är det de ser ut att vara."),
        "http://schyst.se/om-schyst/",
        pictures.stock_pictures,
    ),
    _of_items(
        "S135",
        _ERROR,
        say("Barn utan vårdnadshavares ja"),
        say("Ett barn kan inte alltid överblicka vad det innebär att synas. Då säger en vuxen ja."),
        _GDPR,
        pictures.children_without_guardian,
    ),
    _of_items(
        "S136",
        _NOTICE,
        say("Hur bilden visar människor"),
        say("Plats, aktivitet och vinkel säger vem som har makt. Utan dem går balansen inte att se."),
        _PICTURES,
        pictures.undescribed_pictures,
    ),
    _of_items(
        "S137",
        _NOTICE,
        say("Hemma i bild, på jobbet i texten"),
        say("Kvinnor visas oftare i hemmet, fast det är arbetet som texten handlar om."),
        _PICTURES,
        pictures.at_home_for_work,
    ),
    _of_items(
        "S141",
        _NOTICE,
        say("Gammal bild"),
        say("Gamla bilder visar hur det var. Gå igenom arkivet ibland, byt ut och lägg till."),
        _ARCHIVE,
        pictures.dated_pictures,
    ),
    _of_items(
        "S143",
        _NOTICE,
        say("Kostymen på bergstoppen"),
        say("Framgång ser inte ut på ett enda sätt. Den bilden har alla redan sett."),
        _PICTURES,
        pictures.hero_pictures,
        swedish=True,
    ),
    _of_items(
        "S145",
        _WARNING,
        say("Namn i bild som nyheten inte har"),
        say("Stavas ett namn på två sätt vet ingen att det är samma person, eller att det är ett barn."),
        _GDPR,
        pictures.people_not_named,
    ),
)

_ISSUE = (
    _of_issues(
        "S138",
        say("Olika vinkel för olika kön"),
        say("Uppifrån blir den som syns liten, nedifrån blir den stor."),
        pictures.uneven_angles,
    ),
    _of_issues(
        "S139",
        say("Några gör, andra tittas på"),
        say("Män visas oftare mitt i ett arbete, kvinnor oftare stilla."),
        pictures.uneven_activity,
    ),
    _of_issues(
        "S140",
        say("Några står framför andra"),
        say("Den som står längst fram ser ut att bestämma."),
        pictures.uneven_placement,
    ),
)

PEOPLE_RULES: tuple[Rule, ...] = (*_PEOPLE, *_CONSENT, *_PICTURE, *_ISSUE)


def issue_consents(items: Iterable[Item], newsletter: str, day: date) -> list[Problem]:
    """What forbids a newsletter (by its slug) to show some of its pictures on the day of an issue."""
    return [ISSUE_CONSENT.problem(found) for found in pictures.unfit_for_issue(items, newsletter, day)]


def post_consents(item: Item, post: PostDraft) -> list[Problem]:
    """What of `check_item`'s problems forbids one post alone: the letter may still go out."""
    expired = [_EXPIRED.problem(found) for found in pictures.expired_for_post(item, post)]
    return expired + [_OF_CHANNEL.problem(found) for found in pictures.outside_scope_of_post(item, post)]
