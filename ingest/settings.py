"""What the write side may be told: environment variables with the prefix SOURCIER_, read once in `__main__`."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus.errors import KnownError


class IngestSettings(BaseSettings):
    """Settings of `python -m ingest`; command-line options win over them. docs/settings.md lists them all."""

    model_config = SettingsConfigDict(env_prefix="SOURCIER_", frozen=True, extra="ignore")

    bundles_dir: Path = Field(default=Path("bundles"), description="Folder of the bundles.")
    store: SecretStr = Field(
        default=SecretStr(""),
        description="Address of a PostgreSQL that bundles are published to (`postgresql://user@host1,host2/sourcier`); empty: none.",
    )
    catalogue: Path = Field(default=Path("corpus/sources.toml"), description="Catalogue of the documents to index.")
    inbox_dir: Path = Field(
        default=Path("inbox"), description="Drop folder whose documents are indexed beside the catalogue."
    )
    encoder: str = Field(default="", description="Encoder: a folder or a hub name; empty for the one that ships.")
    gate_questions: str = Field(
        default="",
        description="Questions file (JSON Lines): a bundle that finds less of what they expect is not activated.",
    )
    gate_tolerance: float = Field(
        default=0.02, ge=0, le=1, description="By how much recall on those questions may fall, as a share (0 to 1)."
    )
    keep_bundles: int = Field(
        default=3, ge=1, le=100, description="Bundles kept after a build, the active one included."
    )
    document_timeout_s: float = Field(
        default=120, gt=0, le=86_400, description="Time that reading one document may take, in seconds."
    )
    document_memory_mib: int = Field(
        default=2048, ge=256, description="Memory (address space) that reading one document may take, in MiB."
    )
    readers: int = Field(default=2, ge=1, le=64, description="Processes that read documents at the same time.")
    fetch_contact: str = Field(
        default="", description="Address (web or e-mail) that publishers are told when their documents are fetched."
    )
    fetch_pause_s: float = Field(
        default=5, ge=0, le=3600, description="Pause between two requests to one host, in seconds."
    )
    fetch_private: bool = Field(
        default=False, description="Whether documents may be fetched from private addresses and over plain http."
    )


def read_settings() -> IngestSettings:
    """The settings of the environment.

    Raises: `settings_invalid`, a KnownError that names every variable that cannot be used.
    """
    try:
        return IngestSettings()
    except ValidationError as bad:
        named = "; ".join(f"SOURCIER_{str(error['loc'][0]).upper()}: {error['msg']}" for error in bad.errors())
        raise KnownError("settings_invalid", named, "See docs/settings.md.") from bad
