"""requirements.lock names everything that running needs, each file by its hash, and nothing of where it was made; the audit says what it did."""

from __future__ import annotations

import importlib.util
import re
from importlib import metadata
from types import ModuleType
from typing import Any

import pytest

from tests.makers import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LINES = [line for line in LOCK.splitlines() if not line.startswith("#")]
PINNED = re.compile(r"([a-z0-9-]+)==([^\s;+]+)(?: --hash=sha256:[0-9a-f]{64})?")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "release" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def locked() -> dict[str, str]:
    return {found[1]: found[2] for line in LINES if (found := PINNED.fullmatch(line))}


def test_every_line_is_a_version_and_all_but_torch_have_a_hash() -> None:
    assert [line for line in LINES if not PINNED.fullmatch(line)] == []
    assert [line.split("==")[0] for line in LINES if "--hash" not in line] == ["torch"]


def test_it_holds_no_address_and_no_path() -> None:
    assert re.findall(r"https?:|file:|@|[^a-z]/[a-z]", LOCK) == []


def test_it_agrees_with_what_the_project_asks_for() -> None:
    plain, known = script("lock").plain, locked()
    for text in metadata.requires("sourcier") or ():
        if "extra ==" in text:
            continue
        name, pin = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?(.*)", text).groups()  # type: ignore[union-attr]
        assert plain(name) in known, f"{name} is not locked: make lock"
        if pin.startswith("=="):
            assert known[plain(name)] == pin[2:], f"{name}: make lock"


def test_a_line_has_no_label_of_a_build() -> None:
    lock = script("lock")
    made: dict[str, Any] = {
        "metadata": {"name": "Some_Package", "version": "1.0+cpu"},
        "download_info": {"url": "file:///somewhere", "archive_info": {"hashes": {"sha256": "0" * 64}}},
    }
    assert lock.line_of(made) == f"some-package==1.0 --hash=sha256:{'0' * 64}"
    made["metadata"]["name"] = "torch"
    assert lock.line_of(made) == "torch==1.0"


def test_an_audit_says_what_is_known_and_when_nobody_could_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    audit = script("audit")
    clean, unknown = {"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found"}
    flawed = {"name": "c", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
    assert audit.tell([clean, unknown]) == 0
    assert "1 packages audited, 0 advisories" in capsys.readouterr().out
    assert audit.tell([clean, flawed]) == 1
    assert "c 2: PYSEC-1; mended in 3" in capsys.readouterr().out
    assert audit.tell([unknown]) == 2
    assert "nothing was audited" in capsys.readouterr().out
