"""Complaints: reports that somebody does not want our mail (ARF, RFC 5965).

The reader's address is mostly left out, so a complaint is known by the copy's own sender, by the address to
unsubscribe in the returned letter, or by its Message-ID.
"""

from __future__ import annotations

from comms.inbox.dsn import clean
from comms.inbox.reading import harmless
from comms.inbox.returned_letter import Letter, first, values
from comms.model.bounce import Reason, Returned, ReturnKind

_KINDS = {
    "abuse": ReturnKind.COMPLAINT,
    "fraud": ReturnKind.COMPLAINT,
    "opt-out": ReturnKind.COMPLAINT,
    "opt-out-list": ReturnKind.COMPLAINT,
    # What was sent carried something, or could not be shown to be ours: for us to look into.
    "virus": ReturnKind.OURS,
    "auth-failure": ReturnKind.OURS,
    "dmarc": ReturnKind.OURS,
    # The reader says that it is wanted after all.
    "not-spam": ReturnKind.AUTOMATIC,
    "other": ReturnKind.UNREADABLE,
}
"""What each Feedback-Type means (RFC 5965, 7.3; RFC 6591). One that is not registered is as `other`."""

_MOST_RECIPIENTS = 20


def read_complaint(letter: Letter) -> tuple[Returned, ...]:
    """What a complaint says, a value a recipient, or one without an address; nothing when it is none."""
    if not letter.report and "feedback-report" not in letter.kind:
        return ()
    said = first(letter.report, "feedback-type").partition(";")[0].partition("(")[0].strip().lower()
    slug = said if said in _KINDS else "other"
    reason = Reason(slug, _KINDS[slug])
    recipients = map(clean, values(letter.report, "original-rcpt-to", "removal-recipient"))
    addresses = [*dict.fromkeys(filter(None, recipients))][:_MOST_RECIPIENTS] or [""]
    words = harmless(" ".join(filter(None, [said, first(letter.report, "user-agent", "auth-failure")])))
    return tuple(Returned(reason, address, words=words, by="arf") for address in addresses)
