"""Broken workspaces, one fault each: every fault is told in words that help, and nothing goes out by half.

Each folder of tests/data/broken holds only what differs from tests/data/base. What `comms check` says of
it is kept in tests/snapshots/broken and has been read as its author would read it.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journey.workspaces import Office
from tests.snapshots import Snapshot

DATA = Path(__file__).resolve().parents[1] / "data"
NOW = "2026-11-25T08:00"
ITEM = "content/items/bryggan.md"
TEMPLATE = "templates/newsletters/municipal.mjml.j2"
LETTER_ID = "kommunbrevet-2026-12-01"
PARTNERS_ID = "partnerbrevet-2026-11-26"

LETTER = frozenset({LETTER_ID})
"""The one letter that would carry the broken item."""
PARTNERS = frozenset({PARTNERS_ID})
"""The one letter whose own settings are broken."""
BOTH = frozenset({LETTER_ID, PARTNERS_ID})
"""Every letter: what is broken may belong in any of them."""
NONE: frozenset[str] = frozenset()
UNUSABLE = frozenset({"comms.yaml"})
"""comms.yaml itself cannot be used: there is no plan."""


@dataclass(frozen=True)
class Case:
    """A broken workspace: how `comms check` ends, the place of the fault, the letters that it stops."""

    name: str
    code: int
    place: str
    stops: frozenset[str]

    def __str__(self) -> str:
        """Its name, as pytest shows it."""
        return self.name


CASES = (
    Case("01-item-key-misspelt", 1, "content/items/bryggan.md:4:1", LETTER),
    Case("02-item-key-unknown", 1, "content/items/bryggan.md:13:1", LETTER),
    Case("03-item-key-missing", 1, "content/items/bryggan.md:2:1", LETTER),
    Case("04-item-key-twice", 1, "content/items/bryggan.md:13:1", LETTER),
    Case("05-item-anchor", 1, "content/items/bryggan.md:2:8", LETTER),
    Case("06-item-alias", 1, "content/items/bryggan.md:2:8", BOTH),
    Case("07-item-tag", 1, "content/items/bryggan.md:2:8", LETTER),
    Case("08-item-title-is-list", 1, "content/items/bryggan.md:2:8", LETTER),
    Case("09-item-colon-in-title", 1, "content/items/bryggan.md:2:17", BOTH),
    Case("10-item-quotation-in-title", 1, "content/items/bryggan.md:2:19", BOTH),
    Case("11-item-quotation-mark-open", 1, "content/items/bryggan.md:2:8", BOTH),
    Case("12-item-no-blank-after-colon", 1, "content/items/bryggan.md:3:1", BOTH),
    Case("13-item-list-not-closed", 1, "content/items/bryggan.md:8:12", BOTH),
    Case("14-item-tab", 1, "content/items/bryggan.md:16:1", BOTH),
    Case("15-item-indent", 1, "content/items/bryggan.md:17:4", BOTH),
    Case("16-item-too-deep", 1, "content/items/bryggan.md:12:27", BOTH),
    Case("17-item-no-front-matter", 1, "content/items/bryggan.md:1:1", BOTH),
    Case("18-item-front-matter-open", 1, "content/items/bryggan.md:1:1", BOTH),
    Case("19-item-date-impossible", 1, "content/items/bryggan.md:11:36", LETTER),
    Case("20-item-date-in-words", 1, "content/items/bryggan.md:10:7", LETTER),
    Case("21-item-kind-unknown", 1, "content/items/bryggan.md:3:7", LETTER),
    Case("22-item-focus-unknown", 1, "content/items/bryggan.md:4:9", LETTER),
    Case("23-item-audience-unknown", 1, "content/items/bryggan.md:10:5", BOTH),
    Case("24-item-municipality-unknown", 1, "content/items/bryggan.md:9:18", LETTER),
    Case("25-item-activity-unknown", 1, "content/items/bryggan.md:6:14", LETTER),
    Case("26-item-word-twice", 1, "content/items/bryggan.md:5:16", LETTER),
    Case("27-item-link-is-no-address", 1, "content/items/bryggan.md:12:7", LETTER),
    Case("28-item-event-without-clock", 1, "content/items/bryggan.md:12:16", LETTER),
    Case("29-item-sum-in-words", 1, "content/items/bryggan.md:12:68", LETTER),
    Case("30-item-flag-is-word", 1, "content/items/bryggan.md:12:88", LETTER),
    Case("31-item-person-without-name", 1, "content/items/bryggan.md:13:5", LETTER),
    Case("32-item-channel-unknown", 1, "content/items/bryggan.md:19:3", LETTER),
    Case("33-item-file-name", 1, "content/items/Bryggan är klar.md", LETTER),
    Case("34-item-name-twice", 1, "content/items/bryggan.md", LETTER),
    Case("35-item-not-markdown", 0, "content/items/julbrev.txt", NONE),
    Case("36-item-byte-order-mark", 0, "content/items/bryggan.md:1:1", NONE),
    Case("37-item-windows-line-ends", 0, "content/items/bryggan.md:1:4", NONE),
    Case("38-item-loose-accents", 0, "content/items/bryggan.md:2:28", NONE),
    Case("39-item-windows-1252", 1, "content/items/bryggan.md:2:28", BOTH),
    Case("40-item-utf-16", 1, "content/items/bryggan.md:1:1", BOTH),
    Case("41-item-control-sign", 1, "content/items/bryggan.md:23:50", LETTER),
    Case("42-item-is-link-out", 1, "content/items/bryggan.md", BOTH),
    Case("43-block-open", 1, "content/items/bryggan.md:25:1", LETTER),
    Case("44-block-misspelt", 1, "content/items/bryggan.md:25:1", LETTER),
    Case("45-block-in-block", 1, "content/items/bryggan.md:28:1", LETTER),
    Case("46-block-for-unknown", 1, "content/items/bryggan.md:25:1", LETTER),
    Case("47-block-in-list", 1, "content/items/bryggan.md:26:1", LETTER),
    Case("48-block-closed-twice", 1, "content/items/bryggan.md:29:1", LETTER),
    Case("49-comment-open", 1, "content/items/bryggan.md:25:1", LETTER),
    Case("50-picture-missing", 1, "content/items/bryggan.md:15:11", LETTER),
    Case("51-picture-is-text", 1, "content/items/bryggan.md:15:11", LETTER),
    Case("52-picture-outside", 1, "content/items/bryggan.md:15:11", LETTER),
    Case("53-picture-is-link-out", 1, "content/items/bryggan.md:15:11", LETTER),
    Case("54-picture-svg", 1, "content/items/bryggan.md:15:11", LETTER),
    Case("55-picture-cut-off", 1, "content/items/bryggan.md:15:11", LETTER),
    Case("56-picture-without-file", 1, "content/items/bryggan.md:15:5", LETTER),
    Case("57-address-wrong", 1, "audiences.yaml:13:19", BOTH),
    Case("58-address-twice", 1, "audiences.yaml:14:19", BOTH),
    Case("59-address-of-person", 0, "audiences.yaml:13:19", NONE),
    Case("60-address-row-is-text", 1, "audiences.yaml:13:9", BOTH),
    Case("61-recipients-municipality-unknown", 1, "audiences.yaml:14:3", BOTH),
    Case("62-recipients-audience-unknown", 1, "audiences.yaml:20:5", BOTH),
    Case("63-audience-without-reason", 1, "audiences.yaml:3:16", BOTH),
    Case("64-audiences-empty", 1, "audiences.yaml:1:1", BOTH),
    Case("65-audiences-unreadable", 1, "audiences.yaml:4:11", BOTH),
    Case("66-strategy-indicator-unknown", 1, "strategy.yaml:15:18", BOTH),
    Case("67-strategy-unreadable", 1, "strategy.yaml:4:17", BOTH),
    Case("68-strategy-goals-as-list", 1, "strategy.yaml:3:3", BOTH),
    Case("69-settings-key-misspelt", 4, "comms.yaml:4:3", UNUSABLE),
    Case("70-settings-key-twice", 4, "comms.yaml:5:3", UNUSABLE),
    Case("71-settings-schedule", 4, "comms.yaml:21:15", UNUSABLE),
    Case("72-settings-slot", 4, "comms.yaml:16:64", UNUSABLE),
    Case("73-settings-channel-unknown", 4, "comms.yaml:21:14", UNUSABLE),
    Case("74-settings-secret-in-file", 4, "comms.yaml:15:68", UNUSABLE),
    Case("75-settings-time-zone", 4, "comms.yaml:4:13", UNUSABLE),
    Case("76-settings-unencrypted", 4, "comms.yaml:15:75", UNUSABLE),
    Case("77-settings-sender-address", 4, "comms.yaml:11:10", UNUSABLE),
    Case("78-settings-network-unknown", 4, "comms.yaml:16:35", UNUSABLE),
    Case("79-settings-number", 4, "comms.yaml:21:16", UNUSABLE),
    Case("80-settings-colour", 4, "comms.yaml:15:8", UNUSABLE),
    Case("81-settings-tab", 4, "comms.yaml:7:1", UNUSABLE),
    Case("82-settings-windows-1252", 4, "comms.yaml:1:27", UNUSABLE),
    Case("83-settings-audience-unknown", 1, "comms.yaml:27:1", PARTNERS),
    Case("84-settings-template-unknown", 1, "comms.yaml:26:1", PARTNERS),
    Case("85-notes-newsletter-unknown", 1, "content/issues/kommunbrev-2026-12-01.md", NONE),
    Case("86-notes-name-without-date", 1, "content/issues/kommunbrevet-december.md", NONE),
    Case("87-notes-pin-unknown", 1, "content/issues/kommunbrevet-2026-12-01.md:2:7", LETTER),
    Case("88-notes-pinned-and-excluded", 1, "content/issues/kommunbrevet-2026-12-01.md:3:10", LETTER),
    Case("89-notes-other-day", 1, "content/issues/kommunbrevet-2026-12-02.md:2:5", NONE),
    Case("90-notes-correction-without-time", 1, "content/issues/kommunbrevet-2026-12-02.md:2:11", NONE),
    Case("91-notes-extra-without-items", 1, "content/issues/kommunbrevet-2026-12-02.md:2:5", NONE),
    Case("92-notes-key-misspelt", 1, "content/issues/kommunbrevet-2026-12-01.md:2:1", LETTER),
    Case("96-template-encoding", 1, "templates/newsletters/municipal.mjml.j2:2:19", BOTH),
    Case("97-item-hashtag-lost", 1, "content/items/bryggan.md:20:62", LETTER),
)
BAD_TEMPLATES = ("93-template-syntax", "94-template-name-unknown", "95-template-tags")
"""These are seen when a letter is made of them."""

ALL = pytest.mark.parametrize("case", CASES, ids=str)
READABLE = pytest.mark.parametrize("case", [c for c in CASES if c.stops is not UNUSABLE], ids=str)


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The whole workspace that the broken ones differ from."""
    for name in list(os.environ):
        if name.startswith("COMMS_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "workspace"
    shutil.copytree(DATA / "base", folder)
    return Office(folder)


def broken(base: Office, name: str) -> Office:
    """The base with the files of a broken workspace laid over it, byte by byte, links as links."""
    overlay = DATA / "broken" / name
    for file in sorted(overlay.rglob("*")):
        if file.is_dir() and not file.is_symlink():
            continue
        target = base.folder / file.relative_to(overlay)
        target.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target, follow_symlinks=False)
    return base


