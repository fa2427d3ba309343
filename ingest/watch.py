"""A drop folder in, a bundle out whenever something there has settled: added, replaced or removed, and not still written.

Files are looked at by name, size and time; what changed between two looks is still being written and waits for the next.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

State = dict[Path, tuple[int, int]]


class Watch:
    """The look at folders and files. `changed` is true once for each change that has settled."""

    def __init__(self, *places: Path) -> None:
        self._places = places
        self._before: State | None = None
        self._built: State | None = None

    def changed(self) -> bool:
        """Whether they are otherwise than at the last `done`, and as they were at the last look."""
        state = {path: known for place in self._places for path, known in state_of(place).items()}
        settled, self._before = state == self._before, state
        return settled and state != self._built

    def done(self) -> None:
        """What was seen last is built, or was tried: nothing is done again until it changes."""
        self._built = self._before


def watch(look: Watch, build: Callable[[], bool], rest: Callable[[], bool]) -> None:
    """Build whenever the folder has settled on something new; `rest` waits between looks and ends the watch by False.

    A `build` that says False could not be tried, and is at the next look.
    """
    while True:
        if look.changed() and build():
            look.done()
        if not rest():
            return


def state_of(place: Path) -> State:
    """Size and time of change of a file, or of every file of a folder; hidden ones left out, and those that go away meanwhile."""
    found: State = {}
    for path in _files(place):
        try:
            state = path.stat()
        except OSError:
            continue
        found[path] = (state.st_size, state.st_mtime_ns)
    return found


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for parent, folders, names in os.walk(place):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent) / name for name in names if not name.startswith("."))
