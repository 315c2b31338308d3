"""The language server, spoken to as an editor speaks: JSON over its standard input and output."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import pytest

from tests.journey.workspaces import ITEM, ROOT, Office

HAS_PYGLS = find_spec("pygls") is not None
needs_pygls = pytest.mark.skipif(not HAS_PYGLS, reason="pip install pygls")
pytestmark = pytest.mark.slow


class Editor:
    """An editor: asks, tells, and hears what is published."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """An editor at the other end of a process's pipes."""
        self.process = process
        self.asked = 0

    def tell(self, method: str, params: object, **more: object) -> None:
        """Send a message that wants no answer."""
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def ask(self, method: str, params: object) -> Any:  # noqa: ANN401 - JSON
        """Send a question; give its answer."""
        self.asked += 1
        self.tell(method, params, id=self.asked)
        return next(one for one in self.heard() if one.get("id") == self.asked)["result"]

    def heard(self) -> Iterator[dict[str, Any]]:
        """What the server says."""
        out = self.process.stdout
        assert out is not None
        while header := out.readline():
            while (line := out.readline()).strip():
                header = line if line.lower().startswith(b"content-length") else header
            yield json.loads(out.read(int(header.split(b":")[1])))

    def published(self, uri: str) -> list[dict[str, Any]]:
        """The next marks of a file."""
        method = "textDocument/publishDiagnostics"
        told = (one["params"] for one in self.heard() if one.get("method") == method)
        return list(next(one for one in told if one["uri"] == uri)["diagnostics"])


@contextmanager
def editor(office: Office) -> Iterator[Editor]:
    """An editor that has opened a workspace's folder, and says good-bye."""
    process = subprocess.Popen(
        [sys.executable, "-m", "comms", "lsp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        bufsize=0,
    )
    ours = Editor(process)
    try:
        ours.ask("initialize", {"processId": None, "rootUri": office.folder.as_uri(), "capabilities": {}})
        ours.tell("initialized", {})
        yield ours
        ours.ask("shutdown", None)
        ours.tell("exit", None)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.communicate()


def document(office: Office, path: str = ITEM) -> dict[str, object]:
    file = office.folder / path
    text = file.read_text(encoding="utf-8")
    return {"uri": file.as_uri(), "languageId": "markdown", "version": 1, "text": text}


@needs_pygls
def test_problems_are_marked_when_a_file_is_opened_and_gone_when_it_is_mended_and_saved(
    office: Office,
) -> None:
    office.change(ITEM, "Vid sjön finns en ny plats att mötas på. Den", "🌲 En tjänsteman kom. Den")
    uri = (office.folder / ITEM).as_uri()
    with editor(office) as ours:
        ours.tell("textDocument/didOpen", {"textDocument": document(office)})
        (mark,) = [one for one in ours.published(uri) if one["code"] == "S101"]
        # The tree takes two of the units in which editors count.
        assert [mark["range"][end]["character"] for end in ("start", "end")] == [6, 16]
        written = (office.folder / ITEM).read_text(encoding="utf-8").splitlines()
        assert "tjänsteman" in written[mark["range"]["start"]["line"]]
        assert (mark["severity"], mark["source"]) == (2, "comms")
        assert mark["message"].startswith("Ordet ”tjänsteman” pekar ut ett kön.\nSkriv ")
        assert mark["codeDescription"]["href"].startswith("http")

        office.change(ITEM, "tjänsteman", "handläggare")
        ours.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
        assert [one for one in ours.published(uri) if one["code"] == "S101"] == []


@needs_pygls
def test_an_exemption_is_offered_and_counts_when_the_reason_is_written(office: Office) -> None:
    office.change(ITEM, "Vid sjön finns en ny plats att mötas på. Den", "En tjänsteman kom. Den")
    uri = (office.folder / ITEM).as_uri()
    with editor(office) as ours:
        ours.tell("textDocument/didOpen", {"textDocument": document(office)})
        (mark,) = [one for one in ours.published(uri) if one["code"] == "S101"]
        context = {"diagnostics": [mark]}
        asked = {"textDocument": {"uri": uri}, "range": mark["range"], "context": context}
        (action,) = ours.ask("textDocument/codeAction", asked)
        ((edit,),) = action["edit"]["changes"].values()

    lines = (office.folder / ITEM).read_text(encoding="utf-8").splitlines(keepends=True)
    lines.insert(edit["range"]["start"]["line"], edit["newText"].replace('""', '"citat ur protokollet"'))
    office.write(ITEM, "".join(lines))
    assert "S101" not in office.comms("check").out
    assert "C59" not in office.comms("check").out


@needs_pygls
def test_broken_settings_are_marked_and_a_file_outside_every_workspace_is_left_alone(office: Office) -> None:
    office.change("comms.yaml", "max_lateness: 12h", "max_lateness: ofta")
    office.folder.with_name("annat.md").write_text("En tjänsteman.", encoding="utf-8")
    uri = (office.folder / "comms.yaml").as_uri()
    with editor(office) as ours:
        ours.tell("textDocument/didOpen", {"textDocument": document(office, "../annat.md")})
        ours.tell("textDocument/didOpen", {"textDocument": document(office, "comms.yaml")})
        (mark,) = ours.published(uri)
        assert (mark["code"], mark["range"]["start"]) == ("K103", {"line": 13, "character": 35})


def test_without_its_library_the_server_says_what_to_install(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comms.cli.lsp.find_spec", lambda _name: None)
    answer = office.comms("lsp")

    assert (answer.code, answer.out) == (4, "")
    assert "pip install pygls" in answer.err
