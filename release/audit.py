"""`python release/audit.py PIP_AUDIT`: the locked packages go in; what is known against them, or that nobody could be asked, comes out.

Exit codes: 0 nothing is known against any, 1 something is, 2 the source of advisories could not be reached, or holds none: nothing was audited.
"""

# ruff: noqa: T201, S603 - a command that speaks, and that runs another
from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
CLEAN, FOUND, UNREACHABLE = 0, 1, 2


def main(program: str) -> int:
    """Ask about every package of the lock."""
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder) / "names.txt"  # without hashes: torch has none, and nothing is installed
        names.write_text("".join(f"{line.split()[0]}\n" for line in lines_of(LOCK)), encoding="utf-8")
        return audit(program, names)


def lines_of(lock: Path) -> list[str]:
    """The lines of a lock that name a package."""
    return [line for line in lock.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def audit(program: str, names: Path) -> int:
    """Have pip-audit ask."""
    asked = [
        program,
        "-r",
        str(names),
        "--no-deps",
        "--disable-pip",
        "--format",
        "json",
        "--progress-spinner",
        "off",
        "--timeout",
        "15",
    ]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print("make audit: the source of advisories cannot be reached from here; nothing was audited.", file=sys.stderr)
        print(f"  {reason[:300]}", file=sys.stderr)
        return UNREACHABLE
    return tell(told)


def tell(packages: list[dict[str, Any]]) -> int:
    """Print what is known, one line an advisory, and how many packages the source knew nothing of: a mirror may hold none."""
    known = [(one["name"], one["version"], flaw) for one in packages for flaw in one.get("vulns", ())]
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    for name, version, flaw in known:
        print(f"{name} {version}: {flaw['id']}; mended in {', '.join(flaw['fix_versions']) or 'no version yet'}")
    if len(skipped) == len(packages):
        print(
            "make audit: the source of advisories that was reached from here knows no package of the lock (a mirror without them?);"
        )
        print("  nothing was audited.")
        return UNREACHABLE
    if skipped:
        print(f"not audited, for the source does not know them: {', '.join(skipped)}")
    print(f"{len(packages) - len(skipped)} packages audited, {len(known)} advisories")
    return FOUND if known else CLEAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
