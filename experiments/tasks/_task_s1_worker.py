"""A worker process of task S1: counts the words of files, and finds out which ones as its coordination model says.

It speaks JSON lines with the hub over its standard input and output, and starts in some 20 ms: standard library only.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

WORD = re.compile(r"[^\W\d_]+")
ANDON = "andon"
"""The cue of a stopped line; every other one has the name of the file it claims."""
LOOK_S = 0.0005
"""How long a worker that sees a stopped line waits before it looks at the board again."""

Message = dict[str, Any]


def count_words(text: str) -> Counter[str]:
    """The map step: how often each word stands in a text, without regard to case."""
    return Counter(WORD.findall(text.lower()))


def send(kind: str, **content: object) -> None:
    """One message to the hub."""
    sys.stdout.write(json.dumps({"kind": kind, **content}) + "\n")
    sys.stdout.flush()


def receive() -> Message:
    """The next message of the hub. Ends this process if there is no hub any more."""
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    message: Message = json.loads(line)
    return message


class Worker:
    """What one worker knows: its setup, and how long it has really worked."""

    def __init__(self, setup: Message) -> None:
        self.number: int = setup["worker"]
        self.workers: int = setup["workers"]
        self.folder: str = setup["folder"]
        self.files: list[str] = setup["files"]
        self.torn = set(setup["torn"])
        self.jidoka: bool = setup["error_handling"] == "jidoka"
        self.board: str = setup["board"]
        self.interval_s: float = setup["poll_interval_s"]
        self.busy_s = 0.0
        self.cues = 0
        self.errors: list[str] = []

    def process(self, file: str, stop_line: Callable[[str], None], release_line: Callable[[str], None]) -> Counter[str]:
        """The words of one file. With jidoka a read that was cut off is noticed here: the line stops until it is mended."""
        began = time.perf_counter()
        data = self.read(file, torn=file in self.torn)
        if self.jidoka and len(data) != os.stat(os.path.join(self.folder, file)).st_size:
            stop_line(file)
            self.errors.append(file)
            data = self.read(file)
            release_line(file)
        counts = count_words(data.decode())
        self.busy_s += time.perf_counter() - began
        return counts

    def read(self, file: str, *, torn: bool = False) -> bytes:
        """A file's content; only its first half if the read is to be `torn`: the injected error."""
        with open(os.path.join(self.folder, file), "rb") as source:
            data = source.read()
        return data[: len(data) // 2] if torn else data

    def stop_line_by_message(self, file: str) -> None:
        """Pulls the cord: the hub hands out nothing until it is released."""
        send("andon", file=file)

    def release_line_by_message(self, file: str) -> None:
        """The file is mended."""
        send("fixed", file=file)

    def polling(self) -> None:
        """Asks the hub for one file, once an interval."""
        tick = time.perf_counter()
        while True:
            send("poll")
            answer = receive()
            if answer["kind"] == "stop":
                return
            if answer["kind"] == "work":
                self.work(answer["file"])
            tick = max(tick + self.interval_s, time.perf_counter())
            time.sleep(max(tick - time.perf_counter(), 0.0))

    def event_driven(self) -> None:
        """Sleeps until the hub sends a file, and sends the words back."""
        while (message := receive())["kind"] != "stop":
            self.work(message["file"])

    def work(self, file: str) -> None:
        """One file that the hub handed out."""
        counts = self.process(file, self.stop_line_by_message, self.release_line_by_message)
        send("result", files=1, words=counts)

    def cue_based(self) -> None:
        """Puts a cue on the next file without one, from its own stretch of the shelf on, and works on it.

        Where somebody was faster it looks at the whole board. The hub hears of it once, at the end.
        """
        first = self.number * len(self.files) // self.workers
        shelf = self.files[first:] + self.files[:first]
        taken: set[str] = set()
        counts: Counter[str] = Counter()
        files = 0
        while free := next((file for file in shelf if file not in taken), None):
            if os.path.exists(os.path.join(self.board, ANDON)):
                time.sleep(LOOK_S)
                continue
            taken.add(free)
            if self.cue(free):
                counts.update(self.process(free, self.stop_line_by_cue, self.release_line_by_cue))
                files += 1
            else:
                taken.update(os.listdir(self.board))
        send("result", files=files, words=counts)

    def stop_line_by_cue(self, file: str) -> None:
        """Puts the cue up that everybody looks for before taking a file; if somebody else's hangs there, after it."""
        while not self.cue(ANDON):
            time.sleep(LOOK_S)

    def release_line_by_cue(self, file: str) -> None:
        """Takes it down again."""
        os.unlink(os.path.join(self.board, ANDON))

    def cue(self, name: str) -> bool:
        """Puts a cue up; False if there is one already. The file system sees to it that only one worker succeeds."""
        try:
            os.close(os.open(os.path.join(self.board, name), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            return False
        self.cues += 1
        return True


def main() -> None:
    """One trial."""
    setup = receive()
    worker = Worker(setup)
    model = {"polling": worker.polling, "event_driven": worker.event_driven, "cue_based": worker.cue_based}
    send("ready")
    receive()  # go
    model[setup["coordination_model"]]()
    send("bye", busy_s=worker.busy_s, cues=worker.cues, errors=worker.errors)


if __name__ == "__main__":
    main()
