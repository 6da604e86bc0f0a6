"""By which column of its table a field sorts."""

import sqlalchemy as sa

from banyan.metadata.catalog import Catalog, Field, Object


def sort_column(catalog: Catalog, obj: Object, field: Field) -> str | None:
    """The physical column whose order is the order of `field`; None where rows sort by something worked out."""
    return catalog.keep(("sort_column", obj.id, field.id), lambda: _sort_column(obj, field))


def _sort_column(obj: Object, field: Field) -> str | None:
    # A relation sorts by what people see of it: the title of another record.
    if field.kind.virtual or field.target is not None or not field.kind.sortable or not field.specs:
        return None
    expression = field.kind.sort_expression(field, field.columns(obj.table))
    return expression.name if isinstance(expression, sa.Column) else None
