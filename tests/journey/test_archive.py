"""The archive: what was sent is on the web, what may not be shown is not, nobody else's file is touched."""

from __future__ import annotations

import io
import json
import re
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import urlopen

import feedparser  # type: ignore[import-untyped]  # it ships no types
import pytest

from tests.journey.workspaces import ISSUE, PICTURE, SLOT, Office, Watched, small

BASE = "https://brev.leader.example"
LATER = "2026-12-05T09:00"
SECRET = "Bara för kontoren att läsa"
PERSON = """\
people: [{name: Elma Råbäck, role: snickare, organisation: Bryggans vänner, quoted: false}]
images:
  - file: pictures/bryggan.png
    alt: Elma Råbäck på en brygga av trä vid en stilla sjö.
    photographer: Tecknad bild, Leader Prov
    people: [Elma Råbäck]
    setting: work
    activity: active
    angle: level
    consent: {basis: skriftligt ja, date: 2026-11-12%s}
"""
_AUDIENCES = """\
audiences:
  public: {title: Allmänheten, reason: Ni får brevet för att ni når många.}
  offices: {title: Kommunala kontor, reason: Ni får brevet för att ni är ett kontor.}
municipalities:
  eda: Eda
  sunne: Sunne
recipients:
  eda:
    public:
      - {address: bibliotek@eda.example, name: Biblioteket}
    offices:
      - {address: kontor@eda.example, name: Kontoret}
"""
_EVENT = """\
event:
  start: 2026-12-09 18:00
  end: 2026-12-09 20:00
  place: Bygdegården, Charlottenberg
  access: Ingång utan trappsteg.
"""


def to_public(office: Office, slug: str, more: str = "") -> None:
    """Write an item for everybody, with a block for the offices alone."""
    office.write_item(slug, more=more)
    path = f"content/items/{slug}.md"
    office.change(path, "audiences: [offices]", "audiences: [public, offices]")
    text = (office.folder / path).read_text(encoding="utf-8")
    office.write(path, f"{text}\n::: for offices\n{SECRET}.\n:::\n")


def public(folder: Path, consent: str | None = None) -> Office:
    """A letter to a library and an office in Eda: an item with a picture, an event, one for offices alone."""
    office = small(folder)
    office.write("audiences.yaml", _AUDIENCES)
    office.change("comms.yaml", "audiences: [offices]", "audiences: [public, offices]")
    office.change("content/items/bryggan.md", "audiences: [offices]", "audiences: [public, offices]")
    office.change("content/items/bryggan.md", "publish:", "municipalities: [eda]\npublish:")
    if consent is not None:
        text = (office.folder / "content/items/bryggan.md").read_text(encoding="utf-8")
        office.write(
            "content/items/bryggan.md",
            re.sub(r"images:\n.*?(?=posts:)", PERSON % consent, text, flags=re.DOTALL),
        )
    to_public(office, "motet", _EVENT)
    to_public(office, "stigen")
    office.write_item("internt", title="Frågor till kontoren")
    return office


def send(office: Office) -> Office:
    """Approve the issue and let it go."""
    office.approve()
    answer = office.comms("tick", now=SLOT)
    assert answer.code == 0, answer.said
    return office


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office whose issue has gone out; nothing in it is changed."""
    folder = tmp_path_factory.mktemp("sent") / "workspace"
    folder.mkdir()
    return send(public(folder))


@pytest.fixture(scope="module")
def site(sent: Office) -> Path:
    """Its archive in a folder of its own."""
    target = sent.folder.parent / "site"
    answer = archive(sent, target)
    assert answer[0] == 0, answer[1]
    return target


@pytest.fixture
def lone(tmp_path: Path) -> Office:
    """An office to change."""
    folder = tmp_path / "lone"
    folder.mkdir()
    return public(folder)


def archive(office: Office, target: Path, now: str = LATER) -> tuple[int, str]:
    """Write the archive; exit code and what was said."""
    answer = office.comms("archive", "--out", str(target), now=now)
    return answer.code, answer.said


def files(folder: Path) -> dict[str, bytes]:
    """Every file but the hidden ones."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def words(folder: Path) -> dict[str, str]:
    """Every file that is text, and what ZIP files hold, by path."""
    told: dict[str, str] = {}
    for path, content in files(folder).items():
        if path.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                told |= {
                    f"{path}:{name}": packed.read(name).decode(errors="replace") for name in packed.namelist()
                }
        else:
            told[path] = content.decode(errors="replace")
    return told


