"""The one table of rules. A code is for ever: content names it in exemptions, so none is used twice.

S Schyst · P plain Swedish · T typography · A accessibility · C5 structure across an item · V visibility
of EU support · N posts.
"""

from __future__ import annotations

from collections.abc import Iterable

from comms.check import accessibility, posts, structure
from comms.check.reading import Reading
from comms.check.rule import Find, Finding, Rule, Scope
from comms.check.rules_people import PEOPLE_RULES
from comms.check.rules_plain import PLAIN_RULES
from comms.check.rules_schyst import SCHYST_RULES
from comms.check.rules_typography import TYPOGRAPHY_RULES
from comms.check.rules_visibility import VISIBILITY_RULES
from comms.errors import Severity, Text, say

_SKRIVREGLER = "https://www.isof.se/utforska/vagledningar/myndigheternas-skrivregler"
_WCAG = "https://www.w3.org/TR/WCAG21/"
_TAGS = "https://accessible-social.com/hashtags"
_WARNING, _NOTICE, _ERROR = Severity.WARNING, Severity.NOTICE, Severity.ERROR


def _nothing(_reading: Reading) -> Iterable[Finding]:
    """What the engine itself finds has its sentences here and its work there."""
    return ()


def _access(
    code: str, severity: Severity, title: Text, why: Text, find: Find, *, exemptible: bool = True
) -> Rule:
    return Rule(code, severity, Scope.TEXT, title, why, _WCAG, find, exemptible=exemptible)


_ACCESSIBILITY = (
    _access(
        "A401",
        _ERROR,
        say("Alt-text saknas"),
        say("Utan alt-text finns bilden inte för den som lyssnar."),
        accessibility.alt_missing,
        exemptible=False,
    ),
    _access(
        "A402",
        _WARNING,
        say("Alt-text som börjar med ”bild på”"),
        say("Skärmläsaren säger att det är en bild. Orden tar tid utan att ge något."),
        accessibility.alt_begins_with_picture,
    ),
    _access(
        "A403",
        _WARNING,
        say("Alt-text som är ett filnamn"),
        say("Ett filnamn säger inget om vad bilden visar."),
        accessibility.alt_is_file_name,
    ),
    _access(
        "A404",
        _NOTICE,
        say("Alt-text utan punkt"),
        say("Punkten ger en paus i uppläsningen."),
        accessibility.alt_without_full_stop,
    ),
    _access(
        "A405",
        _WARNING,
        say("För lång alt-text"),
        say("En alt-text går inte att skumma eller pausa i: den hör i ett svep."),
        accessibility.alt_too_long,
    ),
    _access(
        "A406",
        _ERROR,
        say("Tom rubrik"),
        say("Den som hoppar mellan rubriker hamnar på ett tomt ställe."),
        accessibility.empty_headings,
        exemptible=False,
    ),
    _access(
        "A407",
        _ERROR,
        say("Bild i texten utan alt-text"),
        say("Utan alt-text finns bilden inte för den som lyssnar."),
        accessibility.alt_missing_in_body,
        exemptible=False,
    ),
    _access(
        "A408",
        _ERROR,
        say("Tom länk"),
        say("En länk utan text går inte att hitta, en utan adress leder ingenstans."),
        accessibility.empty_links,
        exemptible=False,
    ),
    _access(
        "A409",
        _ERROR,
        say("Trasig länk"),
        say("En adress som inte går att läsa når aldrig läsaren: kvar blir orden, eller hakparenteser."),
        accessibility.broken_links,
        exemptible=False,
    ),
)

_STRUCTURE = (
    _access(
        "C501",
        _WARNING,
        say("Rubrik på nivå 1 i texten"),
        say("Titeln är den enda rubriken på nivå 1. Mellanrubriker börjar på nivå 2."),
        accessibility.headings_at_top_level,
    ),
    _access(
        "C502",
        _WARNING,
        say("Hopp i rubriknivå"),
        say("Rubriknivåerna är innehållsförteckningen för den som lyssnar."),
        accessibility.heading_jumps,
    ),
)


def _agree(
    code: str,
    severity: Severity,
    title: Text,
    find: Find,
    *,
    exemptible: bool = True,
    why: Text | None = None,
) -> Rule:
    because = why or say("Uppgifterna i början av filen styr när och till vem nyheten går ut.")
    return Rule(code, severity, Scope.ITEM, title, because, "", find, exemptible=exemptible)


