"""`bio completion`."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from .conftest import Desk


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_knows_every_command(desk: Desk, shell: str) -> None:
    said = desk.bio("completion", shell)
    assert said.code == 0
    for command in ("run", "batch", "results", "validate", "completion"):
        assert command in said.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [(("bio", "res"), "results"), (("bio", "results", "--out"), "--outcome"), (("bio", "new", "exp"), "experiment")],
)
def test_bash_completes(desk: Desk, words: tuple[str, ...], expected: str) -> None:
    """In a real bash: the script is read, and its function asked as bash would."""
    if shutil.which("bash") is None:
        pytest.skip("no bash here")
    script = desk.bio("completion", "bash").out
    line = " ".join(f"'{word}'" for word in words)
    ask = (
        f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}\n"
        'f=$(complete -p bio | sed "s/.*-F \\([^ ]*\\).*/\\1/"); $f bio "${COMP_WORDS[-1]}" "" 2>/dev/null; '
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "--norc", "-c", ask], capture_output=True, text=True, check=False, timeout=60)
    assert expected in done.stdout.split(), done.stdout + done.stderr
