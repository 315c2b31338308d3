"""What each mail client ignores in a letter, and a ratchet: nothing new without a person's yes (O301).

The letter is read once. Each thing that it uses becomes a word as in `Feature.pattern`, with who meets it:
what stands in a conditional comment for Outlook is for classic Outlook alone, what stands in `@media` is for
those that read that rule, what asks for a client's own attribute (`[data-ogsc]`) is for that client.
Source of the data: caniemail.com, by way of `ClientTable`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import unescape

from comms.errors import Location, Problem, Severity, say
from comms.model.mail_client import ClientSummary, ClientTable, Feature, Unsupported
from comms.render.wording import listed

CLASSIC_OUTLOOK = "outlook-windows"
"""The one client that reads conditional comments."""

REVIEWED_FILE = "templates/mail_clients_reviewed.csv"
"""The organisation's own table of what a person has found fine, in the workspace."""

_OWN_MARKS: tuple[tuple[str, frozenset[str]], ...] = (
    ("[data-ogs", frozenset({"outlook-web", "outlook-mobile"})),
    ("[data-oga", frozenset({"outlook-web", "outlook-mobile"})),
    ("[owa]", frozenset({"outlook-web"})),
    (".moz-text-html", frozenset({"thunderbird"})),
)
"""A part of a selector that a client alone answers to, for it writes it round the letter itself."""

_PIECE = re.compile(
    r"<!--\[if (?P<condition>[^\]]*)\]>(?P<shown><!-->|--><!-->)?"
    r"|(?P<end><!--<!\[endif\]-->)"
    r"|(?P<comment><!--)(?P<remark>.*?)-->"
    r"|<style(?P<how>[^>]*+)>(?P<sheet>.*?)</style>"
    r"|(?P<doctype><!doctype)[^>]*+>"
    r"""|<(?P<tag>[a-zA-Z][\w:-]*+)(?P<attributes>(?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>""",
    re.DOTALL | re.IGNORECASE,
)
_HIDDEN_END = "<![endif]-->"
_ATTRIBUTE = re.compile(r"""([^\s"'=<>/]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?""")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_PART = re.compile(r"[^{};]*+[{};]|[^{};]++")
_CLOSING = re.compile(r"([;{}])")
_QUOTED = re.compile(r"""url\([^)]*\)|"[^"]*"|'[^']*'""")
_UNIT = re.compile(r"(?<![\w#])-?\d*\.?\d+([a-z]+|%)")
_CALL = re.compile(r"([a-z-]+)\(")
_WORD = re.compile(r"(?<![\w(-])[a-z-]{3,}(?![\w(])")
_URL = re.compile(r"""url\(\s*["']?([^"')]+)""")
_SUFFIX = re.compile(r"(\.[a-z0-9]{2,5})(?:[?#].*)?$", re.IGNORECASE)
_MEDIA_FEATURE = re.compile(r"\(\s*([a-z-]+)")
_PSEUDO = re.compile(r"::?([a-z-]+)")
_CHAIN = re.compile(r"[.#][\w-]+[.#]")
_ATTRIBUTE_SELECTOR = re.compile(r"\[[^\]]*\]")
_TYPE = re.compile(r"(?:^|[\s>+~])[a-z]")
_PICTURES = frozenset({"src", "background", "srcset"})
_WORTH_THEIR_VALUE = frozenset({"name", "type"})

Words = frozenset[str]
"""What is used, as patterns name it."""

_NO_WORDS: Words = frozenset()


@dataclass(frozen=True, slots=True)
class _Readers:
    """Who meets a piece of a letter: only these clients (empty: all), not those, who read these rules."""

    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Uses:
    """Each word with who meets it, and where it is met first: an offset in the HTML."""

    first: dict[tuple[str, _Readers], int] = field(default_factory=dict)

    def add(self, words: Iterable[str], readers: _Readers, at: int) -> None:
        """Remember words of one place."""
        for word in words:
            self.first.setdefault((word, readers), at)


def client_findings(html: str, table: ClientTable) -> tuple[Unsupported, ...]:
    """What the clients ignore or show in part, by client and then line; each feature once a client."""
    features = _by_word(table.features)
    nobody = {word: frozenset[str]().union(*(one.without for one in rows)) for word, rows in features.items()}
    met: dict[tuple[str, str], tuple[int, Feature]] = {}
    for (word, readers), at in _uses(html).first.items():
        for feature in features.get(word, ()):
            for client in (feature.without | feature.partly) & table.clients.keys():
                known = met.get((client, feature.slug))
                if (known is None or at < known[0]) and _meets(client, readers, nobody):
                    met[client, feature.slug] = (at, feature)
    return tuple(
        Unsupported(
            client=client,
            feature=feature,
            line=html.count("\n", 0, at) + 1,
            reviewed=table.reviewed.get((client, slug), ""),
            partly=client not in feature.without,
        )
        for (client, slug), (at, feature) in sorted(
            met.items(), key=lambda one: (list(table.clients).index(one[0][0]), one[1][0], one[0][1])
        )
    )


