"""Expressions in scenario files: `!ev "uniform(4, 6)"`, `!_ "goal * safety"`. Parsed once, walked by our own interpreter.

Nothing is ever handed to `eval`: the text becomes a tree of at most 120 nodes of a few known kinds, and `Expression.evaluate`
walks that tree with the names and functions it is given. Attributes, subscripts, lambdas and comprehensions do not exist here.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NoReturn

import numpy as np

from ..errors import did_you_mean

MAX_CHARACTERS = 300
MAX_NODES = 120
MAX_NUMBER = 1e9
"""Largest number that may be written."""
MAX_INTEGER = 10**18
"""Largest whole number that may come up on the way; floats may go as far as floats go."""
MAX_EXPONENT = 4

Function = Callable[..., object]

# Strings are matched first so that the other alternatives only ever see text outside them.
_SCAN = re.compile(
    r"""'[^'\n]*'|"[^"\n]*"
    |(?P<comment>\#)
    |(?P<number>(?<![\w.])(?>(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?)[\w.])""",
    re.VERBOSE,
)

_BINARY: dict[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARE: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_REFUSED: dict[type[ast.AST], str] = {
    ast.Attribute: "attribute access (`.`)",
    ast.Subscript: "a subscript (`[...]` after a value)",
    ast.Lambda: "a lambda",
    ast.ListComp: "a comprehension",
    ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.JoinedStr: "an f-string",
    ast.Starred: "a starred argument (`*`)",
    ast.NamedExpr: "an assignment (`:=`)",
    ast.Dict: "a mapping",
    ast.Set: "a set",
    ast.Tuple: "a tuple",
    ast.Await: "`await`",
    ast.Yield: "`yield`",
    ast.YieldFrom: "`yield`",
}


class ExpressionError(ValueError):
    """Raised when an expression is not allowed, or gave no usable value; the message is a reason a person can read."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression. Made by `parse`; evaluate it as often as wanted."""

    text: str
    names: frozenset[str]
    """Names it uses (functions not among them)."""
    functions: frozenset[str]
    """Functions it calls."""
    strings: tuple[tuple[str, str], ...]
    """Every string in it, with the function it is handed to: `("mean", "focal")`."""
    tree: ast.expr = field(repr=False, compare=False)

    def evaluate(self, names: Mapping[str, object], functions: Mapping[str, Function]) -> object:
        """The value: bool, int, finite float, string, list of these, or (given arrays) a `numpy.ndarray`.

        Arithmetic and calls take arrays of one shape `[B]` and give the bits that B single evaluations would give; a lane
        that divides by zero is inf or NaN there, while a single number that is not finite raises. Comparison, `and`, `or`,
        `not` and `if` take single numbers only. Raises `ExpressionError`, also for what a function refuses.
        """
        try:
            with np.errstate(all="ignore"):
                return _Walk(names, functions).value(self.tree)
        except RecursionError:
            raise ExpressionError("nested too deeply to be evaluated here") from None


def parse(text: str, *, names: Collection[str], functions: Collection[str]) -> Expression:
    """Checks `text` against the limits and the known names and functions; evaluates nothing.

    At most 300 characters and 120 nodes, numbers up to 1e9 in decimal notation, powers up to 4, strings only as arguments.
    Raises `ExpressionError` (and nothing else) with the reason and, where there is one, the character it is about.
    """
    if not isinstance(text, str):
        raise ExpressionError(f"an expression is text, got {type(text).__name__}")
    text = text.strip().replace("\r", " ").replace("\n", " ")
    tree = _tree(text)
    check = _Check(text, frozenset(names), frozenset(functions))
    check.visit(tree)
    return Expression(text, frozenset(check.used), frozenset(check.called), tuple(check.strings), tree)


def _tree(text: str) -> ast.expr:
    if not text:
        raise ExpressionError("the expression is empty")
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"too long: {len(text)} characters, at most {MAX_CHARACTERS}")
    for character, what in (("\\", "a backslash"), ("\0", "a NUL character")):
        if character in text:
            raise ExpressionError(f"{what} is not allowed (character {text.index(character) + 1})")
    for match in _SCAN.finditer(text):
        if match["comment"]:
            raise ExpressionError(f"a comment (`#`) is not allowed (character {match.start() + 1})")
        if match["number"]:
            # Python only warns about `1if x`; and `0x1f`, `1_000`, `1j` are not numbers a biologist writes.
            raise ExpressionError(f"{match['number']!r}... is not a decimal number (character {match.start() + 1})")
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        at = f" (character {error.offset})" if error.offset and 0 < error.offset <= len(text) else ""
        raise ExpressionError(f"not an expression: {error.msg}{at}") from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise ExpressionError("not an expression: it cannot be parsed") from None
    count = sum(isinstance(node, ast.expr | ast.keyword) for node in ast.walk(tree))
    if count > MAX_NODES:
        raise ExpressionError(f"too complicated: {count} parts, at most {MAX_NODES}")
    return tree


class _Check:
    """Walks a tree once; raises at the first thing that is not allowed, collects what is used."""

    def __init__(self, text: str, names: frozenset[str], functions: frozenset[str]) -> None:
        self.text, self.names, self.functions = text, names, functions
        self.used: set[str] = set()
        self.called: set[str] = set()
        self.strings: list[tuple[str, str]] = []

    def visit(self, node: ast.expr) -> None:
        match node:
            case ast.Constant():
                self._constant(node)
            case ast.Name(id=name):
                self._name(node, name)
            case ast.BinOp(left=left, op=op, right=right):
                if type(op) not in _BINARY and not isinstance(op, ast.Pow):
                    self._refuse(node, f"the operator {type(op).__name__} is not allowed")
                if isinstance(op, ast.Pow):
                    self._exponent(right)
                self._all(left, right)
            case ast.UnaryOp(op=ast.Invert()):
                self._refuse(node, "the operator `~` is not allowed")
            case ast.UnaryOp(operand=operand):
                self.visit(operand)
            case ast.BoolOp(values=values):
                self._all(*values)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                for each in ops:
                    if type(each) not in _COMPARE:
                        self._refuse(node, "`is` and `in` are not allowed")
                self._all(left, *comparators)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._all(test, body, orelse)
            case ast.List(elts=elts):
                self._all(*elts)
            case ast.Call():
                self._call(node)
            case _:
                self._refuse(node, f"{_REFUSED.get(type(node), type(node).__name__)} is not allowed")

    def _all(self, *nodes: ast.expr) -> None:
        for node in nodes:
            self.visit(node)

    def _constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, str):
            self._refuse(node, "a string is only allowed as an argument of a function")
        if not isinstance(value, int | float):  # bool is an int
            self._refuse(node, f"a value like {self._snippet(node)} is not allowed")
        if not abs(value) <= MAX_NUMBER:
            self._refuse(node, f"the number {self._snippet(node)} is too large, at most {MAX_NUMBER:g}")

    def _name(self, node: ast.expr, name: str) -> None:
        if name not in self.names:
            if name in self.functions:
                self._refuse(node, f"{name!r} is a function; call it: {name}(...)")
            self._refuse(node, _unknown("name", name, self.names))
        self.used.add(name)

    def _exponent(self, node: ast.expr) -> None:
        if isinstance(node, ast.UnaryOp):
            node = node.operand
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and abs(node.value) > MAX_EXPONENT:
            self._refuse(node, f"the exponent {self._snippet(node)} is too large, at most {MAX_EXPONENT}")

    def _call(self, node: ast.Call) -> None:
        if not isinstance(node.func, ast.Name):
            self.visit(node.func)  # names what is wrong with it, if it is one of the refused kinds
            self._refuse(node, "only a function's name can be called")
        name = node.func.id
        if name not in self.functions:
            self._refuse(
                node, f"{name!r} is not a function" if name in self.names else _unknown("function", name, self.functions)
            )
        self.called.add(name)
        for keyword in node.keywords:
            if keyword.arg is None:
                self._refuse(keyword.value, "unpacked arguments (`**`) are not allowed")
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                self.strings.append((name, argument.value))
            else:
                self.visit(argument)

    def _snippet(self, node: ast.expr) -> str:
        text = ast.get_source_segment(self.text, node) or "?"
        return text if len(text) <= 24 else text[:21] + "..."

    def _refuse(self, node: ast.expr, reason: str) -> NoReturn:
        # `col_offset` counts UTF-8 bytes.
        column = len(self.text.encode(errors="replace")[: node.col_offset].decode(errors="replace")) + 1
        raise ExpressionError(f"{reason} (character {column})")


