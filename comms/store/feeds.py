"""Rows of feeds and of what they have proposed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select, update

from comms.errors import Text
from comms.model.feed import (
    FeedEntry,
    FeedStanding,
    FeedState,
    Proposal,
    ProposalState,
    Suggestion,
)
from comms.store import upsert
from comms.store.schema import feeds, proposals

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping
    from sqlalchemy.sql.elements import ColumnElement

    from comms.store.database import Database

_NOTHING = FeedEntry("", "", "", "", "", None, "", "")
_UNSAID = Suggestion()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be new, with the keys that it is known by (comms/text/feed_keys.py).

    `near`: the proposal of another feed that has nearly the same title, 0 for none.
    """

    entry: FeedEntry
    identity: str
    link_key: str
    title_key: str
    suggestion: Suggestion = _UNSAID
    near: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows know of some candidates: identities of their own feed, links and contents of all."""

    identities: frozenset[str]
    by_key: Mapping[str, tuple[tuple[int, str], ...]]

    def of(self, feed: str, one: Candidate) -> tuple[bool, int]:
        """Whether the feed itself has said it before, and the proposal of another that says it (0: none)."""
        rows = [row for key in (one.link_key, one.entry.sha256) if key for row in self.by_key.get(key, ())]
        again = one.identity in self.identities or any(of == feed for _, of in rows)
        return again, min((number for number, of in rows if of != feed), default=0)


class Feeds:
    """Every method is one transaction and raises StoreError when the database fails."""

    def __init__(self, database: Database) -> None:
        """Stand in front of an open database."""
        self._database = database

    def standings(self, given: Mapping[str, str]) -> dict[str, FeedStanding]:
        """How it goes with each feed. `given`: address in comms.yaml by slug; another one is another feed."""
        with self._database.reading() as connection:
            rows = {row["slug"]: row for row in connection.execute(select(feeds)).mappings()}
        return {
            slug: _standing(rows[slug])
            if slug in rows and rows[slug]["given"] == url
            else FeedStanding(slug, url)
            for slug, url in given.items()
        }

    def keep(self, given: str, standing: FeedStanding) -> None:
        """Remember how it goes with a feed, whose address in comms.yaml is `given`.

        One that a person has stopped since it was asked stays stopped: only `decide` starts it.
        """
        with self._database.writing() as connection:
            _keep(connection, given, standing)

    def decide(self, given: str, standing: FeedStanding) -> None:
        """Remember what a person has said of a feed: whether it is asked, whatever it was before."""
        with self._database.writing() as connection:
            _keep(connection, given, standing, is_said=True)

    def is_still(self, given: str, standing: FeedStanding) -> bool:
        """Whether a feed stands as it did: nobody else has asked, stopped or started it since."""
        wanted = select(feeds).where(feeds.c.slug == standing.slug, feeds.c.given == given)
        with self._database.reading() as connection:
            row = connection.execute(wanted).mappings().first()
        return (_standing(row) if row else FeedStanding(standing.slug, given)) == standing

    def unknown(self, feed: str, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Those that the feed has not said before, by identity, link or content."""
        with self._database.reading() as connection:
            known = _known(connection, feed, candidates)
        return [one for one in candidates if not known.of(feed, one)[0]]

    def take_in(
        self,
        given: str,
        standing: FeedStanding,
        new: Sequence[Candidate],
        seen: Sequence[Candidate],
        now: datetime,
    ) -> dict[str, int]:
        """Propose what is new, and remember what is only `seen`, without its words; and how the feed stands.

        What another feed has said before, by link, content or nearly the same title, is kept under that one.
        Gives the id of each that is proposed, by its identity. What is there already changes nothing.
        """
        feed = standing.slug
        proposed: dict[str, int] = {}
        with self._database.writing() as connection:
            _keep(connection, given, standing)
            known = _known(connection, feed, [*new, *seen])
            for one in reversed(new):  # so that ids go the way of time
                again, elsewhere = known.of(feed, one)
                first = _first(connection, elsewhere or one.near)
                number = 0 if again else _add(connection, _row(feed, one, now, first))
                if number and not first:
                    proposed[one.identity] = number
            for one in seen:
                if not known.of(feed, one)[0]:
                    _add(connection, _seen_row(feed, one, now))
        return proposed

    def has_said(self, feed: str) -> bool:
        """Whether anything of a feed has been seen before."""
        wanted = select(proposals.c.id).where(proposals.c.feed == feed).limit(1)
        with self._database.reading() as connection:
            return connection.execute(wanted).first() is not None

    def titles(self, since: datetime) -> list[tuple[int, str, str]]:
        """Id, feed and title's key of what was proposed since then."""
        wanted = select(proposals.c.id, proposals.c.feed, proposals.c.title_key).where(
            proposals.c.seen_at >= since,
            proposals.c.state != ProposalState.SAME.value,
            proposals.c.title_key != "",
        )
        with self._database.reading() as connection:
            return [(row.id, row.feed, row.title_key) for row in connection.execute(wanted)]

    def waiting(self) -> list[Proposal]:
        """What waits for a person, newest first."""
        return self._listed(proposals.c.state == ProposalState.PROPOSED.value)

    def same_as(self, ids: Collection[int]) -> dict[int, list[Proposal]]:
        """What other feeds have said of these, by the id of the first."""
        found: dict[int, list[Proposal]] = {}
        for one in self._listed(proposals.c.state == ProposalState.SAME.value):
            if one.same_as in ids:
                found.setdefault(one.same_as, []).append(one)
        return found

    def find(self, number: int) -> Proposal | None:
        """A proposal by its id."""
        return next(iter(self._listed(proposals.c.id == number)), None)

    def mark_taken(self, number: int, item: str) -> bool:
        """A person has taken it in as an item; False when it was taken before."""
        return self._move(number, ProposalState.TAKEN, item)

    def dismiss(self, number: int) -> bool:
        """A person does not want it; False when it was taken or dismissed before."""
        return self._move(number, ProposalState.DISMISSED, "")

    def clear(self, before: datetime) -> int:
        """Forget the words and links of what was seen before then and not taken; how many. The rows stay."""
        old = and_(
            proposals.c.seen_at < before,
            proposals.c.state != ProposalState.TAKEN.value,
            or_(proposals.c.link != "", proposals.c.title_key != ""),
        )
        gone = {
            "link": "",
            "title_key": "",
            "entry": _entry_row(_NOTHING),
            "suggestion": _suggestion_row(None),
        }
        with self._database.writing() as connection:
            wanting = and_(old, proposals.c.state == ProposalState.PROPOSED.value)
            connection.execute(update(proposals).where(wanting).values(state=ProposalState.DISMISSED.value))
            return connection.execute(update(proposals).where(old).values(**gone)).rowcount

    def clearable(self, before: datetime) -> int:
        """How many rows `clear` would empty."""
        old = select(func.count()).where(
            proposals.c.seen_at < before,
            proposals.c.state != ProposalState.TAKEN.value,
            or_(proposals.c.link != "", proposals.c.title_key != ""),
        )
        with self._database.reading() as connection:
            return int(connection.execute(old).scalar_one())

    def _listed(self, condition: ColumnElement[bool]) -> list[Proposal]:
        wanted = select(proposals).where(condition).order_by(proposals.c.id.desc())
        with self._database.reading() as connection:
            return [_proposal(row) for row in connection.execute(wanted).mappings()]

    def _move(self, number: int, state: ProposalState, item: str) -> bool:
        open_ = (ProposalState.PROPOSED.value, ProposalState.SAME.value, ProposalState.DISMISSED.value)
        allowed = open_ if state is ProposalState.TAKEN else open_[:2]
        moved = (
            update(proposals)
            .where(proposals.c.id == number, proposals.c.state.in_(allowed))
            .values(state=state.value, item=item, same_as=0)
        )
        with self._database.writing() as connection:
            return connection.execute(moved).rowcount > 0