_ITEM = (
    _agree("C510", _ERROR, say("Slutar före start"), structure.until_before_from, exemptible=False),
    _agree(
        "C511",
        _ERROR,
        say("Träff som slutar före start"),
        structure.event_ends_before_start,
        exemptible=False,
    ),
    _agree(
        "C512",
        _ERROR,
        say("Utlysning som stänger före start"),
        structure.call_closes_before_opens,
        exemptible=False,
    ),
    _agree("C513", _WARNING, say("Träff som redan varit"), structure.event_over),
    _agree("C514", _WARNING, say("Aktivitet från annat insatsområde"), structure.foreign_activities),
    _agree("C515", _WARNING, say("Indikator från annat insatsområde"), structure.foreign_indicators),
    _agree("C516", _WARNING, say("Ingress utan läsare"), structure.leads_for_others),
    _agree("C517", _WARNING, say("Block utan läsare"), structure.blocks_for_others),
    _agree("C518", _WARNING, say("Daterad efter sista dagen"), structure.dated_after_until),
    _agree(
        "C519",
        _ERROR,
        say("Ingen text"),
        structure.no_body,
        exemptible=False,
        why=say("En nyhet utan text blir en rubrik som inte leder någonstans."),
    ),
    _agree(
        "C521",
        _ERROR,
        say("Mallens text står kvar"),
        structure.still_scaffold,
        why=say("En nyhet som inte är skriven får inte följa med i ett brev."),
    ),
    _agree(
        "C520",
        _WARNING,
        say("Ingen sammanfattning"),
        structure.no_summary,
        why=say("Sammanfattningen visas i arkivet och där länken delas."),
    ),
    _agree(
        "C522",
        _WARNING,
        say("Utlysning som redan stängt"),
        structure.call_over,
        why=say("Ingen kan söka när tiden är ute. Ofta är det ett årtal som blivit fel."),
    ),
)

_POSTS = (
    Rule(
        "N701",
        _WARNING,
        Scope.TEXT,
        say("Taggar utan stora bokstäver"),
        say("Med stor bokstav i varje ord kan skärmläsare och ögon dela upp taggen."),
        _TAGS,
        posts.tags_without_capitals,
    ),
    Rule(
        "N702",
        _WARNING,
        Scope.TEXT,
        say("Taggar med bara siffror"),
        say("Nätverken gör ingen länk av en tagg utan bokstäver."),
        "https://github.com/mastodon/mastodon/blob/main/app/models/tag.rb",
        posts.tags_of_figures,
    ),
    Rule(
        "N703",
        _WARNING,
        Scope.TEXT,
        say("Taggar med bindestreck"),
        say("De flesta nätverk slutar taggen vid bindestrecket."),
        "https://github.com/mastodon/mastodon/blob/main/app/models/tag.rb",
        posts.tags_with_hyphen,
    ),
    Rule(
        "N704",
        _WARNING,
        Scope.TEXT,
        say("Många emojier"),
        say("Skärmläsare läser upp namnet på varje emoji."),
        "https://www.learntoenable.co.uk/socialmedia",
        posts.too_many_emoji,
    ),
    Rule(
        "N705",
        _WARNING,
        Scope.TEXT,
        say("Länk i bio"),
        say("Det viktiga ska gå att nå från inlägget självt, också när det delas vidare."),
        _SKRIVREGLER,
        posts.link_in_bio,
        swedish=True,
    ),
)


def _exemption(code: str, title: Text, why: Text) -> Rule:
    return Rule(code, Severity.WARNING, Scope.EXEMPTION, title, why, "", _nothing, exemptible=False)


NO_REASON = _exemption(
    "C590", say("Undantag utan skäl"), say("Den som läser efter dig ska se varför regeln inte gäller här.")
)
UNKNOWN_CODE = _exemption(
    "C591", say("Undantag för okänd regel"), say("En felskriven kod tystar ingenting, och ingen märker det.")
)
SILENCES_NOTHING = _exemption(
    "C592", say("Undantag som inte behövs"), say("Ett undantag som blivit över kan dölja nästa fel.")
)
NOT_EXEMPTIBLE = _exemption(
    "C593", say("Regel utan undantag"), say("Några regler gäller alltid: utan dem når texten inte fram.")
)

RULES: tuple[Rule, ...] = (
    *SCHYST_RULES,
    *PEOPLE_RULES,
    *PLAIN_RULES,
    *TYPOGRAPHY_RULES,
    *_ACCESSIBILITY,
    *_STRUCTURE,
    *_ITEM,
    *VISIBILITY_RULES,
    *_POSTS,
    NO_REASON,
    UNKNOWN_CODE,
    SILENCES_NOTHING,
    NOT_EXEMPTIBLE,
)
"""Every rule, in the order in which the reference lists them."""

BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}
"""The same rules by code."""
