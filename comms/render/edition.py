"""An issue for one audience × municipality: subject, HTML and text, hashed and ready to be frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from markupsafe import Markup, escape

from comms.errors import ContentError, Location, TemplateError, say
from comms.model.document import Document
from comms.model.issue import Edition, IssueNotes, Newsletter
from comms.model.plan import EditionPlan, Entry
from comms.model.settings import Settings
from comms.model.workspace import TemplateSet, Workspace
from comms.render.addresses import SETTINGS_LINK, url
from comms.render.context import EditionContext, Source, edition_context, with_fields
from comms.render.headers import ascii_address
from comms.render.markup import Style, to_html
from comms.render.mjml import compile_mjml, normalised
from comms.render.plaintext import Links, to_text, wrapped
from comms.render.stamps import stamped
from comms.render.templates import fill

RECIPIENT = "R"
"""The field that says who a copy went to: the token followed by this letter."""

QUOTED_ADDRESS = "Q"
"""The field with the recipient's address as it is written in a mailto address."""

UNSUBSCRIBE = "U"
"""The field with the whole address that ends the recipient's subscription: a page's, or a mailto."""

REASON = ("W", "w")
"""The fields before and after why the letter comes to the audience: a subscriber has another reason."""

_TITLE_TOLD = 60
"""Letters of a newsletter's title in the subject of an unsubscription: its address must fit on one line."""

_UNNAMED = say("mottagarna på sändlistan")


def template_names(newsletter: Newsletter) -> tuple[str, str]:
    """The names of a newsletter's templates for HTML and for text."""
    stem = newsletter.template.removesuffix(".mjml.j2")
    stem = stem if "/" in stem else f"newsletters/{stem}"
    return f"{stem}.mjml.j2", f"{stem}.txt.j2"


def render_edition(
    *,
    settings: Settings,
    workspace: Workspace,
    entry: Entry,
    edition: EditionPlan,
    notes: IssueNotes | None,
) -> Edition:
    """Render one edition; the same values give the same bytes.

    Raises TemplateError (a template is wrong) and ContentError (a chosen item is not in the workspace).
    """
    missing = [pick.item for pick in edition.picks if pick.item not in workspace.items]
    if missing:
        raise ContentError(
            say("Nyheten {item} är vald till {issue} men finns inte.", item=missing[0], issue=entry.id)
        )
    source = Source(settings, workspace, entry, edition, notes)
    context = edition_context(source)
    token = _token(context, workspace.templates)
    begin, end = REASON
    context = with_fields(
        context,
        recipient=f"{token}{RECIPIENT}",
        unsubscribe=f"{token}{UNSUBSCRIBE}",
        reason=(f"{token}{begin}", f"{token}{end}"),
    )
    html_name, text_name = template_names(source.newsletter)
    html = _html(context, workspace.templates, html_name)
    text = _text(context, workspace.templates, text_name)
    items = tuple(pick.item for pick in edition.picks)
    digest = _digest(context.subject, html, text, token, *items)
    return Edition(
        entry.id, edition.audience, edition.municipality, context.subject, html, text, token, items, digest
    )


def web_copy(edition: Edition, unsubscribe: str) -> str:
    """The HTML as anybody may read it: no recipient; `unsubscribe` leads to where anybody may end theirs."""
    return _for_nobody(edition.html, edition.token, str(escape(unsubscribe)))


def text_copy(edition: Edition, unsubscribe: str) -> str:
    """The text as anybody may read it, likewise."""
    return _for_nobody(edition.text, edition.token, unsubscribe)


def by_mail(edition: Edition, settings: Settings, newsletter: Newsletter) -> Edition:
    """The edition with a mailto where the field `UNSUBSCRIBE` is: what it is without public pages.

    So it can be looked at as a letter: a field alone is no address.
    """
    field, written = f"{edition.token}{UNSUBSCRIBE}", f"{edition.token}{QUOTED_ADDRESS}"
    address = unsubscribe_by_mail(settings, newsletter.title) + written
    return replace(
        edition,
        html=_with_reason(edition.html, edition.token).replace(field, str(escape(address))),
        text=_with_reason(edition.text, edition.token).replace(field, address),
    )


def unsubscribe_for_all(settings: Settings, title: str) -> str:
    """Where anybody may end a subscription to a newsletter, whose copy it is not: a page, or a mailto."""
    if settings.web is not None:
        return url(settings, SETTINGS_LINK)
    return unsubscribe_by_mail(settings, title)


def unsubscribe_by_mail(settings: Settings, title: str) -> str:
    """The mailto address of a no, up to the recipient's own address. Raises ContentError."""
    sender = settings.sender
    answers = ascii_address(sender.reply_to or sender.email)
    return f"mailto:{answers}?subject={quote(f'Avsluta {title[:_TITLE_TOLD]}: ')}"


def _with_reason(content: str, token: str) -> str:
    """The audience's reason without the fields around it."""
    for field in REASON:
        content = content.replace(f"{token}{field}", "")
    return content


def _for_nobody(content: str, token: str, unsubscribe: str) -> str:
    named = _with_reason(content, token).replace(f"{token}{RECIPIENT}", str(_UNNAMED))
    return named.replace(f"{token}{QUOTED_ADDRESS}", "").replace(f"{token}{UNSUBSCRIBE}", unsubscribe)


def _html(context: EditionContext, templates: TemplateSet, name: str) -> str:
    brand = context.brand
    style = Style(ink=brand.ink, heading_colour=brand.heading, link=brand.link, rule=brand.line)

    def html(document: Document, heading: int = 4) -> Markup:
        return to_html(document, replace(style, heading=heading))

    values: Mapping[str, object] = {"letter": context, "html": html, "style": style}
    filled, path = fill(templates, name, values), templates.paths.get(name, name)
    try:
        return compile_mjml(filled, template=path) + "\n"
    except TemplateError:
        filled, place = _traced(templates, name, values, filled)
    return compile_mjml(filled, template=path, place=place) + "\n"


def _traced(
    templates: TemplateSet, name: str, values: Mapping[str, object], filled: str
) -> tuple[str, Callable[[int], Location]]:
    """A letter that was refused, and where in the templates what stands at an offset of it was written."""
    path = templates.paths.get(name, name)
    stamps = stamped(templates, apart_from=filled)
    with suppress(TemplateError):
        again = fill(stamps.templates, name, values)
        bare, place = stamps.without(normalised(again), otherwise=path)
        if bare == normalised(filled):
            return bare, place
    return filled, lambda _offset: Location(path)


def _text(context: EditionContext, templates: TemplateSet, name: str) -> str:
    links = Links()
    values: Mapping[str, object] = {
        "letter": context,
        "text": partial(to_text, links=links),
        "wrapped": wrapped,
        "links": links,
    }
    filled = fill(templates, name, values)
    lines = [line.rstrip() for line in filled.split("\n")]
    return _without_gaps(lines)


def _without_gaps(lines: list[str]) -> str:
    """At most one empty line in a row: conditions in a template leave more."""
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def _token(context: EditionContext, templates: TemplateSet) -> str:
    """A word that no content can hold, for it comes from a hash of all content; letters and digits only."""
    content = repr(context) + repr(sorted(templates.sources.items()))
    token = "x" + _digest(content)[:31]
    if token in content:
        raise TemplateError(
            say("Innehållet går inte att skilja från mottagarens fält. Ändra något ord i brevet.")
        )
    return token


def _digest(*parts: str) -> str:
    written = b"".join(len(part.encode()).to_bytes(8) + part.encode() for part in parts)
    return hashlib.sha256(written).hexdigest()
