"""Attacks on the public pages: what went wrong at others (listmonk, Ghost, Mautic, Odoo), tried on ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import create_engine, text

from comms.model.settings import Secret, Signups
from comms.text.tokens import seal_form
from tests.fakes.public import (
    FORM,
    KINDS,
    ONE_CLICK,
    Town,
    shape,
    statements,
    town,
)
from tests.fakes.signups import KEYS, office

pytestmark = pytest.mark.no_cover

ACTING = ("/prenumerera/", "/installningar/")
PREFETCH: tuple[dict[str, str], ...] = (
    {},
    {"Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"X-Moz": "prefetch"},
    {"X-HTTP-Method-Override": "POST"},
)
SQL = (
    "' OR '1'='1", "' OR 1=1--", "'; DROP TABLE subscribers;--", '" OR ""="', "1; SELECT pg_sleep(5)--",
    "') UNION SELECT address FROM subscribers--", "%' AND 1=0 UNION ALL SELECT NULL,NULL--", "\\'; --",
    "1 AND (SELECT 1 FROM (SELECT SLEEP(5))x)", "admin'/*", "*/ OR 1=1 /*",
    "' || (SELECT sql FROM sqlite_master) || '",
    "1' AND RANDOMBLOB(100000000)--", "x' AND 1=LIKE('A',UPPER(HEX(RANDOMBLOB(1))))--",
    "'; ATTACH 'x.db' AS x;--",
    "1;PRAGMA writable_schema=1", "%00' OR 1", "%%%", "___", "[a-z]*", "$$; SELECT 1; $$", "E'\\x27'",
    ":address",
    "%(address)s", "?", "{0}", "${jndi:ldap://ond.example/a}", "0x27206f72", "＇ OR 1=1", "ʼ OR 1=1--",
    "1e309",
)  # fmt: skip
"""Strings as sqlmap and its kind begin with, and what drivers take for places of values."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("attacks"), proxies=("127.0.0.1",)) as opened:
        yield opened


# C7, in the words of databases


def test_nothing_that_is_typed_is_asked_of_the_database_as_sql(site: Town) -> None:
    links = site.links("sql@hem.example")
    before = site.dump()
    fields = (
        "address",
        "newsletters",
        "audience",
        "municipality",
        "focus",
        "form",
        "action",
        "List-Unsubscribe",
    )
    with statements() as asked:
        for typed in SQL:
            for path in (*ACTING, list(links.values())[len(typed) % 3]):
                assert site.get(f"{path}?{urlencode(dict.fromkeys(fields, typed))}").status_code == 200
                assert site.post(path, dict.fromkeys(fields, typed)).status_code == 200
            for name in ("form", *fields[:5]):
                sealed = {**FORM, "form": site.seal("signup"), name: typed}
                assert site.post("/prenumerera/", sealed).status_code == 200
            for where in "cp":
                assert site.get(f"/{where}/{quote(typed, safe='')}").status_code in {404, 405}
            site.get("/halsa", X_Forwarded_For=typed.encode("ascii", "replace").decode())
    assert not [one for one in asked if any(typed in one for typed in SQL if len(typed) > 3)]
    assert site.dump() == before


def test_an_address_with_quotation_marks_is_only_an_address(site: Town) -> None:
    people = site.count("subscribers")
    for typed in ("o'brien@hem.example", "a'--@hem.example", "x'='x@hem.example", "''@hem.example"):
        answer = site.sign_up(typed)
        assert "inkorg" in answer.text
        assert site.desk.mailed(typed)
    assert site.count("subscribers") == people


# Seals, by which a form acts


