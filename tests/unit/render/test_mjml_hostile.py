"""Input that kills the compiler or a reader that trusts it: each runs in a child process, which must live."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from comms.render.mjml_faults import MAX_DEPTH

pytestmark = pytest.mark.no_cover

CHILD = """
import json, sys
from comms.errors import TemplateError
from comms.render.mjml import compile_mjml
source = json.loads(sys.stdin.read())
try:
    html = compile_mjml(source, template="prov.mjml")
    html.encode()
    print("letter")
except TemplateError as refused:
    print("refused", refused.problems[0].location)
"""


def body(content: str) -> str:
    return f"<mjml><mj-body><mj-section><mj-column>{content}</mj-column></mj-section></mj-body></mjml>"


def head(content: str) -> str:
    return f"<mjml><mj-head>{content}</mj-head><mj-body></mj-body></mjml>"


def nested(tag: str, count: int) -> str:
    return f"<{tag}>" * count + f"</{tag}>" * count


HOSTILE = {
    "html in html": body(f"<mj-text>{nested('b', 10_000)}</mj-text>"),
    "parts in parts": f"<mjml><mj-body>{nested('mj-wrapper', 10_000)}</mj-body></mjml>",
    "columns in columns": body(nested("mj-column", 10_000)),
    "letters in letters": nested("mjml", 10_000),
    "classes in classes": head(f"<mj-attributes>{nested('mj-class', 10_000)}</mj-attributes>"),
    "raw in raw": body(nested("mj-raw", 10_000)),
    "never closed": "<mjml><mj-body>" + "<mj-section><mj-column><mj-text><b>" * 5_000,
    "only ends": "</mj-text>" * 10_000,
    "quotes": body("<mj-text " + "a='" * 10_000 + ">x</mj-text>"),
    "ampersands": body("<mj-text>" + "&" * 50_000 + "</mj-text>"),
    "open comments": body("<mj-text>" + "<!--" * 10_000 + "</mj-text>"),
    "open conditions": body("<mj-text>" + "<!--[if å" * 2_000 + "</mj-text>"),
    "half a condition": body("<mj-text><!--[if mso]>åäö<![endif]</mj-text>"),
    "a condition with letters after it": body("<mj-text><!--[if mso]åäö>å<![endif]-->å</mj-text>"),
    "a condition between parts": body("<!--[if mso]>å<!--[if å]><![endif]-->"),
    "a condition in a title": head("<mj-title><!--[if å</mj-title>"),
    "a condition that opens a condition": body(
        "<mj-raw><!--[if å]><!--[if ö]><![endif]--><![endif]--></mj-raw>"
    ),
    "NUL in text": body("<mj-text>a\x00b</mj-text>"),
    "NUL in css": head("<mj-style>a\x00b</mj-style>"),
    "NUL in a name": body("<mj-te\x00xt>a</mj-text>"),
    "a surrogate in text": body("<mj-text>\ud800</mj-text>"),
    "a surrogate in css": head("<mj-style>\udfff</mj-style>"),
    "a surrogate in a title": head("<mj-title>\ud800</mj-title>"),
    "a surrogate in an attribute": body('<mj-image src="x" alt="\ud800" />'),
    "a surrogate between parts": body("\ud800"),
    "nothing": "",
    "no letter": "hej",
    "an empty letter": "<mjml/>",
    "entities that grow": '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'
    + body("<mj-text>&c;</mj-text>"),
    "a letter in an attribute": body(f"<mj-text css-class='{body('')}'>x</mj-text>"),
    "the guard's own sign": body("<mj-text>\x7f99999999999\x7f</mj-text><mj-text>a</mj-text>"),
    "a file of its own": body('<mj-include path="prov.mjml" />'),
}
LETTERS = {"a condition with letters after it", "the guard's own sign", "ampersands", "an empty letter"}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_letter_ends_the_process(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=json.dumps(HOSTILE[name]),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("letter" if name in LETTERS else "refused prov.mjml:1"), done.stdout


def test_as_deep_as_is_allowed_compiles() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=json.dumps(body(f"<mj-text>{nested('b', MAX_DEPTH - 1)}</mj-text>")),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "letter\n"