class Addresses(HTMLParser):
    """What a page links to and loads."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.found: list[str] = []
        self.loaded: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note addresses."""
        values = dict(attrs)
        self.found += [value for name in ("href", "src") if (value := values.get(name))]
        is_style = tag == "link" and values.get("rel") == "stylesheet"
        if tag in {"img", "script", "iframe", "source"} or is_style:
            self.loaded.append(values.get("src") or values.get("href") or "")


def page(folder: Path, path: str) -> str:
    return (folder / path / "index.html").read_text(encoding="utf-8")


# What is there


def test_an_item_has_a_page_with_its_story_picture_kits_and_calendar(site: Path) -> None:
    bridge, meeting = page(site, "nyheter/bryggan"), page(site, "nyheter/motet")
    assert bridge.count("<h1") == 1
    assert "<h1>En ny brygga i Eda</h1>" in bridge
    assert "Den är öppen för alla." in bridge
    assert 'alt="En brygga av trä går ut i en stilla sjö."' in bridge
    assert "Tecknad bild, Leader Prov" in bridge
    assert 'href="../../sprid/eda/bryggan/index.html"' in bridge
    assert 'href="../../sprid/whole-area/bryggan/index.html"' in bridge
    assert "onsdag 9\N{NO-BREAK SPACE}december 2026 kl.\N{NO-BREAK SPACE}18.00–20.00" in meeting
    assert 'href="../../nyheter/motet/kalender.ics"' in meeting
    assert "BEGIN:VEVENT" in (site / "nyheter/motet/kalender.ics").read_text(encoding="utf-8")


def test_an_item_without_a_municipality_has_kits_for_all_of_them(site: Path) -> None:
    assert {path.parts[-3] for path in (site / "sprid").glob("*/stigen/index.html")} == {
        "eda",
        "sunne",
        "whole-area",
    }


def test_every_relative_link_leads_to_a_file_and_every_absolute_one_below_base_url_too(site: Path) -> None:
    there = files(site)
    lost = []
    for path, content in there.items():
        if not path.endswith(".html"):
            continue
        for address in Addresses(content.decode()).found:
            if address.startswith(("mailto:", "tel:", "#")):
                continue
            whole = urljoin(f"{BASE}/{path}", address)
            if not whole.startswith(f"{BASE}/"):
                continue
            target = unquote(urlsplit(whole).path).lstrip("/")
            if not {target, f"{target}index.html"} & there.keys():
                lost.append((path, address))
    assert lost == []


def test_pages_load_nothing_from_elsewhere_and_only_the_kits_have_a_script(site: Path) -> None:
    for path, content in files(site).items():
        if path.endswith(".html"):
            html = content.decode()
            assert not [
                each for each in Addresses(html).loaded if each.startswith(("http:", "https:", "//"))
            ], path
            assert "<script" not in html or re.fullmatch("sprid/[^/]+/[^/]+/index.html", path), path


def test_pages_of_the_archives_own_bear_a_strict_policy(site: Path) -> None:
    for path, content in files(site).items():
        if path.endswith(".html") and not path.startswith(("brev/brevet-", "sprid/")):
            assert not re.search(rb"<style|\sstyle=|\son\w+=", content), path


