"""A page as PDF: by a Chromium that the machine has, else by WeasyPrint when it is installed.

The page is our own, holds all that it shows, and its content policy lets it load nothing. Whoever prints it
gets no network either, a profile of its own that is thrown away, and a time within which to be done.
Sources: https://developer.chrome.com/docs/chromium/headless, https://doc.courtbouillon.org/weasyprint/.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from comms.errors import ConfigError, UsageError, say

PATIENCE = 90.0
"""Seconds that a printer may take: a year's report takes two, on a machine that has much else to do more."""

_CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "microsoft-edge",
)
_ARGUMENTS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
    "--export-tagged-pdf",
)
"""A browser that prints one file and speaks to nobody; 9 is the port where nothing answers (RFC 863)."""

_WEASYPRINT = "weasyprint"
_BEGINS, _ENDS = b"%PDF-", b"%%EOF"

_STYLE = re.compile("<style>(.*?)</style>", re.DOTALL)
_VARIABLE = re.compile(r"--([\w-]+): ([^;]+);")
_USED = re.compile(r"var\(--([\w-]+)\)")
_CHART = re.compile('<svg class="(?:chart|bar)"[^>]*>')
_SIZE = re.compile(r' (?:width|height)="[^"]*"')


def to_pdf(page: bytes, to: Path) -> None:
    """Print a self-contained HTML page to a file, as `pdf_of` makes it.

    Raises `ConfigError` as `pdf_of` does, and `UsageError` when the file cannot be written.
    """
    made = pdf_of(page)
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(made)
    except OSError as refused:
        raise UsageError(
            say("{file} går inte att skriva: {why}.", file=to, why=refused.strerror or refused)
        ) from refused


def pdf_of(page: bytes) -> bytes:
    """A self-contained HTML page as a tagged PDF, with pages as its style says (A4).

    Raises `ConfigError` when nothing on the machine can print, or what can did not.
    """
    made = _by_chromium(page) or _by_weasyprint(page)
    if made is None:
        raise ConfigError(
            say(
                "Det går inte att göra en PDF här: ingen Chromium kunde skriva ut sidan, och WeasyPrint är "
                "inte installerat. Installera Chromium (apt-get install chromium) eller WeasyPrint (pip "
                "install 'comms[pdf]'). Du kan också skriva ut HTML-sidan från en webbläsare."
            )
        )
    return made


def _by_chromium(page: bytes) -> bytes | None:
    """The page printed by the first Chromium that can; None when there is none, or none could."""
    found = (path for name in _CHROMIUMS if (path := shutil.which(name)))
    return next((made for path in dict.fromkeys(found) if (made := _printed(path, page))), None)


def _printed(program: str, page: bytes) -> bytes | None:
    # The browser may still be writing to its profile when it has been killed.
    with TemporaryDirectory(prefix="comms-pdf-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder, "page.html"), Path(folder, "page.pdf")
        source.write_bytes(page)
        command = [
            program,
            *_ARGUMENTS,
            # Chromium refuses its sandbox to root, as in a container: what it opens is our own page.
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={target}",
            source.as_uri(),
        ]
        if not _ran(command, folder):
            return None
        made = target.read_bytes() if target.is_file() else b""
    return made if made.startswith(_BEGINS) and made.rstrip().endswith(_ENDS) else None


def _ran(command: list[str], home: str) -> bool:
    """Whether a program ended well in time; it and all that it started are ended then."""
    try:
        child = subprocess.Popen(  # noqa: S603 - a browser found on the PATH, with arguments of ours alone
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=home,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        return child.wait(PATIENCE) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        # It leads a session of its own, so its number is that of all its helpers too.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _by_weasyprint(page: bytes) -> bytes | None:
    """The page printed by WeasyPrint, None when it is not there or cannot work."""
    if importlib.util.find_spec(_WEASYPRINT) is None:
        return None
    try:
        library = importlib.import_module(_WEASYPRINT)
        fetcher = importlib.import_module(f"{_WEASYPRINT}.urls").URLFetcher(allowed_protocols=("data",))
    except (OSError, AttributeError):  # its own libraries (Pango) are missing, or it is older than 68
        return None
    document = library.HTML(string=with_own_styles(page.decode()), url_fetcher=fetcher)
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return made


def with_own_styles(page: str) -> str:
    """The page with its light style in each chart too, its variables filled in.

    WeasyPrint knows a page's style outside pictures alone, and no variables in them.
    """
    found = _STYLE.search(page)
    if found is None:
        return page
    values: dict[str, str] = {}
    for name, value in _VARIABLE.findall(found[1]):
        values.setdefault(name, value)
    light = found[1].replace(_dark_of(found[1]), "").partition("@media")[0]
    own = _USED.sub(lambda used: values.get(used[1], "inherit"), light)
    # Without its size, or it would keep its height when it is made as wide as the paper.
    return _CHART.sub(lambda chart: f"{_SIZE.sub('', chart[0])}<style>{own}</style>", page)


def _dark_of(style: str) -> str:
    """The style's dark part: from its query to the line that closes it."""
    found = re.search(
        r"@media screen and \(prefers-color-scheme: dark\) \{.*?^\}$", style, re.DOTALL | re.MULTILINE
    )
    return found[0] if found else ""
