"""Turns at the processor, and the door of a crowd."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from service.admission import Admission, Permit, Turns
from service.loop_lag import TICK_S, LoopLag
from service.problems import ProblemError


def test_one_computes_at_a_time_and_all_come_to_their_turn() -> None:
    turns, inside, most, done = Turns(turn_s=60), [], [], []

    def compute(number: int) -> None:
        permit = Permit(number)
        turns.take(permit)
        inside.append(number)
        most.append(len(inside))
        time.sleep(0.01)
        inside.remove(number)
        turns.leave(permit)
        done.append(number)

    threads = [threading.Thread(target=compute, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == list(range(8))
    assert set(most) == {1}


def test_who_never_ends_keeps_the_others_waiting_for_a_moment_only() -> None:
    turns = Turns(turn_s=0.05)
    stuck, other, third = Permit(1), Permit(2), Permit(3)
    turns.take(stuck)
    turns.take(other)  # after a moment
    turns.leave(stuck)  # who was passed over takes nothing from the one whose turn it is
    assert turns._holder is other
    turns.leave(other)
    turns.take(third)


def test_a_full_queue_is_refused_at_the_door_only_where_the_loop_is_late() -> None:
    async def crowd() -> None:
        release = threading.Event()
        admission = Admission(1, 60.0, waiting_asks=0, in_turn=True)
        admission.check_door(0.5)
        asked = asyncio.create_task(admission.run(lambda _: release.wait(60)))
        await asyncio.sleep(0)
        admission.check_door(0.0)
        for late_s in (0.5, 5.0):
            with pytest.raises(ProblemError) as refused:
                admission.check_door(late_s)
            assert refused.value.code == "overloaded"
            assert int(refused.value.headers["Retry-After"]) >= 1
        release.set()
        assert await asked
        admission.check_door(0.5)
        with pytest.raises(ProblemError):
            admission.check_door(5.0)
        admission.close()

    asyncio.run(crowd())


def test_a_loop_that_is_held_up_is_late_by_as_much() -> None:
    async def held_up() -> tuple[float, float, float]:
        lag = LoopLag()
        before = lag.seconds()
        lag.start()
        time.sleep(0.3)
        late = lag.seconds()
        lag.stop()
        return before, late, lag.seconds()

    before, late, after = asyncio.run(held_up())
    assert before == after == 0.0
    assert late >= 0.3 - TICK_S
