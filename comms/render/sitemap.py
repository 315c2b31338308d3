"""The site map: which pages there are, for search engines (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from xml.etree import ElementTree as ET

from comms.errors import ContentError, say
from comms.render.feeds import absolute

MOST = 50_000
"""How many addresses a site map may hold. An office with ten pages a day gets there in fourteen years."""


def sitemap(pages: Iterable[tuple[str, date]]) -> bytes:
    """Absolute addresses with the day when each was last changed, in their order.

    Raises `ContentError` for more than a map may hold, `ValueError` for an address that is not absolute.
    """
    root = ET.Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    for url, changed_on in pages:
        node = ET.SubElement(root, "url")
        ET.SubElement(node, "loc").text = absolute(url)
        ET.SubElement(node, "lastmod").text = f"{changed_on:%Y-%m-%d}"
    if len(root) > MOST:
        message = say(
            "Webbplatskartan rymmer högst {most} sidor, men arkivet har {count}.", most=MOST, count=len(root)
        )
        raise ContentError(message)
    ET.indent(root, " ")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
