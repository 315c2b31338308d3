"""Copies that a relay refuses at once: what comes of them is what comes of a letter that comes back."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.journey.workspaces import ISSUE, NEXT_ISSUE, SLOT, Office, Watched

pytestmark = pytest.mark.servers

AFTER = "2026-12-01T09:00"
DEAD, FULL, LISTED = (
    "550 5.1.1 User unknown",
    "552 5.2.2 Mailbox full",
    "550 5.1.1 Your server is blocked using zen.spamhaus.org",
)


@dataclass
class Choosy(Watched):
    """A relay that refuses some recipients, each in its own words."""

    refuses: dict[str, str] = field(default_factory=dict)

    def answer_to(self, verb: str, default: str) -> str:
        """What is said to a recipient is its own; one connection alone speaks."""
        if verb == "rcpt":
            return self.refuses.get(self.commands[-1].partition("<")[2].partition(">")[0], default)
        return super().answer_to(verb, default)


def refusing(**words: str) -> Choosy:
    """Refuse `kontorN@eda.example`, by their numbers."""
    return Choosy(refuses={f"kontor{name[1:]}@eda.example": said for name, said in words.items()})


def test_a_dead_office_gets_nothing_more_and_who_cannot_help_it_goes_on(office: Office) -> None:
    with refusing(k2=DEAD, k3=FULL, k4=LISTED) as relay:
        office.sends_through(relay, "connections: 1, ")
        office.approve()
        office.comms("tick", now=SLOT)
        office.comms("tick", now=AFTER)
        lost = [subject for subject in relay.told if "Når inte" in subject]
        assert lost == ["Når inte längre kontor2@eda.example"]
        assert any(b"kontor2@eda.example (Eda)" in letter.content for letter in relay.letters)
    assert office.comms("bounces", "list", now=AFTER).out.splitlines() == [
        f"  2026-12-01  kontor2@eda.example  adressen finns inte      spärrad   {ISSUE}  {DEAD}",
        f"  2026-12-01  kontor3@eda.example  brevlådan tog inte emot  får brev  {ISSUE}  {FULL}",
        "adressen finns inte: 1",
        "brevlådan tog inte emot: 1",
    ]
    assert office.in_state("rejected") == {"kontor2@eda.example", "kontor3@eda.example"}
    office.write_item("nyast", since="2026-12-10")
    assert office.entry(NEXT_ISSUE, now=AFTER)["recipients"] == 4
