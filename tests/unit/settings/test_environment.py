"""The environment and secret files: values for single keys, over what comms.yaml says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from comms.errors import ConfigError
from comms.settings.environment import (
    crash_point,
    imap_password,
    language,
    nested,
    overrides,
    wants_colour,
)


def secret(folder: Path, name: str, content: bytes = b"hemligt\n", mode: int = 0o600) -> Path:
    """Write a secret file."""
    file = folder / name
    file.write_bytes(content)
    file.chmod(mode)
    return file


@pytest.mark.parametrize(
    ("value", "expected"),
    [("sv", "sv"), ("en", "en"), ("EN_GB.UTF-8", "en"), ("sv_SE", "sv"), ("de", "sv"), ("", "sv")],
)
def test_messages_are_swedish_unless_another_known_language_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: str
) -> None:
    monkeypatch.setenv("COMMS_LANGUAGE", value)

    assert language() == expected


def test_without_a_wish_messages_are_swedish_and_nothing_crashes() -> None:
    assert (language(), crash_point(), overrides()) == ("sv", "", [])


@pytest.mark.parametrize(("value", "expected"), [("1", False), ("", True)])
def test_colours_are_left_out_for_whoever_says_so(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", value)

    assert wants_colour() is expected


def test_a_test_may_name_the_point_where_the_process_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMS_CRASH_AT", "before-dot")

    assert crash_point() == "before-dot"


def test_the_password_of_a_mailbox_comes_from_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert imap_password() == ""

    monkeypatch.setenv("COMMS_IMAP_PASSWORD", "hemligt lösenord ")

    assert imap_password() == "hemligt lösenord "
    assert overrides() == []


def test_two_underscores_nest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__HOST", "relay.example")
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__MAX_LATENESS", "2h")
    monkeypatch.setenv("COMMS_OFFICER__EMAIL", "a@b.example")

    assert nested(overrides()) == {
        "channels": {"mail": {"host": "relay.example", "max_lateness": "2h"}},
        "officer": {"email": "a@b.example"},
    }


def test_variables_of_others_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMS_LANGUAGE", "en")
    monkeypatch.setenv("COMMSX__A", "1")
    monkeypatch.setenv("OTHER__A__B", "1")

    assert overrides() == []


def test_each_value_tells_where_it_stands_and_hides_what_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = secret(tmp_path, "channels__mail__password")
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__TOKEN", "hemligt")

    assert [(one.path, str(one.origin)) for one in overrides()] == [
        (("channels", "mail", "password"), f"filen {file.as_posix()}"),
        (("channels", "mail", "token"), "miljövariabeln COMMS_CHANNELS__MAIL__TOKEN"),
    ]
    assert "hemligt" not in repr(overrides())


@pytest.mark.parametrize("name", ["channels__mail__password", "COMMS_CHANNELS__MAIL__PASSWORD"])
def test_a_secret_file_is_read_without_the_line_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    secret(tmp_path, name, b"l\xc3\xb6senord 1 \r\n")
    secret(tmp_path, "README", b"annat")
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(tmp_path))

    assert nested(overrides()) == {"channels": {"mail": {"password": "lösenord 1"}}}


def test_a_variable_wins_over_a_secret_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret(tmp_path, "channels__mail__password", b"ur filen")
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__PASSWORD", "ur miljön")

    assert nested(overrides()) == {"channels": {"mail": {"password": "ur miljön"}}}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o666, 0o620])
def test_a_secret_that_others_can_reach_is_refused_with_what_to_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int
) -> None:
    file = secret(tmp_path, "channels__mail__password", mode=mode)
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(tmp_path))

    with pytest.raises(ConfigError) as refused:
        overrides()

    assert str(refused.value) == f"Hemligheten {file} kan läsas av andra. Kör: chmod 600 {file}"
    assert "hemligt" not in repr(refused.value)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_secret_that_its_owner_alone_can_reach_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int
) -> None:
    secret(tmp_path, "channels__mail__password", mode=mode)
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(tmp_path))

    assert len(overrides()) == 1


def test_a_folder_of_secrets_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(tmp_path / "borta"))

    with pytest.raises(
        ConfigError, match=r"Mappen .*borta finns inte\. Rätta miljövariabeln COMMS_SECRETS_DIR\."
    ):
        overrides()


def test_a_secret_that_is_no_text_is_told_without_its_bytes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret(tmp_path, "channels__mail__password", b"hemligt\xff")
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(tmp_path))

    with pytest.raises(ConfigError, match="går inte att läsa som text i UTF-8") as refused:
        overrides()

    assert "hemligt" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_secret_that_leads_nowhere_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".#channels__mail__password").symlink_to("root@server.1234")  # as an editor leaves
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(tmp_path))

    with pytest.raises(ConfigError, match="går inte att läsa"):
        overrides()


def test_a_folder_of_secrets_that_is_closed_to_us_is_told_and_not_taken_for_an_empty_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret(tmp_path, "channels__mail__password")
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(tmp_path))
    tmp_path.chmod(0)
    try:
        if os.access(tmp_path, os.R_OK):
            pytest.skip("nothing is closed to root: run the tests as somebody else")
        with pytest.raises(ConfigError, match=r"går inte att läsa\. Ge den till användaren"):
            overrides()
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_among_the_secrets_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "channels__mail").mkdir(mode=0o700)
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(tmp_path))

    with pytest.raises(ConfigError, match="går inte att läsa"):
        overrides()


def test_a_key_within_a_value_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__QUIET", "jul")
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__QUIET__THEN", "skip")

    assert nested(overrides()) == {"channels": {"mail": {"quiet": {"then": "skip"}}}}
