"""Debian's Postfix as a server of our own: configuration, queue and mailboxes in one folder, one free port.

It is the real thing from end to end: it takes mail by SMTP and puts it in maildirs. Started by the test,
stopped by its process id.
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

PROGRAMS = Path("/usr/lib/postfix/sbin")
INSTALL = "apt-get install postfix"
_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {programs}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = postfix.test
mydestination =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:inbox/
virtual_mailbox_base = {folder}/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_transport = virtual
alias_maps =
alias_database =
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr fifo n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
pickup fifo n - n 60 1 pickup
virtual unix - n n - - virtual
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
error unix - - n - - error
retry unix - - n - - error
"""


def why_not() -> str:
    """Why Postfix cannot run here, with what to do; empty when it can."""
    if os.getuid() != 0:
        return "Postfix needs root: run the tests as root"
    if not (PROGRAMS / "master").exists():
        return f"Postfix is not installed: {INSTALL}"
    return ""


class Postfix:
    """A running Postfix; `letters` reads what arrived in every mailbox."""

    def __init__(self) -> None:
        """Choose a free port, and a folder of its own."""
        # Not below pytest's own: each run of pytest shuts that to others, also while another is running.
        self._kept = TemporaryDirectory(prefix="postfix-", ignore_cleanup_errors=True)
        self.folder = Path(self._kept.name)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def __enter__(self) -> Self:
        """Write the configuration, start the master, wait until it answers."""
        owner = pwd.getpwnam("postfix")
        for name in ("queue", "data", "mail", "conf"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        os.chown(self.folder / "mail", owner.pw_uid, owner.pw_gid)
        self.folder.chmod(0o755)
        values = {"folder": self.folder, "programs": PROGRAMS, "uid": owner.pw_uid, "gid": owner.pw_gid}
        (self.folder / "conf" / "main.cf").write_text(_MAIN.format(**values))
        (self.folder / "conf" / "master.cf").write_text(_MASTER.format(port=self.port))
        self._run("check")
        self._run("start")
        self._pid = int((self.folder / "queue" / "pid" / "master.pid").read_text())
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise RuntimeError((self.folder / "postfix.log").read_text())

    def __exit__(self, *exception: object) -> None:
        """Stop the master by its process id, and wait until it is gone."""
        os.kill(self._pid, 15)
        for _ in range(200):
            if not Path(f"/proc/{self._pid}").exists():
                break
            time.sleep(0.05)
        else:
            os.kill(self._pid, 9)
        self._kept.cleanup()

    def letters(self, expected: int, seconds: float = 30) -> list[bytes]:
        """The letters in the mailbox, once `expected` have arrived or the time is up."""
        found: list[Path] = []
        for _ in range(int(seconds / 0.1)):
            found = [file for file in self.folder.glob("mail/inbox/new/*") if file.is_file()]
            if len(found) >= expected:
                break
            time.sleep(0.1)
        return [file.read_bytes() for file in found]

    def _run(self, command: str) -> None:
        subprocess.run(
            ["postfix", "-c", str(self.folder / "conf"), command], check=True, capture_output=True, text=True
        )
