"""A plain text in, its clauses, its cues and what it denies out."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from service.check_cue_words import BREAK, CUES, DENIES, DENIES_BY_GRAMMAR, PARTICLE, PARTLY, Cue
from service.check_text import Text, Word

_NE = re.compile(r"\b(?:ne |n')")
_EXPLETIVE = re.compile(r"\b(?:a moins qu|avant qu)[^,;.]{0,40}$")
"""Where "ne" denies nothing: "à moins que ce ne soit évident"."""
_RELATIVE = re.compile(r"\bqui $")
_MAIN_VERB = re.compile(
    r"\b(?:est|sont|a|ont|sera|seront|doi\w+|peu(?:t|vent)|repon\w+|relev\w+|rest\w+|fai\w+|entr\w+)\b"
)
RELATIVE_CHARS = 12
_ALONE = re.compile(r"[^,;.]{0,16}\b(?:seule?s?|only|merely|just|simply)\b")
_ONLY = re.compile(r"\bqu(?:e\b|')")
_SHORT = re.compile(
    r"\b(?:(?<!ou )non(?! plus\b|-)|not(?! only\b)|cannot|never|no|sans|without|aucune?s?|ni|nor|n't|jamais"
    r"|loin d[eu]|faute d[e']|pas(?! seulement| uniquement))\b-?"
)
_ASIDE = re.compile(r"(?:, et |, and | et | and )$")
WITHOUT_WORDS = 3
"""How many words of content "sans" reaches: what it goes with, and not the verb that follows."""
_ANSWERS = re.compile(r"(?:^|[.!?:] )\"?$")
_ASIDE_AFTER = re.compile(r" (?:l'|le |la |les |un |une |des |du |de |par |a |the |an? |by |of )")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a text at [start, end) with its words; `low` is its text in lower case."""

    start: int
    end: int
    words: tuple[Word, ...]
    low: str

    @property
    def denies(self) -> bool:
        """Whether anything in the clause denies."""
        return DENIES.search(self.low) is not None

    def denies_but(self, word: Word) -> bool:
        """Whether anything in the clause denies beside a word that may itself be a denial ("illimité")."""
        for found in DENIES.finditer(self.low):
            place = found.start() + self.start
            if place != word.start and (found.group() in DENIES_BY_GRAMMAR or place < word.start):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Denial:
    """What a negation governs, at [start, end); `particle` is where its own words end; `aside` for "et non ...".

    What is denied `partly` ("n'évalue pas toutes") is not denied of any one.
    """

    start: int
    end: int
    particle: int
    aside: bool
    partly: bool


def clauses_of(text: Text) -> list[Clause]:
    """The text cut where what is denied or opposed on one side does not reach the other."""
    cuts = [0, *(found.start() for found in BREAK.finditer(text.low)), len(text.low)]
    return [Clause(a, b, text.between(a, b), text.low[a:b]) for a, b in itertools.pairwise(cuts) if b > a]


def cues_of(text: Text) -> frozenset[Cue]:
    """The kinds of cue in a text; duty, leave and ban count only where they are not denied (see `denied_cues`)."""
    return frozenset(cue for cue, pattern in CUES.items() if pattern.search(text.low))


def places_of(cue: Cue, text: Text) -> list[tuple[int, int]]:
    """Where a text has a cue."""
    return [found.span() for found in CUES[cue].finditer(text.low)]


def denials_of(text: Text) -> list[Denial]:
    """The stretches of a text that a negation governs, up to where its clause ends."""
    found = []
    clauses = clauses_of(text)
    for ne in _NE.finditer(text.low):
        if _EXPLETIVE.search(text.low[: ne.start()]):
            continue
        end = _end_of_clause(ne.start(), clauses, text)
        if _RELATIVE.search(text.low[: ne.start()]) and (
            main := _MAIN_VERB.search(text.low, ne.end() + RELATIVE_CHARS, end)
        ):
            end = main.start()
        particle = PARTICLE.search(text.low, ne.end(), min(end, ne.end() + 40))
        only = _ONLY.search(text.low, ne.end(), min(end, ne.end() + 60))
        if only is not None and (particle is None or only.start() <= particle.end() + 1):
            continue  # "ne ... que", "n'en compte plus que 4": what is said holds, and nothing else
        partly = particle is not None and PARTLY.match(text.low, particle.end()) is not None
        found.append(Denial(ne.start(), end, particle.end() if particle else ne.end(), aside=False, partly=partly))
    for short in _SHORT.finditer(text.low):
        if any(denial.start <= short.start() < denial.end for denial in found):
            continue
        if (
            short.group() in ("non", "no")
            and _ANSWERS.search(text.low[: short.start()])
            and text.low[short.end() :].lstrip()[:1] in ",:;."
        ):
            continue
        set_apart = _ASIDE.search(text.low[: short.start()]) or (
            text.low[: short.start()].endswith(", ") and _ASIDE_AFTER.match(text.low, short.end())
        )
        aside = bool(set_apart) and short.group() in ("non", "not")
        end = _end_of_clause(short.start(), clauses, text)
        if short.group() in ("sans", "without", "no") and not text.low.startswith(" qu", short.end()):
            reached = [word for word in text.between(short.end(), end) if not word.stop][:WITHOUT_WORDS]
            end = reached[-1].end if reached else end
        partly = _ALONE.match(text.low, short.end()) is not None
        found.append(Denial(short.start(), end, short.end(), aside, partly))
    return found


def _end_of_clause(place: int, clauses: list[Clause], text: Text) -> int:
    return next((clause.end for clause in clauses if clause.start <= place < clause.end), len(text.low))