def _keep(connection: Connection, given: str, standing: FeedStanding, *, is_said: bool = False) -> None:
    values = asdict(standing) | {"given": given, "state": standing.state.value}
    may = or_(feeds.c.state == FeedState.ACTIVE.value, feeds.c.given != given)
    connection.execute(
        upsert.insert(connection, feeds)
        .values(**values)
        .on_conflict_do_update(index_elements=["slug"], set_=values, where=None if is_said else may)
    )


def _known(connection: Connection, feed: str, candidates: Sequence[Candidate]) -> _Known:
    """Rows of other feeds count only when somebody could see them: those have a title's key."""
    table = proposals.c
    ids = select(table.identity).where(
        table.feed == feed, table.identity.in_([one.identity for one in candidates])
    )
    links = [one.link_key for one in candidates if one.link_key]
    hashes = [one.entry.sha256 for one in candidates]
    said = select(table.id, table.feed, table.link_key, table.sha256).where(
        or_(table.link_key.in_(links), table.sha256.in_(hashes)),
        or_(table.feed == feed, table.title_key != ""),
    )
    by_key: dict[str, tuple[tuple[int, str], ...]] = {}
    for row in connection.execute(said):
        for key in (row.link_key, row.sha256):
            by_key[key] = (*by_key.get(key, ()), (row.id, row.feed))
    return _Known(frozenset(connection.execute(ids).scalars()), by_key)


