"""What the officer is told of mail that has come back: who is not reached any more, and what to do."""

from __future__ import annotations

from datetime import datetime

from comms.errors import Text, say
from comms.store import Notice
from comms.store.returns import Copy, Share


def lost_office(copy: Copy, municipality: str, why: str, words: str, now: datetime) -> Notice:
    """An office's own address in audiences.yaml gets nothing more: somebody must be found who reads.

    `words` are the server's own. Told once a copy.
    """
    body = say(
        "{address} ({municipality}) får inga fler brev.\n\n"
        "Varför:        {why}\n"
        "Servern sade:  {words}\n"
        "Brevet:        {title} ({id})\n\n"
        "Ta reda på vilken adress som gäller nu, och rätta den i audiences.yaml.\n"
        "Stämmer adressen och är lagad, häv spärren:\n"
        "comms suppress --lift {address} --reason ORSAK\n\n"
        "Tills dess når breven ingen på den adressen.",
        address=copy.recipient,
        municipality=municipality or say("hela området"),
        why=why,
        words=words or "–",
        title=copy.title,
        id=copy.slot_id,
    )
    subject = say("Når inte längre {address}", address=copy.recipient)
    return _notice(f"lost:{copy.slot_id}:{copy.id}", subject, body, now)


def domain_refuses(
    slot_id: str, title: str, domain: str, share: Share, words: str, plan: str, now: datetime
) -> Notice:
    """A domain refuses our letters: not the readers' doing, and nothing that more letters would mend."""
    waits = say(
        "{count} brev dit hålls kvar. När felet är avhjälpt:\ncomms send {id} --rest --plan {plan}",
        count=share.waiting,
        id=slot_id,
        plan=plan,
    )
    gone = say("Alla brev dit har redan lämnats, så inget hålls kvar.")
    body = say(
        "{domain} skickar tillbaka {title} ({id}): {refused} av {sent} brev.\n\n"
        "Servern sade:  {words}\n\n"
        "Det är inte mottagarnas fel, så ingen av dem är spärrad. Troligen gäller det hur våra brev sänds: "
        "SPF, DKIM, DMARC eller serverns rykte.\n\n"
        "Undersök:      comms doctor\n\n"
        "{rest}",
        domain=domain,
        title=title,
        id=slot_id,
        refused=share.refused,
        sent=share.sent,
        words=words or "–",
        rest=waits if share.waiting else gone,
    )
    subject = say("{domain} tar inte emot våra brev", domain=domain)
    return _notice(f"domain:{slot_id}:{domain}", subject, body, now)


def mailbox_unread(why: Text, day: str) -> tuple[str, str, str]:
    """Key, subject and body: the mailbox of bounces cannot be read. Once a day."""
    body = say(
        "Brevlådan för studsar går inte att läsa, så adresser som inte finns får fler brev.\n\n{why}\n\n"
        "comms försöker igen vid varje körning. Pröva själv: comms bounces read",
        why=why,
    )
    return f"bounce-box:{day}", str(say("Studsarna läses inte")), f"{body}\n"


def unread_letters(count: int, unkept: int, day: str) -> tuple[str, str, str]:
    """Key, subject and body: letters have come back that nobody could read. Once a day."""
    body = say(
        "{count} brev i brevlådan för studsar går inte att förstå. Ingen är spärrad för deras skull.\n\n"
        "Se vilka:      comms bounces quarantine\n"
        "Släng dem:     comms bounces quarantine --drop",
        count=count,
    )
    full = say(
        "{count} av dem fick inte plats och finns bara i brevlådan. Släng dem som är lästa.", count=unkept
    )
    text = f"{body}\n\n{full}\n" if unkept else f"{body}\n"
    return f"quarantine:{day}", str(say("Studsar som ingen förstår")), text


def _notice(key: str, subject: Text, body: Text, now: datetime) -> Notice:
    return Notice(0, key, str(subject), f"{body}\n", now, None)
