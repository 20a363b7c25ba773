"""What the shared limits achieve and cost: real processes of several threads, one provider, a minute's allowance.

    python -m tests.benchmarks.limiter [SECONDS] [REQUESTS_A_MINUTE]

Prints, for our file and our Redis (and pyrate-limiter's GCRA in Redis, if both are installed): calls made / allowed; the most
that started in any window of 60 s and of 1 s beside what it may hold; calls by process, fewest / most; how late a call started
after its time. Then microseconds by call: a place alone, and while all ask at once; a reservation with its settlement under
three scopes. Run on demand; nothing here is asserted.
"""

from __future__ import annotations

import bisect
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pytest_alienbio.model import Rate
from pytest_alienbio.resources import ledger_at, limiter_at

Acquire = Callable[[], object]


def acquirer(kind: str, where: str, a_minute: float) -> Acquire:
    """What one thread calls before each of its calls."""
    if kind != "pyrate":
        limiter = limiter_at(where, {"p": Rate(a_minute)})
        return lambda: limiter.acquire("p")
    import pyrate_limiter as pyrate
    import redis

    store = pyrate.RedisStateStore(redis.Redis(unix_socket_path=where.removeprefix("unix://").partition("#")[0]), where)
    bucket = pyrate.StateBucket([pyrate.Rate(1, round(60_000 / a_minute))], pyrate.GCRA(), store)
    pyrate_limiter = pyrate.Limiter(bucket)
    return lambda: pyrate_limiter.try_acquire("p")


def pace(kind: str, where: str, threads: int, a_minute: float, seconds: float) -> list[float]:
    """When calls started in this process, Unix seconds."""
    acquire, found, guard = acquirer(kind, where, a_minute), list[float](), threading.Lock()
    end = time.time() + seconds

    def work() -> None:
        while True:
            acquire()
            if (now := time.time()) >= end:
                return
            with guard:
                found.append(now)

    each = [threading.Thread(target=work) for _ in range(threads)]
    for thread in each:
        thread.start()
    for thread in each:
        thread.join()
    return found


def cost(kind: str, where: str, threads: int, a_minute: float, seconds: float) -> list[float]:
    """Microseconds of each place that this process took without waiting for it, of up to 4000."""
    del kind, a_minute
    limiter, found = limiter_at(where, {"p": Rate(1e9)}), list[float]()
    end = time.time() + seconds

    def work() -> None:
        while time.time() < end and len(found) < 4000:
            began = time.perf_counter()
            limiter.place("p", tokens=10)  # type: ignore[attr-defined]
            found.append(1e6 * (time.perf_counter() - began))

    each = [threading.Thread(target=work) for _ in range(threads)]
    for thread in each:
        thread.start()
    for thread in each:
        thread.join()
    return found


def money(kind: str, where: str, threads: int, a_minute: float, seconds: float) -> list[float]:
    """Microseconds of each reservation and its settlement, under a session, a run and a cell, of up to 2000."""
    del kind, threads, a_minute
    ledger, found = ledger_at(where), list[float]()
    end = time.time() + seconds
    while time.time() < end and len(found) < 2000:
        scopes = ["session", "run", f"cell {len(found)}"]
        began = time.perf_counter()
        ledger.settle(ledger.reserve(scopes, tokens=1000, usd=0.001), tokens=400, usd=0.0004)
        found.append(1e6 * (time.perf_counter() - began))
    return found


JOBS = {"pace": pace, "cost": cost, "money": money}


def together(
    job: str, kind: str, where: str, processes: int, threads: int, a_minute: float, seconds: float
) -> list[list[float]]:
    """What `job` found in each of several processes that begin at the same moment."""
    arguments = [job, kind, where, str(threads), str(a_minute), str(seconds)]
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.limiter", "--job", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [json.loads(process.communicate()[0]) for process in started]


def most(found: list[float], window: float) -> int:
    """The most that starts in any window of so many seconds."""
    return max((bisect.bisect_left(found, at + window) - index for index, at in enumerate(found)), default=0)


@contextmanager
def places() -> Iterator[dict[str, str]]:
    """Each kind, and an unused place for it."""
    with tempfile.TemporaryDirectory() as name:
        found = {"file": str(Path(name, "limits.sqlite"))}
        server = None
        if program := shutil.which("redis-server"):
            socket = Path(name, "socket")
            command = [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", name]
            server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            while not socket.exists():
                time.sleep(0.01)
            found["redis"] = f"unix://{socket}#benchmark"
            try:
                import pyrate_limiter  # noqa: F401
            except ImportError:
                pass
            else:
                found["pyrate"] = f"unix://{socket}#pyrate"
        try:
            for kind, where in found.items():
                if kind != "pyrate":
                    ledger = ledger_at(where, create=True)
                    ledger.cap("session", tokens=10**12, usd=10**5)
                    ledger.close()
            yield found
        finally:
            if server:
                server.kill()
                server.wait()


def main(seconds: float = 20.0, a_minute: float = 1200.0) -> None:
    """Measures and prints."""
    say(f"{a_minute:g} requests a minute, {seconds:g} s")
    say(f"{'':24}{'made/allowed':>14}{'in any 60 s':>14}{'in any 1 s':>13}{'by process':>14}")
    for processes, threads in ((2, 8), (8, 4)):
        with places() as found:
            for kind, where in found.items():
                each = together("pace", kind, where, processes, threads, a_minute, seconds)
                every = sorted(at for times in each for at in times)
                counts = sorted(len(times) for times in each)
                say(
                    f"{f'{kind}, {processes} x {threads} threads':24}"
                    f"{f'{len(every)}/{a_minute * seconds / 60:.0f}':>14}"
                    f"{f'{most(every, 60.0)}/{a_minute:.0f}':>14}"
                    f"{f'{most(every, 1.0)}/{a_minute / 60:.0f}':>13}"
                    f"{f'{counts[0]}-{counts[-1]}':>14}"
                )
    say(f"\n{'microseconds':24}{'place':>16}{'at once':>20}{'reserve + settle':>20}{'at once':>20}")
    with places() as found:
        for kind, where in found.items():
            if kind == "pyrate":
                continue
            cells = []
            for job, processes in (("cost", 1), ("cost", 8), ("money", 1), ("money", 8)):
                each = together(job, kind, where, processes, 1, a_minute, 5.0)
                times = sorted(time_ for times in each for time_ in times)
                cells.append(f"{statistics.median(times):.0f} (99%: {times[int(0.99 * len(times))]:.0f})")
            say(f"{kind:24}{cells[0]:>16}{cells[1]:>20}{cells[2]:>20}{cells[3]:>20}")


def say(text: str) -> None:
    """Prints at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        job, kind, where, *numbers = sys.argv[2:]
        threads, a_minute, seconds = int(numbers[0]), float(numbers[1]), float(numbers[2])
        say("ready")
        sys.stdin.readline()
        say(json.dumps(JOBS[job](kind, where, threads, a_minute, seconds)))
    else:
        main(*map(float, sys.argv[1:]))
