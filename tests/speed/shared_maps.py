"""A process id and a folder in, how much of the folder's files it holds in memory, and with how many others it shares them, out."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.speed.memory import family

_MAPPING = re.compile(r"^[0-9a-f]+-[0-9a-f]+ (\S{4}) \S+ \S+ \d+ *(.*)$")


@dataclass(slots=True)
class Mapped:
    """Kilobytes of one process's mappings of those files. `pss_kb` counts a page that N processes share as an Nth.

    `copied_kb` is what is this process's alone and not in the file: written pages, or a private copy.
    """

    files: int = 0
    size_kb: int = 0
    rss_kb: int = 0
    pss_kb: int = 0
    copied_kb: int = 0
    writable: int = 0

    def to_json(self) -> dict[str, int]:
        """The same as a dictionary."""
        return asdict(self)


def mapped_of(pid: int, folder: Path) -> Mapped:
    """What a process has mapped of the files below a folder."""
    found, inside, names = Mapped(), False, set()
    for line in Path(f"/proc/{pid}/smaps").read_text(encoding="utf-8").splitlines():
        if mapping := _MAPPING.match(line):
            rights, name = mapping.groups()
            inside = name.startswith(f"{folder.resolve()}/")
            if inside:
                names.add(name)
                found.writable += "w" in rights
        elif inside:
            _count(found, line)
    found.files = len(names)
    return found


def _count(found: Mapped, line: str) -> None:
    name, _, value = line.partition(":")
    amount = int(value.split()[0]) if value.rstrip().endswith("kB") else 0
    if name == "Size":
        found.size_kb += amount
    elif name == "Rss":
        found.rss_kb += amount
    elif name == "Pss":
        found.pss_kb += amount
    elif name in ("Private_Dirty", "Anonymous"):
        found.copied_kb += amount


def workers_of(pid: int, folder: Path) -> list[int]:
    """The processes of a service that have files of the folder mapped: its workers."""
    return [one for one in family(pid) if mapped_of(one, folder).files]


def resident_mb(pid: int) -> float:
    """What stands in memory for a process, shared pages included."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6
