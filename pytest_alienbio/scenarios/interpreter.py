"""Walks the tree of a checked expression: the only thing that ever computes what a scenario file wrote."""

from __future__ import annotations

import ast
import inspect
import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

MAX_INTEGER = 10**18
"""Largest whole number that may come up on the way; floats may go as far as floats go."""
MAX_EXPONENT = 4

Function = Callable[..., object]

BINARY: dict[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
COMPARE: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class ExpressionError(ValueError):
    """Raised when an expression is not allowed, or gave no usable value; the message is a reason a person can read."""


def evaluate(tree: ast.expr, names: Mapping[str, object], functions: Mapping[str, Function]) -> object:
    """The value of a tree that `expressions.parse` made; see `Expression.evaluate`. Raises `ExpressionError`."""
    try:
        with np.errstate(all="ignore"):
            return _Walk(names, functions).value(tree)
    except RecursionError:
        raise ExpressionError("nested too deeply to be evaluated here") from None


class _Walk:
    """One evaluation. Knows only the node kinds that `expressions.parse` lets through."""

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
                    if not COMPARE[type(cmpop)](first, second):
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
        except TypeError as error:
            raise ExpressionError(f"{name}(...): call it as {_usage(name, function)}") from error
        except (ValueError, ArithmeticError, LookupError) as error:
            said = error.args[0] if len(error.args) == 1 else error  # str(KeyError) would be quoted twice
            raise ExpressionError(f"{name}(...): {said}") from error
        return _usable(result, f"{name}(...)")


def _usage(name: str, function: Function) -> str:
    """How a function is called: `uniform(low, high)`, `mean(role, start=0.0)`, `max(value, ...)`."""
    params: list[str] = []
    for param in inspect.signature(function).parameters.values():
        if param.kind is param.VAR_POSITIONAL:
            params += ["..."] if params else ["value", "..."]
        else:
            params.append(param.name if param.default is param.empty else f"{param.name}={param.default}")
    return f"{name}({', '.join(params)})"


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
        result = _power(first, second) if isinstance(op, ast.Pow) else BINARY[type(op)](first, second)
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