def client_problems(
    findings: Iterable[Unsupported], table: ClientTable, *, template_path: str
) -> list[Problem]:
    """A warning for each feature that a client ignores and nobody has looked at (O301)."""
    new: dict[str, list[Unsupported]] = {}
    for one in findings:
        if not one.partly and not one.reviewed:
            new.setdefault(one.feature.slug, []).append(one)
    return [
        Problem(
            "O301",
            Severity.WARNING,
            say(
                "{clients} visar inte ”{feature}”, som brevet använder (rad {line} i brevets HTML).",
                clients=listed([table.clients[one.client] for one in rows]),
                feature=rows[0].feature.title,
                line=min(one.line for one in rows),
            ),
            say(
                "Se efter hur brevet ser ut där. Går det bra: skriv en rad om {slug} i {file}. Mer: {source}",
                slug=slug,
                file=REVIEWED_FILE,
                source=rows[0].feature.source,
            ),
            Location(template_path),
        )
        for slug, rows in new.items()
    ]


def client_summary(findings: Iterable[Unsupported], table: ClientTable) -> tuple[ClientSummary, ...]:
    """How a letter fares in each client, in the table's order; a client without findings is there too."""
    counted = {slug: ClientSummary(slug, name, 0, 0, 0) for slug, name in table.clients.items()}
    for one in findings:
        row = counted[one.client]
        counted[one.client] = replace(
            row,
            ignored=row.ignored + (not one.partly),
            partly=row.partly + one.partly,
            unreviewed=row.unreviewed + (not one.partly and not one.reviewed),
        )
    return tuple(counted.values())


def _by_word(features: Iterable[Feature]) -> dict[str, list[Feature]]:
    found: dict[str, list[Feature]] = {}
    for feature in features:
        for word in feature.pattern.split(" | "):
            found.setdefault(word, []).append(feature)
    return found


def _meets(client: str, readers: _Readers, nobody: Mapping[str, Collection[str]]) -> bool:
    return (
        (not readers.only or client in readers.only)
        and client not in readers.never
        and not any(client in nobody.get(rule, ()) for rule in readers.rules)
    )


def _uses(html: str) -> _Uses:
    uses = _Uses()
    _read(html, 0, _Readers(), uses)
    return uses


def _read(html: str, base: int, readers: _Readers, uses: _Uses) -> None:
    """Read HTML that begins at offset `base` of the letter; conditional comments within it likewise."""
    place, around = 0, readers
    while found := _PIECE.search(html, place):
        place, at = found.end(), base + found.start()
        match found.lastgroup:
            case "condition":
                end = html.find(_HIDDEN_END, place)
                inner = html[place : end if end >= 0 else len(html)]
                _read(inner, base + place, _for_outlook(found["condition"], readers), uses)
                place += len(inner)
            case "shown":
                readers = _for_all_but_outlook(found["condition"], readers)
            case "end":
                readers = around
            case "remark":
                uses.add(("<!--",), readers, at)
            case "sheet":
                uses.add(("<style",), readers, at)
                media = dict(_attributes(found["how"])).get("media", "")
                within = replace(readers, rules=readers.rules | {"<style"} | _media(media))
                uses.add(_media(media), replace(readers, rules=readers.rules | {"<style"}), at)
                _read_sheet(found["sheet"], base + found.start("sheet"), within, uses)
            case "doctype":
                uses.add(("<!doctype",), readers, at)
            case _:
                uses.add(_of_tag(found["tag"], found["attributes"]), readers, at)


def _for_outlook(condition: str, around: _Readers) -> _Readers:
    """Who reads what is hidden in a comment: classic Outlook, unless the condition says otherwise."""
    if "!mso" in condition.replace(" ", "") or "mso" not in condition:
        return replace(around, only=frozenset({""}))
    return replace(around, only=frozenset({CLASSIC_OUTLOOK}))


def _for_all_but_outlook(condition: str, around: _Readers) -> _Readers:
    """Who reads what is shown after a condition: all, but classic Outlook where it is told to look away."""
    if "!mso" in condition.replace(" ", ""):
        return replace(around, never=frozenset({CLASSIC_OUTLOOK}))
    return around


def _attributes(written: str) -> Iterator[tuple[str, str]]:
    for name, *values in _ATTRIBUTE.findall(written):
        yield name.lower(), next(filter(None, values), "")