def forged(name: str, of: Town) -> dict[str, str]:
    """Seals that must open nothing of the form `name`, by what is wrong with them."""
    now, good = of.desk.now, of.seal(name)
    other = (Secret("en helt annan nyckel som är lång nog"),)
    wrong = {
        "none": "",
        "of another form": of.seal("exit|" + "A" * 34),
        "of a longer name": of.seal(f"{name}x"),
        "of a name in capitals": of.seal(name.upper()),
        "of another key": seal_form(name, "nonce", other, now - timedelta(seconds=10)),
        "of yesterday": of.seal(name, 24 * 3600 + 1),
        "of years ago": seal_form(name, "nonce", KEYS, datetime(1971, 1, 1, tzinfo=UTC)),
        "of years to come": of.seal(name, -1e9),
        "without signature": good.rpartition(".")[0],
        "without time": ".".join(good.split(".")[::2]),
        "without nonce": "." + good.partition(".")[2],
        "longer": f"{good}A",
        "shorter": good[:-1],
        "twice": good * 2,
        "with blanks": f" {good} ",
        "of unicode": good.replace(".", "．"),
        "huge": "A" * 60_000,
        "dots": "." * 1000,
    }
    flips = {
        f"with sign {n} changed": good[:n] + _other(good[n]) + good[n + 1 :] for n in range(len(good) - 1)
    }
    return wrong | flips


def _other(sign: str) -> str:
    return "A" if sign != "A" else "B"


def test_no_form_acts_by_a_seal_that_is_old_forged_or_anothers(site: Town) -> None:
    links = site.links("sigill@hem.example")
    forms: dict[str, tuple[str, dict[str, object]]] = {
        "signup": ("/prenumerera/", {**FORM, "address": "ny@hem.example"}),
        "settings-link": ("/installningar/", {"address": "sigill2@hem.example"}),
        **{name: (path, {"action": "all"}) for name, path in links.items()},
    }
    before = site.dump()
    for name, (path, fields) in forms.items():
        for why, seal in forged(name, site).items():
            answer = site.post(path, {**fields, "form": seal})
            assert answer.status_code == 200, (name, why)
            assert "Titta i din inkorg" not in answer.text, (name, why)
        assert site.dump() == before, name
        others = {other: site.seal(other) for other in forms if other != name}
        for why, seal in others.items():
            site.post(path, {**fields, "form": seal})
            assert site.dump() == before, (name, why)


def test_a_sign_up_form_acts_once_whatever_is_typed_in_it_later(site: Town) -> None:
    seal = site.seal("signup")
    answers = [
        site.sign_up(f"om{number}@hem.example", form=seal, municipality=place)
        for number, place in enumerate(("arvika", "torsby", "", "arvika"))
    ]
    assert len({shape(answer) for answer in answers}) == 1
    assert [bool(site.desk.mailed(f"om{number}@hem.example")) for number in range(4)] == [
        True,
        False,
        False,
        False,
    ]


# Spellings, methods, other names (C10)


def spellings(path: str) -> set[str]:
    """Ways to write a path that are not the path."""
    name, last = path.rstrip("/").rpartition("/")[::2]
    return {
        f"/{path}", f"//{path}", f"/.{path}", f"/x/..{path}", f"{path}/", f"{path}/.", f"{path}/..",
        f"{path}//",
        f"{path};x", f"{path};x=1", f"{path}%00", f"{path}%20", f"{path}%09", f"{path}%0a", f"{path}%2f",
        f"{path}%3f", f"{path}.html", f"{path}.json", f"{path}~", f"{path}*", f"{path},", f"{path}%23",
        f"{name}%2f{last}", f"{name}%2F{last}", f"{name}%5c{last}", f"{name}\\{last}", f"{name}/./{last}",
        f"{name}//{last}", f"{name}/x/../{last}", f"{name};/{last}",
        path.swapcase(), f"{name.upper()}/{last}",
        f"{path}%u0041", f"{name}%252f{last}", f"{name}%c0%af{last}", f"http://ond.example{path}",
        f"\\{path}",
    } - {path}  # fmt: skip


def test_no_other_spelling_reaches_what_a_page_does(site: Town) -> None:
    links = site.links("stavning@hem.example")
    before = site.dump()
    for name, path in {**links, "signup": "/prenumerera/"}.items():
        fields = {
            **FORM,
            **ONE_CLICK,
            "address": "stav@hem.example",
            "form": site.seal(name),
            "action": "all",
        }
        for spelt, method in product(sorted(spellings(path)), ("GET", "HEAD", "POST", "OPTIONS", "TRACE")):
            if spelt.rstrip("/") == path.rstrip("/") and path.endswith("/"):
                continue
            answer = site.open(method, spelt, fields)
            assert answer.status_code in {301, 404, 405}, (method, spelt)
            assert answer.headers.get("Location", "https://brev.").startswith("https://brev.")
    assert site.dump() == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "POST "])
