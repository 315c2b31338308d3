"""Posts for a person to publish: a folder with everything to paste, for networks without a key of ours.

The receipt says that the package is ready, not that anybody has published it: that a person says
(`comms done`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from comms.channels.package import (
    LAST,
    POST,
    folder_name,
    part_names,
    picture_names,
    post_files,
    put,
    safe_name,
)
from comms.errors import PermanentFailure, Text, say
from comms.model.ledger import Absent, Found, Outgoing, Publication, Receipt
from comms.model.network import PartKind
from comms.text.networks import network_name
from comms.text.times import short_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from comms.channels.base import Memory
    from comms.model.settings import ChannelSettings

STEPS = "gor-sa-har.txt"
"""The file that says what to do."""

CALENDAR = "publicera.ics"
"""The file with the time, to open in a calendar."""

_PICTURES_FIRST = frozenset({"instagram"})
"""Networks where a post begins with its pictures."""

# Read 2026-11-26: https://www.accessible-social.com/images-and-visuals/platform-image-accessibility,
# https://www.usu.edu/accessibility/social-media/threads (Threads), https://fedi.tips (Mastodon). Buttons
# move: the sentence after them says what to look for whatever they are called.
_ALT: Mapping[str, Text] = {
    "mastodon": say("Välj Alt eller Redigera på bilden."),
    "bluesky": say("Välj +ALT på bilden."),
    "threads": say("Välj Alt nere på bilden."),
    "linkedin": say("Välj att redigera bilden, och där Alternativtext eller Alt."),
    "facebook": say("Välj Redigera på bilden, i appen de tre punkterna, och där Alternativtext."),
    "instagram": say("I sista steget: välj Tillgänglighet, i appen under Avancerade inställningar."),
}
"""Where a picture's alt text is pasted."""


def open_channel(
    settings: ChannelSettings, *, out: str, memory: Memory, now: Callable[[], datetime]
) -> ManualChannel:
    """Make the channel; the folder is made when something is written."""
    del memory, now
    return ManualChannel(settings.slug, Path(out))


class ManualChannel:
    """Writes packages to `manual/CHANNEL/POST/` below one folder."""

    connections = 1

    def __init__(self, slug: str, out: Path) -> None:
        """Remember where to write."""
        self.slug = slug
        self._out = out

    def check(self, size: int) -> None:
        """Letters are refused one by one, whatever their size."""

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Write a package; see `comms.channels.base.Channel`. Letters are refused."""
        if not isinstance(outgoing, Publication):
            raise PermanentFailure(
                say(
                    "Kanalen {channel} lämnar inlägg att klistra in och kan inte sända brev.",
                    channel=self.slug,
                )
            )
        folder = self._folder(outgoing)
        files = {STEPS: steps(outgoing).encode()}
        if outgoing.calendar:
            files[CALENDAR] = outgoing.calendar
        put(folder, {**files, **post_files(outgoing)}, point_of_no_return)
        return self._receipt(folder)

    def find(self, outgoing: Outgoing) -> Found:
        """Look whether the package is there; whether anybody has published it only people know."""
        if not isinstance(outgoing, Publication):
            return Absent()
        folder = self._folder(outgoing)
        return self._receipt(folder) if (folder / LAST).is_file() else Absent()

    def close(self) -> None:
        """Nothing is held open."""

    def _folder(self, publication: Publication) -> Path:
        return self._out / "manual" / safe_name(self.slug) / folder_name(publication)

    def _receipt(self, folder: Path) -> Receipt:
        return Receipt(
            folder.relative_to(self._out).as_posix(),
            str(say("Inlägget ligger klart i {folder}. Publicera det för hand.", folder=folder)),
        )


def steps(publication: Publication) -> str:
    """What a person does, step by step, on exactly this network. Times are in `publish_at`'s own zone."""
    name = network_name(publication.post.network)
    when = short_time(publication.publish_at)
    numbered = "".join(f"{number}. {step}\n" for number, step in enumerate(_steps(publication), start=1))
    return f"{say('Så här publicerar du inlägget på {network}', network=name)}\n{when}\n\n{numbered}"


def _steps(publication: Publication) -> Iterator[Text]:
    post = publication.post
    yield say("Öppna {network} och börja på ett nytt inlägg.", network=network_name(post.network))
    if post.warning:
        yield say("Slå på innehållsvarningen (CW) och skriv: {warning}", warning=post.warning)
    text = say("Öppna {file}, kopiera hela texten och klistra in den.", file=POST)
    pictures = list(_with_pictures(publication))
    yield from (*pictures, text) if post.network in _PICTURES_FIRST else (text, *pictures)
    if post.media:
        yield say(
            "Lägg in alternativtexten till varje bild. Texterna står i alt.txt. {where} "
            "Heter knappen något annat: leta efter ”Alt” vid bilden.",
            where=_ALT.get(post.network, say("Välj bilden.")),
        )
    yield say("Läs igenom. Publicera {when}.", when=short_time(publication.publish_at))
    for name, part in list(zip(part_names(post), post.parts, strict=True))[1:]:
        if part.kind is PartKind.COMMENT:
            yield say("Kommentera inlägget med texten i {file}.", file=name)
        else:
            yield say("Svara på det du nyss publicerade med texten i {file}.", file=name)
    yield say("Kopiera inläggets adress och säg till: comms done {id} --link ADRESSEN", id=post.id)


def _with_pictures(publication: Publication) -> Iterator[Text]:
    names = picture_names(publication.post)
    if names:
        yield say("Lägg till bilderna i den här ordningen: {names}.", names=", ".join(names))
