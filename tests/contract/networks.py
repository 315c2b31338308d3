"""The networks as the contract suite meets them: each a fake, how its channel is opened, what its calls are.

A new network joins by a `Site` in `SITES`; nothing in the suite names one.
"""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from comms.channels import bluesky, facebook, instagram, linkedin, mastodon, threads
from comms.channels.base import Memory, Passing
from comms.channels.bluesky_session import Account as BlueskyAccount
from comms.channels.dialect import Account as ContainerAccount
from comms.channels.dialect import Surroundings
from comms.channels.instance import keep_limits
from comms.channels.media_host import open_shelf
from comms.channels.meta import proof
from comms.channels.posting import Poster
from comms.channels.web import Timeouts
from comms.model.ledger import Publication
from comms.model.network import Network, Segment, SegmentKind
from comms.model.settings import HostKind, MediaHost, Secret
from comms.text.networks import NETWORKS
from tests.fakes import bluesky as fake_bluesky
from tests.fakes import containers, network
from tests.fakes import facebook as fake_facebook
from tests.fakes import linkedin as fake_linkedin
from tests.fakes import mastodon as fake_mastodon
from tests.fakes.examples import NOW, PICTURE, publication
from tests.fakes.instagram import Instagram
from tests.fakes.threads import Threads
from tests.fakes.website import Website

JPEG = b"\xff\xd8\xff\xe0 not quite a picture"
QUICK = Timeouts(5, 1, 1)
PATIENT = Timeouts(5, 10, 10)


@dataclass(frozen=True)
class Way:
    """What a channel is made of: the API's address, how long it waits, what it remembers, our clock.

    Networks that fetch their pictures have them from `web`, which shows what is laid in `folder`.
    """

    url: str
    timeouts: Timeouts
    memory: Memory
    folder: Path
    web: str
    now: Callable[[], datetime]

    @property
    def around(self) -> Surroundings:
        """What channels with containers stand in."""
        shelf = open_shelf(MediaHost(HostKind.WEB, f"{self.web}/media"), out=self.folder.as_posix())
        return Surroundings(shelf, self.memory, lambda _: None, self.now)


@dataclass(frozen=True)
class Site:
    """One network. `publish` and `prepare` are the patterns of two calls: see `tests.fakes.network.Fault`.

    `media_type` and `picture` are what it takes, `least` is how many of them a post must have; `secrets` are
    what must show nowhere, `proof` may stand in a query and nowhere else; `fetches`: it has pictures from the
    web.
    """

    slug: str
    fake: Callable[[], network.Network]
    open: Callable[[Way], Poster[Any]]
    publish: str
    prepare: str
    secrets: tuple[str, ...]
    proof: str = ""
    media_type: str = "image/png"
    picture: bytes = PICTURE
    least: int = 0
    fetches: bool = False

    @property
    def unshown(self) -> tuple[str, ...]:
        """What must be in no log, failure or channel."""
        return (*self.secrets, self.proof) if self.proof else self.secrets

    @property
    def network(self) -> Network:
        """What it can carry."""
        return NETWORKS[self.slug]

    def post(self, text: str = "Ny brygga i Åsebyn", pictures: int = 0) -> Publication:
        """A post with a link, and so many pictures, or as many as there must be."""
        made = publication(text, max(pictures, self.least), self.slug)
        digest = sha256(self.picture).hexdigest()
        media = tuple(replace(one, media_type=self.media_type, sha256=digest) for one in made.post.media)
        post = replace(made.post, media=media, network=self.slug)
        return replace(made, post=post, pictures=(self.picture,) * len(media))

    def saying(self, *segments: Segment) -> Publication:
        """A post of exactly these segments."""
        made = self.post()
        return replace(made, post=replace(made.post, segments=segments))

    def words(self, text: str) -> Publication:
        """A post of nothing but words."""
        return self.saying(Segment(SegmentKind.TEXT, text))


@dataclass
class Meeting:
    """A site that is up. `opened` makes a channel to it, each with what the earlier ones remember."""

    site: Site
    fake: network.Network
    memory: Memory
    folder: Path
    web: str

    def opened(
        self, timeouts: Timeouts = PATIENT, url: str = "", now: Callable[[], datetime] = lambda: NOW
    ) -> Poster[Any]:
        """A channel to the fake, or to another address; `now` is our clock."""
        return self.site.open(Way(url or self.fake.url, timeouts, self.memory, self.folder, self.web, now))

    def fails(self, *faults: network.Fault) -> None:
        """What shall go wrong from now on."""
        self.fake.server.faults.extend(faults)

    def publishings(self) -> int:
        """How many times it was asked to publish."""
        asked = (request.target for request in self.fake.server.requests if request.method == "POST")
        return sum(re.match(self.site.publish, target) is not None for target in asked)

    def published(self) -> Sequence[network.Published]:
        """What stands on the network."""
        return self.fake.posts()


