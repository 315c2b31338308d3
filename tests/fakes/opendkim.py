"""Debian's OpenDKIM as a judge of signatures: letters and keys come from files, no network."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

INSTALL = "apt-get install opendkim"
PLACES = "/usr/sbin:/usr/bin:/usr/local/sbin"
_VERDICT = re.compile(r"\bdkim=(\w+)[^;]*? header\.a=([a-z0-9-]+)")


def why_not() -> str:
    """Why OpenDKIM cannot judge here, with what to do; empty when it can."""
    return "" if shutil.which("opendkim", path=PLACES) else f"OpenDKIM is not installed: {INSTALL}"


def verdicts(folder: Path, letters: Sequence[bytes], records: Mapping[str, str]) -> list[dict[str, str]]:
    """What one OpenDKIM says of each letter: algorithm -> `pass` or `fail`. `records`: name -> TXT record."""
    (folder / "keys").write_text("".join(f"{name} {record}\n" for name, record in records.items()))
    (folder / "opendkim.conf").write_text("Mode v\nSyslog no\nTestPublicKeys keys\n")
    names = [f"{number}.eml" for number in range(len(letters))]
    for name, letter in zip(names, letters, strict=True):
        (folder / name).write_bytes(letter)
    program = shutil.which("opendkim", path=PLACES) or "opendkim"
    done = subprocess.run(
        [program, "-x", "opendkim.conf", "-vvv", "-t", ",".join(names)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    said = done.stdout.split("### INSHEADER")[1:]
    if len(said) != len(letters):
        raise RuntimeError(f"{len(said)} verdicts on {len(letters)} letters: {done.stdout[-500:]}")
    return [{algorithm: verdict for verdict, algorithm in _VERDICT.findall(one)} for one in said]
