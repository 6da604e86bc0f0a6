"""From text to syntax: full-width signs folded, budgets kept before anything recursive begins, then lark (LALR)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from banyan.kernel.limits import setting
from banyan.metadata.definitions import MAX_FORMULA
from banyan.metadata.formulas.problems import FormulaInvalid, fault
from banyan.metadata.formulas.syntax import Call, Constant, Name, Node, Part

MAX_DEPTH = 64
MAX_NODES = 1_000
LONGEST_CHAIN = 8

_GRAMMAR = r"""
?start: comparison
?comparison: concat (COMPARE concat)*
?concat: sum (JOIN sum)*
?sum: product (SIGN product)*
?product: power (TIMES power)*
?power: unary (POWER unary)*
?unary: SIGN unary -> signed
      | percent
?percent: atom PERCENT*
?atom: NUMBER -> number
     | STRING -> string
     | NAME -> name
     | BRACED -> braced
     | NAME "(" [comparison ("," comparison)*] ")" -> call
     | "(" comparison ")" -> group
COMPARE: "<=" | ">=" | "<>" | "!=" | "≤" | "≥" | "≠" | "=" | "<" | ">"
JOIN: "&"
SIGN: "+" | "-"
TIMES: "*" | "/" | "×" | "÷"
POWER: "^"
PERCENT: "%"
NUMBER: /[0-9]+(\.[0-9]+)?|\.[0-9]+/
STRING: /"([^"]|"")*"/
NAME: /[^\W\d]\w*(\.[^\W\d]\w*)*/
BRACED: /\{[^{}]*\}/
COMMENT: /\/\*(.|\n)*?\*\//
%ignore COMMENT
%ignore /[\s\u3000]+/
"""
_SAME = {"!=": "<>", "≠": "<>", "≤": "<=", "≥": ">=", "×": "*", "÷": "/"}
_FOLDED = str.maketrans("（），＋－＊／＝＜＞％＆＾．", "(),+-*/=<>%&^.")
_OPEN, _CLOSE, _QUOTE = "“", "”", '"'


def fold(text: str) -> str:
    """The text with signs made half-width outside strings, character for character, so that places stay."""
    out: list[str] = []
    place, depth = 0, 0
    while place < len(text):
        char = text[place]
        if char in (_QUOTE, _OPEN, _CLOSE):
            end = _string_end(text, place)
            out.append(f"{_QUOTE}{text[place + 1 : end - 1]}{_QUOTE}")
            place = end
            continue
        if text.startswith("/*", place):
            end = text.find("*/", place + 2)
            if end < 0:
                raise fault("formula_comment_open", place, len(text))
            out.append(text[place : end + 2])
            place = end + 2
            continue
        if char in "{｛":
            closing = min((at for sign in "}｝" if (at := text.find(sign, place)) >= 0), default=-1)
            if closing < 0:
                raise fault("formula_brace_open", place, len(text))
            out.append(f"{{{text[place + 1 : closing]}}}")
            place = closing + 1
            continue
        plain = char.translate(_FOLDED)
        depth += (plain == "(") - (plain == ")")
        if depth > MAX_DEPTH:
            raise fault(
                "formula_too_deep", place, place + 1, limit=MAX_DEPTH, setting=setting("formula_depth")
            )
        out.append(chr(ord(plain) - 0xFEE0) if "０" <= plain <= "９" else plain)
        place += 1
    return "".join(out)


def _string_end(text: str, start: int) -> int:
    closing = (_QUOTE,) if text[start] == _QUOTE else (_QUOTE, _CLOSE)
    place = start + 1
    while place < len(text):
        if text[place] in closing:
            if text[place : place + 2] != _QUOTE * 2:
                return place + 1
            place += 1
        place += 1
    raise fault("formula_string_open", start, len(text))


@lru_cache(maxsize=4_096)
def parse(text: str) -> Node:
    """The syntax of a formula. Raises FormulaInvalid.

    Kept by its text: a published change reads every formula of the workspace several times, in every process.
    """
    if len(text) > MAX_FORMULA:
        raise fault(
            "formula_too_long", MAX_FORMULA, len(text), limit=MAX_FORMULA, setting=setting("formula_length")
        )
    folded = fold(text)
    if not folded.strip():
        raise fault("formula_empty", 0, len(text))
    try:
        tree = _parser().parse(folded)
    except VisitError as error:
        if isinstance(error.orig_exc, FormulaInvalid):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        raise _syntax_fault(error, folded) from None
    if not isinstance(tree, Node):
        raise TypeError(type(tree))
    if sum(1 for _ in nodes(tree)) > MAX_NODES:
        raise fault("formula_too_large", 0, len(text), limit=MAX_NODES, setting=setting("formula_parts"))
    return tree


@dataclass(frozen=True)
class Size:
    length: int
    depth: int
    parts: int


def measure(text: str) -> Size:
    """How large a formula is, whatever it speaks of. Raises FormulaInvalid."""
    tree = parse(text)
    return Size(len(text), tree.depth, len(nodes(tree)))


def nodes(tree: Node) -> Sequence[Node]:
    """Every node, without recursion."""
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        found.append(node)
        if isinstance(node, Call):
            waiting.extend(node.args)
    return found


def _syntax_fault(error: UnexpectedInput, text: str) -> FormulaInvalid:
    if isinstance(error, UnexpectedCharacters):
        place = getattr(error, "pos_in_stream", 0)
        return fault("formula_character", place, place + 1, found=text[place])
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        start = error.token.start_pos or 0
        return fault("formula_unexpected", start, start + len(error.token), found=str(error.token))
    return fault("formula_unfinished", len(text), len(text))


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(
        _GRAMMAR, parser="lalr", propagate_positions=True, transformer=_Build(), maybe_placeholders=False
    )


def _node(name: str, args: Sequence[Node], start: int, end: int, sign: Any = None) -> Call:
    depth = 1 + max((arg.depth for arg in args), default=0)
    if depth > MAX_DEPTH:
        raise fault("formula_too_deep", start, end, limit=MAX_DEPTH, setting=setting("formula_depth"))
    place = (start, end) if sign is None else (sign.start_pos, sign.end_pos)
    return Call(start, end, depth, name, tuple(args), *place)


def _chain(children: Sequence[Any]) -> Node:
    """`a + b + c`: from the left; a long chain of one associative sign as a balanced tree, which stays shallow."""
    operands, signs = list(children[::2]), list(children[1::2])
    if len(operands) > LONGEST_CHAIN and {str(sign) for sign in signs} in ({"+"}, {"&"}, {"*"}):
        return _balanced(operands, signs)
    left: Node = operands[0]
    for sign, right in zip(signs, operands[1:], strict=True):
        left = _node(_SAME.get(sign, str(sign)), (left, right), left.start, right.end, sign)
    return left


def _balanced(operands: list[Node], signs: list[Token]) -> Node:
    if len(operands) == 1:
        return operands[0]
    middle = len(operands) // 2
    left = _balanced(operands[:middle], signs[: middle - 1])
    right = _balanced(operands[middle:], signs[middle:])
    return _node(str(signs[middle - 1]), (left, right), left.start, right.end, signs[middle - 1])


@v_args(inline=True)
class _Build(Transformer[Token, Node]):
    """Nodes as lark reduces them: nothing here recurses into a tree."""

    def comparison(self, *children: Any) -> Node:
        return _chain(children)

    concat = sum = product = power = comparison

    def signed(self, sign: Token, operand: Node) -> Node:
        return _node(f"{sign}x", (operand,), sign.start_pos or 0, operand.end, sign)

    def percent(self, operand: Node, *signs: Token) -> Node:
        for sign in signs:
            operand = _node("%", (operand,), operand.start, sign.end_pos or 0, sign)
        return operand

    def number(self, token: Token) -> Node:
        return Constant(token.start_pos or 0, token.end_pos or 0, 1, Decimal(str(token)))

    def string(self, token: Token) -> Node:
        return Constant(token.start_pos or 0, token.end_pos or 0, 1, token[1:-1].replace('""', '"'))

    def name(self, token: Token) -> Node:
        start, end = token.start_pos or 0, token.end_pos or 0
        word = str(token).upper()
        if word in ("TRUE", "FALSE"):
            return Constant(start, end, 1, word == "TRUE")
        return Name(start, end, 1, _parts(str(token), start), braced=False)

    def braced(self, token: Token) -> Node:
        start = token.start_pos or 0
        return Name(start, token.end_pos or 0, 1, _parts(token[1:-1], start + 1), braced=True)

    def call(self, name: Token, *rest: Any) -> Node:
        args = [each for each in rest if isinstance(each, Node)]
        end = max((each.end for each in args), default=name.end_pos or 0)
        return _node(str(name), args, name.start_pos or 0, end, name)

    def group(self, inner: Node) -> Node:
        return inner


def _parts(text: str, start: int) -> tuple[Part, ...]:
    found = []
    for piece in text.split("."):
        inset = len(piece) - len(piece.lstrip())
        word = piece.strip()
        found.append(Part(word, start + inset, start + inset + len(word)))
        start += len(piece) + 1
    return tuple(found)