@contextmanager
def meeting(site: Site, folder: Path, tls: ssl.SSLContext | None = None) -> Iterator[Meeting]:
    """A site that is up while it lasts."""
    fake = site.fake()
    if tls is not None:
        fake.protect(tls)
    with ExitStack() as up:
        up.enter_context(fake)
        web = up.enter_context(Website(folder / "webb")).url if site.fetches else ""
        yield Meeting(site, fake, Passing(), folder, web)


def unproven(folder: Path) -> ssl.SSLContext:
    """A certificate that nobody vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl program to make a certificate: apt-get install openssl")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x"]
    command += ["-keyout", "x.key", "-out", "x.pem", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "x.pem", folder / "x.key")
    return context


def _mastodon(way: Way) -> Poster[Any]:
    keep_limits(way.memory, {}, NOW)
    account = mastodon.Account(way.url, Secret(fake_mastodon.TOKEN), way.timeouts, poll_every=0)
    return mastodon.MastodonChannel("mastodon", account, way.memory, now=way.now)


def _bluesky(way: Way) -> Poster[Any]:
    account = BlueskyAccount(way.url, fake_bluesky.HANDLE, Secret(fake_bluesky.PASSWORD), way.timeouts)
    return bluesky.BlueskyChannel("bluesky", account, way.memory)


def _facebook(way: Way) -> Poster[Any]:
    key, secret = Secret(fake_facebook.TOKEN), Secret(fake_facebook.SECRET)
    account = facebook.Account(fake_facebook.PAGE, key, secret, way.url, timeouts=way.timeouts)
    return facebook.FacebookChannel("facebook", account, way.now)


def _instagram(way: Way) -> Poster[Any]:
    return instagram.InstagramChannel("instagram", _container(way, instagram.API.name), way.around)


def _threads(way: Way) -> Poster[Any]:
    return threads.ThreadsChannel("threads", _container(way, threads.VERSION), way.around)


def _container(way: Way, version: str) -> ContainerAccount:
    key, secret = Secret(containers.TOKEN), Secret(fake_facebook.SECRET)
    return ContainerAccount(f"{way.url}/{version}", containers.ACCOUNT, key, secret, way.timeouts)


def _linkedin(way: Way) -> Poster[Any]:
    key = Secret(fake_linkedin.TOKEN)
    account = linkedin.Account(fake_linkedin.ORGANIZATION, key, way.url, way.timeouts)
    return linkedin.LinkedInChannel("linkedin", account, sleep=lambda _: None, now=way.now)


def _facebook_now() -> network.Network:
    made = fake_facebook.Facebook()
    made.now = _clock
    return made


def _linkedin_now() -> network.Network:
    made = fake_linkedin.LinkedIn()
    made.now = _clock
    return made


def _clock() -> datetime:
    return NOW + timedelta(seconds=5)


SITES = (
    Site(
        "mastodon",
        fake_mastodon.Mastodon,
        _mastodon,
        publish="/api/v1/statuses",
        prepare="/api/v2/media",
        secrets=(fake_mastodon.TOKEN,),
    ),
    Site(
        "bluesky",
        fake_bluesky.Bluesky,
        _bluesky,
        publish="/xrpc/com.atproto.repo.putRecord",
        prepare="/xrpc/com.atproto.repo.uploadBlob",
        secrets=(fake_bluesky.PASSWORD, "access-0", "renewal-0"),
    ),
    Site(
        "facebook",
        _facebook_now,
        _facebook,
        publish=f"/{fake_facebook.VERSION}/{fake_facebook.PAGE}/feed",
        prepare=f"/{fake_facebook.VERSION}/{fake_facebook.PAGE}/photos",
        secrets=(fake_facebook.TOKEN, fake_facebook.SECRET),
        proof=proof(Secret(fake_facebook.SECRET), Secret(fake_facebook.TOKEN)),
    ),
    Site(
        "instagram",
        Instagram,
        _instagram,
        publish=f"/{Instagram.version}/{containers.ACCOUNT}/media_publish",
        prepare=f"/{Instagram.version}/{containers.ACCOUNT}/media$",
        secrets=(containers.TOKEN, fake_facebook.SECRET),
        proof=proof(Secret(fake_facebook.SECRET), Secret(containers.TOKEN)),
        media_type="image/jpeg",
        picture=JPEG,
        least=1,
        fetches=True,
    ),
    Site(
        "threads",
        Threads,
        _threads,
        publish=f"/{Threads.version}/{containers.ACCOUNT}/threads_publish",
        prepare=f"/{Threads.version}/{containers.ACCOUNT}/threads$",
        secrets=(containers.TOKEN, fake_facebook.SECRET),
        proof=proof(Secret(fake_facebook.SECRET), Secret(containers.TOKEN)),
        media_type="image/jpeg",
        picture=JPEG,
        fetches=True,
    ),
    Site(
        "linkedin",
        _linkedin_now,
        _linkedin,
        publish="/rest/posts$",
        prepare=r"/rest/images\?action=initializeUpload",
        secrets=(fake_linkedin.TOKEN,),
    ),
)
