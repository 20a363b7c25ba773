"""`python -m tests.browser.set_up`: where the pages' browser is missing, and this is a Debian that may be changed, installs it.

Debian's package is what the pages are tested in; nothing is downloaded from anywhere else. Where it cannot be installed
nothing is done, exit 0 all the same: the tests are skipped then, and say why.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from time import monotonic

PACKAGE = "chromium"
NAMES = (PACKAGE, "chromium-browser", "google-chrome", "google-chrome-stable")
"""What it is called on the search path."""
WITHIN_S = 240.0
"""For what comes over the network."""
_QUIET = ("-qq", "-o", "DPkg::Lock::Timeout=60", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=30")


def browser() -> str | None:
    """Where a Chromium is, whoever installed it."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def hindrance() -> str:
    """Why it is not installed here; '' if it can be tried."""
    try:
        system = platform.freedesktop_os_release().get("ID", "")
    except OSError:
        system = ""
    if system != "debian" or not shutil.which("apt-get"):
        return "this is no Debian"
    return "" if os.geteuid() == 0 else "only root may install packages"


def install(within_s: float = WITHIN_S) -> str:
    """Installs it; gives what went wrong, '' if nothing did. Only while it loads it may be ended: never half installed."""
    until = monotonic() + within_s
    wanted = ("install", "--yes", "--no-install-recommends", PACKAGE)
    load = (*wanted, "--download-only")
    # The lists may be old, or not there at all, as in a fresh container.
    wrong = _apt(load, until) and (_apt(("update",), until) or _apt(load, until))
    return wrong or _apt((*wanted, "--no-download"))


def _apt(words: Sequence[str], until: float | None = None) -> str:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", *_QUIET, *words]
    left = None if until is None else max(1.0, until - monotonic())
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, timeout=left, check=False
        )
    except subprocess.TimeoutExpired:
        return f"apt-get {words[0]} took too long"
    return "" if done.returncode == 0 else f"apt-get {words[0]}: {done.stderr.strip()[-400:] or done.returncode}"


def main() -> int:
    """Says what was done, if anything was."""
    if browser() is None:
        wrong = hindrance() or install()
        sys.stdout.write(f"{PACKAGE} is not installed: {wrong}\n" if wrong else f"installed {browser()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
