"""What installs the browser: asks apt for it, quietly and within its time, and lets be what it may not change."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from . import set_up

APT = """#!/bin/sh
echo "$DEBIAN_FRONTEND $*" >> "{log}"
case "$*" in {fails}) echo "E: no such thing" >&2; exit 100;; esac
"""


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only program there is; it notes how it is called, and succeeds."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return make(tmp_path, "nothing")


def make(folder: Path, fails: str, text: str = APT) -> Path:
    """`apt-get` in `folder`, which fails where its arguments match."""
    script, log = folder / "apt-get", folder / "log"
    script.write_text(text.format(log=log, fails=fails), "utf-8")
    script.chmod(0o755)
    return log


def asked(log: Path) -> list[str]:
    """How it was called: what stands in each call beside how quiet it is."""
    return [
        line.split("Timeout=30 ")[1] for line in log.read_text("utf-8").splitlines() if line.startswith("noninteractive -qq")
    ]


LOAD = "install --yes --no-install-recommends chromium --download-only"
PUT = "install --yes --no-install-recommends chromium --no-download"


def test_it_is_loaded_then_installed(apt: Path) -> None:
    assert set_up.install() == ""
    assert asked(apt) == [LOAD, PUT]


def test_where_it_cannot_be_loaded_the_lists_are_fetched_first(apt: Path) -> None:
    make(apt.parent, "*download-only*")
    assert set_up.install() == "apt-get install: E: no such thing"
    assert asked(apt) == [LOAD, "update", LOAD]


def test_without_network_nothing_is_installed(apt: Path) -> None:
    make(apt.parent, "*download-only*|*update*")
    assert set_up.install() == "apt-get update: E: no such thing"
    assert asked(apt) == [LOAD, "update"]


def test_loading_ends_when_its_time_is_up(apt: Path) -> None:
    make(apt.parent, "", "#!/bin/sh\nexec /bin/sleep 600\n")
    assert set_up.install(within_s=0.0) == "apt-get update took too long"


def test_who_is_not_root_or_on_no_debian_is_told(apt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"ID": "debian"})
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert set_up.hindrance() == "only root may install packages"
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert set_up.hindrance() == ""
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"ID": "fedora"})
    assert set_up.hindrance() == "this is no Debian"
    apt.parent.joinpath("chromium").symlink_to(sys.executable)
    assert set_up.browser() == str(apt.parent / "chromium")


def test_where_there_is_one_nothing_is_asked(apt: Path) -> None:
    """As a command, in a process of its own."""
    apt.parent.joinpath("chromium").symlink_to("/bin/sh")
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-m", "tests.browser.set_up"], cwd=root, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr, apt.exists()) == ("", "", False)
