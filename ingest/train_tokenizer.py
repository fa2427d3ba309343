"""Texts enter, a folding WordPiece tokenizer leaves: lower case, no accents, French ligatures and spaces made plain.

The folding lies in the tokenizer's own normaliser, so that every program that reads the file folds alike.
"""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

UNKNOWN = "[UNK]"
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


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> Tokenizer:
    """Return a WordPiece tokenizer of at most `vocabulary` entries; id 0 stands for what is unknown.

    It adds no special tokens, does not pad and does not truncate. The result depends on the texts alone.
    """
    tokenizer = Tokenizer(models.WordPiece(vocab={UNKNOWN: 0}, unk_token=UNKNOWN))
    tokenizer.normalizer = folding_normaliser()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocabulary, min_frequency=2, special_tokens=[UNKNOWN], limit_alphabet=300, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
