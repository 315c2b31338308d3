r"""MJML -> HTML: the one guarded call of mjml-python.

The compiler writes some characters of attributes as `\u{a0}`, accepts tags that do not match, dies of
deep nesting and raises what is no `Exception`. So the source is read first: tags must match, parts must
stand where MJML wants them, attributes are written in plain ASCII. The result is searched for leaks.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NoReturn

from mjml import mjml2html

from comms.errors import TemplateError, Text, say

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 200
"""How deep tags may nest; the compiler survives 3,000 and kills the process at 10,000."""

_ATTRIBUTE = r"""[^\s=<>"'/]+\s*=\s*(?:"[^"]*"|'[^']*')"""
_TOKEN = re.compile(
    rf"""(?P<comment><!--.*?-->)
    |<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*)(?P<attributes>(?:\s+{_ATTRIBUTE})*)\s*(?P<empty>/?)>
    |(?P<text>[^<]+)""",
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTES = re.compile(r"""([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_UNSAFE = re.compile(r"""[^ -~]|[\\"<>]""")
_LEAK = re.compile(r'<[A-Za-z][^<>]*="[^"]*\\')
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "wbr"})

_BODY = frozenset({"mj-body", "mj-wrapper"})
_CONTENT = frozenset({"mj-column", "mj-hero"})
_HEAD = frozenset({"mj-head"})
_PARENTS = {
    "mjml": frozenset({""}),
    "mj-head": frozenset({"mjml"}),
    "mj-body": frozenset({"mjml"}),
    "mj-attributes": _HEAD,
    "mj-breakpoint": _HEAD,
    "mj-font": _HEAD,
    "mj-preview": _HEAD,
    "mj-style": _HEAD,
    "mj-title": _HEAD,
    "mj-wrapper": frozenset({"mj-body"}),
    "mj-section": _BODY,
    "mj-hero": _BODY,
    "mj-group": frozenset({"mj-section"}),
    "mj-column": frozenset({"mj-section", "mj-group"}),
    "mj-raw": frozenset({"mj-head", "mj-section", "mj-group"}) | _BODY | _CONTENT,
    "mj-button": _CONTENT,
    "mj-divider": _CONTENT,
    "mj-image": _CONTENT,
    "mj-navbar": _CONTENT,
    "mj-social": _CONTENT,
    "mj-spacer": _CONTENT,
    "mj-table": _CONTENT,
    "mj-text": _CONTENT,
    "mj-navbar-link": frozenset({"mj-navbar"}),
    "mj-social-element": frozenset({"mj-social"}),
}
"""Where each part of MJML may stand. `mj-include` is missing: templates include by Jinja."""


def compile_mjml(source: str, *, template: str) -> str:
    """Compile one letter; `template` names it in messages.

    Raises TemplateError with the line of the filled-in template where there is one.
    """
    source = unicodedata.normalize("NFC", source.replace("\r\n", "\n").replace("\r", "\n"))
    html = _compiled("".join(_Reader(source, template).read()), template)
    if leak := _LEAK.search(html):
        raise TemplateError(
            say(
                "Mallen {path} ger ett tecken som inte går att skriva i ett brev, nära ”{place}”.",
                path=template,
                place=leak[0][-60:],
            )
        )
    return html


def _compiled(source: str, template: str) -> str:
    try:
        return str(mjml2html(source, fonts={}))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 -- the compiler's panics are no `Exception`
        message = say("Mallen {path} går inte att göra till ett brev: {reason}.", path=template, reason=error)
        raise TemplateError(message) from None


class _Reader:
    """Reads MJML tag by tag, refuses what the compiler would misread, and writes it in safe characters."""

    def __init__(self, source: str, template: str) -> None:
        self.source = source
        self.template = template
        self.open: list[str] = []
        self.position = 0

    def read(self) -> Iterator[str]:
        """The same document in characters that survive; raises TemplateError."""
        while self.position < len(self.source):
            token = _TOKEN.match(self.source, self.position)
            if token is None:
                self.refuse(say("ett ensamt < eller en tagg som inte är rätt skriven"))
            yield from self.written(token)
            self.position = token.end()
        if self.open:
            self.refuse(say("<{name}> stängs aldrig", name=self.open[-1]))

    def written(self, token: re.Match[str]) -> Iterator[str]:
        """One token in safe characters."""
        if comment := token["comment"]:
            yield from _conditional(comment)
        elif text := token["text"]:
            yield _references(text) if self.open[-1:] == ["mj-title"] else text
        elif token["end"]:
            self.close(token["name"])
            yield token[0]
        else:
            yield self.opened(token)

    def opened(self, token: re.Match[str]) -> str:
        """A start tag; `mj-image` and `img` always with an alt."""
        name = token["name"]
        self.place(name)
        empty = bool(token["empty"]) or name in _VOID
        if not empty:
            self.open.append(name)
        if len(self.open) > MAX_DEPTH:
            self.refuse(say("fler än {count} taggar i varandra", count=MAX_DEPTH))
        found = _ATTRIBUTES.findall(token["attributes"])
        attributes = {key: double or single for key, double, single in found}
        if name in {"mj-image", "img"}:
            attributes.setdefault("alt", "")
        written = "".join(f' {key}="{_references(value)}"' for key, value in attributes.items())
        return f"<{name}{written}{' /' if empty else ''}>"

    def place(self, name: str) -> None:
        """Refuse a part that MJML would drop in silence."""
        if not name.startswith("mj") or "mj-attributes" in self.open or "mj-raw" in self.open:
            return
        parents = _PARENTS.get(name)
        parent = self.open[-1] if self.open else ""
        if parents is None:
            self.refuse(say("<{name}> finns inte", name=name))
        if parent not in parents:
            self.refuse(say("<{name}> får inte stå i <{parent}>", name=name, parent=parent))

    def close(self, name: str) -> None:
        """Refuse an end tag that does not match."""
        if not self.open or self.open[-1] != name:
            self.refuse(say("</{name}> stänger något annat än det som är öppet", name=name))
        self.open.pop()

    def refuse(self, reason: Text) -> NoReturn:
        """Stop at the present line."""
        raise TemplateError(
            say(
                "Mallen {path} går inte att göra till ett brev. Rad {line} i den ifyllda mallen: {reason}.",
                path=self.template,
                line=self.source.count("\n", 0, self.position) + 1,
                reason=reason,
            )
        )


def _conditional(comment: str) -> Iterator[str]:
    """Conditional comments stay, without the characters that make the compiler panic; others go."""
    if comment.startswith(("<!--[if", "<!--<![endif")):
        yield re.sub(r"[^\n -~]", lambda found: f"&#{ord(found[0])};", comment)


def _references(text: str) -> str:
    return _UNSAFE.sub(lambda found: f"&#{ord(found[0])};", text)
