"""Texts enter, a folding WordPiece tokenizer leaves: lower case, no accents, French ligatures and spaces made plain.

The folding lies in the tokenizer's own normaliser, so that every program that reads the file folds alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

UNKNOWN = "[UNK]"
CONTINUES = "##"
MAX_ALPHABET = 200
ALPHABET_TEXTS = 20_000
PLAIN_FORMS = (
    ("[\u2018\u2019\u02bc\u2032\u0060\u00b4]", "'"),
    ("[\u00ab\u00bb\u201c\u201d\u201e]", '"'),
    ("[\u2010-\u2015\u2212]", "-"),
    ("[\u00ad\u200b-\u200d\u2060\ufeff]", ""),
    ("[\u0153\u0152]", "oe"),
    ("[\u00e6\u00c6]", "ae"),
    ("\u00df", "ss"),
)
"""What compatibility decomposition (NFKD) leaves alone; it makes no-break spaces and the ligatures fi, fl plain itself."""


def folding_normaliser() -> normalizers.Normalizer:
    """Return the normaliser: plain apostrophes, quotes, dashes and ligatures, then NFKD, lower case, no accents."""
    steps = [normalizers.Replace(Regex(pattern), plain) for pattern, plain in PLAIN_FORMS]
    return normalizers.Sequence([*steps, normalizers.NFKD(), normalizers.Lowercase(), normalizers.StripAccents()])


def train_tokenizer(texts: Sequence[str], vocabulary: int) -> Tokenizer:
    """Return a WordPiece tokenizer of at most `vocabulary` entries; id 0 stands for what is unknown.

    It adds no special tokens, does not pad and does not truncate. The result depends on the texts alone.
    """
    learning = _folding_tokenizer({UNKNOWN: 0})
    letters = _alphabet(texts)
    # Named beforehand, letters get their ids in a fixed order; else it is that of a hash table, and ties fall by chance.
    fixed = [UNKNOWN, *letters, *(CONTINUES + letter for letter in letters)]
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocabulary,
        min_frequency=2,
        special_tokens=fixed,
        initial_alphabet=letters,
        limit_alphabet=len(letters),
        continuing_subword_prefix=CONTINUES,
        show_progress=False,
    )
    learning.train_from_iterator(texts, trainer)
    return _folding_tokenizer(learning.get_vocab())


def _folding_tokenizer(vocab: dict[str, int]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(vocab=vocab, unk_token=UNKNOWN, continuing_subword_prefix=CONTINUES))
    tokenizer.normalizer = folding_normaliser()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix=CONTINUES)
    return tokenizer


def _alphabet(texts: Sequence[str]) -> list[str]:
    """Return the commonest characters of the folded texts, in order, counted on evenly spaced ones."""
    fold = folding_normaliser()
    counts = Counter[str]()
    for text in texts[:: max(1, len(texts) // ALPHABET_TEXTS)]:
        counts.update(fold.normalize_str(text))
    common = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return sorted(letter for letter, _ in common[:MAX_ALPHABET] if not letter.isspace())
