"""How far the caps of a session are used, for who only looks on: from the ledgers that lie below the data root."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import AlienBioError
from ...model.cap_use import CapUse
from .limiting import SESSION
from .session import LEDGER, LIMITS

if TYPE_CHECKING:
    from ...resources.booking import Account

_NANO = 10**9


def caps_in_use(data_root: Path, dat: Path, battery: str, run_id: str, source: str) -> tuple[CapUse, ...]:
    """Money, tokens and cells under the caps of the session that plays `dat`; () if none can be told.

    A session is found by its name, the run's id, or as the one whose ledger books this run. Ledgers in a Redis are not seen,
    and time is in no ledger. Nothing is written but what SQLite needs to read.
    """
    own = tuple(f"run {name}" for name in names_of(dat, battery, source))
    for folder in _sessions(data_root, run_id):
        with suppress(AlienBioError, OSError):
            accounts = {account.scope: account for account in _accounts(folder / LEDGER)}
            if folder.name == run_id or any(scope in accounts for scope in own):
                return tuple(_uses(accounts, own))
    return ()


def names_of(dat: Path, battery: str, source: str) -> tuple[str, ...]:
    """What ledgers may call the run in `dat`: by its folder, or under pytest by its battery."""
    return (str(dat), os.path.abspath(dat), os.path.relpath(dat), f"{source}::{battery}")


def _sessions(data_root: Path, run_id: str) -> Iterator[Path]:
    """The folders of the sessions that have a ledger below the data root, that of `run_id` first, then the newest."""
    try:
        names = os.listdir(data_root / LIMITS)
    except OSError:
        return
    for name in sorted(sorted(names, reverse=True), key=lambda name: name != run_id):
        if (data_root / LIMITS / name / LEDGER).is_file():
            yield data_root / LIMITS / name


def _accounts(path: Path) -> list[Account]:
    from ...resources.ledger import FileLedger

    ledger = FileLedger(path)
    try:
        return ledger.accounts()
    finally:
        ledger.close()


def _uses(accounts: dict[str, Account], own: tuple[str, ...]) -> Iterator[CapUse]:
    for scope, account in accounts.items():
        owner, _, quantity = scope.rpartition(" ")
        if owner != SESSION and owner not in own:
            continue
        most = account.caps.get(quantity)
        if most is None:
            continue
        counts, per = account.counts, _NANO if quantity == "usd" else 1
        reached = accounts.get(f"{scope} reached")
        yield CapUse(
            account.label or scope,
            quantity,
            most / per,
            counts[quantity] / per,
            counts.get(f"reserved_{quantity}", 0) / per,
            counts.get(f"unknown_{quantity}", 0) / per,
            reached=bool(reached and reached.counts["cells"]),
            together=owner == SESSION,
        )
