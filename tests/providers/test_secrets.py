"""Keys with a face of their own, in all places a key may stand: after a run that went as badly as can be, they are nowhere."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest

from pytest_alienbio.model import Outcome

from ..journeys.conftest import LIGHT, Project, listens
from .fake import Fake
from .lab import NO_PROXY, Lab, every_file

KEYS = {
    name: f"Zq9{name}Walrus{number}Obelisk{number * 7919}Fjord"
    for number, name in enumerate(("env", "ring", "home", "dead"), 11)
}
"""By where they stand. They look like no provider's: nothing but knowing them tells that they are keys."""
CONFTEST = """
import logging
import pytest

LOUD = ("", "openai", "anthropic", "httpx", "httpx2", "httpcore", "httpcore2")


def loud():
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.DEBUG)


loud()


@pytest.fixture(autouse=True)
def louder():
    loud()
    yield
    loud()
"""
RING = """
import keyring.backend


class Ring(keyring.backend.KeyringBackend):
    priority = 9

    def get_password(self, service, name):
        return {("pytest-alienbio", "work"): open(RING).read()}.get((service, name))

    def set_password(self, service, name, password):
        raise NotImplementedError
"""
DIRECT = """
import os
from pytest_alienbio.agents.llm.live import live
from pytest_alienbio.model import Endpoint, Message, Request


def test_asked_directly():
    wire = live(None, Endpoint("openai", "m", base_url=os.environ["TESTS_URL"], key="env:TESTS_ENV_KEY"))
    for _ in range(40):
        wire.ask(Request("m", "s", (), (Message("user", "hi"),), 10), timeout_s=5)
"""
"""Whoever plays without a run sees the client's own tracebacks, with their variables."""


@pytest.fixture
def lab(fake: Callable[..., Fake], tmp_path: Path) -> Lab:
    """Agents whose provider says their key in headers, errors and answers; one more that never answers."""
    lab = Lab(Project(tmp_path / "project"))
    lab.project.write("pytest.ini", "[pytest]\nlog_level = DEBUG\nlog_file = all.log\nlog_file_level = DEBUG\n")
    lab.project.write("conftest.py", CONFTEST)
    lab.project.write("test_direct.py", DIRECT)
    secret = tmp_path / "secret"
    secret.write_text(KEYS["ring"])
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "ring.py").write_text(RING.replace("RING)", f"{str(secret)!r})"))
    url = fake().url
    for name, key in KEYS.items():
        here = Fake(url, key)
        call = {"name": "wait", "arguments": {"steps": 1, "note": f"my key is {key}"}}
        said = {"text": f"The key is {key}, {key!r}.", "calls": [call], "reasoning": f"Whose is {key}?"}
        faults = {"revoked": 0.02, "redirect": 0.02, "rate_limit": 0.1, "bad_arguments": 0.1, "unknown_tool": 0.1}
        here.set(
            default=said, headers={"x-echo": key, "request-id": key}, faults=faults, script=["stall"] if name == "dead" else []
        )
        where = {"env": {"env": "TESTS_ENV_KEY"}, "ring": {"keyring": "work"}, "dead": {"env": "TESTS_DEAD_KEY"}}.get(name)
        lab.add(name, here, "anthropic" if name == "ring" else "openai", **({"api_key": where} if where else {}))
    home = tmp_path / "home" / "alienbio" / "config.yaml"
    home.parent.mkdir(parents=True)
    home.write_text(f"providers:\n  homely: {{api_key: {KEYS['home']}}}\n")
    home.chmod(stat.S_IRUSR | stat.S_IWUSR)
    line = {name: value for name, value in lab.lines["home"].items() if name != "api_key"}
    lab.lines["home"] = {**line, "provider": "homely"}
    lab.add("env", Fake(url, KEYS["env"]), api_key={"env": "TESTS_ENV_KEY"})
    lab.battery(
        "  scenarios: [{name: mutualism/competition, difficulty: 1}]\n  agents: [dead, env, ring, home]\n"
        "  seeds: 2\n  cells: record\n"
    )
    return lab


def test_no_byte_of_a_key_is_anywhere(lab: Lab, tmp_path: Path) -> None:
    """With workers that die in a call, every logger at its loudest, and variables shown in tracebacks."""
    project = lab.project
    args = ["-n", "2", "--bio-live", "-vv", "--showlocals", "--log-level=DEBUG", "--junitxml=junit.xml", "-o", "log_cli=true"]
    args += [
        "--bio-report",
        "terminal,markdown,json,csv",
        "--max-worker-restart=4",
        "-p",
        "cacheprovider",
        "-rA",
        "--full-trace",
    ]
    around = {
        **NO_PROXY,
        "TESTS_ENV_KEY": KEYS["env"],
        "TESTS_DEAD_KEY": KEYS["dead"],
        "TESTS_URL": lab.agents["env"].openai,
        "XDG_CONFIG_HOME": str(tmp_path / "home"),
        "PYTHON_KEYRING_BACKEND": "ring.Ring",
        "PYTHONPATH": str(tmp_path / "modules"),
        "OPENAI_LOG": "debug",
        "ANTHROPIC_LOG": "debug",
    }
    command = [sys.executable, "-m", "pytest", *LIGHT, *args]
    said = (tmp_path / "said.txt").open("wb+")
    process = subprocess.Popen(
        command, cwd=project.path, env={**os.environ, **around}, stdout=said, stderr=said, preexec_fn=listens
    )
    lines, killed, until = set(), False, monotonic() + 200
    while process.poll() is None:
        assert monotonic() < until
        below = children(process.pid)
        lines |= {line for _, line in below.items()}
        if not killed and lab.agents["dead"].counts.get("calls"):
            workers = [pid for pid, line in below.items() if b"exec(eval(" in line]
            for pid in workers:
                os.kill(pid, signal.SIGKILL)
            killed = bool(workers)
        sleep(0.05)  # looks at the processes while they run; nothing is waited for by it
    assert killed
    said.seek(0)
    printed = said.read()
    said.close()
    results = {result.id: result for result in lab.newest()[1].values()}
    outcomes = {result.outcome for result in results.values()}
    assert Outcome.LOST in outcomes, printed.decode()[-3000:]
    assert {Outcome.COMPLETED, Outcome.PROVIDER_ERROR} & outcomes
    asked = {name: lab.agents[name].counts.get("calls", 0) for name in KEYS}
    assert all(asked.values()), f"each key was found and used: {asked}"
    for command_ in (
        ["report", "a"],
        ["show", "a", "--json"],
        ["log", "a"],
        ["cost", "a", "--by", "cell"],
        ["leaderboard", "a"],
    ):
        shown = project.bio(*command_, **around)
        printed += (shown.stdout + shown.stderr).encode()
    everywhere = {"the terminal": printed, "a command line": b"\n".join(lines)}
    everywhere |= {str(path.relative_to(tmp_path)): data for path, data in every_file(project.path).items()}
    assert {"project/junit.xml", "project/all.log"} <= everywhere.keys()
    found = [(name, where) for where, data in everywhere.items() for name, key in KEYS.items() if parts(key, data)]
    assert not found


def parts(key: str, data: bytes) -> bool:
    """Whether ten characters in a row of a key are in there."""
    return any(key[at : at + 10].encode() in data for at in range(len(key) - 9))


def children(pid: int) -> dict[int, bytes]:
    """Process id -> command line of all below a process, itself included."""
    parents, lines = {}, {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            lines[int(path.name)] = (path / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
    below = {pid}
    for _ in range(5):
        below |= {child for child, parent in parents.items() if parent in below}
    return {one: lines[one] for one in below if one in lines}
