"""A workspace with as many items as wanted: the examples' own sentences, mixed by a seed, 300 words each."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from comms.text.swedish import sentences, words

ROOT = Path(__file__).resolve().parent.parent
WORDS = 300
"""Words of an item, as rules read it: body, title, summary, leads, posts and pictures' texts."""

PARAGRAPH = 4
"""Sentences in a paragraph."""

_NOT_READ = re.compile(
    r"^ *(?:- )?\{?(?:kind|focus|goals|activities|indicators|audiences|municipalities|date|publish|language"
    r"|link|file|photographer|start|end|opens|closes|total_sek|support_sek|eu_funded|period|poster|consent"
    r"|name|place|online)\b.*$"
    r"|^ *(?:- )?[\w-]+:",
    re.MULTILINE,
)
"""What of the front matter is no text that rules read: keys, tags, figures and names."""

_SHARED = ("comms.yaml", "audiences.yaml", "strategy.yaml")


def workspace_with(count: int, folder: Path) -> Path:
    """A copy of this folder's workspace with `count` items, no two alike; the same ones every time."""
    for name in _SHARED:
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "templates", folder / "templates")
    shutil.copytree(ROOT / "content" / "pictures", folder / "content" / "pictures")
    (folder / "content" / "items").mkdir()
    fronts, said = [], []
    for file in sorted((ROOT / "content" / "items").glob("*.md")):
        _before, front, body = file.read_text(encoding="utf-8").split("---\n", 2)
        fronts.append((file.stem[:60], front))
        plain = re.sub(r"^(?:#|:::|- |\||– |\*|<).*$", "", body, flags=re.MULTILINE)
        said += [sentence.text for sentence in sentences(plain)]
    chance = random.Random(7)
    for number in range(count):
        stem, front = fronts[number % len(fronts)]
        front = re.sub(r"(?<!\d)20\d\d-", _years_ago(number % 3), front)
        path = folder / "content" / "items" / f"{stem}-{number}.md"
        shown = len(words(_NOT_READ.sub("", front)))
        path.write_text(f"---\n{front}---\n\n{_body(said, chance, WORDS - shown)}", encoding="utf-8")
    return folder


def _years_ago(years: int) -> Callable[[re.Match[str]], str]:
    """Moves a date: most items of an office are old."""
    return lambda match: f"{int(match.group()[:4]) - years}-"


def _body(said: list[str], chance: random.Random, most: int) -> str:
    """Sentences up to the number of words, in paragraphs."""
    chosen: list[str] = []
    count = 0
    while count < most:
        chosen.append(chance.choice(said))
        count += len(words(chosen[-1]))
    paragraphs = (chosen[n : n + PARAGRAPH] for n in range(0, len(chosen), PARAGRAPH))
    return "\n\n".join(" ".join(paragraph) for paragraph in paragraphs) + "\n"
