"""The disk: what must survive a power cut."""

from chargepoint.store.store import Aside, Entry, Memory, Store
from chargepoint.store.writer import Inline, Storage, Writer

__all__ = ["Aside", "Entry", "Inline", "Memory", "Storage", "Store", "Writer"]
