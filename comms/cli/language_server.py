"""The language server: what is marked in an editor, by pygls (the extra `lsp`).

The whole workspace is checked when a file is opened and when one is saved: what stands in one file can be
wrong because of another, and what is not saved is not sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from comms import __version__
from comms.app.clock import utc_now
from comms.app.diagnosing import Mark, diagnose, exemption
from comms.app.house import find_root
from comms.app.language import shown
from comms.errors import ConfigError, Severity, say

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTICE: types.DiagnosticSeverity.Information,
}


def serve(folder: Path) -> None:
    """Answer one editor. A file's workspace is the one that it stands in, else the one at `folder`."""
    server = LanguageServer("comms", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
    published: dict[Path, set[str]] = {}
    publish = partial(_publish, server, folder, published)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(lambda params: publish(params.text_document.uri))
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(lambda params: publish(params.text_document.uri))
    kinds = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)(_exemptions)
    server.start_io()


def _publish(server: LanguageServer, folder: Path, published: dict[Path, set[str]], uri: str) -> None:
    """Check the workspace of a file and mark all its files; those that are mended get no marks."""
    root = _root(uri, folder)
    if root is None:
        return
    found = {from_fs_path(str(root / path)): marks for path, marks in diagnose(root, utc_now()).items()}
    for one in sorted(published.get(root, set()) | set(found)):
        diagnostics = [_diagnostic(server, mark) for mark in found.get(one, [])]
        told = types.PublishDiagnosticsParams(uri=one, diagnostics=diagnostics)
        server.text_document_publish_diagnostics(told)
    published[root] = set(found)


def _root(uri: str, folder: Path) -> Path | None:
    file = to_fs_path(uri)
    for start in (Path(file).parent if file else folder, folder):
        try:
            return find_root(start)
        except ConfigError:
            continue
    return None


def _diagnostic(server: LanguageServer, mark: Mark) -> types.Diagnostic:
    """A mark as the protocol has it: columns in the units that the editor has asked for."""
    problem, units = mark.problem, server.workspace.position_codec.client_num_units
    start, end = (types.Position(mark.line, units(mark.text[:n])) for n in (mark.start, mark.end))
    return types.Diagnostic(
        range=types.Range(start, end),
        message=f"{shown(problem.message)}\n{shown(problem.hint)}",
        severity=_SEVERITIES[problem.severity],
        code=problem.code,
        code_description=types.CodeDescription(mark.source) if mark.source else None,
        source="comms",
        data={"exempt_above": mark.exempt_above},
    )


def _exemptions(params: types.CodeActionParams) -> Sequence[types.CodeAction]:
    """Offer to write the exemption of each problem that may have one; its reason is for the author."""
    actions = []
    for diagnostic in params.context.diagnostics:
        line = (diagnostic.data or {}).get("exempt_above") if diagnostic.source == "comms" else None
        if line is None:
            continue
        code = str(diagnostic.code)
        place = types.Position(line, 0)
        edit = types.TextEdit(types.Range(place, place), exemption(code))
        actions.append(
            types.CodeAction(
                title=shown(say("Skriv ett undantag från {code}; fyll i skälet", code=code)),
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[diagnostic],
                edit=types.WorkspaceEdit(changes={params.text_document.uri: [edit]}),
            )
        )
    return actions