def blocked(office: Office) -> dict[str, list[str]]:
    """Why each of the two letters is blocked, by its id."""
    entries = office.comms("plan", "--json", now=NOW).json["entries"]
    return {entry["id"]: entry["blocked"] for entry in entries if entry["id"] in BOTH}


def test_the_base_has_no_fault(base: Office) -> None:
    assert base.comms("check").said == "Fel: 0. Varningar: 0. Notiser: 0.\n"
    assert blocked(base) == {LETTER_ID: [], PARTNERS_ID: []}


def test_every_broken_workspace_is_tried() -> None:
    tried = {case.name for case in CASES} | set(BAD_TEMPLATES)

    assert {folder.name for folder in (DATA / "broken").iterdir()} == tried


def test_odd_bytes_have_survived_the_repository() -> None:
    def content(name: str) -> bytes:
        return (DATA / "broken" / name / ITEM).read_bytes()

    assert content("36-item-byte-order-mark").startswith(b"\xef\xbb\xbf---\n")
    assert content("37-item-windows-line-ends").count(b"\r\n") == content("37-item-windows-line-ends").count(
        b"\n"
    )
    assert b"a\xcc\x88r klar" in content("38-item-loose-accents")
    assert b"\xe4r klar" in content("39-item-windows-1252")
    assert content("40-item-utf-16").startswith((b"\xff\xfe", b"\xfe\xff"))
    assert (DATA / "broken" / "42-item-is-link-out" / ITEM).is_symlink()


