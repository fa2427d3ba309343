"""`python -m service doctor` and `purge`: the options that an operator types go in; what they print, and an exit code, come out."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from corpus.errors import KnownError
from service.answer import Language
from service.finding import Finding, report_text, verdict
from service.settings import ServiceSettings

OK, FAILURE = 0, 1
RETENTION_DAYS = 30


def add_doctor(doctor: argparse.ArgumentParser, settings: ServiceSettings) -> None:
    """The options of `doctor`."""
    doctor.add_argument("--lang", choices=["fr", "en"], default="fr", help="default: %(default)s")
    doctor.add_argument("--json", action="store_true", help="one JSON document on stdout")
    doctor.add_argument("--bundles", type=Path, default=settings.bundles_dir, help="default: %(default)s")
    doctor.set_defaults(run=_doctor)


def add_purge(purge: argparse.ArgumentParser, settings: ServiceSettings) -> None:
    """The options of `purge`."""
    purge.add_argument("--days", type=int, default=RETENTION_DAYS, help="how long they are kept; default: %(default)s")
    purge.add_argument("--json", action="store_true", help="one JSON document on stdout")
    purge.add_argument("--bundles", type=Path, default=settings.bundles_dir, help="default: %(default)s")
    purge.set_defaults(run=_purge)


def doctor_without_settings(arguments: Sequence[str], fault: KnownError) -> int:
    """What the doctor says where a variable cannot be used; the other checks need the settings."""
    from service.doctor import unusable_settings

    lang: Language = "en" if "en" in arguments else "fr"
    return _tell([unusable_settings(fault)], lang, as_json="--json" in arguments)


def _doctor(options: argparse.Namespace, settings: ServiceSettings) -> int:
    from service.doctor import examine

    return _tell(examine(settings.model_copy(update={"bundles_dir": options.bundles})), options.lang, options.json)


def _tell(findings: Sequence[Finding], lang: Language, as_json: bool) -> int:
    """Print what was found; 1 where something fails."""
    if as_json:
        found = [
            {"check": one.check, "state": one.state, "found": one.found.in_(lang), "advice": one.advice.in_(lang)}
            for one in findings
        ]
        _say(json.dumps({"verdict": verdict(findings), "checks": found}, ensure_ascii=False, indent=1))
    else:
        _say(report_text(findings, lang))
    return FAILURE if verdict(findings) == "failure" else OK


def _purge(options: argparse.Namespace, settings: ServiceSettings) -> int:
    from service.purge import purge

    if options.days < 0:
        raise KnownError("settings_invalid", "--days: 0 or more is expected", "See docs/privacy.md.")
    try:
        removed = purge(settings, options.bundles, options.days, dt.datetime.now(dt.UTC))
    except OSError as fault:
        sys.stderr.write(f"{fault.filename}: {fault.strerror}\n")
        return FAILURE
    if options.json:
        _say(json.dumps([asdict(one) for one in removed], ensure_ascii=False, indent=1))
    for one in removed if not options.json else ():
        _say(f"{one.what}: {one.removed} removed, {one.kept} kept ({one.path})")
    return OK


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
