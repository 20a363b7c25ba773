"""Every error this package raises on purpose.

Each derives from the builtin a caller would expect, keeps its values as fields, and says what was wrong, where,
what was expected and what to try. A cell that goes wrong is *data* (see `model.outcome`), never one of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word nearest to `word`; '' if none is near."""
    from difflib import get_close_matches  # late: most commands find what they look for

    return next(iter(get_close_matches(word, sorted(set(known)), n=1, cutoff=0.6)), "")


def near_match(word: str, known: Iterable[str]) -> str:
    """The question whether the known word nearest to `word` was meant; '' if none is near."""
    near = nearest(word, known)
    return f"did you mean {near!r}?" if near else ""


def did_you_mean(word: str, known: Iterable[str], *, most: int = 6) -> str:
    """A sentence that helps someone who mistyped `word`: the nearest known word, else what exists ('' if nothing does)."""
    names = sorted(set(known))
    if near := near_match(word, names):
        return near
    if not names:
        return ""
    shown = ", ".join(names[:most])
    return f"known: {shown}" + (f", ... ({len(names)} in all)" if len(names) > most else "")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong at one place of a file. Lines and columns count from 1; 0 means the place is not known."""

    what: str
    file: str = ""
    line: int = 0
    column: int = 0
    expected: str = ""
    hint: str = ""

    @property
    def where(self) -> str:
        """`file:line:column`, as far as it is known."""
        return ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])

    @property
    def advice(self) -> str:
        """What was expected and what to try, in one sentence; '' if neither is known."""
        return "; ".join(filter(None, (self.expected and f"expected {self.expected}", self.hint)))

    def __str__(self) -> str:
        text = "; ".join(filter(None, (self.what, self.advice)))
        return f"{self.where}: {text}" if self.where else text


class AlienBioError(Exception):
    """Raised when the program, not a cell, cannot go on; the base of all our errors."""


class SpecError(AlienBioError, ValueError):
    """Raised when a file or value a user wrote cannot be honoured; holds every complaint at once."""

    def __init__(self, complaints: Sequence[Complaint] | Complaint | str) -> None:
        if isinstance(complaints, str):
            complaints = Complaint(complaints)
        self.complaints: tuple[Complaint, ...] = (complaints,) if isinstance(complaints, Complaint) else tuple(complaints)
        super().__init__("\n".join(str(c) for c in self.complaints))


class UnfitRunError(SpecError):
    """Raised when a run is not whole, or was not judged well enough, to become what later ones are held against."""


class UnknownNameError(AlienBioError, LookupError):
    """Raised when a scenario, agent or set is asked for by a name nobody registered."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(sorted(set(known)))
        hint = did_you_mean(name, self.known)
        super().__init__(f"unknown {kind} {name!r}" + (f"; {hint}" if hint else ""))


class StoreError(AlienBioError, OSError):
    """Raised when a result folder cannot be created, written or read; nothing already recorded is touched."""


class GenerationError(AlienBioError, RuntimeError):
    """Raised when no acceptable instance of a scenario was found; holds the rejections counted by reason."""

    def __init__(self, message: str, reasons: dict[str, int] | None = None) -> None:
        self.reasons = dict(reasons or {})
        super().__init__(message)


class OtherWorldError(AlienBioError, ValueError):
    """Raised for a trace that is of another world than the one it is held against; the message says where they part."""


class ProviderError(AlienBioError, RuntimeError):
    """Raised by an agent whose model provider failed: the cell becomes `provider_error`, never a score.

    `kind` is the class of fault: `rate_limit`, `server`, `timeout`, `connection`, `truncated`, `too_large`, `redirect`,
    `refusal`, `context_overflow`, `empty`, `bad_key`, `no_credit`, `wrong_url`,
    `unknown_model`, `no_tools`, `bad_request`, or '' for any other.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str = "",
        status: int | None = None,
        retry_after_s: float | None = None,
        tokens: object = None,
    ) -> None:
        self.kind = kind
        self.tokens = tokens
        """What was billed all the same, a `model.Tokens`; None if nobody said."""
        self.status = status
        """The HTTP status, None if no answer came."""
        self.retry_after_s = retry_after_s
        """How long the provider asked to wait, None if it did not."""
        super().__init__(message)


class DivergedError(AlienBioError, RuntimeError):
    """Raised where a cell that is replayed asks its model what was not recorded: `agent_error`, never a score."""


class OverLimitError(AlienBioError, RuntimeError):
    """Raised when a cap leaves no room for what is about to be spent: the cell ends `over_limit`. Nothing was spent.

    `for_now`: only because of calls on their way, which may turn out cheaper than their worst case.
    """

    def __init__(self, message: str, *, scope: str = "", quantity: str = "", left: float | None = None, for_now: bool = False):
        self.scope, self.quantity, self.for_now = scope, quantity, for_now
        self.left = left
        """How much the cap leaves; None: not said."""
        super().__init__(message)


class LimitStoreError(AlienBioError, OSError):
    """Raised when the place that holds the limits of all workers cannot be used: no cap would hold, so nothing may be paid."""


class EngineError(AlienBioError, RuntimeError):
    """Raised when what plays the cells is gone (a cluster's scheduler, say). What was recorded stays."""


class LostCallError(AlienBioError, RuntimeError):
    """Raised when the workers that made a call died, one after the other, `deaths` of them: nobody knows how far they came."""

    def __init__(self, message: str, deaths: int) -> None:
        self.deaths = deaths
        super().__init__(message)


class CannotPlayError(AlienBioError, RuntimeError):
    """Raised by an agent or a scenario that is not meant to play here (no terminal, say): the cell is `skipped`, and why."""


class LeftCellError(AlienBioError, RuntimeError):
    """Raised by an agent that leaves a cell before its end, as a person may: `agent_error`, without a score.

    To score it would be to score it as if it had waited to the end. What it did until then stays in the trace.
    """


class MissingExtraError(CannotPlayError, ImportError):
    """Raised by what needs a package that is not installed; names it and the command that installs it."""


class NotBuiltError(AlienBioError, NotImplementedError):
    """Raised at load time when something is asked for that this version does not do; names the thing."""


class StuckCellError(AlienBioError, TimeoutError):
    """Raised when a cell went on after its deadline and the grace after it: recorded as `timed_out`, it ended its run.

    By then the result folder `dat_path` is closed, with the cells that were not played as `not_run`.
    """

    def __init__(self, cell_id: str, reason: str, dat_path: str) -> None:
        self.cell_id, self.reason, self.dat_path = cell_id, reason, dat_path
        super().__init__(f"{cell_id}: {reason}; its run ends here, and what was finished is in {dat_path}")
