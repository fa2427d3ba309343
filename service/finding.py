"""One thing that was looked at: what, how it is, and what to do about it; and the words for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from service.answer import Language
from service.texts import Wording

State = Literal["ok", "warning", "failure"]
_NOTHING = Wording("", "")
_MARKS: Mapping[State, Wording] = {
    "ok": Wording("bon    ", "ok     "),
    "warning": Wording("alerte ", "warning"),
    "failure": Wording("échec  ", "failure"),
}
_SUMMARY: Mapping[State, Wording] = {
    "ok": Wording("Tout est en ordre.", "All is well."),
    "warning": Wording("Le service peut fonctionner ; lisez les alertes.", "The service can run; read the warnings."),
    "failure": Wording("Le service ne peut fonctionner ainsi.", "The service cannot run like this."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at (`check`, a stable name), how it is, what was found, and what to do."""

    check: str
    state: State
    found: Wording
    advice: Wording = _NOTHING


def verdict(findings: Sequence[Finding]) -> State:
    """The gravest state."""
    states = {finding.state for finding in findings}
    return "failure" if "failure" in states else "warning" if "warning" in states else "ok"


def report_text(findings: Sequence[Finding], lang: Language) -> str:
    """The findings for a terminal, one a line, each with its advice below it, and a last line that sums up."""
    lines = []
    for one in findings:
        lines.append(f"{_MARKS[one.state].in_(lang)} {one.check:<12} {one.found.in_(lang)}")
        if one.advice.fr:
            lines.append(f"{'':20} → {one.advice.in_(lang)}")
    return "\n".join([*lines, "", _SUMMARY[verdict(findings)].in_(lang)])
