"""What a formula says before anybody asks what its names mean. Every node knows its place and how deep it goes."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Node:
    start: int
    end: int
    depth: int


@dataclass(frozen=True)
class Constant(Node):
    value: Decimal | str | bool


@dataclass(frozen=True)
class Part:
    """One step of a path with its own place."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Name(Node):
    """A path. `braced`: written in braces, by labels or API names."""

    parts: tuple[Part, ...]
    braced: bool


@dataclass(frozen=True)
class Call(Node):
    """A function or, with a sign for its name, an operator."""

    name: str
    args: tuple[Node, ...]
    name_start: int
    name_end: int
