"""Texts that are programs, in everything that reaches a public page, in Chromium: nothing of them runs.

Vectors are our own (tests/data/xss), by class. Each tries to set `window.__xss`, to fetch from another host,
or to move the page. An event of the content security policy counts too: then only the second wall held.
"""

from __future__ import annotations

import html
import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser, Page, Route

from comms.app.importing import Witness, take_in
from comms.app.roll_reading import Given, read_roll
from comms.model.audience import Audience, Audiences
from comms.model.office import Office
from comms.model.strategy import FocusArea, Strategy
from comms.model.subscriber import Choices
from comms.text.tokens import Purpose, token
from tests.fakes.public import AMPLE, FORM, Town, listening, town
from tests.fakes.signups import KEYS, KOMMUN, NOW, office

pytestmark = [pytest.mark.servers, pytest.mark.no_cover]

CLASSES: Mapping[str, Sequence[str]] = json.loads(
    (Path(__file__).parents[1] / "data" / "xss" / "vectors.json").read_text(encoding="utf-8")
)
VECTORS = tuple(vector for vectors in CLASSES.values() for vector in vectors)
LONGEST = 320
"""Signs of an address that a page shows again."""

WATCHING = """
window.__csp = [];
document.addEventListener('securitypolicyviolation',
    e => window.__csp.push(e.violatedDirective + ' ' + e.blockedURI));
"""
SEEN = """() => new Promise(told => requestAnimationFrame(() => setTimeout(() => told(
    [window.__xss === undefined, window.__csp,
     document.querySelectorAll('script, iframe, math, svg:not(.hills)').length]))))"""


def joined(longest: int = LONGEST) -> list[str]:
    """The vectors, as many together as a field takes."""
    found = [""]
    for vector in VECTORS:
        if len(found[-1]) + len(vector) > longest:
            found.append("")
        found[-1] += vector
    return found


def hostile() -> Office:
    """An office whose every word is a vector, past all that looks at its files."""
    every, plain = " ".join(VECTORS), office(AMPLE)
    number = range(len(VECTORS))
    newsletters = {
        f"n{n}": replace(
            KOMMUN, slug=f"n{n}", title=VECTORS[n], tagline=VECTORS[-n], audiences=(f"a{n}", "public"),
            municipalities=(f"m{n}",), whole_area=not n % 2,
        )
        for n in number
    }  # fmt: skip
    base = plain.settings
    settings = replace(
        base, newsletters=newsletters, name=every, eu_statement=every,
        sender=replace(base.sender, name=every, postal_address=every, reply_to=joined()[2]),
        brand=replace(base.brand, wordmark=every, logo_alt=every, logo="content/logo.png"),
        retention=replace(base.retention, decision=every),
    )  # fmt: skip
    audiences = {f"a{n}": Audience(f"a{n}", VECTORS[n], VECTORS[n]) for n in number}
    audiences["public"] = Audience("public", joined()[0], every)
    areas = {f"f{n}": FocusArea(f"f{n}", VECTORS[n], VECTORS[n], {}, ()) for n in number}
    places = {f"m{n}": VECTORS[n] for n in number}
    return Office(settings, Audiences(audiences, places, ()), Strategy(every, {}, {}, areas))


@dataclass
class Watch:
    """A page in Chromium, and what went wrong there: by where it went."""

    page: Page
    address: str
    posting: str = ""
    went: int = 0
    wrong: list[str] = field(default_factory=list)

    def visit(self, path: str, fields: Mapping[str, object] | None = None) -> None:
        """Go there; with fields, as a form goes."""
        self.posting = urlencode(fields, doseq=True, errors="replace") if fields is not None else ""
        self.page.goto(f"{self.address}{path}")
        self.went += 1
        is_clean, violations, odd = self.page.evaluate(SEEN)
        if not is_clean or violations or odd:
            self.wrong.append(f"{path} {self.posting[:80]}: ran {not is_clean}, {violations}, {odd} elements")
        if not self.page.url.startswith(self.address):
            self.wrong.append(f"{path} led to {self.page.url}")

    def route(self, route: Route) -> None:
        """Let through what is ours; a visit with fields is a POST."""
        asked = route.request
        if not asked.url.startswith(f"{self.address}/"):
            self.wrong.append(f"asked {asked.url}")
            route.abort()
        elif self.posting and asked.is_navigation_request():
            form = {**asked.headers, "content-type": "application/x-www-form-urlencoded"}
            body, self.posting = self.posting, ""
            route.continue_(method="POST", headers=form, post_data=body)
        else:
            route.continue_()


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, str]]:
    """The pages of an ordinary office."""
    with town(tmp_path_factory.mktemp("xss")) as opened, listening(opened) as address:
        yield opened, address


