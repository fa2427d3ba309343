"""The service's settings: environment variables of prefix SOURCIER_ go in; one frozen, checked object comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from corpus.errors import KnownError
from service.answer import Mode

MIN_TOKEN_CHARS = 16


class ServiceSettings(BaseSettings):
    """Read once, in `__main__`, and passed down. Nothing that must agree with the bundle is a setting."""

    model_config = SettingsConfigDict(env_prefix="SOURCIER_", frozen=True, extra="ignore", validate_default=True)

    host: str = Field(default="127.0.0.1", description="Address that the service listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port that the service listens on.")
    bundles_dir: Path = Field(default=Path("bundles"), description="Folder of the bundles; the active one is served.")
    store: SecretStr = Field(
        default=SecretStr(""),
        description="Address of a PostgreSQL to answer from (`postgresql://user@host1,host2/sourcier`, "
        "[postgresql.md](postgresql.md)); empty: from the folder of bundles.",
    )
    encoder: str = Field(
        default="",
        description="Encoder that the bundle was made with: a folder or a hub name; empty for the one that ships.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Web origins whose pages may call the API, separated by commas (`https://www.exemple.fr`). None by default.",
    )
    mcp_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Host names under which `/mcp` is called, separated by commas (`assistant.exemple.fr`), beside this machine's, "
        "`SOURCIER_HOST` and those of `SOURCIER_CORS_ORIGINS`.",
    )
    answer_timeout_s: float = Field(
        default=10.0, gt=0, le=600, description="Seconds after which a request for an answer is given up."
    )
    request_timeout_s: float = Field(
        default=20.0, gt=0, le=600, description="Seconds that a client has to send its request; then it is cut off."
    )
    max_body_bytes: int = Field(default=65536, ge=1024, description="Largest request body that is read, in bytes.")
    concurrent_asks: int = Field(
        default=4,
        ge=1,
        le=64,
        description="Questions that have a place at the same time in each worker: extracts compute one after the other, "
        "models are waited for side by side.",
    )
    waiting_asks: int = Field(
        default=32, ge=0, le=10000, description="Questions that may wait for their turn; more are refused at once."
    )
    cached_answers: int = Field(
        default=256,
        ge=0,
        le=100000,
        description="Answers that each worker keeps in memory, ten minutes at most, for when the same is asked again; 0 for none.",
    )
    rate_per_minute: int = Field(
        default=60,
        ge=0,
        le=100000,
        description="Questions that one client may ask in a minute, at once or spread out; 0 for no limit. Unless it is set, "
        "clients on this very machine are not limited.",
    )
    workers: int = Field(
        default=1, ge=1, le=64, description="Worker processes. They share the limit of each client evenly."
    )
    feedback_file: str = Field(
        default="",
        description="File that readers' reports are added to, one JSON object a line; empty: none are taken.",
    )
    feedback_max_bytes: int = Field(
        default=10_000_000, ge=1000, description="Size at which the file of reports takes no more, in bytes."
    )
    admin_token: SecretStr = Field(
        default=SecretStr(""),
        description="Token of the administration API and of `/admin`, 16 characters at least; empty: both are off.",
    )
    inbox_dir: Path = Field(
        default=Path("inbox"), description="Folder that pushed documents are put into, beside a catalogue."
    )
    documents_dir: str = Field(
        default="",
        description="Folder that a reindexing reads, as `--documents` does; empty: what the last build of the bundles read.",
    )
    max_document_bytes: int = Field(
        default=64_000_000, ge=1024, description="Largest document that may be pushed, in bytes."
    )
    chat_model: str = Field(
        default="",
        max_length=200,
        description="Model that words answers in generative mode: a name at `SOURCIER_CHAT_BASE_URL`, else `provider:model`; "
        "empty: the mode is off.",
    )
    chat_base_url: str = Field(
        default="",
        description="Address of a server that speaks as OpenAI's (`http://127.0.0.1:11434/v1`); empty: the provider's own.",
    )
    chat_api_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key for that server or provider; empty: none, or the provider's own variable.",
    )
    chat_timeout_s: float = Field(
        default=8.0,
        gt=0,
        le=600,
        description="Seconds that the model has for an answer; then extracts answer. Less than `SOURCIER_ANSWER_TIMEOUT_S`.",
    )
    chat_first_token_s: float = Field(
        default=5.0, gt=0, le=600, description="Seconds that the model has until it begins to answer."
    )
    chat_max_tokens: int = Field(
        default=700, ge=50, le=16000, description="Longest reply that the model may give, in its tokens."
    )
    mode_default: Mode = Field(
        default="extractive",
        description="Mode of a question that names none: `extractive`, or `generative`, which needs `SOURCIER_CHAT_MODEL`.",
    )
    docs: bool = Field(default=True, description="Whether `/docs`, the browsable description of the API, is served.")

    @field_validator("admin_token")
    @classmethod
    def _check_token(cls, token: SecretStr) -> SecretStr:
        if 0 < len(token.get_secret_value()) < MIN_TOKEN_CHARS:
            raise ValueError(f"{MIN_TOKEN_CHARS} characters at least")
        return token

    @field_validator("mcp_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("mcp_hosts")
    @classmethod
    def _check_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if set(host) & set("/:*?# "):
                raise ValueError(f"{host!r} is no host name; one looks like assistant.exemple.fr")
        return hosts

    @field_validator("chat_base_url")
    @classmethod
    def _check_base_url(cls, url: str, info: ValidationInfo) -> str:
        if url and not (url.startswith(("http://", "https://")) and urlsplit(url).hostname):
            raise ValueError("no address of a server; one looks like http://127.0.0.1:11434/v1")
        model: str = info.data.get("chat_model", "")
        if model and not url and ":" not in model:
            raise ValueError("needed for a SOURCIER_CHAT_MODEL that names no provider (provider:model)")
        return url

    @field_validator("chat_timeout_s")
    @classmethod
    def _check_chat_timeout(cls, timeout_s: float, info: ValidationInfo) -> float:
        if info.data.get("chat_model") and timeout_s >= info.data.get("answer_timeout_s", timeout_s + 1):
            raise ValueError("must be less than SOURCIER_ANSWER_TIMEOUT_S, so that extracts can still answer")
        return timeout_s

    @field_validator("mode_default")
    @classmethod
    def _check_mode(cls, mode: Mode, info: ValidationInfo) -> Mode:
        if mode == "generative" and not info.data.get("chat_model"):
            raise ValueError("generative needs SOURCIER_CHAT_MODEL")
        return mode

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())

    @field_validator("cors_origins")
    @classmethod
    def _check_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            scheme, mark, host = origin.partition("://")
            if scheme not in ("http", "https") or not mark or not host or set(host) & set("/*?# "):
                raise ValueError(f"{origin!r} is no web origin; one looks like https://www.exemple.fr")
        return origins


def read_settings() -> ServiceSettings:
    """The settings of the environment.

    Raises: `settings_invalid`, a KnownError that names every variable that cannot be used.
    """
    try:
        return ServiceSettings()
    except ValidationError as bad:
        named = "; ".join(f"SOURCIER_{str(error['loc'][0]).upper()}: {error['msg']}" for error in bad.errors())
        raise KnownError("settings_invalid", named, "See docs/settings.md.") from bad
