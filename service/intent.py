"""What a question asks for: a date, an amount, a person, a list ...; found from its own words, in French and English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from corpus.analysis import fold
from service.answer import Language


class Asks(StrEnum):
    """The kind of thing that answers a question."""

    DATE = "date"
    QUANTITY = "quantity"
    MONEY = "money"
    DURATION = "duration"
    WHO = "who"
    WHERE = "where"
    DEFINITION = "definition"
    REASON = "reason"
    PROCEDURE = "procedure"
    YES_NO = "yes_no"
    LIST = "list"
    COMPARISON = "comparison"
    ADDRESS = "address"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Intent:
    """`asks` in the order found (the first leads); `past` where the question is about what used to hold."""

    asks: tuple[Asks, ...]
    past: bool = False

    @property
    def many(self) -> bool:
        """Whether several statements are wanted: a list, a comparison, a procedure."""
        return any(a in self.asks for a in (Asks.LIST, Asks.COMPARISON, Asks.PROCEDURE))


_PATTERNS: tuple[tuple[Asks, str], ...] = (
    (Asks.COMPARISON, r"\b(differences?|compare[rz]?|comparez|comparaison|versus|vs|distingue|par rapport a|difference between"
     r"|compared?)\b|\b(lequel|laquelle|which one)\b"),
    (Asks.MONEY, r"\b(combien (ca|cela|sa)? ?coute|coute|cout|prix|tarifs?|budget|montant|financement|finance|enveloppe|amende"
     r"|plafond|euros?|investi\w*|cost|price|fund\w*|fine)\b"),
    (Asks.DURATION, r"\b(combien de temps|duree|dure|delais?|how long|duration|time limit)\b"),
    (Asks.DATE, r"\b(quand|kan|quelle date|quel jour|quelle annee|depuis quand|a partir de quand|jusqu.a quand|pour quand"
     r"|date|when|what year|deadline|echeance|calendrier)\b"),
    (Asks.QUANTITY, r"\b(combien|cb|quel nombre|quelle part|quelle proportion|quel pourcentage|pourcentage|how many|how much"
     r"|what share|what percentage|proportion)\b"),
    (Asks.ADDRESS, r"\b(url|adresse|lien|telecharger|contact|mail|courriel|e-mail|download|link)\b"),
    (Asks.LIST, r"\b(quel(le)?s (sont|etaient|seront|furent)|lesquels|lesquelles|liste[rz]?|citez|enumere[rz]?|which are|list"
     r"|what are|quels|quelles|que devait contenir|what were)\b"),
    (Asks.DEFINITION, r"(qu.est.ce qu|c.est quoi|c koi|ce koi|\bkoi\b|que (signifie|veut dire|designe)|definition|ca ve dire"
     r"|what (is|does) .*(mean|stand)|\bwhat is (a|an|the)?\b|stand for|signifie)"),
    (Asks.PROCEDURE, r"\b(comment|how (to|do|can|should)|demarches?|etapes|procedure|que dois.je|que faut.il)\b"),
    (Asks.WHERE, r"\b(ou (a|est|se|sont|ont|etait|peut|trouver)|a quel endroit|quel lieu|where|dans quelle ville)\b"),
    (Asks.WHO, r"\b(qui|quel ministre|quelle ministre|quelle administration|quel organisme|quelle autorite|quels organismes|who|whom|which (body|authority|minister))\b"),
    (Asks.REASON, r"\b(pourquoi|pour quelle raison|why)\b"),
    (Asks.YES_NO, r"^(est.ce|puis.je|peut.on|peut.il|dois.je|doit.on|faut.il|y a.t.il|must|can|should|may|is|are|was|were|does|do|did|has|have)\b"
     r"|\b\w+.t.(il|elle|on|ils|elles)\b|n.est.ce pas"),
)  # fmt: skip
_COMPILED = tuple((asks, re.compile(pattern)) for asks, pattern in _PATTERNS)
_PAST = re.compile(
    r"\b(etait|etaient|initial\w*|d.origine|a l.origine|autrefois|auparavant|ancien\w*|precedent\w*|avant l.omnibus|"
    r"devai(t|ent)|prevoyait|promis\w*|promesse|original\w*|was supposed|used to|formerly|previous\w*|initially|promised)\b"
)


def intent_of(text: str, lang: Language) -> Intent:
    """What the question asks for; `other` where nothing tells."""
    plain = fold(text).replace("-", " ").replace("'", " ").strip()
    found = tuple(asks for asks, pattern in _COMPILED if pattern.search(plain))
    return Intent(found or (Asks.OTHER,), past=bool(_PAST.search(plain)))
