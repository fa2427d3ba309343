"""Text of unknown make in; what a reader would see of it, without marks of other formats, comes out, or nothing where it hides an order."""

from __future__ import annotations

import re
import unicodedata

from corpus.analysis import fold

_KEPT_FORMATS = "\u00ad"
_MARKUP = re.compile(r"<[a-zA-Z!/?]|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]{2,8});")
_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?")
_LINK = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_ADDRESS = re.compile(
    r"//[^\s/]|\b(?:javascript|vbscript|mailto)\s*:|\bdata:\s*\w+/|\bwww\.|[^\s@]@[^\s@]+\.\w"
    r"|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|io|fr|eu|example|test|xyz|ru|cn|info|biz|dev|app|ai)\b(?:/\S*)?",
    re.IGNORECASE,
)
_MARK = re.compile(r"\s*(?:\[\^?\d+(?:\s*[,;–-]\s*\d+)*\]|【[^】]*】|\(\s*(?:passages?|sources?)\s*:?\s*\d[\d ,;]*\))")
_EMPHASIS = re.compile(r"\*{1,3}|_{2,3}|`+|~~|^\s*(?:#{1,6}|[-*+•>]+)\s+")
_CODED = re.compile(r"(?<![\w./:-])[A-Za-z0-9+/]{40,}={0,2}(?![\w./-])")
_PERHAPS_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u034f\u0600-\u0605\u061c\u06dd\u070f\u08e2\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff\U000110bd-\U0010ffff]"
)
"""A wide net, so that most texts are not looked at character by character."""
_SPACES = re.compile(r"\s+")
_ORDER = re.compile(
    r"\b(ignore[rsz]?|ignoring|oublie[rsz]?|disregard|forget|override|negligez|passe[rz]? outre)\b.{0,50}"
    r"\b(instructions?|consignes?|regles?|directives?|prompts?|rules?|above|ci.dessus|precede\w*|previous|guidelines?)\b"
    r"|\b(tu es|vous etes) (maintenant|desormais)\b|\byou are now\b|\bfrom now on\b"
    r"|\b(nouvelles?|new|updated) (instructions?|consignes?|system)\b"
    r"|\b(system|systeme|assistant|developer|user|utilisateur|human|ai|ia) ?(prompt|message)? ?[:\]>|] ?"
    r"(ignore|tu|vous|you|repond\w*|reply|answer|respond|dis|say)\b"
    r"|<\|?/?(im_start|im_end|system|assistant|user|endoftext|inst|eot_id)\b|\[/?inst\]|<<\s*/?sys\s*>>|^#+ ?(system|instruction|assistant)"
    r"|\brepond(s|ez|re)\b.{0,20}\b(uniquement|seulement|toujours|simplement|exactement|desormais|par ce mot)\b"
    r"|\b(reply|answer|respond)\b.{0,20}\b(only|always|exactly|just|with the (word|link))\b|\b(only|always) (reply|answer|respond)\b"
    r"|\b(language model|modele de langage|llm|chatbot|ai assistant|assistant ia|ai (model )?reading)\b.{0,60}"
    r"\b(doit|dois|devez|must|should|reponds|repondez|ecris|ecrivez|write|say|dis|dites|inserez?|ajoutez?|insert|append|include)\b"
    r"|\b(dans|in) (ta|votre|your) (reponse|answer|reply|response)\b"
    r"|\b(cite[sz]?) (uniquement|seulement|only|comme source|as (a |the )?source|ce document|this)\b|\bne cite[sz]? (pas|plus|que|aucune)\b"
    r"|\bdo not cite\b|\bsans citer (de |ta |vos |aucune )?sources?\b"
    r"|\b(inseres?|inserez|ajoutes?|ajoutez|insert|append)\b.{0,40}\b(lien|link|url|reponse|answer|reply|response)\b"
    r"|\b(revele|divulgue|reveal|leak|print|affiche|recopie|repeat)[sz]?\b.{0,30}\b(prompt|consignes?|instructions?|secrets?|api key|cle api)\b"
    r"|\b(tu|you) (obeis|obey|reponds|reply|ecris|write|dois (repondre|ecrire|dire)|must (reply|answer|write|say))\b|\bobe(is|issez|y) a?\b"
    r"|\"(statements|quotes)\" ?: ?\["
    r"|\b(decode|decodez|base64|rot13)\b.{0,60}\b(execute[sz]?|suis|suivez|follow|obey|obeis|apply|appliquez?|instructions?)\b",
)
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁԛԝһАВЕКМНОРСТУХІЈЅαοντικρυΑΒΕΗΙΚΜΝΟΡΤΥΧΖ", "aeopcyxijsdqwhABEKMHOPCTYXIJSaovtikpuABEHIKMNOPTYXZ"
)
MAX_STATEMENT_CHARS = 700
"""Longer than any sentence that a reader checks against its quote."""


def seen(text: str) -> str:
    """The text without what takes no room on a page: zero-width and direction marks, tag characters, controls."""
    if not _PERHAPS_UNSEEN.search(text):
        return text
    kept = (char for char in text if not _unseen(char))
    return "".join(" " if unicodedata.category(char) == "Cc" and char not in "\n\t" else char for char in kept)


def _unseen(char: str) -> bool:
    category = unicodedata.category(char)
    variation = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return (
        variation
        or char in "\u115f\u1160\u3164\uffa0\u034f"
        or (category in ("Cf", "Co", "Cn", "Cs") and char not in _KEPT_FORMATS)
    )


def speaks_to_machine(text: str) -> bool:
    """Whether a sentence of a document gives orders to whoever reads it for a person, openly or in a code.

    Such a sentence is neither quoted nor shown to a model; its page shows it as it is.
    """
    plain = fold(unicodedata.normalize("NFKC", seen(text)).translate(_LOOKALIKES)).replace("'", " ")
    return bool(_ORDER.search(plain) or _IMAGE.search(text) or _CODED.search(text))


def plain_statement(text: str) -> tuple[str, str]:
    """A model's sentence as plain words on one line, and why it cannot be shown, empty where it can.

    Links lose their address, images vanish; citation marks are taken out, for only ours count. What still holds markup or an
    address is not shown.
    """
    text = unicodedata.normalize("NFC", seen(text))
    text = _LINK.sub(r"\1", _MARK.sub("", _IMAGE.sub("", text)))
    text = _SPACES.sub(" ", _EMPHASIS.sub("", _MARK.sub("", text))).strip()
    if not any(char.isalpha() for char in text):
        return text, "empty"
    if len(text) > MAX_STATEMENT_CHARS:
        return text, "too_long"
    if _MARKUP.search(text) or _ADDRESS.search(text) or "](" in text:
        return text, "link"
    return text, "order" if speaks_to_machine(text) else ""
