"""A statement and its quotes in, the verb out whose doer the statement changes: who evaluates, steers or hosts whom.

Only verbs of deeds are looked at, and only where the doer stands in plain sight: before an active verb, after "par", after
"que" with the verb turned round. Where a pronoun or a comma hides it, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.answer import Language
from service.check_cue_words import DONE_ENGLISH
from service.check_lexicon import SAME_NAMES, root
from service.check_names import acronym_held, initials_end, is_acronym
from service.check_text import Text, Word, stem_of
from service.time_frame import MONTHS

_FRENCH_VERBS = """evaluer certifier piloter coordonner conduire diriger animer publier presenter annoncer lancer remplacer
modifier confier informer designer financer adopter approuver voter rediger ecrire recommander demontrer
heberger utiliser operer inaugurer accompagner proposer demander autoriser controler fournir recevoir rendre
obliger imposer interdire nommer citer soutenir representer creer elaborer organiser valider valoriser deposer
alimenter former transmettre surveiller sanctionner rembourser assurer exercer gerer deleguer charger saisir
consulter notifier signaler transposer participer contribuer reunir rejeter refuser reconnaitre garantir
proteger collecter exploiter vendre acheter partager preparer aider recruter payer verser attribuer accorder
delivrer octroyer retirer suspendre abroger completer etendre couvrir revendiquer produire fabriquer
commercialiser developper concevoir tester experimenter attester avertir constater identifier soumettre
examiner prendre veiller respecter suivre conserver"""
_ENGLISH_VERBS = """evaluate certify steer coordinate publish present announce launch replace amend host inform designate fund
adopt approve write deliver carry issue grant hold decide sell buy collect process review check test develop
promulgate contest recommend authorise inspect provide receive operate inaugurate support propose ask ban
require manage oversee reimburse take ensure keep follow comply"""
_BE = frozenset("est sont etait etaient ete etre sera seront fut soit soient is are was were been be being".split())
_END = re.compile(r"[,;:.]|\b(?:qui|que|qu'|dont|mais|tandis|alors|selon|who|which|that|while|but)\b")
_BY = re.compile(r"\b(?:par|by) ")
_TURNED = re.compile(r"\b(?:que|qu') ?$")
_WHO = re.compile(r"\b(?:qui|who|which) ?$")
_TOWARDS = re.compile(r"\b(?:vers|to|chez|into) (?:l'|le |la |the )?([a-z]+)")
_FROM = re.compile(r"\b(?:de|from|depuis) (?:l'|le |la |the )?([a-z]+)")
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
    return _turned_round(said, same) or _source_changed(said, same) or _sides_crossed(said, same)


def _sides_crossed(said: Text, held: Sequence[Text]) -> str | None:
    """A word about which the statement has on the left what the quotes have on the right, and the other way round."""
    for verb in said.words:
        if not _may_be_verb(verb, said) or _mixed(verb, said):
            continue
        left, right = _sides(verb, said)
        uses = [
            _sides(other, text)
            for text in held
            for other in text.words
            if other.stem == verb.stem and _may_be_verb(other, text) and not _mixed(other, text)
        ]
        if uses and all(
            (left & their_right) - their_left - right and (right & their_left) - their_right - left
            for their_left, their_right in uses
        ):
            return verb.form
    return None


def _mixed(verb: Word, text: Text) -> bool:
    """Whether a verb is a bare participle or takes a "with", so that its sides say little of who does what."""
    bare = verb.low in text.participles or verb.low.endswith(_BARE)
    place = text.words.index(verb)
    helped = any(word.low in _BE or word.low in _AUXILIARIES for word in text.words[max(0, place - 3) : place])
    return (bare and not helped) or re.match(r"[a-z ]{0,12}\bwith\b", text.low[verb.end :].lstrip()) is not None


def _may_be_verb(word: Word, text: Text) -> bool:
    place = text.words.index(word)
    before = text.words[place - 1].low if place else "le"
    if before in _BE and word.form[0].islower() and not word.stop and word.low not in text.participles:
        return True  # "est conforme à", "est plus ancien que"
    return word.form[0].islower() and is_deed(word, text.lang) and (before not in _NOUN_MARKS or before in _AUXILIARIES)


def _sides(verb: Word, text: Text) -> tuple[set[str], set[str]]:
    """What stands before and after a verb in its phrase, turned round where it is passive or follows "que"."""
    begin = max((found.end() for found in _END.finditer(text.low, 0, verb.start)), default=0)
    end = next((found.start() for found in _END.finditer(text.low, verb.end)), len(text.low))
    before, after = text.between(begin, verb.start), text.between(verb.end, end)
    sides = ({word.stem for word in _content(before)}, {word.stem for word in _content(after)})
    passive = any(word.low in _BE for word in before[-3:]) and _BY.search(text.low, verb.end, end) is not None
    turned = passive or _TURNED.search(text.low[: verb.start]) is not None
    return (sides[1], sides[0]) if turned else sides


def deeds_of(text: Text) -> list[Deed]:
    """The deeds of a text whose doer or object is in plain sight."""
    return [
        deed
        for word in text.words
        if word.form[0].islower() and is_deed(word, text.lang) and (deed := _deed(word, text)) is not None
    ]


def is_deed(word: Word, lang: Language) -> bool:
    """Whether a word is one of the verbs of deeds."""
    return word.stem in _verb_stems(lang) and not (len(word.low) > 6 and word.low.endswith(_NOUN_ENDINGS))


@lru_cache(maxsize=2)
def _verb_stems(lang: Language) -> frozenset[str]:
    return frozenset(stem_of(verb, lang) for verb in (_FRENCH_VERBS if lang == "fr" else _ENGLISH_VERBS).split())


def _deed(verb: Word, text: Text) -> Deed | None:
    begin = max((found.end() for found in _END.finditer(text.low, 0, verb.start)), default=0)
    end = next((found.start() for found in _END.finditer(text.low, verb.end)), len(text.low))
    before = (*_antecedent(begin, text), *text.between(begin, verb.start))
    if before and before[-1].low in _NOUN_MARKS:
        return None
    if not before and verb.low not in text.participles:
        before = _first_phrase(verb, text)
    passive = any(word.low in _BE for word in before[-3:]) or not before
    if _TURNED.search(text.low[: verb.start]):
        return Deed(verb, _content(text.between(verb.end, end))[:DOER_WORDS], ())
    by = _BY.search(text.low, verb.end, end)
    if by and (passive or verb.low in text.participles or verb.low.endswith(("ed", "ees", "ee", "uit", "uite"))):
        return Deed(verb, _content(text.between(by.end(), end))[:DOER_WORDS], _content(before))
    if not passive and before and not _content(before):
        before = (*_first_phrase(verb, text), *before)
    unclear = any(word.low in _UNCLEAR for word in before)
    if passive or unclear or not _finite(verb, before, text):
        return None
    return Deed(verb, _content(before), _content(text.between(verb.end, end)))


def _antecedent(begin: int, text: Text) -> tuple[Word, ...]:
    """The words before a "qui" that ends right before a place: those that it stands for, as a rule."""
    relative = _WHO.search(text.low[:begin])
    if relative is None:
        return ()
    start = max((found.end() for found in _END.finditer(text.low, 0, max(0, relative.start() - 2))), default=0)
    return text.between(start, relative.start())


def _first_phrase(verb: Word, text: Text) -> tuple[Word, ...]:
    """The first words of a verb's sentence, up to a comma: who does it, where an aside stands between."""
    begin = max((found.end() for found in _SENTENCE.finditer(text.low, 0, verb.start)), default=0)
    comma = text.low.find(",", begin, verb.start)
    words = text.between(begin, comma) if comma > 0 else ()
    return words if words and (words[0].low in _ARTICLES or not words[0].stop) else ()


