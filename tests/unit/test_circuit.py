"""A circuit opens after failures in a row, lets one call through after a while, and closes when that goes well."""

from __future__ import annotations

from service.circuit import Circuit


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def call(circuit: Circuit, well: bool | None) -> bool:
    entered = circuit.enter()
    if entered:
        circuit.leave(well)
    return entered


def test_it_opens_after_so_many_failures_in_a_row_only() -> None:
    circuit = Circuit(3, 10, Clock())
    for well in (False, False, True, False, None, False):
        assert call(circuit, well)
    assert not circuit.open
    assert call(circuit, False)
    assert circuit.open
    assert not circuit.enter()


def test_one_call_at_a_time_tries_whether_it_may_close() -> None:
    clock = Clock()
    circuit = Circuit(1, 10, clock)
    call(circuit, False)
    clock.now_s = 9.9
    assert not circuit.enter()
    clock.now_s = 10
    assert circuit.enter()
    assert not circuit.enter(), "the trial is under way"
    circuit.leave(False)
    assert not circuit.enter(), "open again, for as long"
    clock.now_s = 20
    assert circuit.enter()
    circuit.leave(None)
    assert circuit.open and circuit.enter(), "a trial that told nothing is made again"
    circuit.leave(True)
    assert not circuit.open and call(circuit, True)