def test_feeds_are_read_by_feedparser_in_every_form(site: Path) -> None:
    for folder in ("", "kommuner/eda/", "kommuner/whole-area/", "insatsomraden/stark-och-stolt-bygd/"):
        for name in ("atom.xml", "rss.xml"):
            feed = feedparser.parse(str(site / folder / name))
            assert not feed.bozo, (folder, name)
            assert f"{BASE}/nyheter/stigen/" in {entry.link for entry in feed.entries}
    told = json.loads((site / "feed.json").read_text(encoding="utf-8"))
    assert {item["title"] for item in told["items"]} >= {"En ny brygga i Eda", "Ny plats motet"}
    letters = feedparser.parse(str(site / "brev/brevet/atom.xml"))
    assert [entry.link for entry in letters.entries] == [f"{BASE}/brev/{ISSUE}/"]
    assert not feedparser.parse(str(site / "sprid/eda/rss.xml")).bozo


def test_the_site_map_names_what_everybody_may_find_with_files_that_are_there(site: Path) -> None:
    named = re.findall(r"<loc>(.*?)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))
    assert {f"{BASE}/", f"{BASE}/nyheter/bryggan/", f"{BASE}/brev/{ISSUE}/public-eda.html"} <= set(named)
    assert not [each for each in named if "internt" in each or "offices" in each or "sprid" in each]
    for each in named:
        path = each.removeprefix(f"{BASE}/")
        assert (site / path).is_file() or (site / path / "index.html").is_file(), each
    assert f"Sitemap: {BASE}/sitemap.xml" in (site / "robots.txt").read_text(encoding="utf-8")


def test_link_cards_are_drawn_and_named_in_the_head(site: Path) -> None:
    for path in ("", "nyheter/bryggan", "nyheter/motet", "kommuner/eda"):
        card = re.search(rf'og:image" content="{BASE}/(media/kort-\w+\.\w+)"', page(site, path))
        assert card is not None, path
        assert (site / card[1]).stat().st_size > 1000


def test_the_archive_is_whole_when_it_is_served_below_a_path(site: Path) -> None:
    with served(site.parent) as root:
        for path in (
            "index.html",
            "nyheter/motet/",
            "kommuner/eda/",
            f"brev/{ISSUE}/public-eda.html",
            "sprid/eda/",
        ):
            address = f"{root}/site/{path}"
            with urlopen(address) as got:  # noqa: S310 - loopback
                html = got.read().decode()
            for loaded in Addresses(html).loaded:
                with urlopen(urljoin(address, loaded)) as part:  # noqa: S310 - loopback
                    assert part.status == 200, loaded


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A plain web server on loopback."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_before_anything_is_sent_the_front_page_says_so_and_nothing_that_waits_is_told(
    lone: Office, tmp_path: Path
) -> None:
    lone.approve()
    code, said = archive(lone, tmp_path / "site")
    assert (code, "Inget brev har gått ut än." in said) == (0, True)
    assert "Här kommer nyheterna" in page(tmp_path / "site", "")
    assert not [path for path, text in words(tmp_path / "site").items() if "brygga" in text]


# The same every time


def test_two_archives_of_one_ledger_are_the_same_byte_for_byte(
    sent: Office, site: Path, tmp_path: Path
) -> None:
    assert archive(sent, tmp_path / "again")[0] == 0
    assert files(tmp_path / "again") == files(site)
    assert files(sent.folder / "out" / "webb") == files(site)


def test_a_second_time_writes_nothing(sent: Office, tmp_path: Path) -> None:
    archive(sent, tmp_path / "site")
    before = {
        path: path.stat().st_mtime_ns
        for path in (tmp_path / "site").rglob("*")
        if not path.name.startswith(".")
    }
    _, said = archive(sent, tmp_path / "site")
    assert "Nya: 0. Ändrade: 0. Borttagna: 0." in said
    after = {
        path: path.stat().st_mtime_ns
        for path in (tmp_path / "site").rglob("*")
        if not path.name.startswith(".")
    }
    assert before == after


# Who may see what


