"""Bluesky's own server (npm @atproto/pds) on loopback, with one account and an app password.

Node starts it (tests/pds/start.mjs) in a folder of its own on free ports; it ends with its standard input, or
by its process id.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Self

import requests

FOLDER = Path(__file__).parent.parent / "pds"
INSTALL = "make .venv/pds"
HANDLE = "leader.test"
ANNA = "anna.test"
_OLDEST_NODE = 24  # node:sqlite without a flag, and with columns()


@cache
def node() -> str:
    """The program; the one of the virtual environment goes first. "" when there is none that will do."""
    beside = shutil.which("node", path=Path(sys.executable).parent)
    program = beside or shutil.which("node") or ""
    if not program:
        return ""
    told = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
    return program if int(told.removeprefix("v").partition(".")[0]) >= _OLDEST_NODE else ""


def why_not() -> str:
    """Why the server cannot run here, with what to do; empty when it can."""
    if not node():
        return f"Bluesky's server needs Node {_OLDEST_NODE} or newer: {INSTALL}"
    if not (FOLDER / "node_modules" / "@atproto" / "pds").exists():
        return f"Bluesky's server is not installed: {INSTALL}"
    return ""


class Pds:
    """A running server: `url`, `password` (an app password of HANDLE), `did`, `anna` (somebody's DID)."""

    def __enter__(self) -> Self:
        """Start it, and make the accounts."""
        self._errors = TemporaryFile("w+")
        self._process = subprocess.Popen(
            [node(), "start.mjs"],
            cwd=FOLDER,
            env={"LOG_ENABLED": "false", "NODE_NO_WARNINGS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said:
            self._errors.seek(0)
            raise RuntimeError(self._errors.read())
        told = json.loads(said)
        self.url: str = told["url"]
        self.secret: str = told["jwtSecret"]
        owner = self._account(HANDLE)
        self.did: str = owner["did"]
        self.anna: str = self._account(ANNA)["did"]
        made = self.call("server.createAppPassword", {"name": "comms"}, owner["accessJwt"])
        self.password: str = made["password"]
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop it, by its process id when it does not end with its input."""
        try:
            self._process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        self._errors.close()

    def call(self, method: str, body: object = None, key: str = "", **query: Any) -> Any:  # noqa: ANN401 - JSON
        """Ask it something directly: with a body by POST, else by GET."""
        answer = requests.request(
            "GET" if body is None else "POST",
            f"{self.url}/xrpc/com.atproto.{method}",
            json=body,
            params=query,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json()

    def records(self) -> list[dict[str, Any]]:
        """The account's posts as they are kept, all of them, newest name first."""
        kept: list[dict[str, Any]] = []
        query: dict[str, Any] = {"repo": self.did, "collection": "app.bsky.feed.post", "limit": 100}
        while True:
            told = self.call("repo.listRecords", **query)
            kept += told["records"]
            if not told.get("cursor") or not told["records"]:
                return kept
            query["cursor"] = told["cursor"]

    def _account(self, handle: str) -> Any:  # noqa: ANN401 - JSON
        wanted = {"handle": handle, "email": f"{handle}@leader.example", "password": f"lösenord-{handle}"}
        return self.call("server.createAccount", wanted)