def _finite(verb: Word, before: Sequence[Word], text: Text) -> bool:
    """Whether a verb is one that a doer stands before: no infinitive, no noun, no participle without its auxiliary."""
    if not before:
        return False
    if text.lang == "en" and verb.low.endswith("ed") and DONE_ENGLISH.match(text.low, verb.start):
        return not before[-1].stop
    if before[-1].low in _AUXILIARIES and before[-1].start not in text.at:
        return before[-1].low not in _HAVE or not verb.low.endswith(("er", "ir"))  # "à évaluer" is no deed yet
    bare = verb.low in text.participles or verb.low.endswith(_BARE)
    return not before[-1].stop and not bare


def _other_doer(mine: Deed, theirs: Deed, text: Text, said: Text) -> bool:
    """Whether each doer's first word is none of the other's, and the statement's stands elsewhere in the quote."""
    named = {word.low for word in mine.doer if word.form[0].isupper()}
    if named & {word.low for word in theirs.doer if word.form[0].isupper()}:
        return False  # of several doers either side may name one first
    if _beside(mine.doer[0], text) or _beside(theirs.doer[0], said):
        return False  # what is done together may name either first
    if _shared(mine.doer[:1], theirs.doer, said, text) or _shared(mine.doer, theirs.doer[:1], said, text):
        return False
    if _is_named(mine.doer[0], text) or _is_named(theirs.doer[0], said):
        return False  # "la ministre qui l'a présenté est X", "trois acteurs le font : X"
    head = mine.doer[0].stem
    return any(word.stem == head for word in text.words) or (
        is_acronym(mine.doer[0]) and acronym_held(mine.doer[0].form, [text])
    )


