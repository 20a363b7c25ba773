"""A session in Redis: what is wrong with an address or a server is said, without its password, and nothing is booked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_alienbio.errors import LimitStoreError, MissingExtraError, OverLimitError
from pytest_alienbio.model import Rate, Spent
from pytest_alienbio.resources import RedisLedger, RedisLimiter, ledger_at
from pytest_alienbio.resources.sharing import is_address

if TYPE_CHECKING:
    from redis import Redis

redis = pytest.importorskip("redis", reason="the client of Redis is not installed")


@pytest.fixture
def ledger(redis_url: str) -> Iterator[RedisLedger]:
    with closing(RedisLedger(redis_url, create=True)) as made:
        made.cap("session", tokens=100)
        made.reserve(["session"], tokens=10)
        yield made


@pytest.fixture
def client(redis_socket: Path) -> Iterator[Redis]:
    with redis.Redis(unix_socket_path=str(redis_socket), decode_responses=True) as made:
        yield made


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("redis://localhost:6379/0#nightly", True),
        ("rediss://:secret@host/1#a", True),
        ("unix:///run/redis.sock#a", True),
        ("limits.sqlite", False),
        ("/tmp/redis:/x", False),  # noqa: S108
        ("http://host/0#a", False),
    ],
)
def test_what_is_an_address(text: str, address: bool) -> None:
    assert is_address(text) is address


@pytest.mark.parametrize(
    "url", ["redis://localhost:6379/0", "redis://localhost/0#", "redis://localhost/0#a}b", f"redis://localhost/0#{'a' * 201}"]
)
def test_an_address_names_a_session(url: str) -> None:
    """Two sessions that share one by accident would share their caps."""
    with pytest.raises(ValueError, match=r"expected redis://HOST:PORT/DATABASE#SESSION"):
        RedisLedger(url)


def test_a_server_that_is_not_there_is_an_error_without_its_password() -> None:
    with pytest.raises(LimitStoreError) as raised:
        ledger_at("redis://me:hunter2@127.0.0.1:1/0?password=hunter3#nightly", create=True)
    text = str(raised.value)
    assert text.startswith("the shared limits in redis://127.0.0.1:1/0#nightly cannot be used: ConnectionError: ")
    assert "hunter" not in text


def test_a_server_that_was_emptied_is_an_error(ledger: RedisLedger, client: Redis, redis_url: str) -> None:
    """It would otherwise begin at nothing spent."""
    session = redis_url.rpartition("#")[2]
    client.delete(f"alienbio:{{{session}}}:ledger")
    for use in (lambda: ledger.reserve(["session"], tokens=1), lambda: ledger.spent("session"), ledger.release_dead):
        with pytest.raises(LimitStoreError, match="there is nothing of this session"):
            use()


def test_other_things_under_its_names_are_an_error(ledger: RedisLedger, client: Redis, redis_url: str) -> None:
    session = redis_url.rpartition("#")[2]
    client.hset(f"alienbio:{{{session}}}:ledger", "tokens session", "some")
    with pytest.raises(LimitStoreError, match="cannot be used"):
        ledger.reserve(["session"], tokens=1)
    with pytest.raises(LimitStoreError, match="is no number"):
        ledger.spent("session")
    client.set(f"alienbio:{{{session}}}:rate:p", "text")
    with closing(RedisLimiter(redis_url, {"p": Rate(60)})) as limiter, pytest.raises(LimitStoreError, match="WRONGTYPE"):
        limiter.acquire("p")


def test_sessions_do_not_meet(ledger: RedisLedger, redis_url: str) -> None:
    with closing(RedisLedger(f"{redis_url}-2", create=True)) as other:
        assert other.spent("session") == Spent()
        other.reserve(["session"], tokens=1000)
    assert ledger.spent("session").reserved_tokens == 10


def test_it_is_forgotten_when_nobody_uses_it(ledger: RedisLedger, client: Redis, redis_url: str) -> None:
    """After a month, and every use begins it anew; without one in time the server keeps no key of ours for ever."""
    with closing(RedisLimiter(redis_url, {"p": Rate(60)})) as limiter:
        limiter.acquire("p")
    ledger.release_dead()
    session = redis_url.rpartition("#")[2]
    keys = list(client.scan_iter(f"alienbio:{{{session}}}:*"))
    assert len(keys) == 4
    assert all(86_000 < client.ttl(key) <= 30 * 86_400 for key in keys)


def test_of_another_machine_only_time_tells(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the lease its call counts as ended without anybody seeing it; the cap holds before and after."""
    monkeypatch.setattr("pytest_alienbio.resources.naming.this_process", lambda: "1:x@elsewhere")
    with closing(RedisLedger(redis_url, create=True)) as there:
        there.cap("session", tokens=100)
        name = there.reserve(["session"], tokens=60)
        monkeypatch.undo()
        with closing(RedisLedger(redis_url)) as here, closing(RedisLedger(redis_url, lease_s=0)) as later:
            assert here.release_dead() == ()
            assert [(one.tokens, one.holder) for one in later.release_dead()] == [(60, "1:x@elsewhere")]
            with pytest.raises(OverLimitError, match="60 tokens perhaps spent"):
                here.reserve(["session"], tokens=41)
        there.settle(name, tokens=50)
        assert there.spent("session") == Spent(tokens=50, requests=1)


def test_an_answer_that_was_lost_books_nothing_twice(ledger: RedisLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client asks again, and the server has done it before."""
    run = ledger._server.run
    monkeypatch.setattr(ledger._server, "run", lambda *given: [run(*given), run(*given)][1])
    name = ledger.reserve(["session"], tokens=5)
    assert ledger.spent("session").reserved_tokens == 15
    ledger.settle(name, tokens=3)
    assert ledger.spent("session") == Spent(tokens=3, requests=1, reserved_tokens=10)


def test_without_its_client_the_install_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'pytest-alienbio\[redis\]'"):
        RedisLedger("redis://localhost/0#a")
