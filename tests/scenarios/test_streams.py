"""Independent streams of randomness."""

from __future__ import annotations

from itertools import product

from pytest_alienbio.scenarios.streams import Stream, stream


def test_a_stream_depends_on_every_argument() -> None:
    """No two of them begin alike."""
    arguments = list(product(("a/b", "a/c"), (1, 2), (0, 1, 2**40), Stream, (0, 1)))
    firsts = {stream(*each).integers(2**62) for each in arguments}
    assert len(firsts) == len(arguments)


def test_a_stream_is_the_same_every_time() -> None:
    """And using one does not move another."""
    first = stream("a/b", 1, 0, Stream.NOISE).random(5).tolist()
    stream("a/b", 1, 0, Stream.STRUCTURE).random(100)
    assert stream("a/b", 1, 0, Stream.NOISE).random(5).tolist() == first
