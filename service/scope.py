"""A question in; whether it is ours to answer, and if not where to turn, out. Only patterns that are plain to read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from corpus.analysis import fold


class Scope(StrEnum):
    """What kind of request a question is, as far as its words tell."""

    OURS = "ours"
    DISTRESS = "distress"
    EMERGENCY = "emergency"
    MEDICAL = "medical"
    OTHER_TASK = "other_task"
    ORDER = "order"
    GREETING = "greeting"


@dataclass(frozen=True, slots=True)
class Reading:
    """The scope, the part of the question that is left to answer once orders to the machine are taken out, and those orders."""

    scope: Scope
    askable: str
    ignored: str = ""


_DISTRESS = re.compile(
    r"plus envie de vivre|envie de mourir|veux mourir|vais me tuer|me suicider|en finir avec (la|ma) vie|suicide?r\b"
    r"|kill myself|want to die|end my life|suicidal"
)
_EMERGENCY = re.compile(
    r"mal a la poitrine|douleur (a|dans) la poitrine|n.arrive plus a respirer|du mal a respirer|fait un (malaise|avc|infarctus)"
    r"|perdu connaissance|saigne beaucoup|hemorragie|a avale|overdose|chest pain|can.?t breathe|heart attack|stroke right now"
)
_MEDICAL = re.compile(
    r"\b(j.ai|mon (fils|mari|bebe|enfant|pere)|ma (fille|femme|mere)|i have|my (son|daughter|child|husband|wife))\b.{0,60}"
    r"\b(mal|fievre|douleurs?|boutons?|toux|vertiges?|nausees?|cancer|tumeur|diabete|tension|grippe|migraine|fatigue|maladie|symptomes?"
    r"|fever|pain|ache|rash|cough|headache|symptoms?|sick)\b"
    r"|\b(quel|quels|quelle|which|what) (medicaments?|traitements?|dose|posologie|antibiotiques?|medicine|drug|dose)\b.{0,40}"
    r"\b(prendre|pour (ma|mon|mes|soigner)|contre|take|for my)\b|\b(dois.je|puis.je|should i) (prendre|arreter|take|stop) .{0,30}"
    r"(medicament|traitement|comprime|antibiotique|doliprane|paracetamol|ibuprofene|aspirine|pill|medication)"
    r"|\bsuis.je (malade|enceinte|atteint)|\bmon diagnostic\b.{0,30}\b(est|quel)"
)
_OTHER_TASK = re.compile(
    r"^(ecris|redige|compose|invente|traduis|corrige|raconte|dessine|chante|code|programme|calcule|resous|conseille|recommande|"
    r"write|compose|translate|tell me a|draw|sing|solve|recommend)\b"
    r"|^(peux.tu|pouvez.vous|tu peux|can you|could you|please) (me |m.)?(ecrire|rediger|corriger|traduire|raconter|conseiller|recommander|calculer"
    r"|write|fix|translate|correct|tell|recommend)\b"
    r"|\b(lettre de motivation|recette de|blague|poeme|horoscope|meteo|restaurant|hotel|match de|score du|cover letter|recipe|joke|poem"
    r"|weather|football)\b"
)
_ORDER = re.compile(
    r"\b(ignore[rsz]?|oublie[rsz]?|disregard|forget)\b.{0,40}\b(instructions?|consignes?|regles?|tout ce qui|rules?|previous|above)\b"
    r"|\btu es (maintenant|desormais)\b|\byou are now\b|\bagis comme\b|\bact as\b|\bfais comme si\b|\ben te faisant passer\b|\bpretend\b"
    r"|\bjailbreak\b|\bmode (dan|developpeur|developer|admin)\b|\bdan\b.{0,20}\bsans limites?\b|\bsystem prompt\b|\bprompt systeme\b"
    r"|^\W*(systeme|system|assistant|admin)\W*[:\]]|\bnouvelle regle\b|\bnew rule\b"
    r"|\breponds? (uniquement|seulement|toujours|par)\b|\bonly (answer|reply|respond)\b|\ba partir de maintenant\b|\bfrom now on\b"
    r"|\bsans citer( de| aucune)? sources?\b|\bwithout (citing|sources?)\b"
    r"|\b(revele|affiche|donne|liste|montre|reveal|print|show|list)\w*\b.{0,40}\b(cle api|api key|mot de passe|password|secrets?|token|prompt"
    r"|chemins?|fichiers? (de|du)|variables? d.environnement|environment variables?|serveur|server|dossier medical|instructions)\b"
    r"|\bdis du mal\b|\binsulte[rsz]?\b|\bdis que la (has|cnil)\b"
)
_GREETING = re.compile(
    r"^(bonjour|bonsoir|salut|coucou|hello|hi|hey|merci( beaucoup)?|thanks?( you)?|au revoir|bye)( a tous| tout le monde| there)?\W*$"
)
_CLAUSE = re.compile(r"(?<=[.!?…\]])\s+|\n+")


def read_scope(text: str) -> Reading:
    """The scope of a question. Orders to the machine are taken out clause by clause; what is left is read again."""
    plain = _plain(text)
    if _DISTRESS.search(plain):
        return Reading(Scope.DISTRESS, "")
    if _EMERGENCY.search(plain):
        return Reading(Scope.EMERGENCY, "")
    askable, ignored = text, ""
    if _ORDER.search(plain):
        kept = [clause for clause in _CLAUSE.split(text) if clause.strip() and not _ORDER.search(_plain(clause))]
        askable = " ".join(clause for clause in kept if _asks(clause))
        ignored = " ".join(clause for clause in _CLAUSE.split(text) if clause not in kept)
        if not askable:
            return Reading(Scope.ORDER, "")
        plain = _plain(askable)
    for scope, pattern in ((Scope.MEDICAL, _MEDICAL), (Scope.OTHER_TASK, _OTHER_TASK), (Scope.GREETING, _GREETING)):
        if pattern.search(plain):
            return Reading(scope, "")
    return Reading(Scope.OURS, askable, ignored)


def _asks(clause: str) -> bool:
    """Whether a clause still asks something: a question mark, or a question word."""
    plain = _plain(clause)
    return "?" in clause or bool(
        re.match(
            r"\W*(quel|quand|qui|que|qu.|comment|combien|pourquoi|ou|est.ce|what|when|who|how|why|where|which)\b", plain
        )
    )


def _plain(text: str) -> str:
    return fold(text).replace("'", " ").replace("-", " ").strip()
