"""What a verification says of a kept answer, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from service.texts import Wording

BUNDLE_GONE = Wording(
    "Le lot d'index {bundle}, dont vient la réponse, n'est plus sur l'étagère : elle n'est comparée qu'au lot actif.",
    "The bundle {bundle} that the answer comes from is no longer on the shelf: it is compared with the active one alone.",
)
BUNDLE_DAMAGED = Wording(
    "Le lot d'index {bundle}, dont vient la réponse, est endommagé : {reason}.",
    "The bundle {bundle} that the answer comes from is damaged: {reason}.",
)
DOCUMENT_WITHDRAWN = Wording(
    "Le document {document} a été retiré le {day} : {reason}",
    "The document {document} was withdrawn on {day}: {reason}",
)
DOCUMENT_GONE = Wording("Le document {document} n'y est pas.", "The document {document} is not there.")
DOCUMENT_CHANGED = Wording(
    "Le fichier du document {document} a changé depuis.", "The file of the document {document} has changed since."
)
DIGEST_ALTERED = Wording(
    "Une empreinte du document {document} n'est pas celle du lot d'index : la réponse a été modifiée après coup.",
    "A digest of the document {document} is not that of the bundle: the answer was altered afterwards.",
)
DIGEST_MISSING = Wording(
    "La citation {n} n'a pas les empreintes de son document : elles ne peuvent être comparées.",
    "Citation {n} lacks the digests of its document: they cannot be compared.",
)
TEXT_CHANGED_QUOTE_STANDS = Wording(
    "Le texte du document {document} a changé depuis ; l'extrait s'y trouve encore, à la même place.",
    "The text of the document {document} has changed since; the quote still stands, in the same place.",
)
QUOTE_ALTERED = Wording(
    "L'extrait n'est pas dans le document {document}, dont le texte n'a pas changé : il a été modifié après coup.",
    "The quote is not in the document {document}, whose text has not changed: it was altered afterwards.",
)
QUOTE_GONE = Wording(
    "Le texte du document {document} a changé depuis et ne contient plus l'extrait.",
    "The text of the document {document} has changed since and no longer holds the quote.",
)
MOVED: Mapping[tuple[str, bool], Wording] = {
    ("quote_moved", True): Wording(
        "L'extrait est bien à la page {page} du document {document}, mais aux caractères {start} à {end} : la place indiquée "
        "est fausse.",
        "The quote is on page {page} of the document {document}, but at the characters {start} to {end}: the place given is wrong.",
    ),
    ("quote_elsewhere", True): Wording(
        "L'extrait est à la page {page} du document {document} (caractères {start} à {end}), non à celle qui est indiquée.",
        "The quote is on page {page} of the document {document} (characters {start} to {end}), not on the one given.",
    ),
    ("quote_moved", False): Wording(
        "Le texte du document {document} a changé depuis ; l'extrait est encore à la page {page}, mais déplacé : caractères "
        "{start} à {end}.",
        "The text of the document {document} has changed since; the quote is still on page {page}, but has moved: characters "
        "{start} to {end}.",
    ),
    ("quote_elsewhere", False): Wording(
        "Le texte du document {document} a changé depuis ; l'extrait est maintenant à la page {page}, caractères {start} à {end}.",
        "The text of the document {document} has changed since; the quote now stands on page {page}, characters {start} to {end}.",
    ),
}
"""By code and by whether the document's text is the one that the answer was made from."""
DETAILS_DIFFER = Wording(
    "Ce que la réponse dit du document {document} n'est pas ce que dit le lot d'index : {field}.",
    "What the answer says of the document {document} is not what the bundle says: {field}.",
)
CITATION_TWICE = Wording("La citation {n} figure deux fois.", "Citation {n} is there twice.")
CITATION_MISSING = Wording(
    "La phrase {row} renvoie à la citation {n}, qui n'existe pas.",
    "Statement {row} cites number {n}, which is not there.",
)
STATEMENT_WITHOUT_CITATION = Wording("La phrase {row} n'a aucune citation.", "Statement {row} has no citation.")
STATEMENT_ALTERED = Wording(
    "La phrase {row} n'est pas l'extrait qu'elle cite.", "Statement {row} is not the quote that it cites."
)
TEXT_ALTERED = Wording(
    "Le texte de la réponse n'est pas celui de ses phrases.", "The text of the answer is not that of its statements."
)
NO_STATEMENT = Wording(
    "La réponse se dit répondue et n'a aucune phrase.", "The answer calls itself answered and states nothing."
)
HEAD = Wording("Réponse {answer} : {n} extrait(s).", "Answer {answer}: {n} quote(s).")
ROLES: Mapping[str, Wording] = {
    "answer": Wording("lot d'index de la réponse", "the answer's bundle"),
    "active": Wording("lot d'index actif", "the active bundle"),
    "both": Wording("lot d'index de la réponse, toujours actif", "the answer's bundle, still active"),
}
STANDS = Wording("tout concorde", "everything matches")
DIFFERS = Wording("{n} différence(s)", "{n} difference(s)")
