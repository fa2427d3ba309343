"""A question as people type on a telephone in, the same in written French out; anything else is left as it is."""

from __future__ import annotations

import re

_WORDS = {
    "kan": "quand", "qd": "quand", "kand": "quand", "koi": "quoi", "kwa": "quoi", "ki": "qui", "ke": "que", "keske": "qu'est-ce que",
    "kel": "quel", "kelle": "quelle", "kels": "quels", "kelles": "quelles", "cki": "qui est", "ckoi": "c'est quoi", "ckoa": "c'est quoi",
    "komen": "comment", "coman": "comment", "cmt": "comment", "comen": "comment", "pk": "pourquoi", "pkoi": "pourquoi", "pq": "pourquoi",
    "prkoi": "pourquoi", "cb": "combien", "cbien": "combien", "kombien": "combien", "mtn": "maintenant", "mnt": "maintenant",
    "maintenan": "maintenant", "pr": "pour", "ds": "dans", "ac": "avec", "sr": "sur", "vs": "versus", "bcp": "beaucoup", "tt": "tout",
    "ts": "tous", "ttes": "toutes", "tjs": "toujours", "tjrs": "toujours", "jms": "jamais", "ajd": "aujourd'hui", "auj": "aujourd'hui",
    "ya": "il y a", "yora": "il y aura", "fo": "il faut", "fok": "il faut que", "svp": "", "stp": "", "slt": "", "bjr": "", "mdr": "", "lol": "",
    "dsl": "", "cest": "c'est", "ces": "c'est", "cetait": "c'était", "jai": "j'ai", "jpeux": "je peux", "jdois": "je dois", "chuis": "je suis",
    "sa": "ça", "sayé": "ça y est", "koman": "comment", "doc": "médecin", "toubib": "médecin", "docteur": "médecin", "hosto": "hôpital",
    "hopitau": "hôpitaux", "infos": "informations", "dispo": "disponible", "appli": "application", "ordi": "ordinateur", "gouv": "gouvernement",
    "secu": "assurance maladie", "reglemen": "règlement", "obligé": "obligatoire", "obligatoir": "obligatoire", "qq": "quelque", "nb": "nombre",
    "ve": "veut", "vt": "veut", "xa": "ça", "kom": "comme", "kome": "comme", "dc": "donc", "paske": "parce que", "pcq": "parce que",
    "depui": "depuis", "dpuis": "depuis", "ojd": "aujourd'hui", "èske": "est-ce que", "eske": "est-ce que", "esk": "est-ce que", "pe": "peut",
    "dir": "dire", "avan": "avant", "apre": "après", "encor": "encore", "deja": "déjà", "santé": "santé",
}  # fmt: skip
_LETTERS = {"c": "c'est", "g": "j'ai", "t": "tu es", "d": "des", "l": "elle", "k": "que"}
_SURE = frozenset(
    "kan qd koi ki ke kel kelle keske komen cmt pk pkoi cb mtn mnt pr tjs ajd auj ya fo svp stp slt bjr cest jai ve eske esk ckoi hosto".split()
)
_TOKEN = re.compile(r"(?<![\w.])[^\W\d_]+(?:['’][^\W\d_]+)*(?!\w|\.\w)")
_AMBIGUOUS = frozenset(
    {
        "ces",
        "sa",
        "mdr",
        "vs",
        "ac",
        "ts",
        "sr",
        "pe",
        "ve",
        "vt",
        "nb",
        "deja",
        "dispo",
        "doc",
        "docteur",
        "secu",
        "gouv",
        "infos",
    }
)


def expand(text: str) -> str:
    """The question with its shorthand written out.

    Words that are also plain French ("sa", "ces") are only replaced where another word shows that the text is shorthand.
    """
    tokens = [match.group().lower() for match in _TOKEN.finditer(text)]
    shorthand = any(token in _SURE for token in tokens) or (len(tokens) > 1 and any(t in {"c", "g"} for t in tokens))
    return re.sub(r"\s+", " ", _TOKEN.sub(lambda match: _written_out(match.group(), shorthand), text)).strip() or text


def _written_out(word: str, shorthand: bool) -> str:
    if len(word) > 1 and word.isupper():
        return word
    lowered = word.lower()
    if lowered in _AMBIGUOUS and not (shorthand or lowered in {"doc", "docteur", "secu", "gouv", "dispo"}):
        return word
    if len(lowered) == 1:
        return _LETTERS.get(lowered, word) if shorthand else word
    return _WORDS.get(lowered, word)
