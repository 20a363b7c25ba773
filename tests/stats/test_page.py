"""What docs/statistics.md shows is what its Python prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "statistics.md"
BLOCK = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)
BETWEEN = "----- next block -----"


def test_the_python_of_the_page_prints_what_stands_below_it() -> None:
    """All blocks in one process, top to bottom, as a reader would type them."""
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    code = "".join(f"{python}\nprint({BETWEEN!r})\n" for python, _ in blocks)
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    printed = done.stdout.split(f"{BETWEEN}\n")
    assert len(blocks) >= 4
    for (python, shown), found in zip(blocks, printed, strict=False):
        assert found == shown, python
