"""Fifteen faults, each put into a letter that is sound: lint and axe together must find every one.

Five are such that axe does not see them. `apply` changes a letter's HTML in one place; it says so when the
letter has no such place. The browser test (axe) and test_verify_seeds.py (lint) read this one table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seed:
    """A fault: its name, the code by which lint finds it, axe's rule or "" when axe does not, and the act.

    `apply` takes a letter's HTML and gives it with the fault; raises `LookupError` without a place for it.
    """

    name: str
    code: str
    axe: str
    apply: Callable[[str], str]

    @property
    def finders(self) -> tuple[str, ...]:
        """Who must find it."""
        return ("lint", "axe") if self.axe else ("lint",)


def _swap(pattern: str, by: str) -> Callable[[str], str]:
    """The first place that the pattern finds outside comments, which classic Outlook alone reads, changed."""

    def apply(html: str) -> str:
        for found in re.finditer(pattern, html, flags=re.DOTALL):
            at = found.start()
            if html.rfind("<!--", 0, at) <= html.rfind("-->", 0, at):
                return html[:at] + found.expand(by) + html[found.end() :]
        raise LookupError(pattern)

    return apply


SEEDED: tuple[Seed, ...] = (
    Seed("a picture without alt text", "O103", "image-alt", _swap(r'(<img [^>]*?)\balt="[^"]*"', r"\1")),
    Seed("no language", "O107", "html-has-lang", _swap(r'<html lang="[^"]*"', "<html")),
    Seed(
        "pale text",
        "O202",
        "color-contrast",
        _swap(r'(<p class="ink" style="[^"]*?\bcolor:)#[0-9a-f]{6}', r"\1#b9bdba"),
    ),
    Seed("no title", "O108", "document-title", _swap(r"<title>.*?</title>", "")),
    Seed("a jump between headings", "O109", "heading-order", _swap(r"<h3\b(.*?)</h3>", r"<h5\1</h5>")),
    Seed(
        "a link without words", "O106", "link-name", _swap(r'(<a [^>]*href="https[^>]*>)[^<]+</a>', r"\1</a>")
    ),
    Seed(
        "a link in a text that only colour tells",
        "O122",
        "link-in-text-block",
        _swap(
            r'(<p class="ink" style="[^"]*">)(\S+)',
            r'\1<a href="https://leader.example/" style="color:#1b5a7a;text-decoration:none">\2</a>',
        ),
    ),
    Seed(
        "a page that cannot be enlarged",
        "O117",
        "meta-viewport",
        _swap(r'(<meta name="viewport" content=")[^"]*', r"\1width=device-width, user-scalable=no"),
    ),
    Seed("a heading without words", "O115", "empty-heading", _swap(r"(<h3\b[^>]*>).*?</h3>", r"\1</h3>")),
    Seed("points outside a list", "O116", "listitem", _swap(r"<ul\b([^>]*)>(.*?)</ul>", r"<div\1>\2</div>")),
    Seed("a language that is none", "O113", "", _swap(r'<html lang="[^"]*"', '<html lang="und"')),
    Seed(
        "a layout table without its role",
        "O104",
        "",
        _swap(r'(<table [^>]*?) ?role="presentation"', r"\1"),
    ),
    Seed("a table heading without scope", "O105", "", _swap(r'<th scope="\w+"', "<th")),
    Seed(
        "a link that says nothing",
        "O110",
        "",
        _swap(r'(<a [^>]*href="https[^>]*>)[^<]+</a>', r"\1Läs mer</a>"),
    ),
    Seed("two main headings", "O102", "", _swap(r"<h2\b(.*?)</h2>", r"<h1\1</h1>")),
)
"""The faults, in the order in which they were first measured; axe finds ten."""