def _first(connection: Connection, number: int) -> int:
    """The proposal that said it first: one that is itself the same as another leads on to that."""
    if not number:
        return 0
    wanted = select(proposals.c.same_as).where(proposals.c.id == number)
    same_as = connection.execute(wanted).scalar()
    return 0 if same_as is None else same_as or number


def _add(connection: Connection, row: dict[str, object]) -> int:
    """The id of a new row, 0 when the feed had that identity already."""
    added = connection.execute(
        upsert.insert(connection, proposals)
        .values(**row)
        .on_conflict_do_nothing(index_elements=["feed", "identity"])
        .returning(proposals.c.id)
    )
    return added.scalar() or 0


def _row(feed: str, one: Candidate, now: datetime, first: int) -> dict[str, object]:
    return {
        "feed": feed,
        "identity": one.identity,
        "link": one.entry.link,
        "link_key": one.link_key,
        "sha256": one.entry.sha256,
        "title_key": one.title_key,
        "entry": _entry_row(one.entry),
        "suggestion": _suggestion_row(one.suggestion),
        "state": (ProposalState.SAME if first else ProposalState.PROPOSED).value,
        "seen_at": now,
        "same_as": first,
    }


def _seen_row(feed: str, one: Candidate, now: datetime) -> dict[str, object]:
    """What nobody was asked about: no words, so that it stands in no other feed's way."""
    bare = replace(
        one, entry=replace(_NOTHING, sha256=one.entry.sha256), title_key="", suggestion=Suggestion()
    )
    return _row(feed, bare, now, 0) | {"state": ProposalState.DISMISSED.value}


def _standing(row: RowMapping) -> FeedStanding:
    values = {name: value for name, value in row.items() if name != "given"}
    return FeedStanding(**values | {"state": FeedState(row["state"])})


def _entry_row(entry: FeedEntry) -> dict[str, object]:
    day = entry.published_on.isoformat() if entry.published_on else None
    return asdict(entry) | {"published_on": day}


def _suggestion_row(suggestion: Suggestion | None) -> dict[str, object]:
    one = suggestion or _UNSAID
    return {
        "focus": one.focus,
        "audiences": list(one.audiences),
        "municipalities": list(one.municipalities),
        "why": [[why.template, [[name, str(value)] for name, value in why.values]] for why in one.why],
    }


def _proposal(row: RowMapping) -> Proposal:
    entry, about = row["entry"], row["suggestion"]
    day = entry["published_on"]
    return Proposal(
        row["id"],
        row["feed"],
        FeedEntry(**entry | {"published_on": date.fromisoformat(day) if day else None}),
        Suggestion(
            about["focus"],
            tuple(about["audiences"]),
            tuple(about["municipalities"]),
            tuple(
                Text(template, tuple((name, text) for name, text in values))
                for template, values in about["why"]
            ),
        ),
        ProposalState(row["state"]),
        row["seen_at"],
        row["same_as"],
        row["item"],
    )