def test_nothing_but_a_post_acts_whatever_headers_call_it(site: Town, method: str) -> None:
    links = site.links(f"{method.strip().lower()}{len(method)}{method[0]}@hem.example")
    before = site.dump()
    names = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method")
    for name, path in links.items():
        fields = {**ONE_CLICK, "form": site.seal(name), "action": "all", "_method": "POST"}
        asked = f"{path}?{urlencode(fields)}"
        answer = site.open(method, asked, fields, dict.fromkeys(names, "POST"))
        assert answer.status_code in {200, 405}
        for header in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Path", "X-Forwarded-Prefix"):
            site.open("POST", "/halsa", fields, {header: path})
            site.open(method, "/integritet/", fields, {header: path})
    assert site.dump() == before


HOSTS = (
    "ond.example", "brev.leader.example.ond.example", "ond.example:443", "brev.leader.example@ond.example",
    "brev.leader.example#ond.example", "brev.leader.example\\ond.example", "brev.leader.example ond.example",
    "a..b", ".", "[", "[::", "[::1", "]", ":", ":80", "[]:80", "localhost:99999999", "xn--a.example",
    "é.example",
    "127.0.0.1.ond.example", "0x7f.1", "2130706433", "localhost.ond.example", "brev.leader.example:443:443",
    "brev.leader.example%00.ond.example", "<script>", "'\"><img src=//ond.example>", "a" * 5000, "1" * 300,
)  # fmt: skip


@pytest.mark.parametrize("host", HOSTS, ids=range(len(HOSTS)))
def test_a_forged_host_is_refused_and_is_in_no_answer(site: Town, host: str) -> None:
    written = host.encode().decode("latin-1")
    for method, path in product(
        ("GET", "POST"), ("/prenumerera/", "/prenumerera", "/brev/brevet", "/finns-inte")
    ):
        answer = site.open(method, path, None, {"Host": "x", "X-Forwarded-Host": "ond.example"})
        assert answer.status_code == 421
        answer = site.open(method, path, None, {"Host": written})
        assert answer.status_code in {400, 404, 421}
        assert "ond.example" not in answer.text + str(answer.headers)
        assert "<script" not in answer.text


# Nothing tells who is known (C11)


def test_answers_and_work_are_the_same_whatever_is_known_of_an_address(site: Town) -> None:
    for kind in KINDS:
        site.know(kind, f"{kind}@kand.example")
    site.desk.now += timedelta(days=2)
    shapes: Counter[object] = Counter()
    work: dict[str, dict[str, int]] = {"signup": {}, "settings-link": {}}
    for kind in KINDS:
        address = f"{kind}@kand.example"
        with statements() as asked:
            shapes["signup", shape(site.sign_up(address))] += 1
        work["signup"][kind] = asked.total()
        with statements() as asked:
            fields = {"address": address, "form": site.seal("settings-link")}
            shapes["link", shape(site.post("/installningar/", fields))] += 1
        work["settings-link"][kind] = asked.total()
    assert len(shapes) == 2, [one[0] for one in shapes]  # type: ignore[index]  # pairs
    for of_kind in work.values():
        assert max(of_kind.values()) - min(of_kind.values()) <= 3, of_kind


# Forms of others (C12)


