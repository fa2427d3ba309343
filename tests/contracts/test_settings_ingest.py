"""The write side's settings: read from the environment, refused by name, and beaten by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import KnownError
from ingest.__main__ import main
from ingest.settings import IngestSettings, read_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in IngestSettings.model_fields:
        monkeypatch.delenv(f"SOURCIER_{name.upper()}", raising=False)


def test_without_any_variable_the_defaults_hold() -> None:
    settings = read_settings()
    assert (settings.bundles_dir, settings.encoder, settings.keep_bundles) == (Path("bundles"), "", 3)


def test_every_setting_is_described_and_frozen() -> None:
    assert all(field.description for field in IngestSettings.model_fields.values())
    with pytest.raises(ValueError, match="frozen"):
        read_settings().keep_bundles = 5  # type: ignore[misc]


def test_a_variable_is_read_with_its_prefix_and_unknown_ones_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCIER_KEEP_BUNDLES", "7")
    monkeypatch.setenv("SOURCIER_PORT", "not a port")
    assert read_settings().keep_bundles == 7


@pytest.mark.parametrize("value", ["0", "many", "101", ""])
def test_a_value_that_cannot_be_used_is_refused_by_its_variable_s_name(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SOURCIER_KEEP_BUNDLES", value)
    with pytest.raises(KnownError, match="SOURCIER_KEEP_BUNDLES") as caught:
        read_settings()
    assert caught.value.code == "settings_invalid"


def test_the_command_reports_it_in_one_line_with_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCIER_KEEP_BUNDLES", "0")
    assert main(["list"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("settings_invalid: SOURCIER_KEEP_BUNDLES")
    assert said.err.count("\n") == 1


def test_an_option_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("SOURCIER_BUNDLES_DIR", str(tmp_path / "from-environment"))
    assert main(["list"]) == 0
    assert "from-environment" in capsys.readouterr().out
    assert main(["list", "--bundles", str(tmp_path / "from-option")]) == 0
    assert "from-option" in capsys.readouterr().out