def test_a_block_for_one_audience_is_in_no_file_but_its_own_letters(site: Path) -> None:
    holding = {path for path, text in words(site).items() if SECRET in text}
    assert holding == {f"brev/{ISSUE}/offices-eda.html"}


def test_an_item_that_is_not_for_everybody_has_a_page_and_stands_in_no_list(site: Path) -> None:
    assert '<meta name="robots" content="noindex">' in page(site, "nyheter/internt")
    naming = {path for path, text in words(site).items() if "Frågor till kontoren" in text}
    assert naming == {"nyheter/internt/index.html", f"brev/{ISSUE}/offices-eda.html"}
    letter = (site / f"brev/{ISSUE}/offices-eda.html").read_text(encoding="utf-8")
    assert '<meta name="robots" content="noindex" />' in letter
    assert not [
        path
        for path, text in words(site).items()
        if "offices-eda.html" in text and not path.startswith(f"brev/{ISSUE}/offices")
    ]


def test_no_recipients_address_is_anywhere(site: Path) -> None:
    assert not [path for path, text in words(site).items() if "@eda.example" in text]


def test_a_retracted_item_leaves_everything_and_its_page_says_so(lone: Office, tmp_path: Path) -> None:
    send(lone)
    target = tmp_path / "site"
    archive(lone, target)
    before = files(target)
    assert lone.comms("retract", "bryggan", "--reason", "Fel", "--yes", now=LATER).code == 0
    code, said = archive(lone, target)
    assert (code, "Borttagna:" in said) == (0, True)
    gone = page(target, "nyheter/bryggan")
    assert "Nyheten är tillbakadragen" in gone
    assert 'content="noindex"' in gone
    letter = (target / f"brev/{ISSUE}/public-eda.html").read_text(encoding="utf-8")
    assert "Brevet visas inte längre" in letter
    assert 'href="../../nyheter/motet/index.html"' in letter
    assert not [path for path, text in words(target).items() if "En ny brygga" in text]
    after = files(target)
    assert [path for path in after if "sprid" in path and "bryggan" in path] == [
        "sprid/eda/bryggan/index.html"  # says that it is withdrawn
    ]
    assert len(before.keys() - after.keys()) > 5


@pytest.mark.parametrize("scope", [", scope: [brevet]", ", scope: [brevet, spread-kit]"])
def test_a_picture_whose_consent_is_not_for_the_archive_stays_in_letters_alone(
    tmp_path: Path, scope: str
) -> None:
    office = send(public(fresh(tmp_path), scope))
    archive(office, tmp_path / "site")
    path = picture_path(tmp_path / "site")
    assert path.split("/")[-1] in (tmp_path / "site" / f"brev/{ISSUE}/public-eda.html").read_text(
        encoding="utf-8"
    )
    assert "<figure" not in page(tmp_path / "site", "nyheter/bryggan")
    assert (path.split("/")[-1] in page(tmp_path / "site", "sprid/eda/bryggan")) == ("spread-kit" in scope)
    assert not list((tmp_path / "site/media").glob("kort-*.jpg"))


@pytest.mark.parametrize("end", ["withdrawn_on: 2026-12-03", "expires: 2026-12-03"])
def test_a_consent_that_is_over_takes_the_picture_away_everywhere(tmp_path: Path, end: str) -> None:
    office = send(public(fresh(tmp_path), ""))
    target = tmp_path / "site"
    archive(office, target, "2026-12-02T09:00")
    picture = picture_path(target)
    assert (target / picture).is_file()
    office.change("content/items/bryggan.md", "date: 2026-11-12", f"date: 2026-11-12, {end}")
    archive(office, target, "2026-12-04T09:00")
    assert not (target / picture).exists()
    assert not [path for path, text in words(target).items() if picture.split("/")[-1] in text]
    assert "Bilden visas inte längre." in (target / f"brev/{ISSUE}/public-eda.html").read_text(
        encoding="utf-8"
    )
    assert not list((target / "media").glob("kort-*.jpg"))


