"""The words for states, weekdays and counts, for the command line, the index and the officer's mail."""

from __future__ import annotations

from collections.abc import Mapping

from comms.errors import Severity, Text, say
from comms.model.ledger import DeliveryState, SlotState
from comms.model.network import PartKind

SEVERITY = {Severity.ERROR: say("fel"), Severity.WARNING: say("varning"), Severity.NOTICE: say("notis")}
"""How weighty a problem is."""

SLOT = {
    SlotState.PLANNED: say("väntar på godkännande"),
    SlotState.APPROVED: say("godkänd"),
    SlotState.RUNNING: say("sänds"),
    SlotState.PAUSED: say("pausad"),
    SlotState.DONE: say("sänd"),
    SlotState.HELD: say("hålls kvar"),
    SlotState.SKIPPED: say("överhoppad"),
    SlotState.CANCELLED: say("inställd"),
}
DELIVERY = {
    DeliveryState.PLANNED: say("väntar"),
    DeliveryState.CLAIMED: say("påbörjad"),
    DeliveryState.SENDING: say("på väg"),
    DeliveryState.ACCEPTED: say("mottagen"),
    DeliveryState.REJECTED: say("avvisad"),
    DeliveryState.UNKNOWN: say("oviss"),
    DeliveryState.SKIPPED: say("överhoppad"),
    DeliveryState.CANCELLED: say("inställd"),
    DeliveryState.HELD: say("hålls kvar"),
}
PART = {PartKind.POST: say("inlägg"), PartKind.REPLY: say("svar"), PartKind.COMMENT: say("kommentar")}
"""What a part of a post is."""

WEEKDAYS = (say("mån"), say("tis"), say("ons"), say("tor"), say("fre"), say("lör"), say("sön"))


def fenced(reason: Text | str) -> Text:
    """Why nothing is sent from an old copy of the ledger, and what a person does."""
    return say(
        "Inget sänds. {reason} Se vad som hålls kvar: comms status. Ta över databasen: comms adopt",
        reason=reason,
    )


def counted(counts: Mapping[DeliveryState, int]) -> list[tuple[Text, int]]:
    """Each state that has any, in words, with how many."""
    return [(DELIVERY[state], count) for state, count in counts.items() if count]
