"""Debian's Dovecot as an IMAP server of our own: configuration, users and mailboxes in one folder.

It is the real thing, with one mailbox. Started by the test, stopped by its process id.
"""

from __future__ import annotations

import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path
from typing import Self

INSTALL = "apt-get install dovecot-imapd"
USER = "journal"
PASSWORD = 'hemligt "lösen\\ord" 4711'
_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = 127.0.0.1
protocols = imap
first_valid_uid = 1
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
mail_location = maildir:{folder}/home/mail:UTF-8
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""
_PROTECTED = "ssl = yes\nssl_cert = <{certificate}.pem\nssl_key = <{certificate}.key\n"
_UNPROTECTED = "ssl = no\n"


def why_not() -> str:
    """Why Dovecot cannot run here, with what to do; empty when it can."""
    if os.getuid() != 0:
        return "Dovecot needs root: run the tests as root"
    if shutil.which("dovecot") is None or not Path("/usr/lib/dovecot/imap").exists():
        return f"Dovecot is not installed: {INSTALL}"
    return ""


class Dovecot:
    """A running Dovecot. `certificate` is a path without its ending: `.pem` and `.key` are there."""

    def __init__(self, folder: Path, certificate: Path | None = None) -> None:
        """Keep everything below `folder`, whose path must be short: it holds sockets."""
        self.folder = folder
        self.mailbox = folder / "home" / "mail"
        self._certificate = certificate
        self.port, self.tls_port = _free_ports()

    def __enter__(self) -> Self:
        """Write the configuration, start it, wait until it answers."""
        self._owner = pwd.getpwnam("nobody")
        values = {"folder": self.folder, "port": self.port, "tls_port": self.tls_port}
        values |= {"uid": self._owner.pw_uid, "gid": self._owner.pw_gid}
        tls = _PROTECTED.format(certificate=self._certificate) if self._certificate else _UNPROTECTED
        conf = self.folder / "dovecot.conf"
        conf.write_text(_CONFIGURATION.format(**values) + tls)
        (self.folder / "users").write_text(f"{USER}:{PASSWORD}\n")
        self.make("")
        for parent in (self.folder, *self.folder.parents):
            if parent.stat().st_uid == os.getuid() and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o055)
        self._process = subprocess.Popen(["dovecot", "-F", "-c", conf])
        for _ in range(200):
            if self._lets_us_in():
                return self
            time.sleep(0.05)
        self.__exit__()
        raise RuntimeError((self.folder / "dovecot.log").read_text())

    def __exit__(self, *exception: object) -> None:
        """Stop it by its process id, and wait until it is gone."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _lets_us_in(self) -> bool:
        """Whether we can log in: its ports are open before it knows anybody."""
        try:
            if self._certificate:
                unproven = ssl.create_default_context()
                unproven.check_hostname, unproven.verify_mode = False, ssl.CERT_NONE
                opened: imaplib.IMAP4 = imaplib.IMAP4_SSL("127.0.0.1", self.tls_port, ssl_context=unproven)
            else:
                opened = imaplib.IMAP4("127.0.0.1", self.port)
            with opened as imap:
                imap.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        except (OSError, imaplib.IMAP4.error):
            return False
        return True

    def make(self, folder: str) -> Path:
        """Make a folder in the mailbox; the empty name is INBOX."""
        place = self.mailbox / f".{folder}" if folder else self.mailbox
        for name in ("new", "cur", "tmp"):
            (place / name).mkdir(parents=True)
        for path in (self.mailbox.parent, self.mailbox, place, *place.iterdir()):
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)
        return place

    def deliver(self, content: bytes, folder: str = "") -> Path:
        """Put a letter in the mailbox, as a relay does."""
        place = self.mailbox / f".{folder}" if folder else self.mailbox
        letter = place / "new" / f"{1796000000 + len(list(place.glob('*/*')))}.M1P1.journal.example"
        letter.write_bytes(content)
        os.chown(letter, self._owner.pw_uid, self._owner.pw_gid)
        return letter

    def flags(self) -> list[str]:
        """The flags of every letter, as Dovecot itself keeps them in file names."""
        letters = [file.name for part in ("new", "cur") for file in self.mailbox.rglob(f"{part}/*")]
        return [name.partition(":2,")[2] for name in letters]


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]
