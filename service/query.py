"""A question to what the index understands: weighted notions, buckets, a vector, and the kind of answer expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.analysis import bigram_buckets, fold, gram_buckets, is_stop, term, words
from corpus.bundle import Bundle
from corpus.encoder import Encoder
from service.answer import Language
from service.answer_forms import counted_noun
from service.glossary import Glossary
from service.intent import Asks, Intent, intent_of
from service.shorthand import expand
from service.spelling import Speller
from service.thesaurus import Thesaurus
from service.translation import Translator

Vector = NDArray[np.float32]
SYNONYM_FACTOR = 0.9
WEAK_WEIGHT = 0.3
OTHER_LANGUAGE_FACTOR = 0.6
TRANSLATION_FACTOR = 0.9
FAMILY_FACTOR = 0.8
THESAURUS_FACTOR = 0.5


# Words that say how something is asked, not what about: they carry no evidence.
_ASKING = frozenset(
    """signifie signifient signifier veut dire designe definition definir difference differences comparez comparer compare
    comparaison liste lister citez enumerez expliquez expliquer explique donnez donner donne savoir dit disent dites dis
    stipule dispose parlez parle parler mots quid aujourd hui actuellement maintenant bonjour merci svp question exactement
    precisement mean means stand stands difference list explain tell today currently please""".split()
)
# Words that may be missing without harm: the sentence that answers often says it otherwise.
_WEAK = frozenset(
    """rien faire fait font bout avant apres chose choses cas type sorte vrai vraiment bien possible necessaire besoin utilise utiliser
    existe exister passe passer concerne concernant place mettre mis prevu prevoit devient doit dois quoi niveau cadre sujet propos matiere
    number reference thing things kind stated apply applies happen happens get use used""".split()
)


@dataclass(frozen=True, slots=True)
class Slot:
    """One notion of the question: the index terms that stand for it, each with a factor (0..1), its inverse document
    frequency, and its weight (1 for what was asked now, less for what earlier turns add).
    """

    token: str
    term_ids: dict[int, float]
    idf: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Query:
    """A question ready to be looked up. `vector` is float32 (dimension,) of unit length, or zeros; `unknown` are the
    content words that the corpus does not have at all; `subject` the index terms of all of them and of their long forms;
    `counted` the words, folded, for the things whose number is asked.
    """

    text: str
    lang: Language
    intent: Intent
    slots: tuple[Slot, ...]
    bigrams: tuple[int, ...]
    grams: tuple[int, ...]
    vector: Vector
    unknown: tuple[str, ...] = ()
    subject: frozenset[str] = frozenset()
    counted: tuple[str, ...] = ()

    @property
    def is_question(self) -> bool:
        """Whether something is asked, and not only words looked up."""
        return self.text.rstrip().endswith("?") or self.intent.asks[0] is not Asks.OTHER

    @property
    def total_idf(self) -> float:
        """What a text would score that holds every notion of the question."""
        return sum(slot.idf * slot.weight for slot in self.slots)


class QueryReader:
    """Reads questions for one bundle; keeps what it needs of the vocabulary."""

    def __init__(self, bundle: Bundle, encoder: Encoder) -> None:
        self._lexicon = bundle.lexicon
        self._encoder = encoder
        self._glossary = Glossary(bundle.glossary)
        self._thesaurus = Thesaurus.load()
        surface = bundle.lexicon.surface
        forms: Counter[str] = Counter()
        for counts in surface.values():
            forms.update(counts)
        self._speller = Speller(forms, encoder.is_word)
        languages = {record.source.language for record in bundle.documents}
        self._translators = {lang: Translator(surface.get(lang, {}), encoder) for lang in sorted(languages)}

    def read(self, text: str, lang: Language, context: Sequence[tuple[str, float]] = ()) -> Query:
        """The query of a question; `context` are earlier texts that complete it, each with its weight (0 to 1)."""
        if lang == "fr":
            text = expand(text)
        intent = intent_of(text)
        tokens = self._content_words(text, lang, intent)
        if lang != "fr" and "fr" in self._translators:
            self._translators["fr"].learn(tokens)
        shorts = self._glossary.short_forms(tokens)
        others = self._thesaurus.synonyms(tokens, lang)
        slots: dict[str, Slot] = {}
        unknown = []
        for token in tokens:
            weight = WEAK_WEIGHT if fold(token) in _WEAK else 1.0
            slot = self._slot(token, lang, weight, shorts.get(fold(token), ()), others.get(fold(token)))
            if slot is None:
                unknown.append(token)
            else:
                slots.setdefault(fold(token), slot)
        for earlier, weight in context:
            for token in words(earlier):
                if not is_stop(token, lang) and fold(token) not in slots and fold(token) not in _ASKING:
                    slot = self._slot(token, lang, weight * (WEAK_WEIGHT if fold(token) in _WEAK else 1.0))
                    if slot is not None:
                        slots[fold(token)] = slot
        index_terms = [term(token, lang) for token in tokens]
        meaning = " ".join([text, *self._glossary.long_forms(tokens), *(earlier for earlier, _ in context)])
        return Query(
            text=text,
            lang=lang,
            intent=intent,
            slots=tuple(slots.values()),
            bigrams=tuple(dict.fromkeys(bigram_buckets(index_terms))),
            grams=tuple(dict.fromkeys(gram_buckets(tokens))),
            vector=self._encoder.encode_questions([meaning])[0],
            unknown=tuple(dict.fromkeys(unknown)),
            subject=self._subject(tokens),
            counted=self._counted(text, lang),
        )

    def _counted(self, text: str, lang: Language) -> tuple[str, ...]:
        """The noun whose number is asked, as it stands or as documents may say it."""
        noun = counted_noun(text)
        if noun is None:
            return ()
        others = self._thesaurus.synonyms([noun], lang).get(noun, {})
        near = self._translators["fr"].translate(noun) if "fr" in self._translators else []
        named = [noun, *(word for entries in others.values() for word in entries), *(form for form, _ in near)]
        return tuple(dict.fromkeys(word for word in named if len(word) > 3))

    def _subject(self, tokens: Sequence[str]) -> frozenset[str]:
        named = [*tokens, *(word for long in self._glossary.long_forms(tokens) for word in words(long))]
        named += [synonym for token in tokens for synonym in self._glossary.synonyms(token)]
        return frozenset(term(fold(word).strip("."), "fr") for word in named)

    def _content_words(self, text: str, lang: Language, intent: Intent) -> list[str]:
        """The words that carry the question. A small word that is also an acronym of the corpus ("avec") counts in a definition."""
        kept = []
        for token in words(text):
            if not is_stop(token, lang):
                kept.append(self._speller.correct(token))
            elif Asks.DEFINITION in intent.asks and len(token) > 2:
                kept += self._glossary.synonyms(token)
        return [token for token in kept if fold(token) not in _ASKING] or kept

    def _slot(
        self,
        token: str,
        lang: Language,
        weight: float,
        shorts: Sequence[str] = (),
        others: Mapping[Language, Sequence[str]] | None = None,
    ) -> Slot | None:
        other: Language = "en" if lang == "fr" else "fr"
        factors: dict[str, float] = {term(token, lang): 1.0}
        factors.setdefault(term(token, other), OTHER_LANGUAGE_FACTOR)
        for synonym in (*self._glossary.synonyms(token), *shorts):
            factors.setdefault(term(synonym, lang), SYNONYM_FACTOR)
        if (rarest := self._rarest_word(token)) is not None:
            factors.setdefault(rarest, SYNONYM_FACTOR)
        if lang != "fr" and "fr" in self._translators:
            for form, cosine in self._translators["fr"].translate(token):
                factors.setdefault(term(form, "fr"), TRANSLATION_FACTOR * min(1.0, 0.5 + cosine))
        for language, synonyms in (others or {}).items():
            for synonym in synonyms:
                factors.setdefault(term(synonym, language), THESAURUS_FACTOR)
        vocabulary, body = self._lexicon.vocabulary, self._lexicon.body
        ids = {vocabulary[t]: factor for t, factor in factors.items() if t in vocabulary}
        ids = {n: factor for n, factor in ids.items() if body.frequency(n) or self._lexicon.title.frequency(n)}
        if not ids:
            ids = {vocabulary[t]: FAMILY_FACTOR for t in self._family(token, lang) if t in vocabulary}
        if not ids:
            return None
        own = next(iter(ids)) if lang == "fr" else max(ids, key=body.frequency)
        return Slot(token, ids, self._lexicon.idf(body.frequency(own)), weight)

    def _family(self, token: str, lang: Language) -> list[str]:
        return [term(form, lang) for form in self._speller.family(token)]

    def _rarest_word(self, token: str) -> str | None:
        """The rarest term of an acronym's long form, which stands for it where the acronym itself does not."""
        best: tuple[int, str] | None = None
        for long in self._glossary.long_forms([token]):
            for word in words(long):
                index_term = term(word, "fr")
                frequency = (
                    self._lexicon.body.frequency(self._lexicon.vocabulary.get(index_term, -1))
                    if index_term in self._lexicon.vocabulary
                    else 0
                )
                if frequency and len(word) > 3 and (best is None or frequency < best[0]):
                    best = (frequency, index_term)
        return best[1] if best else None
