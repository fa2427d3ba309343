"""Earlier turns in, the texts that complete a follow-up out, each with a weight; nothing where the question stands alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.analysis import fold, is_stop, words
from service.answer import Turn

USER_WEIGHT = 0.6
ASSISTANT_WEIGHT = 0.15
SHORT_TERMS = 4
_INVERSION = re.compile(r"(-t)?-(ils?|elles?|on|ce)\b")
_FOLLOWS = re.compile(
    r"^(et|mais|donc|alors|and|but|so|what about)\b|\b(il|elle|ils|elles|ca|cela|ceci|celui|celle|ceux|celles|y|leur|lui|this|that|it|they|them|"
    r"those|these|one)\b"
)


def context_of(question: str, conversation: Sequence[Turn]) -> list[tuple[str, float]]:
    """The last question, and less so the last answer, where the new question is short or points back."""
    if not conversation or not follows(question):
        return []
    found: list[tuple[str, float]] = []
    last = {turn.role: turn.text for turn in conversation}
    if "user" in last:
        found.append((last["user"], USER_WEIGHT))
    if "assistant" in last:
        found.append((last["assistant"], ASSISTANT_WEIGHT))
    return found


def follows(question: str) -> bool:
    """Whether a question leans on what was said before; "a-t-il" after its own subject points at nothing earlier."""
    content = [token for token in words(question) if not is_stop(token, "fr")]
    return len(content) < SHORT_TERMS or bool(_FOLLOWS.search(_INVERSION.sub("", fold(question)).replace("-", " ")))