def watching(browser: Browser, address: str, headers: Mapping[str, str] | None = None) -> Watch:
    """A new window."""
    context = browser.new_context(extra_http_headers=dict(headers or {}))
    context.add_init_script(WATCHING)
    watch = Watch(context.new_page(), address)
    context.route("**/*", watch.route)
    return watch


def test_the_vectors_are_alive_where_nothing_is_escaped(browser: Browser) -> None:
    assert len(VECTORS) >= 150
    page = browser.new_context().new_page()
    asked: list[str] = []
    here = "http://levande.example/"

    def elsewhere(route: Route) -> None:
        if route.request.url == here:
            route.fulfill(body=f"<!DOCTYPE html><meta charset=utf-8>{frames}", content_type="text/html")
            return
        asked.append(route.request.url)
        route.abort()

    page.route("**/*", elsewhere)
    parts = (f'<input value="{vector}">{vector}<textarea>{vector}' for vector in VECTORS[::3])
    frames = "".join(f'<iframe srcdoc="{html.escape(part)}"></iframe>' for part in parts)
    page.goto(here)
    fired = page.evaluate(
        "() => Array.from(frames, f => { try { return f.__xss ? 1 : 0 } catch { return 1 } })"
        ".reduce((all, one) => all + one)"
    )
    page.context.close()
    assert fired + len(asked) > 50, (fired, len(asked))


def test_what_is_typed_or_asked_for_never_runs(browser: Browser, attacked: tuple[Town, str]) -> None:
    opened, address = attacked
    watch = watching(browser, address)
    names = ("newsletters", "audience", "municipality", "focus", "form", "action", "List-Unsubscribe")
    links = opened.links("xss@hem.example")
    leaving = next(path for path in links.values() if path.startswith("/u/"))
    for number, vectors in enumerate(joined()):
        typed: dict[str, object] = {**dict.fromkeys(names, vectors), "address": vectors, vectors: vectors}
        path, form = (("/prenumerera/", "signup"), ("/installningar/", "settings-link"))[number % 2]
        watch.visit(path, {**typed, "form": opened.seal(form)})
    for vectors in joined(1500):
        typed = {**dict.fromkeys(names, vectors), "address": vectors, vectors: vectors}
        watch.visit(f"/prenumerera/?{urlencode({**typed, 'form': ''})}#{quote(vectors)}"[:12_000])
        for name, path in links.items():
            watch.visit(f"{path}?{urlencode({'x': vectors})}", {**typed, "form": opened.seal(name)})
        for path in ("/", "/c/", f"{leaving}/", "/halsa?prov="):
            watch.visit(path + quote(vectors, safe=""))
    watch.page.context.close()
    assert watch.wrong == []
    assert watch.went > 90


def test_what_headers_say_never_runs(browser: Browser, attacked: tuple[Town, str]) -> None:
    opened, address = attacked
    links = opened.links("huvud@hem.example")
    for vectors in joined(2800):
        said = vectors.encode("ascii", "ignore").decode()
        said = "".join(sign for sign in said if sign.isprintable())
        names = (
            "User-Agent",
            "X-Forwarded-For",
            "Cookie",
        )
        watch = watching(
            browser, address, {**dict.fromkeys(names, said), "Referer": f"{address}/{quote(said)}"}
        )
        for path in ("/prenumerera/", "/finns-inte", "/c/" + "A" * 34, *links.values()):
            watch.visit(path)
        watch.visit("/prenumerera/", {"address": said[:LONGEST]})
        watch.page.context.close()
        assert watch.wrong == []


def test_an_office_whose_every_word_is_a_program_shows_words(browser: Browser, tmp_path: Path) -> None:
    with town(tmp_path, hostile()) as opened, listening(opened) as address:
        shutil.rmtree(tmp_path / "archive")
        links = links_of_one_who_wants_all(opened)
        watch = watching(browser, address)
        wrong = {"address": "x", "newsletters": ["n0", "n1", "n2"], "audience": "a9", "municipality": "m9"}
        forms: list[tuple[str, str, dict[str, object]]] = [
            ("signup", "/prenumerera/", {**FORM, **wrong}),
            ("signup", "/prenumerera/", {"address": "ny@hem.example", "newsletters": "n0", "audience": "a0"}),
            ("settings-link", "/installningar/", {"address": "x"}),
            ("settings-link", "/installningar/", {"address": "ny@hem.example"}),
        ]
        ways = {"c": ("",), "e": ("pause", "resume", "this", "all"), "s": ("save", "pause", "end")}
        forms += [(name, path, {"action": way}) for name, path in links.items() for way in ways[name[0]]]
        for path in (
            "/",
            "/prenumerera/",
            "/installningar/",
            "/integritet/",
            "/tillganglighet/",
            "/finns-inte",
        ):
            watch.visit(path)
        for where in "cpu":
            watch.visit(f"/{where}/{'A' * 34}")
        for name, path, fields in forms:
            watch.visit(path)
            watch.visit(path, {**fields, "form": opened.seal(name)})
        watch.visit("/integritet/", {"x": "x"})
        watch.visit("/prenumerera/", {"x": "x" * 70_000})
        watch.visit("/halsa?prov=%3C")
        watch.page.context.close()
    assert watch.wrong == []


