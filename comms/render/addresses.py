"""Where the files of letters live on the organisation's web, as paths and as addresses."""

from __future__ import annotations

from comms.model.audience import WHOLE_AREA_KEY
from comms.model.item import Picture
from comms.model.settings import Settings

EMBLEM_PATH = "media/eu-emblem.png"
"""The EU emblem, drawn by scripts/draw_emblem.py and kept in templates/assets."""

SETTINGS_LINK = "installningar/"
"""The page where anybody asks for a link to their own settings."""

_EXTENSIONS = {"jpeg": "jpg"}


def media_path(picture: Picture) -> str:
    """A picture's path below the base address: named by its bytes, so that it never changes."""
    extension = picture.path.rpartition(".")[2].lower()
    return f"media/{picture.sha256[:16]}.{_EXTENSIONS.get(extension, extension)}"


def media_url(settings: Settings, picture: Picture) -> str:
    """A picture's public address."""
    return _below(settings, media_path(picture))


def emblem_url(settings: Settings) -> str:
    """The public address of the EU emblem."""
    return _below(settings, EMBLEM_PATH)


def logo_url(settings: Settings) -> str:
    """The public address of the organisation's own logo, "" when it has none."""
    return _of_logo(settings, settings.brand.logo)


def logo_dark_url(settings: Settings) -> str:
    """The public address of the logo for a dark ground, "" when there is none."""
    return _of_logo(settings, settings.brand.logo_dark)


def _of_logo(settings: Settings, logo: str) -> str:
    if not logo or logo.startswith("https://"):
        return logo
    return _below(settings, f"media/{logo.rpartition('/')[2]}")


def web_path(issue_id: str, audience: str, municipality: str) -> str:
    """The path below the base address of an edition's copy on the web."""
    return f"brev/{issue_id}/{audience}-{municipality or WHOLE_AREA_KEY}.html"


def web_url(settings: Settings, issue_id: str, audience: str, municipality: str) -> str:
    """The public address of an edition's copy on the web."""
    return _below(settings, web_path(issue_id, audience, municipality))


def newsletter_path(newsletter: str) -> str:
    """The folder below the base address of a newsletter's page and feeds."""
    return f"brev/{newsletter}/"


def item_path(slug: str) -> str:
    """The folder below the base address of an item's own page: its permanent address."""
    return f"nyheter/{slug}/"


def municipality_path(municipality: str) -> str:
    """The folder below the base address of a municipality's page and feeds."""
    return f"kommuner/{municipality or WHOLE_AREA_KEY}/"


def focus_path(focus: str) -> str:
    """The folder below the base address of a focus area's page and feeds."""
    return f"insatsomraden/{focus}/"


def kits_path(municipality: str) -> str:
    """The folder below the base address of a municipality's spread kits, as a page, JSON and RSS."""
    return f"sprid/{municipality or WHOLE_AREA_KEY}/"


def kit_path(municipality: str, slug: str) -> str:
    """The folder below the base address of one item's spread kit for one municipality."""
    return f"{kits_path(municipality)}{slug}/"


SIGNUP_PATH = "prenumerera/"
"""Where anybody subscribes. This and the next are answered by the web process: no file lies there."""

SETTINGS_PATH = "installningar/"
"""Where a subscriber asks for a link to their own choices."""

LIVE_PATHS = frozenset({SIGNUP_PATH, SETTINGS_PATH})

PRIVACY_PATH = "integritet/"
ACCESSIBILITY_PATH = "tillganglighet/"
"""What the office says of personal data and of how everybody can use the pages: files of the archive."""


def confirm_path(token: str) -> str:
    """Where the link in a confirming mail leads."""
    return f"c/{token}"


def choices_path(token: str) -> str:
    """Where the link to a subscriber's own choices leads."""
    return f"p/{token}"


def exit_path(token: str) -> str:
    """Where a letter's own way out leads, for people by GET and for mail programs by POST (RFC 8058)."""
    return f"u/{token}"


def url(settings: Settings, path: str) -> str:
    """The public address of a path below the base address."""
    return _below(settings, path)


def _below(settings: Settings, path: str) -> str:
    return f"{settings.base_url.rstrip('/')}/{path}"
