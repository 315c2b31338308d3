"""What is wrong with a rendered letter: size, headings, alt texts, tables, links (O-codes).

What law asks of it (the EU's emblem, sender, a way to stop) is read by comms/check/letters.py (V-codes).
How it looks, as far as its style can be worked out, is read by comms/check/letter_look.py.

Sources: WCAG 2.1 (1.1.1, 1.3.1, 1.4.4, 2.4.2, 2.4.4, 2.4.6, 3.1.1, 4.1.2), Gmail's clipping at about 102 kB.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from comms.errors import Location, Problem, Severity, Text, say
from comms.model.audience import WHOLE_AREA_KEY
from comms.model.issue import Edition
from comms.model.settings import Settings
from comms.render.verify_addresses import ADDRESS_RULES
from comms.render.verify_page import LetterPage, Part

MAX_HTML_BYTES = 100_000
"""Gmail hides the rest of a letter, with its unsubscribe link, somewhere above 102,000."""

_LARGEST = 3
_GENERIC = frozenset({"läs mer", "klicka här", "här", "länk", "mer", "mer information", "read more"})
_SHOWN_WORDS = 60
"""How many characters of a piece of the letter a message shows."""

_EXAMPLES = 3
_MAX_ZOOM = 2.0
"""What a viewport must let a reader do at least (WCAG 2.1, 1.4.4)."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.IGNORECASE)
_SCALE = re.compile(r"maximum-scale\s*=\s*([\d.]+)", re.IGNORECASE)
_FIXED = re.compile(r"user-scalable\s*=\s*(?:no|0|false)\b", re.IGNORECASE)
_FILE_NAME = re.compile(
    r"\S+\.(?:png|jpe?g|gif|webp|svg|avif|heic)"
    r"|(?:img|dsc|dscn|dscf|pxl|image|bild|foto|scan)[-_ ]?\d{2,}\S*",
    re.IGNORECASE,
)

_Found = Iterator[tuple[Text, Text]]


def edition_problems(edition: Edition, *, settings: Settings, template_path: str) -> list[Problem]:
    """What stops or weakens a letter; the place is its template. `settings` say which addresses are ours."""
    letter = LetterPage(edition.html)
    found = [(code, severity, said) for code, severity, rule in _RULES for said in rule(letter, edition)]
    found += [(code, Severity.ERROR, said) for code, rule in ADDRESS_RULES for said in rule(letter, settings)]
    return [
        Problem(code, severity, message, hint, Location(template_path))
        for code, severity, (message, hint) in found
    ]


def _size(letter: LetterPage, edition: Edition) -> _Found:
    size = len(edition.html.encode())
    if size < MAX_HTML_BYTES:
        return
    sections = letter.sections()[:_LARGEST]
    message = say(
        "Brevet till {audience} ({place}) är {size} kB, Gmail visar 100 kB. Störst: {largest}.",
        audience=edition.audience,
        place=edition.municipality or WHOLE_AREA_KEY,
        size=size // 1000,
        largest="; ".join(f"{name} {part // 1000} kB" for part, name in sections),
    )
    if 2 * sum(part for part, _ in sections) < size:
        yield (
            message,
            say("Mallen själv är stor: korta den, eller lägg färre nyheter i numret."),
        )
    else:
        yield message, say("Korta de största texterna eller lägg färre nyheter i numret.")


def _short(words: str) -> str:
    """The first words of a piece, as a message shows them."""
    return words if len(words) <= _SHOWN_WORDS else f"{words[:_SHOWN_WORDS].rsplit(' ', 1)[0]} …"


def _examples(parts: Iterable[Part]) -> str:
    """The words of some pieces, so that a person finds them."""
    words = [f"”{_short(part.text)}”" if part.text else str(say("(utan ord)")) for part in parts]
    return ", ".join(words[:_EXAMPLES]) + (" …" if len(words) > _EXAMPLES else "")


def _language(letter: LetterPage, _edition: Edition) -> _Found:
    if not letter.lang:
        yield say("Brevet säger inte vilket språk det är på."), say('Skriv lang="sv" i taggen <mjml>.')


