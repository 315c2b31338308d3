"""The queue on a real PostgreSQL: jobs follow transactions, are shared, and outlive who had them."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from multiprocessing.process import BaseProcess
from types import FrameType

import psycopg
import pytest
from sqlalchemy import create_engine

from comms.errors import StoreError, say
from comms.queue.procrastinate import WorkQueue
from tests.fakes.postgres import Postgres, database, why_not

pytestmark = pytest.mark.servers

EACH_SECOND = "* * * * * *"
NEVER = "0 0 29 2 *"
"""Ticks come at the start alone, unless the tests run at that minute."""

BEAT = timedelta(seconds=0.3)
"""Who looks for the dead with this is impatient; workers in processes beat as in earnest."""

PASSWORD = "hemligt-losenord-4711"


@pytest.fixture
def url() -> str:
    """A fresh database with the queue's tables, and a table where workers write what they do."""
    fresh = database("queue")
    WorkQueue(fresh).migrate()
    ask(fresh, "CREATE TABLE seen (what text, process int)")
    return fresh


def ask(url: str, statement: str, *values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def see(url: str, what: str) -> None:
    ask(url, "INSERT INTO seen VALUES (%s, %s)", what, os.getpid())


def drained(url: str) -> list[object]:
    return [what for (what,) in ask(url, "SELECT what FROM seen WHERE what <> 'tick' ORDER BY what")]


def until(true: Callable[[], bool]) -> None:
    """Wait for what must come; a test that waits in vain has failed."""
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("waited in vain")


def quiet() -> None:
    """A tick with nothing to do."""


@contextmanager
def working(
    queue: WorkQueue, drain: Callable[[str], None], tick: Callable[[], None] = quiet, concurrency: int = 1
) -> Iterator[threading.Event]:
    """A worker in a thread of this process; gives what stops it."""
    stop = threading.Event()
    thread = threading.Thread(
        target=queue.run, args=(tick, drain), kwargs={"concurrency": concurrency, "stop": stop}
    )
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()


def work(url: str, cron: str, seconds: float) -> None:
    """A worker in a process of its own: writes what it is asked to do, then takes its time."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)

    def slowly(what: str) -> None:
        see(url, what)
        time.sleep(seconds)

    queue = WorkQueue(url, cron=cron)
    queue.run(lambda: slowly("tick"), slowly, concurrency=1, stop=stop)


@contextmanager
def processes(count: int, url: str, cron: str = NEVER, seconds: float = 0.05) -> Iterator[list[BaseProcess]]:
    """Workers in processes, all of them at work."""
    spawn = multiprocessing.get_context("spawn")
    workers: list[BaseProcess] = [spawn.Process(target=work, args=(url, cron, seconds)) for _ in range(count)]
    try:
        for worker in workers:
            worker.start()
        until(lambda: len(WorkQueue(url).state().workers) == 2 * count)
        yield workers
    finally:
        for worker in workers:
            worker.terminate()
            worker.join(10)
            worker.kill()
            worker.join()


def test_naming_the_room_does_not_load_the_driver() -> None:
    program = "import sys, comms.queue; sys.exit('procrastinate' in sys.modules or 'psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_drains_are_part_of_the_callers_transaction(url: str) -> None:
    queue = WorkQueue(url)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        with connection.begin() as transaction:
            assert queue.defer_drains({"mejl": 3}, driver) == 3
            transaction.rollback()
        assert queue.state().waiting == 0

        with connection.begin():
            assert queue.defer_drains({"mejl": 3}, driver) == 3
            assert queue.state().waiting == 0
        assert queue.state().waiting == 3
    engine.dispose()


def test_topping_up_does_not_pile_up(url: str) -> None:
    queue = WorkQueue(url)
    assert queue.defer_drains({"mejl": 3, "mastodon": 0}) == 3
    assert queue.defer_drains({"mejl": 3, "mastodon": 1}) == 1
    assert queue.defer_drains({"mejl": 5}) == 2
    assert queue.defer_drains({"mejl": 2}) == 0
    assert queue.state().waiting == 6


def test_two_workers_share_the_drains_and_each_is_done_once(url: str) -> None:
    channels = [f"kanal-{n:02}" for n in range(20)]
    with processes(2, url):
        WorkQueue(url).defer_drains(dict.fromkeys(channels, 1))
        until(lambda: len(drained(url)) >= 20 and not WorkQueue(url).state().doing)
    assert drained(url) == channels
    assert ask(url, "SELECT count(DISTINCT process) FROM seen WHERE what <> 'tick'") == [(2,)]


def test_a_drain_of_a_killed_worker_is_done_by_another(url: str) -> None:
    queue = WorkQueue(url, heartbeat=BEAT)
    with processes(1, url, seconds=600) as (worker,):
        queue.defer_drains({"mejl": 1})
        until(lambda: drained(url) == ["mejl"])
        assert WorkQueue(url).rescue() == 0
        worker.kill()
    assert queue.state().doing == 2  # its tick and its drain
    until(lambda: queue.rescue() == 1)
    assert (queue.state().waiting, queue.state().doing) == (1, 0)

    done: list[str] = []
    with working(queue, done.append):
        until(lambda: done == ["mejl"])


def test_a_worker_killed_in_its_tick_does_not_stop_the_ticks(url: str) -> None:
    with processes(1, url, seconds=600) as (worker,):
        until(lambda: ask(url, "SELECT what FROM seen") == [("tick",)])
        worker.kill()
    ticked = threading.Event()
    with working(WorkQueue(url, heartbeat=BEAT, cron=EACH_SECOND), quiet_drain, ticked.set):
        assert ticked.wait(30)
        until(lambda: WorkQueue(url).state().doing == 0)


def quiet_drain(channel: str) -> None:
    """A drain with nothing to send."""
    del channel


def test_stopping_finishes_the_drain_in_hand_and_takes_no_other(url: str) -> None:
    queue = WorkQueue(url, cron=NEVER)
    begun, let_go, done = threading.Event(), threading.Event(), list[str]()

    def drain(channel: str) -> None:
        begun.set()
        let_go.wait()
        done.append(channel)

    queue.defer_drains({"mejl": 2})
    with working(queue, drain) as stop:
        assert begun.wait(30)
        stop.set()
        threading.Timer(0.5, let_go.set).start()
    assert done == ["mejl"]
    assert (queue.state().waiting, queue.state().doing, queue.state().workers) == (1, 0, ())


def test_signals_stay_the_callers_own(url: str) -> None:
    with processes(1, url) as workers:
        pass
    assert [worker.exitcode for worker in workers] == [0]


def test_a_long_drain_keeps_no_tick_waiting(url: str) -> None:
    queue = WorkQueue(url, heartbeat=BEAT, cron=EACH_SECOND)
    ticks: list[int] = []
    during: list[int] = []

    def drain(channel: str) -> None:
        del channel
        before = len(ticks)
        until(lambda: len(ticks) > before + 1)
        during.append(len(ticks) - before)

    queue.defer_drains({"mejl": 1})
    with working(queue, drain, lambda: ticks.append(1)):
        until(lambda: bool(during))


def test_a_tick_is_never_begun_while_the_last_one_runs(url: str) -> None:
    running, together, ticks = threading.Lock(), list[bool](), list[int]()

    def tick() -> None:
        free = running.acquire(blocking=False)
        together.append(not free)
        time.sleep(1.2)  # longer than the time between two
        if free:
            running.release()
        ticks.append(1)

    with working(WorkQueue(url, heartbeat=BEAT, cron=EACH_SECOND), quiet_drain, tick, concurrency=4):
        until(lambda: len(ticks) >= 3)
    assert not any(together)


def test_two_workers_tick_once_each_time(url: str) -> None:
    # What is done is deleted at once, so a trigger notes what was ever queued.
    ask(
        url,
        """
        CREATE TABLE queued (moment bigint);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO queued VALUES ((NEW.args->>'timestamp')::bigint); RETURN NEW; END $$;
        CREATE TRIGGER note AFTER INSERT ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION note()
        """,
    )
    with processes(2, url, cron=EACH_SECOND, seconds=0):
        until(lambda: len(ask(url, "SELECT DISTINCT moment FROM queued WHERE moment > 0")) >= 4)
    assert ask(url, "SELECT moment FROM queued WHERE moment > 0 GROUP BY 1 HAVING count(*) > 1") == []


@pytest.mark.parametrize("error", [StoreError(say("Trasig.")), ValueError("trasig")])
def test_what_a_drain_or_a_tick_raises_stops_no_worker(
    url: str, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    queue = WorkQueue(url, cron=NEVER)
    done: list[str] = []

    def drain(channel: str) -> None:
        if channel == "trasig":
            raise error
        done.append(channel)

    def tick() -> None:
        raise error

    queue.defer_drains({"trasig": 1, "hel": 1})
    with working(queue, drain, tick):
        until(lambda: done == ["hel"] and queue.state().doing == 0)
    failed = ask(url, "SELECT task_name FROM procrastinate_jobs WHERE status = 'failed' ORDER BY 1")
    assert failed == [("comms.drain",), ("comms.tick",)]
    logged = [record.exc_info for record in caplog.records if record.levelno == logging.ERROR]
    assert [info[1] for info in logged if info] == [error, error]


def test_a_worker_waits_for_a_server_that_went_away(caplog: pytest.LogCaptureFixture) -> None:
    if why_not():
        pytest.skip(why_not())
    done: list[str] = []
    with Postgres() as server:
        queue = WorkQueue(server.url("queue"), heartbeat=BEAT)
        queue.migrate()
        with working(queue, done.append):
            until(lambda: len(queue.state().workers) == 2)
            server.stop()
            until(lambda: "waits for its database" in caplog.text)
            server.start()
            queue.defer_drains({"mejl": 1})
            until(lambda: done == ["mejl"])


@pytest.mark.parametrize(
    "fault",
    [
        # An administrator, or a firewall that forgets idle connections.
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'queue' AND state = 'idle'",
        # A machine that slept: another worker took this one for dead.
        "DELETE FROM procrastinate_workers",
    ],
    ids=["cut off", "taken for dead"],
)
def test_a_worker_goes_on_after(fault: str, url: str) -> None:
    queue = WorkQueue(url, heartbeat=BEAT, cron=NEVER)
    done: list[str] = []
    with working(queue, done.append):
        until(lambda: len(queue.state().workers) == 2)
        ask(url, fault)
        queue.defer_drains({"mejl": 1})
        until(lambda: done == ["mejl"])


def test_what_ended_a_day_ago_is_deleted(url: str) -> None:
    queue = WorkQueue(url)
    queue.defer_drains({"gammal": 1, "ny": 1, "väntar": 1})
    ask(url, "UPDATE procrastinate_jobs SET status = 'failed' WHERE args->>'channel' <> 'väntar'")
    ask(
        url,
        "UPDATE procrastinate_events SET at = now() - interval '25 hours' FROM procrastinate_jobs AS job "
        "WHERE job.id = job_id AND job.args->>'channel' <> 'ny'",
    )
    ask(url, "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '25 hours')")
    queue.rescue()
    assert queue.state().workers == ()
    assert ask(url, "SELECT args->>'channel' FROM procrastinate_jobs ORDER BY 1") == [("ny",), ("väntar",)]


def test_jobs_of_others_in_the_same_database_are_left_alone(url: str) -> None:
    ask(url, "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('theirs', 'x', 'doing')")
    ask(url, "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('theirs', 'y')")
    queue = WorkQueue(url, cron=NEVER)
    ticked = threading.Event()
    with working(queue, quiet_drain, ticked.set):
        assert ticked.wait(30)
    assert queue.rescue() == 0
    assert (queue.state().waiting, queue.state().doing) == (0, 0)
    assert ask(url, "SELECT status::text FROM procrastinate_jobs ORDER BY 1") == [("doing",), ("todo",)]


def test_many_workers_may_make_the_tables_at_once() -> None:
    url = database("queue_new")
    faults: list[Exception] = []

    def migrate() -> None:
        try:
            WorkQueue(url).migrate()
        except StoreError as fault:
            faults.append(fault)

    threads = [threading.Thread(target=migrate) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert WorkQueue(url).state().waiting == 0


def test_tables_that_do_not_fit_are_refused_by_name(url: str) -> None:
    ask(url, "ALTER FUNCTION procrastinate_fetch_job_v2 RENAME TO procrastinate_fetch_job_v3")
    with pytest.raises(StoreError, match="procrastinate_fetch_job_v2 saknas"):
        WorkQueue(url).migrate()


def test_a_queue_without_tables_or_server_says_so() -> None:
    with pytest.raises(StoreError, match="procrastinate_jobs"):
        WorkQueue(database("queue_empty")).state()
    with pytest.raises(StoreError, match="PostgreSQL är igång"):
        WorkQueue("postgresql://comms@127.0.0.1:1/comms").run(
            quiet, quiet_drain, concurrency=1, stop=threading.Event()
        )


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://comms:{PASSWORD}@127.0.0.1:1/comms",
        f"postgresql+psycopg://comms:{PASSWORD}@127.0.0.1:1/comms",
        f"postgresql://127.0.0.1:1/comms?user=comms&password={PASSWORD}",
        f"postgresql://comms:a@{PASSWORD}@127.0.0.1:1/comms",
        f"postgresql://comms:a:{PASSWORD}@127.0.0.1:1/comms",
        f"postgresql://comms@127.0.0.1:{PASSWORD}/comms",
        f"sqlite:///{PASSWORD}.db",
        PASSWORD,
    ],
)
def test_an_address_that_does_not_work_is_never_quoted(address: str) -> None:
    with pytest.raises(StoreError) as caught:
        WorkQueue(address).migrate()
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


def test_the_password_is_in_no_log(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    queue = WorkQueue(url.replace("postgres@", f"postgres:{PASSWORD}@"), heartbeat=BEAT)
    queue.defer_drains({"mejl": 1})
    done: list[str] = []
    with working(queue, done.append), suppress(psycopg.OperationalError):
        until(lambda: done == ["mejl"])
        ask(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()")
    assert len(caplog.records) > 10
    assert PASSWORD not in caplog.text + repr(queue) + str([vars(record) for record in caplog.records])
