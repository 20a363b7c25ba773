"""A Dask cluster of our own, on this machine only, gone with us.

The scheduler lives in this process. The workers are the `dask worker`s that a real cluster has: processes of their own that
know nothing of our `__main__` (which Dask's `LocalCluster` would run again in each of them). Both sides prove who they are by
a key that exists for this cluster alone, for on a machine with other users the loopback is no wall.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING, Any

from ..errors import EngineError

if TYPE_CHECKING:
    from distributed import LocalCluster, Security

START_S = 120.0
"""Seconds that its workers may take to come up."""
_HOST = "127.0.0.1"
_GRACE_S = 3.0


class OwnCluster:
    """Scheduler and workers for `width` cells at once: a worker process a core, and as many threads in each as it takes."""

    def __init__(self, width: int | None = None) -> None:
        from distributed import LocalCluster, Security

        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self.workers = min(cores, width or cores)
        self.threads = ceil((width or cores) / self.workers)
        self.security: Security = Security.temporary()
        self._folder = tempfile.mkdtemp(prefix="bio-dask-")
        self._log = open(os.path.join(self._folder, "workers.log"), "w+b")  # noqa: SIM115 - closed with the cluster
        with _quiet():
            self._scheduler: LocalCluster = LocalCluster(
                n_workers=0,
                host=_HOST,
                protocol="tls",
                security=self.security,
                dashboard_address=None,
                silence_logs=50,
                scheduler_kwargs={"dashboard": False},
            )
        self.address: str = self._scheduler.scheduler_address
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_worker", self.address, "--host", _HOST, "--no-dashboard"]
        command += ["--nworkers", str(self.workers), "--nthreads", str(self.threads), "--death-timeout", f"{START_S:g}"]
        command += ["--local-directory", self._folder]
        security, tls = self.security, "DASK_DISTRIBUTED__COMM__TLS__"
        keys = {
            f"{tls}CA_FILE": security.tls_ca_file,
            f"{tls}WORKER__CERT": security.tls_worker_cert,
            f"{tls}WORKER__KEY": security.tls_worker_key,
            "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True",
            "DASK_LOGGING__DISTRIBUTED": "error",
        }
        # A session of its own: a Ctrl-C at the terminal is ours to answer, cells get their time to finish.
        return subprocess.Popen(  # noqa: S603
            command,
            env={**os.environ, **keys},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            start_new_session=True,
        )

    def check(self) -> None:
        """Raises `EngineError`, with the end of what they wrote, if the worker processes are gone."""
        if (code := self._process.poll()) is not None:
            self._log.seek(0)
            said = self._log.read()[-400:].decode(errors="replace").strip().splitlines()
            raise EngineError(f"the workers of the local Dask cluster ended ({code}): {said[-1] if said else 'without a word'}")

    def close(self) -> None:
        """Ends all of it; what still plays there is killed."""
        with _quiet(), contextlib.suppress(Exception):
            self._scheduler.close(timeout=_GRACE_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Inside, Dask's warnings about ports of dashboards and the like are nobody's business."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def security_of(**given: Any) -> Security:
    """The `Security` that Dask's own configuration (files, `DASK_*`) describes."""
    from distributed import Security

    return Security(**given)