@ALL
def test_the_fault_is_told_at_its_place_with_what_to_do(case: Case, base: Office, snapshot: Snapshot) -> None:
    answer = broken(base, case.name).comms("check")

    assert answer.code == case.code
    assert re.search(
        rf"^{re.escape(case.place)}: (fel|varning|notis) [CK]\d+: .+\n    .+", answer.said, re.MULTILINE
    )
    snapshot(f"broken/{case.name}.txt", answer.said)


@READABLE
def test_a_fault_hides_no_other(case: Case, base: Office) -> None:
    office = broken(base, case.name)
    office.write("content/items/annat.md", (DATA / "base" / "content/items/motet.md").read_text("utf-8"))
    office.change("content/items/annat.md", "title:", "titel:")
    office.write("content/issues/partnerbrevet-2026-11-26.md", "---\npinn: [motet]\n---\n\nHej.\n")

    said = office.comms("check").said

    assert f"{case.place}: " in said
    assert "content/items/annat.md:2:1: fel C112: Nyckeln ”titel” finns inte." in said
    assert "content/issues/partnerbrevet-2026-11-26.md:2:1: fel C112: Nyckeln ”pinn” finns inte." in said


@READABLE
def test_the_letters_it_may_touch_are_blocked_and_no_other(case: Case, base: Office) -> None:
    office = broken(base, case.name)

    reasons = blocked(office)

    assert {identity for identity, why in reasons.items() if why} == case.stops
    file = case.place.split(":")[0]
    assert all(why[0].startswith(file) for identity, why in reasons.items() if identity in case.stops)


