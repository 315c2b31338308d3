"""The doctor at this machine: Python, content, clock, disk, secrets, the ledger and its copies."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import stat
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from comms.app.examined import Examined, advice, fault, well
from comms.app.house import House
from comms.app.keyrings import keys_match
from comms.app.planning import ledger
from comms.app.running import BACKWARD
from comms.app.wording import fenced
from comms.errors import Severity, say
from comms.model.settings import ChannelKind
from comms.settings.environment import secrets_folder
from comms.store import Run
from comms.text.hosts import is_loopback

_LEAST_FREE = 200_000_000
_STILL = timedelta(hours=1)
"""How long ago the last run may be before somebody is asked whether the clock is kept."""

_BACKUP_AGE = timedelta(days=2)
_MENDED = {(3, 11): 11, (3, 12): 5}
"""From which release Python writes headers right (CVE-2024-6923; ours are checked all the same)."""

_OPENSSL = (3, 0)
_COPY = re.compile(r".+\.db\.(\d{4}-\d\d-\d\d)|comms-(\d{4}-\d\d-\d\d)T\d{4}\.zip")
"""A daily copy (comms/store/sqlite.py) or a whole backup (comms/app/backing_up.py), and its day."""


def python(house: House, _now: datetime) -> Iterator[Examined]:
    """What it all runs on."""
    found = sys.version_info[:3]
    version = ".".join(map(str, found))
    yield well(say("Python {version}.", version=version))
    if not sends_mail(house):
        return
    least = _MENDED.get(found[:2], 0)
    if found[2] < least:
        yield advice(
            say(
                "Python {version} har ett känt fel i mejlens rubriker. comms vaktar mot det, men uppdatera "
                "till {least} eller nyare.",
                version=version,
                least=f"{found[0]}.{found[1]}.{least}",
            )
        )
    if ssl.OPENSSL_VERSION_INFO[:2] < _OPENSSL:
        yield advice(
            say(
                "{version} får inga rättelser längre. Uppdatera operativsystemet.",
                version=ssl.OPENSSL_VERSION,
            )
        )


def sends_mail(house: House) -> bool:
    """Whether letters leave this machine."""
    return any(one.kind is ChannelKind.SMTP for one in house.settings.channels.values())


def content(house: House, _now: datetime) -> Iterator[Examined]:
    """Whether what is written can be read."""
    errors = sum(problem.severity is Severity.ERROR for problem in house.problems)
    count = len(house.workspace.items)
    if errors:
        yield fault(
            say("{count} nyheter lästa, {errors} fel. Se dem med: comms check", count=count, errors=errors)
        )
    else:
        yield well(say("{count} nyheter lästa, inga fel.", count=count))


def clock(house: House, now: datetime) -> Iterator[Examined]:
    """What time it is here."""
    local = now.astimezone(ZoneInfo(house.settings.timezone))
    yield well(
        say("Klockan är {time} i {zone}.", time=f"{local:%Y-%m-%d %H:%M}", zone=house.settings.timezone)
    )


def disk(house: House, _now: datetime) -> Iterator[Examined]:
    """Whether files can be written, and for how long."""
    for folder in dict.fromkeys((house.out, house.beside)):
        place = standing(folder)
        if not os.access(place, os.W_OK | os.X_OK):
            yield fault(
                say("Mappen {folder} går inte att skriva i. Ge dig själv skrivrätt till den.", folder=folder)
            )
        elif shutil.disk_usage(place).free < _LEAST_FREE:
            yield fault(say("Mindre än 200 MB ledigt vid {folder}.", folder=folder))
    yield well(say("Filer läggs i {out}.", out=house.out))


def standing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there and may be looked into."""
    return next(place for place in (folder, *folder.parents) if os.path.exists(place))  # noqa: PTH110 - Path.exists raises for what is closed to us


def secrets(_house: House, _now: datetime) -> Iterator[Examined]:
    """Whether the folder of secrets is ours alone; a file that others can read stops every command."""
    folder = secrets_folder()
    if folder is None or not folder.is_dir():
        return
    found = folder.stat()
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield fault(
            say("Mappen med hemligheter, {path}, är öppen för andra. Kör: chmod 700 {path}", path=folder)
        )
    elif found.st_uid not in {0, os.geteuid()}:
        yield advice(say("Mappen med hemligheter, {path}, tillhör en annan användare.", path=folder))
    else:
        yield well(say("Hemligheter läses ur {path}.", path=folder))


def memory(house: House, now: datetime) -> Iterator[Examined]:
    """Whether the ledger can be opened and may send, whether somebody keeps the clock, and its copies."""
    if not house.has_ledger:
        yield well(say("Liggaren {file} skapas vid första godkännandet.", file=house.database_file))
        return
    with ledger(house) as store:
        store.verify(always=True)
        last, reason, lost = store.runs.last(), store.fence_reason, keys_match(house, store)
    when = f"{last.now:%Y-%m-%d %H:%M} UTC" if last else str(say("aldrig"))
    if reason:
        yield fault(fenced(reason))
    if lost is not None:
        yield fault(lost)
    yield well(say("Liggaren går att öppna. Senaste körning: {when}.", when=when))
    if last is not None:
        yield from _kept(last, now)
        yield from _copied(house, now)


def _kept(last: Run, now: datetime) -> Iterator[Examined]:
    """The last run's time against ours: a clock that goes back stops the sending, and so does no clock."""
    if last.now - now > BACKWARD:
        yield fault(say("Klockan går efter den senaste körningen. Ställ den: timedatectl set-ntp true"))
    elif now - last.now > _STILL:
        yield advice(say("Ingen körning på mer än en timme. Går tjänsten? systemctl status comms"))


def _copied(house: House, now: datetime) -> Iterator[Examined]:
    """How old the newest copy is; with PostgreSQL it may well lie elsewhere."""
    newest = newest_backup(house)
    if newest is None and house.database_file is None:
        yield advice(say("Här finns ingen säkerhetskopia av liggaren. Gör en varje dag: comms backup"))
    elif newest is None:
        yield fault(say("Liggaren har ingen säkerhetskopia. Den görs vid dagens första körning: comms tick"))
    elif now.astimezone(house.zone).date() - newest > _BACKUP_AGE:
        yield fault(
            say(
                "Den senaste säkerhetskopian är från {day}. Kör comms backup, och läs vad den säger.",
                day=newest,
            )
        )
    else:
        yield well(say("Senaste säkerhetskopian: {day}.", day=newest))


def newest_backup(house: House) -> date | None:
    """The day of the newest copy of the ledger, the run's own or a whole backup; None without one.

    Raises OSError for a folder that may not be read.
    """
    folder = house.beside / "backups"
    files = folder.iterdir() if folder.is_dir() else ()
    days = [found[1] or found[2] for file in files if (found := _COPY.fullmatch(file.name)) is not None]
    try:
        return date.fromisoformat(max(days, default=""))
    except ValueError:
        return None


def watched(house: House, _now: datetime) -> Iterator[Examined]:
    """Where figures for a monitor are given."""
    metrics = house.settings.metrics
    if metrics is None:
        return
    if is_loopback(metrics.host):
        yield well(say("Siffror lämnas på {host}:{port}/metrics.", host=metrics.host, port=metrics.port))
    else:
        yield advice(
            say(
                "Siffrorna på {host}:{port} syns för fler än den här datorn. Stäng porten för andra än den "
                "som övervakar.",
                host=metrics.host,
                port=metrics.port,
            )
        )
