"""Posts for a person to publish: a folder with everything to paste, for networks without an API for us.

The receipt says that the package is ready, not that anybody has published it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from comms.channels.package import LAST, folder_name, post_files, put, safe_name
from comms.errors import PermanentFailure, say
from comms.model.ledger import Absent, Found, Outgoing, Publication, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable

    from comms.channels.base import Memory
    from comms.model.settings import ChannelSettings

_STEPS = say(
    "Så här publicerar du inlägget på {network}:\n"
    "\n"
    "1. Öppna post.txt, kopiera hela texten och klistra in den.\n"
    "2. Lägg till bilderna i nummerordning.\n"
    "3. Lägg in varje bilds alternativtext från alt.txt.\n"
    "4. Läs igenom och publicera.\n"
)


def open_channel(settings: ChannelSettings, out: str, memory: Memory) -> ManualChannel:
    """Make the channel; the folder is made when something is written."""
    del memory
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
        steps = _STEPS.template.format(network=outgoing.post.network)
        put(folder, {"gor-sa-har.txt": steps.encode(), **post_files(outgoing)}, point_of_no_return)
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
