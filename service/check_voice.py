"""A statement and its quotes in, the verb out whose doer the statement changes: who evaluates, steers or hosts whom.

Only verbs of deeds are looked at, and only where the doer stands in plain sight: before an active verb, after "par", after
"que" with the verb turned round. Where a pronoun or a comma hides it, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.check_lexicon import SAME_NAMES, root
from service.check_names import initials_end
from service.check_text import Text, Word, stem_of

_VERBS = """evaluer certifier piloter coordonner conduire diriger animer publier presenter annoncer lancer remplacer modifier
confier informer designer financer adopter approuver voter rediger ecrire recommander demontrer heberger utiliser operer inaugurer
accompagner proposer demander autoriser controler fournir recevoir rendre obliger imposer interdire nommer citer soutenir
representer creer elaborer organiser valider valoriser deposer alimenter former transmettre surveiller sanctionner rembourser
evaluate certify steer coordinate publish present announce launch replace amend host inform designate fund adopt approve write
recommend authorise inspect provide receive operate inaugurate support propose ask ban require manage oversee reimburse grant"""
_BE = frozenset("est sont etait etaient ete etre sera seront fut soit soient is are was were been be being".split())
_END = re.compile(r"[,;:.]|\b(?:qui|que|qu'|dont|mais|tandis|alors|selon|who|which|that|while|but)\b")
_BY = re.compile(r"\b(?:par|by) ")
_TURNED = re.compile(r"\b(?:que|qu') ?$")
_CLOSED = re.compile(r"\b(?:que|qu') ?(?P<doer>[^,;:.]{3,60})$")
_TOWARDS = re.compile(r"\b(?:vers|to|chez|into) (?:l'|le |la |the )?([a-z]+)")
_FROM = re.compile(r"\b(?:de|from|depuis) (?:l'|le |la |the )?([a-z]+)")
_WITH = re.compile(r"\b(?:avec|ensemble|with|together)\b")
_AFTER_WHOM = re.compile(r"\b(?:selon|d'apres|according to)\b")
DOER_WORDS = 6


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb with the words of its doer and of what it is done to, by root; either may be unknown (empty)."""

    verb: Word
    doer: tuple[Word, ...]
    other: tuple[Word, ...]


def doer_changed(said: Text, held: Sequence[Text]) -> str | None:
    """The first verb whose doer the statement takes from elsewhere in the quotes, or whose way it turns round."""
    same = [text for text in held if text.lang == said.lang]
    theirs = [(text, deed) for text in same for deed in deeds_of(text)]
    for mine in deeds_of(said):
        uses = [(text, deed) for text, deed in theirs if root(deed.verb.stem) == root(mine.verb.stem) and deed.doer]
        if mine.verb.low.startswith(_BINDING) and any(_bound_crossed(mine, deed, said, text) for text, deed in theirs):
            return mine.verb.form
        if mine.doer and uses and all(_other_doer(mine, deed, text, said) for text, deed in uses):
            return mine.verb.form
    return _turned_round(said, same) or _source_changed(said, same)


def deeds_of(text: Text) -> list[Deed]:
    """The deeds of a text whose doer or object is in plain sight."""
    verbs = {root(stem_of(verb, text.lang)) for verb in _VERBS.split()}
    return [deed for word in text.words if root(word.stem) in verbs and (deed := _deed(word, text)) is not None]


def _deed(verb: Word, text: Text) -> Deed | None:
    begin = max((found.end() for found in _END.finditer(text.low, 0, verb.start)), default=0)
    end = next((found.start() for found in _END.finditer(text.low, verb.end)), len(text.low))
    before = text.between(begin, verb.start)
    by = _BY.search(text.low, verb.end, end)
    if before and before[-1].low in _NOUN_MARKS:
        return None
    passive = any(word.low in _BE for word in before[-3:]) or not before
    if _TURNED.search(text.low[: verb.start]):
        return Deed(verb, _content(text.between(verb.end, end))[:DOER_WORDS], ())
    if by and (passive or verb.low.endswith(("e", "es", "ed", "ee", "ees", "ite", "uit", "uite"))):
        return Deed(verb, _content(text.between(by.end(), end))[:DOER_WORDS], _content(before))
    if passive or not _finite(verb, before):
        return None
    return Deed(verb, _content(before), _content(text.between(verb.end, end)))


