"""A small task to start from: count the words of all text files in a folder."""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded from the trial's recorded seed by whoever runs the task
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def execute(params: dict[str, Any], data_path: str, metrics_file: str | Path) -> dict[str, dict[str, float]]:
    """One trial: `params["sample"]` of the files, drawn anew in each trial, with or without regard to case."""
    files = sorted(Path(data_path).glob("*.txt"))
    words: Counter[str] = Counter()
    began = time.perf_counter()
    for number, file in enumerate(random.sample(files, params["sample"]), start=1):
        text = file.read_text("utf-8")
        words.update((text.lower() if params["fold_case"] else text).replace(".", "").split())
        event = {"timestamp": datetime.now(UTC).isoformat(), "metric": "words", "value": words.total(), "step": number}
        with open(metrics_file, "a", encoding="utf-8") as events:
            events.write(json.dumps(event) + "\n")
    return {
        "metrics": {
            "words": words.total(),
            "distinct_words": len(words),
            "milliseconds": 1000 * (time.perf_counter() - began),
        }
    }
