"""Expressions in scenario files: `!ev "uniform(4, 6)"`, `!_ "goal * safety"`. Parsed once, walked by our own interpreter.

Nothing is ever handed to `eval`: the text becomes a tree of at most 120 nodes of a few known kinds, and `interpreter.evaluate`
walks that tree with the names and functions it is given. Attributes, subscripts, lambdas and comprehensions do not exist here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from ..errors import did_you_mean
from ..model.source import shorter
from .interpreter import BINARY, COMPARE, MAX_EXPONENT, ExpressionError, Function, evaluate

MAX_CHARACTERS = 300
MAX_NODES = 120
MAX_NUMBER = 1e9
"""Largest number that may be written."""

# Strings are matched first so that the other alternatives only ever see text outside them.
_SCAN = re.compile(
    r"""'[^'\n]*'|"[^"\n]*"
    |(?P<comment>\#)
    |(?P<number>(?<![\w.])(?>(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?)[\w.])""",
    re.VERBOSE,
)

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
        return evaluate(self.tree, names, functions)


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
                if type(op) not in BINARY and not isinstance(op, ast.Pow):
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
                    if type(each) not in COMPARE:
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
    return f"unknown {kind} {shorter(name)!r}" + (f"; {hint}" if hint else "")
