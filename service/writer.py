"""The service's settings go in; the writer of its generative mode, and what the operator must be told of it, come out."""

from __future__ import annotations

from importlib.util import find_spec

from service.compose_chat import EXTRA, ChatComposer, ChatSettings
from service.settings import ServiceSettings


def writer_of(settings: ServiceSettings) -> ChatComposer | None:
    """The writer of these settings, or None where the generative mode is off. Loads no library yet."""
    return ChatComposer(_chat(settings)) if settings.chat_model else None


def warnings_of(settings: ServiceSettings) -> list[str]:
    """What an operator should know when the service starts: where questions go, and what is missing. In English, a line each."""
    if not settings.chat_model:
        return []
    told, chat = [], _chat(settings)
    if chat.sent_to:
        told.append(
            f"generative mode: questions and passages are sent to {chat.sent_to}, which processes them for you"
            " (docs/generative.md, 'Duties'); each such answer says so"
        )
    if chat.needs_extra and find_spec("langchain_openai") is None:
        told.append(f"generative mode: langchain-openai is not installed; extracts answer until you run: {EXTRA}")
    return told


def _chat(settings: ServiceSettings) -> ChatSettings:
    return ChatSettings(
        model=settings.chat_model,
        base_url=settings.chat_base_url,
        api_key=settings.chat_api_key.get_secret_value(),
        timeout_s=settings.chat_timeout_s,
        first_token_s=settings.chat_first_token_s,
        max_tokens=settings.chat_max_tokens,
    )
