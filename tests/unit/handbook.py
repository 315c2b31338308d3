"""Pages as scripts: their commands run in order, their files written, their answers compared.

Comments that no reader sees say what happens between the blocks: `klockan` sets the time, `fil` names the
file that the next block is, `byt` changes one, `svar` is what the next questions are answered (bars between;
Enter where there is none), `brevet` puts the officer's letter in the next block, `strömmen` names the point
at which the next command is killed, `kör` is a command that the reader need not see, `hem` is what the folder
is called on the page.
`python -m tests.unit.handbook` writes today's answers into the pages.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import click

from comms.cli import comms as command_line
from comms.cli import run

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ("handbok.md", "operations/ovisst.md", "operations/stopp.md", "operations/kopior.md")
HOME = "/home/anna"
ORDER = re.compile(r"<!-- (?P<name>klockan|fil|byt|svar|brevet|strömmen|kör|hem): (?P<what>.*) -->")
PROMPT = re.compile(r"(?P<prompt>\[j/N\]|Svar:) ")
FINGERPRINT = re.compile(r"\b[0-9a-f]{16}\b")


class Keyboard(io.StringIO):
    """What the reader types; there is somebody at the terminal."""

    def isatty(self) -> bool:
        """Whether a person can be asked."""
        return True


@dataclass
class Desk:
    """Where the handbook's reader sits: a folder, a time, and what the next questions are answered."""

    home: Path
    folder: Path
    now: str = ""
    answer: str = ""
    power: str = ""
    shown: str = HOME
    pending: tuple[str, str] = ("", "")

    def obey(self, name: str, what: str) -> None:
        """Do what a comment of the page says, or remember it for the next block."""
        if name == "klockan":
            self.now = what
        elif name == "svar":
            self.answer = what
        elif name == "strömmen":
            self.power = what
        elif name == "hem":
            self.shown = what
        elif name == "kör":
            self.typed(what)
        elif name == "byt":
            path, old, new = what.replace("¶", "\n").split(" | ")
            before = (self.folder / path).read_text(encoding="utf-8")
            assert old in before
            (self.folder / path).write_text(before.replace(old, new), encoding="utf-8")
        else:
            self.pending = (name, what)

    def block(self, kind: str, body: list[str]) -> list[str]:
        """A fenced block as it should be."""
        (order, what), self.pending = self.pending, ("", "")
        if kind == "console":
            return [line for command in body if command.startswith("$ ") for line in self.typed(command[2:])]
        if order == "fil":
            (self.folder / what).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / what).write_text("\n".join([*body, ""]), encoding="utf-8")
        if order == "brevet":
            return self.letter(what)
        return body

    def typed(self, command: str) -> list[str]:
        """A command and its answer."""
        name, *words = shlex.split(command)
        if name == "cd":
            self.folder /= words[0]
            return [f"$ {command}"]
        if name != "comms":
            return [f"$ {command}", *self.shell(command)]
        if "--plan" in words:
            wanted = words[words.index("--plan") + 1]
            found = FINGERPRINT.search(self.said(["plan", words[1]]))
            assert found
            command, words = command.replace(wanted, found[0]), [w.replace(wanted, found[0]) for w in words]
        return [f"$ {command}", *self.said(words).splitlines()]

    def shell(self, command: str) -> list[str]:
        """What another program than ours says."""
        done = subprocess.run(
            ["/bin/sh", "-c", command], cwd=self.folder, capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()

    def said(self, words: list[str]) -> str:
        """What a command says."""
        command = command_line.get_command(click.Context(command_line), words[0])
        timed = command is not None and any(parameter.name == "now" for parameter in command.params)
        clock = ["--now", self.now] if timed else []
        if self.power:
            self.killed([*words, *clock])
            return ""
        lines = [*self.answer.split(" | "), *[""] * 99]
        stdin, sys.stdin = sys.stdin, Keyboard("".join(f"{line}\n" for line in lines))
        out = io.StringIO()
        try:
            with (
                contextlib.chdir(self.folder),
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(out),
            ):
                run([*words, *clock])
        finally:
            sys.stdin = stdin
        assert "Traceback" not in out.getvalue(), out.getvalue()
        told = out.getvalue().replace(self.home.as_posix(), self.shown)
        shown = iter(lines)  # a terminal shows what is typed
        self.answer = "" if PROMPT.search(told) else self.answer
        told = PROMPT.sub(lambda found: f"{found['prompt']} {next(shown)}".rstrip() + "\n", told)
        return re.sub(r"Python 3\.\d+\.\d+", "Python 3.11.7", told)

    def killed(self, words: list[str]) -> None:
        """Run a command that dies, as when the power is cut."""
        died = subprocess.run(
            [sys.executable, "-m", "comms", *words],
            cwd=self.folder,
            env=os.environ | {"COMMS_CRASH_AT": self.power},
            capture_output=True,
            check=False,
        )
        assert died.returncode < 0, died
        self.power = ""

    def letter(self, folder: str) -> list[str]:
        """The officer's letter in a folder of the `file` channel."""
        (file,) = (self.folder / "out/sent/mail" / folder).iterdir()
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body
        told = body.get_content().replace(self.home.as_posix(), self.shown)
        return [f"Ämne: {message['Subject']}", "", *told.rstrip().splitlines()]


def replayed(text: str, home: Path) -> str:
    """A page with every transcript as the commands answer today."""
    desk = Desk(home, home)
    lines = iter(text.split("\n"))
    out = []
    for line in lines:
        out.append(line)
        order = ORDER.fullmatch(line)
        if order:
            desk.obey(order["name"], order["what"])
        elif line.startswith("```"):
            body = list(iter(lambda: next(lines), "```"))
            out += [*desk.block(line.removeprefix("```"), body), "```"]
    return "\n".join(out)


if __name__ == "__main__":
    for name in PAGES:
        page = DOCS / name
        with tempfile.TemporaryDirectory() as folder:
            text = replayed(page.read_text(encoding="utf-8"), Path(folder).resolve())
        page.write_text(text, encoding="utf-8")
