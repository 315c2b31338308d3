"""The whole job on this folder's own workspace: check, plan, preview, approve, runs, archive.

No server, no account: every channel writes to out/, and the ledger is out/comms.db. Real commands do
the work; this script only types them and counts what they left.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out"
START = "2026-11-30T09:00"
UNTIL = "2026-12-04"
COMMS_SHOWN = ".venv/bin/comms"
COMMS = [sys.executable, "-m", "comms"]


def comms(*arguments: str, quiet: bool = False) -> str:
    """Run a command as an officer would type it; stop the demo when it fails."""
    print(f"\n$ comms {' '.join(arguments)}", flush=True)
    done = subprocess.run(
        [*COMMS, *arguments],
        cwd=ROOT,
        env={**os.environ, "COMMS_WORKSPACE__DATABASE_URL": "sqlite:///out/comms.db"},
        capture_output=True,
        text=True,
        check=False,
    )
    if not quiet:
        print(_short(done.stdout.splitlines()))
    if done.returncode:
        sys.exit(f"{done.stdout if quiet else ''}{done.stderr}\nAvslutades med kod {done.returncode}.")
    return done.stdout


def _short(lines: Sequence[str], most: int = 14) -> str:
    left = [f"  … och {len(lines) - most} rader till"] if len(lines) > most else []
    return "\n".join([*lines[:most], *left])


def times() -> list[str]:
    """When the plan wants a run: every time in it, once."""
    print("\n$ comms plan --json", flush=True)
    plan = json.loads(comms("plan", "--now", START, "--until", UNTIL, "--json", quiet=True))
    return sorted({entry["local"] for entry in plan["entries"]})


def main() -> None:
    """Do the job and say what to open."""
    began = time.monotonic()
    shutil.rmtree(OUT, ignore_errors=True)
    comms("check")
    comms("plan", "--now", START, "--until", UNTIL)
    comms("preview", "--now", START, "--until", UNTIL)
    comms(
        "answer", "--until", UNTIL, "--all", "Ett exempel: ingen har tänkt.", "--by", "demo", "--now", START
    )
    comms("approve", "--until", UNTIL, "--yes", "--by", "demo", "--now", START)
    for moment in times():
        comms("tick", "--now", moment)
    comms("archive", "--now", f"{UNTIL}T23:59")
    comms("preview", "--now", START, "--until", UNTIL)
    comms("status", "--now", f"{UNTIL}T23:59")
    summary(time.monotonic() - began)


def summary(seconds: float) -> None:
    """Count the files that are there and name the ones to open."""
    editions = sorted({file.parent for file in OUT.glob("*brevet-*/*/brev.eml")})
    letters = [file for file in OUT.glob("sent/mail/*/*.eml") if "officer" not in file.parent.name]
    posts = [folder for kind in ("posts", "manual") for folder in OUT.glob(f"{kind}/*/*") if folder.is_dir()]
    networks = sorted({folder.parent.name for folder in posts})
    print(
        f"""
Klart på {seconds:.0f} sekunder.

  {len(editions)} utgåvor av nyhetsbreven, var och en som HTML, text och e-post
  {len(letters)} brev sända, ett per mottagare
  {len(posts)} poster till {len(networks)} nätverk: {", ".join(networks)}
  (linkedin är inställd på manual: texten ligger färdig att klistra in)

Öppna i en webbläsare:   {OUT / "index.html"}
Arkivet, för alla:       {OUT / "webb" / "index.html"}
De sända breven:         {OUT / "sent"}
Posterna:                {OUT / "posts"}, {OUT / "manual"}
Liggaren (SQLite):       {OUT / "comms.db"}

Vem fick vad?  COMMS_WORKSPACE__DATABASE_URL=sqlite:///out/comms.db {COMMS_SHOWN} who kommunbrevet-2026-12-01
"""
    )


if __name__ == "__main__":
    main()
