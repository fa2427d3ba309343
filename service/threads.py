"""Nothing in, one thread a question out: the products of a question are too small to be worth sharing."""

from __future__ import annotations

from threadpoolctl import threadpool_limits


def one_thread_a_question() -> None:
    """Have numpy's products run on the thread that asks.

    Several threads that wait for each other cost a question twice its time, and four times where the machine is busy
    (`OPENBLAS_NUM_THREADS=1 python -m service eval` beside the same without). OpenMP, which faiss and torch use, is left.
    """
    threadpool_limits(1, "blas")
