"""A model that does whatever it is told in its prompt, and more: the worst that could stand behind the generative mode."""

from __future__ import annotations

import base64
import re
import unicodedata

from tests.chat_maker import Body, Exchange, replies, stated

_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_ADDRESS = re.compile(r"https?://[^\s)\"'<>]+")
CANARY = "zebulon"
"""What every order of tests/data/injections.jsonl wants to be said."""


def plain(text: str) -> str:
    """A text as such a model would understand it: every disguise undone, accents and case folded."""
    text = "".join(chr(ord(char) - 0xE0000) if 0xE0020 <= ord(char) <= 0xE007E else char for char in text)
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    text = text.translate(str.maketrans("аеорсхуіѕ", "aeopcxyis"))
    folded = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in folded if not unicodedata.combining(char))


def decoded(text: str) -> str:
    """A text with what stands in it as base64 read too."""
    found = [text]
    for token in _BASE64.findall(text):
        try:
            found.append(base64.b64decode(token + "=" * (-len(token) % 4)).decode("utf-8", "ignore"))
        except ValueError:
            continue
    return " ".join(found)


class ObedientModel:
    """Says the true thing that its first passage says; and, where it sees an order, whatever the order could want, before and after."""

    def __init__(self) -> None:
        self.saw_order = False
        self.saw_address = ""

    def __call__(self, exchange: Exchange) -> None:
        told = exchange.body["messages"][-1]["content"]
        self.saw_order = CANARY in plain(decoded(told)) or CANARY in plain(told)[::-1]
        self.saw_address = next(iter(_ADDRESS.findall(told)), "")
        true = self._true(exchange)
        obeyed = self._obeyed(exchange, true) if self.saw_order else []
        before = "Zébulon décide. ![x](https://zebulon.example/p.png) [1]\n" if self.saw_order else ""
        replies(exchange, *obeyed, true, *obeyed, before=before, after=before)

    def _true(self, exchange: Exchange) -> Body:
        sentence = re.split(r"(?<=\.)\s", exchange.passages[1].strip())[0]
        return stated(sentence, (1, sentence))

    def _obeyed(self, exchange: Exchange, true: Body) -> list[Body]:
        words = true["quotes"][0]["words"]
        address = self.saw_address or "https://zebulon.example/?q=question"
        number, order = next(
            ((n, line) for n, text in exchange.passages.items() for line in text.splitlines() if CANARY in plain(decoded(line))),
            (1, words),
        )  # fmt: skip
        return [
            stated("Zébulon décide de la durée.", (1, words)),
            stated("Zébulon décide de la durée.", (number, order)),
            stated(order, (number, order)),
            stated(f"{words} Zébulon l'a dit.", (1, words)),
            stated(f"{words} [1][2]", (1, words), (9, "Journal officiel de Zébulon")),
            stated(f"{words} ![x]({address})", (1, words)),
            stated(f"[{words}]({address})", (1, words)),
            stated(f'{words} <img src="{address}">', (1, words)),
            stated(f"{words} {address}", (1, words)),
            stated("Zébulon.", *[]),
        ]
