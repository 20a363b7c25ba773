"""Which Dask schedulers we talk to: those of this machine, and others where both sides prove who they are (mutual TLS).

Dask's messages are pickles: whoever reaches a scheduler's or a worker's port runs code as its user.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import Complaint, SpecError

TLS_KEYS: Mapping[str, str] = {
    "tls_ca_file": "DASK_DISTRIBUTED__COMM__TLS__CA_FILE",
    "tls_client_cert": "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT",
    "tls_client_key": "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY",
}
"""Of Dask's `Security`: what a client needs, and the environment variable that sets it (see Dask's own configuration, too)."""

_PAGE = "see docs/cluster.md"


def address_of(text: str) -> str:
    """The scheduler's address that `text` (an address or a scheduler file) means. Raises `SpecError` in a sentence."""
    if "://" in text:
        return _checked(text, f"dask:{text}")
    path = Path(text).expanduser()
    try:
        told = json.loads(path.read_bytes())
        address = told["address"]
    except OSError as error:
        expected = "tcp://HOST:PORT, tls://HOST:PORT or a scheduler file that is there"
        raise SpecError(Complaint(f"dask:{text}: cannot read it: {error.strerror or error}", expected=expected)) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        hint = "it is written by `dask scheduler --scheduler-file FILE`"
        raise SpecError(Complaint(f"dask:{text} is no scheduler file: it names no address", hint=hint)) from None
    if not isinstance(address, str):
        raise SpecError(f"dask:{text} is no scheduler file: its address is no text")
    return _checked(address, f"dask:{text} ({address})")


def check_closed(addresses: Iterable[str], who: str) -> None:
    """Raises `SpecError` if one of `addresses`, as a cluster announces them, is reached over the network without TLS."""
    for address in addresses:
        if not (address.startswith("tls://") or is_loopback(address)):
            raise SpecError(
                Complaint(
                    f"{who} listens on {address}, where everyone in the network can run code as you",
                    hint=f"start it with --host 127.0.0.1, or with TLS; {_PAGE}",
                )
            )


def check_tls(address: str, found: Mapping[str, object]) -> None:
    """Raises `SpecError` if `address` is a TLS one and `found` (of `TLS_KEYS`) lacks what this side needs to prove itself."""
    missing = [variable for name, variable in TLS_KEYS.items() if not found.get(name)]
    if missing and found.get("tls_client_cert"):  # the key may stand in the same file
        missing = [variable for variable in missing if variable != TLS_KEYS["tls_client_key"]]
    if address.startswith("tls://") and missing:
        what = f"dask:{address} asks for a certificate, and there is none here"
        raise SpecError(Complaint(what, hint=f"set {' and '.join(missing)}, or Dask's own configuration; {_PAGE}"))


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches `address`."""
    host = address.partition("://")[2].rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _checked(address: str, said: str) -> str:
    scheme, _, place = address.partition("://")
    host, colon, port = place.rpartition(":")
    if scheme not in ("tcp", "tls") or not host or not colon or not port.isdecimal():
        raise SpecError(Complaint(f"{said} is no address of a scheduler", expected="tcp://HOST:PORT or tls://HOST:PORT"))
    if scheme == "tcp" and not is_loopback(address):
        what = f"{said} is another machine without TLS: everyone in between could run code as you"
        hint = f"start scheduler and workers with TLS and use tls://{place}; {_PAGE}"
        raise SpecError(Complaint(what, hint=hint))
    return address
