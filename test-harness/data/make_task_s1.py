"""Writes the 100 text files of task S1, the same bytes every time: `python test-harness/data/make_task_s1.py [FOLDER]`.

Invented words whose frequencies fall as 1/rank, as those of a language do; 50 to 1000 words a file, most files short, so that
the work is not spread evenly.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random  # noqa: TID251 - for `random()` alone, whose numbers no version of Python changes

FILES = 100
VOCABULARY = 1200
SEED = 20260121
LINE = 88

CONSONANTS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "th", "sh")
VOWELS = ("a", "e", "i", "o", "u", "ai", "eo")


def write(folder: Path) -> None:
    """All files, `text-001.txt` to `text-100.txt`."""
    dice = Random(SEED)  # noqa: S311 - texts, no secrets
    words = vocabulary(dice)
    chances = cumulated([1 / rank for rank in range(1, len(words) + 1)])
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, FILES + 1):
        length = int(50 * 20 ** dice.random())
        text = sentences([words[draw(chances, dice.random())] for _ in range(length)], dice)
        (folder / f"text-{number:03}.txt").write_text(text, "utf-8", newline="\n")


def vocabulary(dice: Random) -> list[str]:
    """Different words of one to three syllables."""
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        syllables = 1 + int(3 * dice.random())
        words["".join(pick(CONSONANTS, dice) + pick(VOWELS, dice) for _ in range(syllables))] = None
    return list(words)


def pick(of: tuple[str, ...], dice: Random) -> str:
    """One of them, each as likely as any other."""
    return of[int(len(of) * dice.random())]


def cumulated(weights: list[float]) -> list[float]:
    """The sums of the first 1, 2, ... of them."""
    return [sum(weights[:index]) for index in range(1, len(weights) + 1)]


def draw(chances: list[float], chance: float) -> int:
    """The index that `chance`, from 0 to 1, falls on."""
    return next(index for index, upto in enumerate(chances) if chance * chances[-1] < upto)


def sentences(words: list[str], dice: Random) -> str:
    """The words as sentences of 4 to 15 of them, in lines of at most `LINE` characters."""
    lines, line, left = [], "", 0
    for index, word in enumerate(words):
        if not left:
            left, word = 4 + int(12 * dice.random()), word.capitalize()
        left -= 1
        word += "." if not left or index == len(words) - 1 else ""
        if len(line) + 1 + len(word) > LINE:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return "\n".join([*lines, line, ""])


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "task-s1")