def _is_named(doer: Word, text: Text) -> bool:
    """Whether a doer is named after a verb of being or a colon ("la ministre est X", "trois acteurs : X")."""
    places = [found.start() for found in re.finditer(rf"\b{re.escape(doer.low)}\b", text.low)]
    return any(_BEING.search(text.low[max(0, place - 24) : place]) for place in places)


def _beside(doer: Word, text: Text) -> bool:
    """Whether a doer is named after "avec" or "par" in a text: it took part, or did it itself."""
    return re.search(rf"\b(?:avec|par|with|by)\b[^.;:]*\b{re.escape(doer.low)}\b", text.low) is not None


def _bound_crossed(mine: Deed, theirs: Deed, said: Text, text: Text) -> bool:
    """Whether the same verb of duty binds another here than there, and each names the other's further on."""
    if root(mine.verb.stem) != root(theirs.verb.stem) or not mine.other or not theirs.other:
        return False
    if {word.stem for word in mine.other[:2]} & {word.stem for word in theirs.other[:2]}:
        return False
    first, second = mine.other[0].stem, theirs.other[0].stem
    return (
        first != second
        and any(word.stem == first for word in text.words)
        and any(word.stem == second for word in said.words)
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
    return tuple(
        word
        for word in words
        if not word.stop and len(word.low) > 2 and word.low not in _EACH and word.low not in MONTHS
    )


_BINDING = ("oblig", "autoris", "demand", "impos", "interdi", "confi", "requir", "allow", "oblige")
_NOUN_MARKS = frozenset(
    "le la les l un une des du de d au aux ce cette ces son sa ses leur leurs the a an of to pour a en".split()
) - {"a"}
_HAVE = frozenset("a ont avait avaient".split())
_NOUN_ENDINGS = ("ment", "ments", "tion", "tions", "eur", "eurs", "ance", "ances", "age", "ages")
_EACH = frozenset("each every chaque tout toute".split())
_SENTENCE = re.compile(r"[;:.]")
_ARTICLES = frozenset("le la les l un une the a an".split())
_BEING = re.compile(r"(?:\b(?:est|sont|is|are|was|were)|:) (?:l'|le |la |les |the |[a-z]+ )?$")
_UNCLEAR = frozenset("non not par by avec with".split())
"""Words before a verb that leave open who does it: "X, coordonné par Y, qui ..."."""
_BARE = ("er", "ir", "ant", "ants", "ion", "ions", "ing", "ed", "uit", "uits", "uite", "uites")
_AUXILIARIES = frozenset(
    "a ont avait avaient has have had aura auront must may can will shall doit doivent peut peuvent devra pourra".split()
)