def _unknown_language(letter: LetterPage, _edition: Edition) -> _Found:
    lang = letter.lang or ""
    if lang and (lang.lower() == "und" or not _LANGUAGE.fullmatch(lang)):
        yield (
            say("Brevet säger att dess språk är ”{lang}”, som inte är något språk.", lang=lang),
            say('Skriv lang="sv" i taggen <mjml>, eller det språk som brevet är på.'),
        )


def _title(letter: LetterPage, _edition: Edition) -> _Found:
    if not letter.title:
        yield say("Brevet har ingen titel."), say("Skriv ämnet i <mj-title>.")


def _other_title(letter: LetterPage, edition: Edition) -> _Found:
    if letter.title and letter.title != " ".join(edition.subject.split()):
        yield (
            say(
                "Brevets titel är ”{title}”, men ämnet är ”{subject}”.",
                title=_short(letter.title),
                subject=_short(edition.subject),
            ),
            say("Skriv letter.subject i <mj-title>: titeln läses upp när brevet öppnas på webben."),
        )


def _one_h1(letter: LetterPage, _edition: Edition) -> _Found:
    main = [part for part in letter.headings if part.level == 1]
    hint = say("Låt brevets namn vara den enda. Nyheternas rubriker är h2 eller lägre.")
    if not main:
        yield say("Brevet har ingen huvudrubrik (h1)."), hint
    elif len(main) > 1:
        yield (
            say(
                "Brevet har {count} huvudrubriker (h1): {words}.",
                count=len(main),
                words=_examples(main),
            ),
            hint,
        )


def _heading_jumps(letter: LetterPage, _edition: Edition) -> _Found:
    for before, heading in pairwise(letter.headings):
        if heading.level > before.level + 1:
            yield (
                say(
                    "Rubriken ”{words}” hoppar från nivå {level} till {following}.",
                    words=heading.text,
                    level=before.level,
                    following=heading.level,
                ),
                say("Ta nivåerna i ordning: skärmläsare bygger innehållet av dem."),
            )


def _empty_headings(letter: LetterPage, _edition: Edition) -> _Found:
    for before, heading in pairwise([None, *letter.headings]):
        if heading is not None and not heading.text:
            yield (
                say(
                    "En rubrik på nivå {level} är tom. Den står efter ”{words}”.",
                    level=heading.level,
                    words=before.text,
                )
                if before
                else say("En rubrik på nivå {level} är tom. Den står först i brevet.", level=heading.level),
                say("Ge rubriken ord, eller ta bort den: skärmläsare stannar vid den."),
            )


def _alt(letter: LetterPage, _edition: Edition) -> _Found:
    for picture in letter.pictures:
        if picture.attributes.get("alt") is None:
            yield (
                say("Bilden {source} saknar alt-text.", source=picture.attributes.get("src") or ""),
                say('Beskriv bilden, eller skriv alt="" om den bara är pynt.'),
            )


def _alt_is_a_name(letter: LetterPage, _edition: Edition) -> _Found:
    for picture in letter.pictures:
        alt, source = picture.attributes.get("alt") or "", picture.attributes.get("src") or ""
        stem = source.rpartition("/")[2].partition("?")[0].rpartition(".")[0]
        is_name = alt.strip() == stem if re.search(r"[-_\d]", stem) else False
        if alt and (is_name or _FILE_NAME.fullmatch(alt.strip())):
            yield (
                say("Alt-texten ”{alt}” är namnet på en fil.", alt=alt),
                say("Skriv vad bilden visar: den som inte ser bilden får bara den texten."),
            )


def _layout_tables(letter: LetterPage, _edition: Edition) -> _Found:
    bare = [table for table in letter.tables if not table.is_layout and not table.headers]
    if bare:
        yield (
            say(
                "Tabeller som är till för utseendet men inte säger det ({count}): {words}.",
                count=len(bare),
                words=_examples(bare),
            ),
            say('Skriv role="presentation" på dem: annars läses de upp som tabeller.'),
        )


