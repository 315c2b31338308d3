"""The queue on PostgreSQL, by Procrastinate: its jobs say "drain this channel" and carry nothing else.

The ledger decides what may be sent, so a job that is lost, late or doubled is harmless.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector, exceptions, sql
from procrastinate.schema import SchemaManager
from procrastinate.types import JSONDict
from psycopg.rows import tuple_row
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from comms.errors import StoreError, say

_LOG = logging.getLogger(__name__)

_EACH_MINUTE = "* * * * *"
_TICK = "comms.tick"
_DRAIN = "comms.drain"
_QUEUES = [_TICK, _DRAIN]
"""Each task has the queue of its name: others may keep a Procrastinate of their own in the same database."""

_EXAMPLE = "postgresql://comms@db.example/comms"
_MIGRATION = 0x636F6D6D73  # "comms": an advisory lock is a number
_GLANCE = 0.2
_ASKED_AGAIN = 20.0  # seconds after which a worker that has not ended is asked once more to
_BEATS = 3
"""A worker that has missed so many heartbeats is taken for dead."""

_NEEDED = sorted(set(re.findall(r"procrastinate_\w+", " ".join(sql.queries.values()))))
"""What the installed Procrastinate asks for; functions have their version in their names."""

_MISSING = """
SELECT name FROM unnest(%s::text[]) AS name
 WHERE to_regtype(name) IS NULL
   AND NOT EXISTS (SELECT FROM pg_proc WHERE proname = name AND pg_function_is_visible(oid))
"""
_WAITING = """
SELECT args->>'channel', count(*) FROM procrastinate_jobs
 WHERE queue_name = %s AND status = 'todo' GROUP BY 1
"""
_STATE = """
SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing')
  FROM procrastinate_jobs WHERE queue_name = ANY(%s)
"""
_WORKERS = (
    "SELECT id, extract(epoch FROM now() - last_heartbeat)::float FROM procrastinate_workers ORDER BY id"
)

# Of two workers that look at once, each takes the rows that the other has not locked. A stalled tick is
# not put back: the next one does the same, and only one may wait.
_RESCUE = """
WITH stalled AS MATERIALIZED (
    SELECT job.id, job.queue_name FROM procrastinate_jobs AS job
      LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
     WHERE job.status = 'doing' AND job.queue_name = ANY(%(queues)s)
       AND (worker.id IS NULL OR worker.last_heartbeat < now() - %(patience)s)
       FOR UPDATE OF job SKIP LOCKED),
gone AS (
    DELETE FROM procrastinate_jobs
     WHERE id IN (SELECT id FROM stalled WHERE queue_name <> %(drain)s))
SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM stalled WHERE queue_name = %(drain)s
"""
_DELETE = """
WITH silent AS (DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - interval '1 day')
DELETE FROM procrastinate_jobs AS job
 WHERE queue_name = ANY(%s) AND status NOT IN ('todo', 'doing')
   AND NOT EXISTS (SELECT FROM procrastinate_events
                    WHERE job_id = job.id AND at > now() - interval '1 day')
