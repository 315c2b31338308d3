"""The outbox: what is due is claimed, handed over and recorded, many copies at once, each of them once."""

from comms.deliver.asking import asked
from comms.deliver.loop import drain
from comms.deliver.policy import alarm
from comms.deliver.ports import DrainReport, LedgerPort, Limits, Work

__all__ = ["DrainReport", "LedgerPort", "Limits", "Work", "alarm", "asked", "drain"]
