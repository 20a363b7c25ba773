"""Which clusters are talked to: pure rules, no network."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from pytest_alienbio.engine import open_engine
from pytest_alienbio.engine.dask_address import TLS_KEYS, address_of, check_closed, check_tls, is_loopback
from pytest_alienbio.errors import MissingExtraError, SpecError
from pytest_alienbio.model import engine_choice


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "tcp://localhost:1", "tcp://[::1]:8786", "tls://10.0.0.5:8786"])
def test_this_machine_and_any_with_tls_are_fine(address: str) -> None:
    assert address_of(address) == address


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tcp://10.0.0.5:8786", "is another machine without TLS: everyone in between could run .*; start .* tls://10.0.0.5"),
        ("tcp://cluster.example:8786", "is another machine without TLS"),
        ("tcp://127.0.0.1.example:1", "is another machine without TLS"),
        ("http://127.0.0.1:8786", "is no address of a scheduler; expected tcp://HOST:PORT or tls://HOST:PORT"),
        ("inproc://127.0.0.1/1/2", "is no address"),
        ("tls://10.0.0.5", "is no address"),
        ("tcp://127.0.0.1:x", "is no address"),
    ],
)
def test_others_are_refused_with_what_to_do(text: str, said: str) -> None:
    """Whoever reaches a port of Dask's runs code."""
    with pytest.raises(SpecError, match=said):
        address_of(text)


def test_a_scheduler_file_is_held_to_the_same(tmp_path: Path) -> None:
    """Its address counts, and what is no such file is said to be none."""
    file = tmp_path / "scheduler.json"
    for address, said in (
        ("tcp://192.168.0.7:1", r"\(tcp://192.168.0.7:1\) is another machine"),
        (7, "its address is no text"),
    ):
        file.write_text(json.dumps({"address": address}), encoding="utf-8")
        with pytest.raises(SpecError, match=said):
            address_of(str(file))
    file.write_text("[]", encoding="utf-8")
    with pytest.raises(SpecError, match="is no scheduler file: it names no address; it is written by"):
        address_of(str(file))
    with pytest.raises(
        SpecError, match=r"cannot read it: No such file.*expected tcp://HOST:PORT, tls://HOST:PORT or a scheduler"
    ):
        address_of(str(tmp_path / "nowhere.json"))
    file.write_text(json.dumps({"address": "tls://192.168.0.7:1"}), encoding="utf-8")
    assert address_of(str(file)) == "tls://192.168.0.7:1"


def test_a_cluster_that_also_listens_to_the_network_is_refused() -> None:
    """Reached over the loopback it may still be open to everyone."""
    check_closed(["tcp://127.0.0.1:1", "tls://10.0.0.5:1"], "a worker")
    with pytest.raises(
        SpecError, match=r"a worker listens on tcp://10.0.0.5:1, where everyone .* start it with --host 127.0.0.1"
    ):
        check_closed(["tcp://127.0.0.1:1", "tcp://10.0.0.5:1"], "a worker")


def test_what_tls_needs_is_named() -> None:
    """A key may stand in the file of its certificate."""
    check_tls("tcp://127.0.0.1:1", {})
    check_tls("tls://h:1", {"tls_ca_file": "a", "tls_client_cert": "b"})
    with pytest.raises(SpecError, match=" and ".join(TLS_KEYS.values())):
        check_tls("tls://h:1", {})


@pytest.mark.parametrize(
    ("address", "near"),
    [("tcp://127.9.9.9:1", True), ("tcp://[::1]:1", True), ("tcp://0.0.0.0:1", False), ("tcp://:1", False)],
)
def test_the_loopback_is_an_address_and_not_a_name_that_looks_like_one(address: str, near: bool) -> None:
    assert is_loopback(address) is near


def test_without_the_package_one_sentence_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once: before anything is played, connected to or started."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"^the engine `dask` needs the package 'distributed'.*\[distributed\]'$"):
        open_engine(engine_choice("dask"))
