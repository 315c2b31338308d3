"""The memory: what was planned, approved, sent and answered, in one SQLite file."""

from comms.store.lock import single_sender
from comms.store.records import Approval, Notice, Run, Slot
from comms.store.store import Store, open_store

__all__ = ["Approval", "Notice", "Run", "Slot", "Store", "open_store", "single_sender"]