@READABLE
def test_a_blocked_letter_cannot_be_approved(case: Case, base: Office) -> None:
    office = broken(base, case.name)

    for identity in sorted(case.stops):
        answer = office.comms("approve", identity, "--plan", office.fingerprint(identity, NOW), now=NOW)
        assert (answer.code, identity in answer.err) == (1, True)


@pytest.mark.parametrize("case", [c for c in CASES if c.stops is UNUSABLE], ids=str)
def test_with_broken_settings_there_is_no_plan(case: Case, base: Office) -> None:
    office = broken(base, case.name)

    answer = office.comms("plan", "--json", now=NOW)

    assert (answer.code, answer.out) == (4, "")
    assert answer.err.startswith(f"{case.place}: fel K1")
    assert not (office.folder / "var").exists()


@pytest.mark.parametrize("name", [*BAD_TEMPLATES, "96-template-encoding"])
@pytest.mark.parametrize("command", ["preview", "approve"])
def test_a_broken_template_is_named_before_anything_is_made_of_it(
    name: str, command: str, base: Office
) -> None:
    office = broken(base, name)
    more = ["--plan", office.fingerprint(LETTER_ID, NOW)] if command == "approve" else []

    answer = office.comms(command, LETTER_ID, *more, now=NOW)

    assert answer.code == 1
    assert TEMPLATE in answer.said
    assert not office.entry(LETTER_ID, NOW)["approved"]


def test_one_broken_template_leaves_the_shipped_one_to_other_workspaces(base: Office) -> None:
    assert base.comms("preview", LETTER_ID, now=NOW).code == 0


def test_a_file_with_two_faults_tells_of_both(base: Office) -> None:
    office = broken(base, "04-item-key-twice")
    office.change(ITEM, "kind: story", "kind: &nyhet story")
    office.change(ITEM, "::: for business-offices", "::: for alla")
    office.change(ITEM, "pictures/brygga.png", "pictures/bro.png")

    said = office.comms("check").said

    places = [line.split(": ")[0] for line in said.splitlines() if line.startswith("content/")]
    assert places == [f"{ITEM}:3:7", f"{ITEM}:13:1", f"{ITEM}:16:11", f"{ITEM}:26:1"]


def test_a_misspelt_audience_in_a_long_list_is_not_left_out_of_its_letter(base: Office) -> None:
    """The item's other audience could be read: its own letter must still wait."""
    office = base
    office.change(ITEM, "audiences: [public, business-offices]", "audiences:\n  - partnership\n  - publick")

    assert set(blocked(office)) == BOTH
    assert all(blocked(office).values())
