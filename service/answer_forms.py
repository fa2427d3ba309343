"""A sentence in, the forms that it has out: a date, an amount, a definition ...; what a question asks for can be held against them."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.analysis import fold, term
from service.intent import Asks

_MONTHS = (
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|"
    "january|february|march|april|june|july|august|september|october|november|december"
)
_SMALL_NUMBERS = (
    "un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quinze|seize|vingt|trente|quarante|cinquante|cent|mille|"
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty"
)
_NUMBER_WORDS = _SMALL_NUMBERS.removeprefix("un|une|").replace("one|", "")
_UNITS = "ans?|annees?|mois|jours?|semaines?|heures?|minutes?|years?|months?|days?|weeks?|hours?"
_PATTERNS: dict[Asks, str] = {
    Asks.DATE: rf"\b(\d{{1,2}}(er)? )?({_MONTHS})\b|(?<![\d/,.-])(1[0-9]|20)\d\d(?![\d/,-])|\bsiecle\b",
    Asks.MONEY: r"\d[\d,. ]*(millions?|milliards?|billions?)? ?(d.)?(euros?|eur|€|m€|k€|dollars?|francs?)|[€£$] ?\d|\d ?%",
    Asks.QUANTITY: rf"\b\d[\d,. /]*|\b({_NUMBER_WORDS})\b|\b(aucun\w*|la moitie|un tiers|un quart|none)\b",
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
_UNDATED = frozenset({Asks.QUANTITY, Asks.MONEY, Asks.DURATION})
_COMPILED = {asks: re.compile(pattern) for asks, pattern in _PATTERNS.items()}
FORM_ORDER = tuple(_COMPILED)
_LEANS = re.compile(
    r"^(il|elle|ils|elles|ce|cela|ceci|celui|celle|ceux|cette|ces|cet|celles|en outre|toutefois|cependant|par ailleurs|ainsi|de plus|"
    r"enfin|dans ce cas|it|they|this|these|those|however|moreover|in addition)\b"
)


_DATES = re.compile(
    rf"\b(\d{{1,2}}(er)? )?({_MONTHS})( \d{{1,2}},?)?( \d{{4}})?\b|(?<![\d/,.-])(19|20)\d\d(-20\d\d)?(?![\d/,])|\b\d+[/-]\d+\b"
)


_FULL_DATE = re.compile(rf"\b\d{{1,2}}(er)? ({_MONTHS}) \d{{4}}|\b({_MONTHS}) \d{{1,2}},? \d{{4}}")


def forms_of(text: str) -> tuple[bool, ...]:
    """For each of `FORM_ORDER`, whether the sentence has that form. A number within a date or a reference is no quantity."""
    plain = fold(text)
    undated = _DATES.sub(" ", plain)
    seen = {asks: text if asks in _CASED else undated if asks in _UNDATED else plain for asks in FORM_ORDER}
    return tuple(_COMPILED[asks].search(seen[asks]) is not None for asks in FORM_ORDER)


_NUMBER = rf"(?:\d[\d,. ]*|{_NUMBER_WORDS})"
_COUNTED = re.compile(
    r"\b(?:combien|cb|how many|quel (?:est le )?nombre) (?:y a t il )?(?:de |d |of |des )?(?P<noun>[a-z]{3,})"
)
_NO_NOUN = frozenset({"temps", "fois", "plus", "est", "sont", "ans", "mois", "jours"})
_ANYONE = frozenset({"personnes", "gens", "francais", "people", "persons", "citoyens", "individus"})
"""Documents say who they are: professionals, students, hospital staff."""
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


_DEFINING = re.compile(
    r"\b(est (un|une|le|la|l|des|celui|celle)|sont (des|les|un|une)|signifie|signifient|designe|designent|consiste|veut dire|se lit|permet"
    r"|is (a|an|the)|are|means?|stands? for|refers? to)\b"
)
_LEGAL_DEFINITION = re.compile(
    r"(?:\w{1,4}[.)] )?[«“\"] ?(?P<term>[^»”\"]{2,80}?) ?[»”\"] ?[,:] (?:un|une|le|la|les|l|tout|toute|des|any|an?|the)\b"
)
_AROUND = frozenset(
    """le la les l un une des du de d au aux en ce cette sigle acronyme terme mot demarche notion expression dispositif the an of in
    selon pour dans par et ou""".split()
)


def counted_noun(question: str) -> str | None:
    """The noun whose number is asked ("combien de pages" -> "pages"), folded; None where no number of things is asked."""
    found = _COUNTED.search(plain_words(question))
    if found is None or found["noun"] in _NO_NOUN | _ANYONE:
        return None
    return found["noun"] if found["noun"][-1] in "sx" else None


def counts(nouns: Collection[str], text: str) -> bool:
    """Whether the text gives a number of one of those things: "12 fiches", "les fiches sont au nombre de 12"; dates do not count."""
    stems = sorted(noun.rstrip("sx") for noun in nouns)
    folded = fold(text)
    if not any(stem in folded for stem in stems):
        return False
    stem = "(?:" + "|".join(map(re.escape, stems)) + ")"
    plain = _DATES.sub(" ", plain_words(text))
    before = rf"\b{_NUMBER} ?(?:[a-z%-]+ ){{0,5}}?{stem}"
    after = rf"\b{stem}\w* .{{0,90}}?\b(?:sont|est de|etaient|atteint|atteignent|s eleve\w* a|plus de|environ|pres de)(?: [a-z]+){{0,3}} {_NUMBER}"
    return re.search(f"{before}|{after}", plain) is not None


def asks_person(question: str) -> bool:
    """Whether the question asks for a person by name."""
    return _PERSON_ASKED.search(plain_words(question)) is not None


def names_person(text: str) -> bool:
    """Whether the text has what looks like a first name and a surname."""
    return _PERSON.search(text) is not None


def defines(subject: Collection[str], text: str) -> float:
    """1 for a law's definition of the subject (index terms of its words), 0.7 where the sentence says what it is, and of it
    alone, 0.2 where it says so of more; else 0.
    """
    plain = re.sub(r"\([^)]*\)", " ", plain_words(text))
    legal = _LEGAL_DEFINITION.match(plain)
    if legal is not None:
        words = [word for word in re.findall(r"[a-z0-9.]+", legal["term"]) if word not in _AROUND]
        return 1.0 if words and all(term(word, "fr") in subject for word in words) else 0.0
    verb = _DEFINING.search(plain)
    if verb is None:
        return 0.0
    before = [word for word in re.findall(r"[a-z0-9.]+", plain[: verb.start()]) if word.strip(".") not in _AROUND]
    named = [word for word in before if term(word.strip("."), "fr") in subject]
    if not named:
        return 0.0
    return 0.7 if len(named) == len(before) else 0.2


def has_full_date(text: str) -> bool:
    """Whether the text has a date with its day and year."""
    return _FULL_DATE.search(fold(text)) is not None


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
