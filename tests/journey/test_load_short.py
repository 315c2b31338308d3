"""Letters and visitors at once, for a few seconds: nothing is lost. `make load` is the same for a minute."""

from __future__ import annotations

import pytest

from bench.load import Scene, run
from tests.journey.workspaces import ISSUE, ITEM, SLOT, Office

pytestmark = [pytest.mark.servers, pytest.mark.slow]

SMALL = Scene("brevet", "offices", ("eda",), "", "", ISSUE, SLOT)


def test_an_issue_goes_out_while_pages_are_read_and_people_sign_up_and_nothing_is_lost(
    office: Office,
) -> None:
    office.change(ITEM, "audiences: [offices]", "audiences: [offices, public]")
    office.change(
        "audiences.yaml",
        "municipalities:",
        "  public: {title: Allmänhet, reason: Ni läser.}\nmunicipalities:",
    )

    outcome = run(office, SMALL, seconds=3, spare=0)

    assert outcome.wrong == []
    assert "errors: 0" in outcome.told