def test_no_other_sites_page_acts_but_by_one_click(site: Town) -> None:
    links = site.links("annan@hem.example")
    forms = {**links, "signup": "/prenumerera/", "settings-link": "/installningar/"}
    before = site.dump()
    foreign = (
        {"Origin": "https://ond.example"},
        {"Origin": "https://brev.leader.example.ond.example"},
        {"Origin": "https://brev.leader.example, https://ond.example"},
        {"Origin": "https://brev.leader.example/"},
        {"Origin": "https://brev.leader.example@ond.example"},
        {"Origin": "file://"},
        {"Origin": ""},
        {"Origin": "https://brev.leader.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    )
    for (name, path), headers in product(forms.items(), foreign):
        fields = {**FORM, "address": "csrf@hem.example", "form": site.seal(name), "action": "all"}
        assert site.open("POST", path, fields, headers).status_code == 403, (name, headers)
        media = {"media": "multipart/form-data; boundary=x"}
        assert site.open("POST", path, b"--x--", headers, **media).status_code == 403
        if name.startswith(("confirm", "settings")):
            assert site.open("POST", path, {**fields, **ONE_CLICK}, headers).status_code == 403
    assert site.dump() == before
    (leaving,) = (path for name, path in links.items() if name.startswith("exit"))
    assert site.open("POST", leaving, ONE_CLICK, foreign[0]).status_code == 200
    assert site.dump() != before


# Only what is meant to be there (C13)


def test_there_is_no_route_that_nobody_has_thought_of(site: Town) -> None:
    look, act = {"GET", "HEAD"}, {"GET", "HEAD", "POST"}
    assert {rule.rule: rule.methods for rule in site.app.url_map.iter_rules()} == {
        "/": look, "/<path:path>": look, "/halsa": look, "/integritet/": look, "/tillganglighet/": look,
        "/prenumerera/": act, "/installningar/": act,
        "/c/<token:token>": act, "/p/<token:token>": act, "/u/<token:token>": act,
    }  # fmt: skip
    assert not site.app.debug
    for name in ("install", "setup", "upgrade", "admin", "debug", "console", "static/x.js", ".env",
    ".git/config",
                 "comms.yaml", "var/comms.db", "server-status", "metrics", "api", "__debugger__", "index.php",
                 "manifest.json", "..%2fcomms.yaml", "brev/../../comms.yaml", "wp-login.php"):  # fmt: skip
        assert site.get(f"/{name}").status_code == 404, name
        assert site.get(f"/{name}?__debugger__=yes&cmd=resource&f=debugger.js").status_code == 404


# Who only looks (C14)


def test_programs_may_open_every_link_a_hundred_times_and_nothing_is_written(site: Town) -> None:
    links = site.links("skanner@hem.example")
    rows, files = site.dump(), site.files()
    for path, method in product(links.values(), ("GET", "HEAD")):
        for number in range(100):
            answer = site.open(method, path, headers=PREFETCH[number % len(PREFETCH)])
            assert answer.status_code == 200
    assert (site.dump(), site.files()) == (rows, files)


# One click (C15)

MULTIPART = (
    b'--B\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n'
    b'--B\r\nContent-Disposition: form-data; name="token"\r\n\r\nA\r\n'
    b'--B\r\nContent-Disposition: form-data; name="action"\r\n\r\nresume\r\n'
    b'--B\r\nContent-Disposition: form-data; name="f"; filename="../x"\r\n'
    b"Content-Type: text/html\r\n\r\nx\r\n--B--\r\n"
)
TYPED = MULTIPART.replace(
    b'Unsubscribe"\r\n', b'Unsubscribe"\r\nContent-Type: text/plain; charset=us-ascii\r\n', 1
)
URLENCODED = "application/x-www-form-urlencoded"
CLICKS = (
    (URLENCODED, b"List-Unsubscribe=One-Click", True),
    (f"{URLENCODED}; charset=utf-8", b"List-Unsubscribe=One-Click", True),
    (f"{URLENCODED};charset=ISO-8859-1", b"List-Unsubscribe=One-Click", True),
    (URLENCODED.title(), b"List-Unsubscribe=One%2DClick", True),
    (URLENCODED, b"List%2dUnsubscribe=One-Click&token=A&action=resume&form=x&x=%FF", True),
    (URLENCODED, b"List-Unsubscribe=One-Click&List-Unsubscribe=nej", True),
    ("multipart/form-data; boundary=B", MULTIPART, True),
    ('Multipart/Form-Data; charset=utf-8; boundary="B"', MULTIPART, True),
    ("multipart/form-data; boundary=B", TYPED, True),
    (URLENCODED, b"", False),
    ("multipart/form-data; boundary=B", b"", False),
    ("multipart/form-data", MULTIPART, False),
    ("", b"List-Unsubscribe=One-Click", False),
    ("application/json", b'{"List-Unsubscribe": "One-Click"}', False),
    (URLENCODED, b"List-Unsubscribe=one-click", False),
    (URLENCODED, b"List-Unsubscribe", False),
    (URLENCODED, b"List-Unsubscribe=One-Click\0", False),
)


@pytest.mark.parametrize("number", range(len(CLICKS)))
def test_a_mail_programs_click_ends_its_own_letter_and_nothing_else_does(site: Town, number: int) -> None:
    media, body, acts = CLICKS[number]
    link, others = site.exit(100 + number), site.exit(200 + number)
    answer = site.open("POST", f"{link}?token={others[3:]}&List-Unsubscribe=One-Click", body, media=media)

    assert answer.status_code == 200
    said = {no.address_key for no in site.desk.store.leaving.noes([f"kontor{100 + number}@eda.example"])}
    assert bool(said) is acts
    assert not site.desk.store.leaving.noes([f"kontor{200 + number}@eda.example"])
    assert acts or 'value="this"' in answer.text


# List bombing (C17)


def sign_ups(chance: Random) -> Iterator[tuple[str, str]]:
    """A thousand addresses with callers: one from everywhere, many from one place, many from everywhere."""
    for number in range(1000):
        anywhere = f"{chance.randrange(1, 100)}.{chance.randrange(256)}.{chance.randrange(256)}.7"
        yield (
            ("offer@hem.example", anywhere),
            (f"n{number}@en{number % 7}.example", f"198.51.100.{chance.randrange(256)}"),
            (f"n{number}@stor.example", anywhere),
            (f"n{number}@d{number}.example", anywhere),
        )[number % 4]


@pytest.mark.slow
def test_a_thousand_sign_ups_are_answered_alike_and_mailed_within_the_limits(tmp_path: Path) -> None:
    chance = Random(17)  # noqa: S311 - the same each time
    with town(tmp_path, office(Signups()), proxies=("127.0.0.1",)) as bombed:
        shapes = set()
        for number, (address, caller) in enumerate(sign_ups(chance)):
            headers = {"X-Forwarded-For": f"203.0.113.9, {caller}"}
            shapes.add(shape(bombed.sign_up(address, headers)))
            bombed.desk.now += timedelta(seconds=chance.randrange(20))
            if number % 25 == 0:
                bombed.desk.mail()
        for _ in range(12):
            bombed.desk.now += timedelta(minutes=20)
            bombed.desk.mail()
        assert len(shapes) == 1
        mailed = _mailed(bombed)
    assert len(mailed) > 300
    limits = Signups()
    for column, rate in ((1, limits.network), (2, limits.domain), (3, limits.site)):
        assert _most(mailed, column, rate.period) <= rate.count
    for rate in limits.address:
        assert _most(mailed, 0, rate.period) <= rate.count


def _mailed(bombed: Town) -> list[tuple[str, str, str, str, datetime]]:
    with closing(create_engine(f"sqlite:///{bombed.database}").connect()) as database:
        rows = database.execute(
            text("SELECT address, network, domain, mailed_at FROM tickets WHERE mailed_at IS NOT NULL")
        ).all()
    assert len(rows) == len(bombed.desk.mailbox.letters)
    return [(one[0], one[1], one[2], "", datetime.fromisoformat(str(one[3]))) for one in rows]


def _most(rows: list[tuple[str, str, str, str, datetime]], column: int, period: timedelta) -> int:
    """The most of one kind within any period."""
    most = 0
    for kind in {row[column] for row in rows}:
        times = sorted(row[4] for row in rows if row[column] == kind)
        most = max(most, *(sum(1 for at in times if begin <= at < begin + period) for begin in times))
    return most
