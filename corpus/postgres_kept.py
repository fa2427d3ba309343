"""What was read of a store lately: keys and values of known sizes go in; the same come out until others need their room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """At most `room_bytes` of values, those used least recently given up first. Safe to share between threads.

    A value is never out of date: it belongs to one bundle, and a bundle does not change.
    """

    def __init__(self, room_bytes: int) -> None:
        self._room_bytes = room_bytes
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._held_bytes = 0
        self._lock = Lock()

    def __contains__(self, key: Key) -> bool:
        return key in self._values

    def get(self, key: Key) -> Value | None:
        """The value of a key, or None where it is not kept."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Key, value: Value, size_bytes: int) -> None:
        """Keep a value."""
        with self._lock:
            _, before = self._values.pop(key, (None, 0))
            self._values[key] = (value, size_bytes)
            self._held_bytes += size_bytes - before
            while self._held_bytes > self._room_bytes and len(self._values) > 1:
                _, (_, freed) = self._values.popitem(last=False)
                self._held_bytes -= freed
