"""What becomes of a post's pictures on its network, told before it does: nothing is cropped in silence."""

from __future__ import annotations

from collections.abc import Iterator

from comms.errors import Location, Problem, Severity, Text, say
from comms.model.item import Item, Picture, PostDraft
from comms.model.network import Crop, Network, PostText
from comms.text.framing import framed
from comms.text.networks import NETWORKS

MUCH = 0.4
"""When more than this share of a side is not seen the picture is another: somebody has to look."""

_SEEN = 0.005
"""What is less than this share of a side nobody would miss: a pixel that rounding took."""

_STEER = say(
    "Skriv focal vid bilden, till exempel focal: [30, 40] (procent från vänster och uppifrån), för att välja "
    "vad som syns. Med fit: pad syns hela, med vita kanter."
)

_Found = Iterator[tuple[str, Severity, Text, Text]]


def picture_problems(
    post: PostText, item: Item, draft: PostDraft, network: Network | None = None
) -> list[Problem]:
    """What will be cropped (N120, much: N121) or get edges (N122); `network` as `render_post` had it.

    Reckoned from the sizes of the item's pictures as read; one that could not be read has none, and is told
    of elsewhere. Placed at the picture, where it is mended.
    """
    network = network or NETWORKS[post.network]
    shown = {media.path for media in post.media}
    return [
        Problem(code, severity, message, hint, Location(item.path, picture.line or draft.line))
        for picture in item.pictures
        if picture.path in shown and picture.width and picture.height
        for code, severity, message, hint in _found(picture, network)
    ]


def _found(picture: Picture, network: Network) -> _Found:
    frame = framed((picture.width, picture.height), network.picture, picture.focal, picture.fit)
    name = picture.path.rpartition("/")[2]
    lost = 0.0 if frame.crop is None else 1 - min(frame.crop.width, frame.crop.height)
    if frame.crop is not None and lost >= _SEEN:
        code, severity = ("N121", Severity.WARNING) if lost > MUCH else ("N120", Severity.NOTICE)
        yield code, severity, _cropped(frame.crop, name, network), _STEER
    if frame.is_padded:
        message = say("Bilden ”{picture}” får vita kanter för {name}.", picture=name, name=network.name)
        yield "N122", Severity.NOTICE, message, say("Ta bort fit: pad vid bilden, så beskärs den i stället.")


def _cropped(crop: Crop, name: str, network: Network) -> Text:
    if crop.height < crop.width:
        return say(
            "Bilden ”{picture}” beskärs för {name}: {percent} procent av höjden syns inte.",
            picture=name,
            name=network.name,
            percent=_percent(crop.height),
        )
    return say(
        "Bilden ”{picture}” beskärs för {name}: {percent} procent av bredden syns inte.",
        picture=name,
        name=network.name,
        percent=_percent(crop.width),
    )


def _percent(left: float) -> int:
    """The share that is not seen in whole percent: never none, never all."""
    return min(max(round((1 - left) * 100), 1), 99)
