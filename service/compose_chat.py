"""Passages go in, a model words statements of them, drafts come out. The only module that knows LangChain's chat models.

A draft is a claim: the words that the model says it took from a passage were looked up in that passage, nothing else is sure yet.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.answer import Language
from service.chat_line import ChatLine, Limits, Messages, status_of
from service.chat_prompt import SCHEMA, Prompt, prompt_of, prompt_version
from service.circuit import Circuit
from service.compose import Draft, Found, WriterFault
from service.draft_reader import DraftReader, WrittenStatement
from service.network_place import host_elsewhere
from service.quote_finder import find_quote
from service.texts import Wording
from service.visible_text import plain_statement, speaks_to_machine

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

CONNECT_S = 3.0
MAX_STATEMENTS = 6
MAX_SPANS = 4
LOCAL_PROVIDERS = frozenset({"ollama", "huggingface"})
EXTRA = "pip install 'sourcier[generative]'"
NOT_INSTALLED = Wording(
    "Le mode rédigé demande un paquet qui n'est pas installé sur ce service ({install}) : la réponse est faite d'extraits exacts.",
    "Written answers need a package that is not installed on this service ({install}): the answer is made of exact extracts.",
)


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """Which model words answers, and within what. With `base_url`, any server that speaks as OpenAI's; else "provider:model".

    `api_key` empty: none is sent to `base_url`; a provider reads its own variable.
    """

    model: str
    base_url: str = ""
    api_key: str = ""
    timeout_s: float = 8.0
    first_token_s: float = 5.0
    max_tokens: int = 700

    @property
    def needs_extra(self) -> bool:
        """Whether it is our optional dependency that calls the model, not a provider's own package."""
        return bool(self.base_url) or self.model.startswith("openai:")

    @property
    def sent_to(self) -> str:
        """The host that questions go to, or the provider's name where it is that library's secret; empty for this machine."""
        provider = self.model.partition(":")[0]
        if not self.base_url:
            return "" if provider in LOCAL_PROVIDERS else provider
        return host_elsewhere(self.base_url)


class ChatComposer:
    """Words statements by a chat model. Safe to share between threads; keeps no question."""

    def __init__(
        self, settings: ChatSettings, *, circuit: Circuit | None = None, fence: Callable[[], str] | None = None
    ) -> None:
        self.circuit = circuit or Circuit()
        self._settings = settings
        self._fence = fence or (lambda: f"«{secrets.token_hex(12)}»")
        self._line = ChatLine(self._stream, Limits(settings.timeout_s, settings.first_token_s))
        self._lock = threading.Lock()
        self._model: BaseChatModel | None = None
        self._schema = settings.needs_extra

    @property
    def model(self) -> str:
        """The model's name, as the operator set it."""
        return self._settings.model

    @property
    def sent_to(self) -> str:
        """The host that questions and passages are sent to, empty where they stay on this machine."""
        return self._settings.sent_to

    def prompt_version(self, lang: Language) -> str:
        """The name of the prompt that it is told with."""
        return prompt_version(lang)

    def open(self) -> None:
        """Load the library and make its client: seconds, which no question should wait for.

        Raises: WriterFault `not_installed`, which names the package to install; `unusable`.
        """
        with self._lock:
            if self._model is None:
                self._model = _made(self._settings)

    def warm(self) -> ChatComposer:
        """Itself, its library being loaded beside; what that meets is told by the first question."""
        threading.Thread(target=self._open_quietly, name="chat-library", daemon=True).start()
        return self

    def _open_quietly(self) -> None:
        with suppress(WriterFault):
            self.open()

    def compose(self, found: Found) -> Iterator[Draft]:
        """Drafts, each as soon as the model has closed its object.

        Raises: `WriterFault`: the reasons of `open` and of `ChatLine.read`, `circuit_open`, `rubbish`.
        """
        self.open()
        if not self.circuit.enter():
            raise WriterFault("circuit_open", sent=False)
        well: bool | None = False
        try:
            yield from self._drafts(found, prompt_of(found, self._fence()))
            well = True
        except WriterFault as fault:
            well = None if fault.reason == "gone" else False
            raise
        except GeneratorExit:
            well = None
            raise
        finally:
            self.circuit.leave(well)

    def _drafts(self, found: Found, prompt: Prompt) -> Iterator[Draft]:
        reader, given = DraftReader(), 0
        messages = (("system", prompt.system), ("user", prompt.user))
        with closing(self._line.read(messages, left_s=found.left_s(), gone=found.gone)) as pieces:
            for piece in pieces:
                for statement in _fed(reader, piece):
                    given += 1
                    yield draft_of(found, prompt, statement)
                    if given == MAX_STATEMENTS:
                        return
        if not reader.closed:
            raise WriterFault("cut" if given else "rubbish")

    async def _stream(self, messages: Messages) -> AsyncGenerator[str, None]:
        """The pieces of one call; asked for by schema, and once more without where the server does not take one."""
        begun = False
        try:
            async with aclosing(self._call(messages, schema=self._schema)) as pieces:
                async for piece in pieces:
                    begun = True
                    yield piece
        except Exception as fault:
            if begun or not self._schema or status_of(fault) not in (400, 404, 415, 422, 501):
                raise
        else:
            return
        async with aclosing(self._call(messages, schema=False)) as pieces:
            async for piece in pieces:
                self._schema = False
                yield piece

    async def _call(self, messages: Messages, *, schema: bool) -> AsyncGenerator[str, None]:
        """One call, traced by nobody: a variable of another program's (LANGSMITH_TRACING) must not send questions elsewhere."""
        from langsmith import tracing_context

        if self._model is None:
            raise WriterFault("unusable", sent=False)
        bound: dict[str, Any] = {}
        if (
            self._settings.base_url
        ):  # as servers other than OpenAI's know it; `max_completion_tokens` is refused by some
            bound["extra_body"] = {"max_tokens": self._settings.max_tokens}
        if schema:  # in the body as it is: the library's own way reads the reply to its end before it gives anything
            form = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}
            bound["extra_body"] = {**bound.get("extra_body", {}), "response_format": form}
        with tracing_context(enabled=False):
            async for chunk in self._model.astream(list(messages), **bound):
                if text := chunk.text:
                    yield str(text)


