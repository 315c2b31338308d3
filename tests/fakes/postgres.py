"""PostgreSQL as a server of our own: a throw-away cluster in one folder, on one free port of loopback.

It is the real thing, and never runs as root. Started by the test that asks, stopped by its process id.
"""

from __future__ import annotations

import atexit
import functools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import psycopg
import pytest
from psycopg import sql

INSTALL = "apt-get install postgresql"
_DEBIAN = Path("/usr/lib/postgresql")
_INITDB = "--username=postgres --auth=trust --locale=C --encoding=UTF8"


def why_not() -> str:
    """Why PostgreSQL cannot run here, with what to do; empty when it can."""
    if _programs() is None:
        return f"PostgreSQL is not installed: {INSTALL}"
    if os.getuid() == 0 and _owner() is None:
        return "PostgreSQL refuses root, and there is no user nobody to run as: run the tests as yourself"
    return ""


def database(name: str) -> str:
    """The URL of a fresh database in this process's cluster; skips the test where PostgreSQL cannot run."""
    if why_not():
        pytest.skip(why_not())
    return _shared().url(name)


class Postgres:
    """A running cluster, durable as in earnest; whoever reaches its loopback port is its superuser."""

    def __init__(self) -> None:
        """Choose a folder and a port; nothing runs yet."""
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def __enter__(self) -> Self:
        """Make the cluster, start it, wait until it answers. Raises RuntimeError with the log."""
        if owner := _owner():
            shutil.chown(self.folder, owner.pw_uid, owner.pw_gid)
        # What tests commit is synced by the server; the empty cluster itself need not survive a power cut.
        made = self._run("initdb", *_INITDB.split(), "--no-sync")
        if made.wait() != 0:
            raise RuntimeError(self._log.read_text())
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop the server and remove the folder."""
        self.stop()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start the server, and wait until it answers; after `stop` with all that it knew."""
        self._server = self._run(
            "postgres",
            f"--port={self.port}",
            f"--unix_socket_directories={self.folder}",
            "--listen_addresses=127.0.0.1",
        )
        self._wait_for_an_answer()

    def stop(self) -> None:
        """Stop the server by its process id: politely, then at once."""
        self._server.send_signal(signal.SIGINT)
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait()

    def url(self, database: str) -> str:
        """The URL of an empty database of that name, made anew."""
        name = sql.Identifier(database)
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        return self._url(database)

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        owner = _owner()
        programs = _programs()
        assert programs, why_not()
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [programs / program, "-D", self.folder / "data", *options],
                cwd=self.folder,
                env={
                    "LC_ALL": "C",
                    "PATH": os.defpath,
                },  # none of the PG… variables that a developer may have
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=owner.pw_uid if owner else None,
                group=owner.pw_gid if owner else None,
                extra_groups=[] if owner else None,
                start_new_session=True,  # Ctrl-C in the terminal is for the tests; they stop the server
            )

    def _wait_for_an_answer(self) -> None:
        for _ in range(400):
            try:
                psycopg.connect(self._url("postgres")).close()
            except psycopg.OperationalError:
                if self._server.poll() is not None:
                    break
                time.sleep(0.025)
            else:
                return
        self._server.kill()
        self._server.wait()
        raise RuntimeError(self._log.read_text())


def _programs() -> Path | None:
    """The folder of the server's programs: on the PATH, else Debian's newest, which is not on it."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    debian = [folder for folder in _DEBIAN.glob("*/bin") if (folder / "initdb").exists()]
    return max(debian, key=lambda folder: float(folder.parent.name), default=None)


def _owner() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root; None when as ourselves, or when there is nobody."""
    names = {user.pw_name: user for user in pwd.getpwall()} if os.getuid() == 0 else {}
    return names.get("postgres") or names.get("nobody")


@functools.cache
def _shared() -> Postgres:
    # One for each process of tests: starting takes longer than most tests.
    cluster = Postgres()
    cluster.__enter__()
    atexit.register(cluster.__exit__)
    return cluster