def _unknown(kind: str, name: str, known: Collection[str]) -> str:
    hint = did_you_mean(name, known)
    return f"unknown {kind} {name!r}" + (f"; {hint}" if hint else "")


class _Walk:
    """One evaluation. Knows only the node kinds that `_Check` lets through."""

    __slots__ = ("functions", "names")

    def __init__(self, names: Mapping[str, object], functions: Mapping[str, Function]) -> None:
        self.names, self.functions = names, functions

    def value(self, node: ast.expr) -> object:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                if name not in self.names:
                    raise ExpressionError(f"{name!r} has no value here")
                return _usable(self.names[name], name)
            case ast.BinOp(left=left, op=op, right=right):
                return _arithmetic(op, self.value(left), self.value(right))
            case ast.UnaryOp(op=op, operand=operand):
                return _unary(op, self.value(operand))
            case ast.BoolOp(op=op, values=values):
                stop_at = isinstance(op, ast.Or)
                result: object = None
                for each in values:
                    result = self.value(each)
                    if _truth(result) is stop_at:
                        break
                return result
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                first = _single(self.value(left), "a comparison")
                for cmpop, comparator in zip(ops, comparators, strict=True):
                    second = _single(self.value(comparator), "a comparison")
                    if not _COMPARE[type(cmpop)](first, second):
                        return False
                    first = second
                return True
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.value(body if _truth(self.value(test)) else orelse)
            case ast.List(elts=elts):
                return [self.value(each) for each in elts]
            case ast.Call(func=ast.Name(id=name)):
                return self._call(name, node)
        raise ExpressionError(f"{type(node).__name__} is not allowed")

    def _call(self, name: str, node: ast.Call) -> object:
        function = self.functions.get(name)
        if function is None:
            raise ExpressionError(f"the function {name!r} is not known here")
        positional = [self.value(each) for each in node.args]
        named = {each.arg: self.value(each.value) for each in node.keywords if each.arg is not None}
        try:
            result = function(*positional, **named)
        except ExpressionError:
            raise
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            said = error.args[0] if len(error.args) == 1 else error  # str(KeyError) would be quoted twice
            raise ExpressionError(f"{name}(...): {said}") from error
        return _usable(result, f"{name}(...)")


