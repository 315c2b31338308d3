"""The letter that every sender in `test_peers.py` is given: multipart, text and HTML, 60 kB as it travels."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from itertools import count

SIZE = 60_000
TEXT_SHARE = 0.25
HEADING = "Nytt från landsbygden"
STORY = "Bygdegårdarna i {number} byar har fått stöd till värmepumpar, hörslingor och en mötesplats för unga."
MORE = "Läs mer på https://kontoret.example/nyheter/{number} eller ring växeln, så kopplar vi dig vidare."


def letter() -> EmailMessage:
    """Build it; the same bytes every time, but for what a sender adds."""
    message = EmailMessage(policy=SMTP.clone(max_line_length=78))
    message["From"] = "Kontoret <kontoret@office.test>"
    message["To"] = "nyheter@office.test"
    message["Subject"] = HEADING
    message["Date"] = "Tue, 01 Dec 2026 08:00:00 +0100"
    message["Message-ID"] = "<bench@office.test>"
    message.set_content(_grown("{}\n\n{}\n\n", int(SIZE * TEXT_SHARE)), cte="quoted-printable")
    page = _grown("<p>{}</p>\n<p>{}</p>\n", int(SIZE * (1 - TEXT_SHARE)))
    message.add_alternative(f"<h1>{HEADING}</h1>\n{page}", subtype="html", cte="quoted-printable")
    message.set_boundary("=_letter")
    return message


def _grown(form: str, size: int) -> str:
    """Stories one after another, as many as fit in `size` octets of quoted-printable."""
    stories: list[str] = []
    room = size
    for number in count(1):
        story = form.format(STORY.format(number=number), MORE.format(number=number))
        room -= _travelling(story)
        if room < 0:
            break
        stories.append(story)
    return "".join(stories)


def _travelling(text: str) -> int:
    """Octets of a text in quoted-printable: three for each that is not ASCII, and soft line breaks."""
    octets = sum(1 if octet < 128 else 3 for octet in text.encode())
    return octets + 3 * (octets // 75)
