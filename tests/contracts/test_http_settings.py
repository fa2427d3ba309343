"""docs/settings.md lists the settings as they are, and settings refuse what cannot be used."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic_settings import BaseSettings

from corpus.errors import KnownError
from ingest.settings import IngestSettings
from service.settings import ServiceSettings, read_settings
from tests.makers import ROOT


def documented(heading: str) -> dict[str, tuple[str, str]]:
    """The variables of one part of the document, each with its default and its meaning."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    part = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return {
        name: (default, meaning)
        for name, default, meaning in re.findall(r"^\| `(\w+)` \| (.+?) \| (.+) \|$", part, re.M)
    }


def shown(default: Any) -> str:
    if isinstance(default, bool):
        text = str(default).lower()
    elif isinstance(default, float):
        text = f"{default:g}"
    else:
        text = ", ".join(default) if isinstance(default, tuple) else str(default)
    return f"`{text}`" if text else "(none)"


@pytest.mark.parametrize(("heading", "settings"), [("Service", ServiceSettings), ("Indexing", IngestSettings)])
def test_every_setting_is_documented_with_its_default_and_meaning(heading: str, settings: type[BaseSettings]) -> None:
    assert documented(heading) == {
        f"SOURCIER_{name.upper()}": (shown(field.default), field.description)
        for name, field in settings.model_fields.items()
    }


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCIER_PORT", "8123")
    monkeypatch.setenv("SOURCIER_CORS_ORIGINS", "https://www.exemple.fr/, http://localhost:3000")
    monkeypatch.setenv("SOURCIER_DOCS", "false")
    settings = read_settings()
    assert settings.port == 8123
    assert settings.cors_origins == ("https://www.exemple.fr", "http://localhost:3000")
    assert settings.docs is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"), ("PORT", "70000"), ("ANSWER_TIMEOUT_S", "0"), ("CONCURRENT_ASKS", "0"), ("MAX_BODY_BYTES", "10"),
        ("CORS_ORIGINS", "*"), ("CORS_ORIGINS", "www.exemple.fr"), ("CORS_ORIGINS", "https://www.exemple.fr/page"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"SOURCIER_{name}", value)
    with pytest.raises(KnownError) as refused:
        read_settings()
    assert refused.value.code == "settings_invalid"
    assert f"SOURCIER_{name}" in refused.value.message
