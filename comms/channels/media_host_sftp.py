"""Pictures on a web server by SFTP: written under another name, then moved to their place.

Only the server whose key stands in `host_key` is spoken to, and only with the password or the key that
settings name: neither an agent nor keys that happen to lie in a home folder are used.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from itertools import pairwise
from pathlib import Path, PurePosixPath

import paramiko
from paramiko.ssh_exception import AuthenticationException, BadHostKeyException, SSHException

from comms.channels.shelf import Lay
from comms.channels.web import Timeouts
from comms.errors import ChannelDown, ConfigError, TemporaryFailure, say
from comms.model.settings import MediaHost

_SSH = 22
_READABLE = 0o644  # the web server is somebody else


def lay_by_sftp(settings: MediaHost, timeouts: Timeouts) -> Lay:
    """What lays files in the folder. Raises ConfigError for a key that is none."""
    known = _host_key(settings)
    own = _own_key(settings)
    if own is None and not settings.secret:
        raise ConfigError(say("media_host saknar lösenord eller nyckelfil: sätt secret eller key_file."))

    def lay(name: str, content: bytes, media_type: str) -> None:
        del media_type
        with _session(settings, known, own, timeouts) as session:
            _write(session, settings, name, content)

    return lay


def _write(session: paramiko.SFTPClient, settings: MediaHost, name: str, content: bytes) -> None:
    folder = PurePosixPath(settings.folder or ".")
    target, beside = str(folder / name), str(folder / f".{name}.part")
    try:
        with suppress(FileNotFoundError):
            if session.stat(target).st_size == len(content):
                return
        for one in (*reversed(folder.parents), folder):
            _make_folder(session, str(one))
        session.putfo(BytesIO(content), beside, len(content))
        with suppress(OSError):  # a server that sets rights by itself may refuse
            session.chmod(beside, _READABLE)
        session.posix_rename(beside, target)
    except (OSError, SSHException, EOFError) as error:
        raise ChannelDown(
            say(
                "Det går inte att skriva i {folder}: {error}.",
                folder=f"{settings.host}:{folder}",
                error=getattr(error, "strerror", None) or str(error) or type(error).__name__,
            )
        ) from None


def _make_folder(session: paramiko.SFTPClient, path: str) -> None:
    try:
        session.stat(path)
    except FileNotFoundError:
        session.mkdir(path)


@contextmanager
def _session(
    settings: MediaHost, known: paramiko.PKey, own: paramiko.PKey | None, timeouts: Timeouts
) -> Iterator[paramiko.SFTPClient]:
    """A session, closed afterwards. Raises ChannelDown or TemporaryFailure when there is none."""
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    client.get_host_keys().add(_known_as(settings), known.get_name(), known)
    try:
        yield _connected(client, settings, own, timeouts)
    finally:
        client.close()


def _connected(
    client: paramiko.SSHClient, settings: MediaHost, own: paramiko.PKey | None, timeouts: Timeouts
) -> paramiko.SFTPClient:
    host = settings.host
    try:
        client.connect(
            host,
            settings.port,
            settings.user,
            password=settings.secret.value if own is None else None,
            pkey=own,
            allow_agent=False,
            look_for_keys=False,
            timeout=timeouts.connect,
            banner_timeout=timeouts.read,
            auth_timeout=timeouts.read,
            channel_timeout=timeouts.read,
        )
        session = client.open_sftp()
        channel = session.get_channel()
        if channel is not None:
            channel.settimeout(timeouts.upload)
    except BadHostKeyException:
        raise ChannelDown(
            say(
                "{host} har en annan nyckel än host_key i media_host. Ta reda på varför innan ni ändrar.",
                host=host,
            )
        ) from None
    except AuthenticationException:
        raise ChannelDown(
            say("{host} godkänner inte user med secret eller key_file i media_host.", host=host)
        ) from None
    except (OSError, SSHException, EOFError) as error:
        raise TemporaryFailure(
            say("{name} gick inte att nå ({kind}).", name=host, kind=type(error).__name__)
        ) from None
    return session


def _known_as(settings: MediaHost) -> str:
    return settings.host if settings.port == _SSH else f"[{settings.host}]:{settings.port}"


def _host_key(settings: MediaHost) -> paramiko.PKey:
    """The server's key, with or without the names that begin a line of known_hosts."""
    words = settings.host_key.split()
    for kind, key in pairwise(words):
        if kind.startswith(("ssh-", "ecdsa-")):
            with suppress(ValueError, SSHException):
                return paramiko.PKey.from_type_string(kind, b64decode(key, validate=True))
    raise ConfigError(
        say("host_key i media_host är ingen nyckel. Hämta den med: ssh-keyscan -p {port} {host}",
            port=settings.port, host=settings.host)
    )  # fmt: skip


def _own_key(settings: MediaHost) -> paramiko.PKey | None:
    """Our own key, opened with the password if it has one."""
    if not settings.key_file:
        return None
    passphrase = settings.secret.value.encode() or None
    try:
        path = Path(settings.key_file).expanduser()
        return paramiko.PKey.from_path(path, passphrase)  # type: ignore[arg-type]  # bytes, whatever types say
    except (OSError, ValueError, TypeError, SSHException) as error:
        raise ConfigError(
            say(
                "Nyckelfilen {file} i media_host går inte att läsa ({kind}).",
                file=settings.key_file,
                kind=type(error).__name__,
            )
        ) from None
