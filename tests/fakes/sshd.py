"""OpenSSH's own server with SFTP, in a folder of its own on a free port: the real thing.

Whoever runs the tests logs in as themselves, with a key that is made for the occasion. Stopped by its
process id.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

PROGRAM = Path("/usr/sbin/sshd")
INSTALL = "apt-get install openssh-server"
_SEPARATION = Path("/run/sshd")
_CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/own.pub
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
"""


def why_not() -> str:
    """Why it cannot run here, with what to do; empty when it can."""
    if not PROGRAM.exists() or shutil.which("ssh-keygen") is None:
        return f"OpenSSH's server is not installed: {INSTALL}"
    return ""


class Sshd:
    """A running server: `host_key` as in known_hosts, `key_file` opens it, `user` is who logs in."""

    def __init__(self) -> None:
        """Choose a free port, and make keys in a folder of its own."""
        self._kept = TemporaryDirectory(prefix="sshd-", ignore_cleanup_errors=True)
        self.folder = Path(self._kept.name)
        self.user = pwd.getpwuid(os.getuid()).pw_name
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.host_key = make_key(self.folder / "host")
        make_key(self.folder / "own")
        self.key_file = (self.folder / "own").as_posix()

    def __enter__(self) -> Self:
        """Start it, and wait until it answers."""
        if os.getuid() == 0:
            _SEPARATION.mkdir(mode=0o755, exist_ok=True)  # where it must be able to shut itself in
        config = self.folder / "config"
        config.write_text(_CONFIG.format(port=self.port, folder=self.folder))
        self._log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(
            [PROGRAM.as_posix(), "-D", "-e", "-f", config.as_posix()], stderr=self._log
        )
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.02)
        raise RuntimeError((self.folder / "log").read_text())

    def __exit__(self, *exception: object) -> None:
        """Stop it by its process id, and wait until it is gone."""
        self._process.terminate()
        self._process.wait(10)
        self._log.close()
        self._kept.cleanup()


def make_key(path: Path, password: str = "") -> str:
    """Make a pair of keys; gives the public one on a line."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", password, "-C", "", "-f", path.as_posix()]
    subprocess.run(command, check=True, capture_output=True)
    return path.with_name(f"{path.name}.pub").read_text().strip()
