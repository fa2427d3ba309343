"""What a question asks for: a date, an amount, a person, a list ...; found from its own words, in French and English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from corpus.analysis import fold


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
    (Asks.REASON, r"\b(pourquoi|pour quelles? raisons?|quelle est la (cause|raison)|why)\b"),
    (
        Asks.COMPARISON,
        r"\b(differences?|compare[rz]?|comparaison|versus|vs|distingue\w*|par rapport a|compared?|qu est ce qui change)\b"
        r"|\b(lequel|laquelle|which one)\b",
    ),
    (
        Asks.DURATION,
        r"\b(combien de temps|combien d annees|combien de (mois|jours|semaines|ans)|duree|dure|durent|delais?|how long|duration|time limit)\b",
    ),
    (
        Asks.MONEY,
        r"\b(combien (ca|cela|sa|le|la)?\b.{0,20}\bcoute|(coute|cout|couts|prix|tarifs?|budget|montant|financement|enveloppe|amendes?|sanctions?"
        r"|plafond|euros?|costs?|price|funding|fines?))\b",
    ),
    (
        Asks.DATE,
        r"^(et |mais |and )?(quand|kan|when)\b|\b(quand|kan)\b.{0,4}$|\b(depuis|a partir de|jusqu a|pour|c est) (quand|kan)\b"
        r"|\bquel(le)?s? (dates?|jours?|annees?|mois|siecles?|epoque|periode|echeances?)\b|\b(date|calendrier|echeance|deadline|what year|when)\b"
        r"|\bquand\b.{0,60}\bt (il|elle|on|ils|elles)\b|\bquand (est|sont|a|ont|etait|entre|s)\b",
    ),
    (
        Asks.QUANTITY,
        r"\b(combien|cb|quel nombre|quelle part|quelle proportion|pourcentage|quel (est le )?(nombre|taux|pourcentage|effectif)|how many"
        r"|how much|what share|what percentage|proportion)\b",
    ),
    (Asks.ADDRESS, r"\b(url|(?<!s )adresse|lien|telecharger|contact|contacter|mail|courriel|e mail|download|link|joindre)\b"),
    (
        Asks.LIST,
        r"\bquel(le)?s (sont|etaient|seront|furent)\b|\b(lesquels|lesquelles|liste[rz]?|citez|enumere[rz]?|which are|list|what (are|were))\b"
        r"|^(et |mais )?(quels|quelles)\b|\bque se passe t il\b|\bqu est ce qui change\b|\bque (devait|doit|doivent) contenir\b",
    ),
    (
        Asks.DEFINITION,
        r"qu est ce qu|c est quoi|\bkoi\b|\bque (signifie|veut dire|designe)|\bdefinition\b|ve dire|veut dire|signifie"
        r"|what (is|does) .*(mean|stand)|^what is (a|an|the)?\b|stand for",
    ),
    (
        Asks.WHO,
        r"^(et |mais |and |a |par |avec |de |pour |contre |chez )*(qui|who|whom|whose)\b"
        r"|\bqui (est|sont|a|ont|etait|heberge|dirige|pilote|controle)\b"
        r"|\bpar qui\b|\b(comment|quel est le nom).{0,12}(appelle|nomme|nom)\b"
        r"|\bquel(le)?s? (ministre|administration|organisme|autorite|institution|personne|body|authority)s?\b|\bwhich (body|authority|minister)\b",
    ),
    (
        Asks.WHERE,
        r"^(et |mais )?(ou|d ou|where)\b|\b(a quel endroit|quel (lieu|pays|continent)|quelle (ville|region|rue|commune)"
        r"|dans quel(le)? (ville|pays|lieu|region))\b"
        r"|\bou (a|est|se|sont|ont|etait|peut|trouver|puis)\b.{0,60}\?",
    ),
    (Asks.PROCEDURE, r"^(et |mais )?(comment|how (to|do|can|should))\b|\b(demarches?|etapes|procedure|que (dois je|faut il|doit on|doit faire))\b"),
)  # fmt: skip
_YES_NO = re.compile(
    r"^(et |mais |alors |donc )?(est ce|puis je|peut on|peut il|dois je|doit on|faut il|y a t il"
    r"|must|can|should|may|is|are|was|were|does|do|did|has|have)\b"
    r"|\b\w+ (t )?(il|elle|on|ils|elles|je)\b.{0,80}\?|n est ce pas|c est la meme chose|\bvrai ou faux\b|\bc est vrai\b"
)
_COMPILED = tuple((asks, re.compile(pattern)) for asks, pattern in _PATTERNS)
_OPEN = re.compile(
    r"^(et |mais )?((a|de|en|dans|par|pour|sur|avec|contre) )?(qu|que|quoi|quel|quelle|quels|quelles|what|which)\b"
)
_PAST = re.compile(
    r"\b(etait|etaient|initial\w*|d.origine|a l.origine|autrefois|auparavant|ancien\w*|precedent\w*|avant l.omnibus|"
    r"devai(t|ent)|prevoyait|promis\w*|promesse|original\w*|was supposed|used to|formerly|previous\w*|initially|promised)\b"
)


def intent_of(text: str) -> Intent:
    """What the question asks for; `other` where nothing tells."""
    plain = fold(text).replace("-", " ").replace("'", " ").strip()
    found = tuple(asks for asks, pattern in _COMPILED if pattern.search(plain))
    if not found and not _OPEN.match(plain) and _YES_NO.search(plain):
        found = (Asks.YES_NO,)
    return Intent(found or (Asks.OTHER,), past=bool(_PAST.search(plain)))