"""


@dataclass(frozen=True, slots=True)
class QueueState:
    """How the queue stands: jobs that wait, jobs in hand, each worker's id and seconds since its heartbeat.

    A process of `run` is two workers: one for ticks, one for drains.
    """

    waiting: int
    doing: int
    workers: tuple[tuple[int, float], ...]


class WorkQueue:
    """Jobs in the ledger's own database; holds no connection between calls, so there is nothing to close."""

    def __init__(
        self, url: str, *, heartbeat: timedelta = timedelta(seconds=10), cron: str = _EACH_MINUTE
    ) -> None:
        """Read the address as the ledger does; nothing is opened. Raises StoreError, never quoting it."""
        self._parameters = {
            "connect_timeout": 10,
            "fallback_application_name": "comms",
            **_parameters(url),
        }
        self._heartbeat = heartbeat
        self._cron = cron
        # A worker's own app is asynchronous and refuses a caller's connection; this one only ever has those.
        self._producer = App(connector=SyncPsycopgConnector())

    def migrate(self) -> None:
        """Make the queue's tables where there are none; many may call at once.

        Raises StoreError when they are there and do not fit the installed Procrastinate.
        """
        with _border(), self._connection() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_MIGRATION])
            missing = sorted(name for (name,) in connection.execute(_MISSING, [_NEEDED]))
            if missing == _NEEDED:
                connection.execute(SchemaManager.get_schema())
            elif missing:
                raise StoreError(
                    say(
                        "Köns tabeller i databasen passar inte den Procrastinate som är installerad: "
                        "{missing} saknas. Stoppa alla arbetare och kör Procrastinates migreringar.",
                        missing=", ".join(missing),
                    )
                )

    def defer_drains(
        self, channels: Mapping[str, int], connection: psycopg.Connection[Any] | None = None
    ) -> int:
        """Fill up to so many waiting drains for each channel; how many were added.

        With `connection` they are part of its open transaction, and gone if that is rolled back.
        """
        with _border(), nullcontext(connection) if connection else self._connection() as within:
            rows = within.cursor(row_factory=tuple_row).execute(_WAITING, [_DRAIN])
            waiting: dict[str, int] = dict(rows.fetchall())
            added: list[JSONDict] = [
                {"channel": name}
                for name, wanted in channels.items()
                for _ in range(wanted - waiting.get(name, 0))
            ]
            if added:
                job = self._producer.configure_task(_DRAIN, queue=_DRAIN, connection=within)
                job.batch_defer(*added)
            return len(added)

    def rescue(self) -> int:
        """Put back the drains of workers that died, forget what ended a day ago; how many were put back.

        Every tick of `run` begins with it: Procrastinate leaves such jobs "doing" for ever.
        """
        with _border(), self._connection() as connection:
            connection.execute(_DELETE, [_QUEUES])
            values = {"queues": _QUEUES, "drain": _DRAIN, "patience": self._patience}
            return connection.execute(_RESCUE, values).rowcount

    def state(self) -> QueueState:
        """How the queue stands now, by the database's clock."""
        with _border(), self._connection() as connection:
            ((waiting, doing),) = connection.execute(_STATE, [_QUEUES]).fetchall()
            return QueueState(waiting, doing, tuple(connection.execute(_WORKERS).fetchall()))

    def run(
        self,
        tick: Callable[[], None],
        drain: Callable[[str], None],
        *,
        concurrency: int,
        stop: threading.Event,
    ) -> None:
        """Work until `stop`, then finish the jobs in hand: a tick now and each minute, and drains.

        Of all workers one ticks each minute, and never waits for a drain; of drains, `concurrency` go on at
        once. All are called in threads. What they raise is logged, the job has failed and the work goes on.
        So it does when the database was away for a while; away from the start it raises StoreError.
        """
        self.migrate()
        while not stop.is_set():
            try:
                self.migrate()
                with _border():
                    asyncio.run(self._work(tick, drain, concurrency, stop))
            except StoreError as error:
                _LOG.warning("The queue waits for its database: %s", error)
            stop.wait(self._heartbeat.total_seconds())

    async def _work(
        self, tick: Callable[[], None], drain: Callable[[str], None], concurrency: int, stop: threading.Event
    ) -> None:
        # Python's own number of threads follows the processors; ours wait for other machines.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(concurrency + 5))
        connector = PsycopgConnector(
            kwargs=self._parameters, min_size=1, max_size=5, timeout=self._patience.total_seconds()
        )
        ticks, drains = App(connector=connector), App(connector=connector)

        @ticks.periodic(cron=self._cron)
        @ticks.task(name=_TICK, queue=_TICK, queueing_lock=_TICK)
        def beat(timestamp: int) -> None:
            del timestamp
            self.rescue()
            tick()

        @drains.task(name=_DRAIN, queue=_DRAIN)
        def one(channel: str) -> None:
            drain(channel)

        async with ticks.open_async():
            with suppress(exceptions.AlreadyEnqueued):
                await ticks.configure_task(_TICK).defer_async(timestamp=0)
            workers = [
                asyncio.create_task(self._worker(ticks, _TICK, 1)),
                asyncio.create_task(self._worker(drains, _DRAIN, concurrency)),
            ]
            # A worker that ends by itself has lost the database.
            while not (stop.is_set() or any(worker.done() for worker in workers)):
                await asyncio.wait(workers, timeout=_GLANCE, return_when=asyncio.FIRST_COMPLETED)
            await _finished(workers)

    async def _worker(self, app: App, queue: str, concurrency: int) -> None:
        await app.run_worker_async(
            queues=[queue],
            name=queue,
            concurrency=concurrency,
            delete_jobs="successful",
            install_signal_handlers=False,
            update_heartbeat_interval=self._heartbeat.total_seconds(),
            stalled_worker_timeout=self._patience.total_seconds(),
        )

    @property
    def _patience(self) -> timedelta:
        return _BEATS * self._heartbeat

    def _connection(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(**self._parameters)


async def _finished(workers: list[asyncio.Task[None]]) -> None:
    """Ask the workers to stop, and wait: a cancelled worker takes no more and finishes what it has.

    One that does not hear is asked again: jobs go on in their threads, which are waited for at the end.
    """
    waiting = set(workers)
    while waiting:
        for worker in waiting:
            worker.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=_ASKED_AGAIN)
    for outcome in await asyncio.gather(*workers, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome


def _parameters(url: str) -> dict[str, Any]:
    """The address as libpq's parameters, by SQLAlchemy's reading of it."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql" and "@" not in (parsed.host or ""):
            dialect = parsed.set(drivername="postgresql+psycopg").get_dialect()()
            return dict(dialect.create_connect_args(parsed)[1])
    except (SQLAlchemyError, ValueError):
        # Not chained: what cannot be read may hold a password anywhere, and the driver quotes it.
        pass
    raise StoreError(
        say(
            "database_url går inte att läsa som en adress till PostgreSQL. Skriv till exempel {example}; "
            "tecken som @ och / i lösenordet skrivs %40 och %2F.",
            example=_EXAMPLE,
        )
    )


@contextmanager
def _border() -> Iterator[None]:
    """Where the driver's and Procrastinate's errors become ours."""
    try:
        yield
    except (psycopg.Error, exceptions.ProcrastinateException) as error:
        cause = error.__cause__ or error
        told = cause.diag.message_primary if isinstance(cause, psycopg.Error) else None
        raise StoreError(
            say(
                "Kön i databasen svarade med ett fel: {error}. Kontrollera att PostgreSQL är igång och att "
                "database_url är rätt.",
                error=told or " ".join(str(cause).split()),
            )
        ) from error
