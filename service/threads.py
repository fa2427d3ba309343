"""Nothing in; one thread a question, and an event loop that soon has its turn, out."""

from __future__ import annotations

import sys

from threadpoolctl import threadpool_limits

SWITCH_S = 0.0005


def one_thread_a_question() -> None:
    """Have numpy's products run on the thread that asks.

    Several threads that wait for each other cost a question twice its time, and four times where the machine is busy
    (`OPENBLAS_NUM_THREADS=1 python -m service eval` beside the same without). OpenMP, which faiss and torch use, is left.
    """
    threadpool_limits(1, "blas")


def switch_often() -> None:
    """Have a thread that computes let the event loop in after half a millisecond instead of Python's five.

    The loop gives its turn away at every reading and writing: ten times a request, it would wait that long to have it back.
    """
    sys.setswitchinterval(SWITCH_S)
