"""Conversions between lists and what they may be made of: tags, choices, related records."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, array
from sqlalchemy.sql.elements import ColumnElement

from banyan.metadata.field_types import tags
from banyan.metadata.field_types.base import Columns, FieldLike
from banyan.metadata.field_types.conversion import Conversion, Edges, Expressions, choice_key
from banyan.metadata.field_types.single_choice import ChoiceConfig, choice_label

_SEPARATORS = r"[;；,，、|\n\r]"


def _labels(config: ChoiceConfig, key: ColumnElement[Any]) -> ColumnElement[Any]:
    """What people call the choice `key`, without what would part a tag in two."""
    names = {choice.key: choice_label(config, choice.key, "zh-CN") for choice in config.choices}
    label = sa.case(names, value=key, else_=key) if names else key
    return sa.func.regexp_replace(label, _SEPARATORS, " ", "g")


def _tags(words: ColumnElement[Any]) -> Expressions:
    """The three columns of tags from an array of words: trimmed, each once, as many as a field holds."""
    word = sa.func.unnest(words).column_valued("word")
    text = sa.func.left(sa.func.btrim(sa.func.regexp_replace(word, r"\s+", " ", "g")), tags.LONGEST)
    plain = sa.func.lower(sa.func.normalize(text, sa.literal_column("NFKC")))
    chosen = (
        sa.select(sa.func.min(text).label("tag"), plain.label("plain"))
        .where(text != "")
        .group_by(plain)
        .order_by(plain)
        .limit(tags.MOST_TAGS)
        .subquery("tags")
    )

    def gathered(column: ColumnElement[Any]) -> ColumnElement[Any]:
        return sa.select(sa.func.array_agg(aggregate_order_by(column, chosen.c.plain))).scalar_subquery()

    shown = gathered(chosen.c.tag)
    return {"": shown, "__f": gathered(chosen.c.plain), "__t": sa.func.array_to_string(shown, "\n")}


def _text_to_tags(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    return _tags(sa.func.regexp_split_to_array(columns[""], _SEPARATORS))


def _choice_to_tags(old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    return _tags(
        sa.func.array_remove(sa.cast(array([_labels(old.config, columns[""])]), ARRAY(sa.Text())), None)
    )


def _choices_to_tags(old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    key = sa.func.unnest(columns[""]).column_valued("key")
    return _tags(sa.select(sa.func.array_agg(_labels(old.config, key))).scalar_subquery())


def _tags_to_choice(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    one = sa.case((sa.func.cardinality(columns["__f"]) == 1, sa.func.array_to_string(columns["__f"], "")))
    return {"": choice_key(new.config, one)}


def _tags_to_choices(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    """Tags that are a choice's key or label; of a record with others the rest is lost."""
    word = sa.func.unnest(columns["__f"]).column_valued("word")
    key = choice_key(new.config, word)
    found = sa.select(sa.func.array_agg(sa.distinct(key))).where(key.is_not(None)).scalar_subquery()
    return {"": sa.cast(found, ARRAY(sa.Text()))}


def _joined(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    return {"": sa.func.left(sa.func.array_to_string(columns[""], "; "), new.config.max_length)}


def _one_to_many(old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    one = columns[""]
    many = sa.case((one.is_not(None), sa.cast(array([one]), ARRAY(sa.Uuid()))))
    return {"": many if _pointed(old) == _pointed(new) else sa.cast(sa.null(), ARRAY(sa.Uuid()))}


def _many_to_one(old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    """A list of one is that one; of several none can be chosen, and records of another object are none."""
    ids = columns[""]
    one = sa.case((sa.func.cardinality(ids) == 1, ids[1]))
    return {"": one if _pointed(old) == _pointed(new) else sa.cast(sa.null(), sa.Uuid())}


def _pointed(field: FieldLike) -> str | None:
    return getattr(field.config, "target", None)


EDGES: Edges = {
    ("user", "users"): Conversion("lossless", _one_to_many),
    ("users", "user"): Conversion("lossy", _many_to_one),
    ("department", "departments"): Conversion("lossless", _one_to_many),
    ("departments", "department"): Conversion("lossy", _many_to_one),
    ("relation", "relation_many"): Conversion("lossy", _one_to_many),
    ("relation_many", "relation"): Conversion("lossy", _many_to_one),
    ("text", "tags"): Conversion("lossy", _text_to_tags),
    ("long_text", "tags"): Conversion("lossy", _text_to_tags),
    ("tags", "text"): Conversion("lossy", _joined),
    ("tags", "long_text"): Conversion("lossless", _joined),
    ("single_choice", "tags"): Conversion("lossless", _choice_to_tags),
    ("multiple_choice", "tags"): Conversion("lossless", _choices_to_tags),
    ("tags", "single_choice"): Conversion("lossy", _tags_to_choice),
    ("tags", "multiple_choice"): Conversion("lossy", _tags_to_choices),
}
