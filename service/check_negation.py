"""A statement and its quotes in, the word out of which one says the contrary of the other: denied here, said there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.check_cue_words import CUES, DENIES, DENIES_BY_GRAMMAR, UNDOES, Cue
from service.check_cues import Clause, Denial, clauses_of, denials_of
from service.check_lexicon import synonyms
from service.check_text import Text, Word
from service.check_values import Reading
from service.check_words import opposites

ENOUGH = 3
"""How many words of one clause tell that a statement was made of it."""
_ESCAPES = re.compile(r"\b(?:echapp|exempt|exclu|dispens|sort(?:ent|ir)? du champ)[a-z]*")
_OUTRIGHT = re.compile(r"ne |n'|not\b|cannot\b|never\b")
_TO_DO = re.compile(r" (?:a |de |d'|pour )([a-z]{3,}(?:er|ir|re))\b")
_BUT = re.compile(r",? ?(?:mais|but) (?:un|une|le|la|les|des|du|a|an|the|que) ")
_DO = re.compile(r"\b(?:do|does|did) $")
_ASIDE_END = re.compile(r",| qu[e']| qui | that | which ")
_ORDER = re.compile(r"\b(?:apres|avant|puis|ensuite|after|before|then)\b(?! (?:le|la )?\d)")
_TOGETHER = re.compile(r"\b(?:en meme temps|simultane\w*|a la fois|at the same time|simultaneous\w*|together)\b")
TWICE_CHARS = 40
NEAR_CHARS = 28
BUT_CHARS = 12
HEADS = 3
"""How many words after a negation it denies for sure; further ones it may only qualify."""


def contrary(said: Reading, held: Sequence[Reading]) -> str | None:
    """The first word on which the statement and all of its quotes differ by a negation, or by a word and its opposite."""
    same = [one.text for one in held if one.text.lang == said.text.lang]
    if word := _opposed(said.text, same):
        return word
    for word_said in _outside_values(_heads(said.text), said):
        if CUES[Cue.DUTY].fullmatch(word_said.low) and any(c.denies for text in same for c in clauses_of(text)):
            continue  # "n'oblige pas à", "sans avoir à"
        uses = _uses(word_said, same)
        if uses and not any(clause.denies_but(word) for clause, word in uses):
            return word_said.form
    if word := _denied_alone(said.text, same) or _escape_lost(said.text, same) or _undone(said.text, same):
        return word
    denials = denials_of(said.text)
    denied_only = _denied_in_quotes([one for one in held if one.text.lang == said.text.lang])
    for clause in clauses_of(said.text):
        for word_said in clause.words:
            denied_after = any(word_said.start < denial.start < clause.end for denial in denials)
            if _key(word_said) in denied_only and not denied_after and not _governed(word_said, clause, said.text):
                return word_said.form
    return _wholly_denied(said.text, same) or _order_turned(said.text, same) or _value_denied(said, held)


def _wholly_denied(said: Text, held: Sequence[Text]) -> str | None:
    """The verb that denies a clause of the quotes from which all words of a statement come that denies nothing."""
    if any(clause.denies for clause in clauses_of(said)):
        return None
    mine = {_key(word) for word in said.words if not word.stop and len(word.low) > 2}
    meant = mine.union(*(synonyms(said.lang).get(stem, frozenset()) for stem in mine))
    for text in held:
        keys = {_key(word) for word in text.words}
        for clause in clauses_of(text):
            inside = {_key(word) for word in clause.words}
            denied = [d for d in denials_of(text) if clause.start <= d.start < clause.end and not d.aside]
            denied = [d for d in denied if not _twice(d, text) and meant & {_key(w) for w in _first_words(d, text)}]
            if denied and mine & keys <= inside and len(mine & inside) >= ENOUGH:
                return text.low[denied[0].start : denied[0].particle]
    return None


def _first_words(denial: Denial, text: Text) -> list[Word]:
    return [word for word in text.between(denial.start, denial.end) if not word.stop and len(word.low) > 2][:HEADS]


def _twice(denial: Denial, text: Text) -> bool:
    """Whether what is denied undoes by itself: "ne dispense pas de" leaves a duty, "n'est pas suspendu" a rule."""
    return UNDOES.search(text.low, denial.start, min(denial.end, denial.start + TWICE_CHARS)) is not None


def _undone(said: Text, held: Sequence[Text]) -> str | None:
    """A verb of the statement that undoes what it governs, where no quote has it and none denies anything."""
    theirs = {word.stem for text in held for word in text.words} | {
        word.low[:5] for text in held for word in text.words
    }
    if any(DENIES.search(text.low) or UNDOES.search(text.low) for text in held):
        return None
    for found in UNDOES.finditer(said.low):
        words = said.between(found.start(), found.end())
        if any(denial.start < found.start() < denial.end for denial in denials_of(said)):
            continue
        if words and words[0].stem not in theirs and words[0].low[:5] not in theirs:
            return found.group()
    return None


def _escape_lost(said: Text, held: Sequence[Text]) -> str | None:
    """A verb of the quotes that denies by itself ("échapper à"), where the statement has what it governs and denies nothing."""
    if any(clause.denies for clause in clauses_of(said)):
        return None
    mine = {_key(word) for word in said.words if not word.stop}
    for text in held:
        for clause in clauses_of(text):
            for found in _ESCAPES.finditer(clause.low):
                begin = clause.start + found.end()
                governed = [w for w in text.between(begin, clause.end) if not w.stop and len(w.low) > 2][:HEADS]
                if len(mine & {_key(word) for word in governed}) > 1:
                    return found.group()
    return None


def _denied_alone(said: Text, held: Sequence[Text]) -> str | None:
    """The negation of a statement whose words all come from clauses of the quotes that deny nothing."""
    for denial in denials_of(said):
        if denial.aside or denial.partly or not _OUTRIGHT.match(said.low, denial.start) or _twice(denial, said):
            continue
        clause = next(c for c in clauses_of(said) if c.start <= denial.start < c.end)
        mine = {_key(word) for word in clause.words if not word.stop and len(word.low) > 2}
        theirs = [(mine & {_key(w) for w in c.words}, c.denies) for text in held for c in clauses_of(text)]
        most = max((len(shared) for shared, _ in theirs), default=0)
        if most >= ENOUGH and not any(denies for shared, denies in theirs if len(shared) > 1):
            return said.low[denial.start : denial.particle]
    return None


def _order_turned(said: Text, held: Sequence[Text]) -> str | None:
    """A before or after of the statement where the quotes say at the same time."""
    found = _ORDER.search(said.low)
    together = any(_TOGETHER.search(text.low) for text in held)
    return found.group() if found and together and not _TOGETHER.search(said.low) else None


def _heads(text: Text) -> list[Word]:
    """The words that a text denies for sure: the verb, the first word after its particle, what "et non" sets aside."""
    heads: list[Word] = []
    for denial in denials_of(text):
        if denial.partly:
            continue
        inside = [word for word in text.between(denial.start, denial.end) if not word.stop and len(word.low) > 2]
        inside = [word for word in inside if word.low not in _CUE_WORDS]
        if denial.aside:
            named = text.low[denial.end :].startswith((", qui", ", who", ", which"))
            stop = _ASIDE_END.search(text.low, denial.particle, denial.end)
            inside = [word for word in inside if stop is None or word.end <= stop.start()]
            heads.extend([] if named else inside[:HEADS])
            continue
        verb = [word for word in inside if word.end <= denial.particle]
        following = [word for word in inside if word.start >= denial.particle]
        if verb and _BUT.search(text.low, denial.particle, denial.end + BUT_CHARS):
            heads.extend(following[:1])  # "n'impose pas un consentement, mais une information": it does impose
            continue
        adverbs = sum(word.low.endswith("ment") for word in following[:1])
        most = HEADS if _DO.search(text.low[: denial.start]) else 1 + adverbs
        after = [] if verb else following[:most]
        heads.extend(word for word in (*verb, *after) if not word.form[0].isupper())
    return heads


def _uses(word: Word, held: Sequence[Text]) -> list[tuple[Clause, Word]]:
    """Where the quotes have a word, with the clause that it stands in."""
    return [
        (clause, other)
        for text in held
        for clause in clauses_of(text)
        for other in clause.words
        if _key(other) == _key(word)
    ]


def _governed(word: Word, clause: Clause, text: Text) -> bool:
    """Whether a negation of a text reaches a word: its grammar, or a word of denial before it in its clause."""
    if any(denial.start <= word.start < denial.end for denial in denials_of(text)):
        return True
    return any(
        found.start() + clause.start < word.start and found.group() not in DENIES_BY_GRAMMAR
        for found in DENIES.finditer(clause.low)
    )


def _outside_values(words: Sequence[Word], reading: Reading) -> list[Word]:
    return [word for word in words if not any(start <= word.start < end for start, end in reading.spans)]


def _denied_in_quotes(held: Sequence[Reading]) -> set[str]:
    """The words that the quotes only ever have as heads of a denial. Another word of their family does not free them."""
    heads = {
        (n, word.start): word
        for n, reading in enumerate(held)
        for word in _outside_values(_heads(reading.text), reading)
    }
    free = {
        stem
        for n, reading in enumerate(held)
        for word in reading.text.words
        if not word.stop and (n, word.start) not in heads
        for stem in ((word.own,) if word.own else (_key(word),))
    }
    return {_key(word) for word in heads.values() if not {_key(word), word.own} & free}


def _value_denied(said: Reading, held: Sequence[Reading]) -> str | None:
    """A date or number that the quotes only name to deny it ("et non août 2027"), where the statement does not."""
    denying = [clause for clause in clauses_of(said.text) if clause.denies]
    spans = [(d.start, d.end) for d in said.dates] + [(q.start, q.end) for q in said.quantities]
    for start, end in spans:
        if any(clause.start <= start < clause.end for clause in denying) or CUES[Cue.PAST].search(said.text.low):
            continue
        words = said.text.low[start:end]
        places = [(one, place) for one in held for place in _places(words, one.text.low)]
        if places and all(_after_not(one.text, place) for one, place in places):
            return words
    return None


def _places(words: str, low: str) -> list[int]:
    places, at = [], low.find(words)
    while at >= 0:
        places.append(at)
        at = low.find(words, at + 1)
    return places


def _after_not(text: Text, place: int) -> bool:
    """Whether a place comes right after "et non": nothing but an article and a preposition between."""
    return _NOT_FIRST.search(text.low[max(0, place - NEAR_CHARS) : place]) is not None


def _opposed(said: Text, held: Sequence[Text]) -> str | None:
    """A word of the statement that the quotes lack while they have its opposite, in clauses that deny alike."""
    stems = {word.stem for text in held for word in text.words}
    contraries = opposites(said.lang, said.lang)
    for clause in clauses_of(said):
        for word in clause.words:
            if word.stem in stems or synonyms(said.lang).get(word.stem, frozenset()) & stems:
                continue
            against = (contraries.get(word.stem, frozenset()) & stems) - _denied_stems(held)
            if not word.stop and against & {other.stem for other in said.words}:
                continue  # both are spoken of
            if against and not clause.denies and (not word.stop or _same_follower(word, said, held)):
                return word.form
    return None


def _denied_stems(held: Sequence[Text]) -> set[str]:
    """The stems that a quote denies: "n'est pas obligatoire" bears "facultatif"."""
    return {word.stem for text in held for word in _heads(text)}


def _same_follower(word: Word, said: Text, held: Sequence[Text]) -> bool:
    """Whether "avant" and "après" stand before the same thing."""
    contraries = opposites(said.lang, said.lang).get(word.stem, frozenset())
    mine = {other.stem for other in _followers(word, said) if not other.form[0].isdigit()}
    return any(
        mine & {other.stem for other in _followers(one, text)}
        for text in held
        for one in text.words
        if one.stem in contraries
    )


def _followers(word: Word, text: Text) -> list[Word]:
    place = text.words.index(word)
    return [other for other in text.words[place + 1 : place + 4] if not other.stop][:1]


def _key(word: Word) -> str:
    return word.stem


_NOT_FIRST = re.compile(r"\b(?:et non|, non|not)(?: [a-z']{1,5}){0,3} ?$")
_CUE_WORDS = frozenset(
    """pas plus jamais aucun aucune rien non not never ne doit doivent peut peuvent devait pouvoir faut date
    seulement seul seule seuls seules uniquement""".split()
)
