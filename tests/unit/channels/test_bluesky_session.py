"""Where a session's key may be sent, whatever the server that one logs in at says of it."""

from __future__ import annotations

import pytest

from comms.channels.base import Passing
from comms.channels.bluesky_session import Account, Sessions
from comms.channels.web import Answer, Web
from comms.model.settings import Secret

OUT_THERE = "https://login.example"
HERE = "http://127.0.0.1:2583"


class Naming(Web):
    """Lets everybody in, and says that the account's records are at some address."""

    def __init__(self, address: str, named: str) -> None:
        """Remember what it says."""
        super().__init__("Bluesky", address)
        self.named = named

    def call(self, method: str, path: str, **_: object) -> Answer:
        """The session."""
        del method, path
        services = [{"id": "#atproto_pds", "serviceEndpoint": self.named}]
        session = {"did": "did:plc:abc", "handle": "leader.example", "accessJwt": "a", "refreshJwt": "r"}
        return Answer(200, {}, {**session, "didDoc": {"service": services}})


@pytest.mark.parametrize(
    ("address", "named", "server"),
    [
        (OUT_THERE, "https://pds.example", "https://pds.example"),
        (OUT_THERE, HERE, OUT_THERE),
        (OUT_THERE, "http://localhost:2583", OUT_THERE),
        (OUT_THERE, "https://[::1]:2583", OUT_THERE),
        (OUT_THERE, "http://pds.example", OUT_THERE),
        (HERE, "http://127.0.0.1:2584", "http://127.0.0.1:2584"),
        (HERE, "https://pds.example", "https://pds.example"),
    ],
)
def test_a_server_out_there_cannot_have_the_key_sent_to_this_machine(
    address: str, named: str, server: str
) -> None:
    account = Account(address, "leader.example", Secret("losenord"))
    sessions = Sessions("bluesky", account, Naming(address, named), Passing())
    assert sessions.current().server == server
