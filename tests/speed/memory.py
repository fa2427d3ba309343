"""A process id in, the memory of it and of its children out, as Linux counts it; a folder in, the size of its files out."""

from __future__ import annotations

from pathlib import Path


def family(pid: int) -> list[int]:
    """The process and all that it started, itself first."""
    found = [pid]
    for parent in found:
        path = Path(f"/proc/{parent}/task/{parent}/children")
        found += [int(child) for child in path.read_text(encoding="ascii").split()]
    return found


def megabytes(pid: int) -> dict[str, float]:
    """`rss_mb`: what stands in memory for it; `own_mb`: what no file backs and no other process shares."""
    path = Path(f"/proc/{pid}/smaps_rollup")
    kilobytes = {
        line.split()[0]: int(line.split()[1])
        for line in path.read_text(encoding="ascii").splitlines()
        if line.endswith(" kB")
    }
    return {"rss_mb": round(kilobytes["Rss:"] / 1024, 1), "own_mb": round(kilobytes["Anonymous:"] / 1024, 1)}


def largest(pid: int) -> dict[str, float]:
    """The memory of the largest of the family: a worker, where there are workers."""
    return max((megabytes(one) for one in family(pid)), key=lambda one: one["rss_mb"])


def megabytes_of(folder: Path) -> float:
    """How much the files of a folder hold."""
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6, 2)
