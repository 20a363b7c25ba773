"""The process of one trial: reads its request, seeds, runs the task, writes the answer. Standard library only.

It is started by its path, so that a trial pays for nothing of this package. Requests and answers are JSON files: whatever the
task prints is only printed.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import numbers
import os
import random  # noqa: TID251 - a task's own dice: seeded here, in its process, from the recorded seed
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

MOST_TRACEBACK = 20_000
_OURS = (__file__, "<frozen importlib._bootstrap>", os.path.dirname(json.__file__) + os.sep)


def load_module(file: str, module: str, paths: Iterable[str] = ()) -> ModuleType:
    """The module in `file`, else the one called `module`, imported; `paths` come before everything else on `sys.path`."""
    for path in reversed(list(paths)):
        if path not in sys.path[:1]:
            sys.path.insert(0, path)
    if not file:
        return importlib.import_module(module)
    name = Path(file).stem if Path(file).stem != "__init__" else Path(file).parent.name
    if name in sys.modules and getattr(sys.modules[name], "__file__", None) != file:
        name = f"alienbio_task_{name}"  # a module of Python's own is called like it
    inside = [str(Path(file).parent)] if Path(file).name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=inside)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    made = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = made
    try:
        spec.loader.exec_module(made)
    except BaseException:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before
        raise
    return made


def find_function(module: ModuleType, name: str) -> Callable[..., object]:
    """What `name`, dotted perhaps, is in a module. Raises `AttributeError` or `TypeError`."""
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part)
    if not callable(found):
        raise TypeError(f"{name} of {module.__name__} is {kind_of(found)}, no function")
    return found  # type: ignore[no-any-return]


def call(
    function: Callable[..., object],
    params: Mapping[str, Any],
    data_path: str | None,
    metrics_file: Path,
    seed: int | None,
) -> object:
    """Calls a task: `execute(params, data_path, metrics_file)`, or a plain function with the params as its keywords.

    It is a plain function if no parameter is called `params`. Of `data_path`, `metrics_file`, `seed` it gets those it names.
    """
    offered = {"data_path": data_path, "metrics_file": metrics_file, "seed": seed}
    try:
        named = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return function(**params)
    if "params" in named:
        return function(params=dict(params), **{name: value for name, value in offered.items() if name in named})
    return function(**{**{name: value for name, value in offered.items() if name in named}, **params})


def as_json(value: object) -> object:
    """`json.dumps`' way with values that are none of its own: numbers of numpy, mappings, paths."""
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    if type(value).__module__ == "numpy" and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return value.item()
    raise TypeError(f"it holds {kind_of(value)}, which JSON cannot hold")


def kind_of(value: object) -> str:
    """Its type with an article: `a list`, `an object`."""
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in tuple('aeio') else 'a'} {name}"


def as_answer(value: object) -> str:
    """What a task returned, as the text of an answer; what of it cannot be written is an answer too, which names the metric."""
    try:
        return json.dumps({"value": value}, default=as_json)
    except Exception as error:  # noqa: BLE001 - what the task returned may do anything
        whole, wrong = "what the task returned", error
    metrics = value.get("metrics", value) if isinstance(value, dict) else None
    for name, item in metrics.items() if isinstance(metrics, dict) else ():
        try:
            json.dumps({name: item}, default=as_json)
        except Exception as error:  # noqa: BLE001 - as above
            whole, wrong = f"metric {str(name)[:80]!r}", error
            break
    answer = failure("answer", wrong)
    if "Circular" in str(wrong):
        why = "it holds itself"
    elif isinstance(wrong, RecursionError):
        why = "it is nested too deeply"
    elif "integer string conversion" in str(wrong):
        why = "it is too large for a number"
    else:
        why = str(answer["message"])
    return json.dumps({**answer, "message": f"{whole} cannot be kept: {why}"})


class SeedNumpy:
    """On `sys.meta_path`: seeds numpy's global state as soon as somebody imports it; a task without it does not pay for it."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        """The ordinary spec of numpy, whose import ends with the seed; None for everything else."""
        if name != "numpy":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                run(module)
                module.random.seed(self.seed)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def end_with_parent() -> None:
    """Ends this process group when the process that started us is gone: our standard input is then at its end."""
    watched = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    with suppress(ImportError, AttributeError, OSError):  # where a pipe sends no signal, a trial outlives a killed session
        import fcntl
        import select

        signal.signal(signal.SIGIO, lambda *_: os.killpg(0, signal.SIGKILL))
        fcntl.fcntl(watched, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(watched, fcntl.F_SETFL, fcntl.fcntl(watched, fcntl.F_GETFL) | os.O_ASYNC)
        if select.select([watched], [], [], 0)[0]:
            os.killpg(0, signal.SIGKILL)


def failure(stage: str, error: BaseException) -> dict[str, object]:
    """An exception as an answer: its traceback without our own frames, nor those of Python that lead to the task's."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OURS):
        trace = trace.tb_next
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    text = "".join(traceback.format_exception(kind, error, trace))[-MOST_TRACEBACK:] if trace or stage != "answer" else ""
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - the task's own exception: its __str__ may do anything
        message = ""
    return {"stage": stage, "type": name, "message": message[:2000], "traceback": text}


def answer_of(request: Mapping[str, Any]) -> str:
    """Runs the task; whatever it raises is an answer too. As JSON."""
    if request["command"]:
        try:
            done = subprocess.run(request["command"], stdin=subprocess.DEVNULL, check=False)  # noqa: S603 - the user's command
        except (OSError, ValueError) as error:
            return json.dumps(failure("import", error))
        return json.dumps({"exit": done.returncode})
    stage = "import"
    try:
        function = find_function(load_module(request["file"], request["module"], request["paths"]), request["function"])
        stage = "run"
        data_path, metrics_file = request["data_path"], Path(request["metrics_file"])
        value = call(function, request["params"], data_path, metrics_file, request["seed"])
    except BaseException as error:  # noqa: BLE001 - SystemExit too: the answer says what it was
        return json.dumps(failure(stage, error))
    return as_answer(value)


def main(request_file: str) -> None:
    """Runs the request in a file."""
    request = json.loads(Path(request_file).read_text("utf-8"))
    end_with_parent()
    seed = request["seed"]
    if seed is not None:
        random.seed(seed)
        sys.meta_path.insert(0, SeedNumpy(seed))
    known = set(sys.path)
    sys.path += [path for path in request["python_path"] if path not in known]
    sys.argv = [request["file"] or request["module"] or request["command"][0]]
    text = answer_of(request)
    target = Path(request["answer_file"])
    target.with_suffix(".part").write_text(text, "utf-8")
    os.replace(target.with_suffix(".part"), target)


if __name__ == "__main__":
    main(sys.argv[1])