def _usable(value: object, what: str) -> object:
    """`value` as something an expression may hold, numpy scalars made plain; raises for anything else."""
    if isinstance(value, np.ndarray) and value.ndim:
        if value.dtype.kind not in "fiub":
            raise ExpressionError(f"{what} is an array of {value.dtype}, expected numbers")
        return value
    if isinstance(value, np.generic | np.ndarray):
        value = value.item()
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ExpressionError(f"{what} is not a finite number ({value})")
        return value
    if isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise ExpressionError(f"{what} is too large a number")
        return value
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return [_usable(each, what) for each in value]
    raise ExpressionError(f"{what} is a {type(value).__name__}, expected a number, a string or a list")


def _operand(value: object) -> int | float | np.ndarray:
    if isinstance(value, int | float | np.ndarray):
        return value
    raise ExpressionError(f"cannot calculate with a {_kind(value)}")


def _single(value: object, what: str) -> int | float:
    if isinstance(value, int | float):
        return value
    raise ExpressionError(f"{what} takes single numbers, got a {_kind(value)}")


def _truth(value: object) -> bool:
    return bool(_single(value, "a condition"))


def _kind(value: object) -> str:
    return {"str": "string", "ndarray": "batch of numbers"}.get(type(value).__name__, type(value).__name__)


def _unary(op: ast.unaryop, value: object) -> object:
    if isinstance(op, ast.Not):
        return not _truth(value)
    number = _operand(value)
    if isinstance(number, np.ndarray) and number.dtype.kind == "b":
        number = number.astype(float)  # numpy refuses to negate booleans
    return -number if isinstance(op, ast.USub) else +number


def _arithmetic(op: ast.operator, left: object, right: object) -> object:
    first, second = _operand(left), _operand(right)
    try:
        result = _power(first, second) if isinstance(op, ast.Pow) else _BINARY[type(op)](first, second)
    except ZeroDivisionError:
        raise ExpressionError("division by zero") from None
    except OverflowError:
        raise ExpressionError("a number got too large") from None
    except (ValueError, TypeError) as error:  # shapes that do not fit, types numpy cannot combine
        raise ExpressionError(f"cannot calculate: {error}") from error
    return _usable(result, "a result on the way")


def _power(base: int | float | np.ndarray, exponent: int | float | np.ndarray) -> object:
    """`base ** exponent` in operations that give a float and a lane of an array the same bits (libm and SIMD pow differ)."""
    if isinstance(exponent, np.ndarray):
        raise ExpressionError("an exponent is a single number, got a batch of numbers")
    if not abs(exponent) <= MAX_EXPONENT:
        raise ExpressionError(f"the exponent {exponent} is too large, at most {MAX_EXPONENT}")
    if exponent == int(exponent):
        whole = abs(int(exponent))
        result: int | float | np.ndarray = base * 0 + 1 if isinstance(base, np.ndarray) else 1
        for _ in range(whole):
            result = result * base
        return 1 / result if exponent < 0 else result
    if isinstance(base, np.ndarray):
        return np.array([_root(each, exponent) for each in base.ravel().tolist()]).reshape(base.shape)
    value = _root(base, exponent)
    if math.isnan(value):
        raise ExpressionError(f"{base} ** {exponent} is not a real number")
    return value


def _root(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except ValueError:
        return math.inf if base == 0 else math.nan
    except OverflowError:
        return math.inf


def _least(*values: object) -> object:
    return min(_numbers("min", values))


def _most(*values: object) -> object:
    return max(_numbers("max", values))


def _numbers(name: str, values: tuple[object, ...]) -> list[int | float]:
    given = list(values[0]) if len(values) == 1 and isinstance(values[0], list) else list(values)
    if not given:
        raise ExpressionError(f"{name}(...) needs at least one number")
    return [_single(each, f"{name}(...)") for each in given]


def _round(value: object, digits: object = 0) -> int | float:
    """Python's round to even, a whole number without digits. Digits are bounded: `round(1, -10**9)` would never end."""
    number, places = _single(value, "round(...)"), _single(digits, "round(...)")
    if not isinstance(places, int) or not 0 <= places <= 12:
        raise ExpressionError("round(...) takes 0 to 12 digits")
    return round(number, places) if places else round(number)


PLAIN_FUNCTIONS: Mapping[str, Function] = MappingProxyType({"max": _most, "min": _least, "round": _round})
"""Functions of single numbers that need nothing of a world and cannot be made to hang: for whoever evaluates `!ev` values."""
