"""What the files of a workspace say of each other: settings, templates, notes, pictures."""

from __future__ import annotations

from tests.journey.workspaces import ISSUE, POST, SLOT, WEEK_BEFORE, Office

EXTRA = "content/issues/brevet-2026-12-09.md"


def codes(office: Office) -> list[str]:
    """The codes of every problem that `comms check` finds."""
    return [p["code"] for p in office.comms("check", "--format", "json", now=WEEK_BEFORE).json["problems"]]


def blocks(office: Office, identity: str = ISSUE) -> list[str]:
    """Why an entry of the plan is blocked."""
    return [str(reason) for reason in office.entry(identity)["blocked"]]


def test_a_newsletter_with_a_template_that_is_not_there_is_blocked(office: Office) -> None:
    office.change("comms.yaml", "template: municipal", "template: kommunal")
    assert codes(office) == ["K106"]
    assert any("kommunal" in reason for reason in blocks(office))


def test_a_focus_area_without_a_place_in_the_strategy_blocks_every_letter(office: Office) -> None:
    office.change("comms.yaml", "channels:", 'brand: {focus: {rymden: "#112233"}}\n\nchannels:')
    assert codes(office) == ["K106"]
    assert any("rymden" in reason for reason in blocks(office))


def test_a_logo_that_is_not_there_blocks_every_letter(office: Office) -> None:
    office.change("comms.yaml", "channels:", "brand: {logo: logga.png}\n\nchannels:")
    assert codes(office) == ["K107"]
    assert any("logga.png" in reason for reason in blocks(office))


def test_the_organisations_own_logo_is_published_with_the_letters(office: Office) -> None:
    office.draw()
    logo = (office.folder / "content/pictures/bryggan.png").read_bytes()
    (office.folder / "templates/assets").mkdir(parents=True)
    (office.folder / "templates/assets/logga.png").write_bytes(logo)
    office.change("comms.yaml", "channels:", "brand: {logo: logga.png, logo_alt: Leader Prov}\n\nchannels:")
    office.approve()
    assert office.comms("tick", now=SLOT).code == 0
    assert (office.folder / "out/webb/media/logga.png").read_bytes() == logo


def test_a_logo_that_is_changed_after_approval_stops_the_letter_and_is_named(office: Office) -> None:
    office.draw()
    logo = office.folder / "templates/assets/logga.png"
    logo.parent.mkdir(parents=True)
    logo.write_bytes((office.folder / "content/pictures/bryggan.png").read_bytes())
    office.change("comms.yaml", "channels:", "brand: {logo: logga.png}\n\nchannels:")
    approved = office.approve()
    logo.write_bytes(logo.read_bytes() + b"x")
    answer = office.comms("send", ISSUE, "--plan", approved, now=SLOT)
    assert answer.code == 5
    assert "templates/assets/logga.png" in answer.err


def test_notes_for_a_day_without_an_issue_are_not_silently_unread(office: Office) -> None:
    office.write(EXTRA, "---\nsubject: God jul\n---\nVi önskar er en lugn helg.\n")
    assert codes(office) == ["C133"]


def test_notes_for_a_day_with_an_issue_are_in_order(office: Office) -> None:
    office.write(f"content/issues/{ISSUE}.md", "---\nsubject: God jul\n---\nVi önskar er en lugn helg.\n")
    assert codes(office) == []


def test_an_extra_letter_whose_notes_have_an_error_is_named_among_what_does_not_go_out(
    office: Office,
) -> None:
    office.write(EXTRA, "---\nat: 2026-12-09 09:00\npin: [finns-inte]\n---\nHej.\n")
    skips = office.comms("plan", "--json", now=WEEK_BEFORE).json["skips"]
    assert [skip["what"] for skip in skips] == ["brevet-2026-12-09"]
    assert "finns-inte" in skips[0]["reason"]


def test_an_item_with_an_error_is_named_among_what_does_not_go_out(office: Office) -> None:
    office.write_item("trasig", more="fokus: [fel]\n")
    skips = office.comms("plan", "--json", now=WEEK_BEFORE).json["skips"]
    assert [skip["what"] for skip in skips] == ["content/items/trasig.md"]


def test_a_post_that_is_published_is_corrected_on_its_network_not_by_a_letter(office: Office) -> None:
    office.approve(POST)
    office.comms("tick", now="2026-12-03T12:01")
    answer = office.comms("retract", "bryggan", "--reason", "fel uppgift", "--yes", now="2026-12-03T13:00")
    assert answer.code == 0
    assert f"{POST} är redan publicerad" in answer.out
    assert f"--corrects {POST}" not in answer.out