def _table_headers(letter: LetterPage, _edition: Edition) -> _Found:
    bare = [head for table in letter.tables for head in table.headers if not head.attributes.get("scope")]
    if bare:
        yield (
            say(
                "Rubriker i en tabell säger inte om de gäller sin rad eller sin kolumn: {words}.",
                words=_examples(bare),
            ),
            say('Skriv scope="row" eller scope="col" på varje <th>.'),
        )


def _loose_items(letter: LetterPage, _edition: Edition) -> _Found:
    if letter.loose_items:
        yield (
            say("Punkter står utanför en lista: {words}.", words=_examples(letter.loose_items)),
            say("Sätt <ul> eller <ol> runt dem: annars säger skärmläsare inte hur många de är."),
        )


def _fixed_size(letter: LetterPage, _edition: Edition) -> _Found:
    for content in letter.viewports:
        scale = _SCALE.search(content)
        if _FIXED.search(content) or (scale and _number(scale[1]) < _MAX_ZOOM):
            yield (
                say("Brevet går inte att förstora på en telefon: ”{content}”.", content=content),
                say("Ta bort user-scalable och maximum-scale i taggen <meta name=viewport>."),
            )


def _number(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        return _MAX_ZOOM


def _unheard(letter: LetterPage, _edition: Edition) -> _Found:
    for part in letter.unheard:
        yield (
            say(
                "”{words}” går att nå med tangentbordet, men är dold för skärmläsare.",
                words=_short(part.text or part.href),
            ),
            say('Ta bort aria-hidden="true" där, eller länken.'),
        )


def _empty_links(letter: LetterPage, _edition: Edition) -> _Found:
    for link in letter.links:
        if not link.text or not link.href:
            yield (
                say("Länken ”{text}” till ”{href}” saknar ord eller adress.", text=link.text, href=link.href),
                say("Skriv vad länken leder till, eller ta bort den."),
            )


def _generic_links(letter: LetterPage, _edition: Edition) -> _Found:
    for link in letter.links:
        if link.text.lower().rstrip(" .:…»›→>") in _GENERIC:
            yield (
                say("Länken ”{text}” säger inte vart den leder.", text=link.text),
                say("Nämn nyheten: många hör länkarna lästa för sig."),
            )


def _ambiguous_links(letter: LetterPage, _edition: Edition) -> _Found:
    targets = Counter(text for text, _ in {(link.text, link.href) for link in letter.links})
    for text in sorted(text for text, count in targets.items() if count > 1 and text):
        yield (
            say("Flera länkar heter ”{text}” men leder till olika sidor.", text=text),
            say("Ge dem olika ord."),
        )


def _foreign(letter: LetterPage, _edition: Edition) -> _Found:
    for name in sorted(set(letter.foreign)):
        yield (
            say("”{name}” fungerar inte i e-post, eller laddar något utifrån.", name=name),
            say("Ta bort det ur mallen."),
        )


_RULES: tuple[tuple[str, Severity, Callable[[LetterPage, Edition], _Found]], ...] = (
    ("O101", Severity.ERROR, _size),
    ("O102", Severity.ERROR, _one_h1),
    ("O103", Severity.ERROR, _alt),
    ("O104", Severity.ERROR, _layout_tables),
    ("O105", Severity.ERROR, _table_headers),
    ("O106", Severity.ERROR, _empty_links),
    ("O107", Severity.ERROR, _language),
    ("O108", Severity.ERROR, _title),
    ("O109", Severity.WARNING, _heading_jumps),
    ("O110", Severity.WARNING, _generic_links),
    ("O111", Severity.WARNING, _ambiguous_links),
    ("O112", Severity.ERROR, _foreign),
    ("O113", Severity.ERROR, _unknown_language),
    ("O114", Severity.WARNING, _other_title),
    ("O115", Severity.ERROR, _empty_headings),
    ("O116", Severity.ERROR, _loose_items),
    ("O117", Severity.ERROR, _fixed_size),
    ("O118", Severity.ERROR, _unheard),
    ("O119", Severity.WARNING, _alt_is_a_name),
)
"""Each rule with its code and how grave it is."""