def _made(settings: ChatSettings) -> BaseChatModel:
    """The client of the settings.

    Raises: WriterFault `not_installed`, `unusable`.
    """
    try:
        if settings.base_url:
            from langchain_openai import ChatOpenAI
            from openai import Timeout

            return ChatOpenAI(
                model=settings.model,
                base_url=settings.base_url,
                api_key=lambda: settings.api_key or "none",  # never another service's key from the environment
                timeout=Timeout(settings.timeout_s, connect=min(CONNECT_S, settings.timeout_s)),
                max_retries=0,
                temperature=0,
                use_responses_api=False,
            )
        from langchain.chat_models import init_chat_model

        given: dict[str, Any] = {"api_key": settings.api_key} if settings.api_key else {}
        given |= {"timeout": settings.timeout_s, "max_tokens": settings.max_tokens, "max_retries": 0}
        made: BaseChatModel = init_chat_model(settings.model, **given)
        return made
    except ImportError as fault:
        told = str(fault).split("`")  # LangChain names the package of a provider between these
        ours = settings.needs_extra or len(told) < 3
        install = EXTRA if ours else told[1]
        raise WriterFault("not_installed", NOT_INSTALLED, install=install, sent=False) from fault
    except Exception as fault:
        raise WriterFault("unusable", sent=False) from fault


def _fed(reader: DraftReader, piece: str) -> Iterator[WrittenStatement]:
    """The statements that are whole now.

    Raises: WriterFault `rubbish`.
    """
    try:
        yield from reader.feed(piece)
    except ValueError as fault:
        raise WriterFault("rubbish") from fault


def draft_of(found: Found, prompt: Prompt, statement: WrittenStatement) -> Draft:
    """The draft of a statement: its words made plain, its quotes looked up in the passages that it names."""
    rows = tuple(
        dict.fromkeys(prompt.rows[q.passage - 1] for q in statement.quotes if 1 <= q.passage <= len(prompt.rows))
    )
    text, flaw = plain_statement(statement.text)
    if not statement.quotes:
        flaw = flaw or "no_quote"
    if any(not 1 <= q.passage <= len(prompt.rows) for q in statement.quotes):
        flaw = flaw or "no_such_passage"
    if flaw:
        return Draft(text, (), rows, written=True, flaw=flaw)
    places = [find_quote(found.bundle, prompt.rows[q.passage - 1], q.words) for q in statement.quotes]
    spans = tuple(dict.fromkeys(span for span in places if span is not None))[:MAX_SPANS]
    if None in places:
        flaw = "not_verbatim"
    elif any(speaks_to_machine(span.text) for span in spans):
        flaw = "order"
    return Draft(text, spans, rows, written=True, flaw=flaw)
