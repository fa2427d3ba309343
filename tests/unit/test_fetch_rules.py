"""What may be fetched: public addresses alone, what robots.txt allows, and what a feed announces."""

from __future__ import annotations

import pytest

from corpus.errors import ReadError
from ingest.feeds import parse_feed
from ingest.robots import parse_robots
from ingest.web_connection import is_public


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "192.0.2.1", "2001:db8::1",
    ],
)  # fmt: skip
def test_private_addresses_are_not_however_they_are_written(address: str) -> None:
    assert not is_public(address)


ROBOTS = """
# a comment
User-agent: *
Disallow: /private/
Allow: /private/open/
Disallow: /*.zip$
Crawl-delay: 7

User-agent: Sourcier
User-agent: other
Disallow: /ours
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True), ("/private/a", False), ("/private/open/a", True), ("/a.zip", False), ("/a.zip?b", True),
        ("/%70rivate/a", False), ("/ours", True),
    ],
)  # fmt: skip
def test_the_longest_rule_decides(path: str, allowed: bool) -> None:
    assert parse_robots(ROBOTS, agent="somebody").allows(path) is allowed


def test_rules_for_us_replace_those_for_everybody_and_a_pause_is_read() -> None:
    ours = parse_robots(ROBOTS)
    assert (ours.allows("/ours/a"), ours.allows("/private/a"), ours.delay_s) == (False, True, 0.0)
    assert parse_robots(ROBOTS, agent="somebody").delay_s == 7
    assert parse_robots("").allows("/x")
    assert parse_robots("\x00\xff: <html>\nDisallow: /").allows("/x")
    assert parse_robots("User-agent: *\nDisallow:\n").allows("/x")
    assert not parse_robots("User-agent: *\nDisallow: /" + "*a" * 5000).allows("/" + "a" * 5000)


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Actes</title><link>https://a.fr/</link>
<item><title> Un
 guide </title><link>/guide.pdf</link></item><item><title/><link>https://a.fr/b</link></item>
<item><link>javascript:alert(1)</link></item><item><link>/guide.pdf</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Avis</title><link rel="self" href="https://a.fr/self"/>
<link href="https://a.fr/avis"/></entry></feed>"""


def test_rss_and_atom_give_titles_and_whole_addresses() -> None:
    assert [(one.title, one.url) for one in parse_feed(RSS.encode(), "https://a.fr/rss.xml")] == [
        ("Un guide", "https://a.fr/guide.pdf"),
        ("https://a.fr/b", "https://a.fr/b"),
    ]
    assert [(one.title, one.url) for one in parse_feed(ATOM.encode(), "https://a.fr/atom")] == [
        ("Avis", "https://a.fr/avis")
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html></html>",
        b"<rss",
        b'<!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;</rss>',
        b"<rss>" + b"<a>" * 9999,
        b"\xff\xfe",
    ],
)
def test_what_is_no_feed_is_refused(data: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        parse_feed(data, "https://a.fr/rss.xml")
    assert caught.value.code == "broken_document"
