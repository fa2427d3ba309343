"""docs/privacy.md names what is there: settings, commands, files and limits are those of the program."""

from __future__ import annotations

import re

from service.administration import AUDIT_FILE
from service.feedback import MAX_NOTE_CHARS
from service.operator_commands import RETENTION_DAYS
from service.rate_limit import ROTATION_S
from service.settings import ServiceSettings
from tests.makers import ROOT, call

PAGE = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")


def test_every_setting_named_exists_and_no_setting_logs_questions() -> None:
    known = {f"SOURCIER_{name.upper()}" for name in ServiceSettings.model_fields}
    assert set(re.findall(r"SOURCIER_[A-Z_]+", PAGE)) <= known
    assert not [name for name in known if "LOG" in name]


def test_its_figures_are_those_of_the_program() -> None:
    assert f"at most {MAX_NOTE_CHARS:,} characters" in PAGE
    assert "replaced each hour" in PAGE and ROTATION_S == 3600
    assert "older than thirty days" in PAGE and RETENTION_DAYS == 30
    assert ServiceSettings.model_fields["answer_timeout_s"].default == 10
    assert AUDIT_FILE in PAGE


def test_its_commands_are_there() -> None:
    assert "--days" in call("service", "purge", "--help").stdout
    assert (ROOT / "tests" / "journeys" / "test_privacy.py").exists()


def test_the_french_text_has_every_part_that_an_operator_must_fill() -> None:
    for part in (
        "registre des traitements",
        "Base légale",
        "Durées de conservation",
        "Analyse d'impact",
        "art. 13",
        "CNIL",
        "Vos droits",
    ):
        assert part in PAGE
    assert PAGE.count("[") > 25
