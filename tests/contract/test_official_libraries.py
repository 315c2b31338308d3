"""What we ask of Facebook and LinkedIn is what their own libraries ask; where it is not, that is on purpose.

The libraries are driven against the fakes. Facebook's puts the key in the address, which the fake refuses and
we do not do, so of its calls only the shape is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import linkedin_api.common.constants as linkedin_constants  # type: ignore[import-untyped]  # no types
import pytest
from facebook_business.adobjects.page import Page  # type: ignore[import-untyped]  # it ships no types
from facebook_business.adobjects.pagepost import PagePost  # type: ignore[import-untyped]  # the same
from facebook_business.api import FacebookAdsApi  # type: ignore[import-untyped]  # the same
from facebook_business.exceptions import FacebookRequestError  # type: ignore[import-untyped]  # the same
from facebook_business.session import FacebookSession  # type: ignore[import-untyped]  # the same
from linkedin_api.clients.restli.client import RestliClient  # type: ignore[import-untyped]  # the same

from comms.channels import facebook, linkedin
from comms.channels.linkedin_post import payload
from comms.channels.meta import proof
from comms.errors import ChannelError
from comms.model.ledger import Publication
from comms.model.network import Part, PartKind, Segment, SegmentKind
from comms.model.settings import Secret
from tests.fakes.examples import NOW, publication
from tests.fakes.facebook import PAGE, SECRET, TOKEN, Facebook
from tests.fakes.linkedin import AUTHOR, ORGANIZATION, LinkedIn
from tests.fakes.linkedin import TOKEN as LINKEDIN_TOKEN
from tests.fakes.network import Request

pytestmark = pytest.mark.servers

AT = NOW + timedelta(hours=1)
AHEAD = timedelta(hours=2)

Shape = tuple[str, str, frozenset[str]]
"""Method, path, and the names of parameters."""


def comment(below: str) -> Publication:
    plain = publication()
    part = Part(PartKind.COMMENT, (Segment(SegmentKind.TEXT, "Hej"),), 3)
    return replace(plain, post=replace(plain.post, more=(part,)), part=1, root=below, parent=below)


# Facebook


@pytest.fixture
def graph() -> Iterator[Facebook]:
    with Facebook() as server:
        server.now = lambda: NOW
        yield server


def api(url: str) -> FacebookAdsApi:
    session = FacebookSession("1", SECRET, TOKEN)
    session.GRAPH = url
    return FacebookAdsApi(session)


def shape(request: Request) -> Shape:
    """Without what differs on purpose.

    Keys are in a header, not in the address. Pictures are listed by number, as Meta's own pages list them;
    the file has no name in the library. It asks for a summary of each list, which nobody needs.
    """
    given = request.form if request.method == "POST" else request.query
    names = {name.partition("[")[0] for name in given}
    on_purpose = {"access_token", "appsecret_proof", "source", "summary"}
    return request.method, request.path.rstrip("/"), frozenset(names - on_purpose)


def theirs(graph: Facebook, ask: Callable[[FacebookAdsApi], object]) -> Shape:
    before = len(graph.server.requests)
    with pytest.raises(FacebookRequestError):
        ask(api(graph.url))
    return shape(graph.server.requests[before])


def ours(graph: Facebook, what: Publication, ahead: timedelta = timedelta(0)) -> list[Shape]:
    before = len(graph.server.requests)
    account = facebook.Account(PAGE, Secret(TOKEN), Secret(""), graph.url, ahead)
    channel = facebook.FacebookChannel("facebook", account, lambda: NOW)
    try:
        channel.deliver(what, point_of_no_return=lambda: None)
        channel.find(what)
    except ChannelError as error:
        pytest.fail(str(error))
    finally:
        channel.close()
    return [shape(request) for request in graph.server.requests[before:]]


def test_the_proof_of_the_apps_secret_is_facebooks_own() -> None:
    session = FacebookSession("1", SECRET, TOKEN)
    assert proof(Secret(SECRET), Secret(TOKEN)) == session.requests.params["appsecret_proof"]


def test_the_version_of_graph_is_that_of_facebooks_own_library() -> None:
    assert facebook.API.name == FacebookAdsApi.API_VERSION


def test_facebook_is_asked_as_its_own_library_asks(graph: Facebook) -> None:
    when = {"published": False, "unpublished_content_type": "SCHEDULED", "scheduled_publish_time": 1}
    picture = {"published": False, "temporary": True, "alt_text_custom": "Brygga"}
    media = {"message": "Hej", "attached_media": [{"media_fbid": "500"}], **when}
    look = ["id", "message"]
    sent = [
        *ours(graph, publication()),
        *ours(graph, replace(publication("Annat", pictures=1), publish_at=AT), AHEAD),
        *ours(graph, comment(f"{PAGE}_9000")),
    ]
    asked: list[Callable[[FacebookAdsApi], object]] = [
        lambda api: Page(PAGE, api=api).create_feed(params={"message": "Hej", "link": "https://x.example"}),
        lambda api: Page(PAGE, api=api).create_photo(params=picture),
        lambda api: Page(PAGE, api=api).create_feed(params=media),
        lambda api: Page(PAGE, api=api).get_scheduled_posts(look, {"limit": 100}),
        lambda api: Page(PAGE, api=api).get_published_posts(look, {"limit": 100, "since": 1}),
        lambda api: PagePost(f"{PAGE}_9000", api=api).create_comment(params={"message": "Hej"}),
        lambda api: PagePost(f"{PAGE}_9000", api=api).get_comments(look, {"limit": 100}),
        lambda api: PagePost(f"{PAGE}_9000", api=api).api_get(["permalink_url"]),
    ]
    assert [each for each in (theirs(graph, ask) for ask in asked) if each not in sent] == []


def test_every_parameter_is_one_that_facebooks_own_library_knows(graph: Facebook) -> None:
    page, below = Page(PAGE, api=api(graph.url)), PagePost(f"{PAGE}_9000", api=api(graph.url))
    known: dict[str, Any] = {
        "feed": page.create_feed(pending=True),
        "photos": page.create_photo(pending=True),
        "comments": below.create_comment(pending=True),
    }
    sent = ours(graph, publication()) + ours(graph, comment(f"{PAGE}_9000"))
    sent += ours(graph, replace(publication("Annat", pictures=1), publish_at=AT), AHEAD)
    asked = {
        (path.rpartition("/")[2], name) for method, path, names in sent if method == "POST" for name in names
    }
    assert {edge for edge, _ in asked} == set(known)
    # The library's table of names and types is not public.
    assert [each for each in asked if not known[each[0]]._param_checker.get_type(each[1])] == []  # noqa: SLF001 - above


# LinkedIn

NOT_COMPARED = frozenset({"host", "user-agent", "accept", "accept-encoding", "connection", "content-length"})
URN = "urn:li:share:9000"


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[LinkedIn]:
    with LinkedIn() as server:
        server.now = lambda: NOW
        monkeypatch.setattr(linkedin_constants, "VERSIONED_BASE_URL", f"{server.url}/rest")
        yield server


def headers(request: Request) -> dict[str, str]:
    """Without what names a program or a connection.

    The library says the kind of each call (X-RestLi-Method), and that a body is JSON where there is none. We
    say the kind where LinkedIn's pages ask for it, of the finder.
    """
    told = {name.lower(): value for name, value in request.headers.items()}
    kept = {name: value for name, value in told.items() if name not in NOT_COMPARED}
    if kept.get("x-restli-method") != "FINDER":
        kept.pop("x-restli-method", None)
    if request.method == "GET":
        kept.pop("content-type", None)
    return kept


def asked(request: Request) -> tuple[str, str, dict[str, str], dict[str, str], object]:
    """Method, path as it is encoded, query, headers and body."""
    path = request.target.partition("?")[0]
    return request.method, path, request.query, headers(request), request.json if request.body else None


def test_linkedin_is_asked_as_its_own_library_asks(network: LinkedIn) -> None:
    account = linkedin.Account(ORGANIZATION, Secret(LINKEDIN_TOKEN), network.url)
    channel = linkedin.LinkedInChannel("linkedin", account, sleep=lambda _: None, now=lambda: NOW)
    below = comment(URN)
    for what in (publication(pictures=1), below):
        channel.deliver(what, point_of_no_return=lambda: None)
        channel.find(what)
    channel.close()
    sent = [asked(request) for request in network.server.requests if request.method != "PUT"]
    bodies = {path: body for method, path, _, _, body in sent if method == "POST"}
    network.server.requests.clear()
    client, plain = RestliClient(), {"access_token": LINKEDIN_TOKEN, "version_string": linkedin.API.name}
    client.action(
        resource_path="/images",
        action_name="initializeUpload",
        action_params={"initializeUploadRequest": {"owner": AUTHOR}},
        **plain,
    )
    client.get(resource_path="/images/{id}", path_keys={"id": "urn:li:image:700"}, **plain)
    client.create(resource_path="/posts", entity=bodies["/rest/posts"], **plain)
    comments = {"resource_path": "/socialActions/{id}/comments", "path_keys": {"id": URN}, **plain}
    encoded = "/rest/socialActions/urn%3Ali%3Ashare%3A9000/comments"
    client.create(entity=bodies[encoded], **comments)
    query = {"author": AUTHOR, "count": 100, "sortBy": "LAST_MODIFIED"}
    client.finder(resource_path="/posts", finder_name="author", query_params=query, **plain)
    client.get_all(query_params={"count": 100}, **comments)
    assert [each for each in map(asked, network.server.requests) if each not in sent] == []
    assert [request.line.split("?")[0] for request in network.server.requests][-1] == f"GET {encoded}"


def test_linkedins_own_library_reads_the_name_of_what_was_made(network: LinkedIn) -> None:
    made = RestliClient().create(
        resource_path="/posts",
        entity=payload(publication(), {}, AUTHOR),
        access_token=LINKEDIN_TOKEN,
        version_string=linkedin.API.name,
    )
    assert (made.status_code, made.entity_id) == (201, network.made[0]["id"])
