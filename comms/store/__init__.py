"""The memory: what is planned, approved, handed over and refused, in SQLite or PostgreSQL."""

from comms.store.instance import HELD as RESTORED
from comms.store.journal import answered
from comms.store.mark import Reading, read_clocks
from comms.store.opening import open_store
from comms.store.records import Approval, Notice, PostOut, Remembrance, Rest, Run, Slot, Worker
from comms.store.store import Store

__all__ = [
    "RESTORED",
    "Approval",
    "Notice",
    "PostOut",
    "Reading",
    "Remembrance",
    "Rest",
    "Run",
    "Slot",
    "Store",
    "Worker",
    "answered",
    "open_store",
    "read_clocks",
]