def links_of_one_who_wants_all(opened: Town) -> dict[str, str]:
    """Links for somebody with every choice, by the names of their forms: as if the mails had gone."""
    slugs = tuple(opened.desk.office.newsletters)
    wanted = Choices(slugs, "public", "m0", tuple(opened.desk.office.strategy.focus_areas))
    opened.desk.ask("alla@hem.example", wanted)
    confirming = mark(opened, "confirm", Purpose.CONFIRM)
    opened.post(f"/c/{confirming}", {"form": opened.seal(f"confirm|{confirming}")})
    opened.desk.ask_for_settings("alla@hem.example")
    opened.desk.ask("andra@hem.example", wanted)
    leaving = opened.exit(1, "alla@hem.example")[3:]
    with closing(sqlite3.connect(opened.database)) as database, database:
        database.execute("UPDATE exits SET newsletter = 'n3'")
    opening, fresh = mark(opened, "settings", Purpose.SETTINGS), mark(opened, "confirm", Purpose.CONFIRM)
    return {
        f"confirm|{fresh}": f"/c/{fresh}",
        f"confirm|{confirming}": f"/c/{confirming}",
        f"exit|{leaving}": f"/u/{leaving}",
        f"settings|{opening}": f"/p/{opening}",
    }


def mark(opened: Town, kind: str, purpose: Purpose) -> str:
    """The token of the youngest ticket of a kind, which counts as mailed."""
    with closing(sqlite3.connect(opened.database)) as database, database:
        database.execute(
            "UPDATE tickets SET mailed_at = ?, expires_at = ?",
            ("2026-12-01T08:00:00.000000+00:00", "2027-12-31T00:00:00.000000+00:00"),
        )
        (found,) = database.execute(
            "SELECT id FROM tickets WHERE kind = ? ORDER BY rowid DESC LIMIT 1", (kind,)
        ).fetchone()
    return token(purpose, found, KEYS)


def test_whom_a_file_brings_is_shown_as_words(
    browser: Browser, attacked: tuple[Town, str], tmp_path: Path
) -> None:
    opened, address = attacked
    parts = (
        "&lt=script&gt",
        "'autofocus='",
        "x'onfocus='__xss=1",
        "&#60=svg",
        "$x=__xss=1",
        "a&quot=x",
        "~#'=",
    )
    rows = ["e-post;källa;kommun"]
    rows += [
        f'{parts[n % len(parts)]}{n}@xss.example;"{vector.replace(chr(34), chr(34) * 2)}";arvika'
        for n, vector in enumerate(VECTORS)
        if "\0" not in vector
    ]
    file = tmp_path / "lista.csv"
    file.write_text("\n".join(rows), encoding="utf-8", errors="replace")
    given = Given("", "2026-05-01", ("kommunbrevet",), "public", "")
    roll = read_roll(opened.desk.office, file, given, date(2026, 12, 1))
    take_in(opened.desk.office, opened.desk.store, roll, Witness("<svg onload=__xss=1>", "<b>.csv"), NOW)
    assert len(roll.wanted) > 200, roll.bad[:3]
    watch = watching(browser, address)
    for wanted in list(roll.wanted.values())[:7]:
        opened.desk.ask_for_settings(wanted.address)
        opening = mark(opened, "settings", Purpose.SETTINGS)
        for path in (f"/p/{opening}", opened.exit(1000 + wanted.line, wanted.key)):
            watch.visit(path)
    watch.page.context.close()
    assert watch.wrong == []


class _Skeleton(HTMLParser):
    """The elements of a page with the names of their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.bones: list[tuple[str, ...]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.bones.append((tag, *(name for name, _ in attrs)))


def test_no_vector_alone_changes_what_a_page_is_made_of(attacked: tuple[Town, str]) -> None:
    opened, _ = attacked
    for path in ("/prenumerera/", "/installningar/"):
        seal = opened.seal("signup" if path == "/prenumerera/" else "settings-link")
        usual = _Skeleton(opened.post(path, {"address": "<>", "form": seal}).text).bones
        for vector in VECTORS:
            page = opened.post(path, {"address": vector, "newsletters": vector, "form": seal})
            bones = _Skeleton(page.text).bones
            assert bones == usual or "inkorg" in page.text, vector
            assert f'value="{vector}"' not in page.text or not set(vector) & set("<>\"'&")
