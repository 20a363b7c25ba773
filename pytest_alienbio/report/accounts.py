"""What was consumed, attempt by attempt: kinds of tokens, requests, retries, waiting and money; beside it other prices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..model import Account, Accounts, Json, Repriced, Tokens, inert
from . import figures
from .document import Block, Document, Field, Note, Notes, Section, Table, column, named, silent
from .forecast import seconds
from .scores import MAX_ROWS
from .spend import money

_MODELS = 4
"""Models that are named in a row."""


def accounts_document(title: str, found: Accounts, dats: Sequence[str], notes: Sequence[str] = ()) -> Document:
    """What `found` says, on a page of its own."""
    said = tuple(Note(inert(note, most=400), "note") for note in notes)
    where = ", ".join(inert(path, most=400, verbatim=True) for path in dats[:3])
    more = f" and {len(dats) - 3:,} more" if len(dats) > 3 else ""
    head = Note(f"{figures.many(len(dats), 'result folder')}: {where}{more}", values={"dats": list[Json](dats)})
    sections = (
        *([Section("results", blocks=(Notes("dats", (head,)),))] if dats else []),
        accounts_section(found, "--all"),
        *([Section("end", blocks=(Notes("notes", said),))] if said else []),
    )
    return Document(inert(title), sections)


def accounts_section(found: Accounts, more: str = "") -> Section:
    """The table of `found`, and what is in none of its numbers. `more` says how to see what a screen leaves out."""
    total = found.total
    if not total.attempts:
        remarks = tuple(_remarks(found))
        return Section("accounts", "cost", "none, no cell was played", (Notes("remarks", remarks),) if remarks else ())
    blocks: list[Block] = [_table(found, more), Notes("remarks", tuple(_remarks(found)))]
    if total.repriced:
        blocks.insert(1, Notes("repriced", tuple(_repriced(total.repriced))))
    return Section("accounts", "cost", "of all attempts at cells, those that failed included", tuple(blocks))


def accounts_sections(several: Sequence[Accounts], more: str) -> Section:
    """The same consumption by one thing and by another, in one section; a table with one row only if nothing else has more."""
    shown = [found for found in several if len(found.lines) > 1] or list(several[:1])
    tables = tuple(_table(found, more, key=found.by) for found in shown)
    about = "of all attempts at cells of which anything was measured, those that failed included"
    return Section("accounts", "cost", about, (*tables, Notes("remarks", tuple(_remarks(several[0])))))


def _table(found: Accounts, more: str, key: str = "lines") -> Table:
    rows = list(found.lines)
    left_out = max(len(rows) - MAX_ROWS, 0)
    whole = len(rows) > 1
    screen = (*range(len(rows) - left_out), *((len(rows),) if whole else ()))
    if whole:
        rows.append(found.total)

    def kind(name: str) -> Callable[[Account], int | None]:
        return lambda row: getattr(row.usage.split or Tokens(), name)

    def counted(key: str, header: str, of: Callable[[Account], int | None], gives_way: int) -> Field:
        if of(found.total) is None:  # nobody told: a column of dashes is none
            return silent(key, rows, of)
        return column(key, header, rows, of, lambda row: figures.amount(of(row)), gives_way=gives_way)

    def plain(key: str, of: Callable[[Account], int], gives_way: int, *, shown: bool) -> Field:
        if not shown:
            return silent(key, rows, of)
        return column(key, key, rows, of, lambda row: f"{of(row):,}", gives_way=gives_way)

    fields = [
        named(found.by, found.by, rows, lambda row: row.name or "all"),
        plain("cells", lambda row: row.cells, 7, shown=found.by != "cell"),
        plain("attempts", lambda row: row.attempts, 8, shown=found.total.attempts > found.total.cells),
        counted("requests", "requests", lambda row: row.usage.requests, 5),
        counted("retries", "retries", lambda row: row.usage.retries, 6),
        counted("tokens", "tokens", lambda row: row.usage.tokens, 4),
        counted("input_tokens", "input", kind("input"), 1),
        counted("cached_tokens", "cached", kind("cached"), 2),
        counted("cache_written_tokens", "to cache", kind("cache_written"), 9),
        counted("output_tokens", "output", kind("output"), 1),
        counted("reasoning_tokens", "reasoning", kind("reasoning"), 3),
        _waited(found, rows),
        column("usd", "usd", rows, lambda row: row.usage.usd, lambda row: figures.usd(row.usage.usd)),
        *(_anew(rows) if found.total.repriced else ()),
        silent("unpriced", rows, lambda row: row.unpriced),
        silent("unsettled_calls", rows, lambda row: row.unsettled_calls),
        silent("unsettled_usd", rows, lambda row: row.unsettled_usd),
        silent("models", rows, lambda row: list[Json](row.models)),
    ]
    return Table(
        f"{key}s" if key != "lines" else key,
        tuple(fields),
        least=24 if found.by == "cell" else 12,
        screen=screen,
        more=f"… and {figures.many(left_out, f'more {found.by}')}: {more}" if left_out else "",
        total=whole,
    )


def _waited(found: Accounts, rows: Sequence[Account]) -> Field:
    def of(row: Account) -> float | None:
        return row.usage.latency_s

    if of(found.total) is None:
        return silent("latency_s", rows, of)

    def text(row: Account) -> str:
        return figures.MISSING if (value := of(row)) is None else seconds(value)

    return column("latency_s", "waited", rows, of, text, gives_way=6)


def _anew(rows: Sequence[Account]) -> Iterator[Field]:
    def of(row: Account) -> float | None:
        return row.repriced.usd if row.repriced else None

    yield column("repriced_usd", "usd now", rows, of, lambda row: figures.usd(of(row)))
    yield silent("repriced_attempts", rows, lambda row: row.repriced.attempts if row.repriced else None)
    yield silent("repriced_booked", rows, lambda row: row.repriced.booked if row.repriced else None)


def _repriced(new: Repriced) -> Iterator[Note]:
    values: dict[str, Json] = {
        "usd": new.usd,
        "booked": new.booked,
        "attempts": new.attempts,
        "sources": list(new.sources),
        "booked_by": list(new.booked_by),
    }
    if new.usd is None:
        yield Note("none of it could be priced anew", "repriced", values)
    else:
        booked = "" if new.booked is None else f", booked were {money(new.booked)}{_by(new.booked_by)}"
        of = figures.many(new.attempts, "attempt")
        yield Note(f"{money(new.usd)} for {of}{_by(new.sources)}{booked}{_difference(new)}", "repriced", values)
    for why, count in new.left:
        yield Note(f"{figures.many(count, 'attempt')}: {inert(why, most=300)}", "not repriced", {"attempts": count, "why": why})


def _by(sources: Sequence[str]) -> str:
    return f" by {_some(sources)}" if sources else ""


def _difference(new: Repriced) -> str:
    if new.usd is None or new.booked is None:
        return ""
    apart = round(new.usd - new.booked, 9)
    if not apart:
        return ": the same"
    share = f" ({100 * apart / new.booked:+.3g}%)" if new.booked else ""
    return f": {money(abs(apart))} {'more' if apart > 0 else 'less'}{share}"


def _remarks(found: Accounts) -> Iterator[Note]:
    total = found.total
    if total.unpriced:
        some = "" if total.unpriced == total.attempts else f"{total.unpriced:,} of "
        text = f"money: not measured of {some}{figures.many(total.attempts, 'attempt')}" + (
            ", which are in no sum" if some else ""
        )
        yield Note(text, values={"unpriced": total.unpriced, "attempts": total.attempts})
    if total.unsettled_calls:
        many = figures.many(total.unsettled_calls, "call")
        text = f"{many} of unknown price, at most {money(total.unsettled_usd)} more, in no sum"
        yield Note(text, values={"unsettled_calls": total.unsettled_calls, "unsettled_usd": total.unsettled_usd})
    if found.elsewhere:
        text = f"{figures.many(found.elsewhere, 'cell')} reused or replayed: paid for another result folder, in no sum here"
        yield Note(text, values={"elsewhere": found.elsewhere})
    if total.models:
        yield Note(_some(total.models), "answered by", {"models": list[Json](total.models)})


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(inert(name, most=100) for name in names[:_MODELS])
    return shown + (f" and {len(names) - _MODELS:,} more" if len(names) > _MODELS else "")
