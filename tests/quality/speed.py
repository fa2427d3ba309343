"""An encoder in; how many passages it reads a second and how much room it takes, out."""

from __future__ import annotations

import time

from corpus.encoder import DEFAULT_ENCODER_DIR, Encoder

PASSAGES = 4000
WORDS = (
    "La personne concernée peut demander au responsable du traitement la confirmation que des données qui la concernent"
    " sont traitées, et l’accès à ces données ainsi qu’aux finalités, aux catégories et aux destinataires. La réponse est"
    " donnée dans un délai d’un mois, qui peut être prolongé de deux mois quand la demande est complexe."
)


def measure_speed(encoder: Encoder) -> dict[str, float]:
    """Passages a second (texts of about 320 characters, none twice), and the megabytes of the encoder's folder."""
    texts = [f"{number}. {WORDS}" for number in range(PASSAGES)]
    encoder.encode_passages(texts[:256])
    start = time.perf_counter()
    encoder.encode_passages(texts)
    rate = PASSAGES / (time.perf_counter() - start)
    size = sum(path.stat().st_size for path in DEFAULT_ENCODER_DIR.rglob("*") if path.is_file())
    return {
        "passages_per_second": round(rate),
        "encoder_megabytes": round(size / 1e6, 1),
        "dimension": encoder.card.dimension,
    }
