"""A letter that has lost what law asks of it is not approved, and so not sent: each with its file named."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.journey.workspaces import DAY_BEFORE, ISSUE, ROOT, WEEK_BEFORE, Answer, Office

FRAME = "templates/newsletters/_frame.mjml.j2"
LOOK = "templates/newsletters/_look.mjml.j2"
LETTER = "templates/newsletters/municipal.mjml.j2"
TEXT = "templates/newsletters/municipal.txt.j2"
TEXT_PARTS = "templates/newsletters/_parts.txt.j2"
EMBLEM = "templates/assets/eu-emblem.png"
LOGO = "templates/assets/logotyp.png"


def own(office: Office, path: str, before: str, after: str) -> None:
    """Give the workspace a template of its own, changed in one place."""
    target = office.folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / path, target)
    office.change(path, before, after)


def picture(file: Path, width: int, height: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    Image.new("RGB", (width, height), "#003399").save(content, "PNG")
    file.write_bytes(content.getvalue())


def approved(office: Office) -> Answer:
    office.answer(ISSUE)
    return office.comms("approve", ISSUE, "--plan", office.fingerprint(), now=WEEK_BEFORE)


def assert_refused(office: Office, *said: str) -> None:
    answer = approved(office)
    assert answer.code == 1
    assert [words for words in said if words not in answer.said] == []
    assert office.comms("tick", now="2026-12-01T08:01").code != 3
    assert office.nothing_sent()


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        (FRAME, "{{ letter.emblem_url }}", "https://a.example/b.png", f"{LETTER}: fel V611"),
        (FRAME, '<img src="{{ letter.emblem_url }}"', "<b", f"{LETTER}: fel V610"),
        (
            FRAME,
            'alt="EU:s flagga: tolv gula stjärnor i en ring på blå botten."',
            'alt=""',
            f"{LETTER}: fel V613",
        ),
        (FRAME, 'color:#003399">{{ letter.eu_statement }}', '">', f"{LETTER}: fel V614"),
        (FRAME, "font-size:18px;line-height:25px;font-weight", "font-style:oblique;font-weight", "fel V615"),
        (LOOK, ".statement { color: #ffffff !important; }", ".statement { color: #000; }", "fel V616"),
        (FRAME, "padding:0 0 0 20px;font-family", "padding:0;font-family", f"{LETTER}: fel V617"),
        (
            FRAME,
            "<strong>{{ letter.sender.name }}</strong><br />{{ letter.sender.postal_address }}",
            "",
            "fel V620",
        ),
        (FRAME, "{{ letter.unsubscribe }}", "{{ letter.web_url }}", f"{LETTER}: fel V621"),
        (TEXT_PARTS, "{{ wrapped(letter.eu_statement) }}", "", f"{TEXT}: fel V614"),
        (TEXT_PARTS, "{{ wrapped(letter.sender.postal_address) }}", "", f"{TEXT}: fel V620"),
        (TEXT_PARTS, "{{ letter.unsubscribe }}", "", f"{TEXT}: fel V621"),
        ("comms.yaml", "officer:", "eu_statement: Med stöd av EU\nofficer:", "comms.yaml:5: fel V614"),
        ("comms.yaml", "reply_to: kansli@", "reply_to: noreply@", "comms.yaml:10: fel V621"),
    ],
)
def test_what_a_letter_has_lost_stops_it(
    office: Office, path: str, before: str, after: str, said: str
) -> None:
    if path == "comms.yaml":
        office.change(path, before, after)
    else:
        own(office, path, before, after)
    assert_refused(office, said)


def test_an_emblem_of_another_form_stops_it(office: Office) -> None:
    picture(office.folder / EMBLEM, 400, 400)
    assert_refused(office, f"{EMBLEM}: fel V611: EU-emblemets fil är inte en PNG-bild i formen 3:2.")


def test_a_logo_larger_than_the_emblem_stops_it(office: Office) -> None:
    picture(office.folder / LOGO, 600, 200)
    office.change("comms.yaml", "officer:", "brand: {logo: logotyp.png, logo_alt: Leader Prov}\nofficer:")
    own(office, FRAME, 'height="44" style="border:0;display:block;height:44px;', 'height="90" style="')
    assert_refused(office, "fel V612: Logotypen ”Leader Prov” är större än EU-emblemet i brevet.")


def test_the_letter_as_it_ships_goes_out_with_a_logo_of_ones_own(office: Office) -> None:
    picture(office.folder / LOGO, 600, 200)
    office.change("comms.yaml", "officer:", "brand: {logo: logotyp.png, logo_alt: Leader Prov}\nofficer:")
    assert approved(office).code == 0
    assert office.comms("send", ISSUE, "--plan", office.fingerprint(), now=DAY_BEFORE).code == 0


def test_a_preview_shows_what_is_missing_before_anybody_approves(office: Office) -> None:
    own(office, TEXT_PARTS, "{{ wrapped(letter.eu_statement) }}", "")
    answer = office.comms("preview", ISSUE, now=WEEK_BEFORE)
    assert f"{TEXT}: fel V614" in answer.said
