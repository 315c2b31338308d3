"""Visitors at a set pace: each request has its time, whatever became of those before it.

How long an answer took is counted from the time that its request was to be made, so that a server which
stands still is seen in every request that had to wait (”coordinated omission”: Gil Tene, HdrHistogram).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection, HTTPException

PATIENCE = 20
"""Seconds after which an answer does not come."""

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: how many seconds from the beginning, of what kind (whose threads make it), and what it is.

    With a `body` it is a form that is sent. `caller` is who the proxy says that it is.
    """

    at: float
    kind: str
    path: str
    body: bytes = b""
    caller: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status (0 when none came, with why), the hash of its body, seconds since its time."""

    ask: Ask
    status: int
    digest: str
    took: float
    why: str = ""


def ask_all(asks: Iterable[Ask], port: int, threads: Mapping[str, int]) -> list[Answer]:
    """Make each request at its time, by as many threads for each kind, each on a connection that it keeps."""
    began = time.monotonic() + 0.1
    by_kind: dict[str, list[Ask]] = {kind: [] for kind in threads}
    for ask in asks:
        by_kind[ask.kind].append(ask)
    answers: list[Answer] = []
    visitors = [
        threading.Thread(target=_visit, args=(turns, port, began, answers), daemon=True)
        for kind, count in threads.items()
        for turns in [_Turns(by_kind[kind])]
        for _ in range(count)
    ]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return answers


def percentiles(seconds: Sequence[float]) -> str:
    """The median and the worst, in milliseconds."""
    rows = sorted(seconds)
    if not rows:
        return "none"
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return ", ".join(
        f"{name} {1000 * rows[min(int(share * len(rows)), len(rows) - 1)]:.0f}"
        for name, share in shares.items()
    )


class _Turns:
    """Requests in their order, for threads that share them."""

    def __init__(self, asks: Sequence[Ask]) -> None:
        self._asks: Iterator[Ask] = iter(sorted(asks, key=lambda ask: ask.at))
        self._lock = threading.Lock()

    def take(self) -> Ask | None:
        with self._lock:
            return next(self._asks, None)


def _visit(turns: _Turns, port: int, began: float, answers: list[Answer]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    while ask := turns.take():
        due = began + ask.at
        time.sleep(max(0.0, due - time.monotonic()))
        status, digest, why = 0, "", ""
        try:
            status, body = _made(connection, ask)
            digest = sha256(body).hexdigest()
        except (OSError, HTTPException) as failed:
            why = f"{type(failed).__name__} {failed}".strip()
            connection.close()
        answers.append(Answer(ask, status, digest, time.monotonic() - due, why))
    connection.close()


def _made(connection: HTTPConnection, ask: Ask) -> tuple[int, bytes]:
    headers = {"X-Forwarded-For": ask.caller} if ask.caller else {}
    if ask.body:
        connection.request("POST", ask.path, ask.body, {**headers, "Content-Type": _FORM})
    else:
        connection.request("GET", ask.path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()
