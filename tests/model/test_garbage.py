"""The garbage collector, at rest or spared."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from pytest_alienbio.model.garbage import settled


class Knot:
    """Refers to itself: only the collector finds it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _nothing_frozen() -> Iterator[None]:
    """What these tests' own session has frozen is so again afterwards."""
    gc.unfreeze()
    yield
    gc.freeze()


def test_what_is_made_meanwhile_is_collected_as_ever() -> None:
    """Cells leave garbage while very many items lie there; the items are passed by, the garbage is not."""
    before = Knot()
    with settled():
        assert gc.get_freeze_count() > 0
        assert not any(found is before for found in gc.get_objects())
        made = weakref.ref(Knot())
        gc.collect()
        assert made() is None
    assert gc.get_freeze_count() == 0


def test_what_others_have_frozen_stays_frozen() -> None:
    """A server that froze itself before it forks, say."""
    gc.freeze()
    with settled():
        pass
    assert gc.get_freeze_count() > 0
