"""Choices: which were made, what they are called."""

from collections.abc import Sequence

import sqlalchemy as sa

from banyan.metadata.field_types.single_choice import choice_label
from banyan.metadata.formulas.functions.base import (
    Entry,
    Lowered,
    Site,
    Sql,
    entry,
    plain,
    text_bound,
    way,
)
from banyan.metadata.formulas.tree import Literal, Ref

_FALSE: Sql = sa.literal_column("false")
_ZERO: Sql = sa.literal_column("0")


def _has(chosen: Sql, *keys: Sql) -> list[Sql]:
    return [sa.func.coalesce(key == sa.any_(chosen), _FALSE) for key in keys]


def _label(site: Site, args: Sequence[Lowered]) -> Lowered:
    """The label of today; one without its choice any more is shown by its key."""
    field, value = site.args[0], args[0].value
    asked = site.args[1] if len(site.args) > 1 else None
    language = "en" if isinstance(asked, Literal) and asked.value == "en" else "zh-CN"
    choices = field.choices if isinstance(field, Ref) else None
    if choices is None or not choices.choices:
        return args[0]
    labels = {
        choice.key: text_bound(choice_label(choices, choice.key, language)) for choice in choices.choices
    }
    cases = [(text_bound(key), label) for key, label in labels.items()]
    return Lowered(sa.case(*((value == key, label) for key, label in cases), else_=value), args[0].error)


ENTRIES: tuple[Entry, ...] = (
    entry("LABEL 选项名", "list", '单选的显示名称；第二个参数 "en" 取英文', 'The label of a choice, in Chinese unless "en" is asked for', [("LABEL(stage)", "赢单"), ('LABEL(stage, "en")', "Won")],
          way("LABEL", "choice:choice, language:text?", "text", _label)),
    entry("INCLUDES 选了", "list", "多选里是否有某个选项", "Whether a choice is among several", [('INCLUDES(colours, "赢单")', True), ('INCLUDES(colours, "new")', True)],
          way("INCLUDES", "list:list, choice:text", "boolean", plain(lambda chosen, key: _has(chosen, key)[0]), matches=True)),
    entry("INCLUDESANY 选了任一", "list", "多选里是否有其中任何一个", "Whether any of them is among several", [('INCLUDESANY(colours, "new", "won")', True)],
          way("INCLUDESANY", "list:list, [choice:text]", "boolean", plain(lambda chosen, *keys: sa.or_(*_has(chosen, *keys))), matches=True)),
    entry("INCLUDESALL 选了全部", "list", "多选里是否每一个都有", "Whether all of them are among several", [('INCLUDESALL(colours, "new", "won")', True)],
          way("INCLUDESALL", "list:list, [choice:text]", "boolean", plain(lambda chosen, *keys: sa.and_(*_has(chosen, *keys))), matches=True)),
    entry("COUNTLIST 选项数", "list", "选了几个", "How many were chosen", [("COUNTLIST(colours)", "2")],
          way("COUNTLIST", "list:list", "number", plain(lambda chosen: sa.cast(sa.func.coalesce(sa.func.cardinality(chosen), _ZERO), sa.Numeric)))),
    entry("LISTTEXT 选项文本", "list", "把各选项的键连成文本", "The keys of all choices as one text", [('LISTTEXT(colours, "/")', "new/won")],
          way("LISTTEXT", "list:list, separator:text", "text", plain(sa.func.array_to_string))),
)  # fmt: skip
