"""The limit of each client: fair, forgetful, and blind to who it is."""

from __future__ import annotations

import pytest

from service.rate_limit import MAX_CLIENTS, ROTATION_S, RateLimit, client_of


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_client_has_its_minute_and_then_waits_for_the_next_token() -> None:
    clock = Clock()
    limit = RateLimit(30, clock)
    assert [limit.wait_s("192.0.2.1") for _ in range(30)] == [0.0] * 30
    assert limit.wait_s("192.0.2.1") == pytest.approx(2.0)
    assert limit.wait_s("192.0.2.2") == 0.0
    clock.now_s = 2.0
    assert limit.wait_s("192.0.2.1") == 0.0
    assert limit.wait_s("192.0.2.1") > 0


def test_an_ipv6_network_is_one_client() -> None:
    assert client_of("2001:db8:1:2::1") == client_of("2001:db8:1:2:ffff::9") != client_of("2001:db8:1:3::1")
    assert client_of("::ffff:192.0.2.1") == client_of("192.0.2.1")
    assert client_of("fe80::1%eth0") == client_of("fe80::2")
    assert client_of("testclient") == "testclient"


def test_no_address_is_kept_and_all_is_forgotten_after_an_hour() -> None:
    clock = Clock()
    limit = RateLimit(1, clock)
    limit.wait_s("192.0.2.77")
    assert limit.wait_s("192.0.2.77") > 0
    assert "192.0.2.77" not in repr(vars(limit))
    before = set(limit._buckets)
    clock.now_s = ROTATION_S
    assert limit.wait_s("192.0.2.77") == 0.0
    assert before.isdisjoint(limit._buckets)


def test_memory_is_bounded() -> None:
    limit = RateLimit(60, Clock())
    for n in range(MAX_CLIENTS + 10):
        limit.wait_s(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
    assert len(limit._buckets) <= MAX_CLIENTS