def test_a_retracted_picture_is_taken_away_also_when_its_file_has_changed_since(tmp_path: Path) -> None:
    office = send(public(fresh(tmp_path)))
    target = tmp_path / "site"
    archive(office, target)
    picture = picture_path(target)
    office.comms("retract", PICTURE, "--reason", "Fel", "--yes", now=LATER)
    office.draw(red=200)
    archive(office, target)
    assert not (target / picture).exists()
    assert "<figure" not in page(target, "nyheter/bryggan")


def test_a_picture_that_was_exchanged_stays_in_the_letter_that_had_it(tmp_path: Path) -> None:
    office = send(public(fresh(tmp_path)))
    web = office.folder / "out" / "webb"
    before = picture_path(web)
    office.draw(red=200)
    assert office.comms("archive", now=LATER).code == 0
    assert (web / before).is_file()
    assert picture_path(web, "nyheter/bryggan/index.html") != before


def fresh(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


def picture_path(site: Path, where: str = f"brev/{ISSUE}/public-eda.html") -> str:
    """The picture of the jetty as a page loads it."""
    found = re.search(
        r'src="(?:\.\./)*(media/[0-9a-f]{16}\.png)"', (site / where).read_text(encoding="utf-8")
    )
    assert found is not None
    return found[1]


# Other people's files


def test_a_folder_with_other_files_is_refused_and_untouched(sent: Office, tmp_path: Path) -> None:
    (tmp_path / "brev.txt").write_text("mitt", encoding="utf-8")
    code, said = archive(sent, tmp_path)
    assert code == 2
    assert "har redan filer" in said
    assert list(files(tmp_path)) == ["brev.txt"]


def test_files_that_others_put_beside_ours_are_left_also_where_ours_would_be(
    sent: Office, tmp_path: Path
) -> None:
    target = tmp_path / "site"
    archive(sent, target)
    manifest = json.loads((target / ".comms-archive.json").read_text(encoding="utf-8"))
    manifest["files"].remove("robots.txt")
    manifest["files"] += ["../brev.txt", "/etc/hostname"]
    (target / ".comms-archive.json").write_text(json.dumps(manifest), encoding="utf-8")
    (tmp_path / "brev.txt").write_text("mitt", encoding="utf-8")
    (target / "robots.txt").write_text("mitt", encoding="utf-8")
    (target / "nyheter" / "egen.html").write_text("mitt", encoding="utf-8")
    code, said = archive(sent, target)
    assert (code, "robots.txt lämnades orörd" in said) == (1, True)
    for path in ("robots.txt", "nyheter/egen.html", "../brev.txt"):
        assert (target / path).read_text(encoding="utf-8") == "mitt"


def test_what_left_is_deleted_with_its_empty_folders_but_not_beyond_a_link(
    sent: Office, tmp_path: Path
) -> None:
    target, outside = tmp_path / "site", tmp_path / "outside"
    archive(sent, target)
    outside.mkdir()
    (outside / "fil.html").write_text("mitt", encoding="utf-8")
    (target / "lank").symlink_to(outside)
    for path in ("gammal/sida/index.html", "lank/fil.html"):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text("mitt", encoding="utf-8")
    manifest = json.loads((target / ".comms-archive.json").read_text(encoding="utf-8"))
    manifest["files"] += ["gammal/sida/index.html", "lank/fil.html"]
    (target / ".comms-archive.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert archive(sent, target)[0] == 0
    assert not (target / "gammal").exists()
    assert (outside / "fil.html").is_file()


def test_a_run_that_died_knows_its_files_the_next_time(sent: Office, tmp_path: Path) -> None:
    target = tmp_path / "site"
    (target / "nyheter").mkdir(parents=True)
    (target / "index.html").write_text("halv", encoding="utf-8")
    (target / "nyheter/.index.html.comms").write_text("halv", encoding="utf-8")
    (target / ".comms-archive.part").write_text('"index.html"\n"nyheter/index.html"\n"nyh', encoding="utf-8")
    assert archive(sent, target)[0] == 0
    assert "En ny brygga" in page(target, "")
    assert not (target / "nyheter/.index.html.comms").exists()
    assert not (target / ".comms-archive.part").exists()


def test_a_ledger_that_does_not_know_the_folders_letters_takes_nothing_away(
    sent: Office, lone: Office, tmp_path: Path
) -> None:
    archive(sent, tmp_path / "site")
    before = files(tmp_path / "site")
    code, said = archive(lone, tmp_path / "site")
    assert (code, ISSUE in said) == (2, True)
    assert files(tmp_path / "site") == before


# A run publishes


@pytest.mark.servers
def test_every_page_that_a_letter_links_to_is_there_before_the_first_copy_is_taken(lone: Office) -> None:
    absent: list[str] = []

    def look(_dot: int) -> None:
        web = lone.folder / "out" / "webb"
        wanted = ("nyheter/bryggan", "sprid/eda/bryggan", "sprid/eda", "kommuner/eda", f"brev/{ISSUE}")
        absent.extend(folder for folder in wanted if not (web / folder / "index.html").is_file())

    with Watched(at_dot=look) as relay:
        lone.sends_through(relay)
        send(lone)
    assert relay.got
    assert absent == []


def test_what_is_wrong_with_other_items_stops_no_letter(lone: Office) -> None:
    send(lone)
    before = page(lone.folder / "out" / "webb", "nyheter/stigen")
    lone.write("content/items/stigen.md", "---\ntitle: [\n---\n")
    to_public(lone, "ny")
    lone.change("content/items/ny.md", "from: 2026-11-20", "from: 2026-12-10")
    lone.approve("brevet-2027-01-05", now="2026-12-28T09:00")
    answer = lone.comms("tick", now="2027-01-05T08:01")
    assert answer.code == 0, answer.said
    web = lone.folder / "out" / "webb"
    assert page(web, "nyheter/stigen") == before
    code, said = archive(lone, web, "2027-01-06T09:00")
    assert (code, "Nyheten ”stigen” visas som den var" in said) == (1, True)
    code, said = archive(lone, lone.folder / "ny mapp", "2027-01-06T09:00")
    assert "Nyheten går inte att visa just nu" in page(lone.folder / "ny mapp", "nyheter/stigen")


def test_an_issue_whose_own_picture_cannot_be_had_waits_and_goes_when_it_can(lone: Office) -> None:
    lone.approve()
    shutil.rmtree(lone.folder / "out" / "webb", ignore_errors=True)
    (lone.folder / "out/webb").mkdir(parents=True, exist_ok=True)
    (lone.folder / "out/webb/media").write_text("i vägen", encoding="utf-8")
    answer = lone.comms("tick", now=SLOT)
    assert (answer.code, f"Kan inte börja: {ISSUE}." in answer.out) == (3, True)
    assert lone.nothing_sent()
    (lone.folder / "out/webb/media").unlink()
    assert lone.comms("tick", now="2026-12-01T08:05").code == 0
    assert lone.states() == {"accepted": 2}


def test_web_copies_of_earlier_versions_become_the_archives_own(lone: Office) -> None:
    web = lone.folder / "out" / "webb"
    for path in ("brev/brevet-2025-01-07/offices-eda.html", "media/0123456789abcdef.png", "egen.txt"):
        lone.write(f"out/webb/{path}", "förr")
    send(lone)
    assert (web / "egen.txt").is_file()
    assert not (web / "media/0123456789abcdef.png").exists()
    assert (web / f"brev/{ISSUE}/offices-eda.html").is_file()


def test_the_command_answers_in_json(sent: Office, tmp_path: Path) -> None:
    told = sent.comms("archive", "--out", str(tmp_path / "site"), "--json", now=LATER).json
    assert (told["issues"], told["items"], told["left"], told["missing"]) == (1, 4, [], [])
    assert told["files"] == len(files(tmp_path / "site"))
