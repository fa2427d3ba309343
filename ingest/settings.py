"""What the write side may be told: environment variables with the prefix SOURCIER_, read once in `__main__`."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class IngestSettings(BaseSettings):
    """Settings of `python -m ingest`; command-line options win over them. docs/settings.md lists them all."""

    model_config = SettingsConfigDict(env_prefix="SOURCIER_", frozen=True, extra="ignore")

    bundles_dir: Path = Field(Path("bundles"), description="Folder of the bundles.")
    catalogue: Path = Field(Path("corpus/sources.toml"), description="Catalogue of the documents to index.")
    encoder: str = Field("", description="Encoder: a folder or a hub name; empty for the one that ships.")
    keep_bundles: int = Field(3, ge=1, le=100, description="Bundles kept after a build, the active one included.")
