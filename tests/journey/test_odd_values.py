"""Whatever stands in front matter, one item's odd values stop that item and no command."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comms.app.checking import over_issues
from comms.app.house import open_house
from comms.app.planning import HORIZON, make_plan
from comms.model.plan import LedgerFacts
from tests.journey.workspaces import POST, WEEK_BEFORE, Office, small

pytestmark = pytest.mark.no_cover

_SCALARS = st.one_of(
    st.sampled_from([
        "", " ", "\u00a0", "\u200b", "\t", "\n", "ja", "nej", "no", "true", "0", "-1", "9" * 20,
        "2026-11-20", "0001-01-01", "9999-12-31", "0001-01-01 00:00", "9999-12-31 23:59", "2026-03-29 02:30",
        "..", "/", "/etc/passwd", "pictures", "pictures/bryggan.png", "p" * 300, "\\", "a" * 5000, "Ella Ek",
        "tolv", "2014", "12", "mastodon", "brevet", "offices", "eda", "call", "front", "work", "s", "-", "”",
        "1e9", "\ud800",
    ]),
    st.text(max_size=8),
)  # fmt: skip
_VALUES = st.recursive(
    st.one_of(st.none(), _SCALARS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_SCALARS, inner, max_size=3)),
    max_leaves=4,
)


def _mapping(*keys: str, **known: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.fixed_dictionaries({}, optional={**dict.fromkeys(keys, _VALUES), **known})


_CONSENT = _mapping("basis", "date", "scope", "expires", "guardian", "withdrawn_on")
_ROWS: dict[str, st.SearchStrategy[object]] = {
    "people": st.lists(
        _mapping(
            "role", "organisation", "pronoun", "gender", "municipality", "sector", "quoted", "speaker",
            name=_SCALARS, facts=st.dictionaries(st.sampled_from(["ålder", "född", "barn"]), _SCALARS),
        ),
        max_size=3,
    ),
    "images": st.lists(
        _mapping(
            "alt", "caption", "photographer", "stock", "setting", "activity", "angle", "placement",
            "taken_on", "last_reviewed",
            file=st.one_of(st.just("pictures/bryggan.png"), _SCALARS),
            people=st.one_of(_VALUES, st.lists(_SCALARS, max_size=3)),
            consent=st.one_of(_VALUES, _CONSENT),
        ),
        max_size=3,
    ),
    "project": _mapping("name", "applicant", "support_sek", "eu_funded", "period", "aim", "poster"),
    "event": _mapping("start", "end", "place", "access", "online"),
    "call": _mapping("opens", "closes", "total_sek", "who", "objective"),
    "publish": _mapping("from", "until"),
    "posts": _mapping(mastodon=_mapping("text", "at")),
    "leads": _mapping("offices"),
}  # fmt: skip
_PLAIN = ("title", "kind", "focus", "goals", "activities", "municipalities", "audiences", "date", "language",
          "link", "summary")  # fmt: skip
_ALL = {**dict.fromkeys(_PLAIN, _VALUES), **{key: st.one_of(rows, _VALUES) for key, rows in _ROWS.items()}}
_FRONT = st.one_of(
    *(st.fixed_dictionaries({key: values}) for key, values in _ALL.items()),
    *(st.fixed_dictionaries({key: rows}) for key, rows in _ROWS.items()),
    st.fixed_dictionaries({}, optional=_ALL),
)
"""One key that is odd, for then the rest is read to the end; or all at once."""
_NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
_GOOD = {
    "title": "En udda nyhet",
    "kind": "office",
    "focus": ["stark-och-stolt-bygd"],
    "audiences": ["offices"],
    "date": "2026-11-20",
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A small workspace in which one item is written over and over."""
    return small(tmp_path_factory.mktemp("odd"))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_FRONT)
def test_no_value_of_any_key_stops_what_reads_judges_and_plans(
    shared: Office, front: dict[str, object]
) -> None:
    shared.write("content/items/udda.md", _written({**_GOOD, **front}))

    house = open_house(shared.folder)

    assert {"bryggan", "udda"} <= set(house.workspace.items) | set(house.workspace.broken)
    assert "bryggan" in house.workspace.items
    make_plan(house, LedgerFacts(), _NOW, _NOW + HORIZON)
    over_issues(house, _NOW)


def _written(front: dict[str, object]) -> str:
    """Front matter in JSON, which YAML reads."""
    rows = [f"{key}: {json.dumps(value, ensure_ascii=True)}\n" for key, value in front.items()]
    return "".join(["---\n", *rows, "---\nHär är en udda nyhet om Ella Ek.\n"])


@pytest.mark.parametrize("name", ['""', '" "', '"\\u200b"', "~"])
def test_a_blank_name_is_told_on_its_line_and_stops_nothing_else(office: Office, name: str) -> None:
    office.approve(POST)
    office.write_item("utan-namn", since="2026-12-20", more=f"people:\n  - name: {name}\n")

    checked = office.comms("check", now=WEEK_BEFORE)
    told = office.comms("tick", now="2026-12-03T12:01")

    assert "content/items/utan-namn.md:14:" in checked.said
    assert "C113" in checked.said
    assert told.code == 0
    assert office.posts() == [POST]
