"""comms lsp."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from comms.app.language import translate as _
from comms.cli.options import workspace_option
from comms.errors import ConfigError, ExitCode, say


@click.command(help=_("Språkserver (LSP): visar problemen i redigeraren medan du skriver."))
@workspace_option
def lsp(folder: Path) -> int:
    """Serve an editor over standard input and output until it says good-bye."""
    if find_spec("pygls") is None:
        raise ConfigError(say("Språkservern behöver biblioteket pygls. Kör: pip install pygls"))
    from comms.cli.language_server import serve  # noqa: PLC0415 - the library need not be there

    serve(folder)
    return int(ExitCode.DONE)
