"""Pictures at a public address: laid by each way, seen there before a network is sent to fetch them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest

from comms.app import publishing
from comms.app.folder import open_folder
from comms.channels import media_host
from comms.channels.media_host import open_shelf
from comms.channels.web import Timeouts
from comms.errors import ChannelDown, ConfigError, PermanentFailure, TemporaryFailure
from comms.model.settings import HostKind, MediaHost, Secret
from tests.fakes import s3
from tests.fakes.network import Fault, Network
from tests.fakes.s3 import Bucket
from tests.fakes.sshd import Sshd, make_key
from tests.fakes.sshd import why_not as why_no_sshd
from tests.fakes.website import Website

pytestmark = pytest.mark.servers

JPEG = b"\xff\xd8\xff\xe0 not quite a picture"
NAME = f"{sha256(JPEG).hexdigest()[:24]}.jpg"
SHORT = Timeouts(1, 1, 1)


@dataclass
class Place:
    """A place that works: its settings, the site that shows it, and what lies there."""

    settings: MediaHost
    out: Path
    site: Network
    lying: Callable[[], dict[str, bytes]]

    def put(self, content: bytes = JPEG, media_type: str = "image/jpeg") -> str:
        """Lay a picture."""
        shelf = open_shelf(self.settings, out=self.out.as_posix(), timeouts=SHORT)
        try:
            return shelf.put(content, media_type)
        finally:
            shelf.close()


def _files(folder: Path) -> Callable[[], dict[str, bytes]]:
    return lambda: {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def _web(out: Path) -> Iterator[Place]:
    with Website(out / "webb") as site:
        settings = MediaHost(HostKind.WEB, f"{site.url}/media")
        yield Place(settings, out, site, _files(out / "webb"))


@contextmanager
def _s3(out: Path) -> Iterator[Place]:
    with Bucket() as bucket:
        settings = MediaHost(
            HostKind.S3,
            f"{bucket.url}/{s3.BUCKET}/sociala medier".replace(" ", "%20"),
            endpoint=bucket.url,
            bucket=s3.BUCKET,
            region=s3.REGION,
            user=s3.KEY_ID,
            secret=Secret(s3.SECRET),
            folder="sociala medier",
        )

        def lying() -> dict[str, bytes]:
            return {Path(path).name: content for path, (_, content) in bucket.files.items()}

        yield Place(settings, out, bucket, lying)


@contextmanager
def _sftp(out: Path) -> Iterator[Place]:
    if why_no_sshd():
        pytest.skip(why_no_sshd())
    with Sshd() as sshd, Website(out / "www") as site:
        settings = MediaHost(
            HostKind.SFTP,
            f"{site.url}/bilder/inlägg",
            host="127.0.0.1",
            port=sshd.port,
            user=sshd.user,
            key_file=sshd.key_file,
            host_key=sshd.host_key,
            folder=(out / "www/bilder/inlägg").as_posix(),
        )
        yield Place(settings, out, site, _files(out / "www"))


@pytest.fixture(params=[_web, _s3, _sftp], ids=["web", "s3", "sftp"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with request.param(tmp_path) as made:
        yield made


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[Place]:
    with _sftp(tmp_path) as made:
        yield made


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[Place]:
    with _s3(tmp_path) as made:
        yield made


# Every way


def test_a_picture_is_laid_under_a_name_of_its_bytes_and_can_be_fetched(place: Place) -> None:
    url = place.put()
    assert url == f"{place.settings.url}/{NAME}"
    assert place.lying() == {NAME: JPEG}
    assert place.site.server.requests[-1].method == "GET"


def test_a_picture_that_is_there_is_laid_again_to_no_effect(place: Place) -> None:
    assert place.put() == place.put()
    assert place.lying() == {NAME: JPEG}


def test_two_pictures_have_two_names(place: Place) -> None:
    place.put()
    place.put(JPEG + b"2")
    assert sorted(place.lying().values()) == [JPEG, JPEG + b"2"]


@pytest.mark.parametrize("way", [_web, _sftp], ids=["web", "sftp"])
def test_half_a_picture_that_was_left_there_becomes_whole(
    way: Callable[[Path], AbstractContextManager[Place]], tmp_path: Path
) -> None:
    with way(tmp_path) as place:
        folder = Path(place.settings.folder or tmp_path / "webb/media")
        folder.mkdir(parents=True)
        (folder / NAME).write_bytes(JPEG[:5])
        (folder / f".{NAME}.part").write_bytes(b"left by a run that died, and longer than the picture")
        place.put()
        assert place.lying() == {NAME: JPEG}


def test_a_png_keeps_its_kind(place: Place) -> None:
    assert place.put(b"\x89PNG", "image/png").endswith(".png")


def test_what_is_no_picture_is_not_laid(place: Place) -> None:
    with pytest.raises(PermanentFailure):
        place.put(b"<svg>", "image/svg+xml")
    assert place.lying() == {}


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/", 404, method="GET"),
        Fault("/", 302, method="GET", headers={"Location": "http://127.0.0.1:9/"}),
        Fault("/", 200, method="GET", body=JPEG, headers={"Content-Type": "text/html"}),
        Fault(
            "/", 200, method="GET", body=JPEG, headers={"Content-Type": "image/jpeg", "Content-Length": "3"}
        ),
        Fault("/", 503, method="GET"),
    ],
    ids=["not there", "elsewhere", "a page", "another length", "broken"],
)
def test_a_picture_that_is_not_seen_as_laid_is_told_with_its_address_and_what_to_do(
    place: Place, fault: Fault
) -> None:
    place.site.server.faults.append(fault)
    with pytest.raises(TemporaryFailure) as told:
        place.put()
    assert f"{place.settings.url}/{NAME}" in str(told.value)
    assert place.put().endswith(NAME)


def test_a_site_that_does_not_answer_is_tried_again_later(place: Place) -> None:
    place.site.server.faults.append(Fault("/", method="GET"))
    with pytest.raises(TemporaryFailure):
        place.put()


def test_no_secret_is_in_a_log_or_a_failure(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = s3.SECRET
    settings = replace(place.settings, secret=Secret(secret), key_file="")
    place.site.server.faults.append(Fault("/", 500, body=secret.encode()))
    with pytest.raises((TemporaryFailure, ChannelDown)) as told:
        replace(place, settings=settings).put()
    assert secret not in caplog.text + str(told.value) + repr(settings)
    assert told.value.__cause__ is None


# The office's own web site


def test_the_archive_leaves_pictures_of_posts_alone(tmp_path: Path) -> None:
    assert media_host.FOLDER.startswith(f"{publishing.FOLDER}/")
    with _web(tmp_path) as place:
        place.put()
        with open_folder(tmp_path / publishing.FOLDER, is_own=True) as folder:
            folder.put("media/0123456789abcdef.png", b"the archive's own")
            folder.finish()
        with open_folder(tmp_path / publishing.FOLDER, is_own=True) as folder:
            folder.finish()
        assert place.lying()[NAME] == JPEG


def test_a_web_folder_that_cannot_be_written_rests_the_channel(tmp_path: Path) -> None:
    (tmp_path / "webb").write_text("a file in the way")
    shelf = open_shelf(MediaHost(HostKind.WEB, "https://leader.example/media"), out=tmp_path.as_posix())
    with pytest.raises(ChannelDown):
        shelf.put(JPEG, "image/jpeg")
    shelf.close()


# S3


def test_a_bucket_gets_the_media_type_and_no_acl(bucket: Place) -> None:
    bucket.put()
    put = bucket.site.server.requests[0]
    assert put.line == f"PUT /{s3.BUCKET}/sociala%20medier/{NAME}"
    assert (put.headers["Content-Type"], put.headers.get("x-amz-acl")) == ("image/jpeg", None)


def test_a_bucket_that_not_all_may_read_is_told(bucket: Place) -> None:
    assert isinstance(bucket.site, Bucket)
    bucket.site.open_to_all = False
    with pytest.raises(TemporaryFailure, match="bilder"):
        bucket.put()


@pytest.mark.parametrize(
    ("changes", "failure"),
    [
        ({"secret": Secret("fel")}, ChannelDown),
        ({"user": "AKIA-ANNAN"}, ChannelDown),
        ({"region": "eu-west-1"}, ChannelDown),
        ({"bucket": "annan"}, ChannelDown),
    ],
)
def test_a_bucket_that_does_not_take_our_key_rests_the_channel(
    bucket: Place, changes: dict[str, object], failure: type[Exception]
) -> None:
    settings = replace(bucket.settings, **changes)  # type: ignore[arg-type]  # any of its fields
    with pytest.raises(failure):
        replace(bucket, settings=settings).put()
    assert bucket.lying() == {}


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (Fault("/", 503), TemporaryFailure),
        (Fault("/", 429), TemporaryFailure),
        (Fault("/", 301, headers={"Location": "http://127.0.0.1:9/"}), ChannelDown),
        (Fault("/"), TemporaryFailure),
        (Fault("/", hang=True), TemporaryFailure),
    ],
)
def test_each_answer_of_a_bucket_has_one_meaning(
    bucket: Place, fault: Fault, failure: type[Exception]
) -> None:
    bucket.site.server.faults.append(fault)
    with pytest.raises(failure):
        bucket.put()


# SFTP


def test_a_server_with_another_key_is_given_nothing(sftp: Place, tmp_path: Path) -> None:
    other = replace(sftp.settings, host_key=make_key(tmp_path / "annan"))
    with pytest.raises(ChannelDown, match="host_key"):
        replace(sftp, settings=other).put()
    assert sftp.lying() == {}


def test_a_whole_line_of_known_hosts_is_understood(sftp: Place) -> None:
    line = f"[127.0.0.1]:{sftp.settings.port} {sftp.settings.host_key} kommentar"
    replace(sftp, settings=replace(sftp.settings, host_key=line)).put()
    assert sftp.lying() == {NAME: JPEG}


def test_a_wrong_password_rests_the_channel_though_an_agent_could_have_helped(
    sftp: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "hem"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh/id_ed25519").write_bytes(Path(sftp.settings.key_file).read_bytes())
    monkeypatch.setenv("HOME", home.as_posix())
    wrong = replace(sftp.settings, key_file="", secret=Secret("fel lösenord"))
    with pytest.raises(ChannelDown):
        replace(sftp, settings=wrong).put()
    assert sftp.lying() == {}


def test_a_key_with_a_password_is_opened(sftp: Place) -> None:
    own = Path(sftp.settings.key_file)
    locked = own.with_name("locked")
    line = make_key(locked, "öppna dig")
    own.with_name("own.pub").write_text(f"{line}\n")
    settings = replace(sftp.settings, key_file=locked.as_posix(), secret=Secret("öppna dig"))
    replace(sftp, settings=settings).put()
    assert sftp.lying() == {NAME: JPEG}


def test_a_folder_that_cannot_be_written_rests_the_channel(sftp: Place, tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("a file in the way")
    settings = replace(sftp.settings, folder=(tmp_path / "fil/bilder").as_posix())
    with pytest.raises(ChannelDown):
        replace(sftp, settings=settings).put()


def test_a_server_that_is_not_there_is_tried_again_later(sftp: Place) -> None:
    with pytest.raises(TemporaryFailure):
        replace(sftp, settings=replace(sftp.settings, port=9)).put()


# Settings that cannot work


SFTP = MediaHost(HostKind.SFTP, "https://leader.example", host="leader.example", user="u", secret=Secret("x"))
S3 = MediaHost(HostKind.S3, "https://bilder.example", endpoint="https://s3.example", secret=Secret("x"))


@pytest.mark.parametrize(
    "settings",
    [
        MediaHost(HostKind.WEB, ""),
        SFTP,
        replace(SFTP, host_key="ssh-ed25519 inte-en-nyckel"),
        replace(SFTP, host_key="ssh-ed25519 AAAA"),
        replace(S3, endpoint="http://s3.example"),
        replace(S3, secret=Secret("")),
    ],
    ids=["no address", "no host key", "no key", "half a key", "unprotected", "no secret"],
)
def test_settings_that_cannot_work_are_told_when_the_channel_is_opened(settings: MediaHost) -> None:
    with pytest.raises(ConfigError):
        open_shelf(settings, out="out")


@pytest.mark.parametrize("key_file", ["", "finns-inte"])
def test_a_key_that_is_not_there_is_told_when_the_channel_is_opened(key_file: str, tmp_path: Path) -> None:
    if why_no_sshd():
        pytest.skip(why_no_sshd())
    settings = replace(SFTP, secret=Secret(""), key_file=key_file, host_key=make_key(tmp_path / "k"))
    with pytest.raises(ConfigError):
        open_shelf(settings, out="out")