def _finite(verb: Word, before: Sequence[Word]) -> bool:
    """Whether a verb is one that a doer stands before: not an infinitive, not a noun after its article."""
    if not before:
        return False
    return before[-1].low in _AUXILIARIES or (
        not before[-1].stop and not verb.low.endswith(("er", "ir", "ion", "ions", "ing"))
    )


def _other_doer(mine: Deed, theirs: Deed, text: Text, said: Text) -> bool:
    """Whether the doers share no word and the statement's stands elsewhere in the quote."""
    if _WITH.search(said.low) or _WITH.search(text.low):
        return False  # what is done together may name either first
    if _shared(mine.doer, theirs.doer, said, text):
        return mine.doer[0].stem != theirs.doer[0].stem and _heads_differ(mine, theirs, text, said)
    return bool({word.stem for word in mine.doer} & ({w.stem for w in text.words} - {w.stem for w in theirs.doer}))


def _bound_crossed(mine: Deed, theirs: Deed, said: Text, text: Text) -> bool:
    """Whether the same verb of duty binds another here than there, and each names the other's further on."""
    if root(mine.verb.stem) != root(theirs.verb.stem) or not mine.other or not theirs.other:
        return False
    first, second = mine.other[0].stem, theirs.other[0].stem
    return (
        first != second and first in {w.stem for w in theirs.other[1:]} and second in {w.stem for w in mine.other[1:]}
    )


def _heads_differ(mine: Deed, theirs: Deed, text: Text, said: Text) -> bool:
    """Whether two bodies that share their last words ("... du numérique en santé") differ by their first."""
    first, second = mine.doer[0], theirs.doer[0]
    both_named = first.form[0].isupper() and second.form[0].isupper() and len(mine.doer) > 1 and len(theirs.doer) > 1
    return (
        both_named
        and any(word.stem == first.stem for word in text.words)
        and not _shared((first,), theirs.doer, said, text)
    )


def _shared(mine: Sequence[Word], theirs: Sequence[Word], said: Text, text: Text) -> bool:
    stems = {root(word.stem) for word in theirs}
    if any(root(word.stem) in stems for word in mine):
        return True
    return any(_same_body(one, theirs, text) for one in mine) or any(_same_body(one, mine, said) for one in theirs)


def _same_body(one: Word, words: Sequence[Word], text: Text) -> bool:
    """Whether an acronym is that of a name which begins among the words, or another writing of one of them."""
    names = SAME_NAMES.get(one.low, ())
    for word in words:
        if word.low in names or any(word.low in name.split() for name in names):
            return True
        if initials_end(one.low, text.words, text.words.index(word)) is not None:
            return True
    return False


def _turned_round(said: Text, held: Sequence[Text]) -> str | None:
    """Where the statement goes to what the quotes come from ("de A vers B", "de B vers A")."""
    for found in _TOWARDS.finditer(said.low):
        for text in held:
            to = {other[1] for other in _TOWARDS.finditer(text.low)}
            source = {other[1] for other in _FROM.finditer(text.low)}
            if found[1] in source - to and to & {other[1] for other in _FROM.finditer(said.low)}:
                return found.group()
    return None


def _source_changed(said: Text, held: Sequence[Text]) -> str | None:
    """The name that the statement speaks after ("selon X"), where the quotes speak after another and name it elsewhere."""
    known = {word.stem for text in held for word in _sources(text)}
    names = {word.stem for text in held for word in text.words if word.form[0].isupper()}
    mine = _sources(said)
    if known and mine and not known & {word.stem for word in mine} and mine[0].stem in names:
        return mine[0].form
    return None


def _sources(text: Text) -> list[Word]:
    """The names that stand after "selon" or "d'après", up to the next comma."""
    found: list[Word] = []
    for mark in _AFTER_WHOM.finditer(text.low):
        end = next((stop.start() for stop in _END.finditer(text.low, mark.end())), len(text.low))
        found.extend(word for word in text.between(mark.end(), end) if word.form[0].isupper())
    return found


def _content(words: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(word for word in words if not word.stop and len(word.low) > 2 and not word.low.isdigit())


_BINDING = ("oblig", "autoris", "demand", "impos", "interdi", "confi", "requir", "allow", "oblige")
_NOUN_MARKS = frozenset(
    "le la les l un une des du de d au aux ce cette ces son sa ses leur leurs the a an of to pour a en".split()
) - {"a"}
_AUXILIARIES = frozenset(
    "a ont avait avaient has have had aura auront must may can will shall doit doivent peut peuvent devra pourra".split()
)
