"""The function reference: as data for the editor, as a page of the manual in each language."""

from typing import Any

from banyan.metadata.formulas.functions.base import Entry, Function
from banyan.metadata.formulas.functions.registry import ENTRIES

CATEGORIES = {
    "operator": {"zh-CN": "运算符", "en": "Operators"},
    "logic": {"zh-CN": "逻辑", "en": "Logic"},
    "aggregate": {"zh-CN": "汇总", "en": "Over many"},
    "math": {"zh-CN": "数学", "en": "Numbers"},
    "text": {"zh-CN": "文本", "en": "Text"},
    "date": {"zh-CN": "日期", "en": "Dates"},
    "money": {"zh-CN": "金额", "en": "Money"},
    "list": {"zh-CN": "选项", "en": "Choices"},
}
_TITLES = {"zh-CN": "公式函数参考", "en": "Function reference"}
_HEADS = {
    "zh-CN": ("函数", "别名", "说明", "例子"),
    "en": ("Function", "Also", "What it gives", "Examples"),
}
_INTRO = {
    "zh-CN": (
        "由函数登记表生成（`tools/formula_reference.py`），每个例子都作为测试在 PostgreSQL 上运行。\n\n"
        "空值：数字与空相加为空；文本与空连接为原文；空等于空；一边为空的比较不成立；AND 把空当作不成立，OR 看其他条件。"
        "空文本就是空值。「空值按 0」把空数字读作 0。\n\n"
        "错误是一个值（如 `division_by_zero`），会传到用到它的公式里，用 IFERROR 接住。\n\n"
        "例子中 `line` 是指向当前记录的明细：A（数量 1）、B（数量 2，单价 10）、B（数量 3，单价 5）；`amount` 为 100 美元。"
    ),
    "en": (
        "Generated from the registry (`tools/formula_reference.py`); every example runs on PostgreSQL as a test.\n\n"
        "Empty: a number plus nothing is nothing; a text joined with nothing stays; nothing equals nothing; a comparison "
        "with nothing on one side is false; AND takes nothing as false, OR looks at the others. A text of no characters "
        "is nothing. “Empty counts as 0” reads empty numbers as 0.\n\n"
        "An error is a value (such as `division_by_zero`) that travels to the formulas that use it; IFERROR catches it.\n\n"
        "In the examples `line` are records pointing at this one: A (qty 1), B (qty 2, price 10), B (qty 3, price 5); "
        "`amount` is 100 USD."
    ),
}


def functions() -> dict[str, Any]:
    """Everything an editor needs to complete and explain, in both languages."""
    return {
        "categories": [{"key": key, "label": dict(label)} for key, label in CATEGORIES.items()],
        "functions": [_function(entry) for entry in ENTRIES.values()],
    }


def _function(entry: Entry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "aliases": list(entry.aliases),
        "category": entry.category,
        "doc": dict(entry.doc),
        "ways": [_way(each) for each in entry.ways],
        "examples": [{"formula": formula, "result": result} for formula, result in entry.examples],
        "operator": entry.category == "operator",
    }


def _way(function: Function) -> dict[str, Any]:
    takes = function.takes
    return {
        "signature": takes.text,
        "parameters": [
            {"name": param.name, "type": param.kind, "optional": param.optional or param in takes.tail}
            for param in (*takes.head, *takes.group, *takes.tail)
        ],
        "repeats": len(takes.group),
        "returns": function.returns,
        "over_rows": function.rows,
        "volatile": function.volatile,
    }


def page(language: str) -> str:
    """The reference as Markdown."""
    lines = [f"# {_TITLES[language]}", "", _INTRO[language], ""]
    for key, label in CATEGORIES.items():
        lines += [f"## {label[language]}", "", _row(_HEADS[language]), "|---|---|---|---|"]
        lines += [_line(entry, language) for entry in ENTRIES.values() if entry.category == key]
        lines.append("")
    return "\n".join(lines)


def _line(entry: Entry, language: str) -> str:
    if entry.category == "operator":
        names = f"`{entry.key.removesuffix('x')}`"
    else:
        shapes = dict.fromkeys(f"`{entry.key}({way.takes.text})`" for way in entry.ways)
        names = "<br>".join(shapes)
    examples = "<br>".join(f"`{formula}` → {_result(result)}" for formula, result in entry.examples)
    return _row((names, "、".join(entry.aliases), entry.doc[language], examples))


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def _result(result: Any) -> str:
    if isinstance(result, dict):
        return f"*{result['error']}*"
    return "—" if result is None else f"`{str(result).upper() if isinstance(result, bool) else result}`"
