"""The pages' log in JSON: a line for each page, with no token and no address in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from comms.web.log import LOG, log_to


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The log, which only this test reads; as it was before when it is over."""
    before, LOG.handlers = LOG.handlers, []
    level, passes_on = LOG.level, LOG.propagate
    out = io.StringIO()
    log_to(out, as_json=True)
    yield out
    LOG.handlers, LOG.propagate = before, passes_on
    LOG.setLevel(level)


def test_a_page_is_an_event_with_its_fields(stream: io.StringIO) -> None:
    fields = {"method": "GET", "path": "/u/***", "status": 200, "ms": 12, "number": "0a1b"}
    LOG.info("GET /u/*** 200 12 ms 0a1b", extra={"fields": fields})
    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"]) == ("web.page", "info")
    assert fields.items() <= line.items()


def test_what_goes_wrong_is_told_whole_on_one_line_without_an_address(stream: io.StringIO) -> None:
    try:
        int("anna.ek@arvika.example")
    except ValueError as error:
        LOG.log(logging.ERROR, "mailer: %s", error, exc_info=error)
    assert len(stream.getvalue().splitlines()) == 1
    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"]) == ("web", "error")
    assert "ValueError" in line["trace"]
    assert "anna.ek" not in stream.getvalue()
