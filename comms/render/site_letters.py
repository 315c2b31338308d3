"""The web copies of letters in the archive: as frozen, with a head that says what page it is."""

from __future__ import annotations

import re

from markupsafe import Markup

from comms.errors import say
from comms.model.site import Site, SiteEdition
from comms.render.site_parts import absolute, relative, short

_OURS = ("media/", "brev/", "nyheter/", "kommuner/", "insatsomraden/", "sprid/")
"""What the archive writes below the base address; all else there may be somebody else's."""

_HEAD = Markup(
    '<link rel="canonical" href="{url}" />\n'
    '<meta name="description" content="{description}" />\n'
    '<meta property="og:type" content="article" />\n'
    '<meta property="og:site_name" content="{name}" />\n'
    '<meta property="og:url" content="{url}" />\n'
    '<meta property="og:title" content="{title}" />\n'
    '<meta property="og:description" content="{description}" />\n'
    '<meta property="og:image" content="{card}" />\n'
    '<meta property="og:image:width" content="1200" />\n'
    '<meta property="og:image:height" content="630" />\n'
    '<meta property="og:image:alt" content="{title}" />\n'
    '<meta name="twitter:card" content="summary_large_image" />\n'
)
_NOINDEX = Markup('<meta name="robots" content="noindex" />\n')


def letter_page(site: Site, edition: SiteEdition) -> str:
    """An edition's copy on the web.

    What was frozen stands; links to the archive's own files become relative, so that the copy is whole on
    a disk and below any path, and a picture that nobody may show any more is left out.
    """
    html = _without_removed(edition.html, site)
    head = _head(site, edition)
    before, end, after = html.partition("</head>")
    return _relative_links(f"{before}{head}{end}{after}" if end else html, site, edition.path)


def _head(site: Site, edition: SiteEdition) -> Markup:
    items = {shown.item.slug: shown for shown in site.items}
    carried = [items[slug] for slug in edition.items if slug in items]
    to = absolute(site)
    head = _HEAD.format(
        url=to(edition.path),
        title=edition.subject,
        description=short(" · ".join(shown.item.title for shown in carried) or edition.subject),
        name=site.settings.name,
        card=to(carried[0].card if carried else site.title_card),
    )
    return head if edition.is_listed else _NOINDEX + head


def _without_removed(html: str, site: Site) -> str:
    """The letter without pictures that have been withdrawn: their places say so."""
    words = str(Markup("<em>{}</em>").format(say("Bilden visas inte längre.")))
    for path in sorted(site.removed):
        source = re.escape(f'src="{site.settings.base_url.rstrip("/")}/{path}"')
        html = re.sub(rf"<img\b[^>]*\s{source}[^>]*>", lambda _found: words, html)
    return html


def _relative_links(html: str, site: Site, path: str) -> str:
    """Links and pictures below the base address as the page itself reaches them; the head stays absolute."""
    base, link = re.escape(site.settings.base_url.rstrip("/")), relative(path)

    def shortened(found: re.Match[str]) -> str:
        target = found["path"]
        if target and not target.startswith(_OURS):
            return found[0]
        return f"{found['before']}{link(target)}{found['after']}"

    before = r'(?P<before>(?<!rel="canonical" )\b(?:href|src)=")'
    return re.sub(rf'{before}{base}/?(?P<path>[^"#?]*)(?P<after>["#?])', shortened, html)
