"""An environment that is the tests' own, with a key to the pages."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.unit.web.places import KEY


@pytest.fixture(autouse=True, scope="module")
def _own_environment() -> Iterator[None]:
    """No setting of the developer's, and the key that pages cannot be without."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("COMMS_"):
                patch.delenv(name)
        patch.setenv("COMMS_WEB__KEYS", KEY)
        yield
