"""The files of ops are true: units can be read, commands are there, paths and users are the same."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import click
import pytest

from comms.cli import comms as command_line

ROOT = Path(__file__).resolve().parents[2]
OPS = ROOT / "ops"
UNITS = sorted((OPS / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
TIMERS = [unit for unit in UNITS if unit.suffix == ".timer"]
PROGRAM = "/srv/comms/venv/bin/comms"
GUIDE = ROOT / "docs/operations/borja.md"

Unit = dict[str, dict[str, list[str]]]


def read(file: Path) -> Unit:
    """A unit's sections: each key with its values, for some stand several times."""
    found: Unit = {}
    section: dict[str, list[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            assert line.endswith("]"), line
            section = found.setdefault(line[1:-1], defaultdict(list))
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, line
            section[key].append(value)
    return found


def names(files: list[Path]) -> list[str]:
    return [file.name for file in files]


def is_command(words: list[str]) -> bool:
    """Whether `comms` has the command, with each option that is named."""
    name, *rest = words
    command = command_line.get_command(click.Context(command_line), name)
    options = {option for one in command.params for option in one.opts} if command else set()
    return command is not None and all(word in options for word in rest if word.startswith("--"))


@pytest.mark.parametrize("unit", SERVICES, ids=names(SERVICES))
def test_a_service_starts_a_command_that_is_there(unit: Path) -> None:
    (started,) = read(unit)["Service"]["ExecStart"]
    program, *words = started.split()
    assert program == PROGRAM
    assert is_command(words), words


@pytest.mark.parametrize("unit", SERVICES, ids=names(SERVICES))
def test_a_service_runs_as_its_own_user_in_the_workspace_and_may_do_nothing_else(unit: Path) -> None:
    service = read(unit)["Service"]
    assert service["User"] == service["Group"] == ["comms"]
    assert service["WorkingDirectory"] == service["ReadWritePaths"] == ["/srv/comms/arbetsyta"]
    for key, value in {
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    }.items():
        assert service[key] == [value], key


@pytest.mark.parametrize("unit", SERVICES, ids=names(SERVICES))
def test_what_sends_may_finish_the_letters_in_hand(unit: Path) -> None:
    service = read(unit)["Service"]
    if service["ExecStart"][0].split()[1] in {"run", "tick", "worker"}:
        # A server may take eleven minutes to answer (docs/operations/datorer.md).
        assert int(service["TimeoutStopSec"][0]) >= 660


@pytest.mark.parametrize("unit", TIMERS, ids=names(TIMERS))
def test_a_timer_starts_a_service_of_its_name_and_is_wanted(unit: Path) -> None:
    timer = read(unit)
    assert unit.with_suffix(".service") in SERVICES
    assert timer["Timer"]["OnCalendar"]
    assert timer["Install"]["WantedBy"] == ["timers.target"]
    assert "Install" not in read(unit.with_suffix(".service"))


@pytest.mark.parametrize("unit", UNITS, ids=names(UNITS))
def test_a_unit_says_where_it_belongs_and_holds_no_secret(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    assert text.startswith(f"# /etc/systemd/system/{unit.name}\n")
    environment = read(unit).get("Service", {}).get("Environment", [])
    assert not [one for one in environment if re.search(r"KEY|TOKEN|PASSWORD|URL", one)]


@pytest.fixture(scope="module")
def in_place(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The units with this machine's own program, which systemd wants to find."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed: apt-get install systemd")
    folder = tmp_path_factory.mktemp("units")
    program = str(Path(sys.executable).with_name("comms"))
    for unit in UNITS:
        (folder / unit.name).write_text(unit.read_text(encoding="utf-8").replace(PROGRAM, program))
    return sorted(folder.iterdir())


def test_systemd_finds_no_fault_in_any_unit(in_place: list[Path]) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *in_place], capture_output=True, text=True, check=False
    )
    # It also tells of the machine's own units.
    ours = [line for line in done.stderr.splitlines() if "comms" in line]
    assert ours == []


def test_systemd_finds_every_service_well_protected(in_place: list[Path]) -> None:
    for unit in (one for one in in_place if one.suffix == ".service"):
        done = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", unit],
            capture_output=True,
            text=True,
            check=False,
        )
        if "--offline" in done.stderr:
            pytest.skip("this systemd cannot judge a file: apt-get install systemd (250 or newer)")
        assert done.returncode == 0, (unit.name, done.stdout[-200:], done.stderr)


# The container


def instructions() -> list[tuple[str, str]]:
    """The Containerfile's instructions and what each says, continued lines joined."""
    text = (OPS / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], " ".join(line.partition(" ")[2].split())) for line in lines]


def test_the_container_copies_what_is_there() -> None:
    copied = [says.split() for name, says in instructions() if name == "COPY" and "--from" not in says]
    missing = [path for *paths, _to in copied for path in paths if not (ROOT / path).exists()]
    assert copied
    assert not missing


def test_the_container_installs_only_what_has_a_hash() -> None:
    (packages,) = [says for name, says in instructions() if name == "RUN" and "requirements" in says]
    assert "--require-hashes" in packages
    assert "--no-deps" in packages
    assert "--hash=sha256:" in (ROOT / "requirements/run.txt").read_text(encoding="utf-8")


def test_the_container_runs_commands_that_are_there_as_a_user_that_it_makes() -> None:
    last = dict(instructions())
    words = {name: re.findall(r'"([^"]+)"', last[name]) for name in ("ENTRYPOINT", "CMD", "HEALTHCHECK")}
    assert words["ENTRYPOINT"] == ["comms"]
    assert is_command(words["CMD"])
    assert words["HEALTHCHECK"][0] == "comms"
    assert is_command(words["HEALTHCHECK"][1:])
    assert last["USER"] == "comms"
    made = [says for name, says in instructions() if name == "RUN" and "useradd" in says]
    assert made
    assert made[0].partition("&&")[0].rstrip().endswith(" comms")


def test_the_container_writes_where_the_units_do_and_both_parts_have_the_same_python() -> None:
    last = dict(instructions())
    volumes = re.findall(r'"([^"]+)"', last["VOLUME"])
    assert volumes == [last["WORKDIR"], "/srv/comms/hemligt"]
    assert last["WORKDIR"] == read(OPS / "systemd/comms.service")["Service"]["WorkingDirectory"][0]
    bases = {says.split()[0] for name, says in instructions() if name == "FROM"}
    assert len(bases) == 1
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in bases.pop()


def test_the_guide_names_every_unit() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert not [unit.name for unit in UNITS if unit.stem.rstrip("@") not in text]
