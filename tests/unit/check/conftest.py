"""Settings as small as they can be."""

from __future__ import annotations

import pytest

from comms.model.settings import Brand, Sender, Settings


@pytest.fixture
def settings() -> Settings:
    """An organisation with a name."""
    brand = Brand("Leader Provbygden", "", "", "", "", "", "", "", {})
    sender = Sender("Leader Provbygden", "brev@leader.example", "", "Box 1, 123 45 Provbygden")
    return Settings(
        name="Leader Provbygden",
        language="sv",
        timezone="Europe/Stockholm",
        base_url="https://leader.example",
        database_url="sqlite://",
        out="out",
        officer="info@leader.example",
        sender=sender,
        brand=brand,
        channels={},
        newsletters={},
        eu_statement="Medfinansieras av Europeiska unionen",
        parts={},
        lines={},
    )