def _of_tag(tag: str, written: str) -> set[str]:
    """The words of a tag, its attributes and its own style."""
    words = {f"<{tag.lower()}"}
    for name, value in _attributes(written):
        words.add(f"{name}=")
        if name == "style":
            words |= _of_style(unescape(value) if "&" in value else value)
        elif name == "href":
            words |= {f"href={value[:1]}", f"href={value.partition(':')[0]}:"}
        elif name in _WORTH_THEIR_VALUE:
            words.add(f"{name}={value.lower()}")
        if name in _PICTURES:
            words |= _of_picture(value)
    return words


def _of_picture(address: str) -> set[str]:
    if address.startswith("data:"):
        return {"data:"}
    found = _SUFFIX.search(address)
    return {found[1].lower()} if found else set()


def _of_style(css: str) -> set[str]:
    """The words of declarations."""
    return {word for one in css.split(";") for word in _of_declaration(one.strip())}


def _of_declaration(written: str) -> Words:
    name, colon, value = written.partition(":")
    return _declared(name.strip().lower(), value.strip().lower()) if colon else _NO_WORDS


@lru_cache(maxsize=4096)
def _declared(name: str, value: str) -> Words:
    """The words of one declaration. The same few hundred stand in every letter, so each is read once."""
    plain, urgent, _ = value.partition("!")
    bare = _QUOTED.sub("", plain)
    words = {name, f"{name}: {plain.strip()}"}
    words |= {f"unit:{unit}" for unit in _UNIT.findall(bare)}
    words |= {f"{call}()" for call in _CALL.findall(bare)}
    words |= {f"value:{word}" for word in _WORD.findall(bare)}
    for address in _URL.findall(plain):
        words |= _of_picture(address)
    return frozenset(words | ({"!important"} if urgent else set()))


def _media(query: str) -> Words:
    if not query:
        return _NO_WORDS
    return frozenset({"@media", *(f"@media ({name})" for name in _MEDIA_FEATURE.findall(query.lower()))})


def _read_sheet(css: str, base: int, readers: _Readers, uses: _Uses) -> None:
    """Read a style sheet: selectors and declarations, each with who reads the rules that it stands in."""
    if "/*" in css:
        uses.add(("/*",), readers, base + css.index("/*"))
        css = _CSS_COMMENT.sub(lambda found: " " * len(found[0]), css)
    around = [readers]
    for part in _CSS_PART.finditer(css):
        written = part[0].rstrip("{};").strip()
        at = base + part.start() + len(part[0]) - len(part[0].lstrip())
        if part[0].endswith("{"):
            around.append(_open(written, around[-1], uses, at))
        elif written.startswith("@"):
            uses.add((written.split(maxsplit=1)[0].lower(),), around[-1], at)
        elif written:
            uses.add(_of_declaration(written), around[-1], at)
        if part[0].endswith("}") and len(around) > 1:
            around.pop()


def _open(head: str, readers: _Readers, uses: _Uses, at: int) -> _Readers:
    """Remember what opens a block; who reads what stands in it."""
    if head.startswith("@"):
        name = head.split("(", maxsplit=1)[0].split(maxsplit=1)[0].lower()
        words = _media(head) if name == "@media" else frozenset({name})
        uses.add(words, readers, at)
        return replace(readers, rules=readers.rules | words)
    only = next((clients for mark, clients in _OWN_MARKS if mark in head), frozenset[str]())
    meant = replace(readers, only=only) if only and not readers.only else readers
    uses.add(_of_selector(head), meant, at)
    return meant


_SELECTOR_WORDS: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("selector:,", lambda one: "," in one),
    ("selector:>", lambda one: ">" in one),
    ("selector:+", lambda one: "+" in one),
    ("selector:~", lambda one: "~" in one),
    ("selector:.", lambda one: "." in one),
    ("selector:#", lambda one: "#" in one),
    ("selector:*", lambda one: "*" in one),
    ("selector:chain", _CHAIN.search),
    ("selector:tag", _TYPE.search),
    ("selector:descendant", lambda one: any(" " in part.strip() for part in one.split(","))),
)
"""The parts of a selector; attributes have been taken out, and blanks round signs."""


@lru_cache(maxsize=4096)
def _of_selector(head: str) -> Words:
    bare = _ATTRIBUTE_SELECTOR.sub("", head)
    words = {"selector:[]"} if bare != head else set[str]()
    bare = re.sub(r"\s*([>+~,])\s*", r"\1", " ".join(bare.split()))
    words |= {word for word, is_in in _SELECTOR_WORDS if is_in(bare)}
    return frozenset(words | {f":{name}" for name in _PSEUDO.findall(bare)})
