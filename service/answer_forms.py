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


_NUMBER = rf"(?:\d[\d,. ]*|{_SMALL_NUMBERS.removeprefix('un|une|').replace('one|', '')})"
_COUNTED = re.compile(
    r"\b(?:combien|cb|how many|quel (?:est le )?nombre) (?:y a t il )?(?:de |d |of |des )?(?P<noun>[a-z]{3,})"
)
_PERSON_ASKED = re.compile(
    r"\b(qui (dirige|preside|est (le|la|l)? ?(direct|presid|ministre|chef|patron)\w*)|who (leads|heads|directs|chairs|runs)"
    r"|nom (du|de la) (direct|presid|ministre|chef)\w*|quel(le)? (est le|est la)? ?(ministre|directeur|directrice|president\w*))\b"
)
_PERSON = re.compile(r"(?<![.!?:] )(?<!^)\b[A-ZÉÈÎ][a-zéèêëïçôû]+(?:-[A-ZÉ][a-zéè]+)? [A-ZÉÈ][a-zéèêëïçôû'’-]{2,}\b")
_UNCERTAIN = re.compile(
    r"\b(non confirme\w*|divergent|par erreur|a tort|non retrouve\w*|not confirmed|diverge|wrongly|mistakenly)\b"
)
_SILENT = re.compile(
    r"\b(ne (donne|dit|precise|indique|mentionne|fournit|contient|cite)nt? (ni|pas|aucun\w*)|n (indique|evoque)nt? (ni|pas|aucun\w*)"
    r"|gives? (neither|no)|does not (say|give|state|mention|name)|do not (say|give|state|mention))\b"
)


def counted_noun(question: str) -> str | None:
    """The noun whose number is asked ("combien de pages" -> "pages"), folded; None where no number of things is asked."""
    found = _COUNTED.search(plain_words(question))
    return found["noun"] if found and found["noun"] not in {"temps", "coute", "est", "sont", "est", "fait"} else None


def counts(noun: str, text: str) -> bool:
    """Whether the text gives a number of those things: a number, then the noun within three words."""
    stem = re.escape(noun.rstrip("sx"))
    return re.search(rf"\b{_NUMBER} (?:[a-z%-]+ ){{0,3}}?{stem}", plain_words(text)) is not None


def asks_person(question: str) -> bool:
    """Whether the question asks for a person by name."""
    return _PERSON_ASKED.search(plain_words(question)) is not None


def names_person(text: str) -> bool:
    """Whether the text has what looks like a first name and a surname."""
    return _PERSON.search(text) is not None


def is_uncertain(text: str) -> bool:
    """Whether the sentence itself says that it is unsure or that others are wrong."""
    return _UNCERTAIN.search(plain_words(text)) is not None


def says_nothing(text: str) -> bool:
    """Whether the sentence states that a document does not give something."""
    return _SILENT.search(plain_words(text)) is not None


def plain_words(text: str) -> str:
    """Folded, apostrophes and hyphens as spaces, single spaces."""
    return re.sub(r"\s+", " ", fold(text).replace("'", " ").replace("-", " "))


def leans_on_context(text: str) -> bool:
    """Whether a sentence begins with a word that points back ("Il", "Cette date", "However")."""
    return _LEANS.match(fold(text)) is not None
