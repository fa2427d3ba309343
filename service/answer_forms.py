"""A sentence in, the forms that it has out: a date, an amount, a definition ...; what a question asks for can be held against them."""

from __future__ import annotations

import re

from corpus.analysis import fold
from service.intent import Asks

_MONTHS = (
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|"
    "january|february|march|april|june|july|august|september|october|november|december"
)
_SMALL_NUMBERS = (
    "un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quinze|seize|vingt|trente|quarante|cinquante|cent|mille|"
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty"
)
_UNITS = "ans?|annees?|mois|jours?|semaines?|heures?|minutes?|years?|months?|days?|weeks?|hours?"
_PATTERNS: dict[Asks, str] = {
    Asks.DATE: rf"\b(\d{{1,2}}(er)? )?({_MONTHS})\b|\b(en|in|depuis|since|des|vers|annee) (1[0-9]|20)\d\d\b|\b(19|20)\d\d\b|\bsiecle\b",
    Asks.MONEY: r"\d[\d,. ]*(millions?|milliards?|billions?)? ?(d.)?(euros?|eur|€|m€|k€|dollars?|francs?)|[€£$] ?\d|\d ?%",
    Asks.QUANTITY: rf"\b\d[\d,. /]*|\b({_SMALL_NUMBERS})\b",
    Asks.DURATION: rf"\b(\d+|{_SMALL_NUMBERS}) ({_UNITS})\b",
    Asks.DEFINITION: r"\b(est|sont|etait) (un|une|le|la|l.|des|les)\b|\b(signifie|designe|consiste|veut dire|s.entend|se definit|correspond)"
    r"|\bis (a|an|the)\b|\b(means|stands for|refers to)\b",
    Asks.WHO: r"[a-z] [A-Z]",
    Asks.WHERE: r"\b(a|au|aux|en|dans|sur|chez|in|at) [A-ZÉÈÎ]",
    Asks.PROCEDURE: r"\b(doit|doivent|faut|depos\w+|demand\w+|adress\w+|remplir|joindre|must|has to|apply|file[sd]?|submit\w*|peut|peuvent)\b",
    Asks.ADDRESS: r"\w+@\w+|\w\.\w+/|www\.|https?:",
    Asks.REASON: r"\b(car|parce|puisque|afin|en raison|grace|cause\w*|because|since|due to|faute|pour)\b",
    Asks.YES_NO: r"\b(oui|non|yes|no|not)\b|\bn.est\b|\bne .{1,30} pas\b|\b(obligatoire|interdi\w+|autoris\w+|doit|doivent|reste\w*|must)\b",
}
_CASED = frozenset({Asks.WHO, Asks.WHERE})
_COMPILED = {asks: re.compile(pattern) for asks, pattern in _PATTERNS.items()}
FORM_ORDER = tuple(_COMPILED)
_LEANS = re.compile(
    r"^(il|elle|ils|elles|ce|cela|ceci|celui|celle|ceux|cette|ces|cet|celles|en outre|toutefois|cependant|par ailleurs|ainsi|de plus|"
    r"enfin|dans ce cas|it|they|this|these|those|however|moreover|in addition)\b"
)


def forms_of(text: str) -> tuple[bool, ...]:
    """For each of `FORM_ORDER`, whether the sentence has that form."""
    plain = fold(text)
    return tuple(pattern.search(text if asks in _CASED else plain) is not None for asks, pattern in _COMPILED.items())


def leans_on_context(text: str) -> bool:
    """Whether a sentence begins with a word that points back ("Il", "Cette date", "However")."""
    return _LEANS.match(fold(text)) is not None
