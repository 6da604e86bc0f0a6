"""Statements over documents of money and their lines: quotes, contracts and orders, which share the names of fields.

What is asked of stored rows is asked of proposed ones too: a source is the table, or rows bound as JSON under physical
column names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.metadata.catalog import Field, Object
from banyan.metadata.formulas.tables import formula_tables

IDS, ROWS = "ids", "rows"


@dataclass(frozen=True, eq=False)
class DocumentKind:
    """A document and its lines as money sees them. `day` is the field of the day that prices and rates are of."""

    name: str
    head: Object
    line: Object
    link: Field
    day: str

    def column(self, name: str, suffix: str = "") -> str:
        """Physical column of the document's field."""
        return self.head.by_name[name].physical(suffix)

    def line_column(self, name: str, suffix: str = "") -> str:
        return self.line.by_name[name].physical(suffix)


# Columns of a head, in the order in which they are read; the day last.
HEAD = (
    "account", "company", "currency", "price_book", "exchange_rate", "rate_on", "prices_with_tax", "tax_mode",
    "discount", "reduction", "base_total", "status",
)  # fmt: skip
OF_QUOTES = ("version_no", "largest_discount", "needs_approval")
OF_COMPANY = ("currency", "tax_rate", "prices_with_tax", "price_book")
LINE = (
    "name", "position", "product", "quantity", "unit", "list_price", "unit_price", "price_reason", "discount",
    "tax_rate", "amount", "shared_discount", "net", "tax", "total", "bundle_position",
)  # fmt: skip
MONEY = ("list_price", "unit_price", "amount", "shared_discount", "net", "tax", "total")
OF_PRODUCT = ("name", "unit", "tax_rate", "active", "withdrawn_on", "kind", "price")


def proposed(obj: Object, name: str = "r") -> Any:
    """The bound `rows` (JSON) as rows of the object's table."""
    row_type = sql.SQL("NULL::{}").format(sql.Identifier(obj.schema, obj.table_name)).as_string()
    rows = sa.cast(sa.bindparam(ROWS, type_=sa.types.NULLTYPE), JSONB)
    columns = [sa.column(column.name, column.type) for column in obj.table.columns]
    found = sa.func.jsonb_populate_recordset(sa.literal_column(row_type), rows)
    return found.table_valued(*columns, name=name)


def _ids() -> Any:
    return sa.any_(sa.bindparam(IDS, type_=ARRAY(sa.Uuid)))


def _of(obj: Object | None, table: Any, name: str, suffix: str = "") -> Any:
    field = None if obj is None else obj.field(name)
    return sa.null() if field is None else table.c[field.physical(suffix)]


def read_heads(
    kind: DocumentKind, company: Object | None, account: Object | None, *, stored: bool
) -> CompiledStatement:
    """Heads by the bound `ids`, held in one order; or proposed ones. Binds: ids or rows, timezone, today.

    Per head: id, version, owner, HEAD, currency of the reduction and base total, OF_QUOTES, amount with currency, the
    day, OF_COMPANY, price book of the account.
    """
    head = kind.head.table.alias("r") if stored else proposed(kind.head)
    firm = None if company is None else company.table.alias("c")
    buyer = None if account is None else account.table.alias("a")
    day = sa.func.coalesce(
        head.c[kind.column(kind.day)],
        sa.cast(sa.func.timezone(sa.bindparam("timezone", type_=sa.Text), head.c.created_at), sa.Date),
        sa.bindparam("today", type_=sa.Date),
    )
    columns = [
        head.c.id,
        head.c.version,
        head.c.owner_id,
        *(head.c[kind.column(name)] for name in HEAD),
        head.c[kind.column("reduction", "__cur")],
        head.c[kind.column("base_total", "__cur")],
        *(_of(kind.head, head, name) for name in OF_QUOTES),
        _of(kind.head, head, "amount"),
        _of(kind.head, head, "amount", "__cur"),
        day,
        *(_of(company, firm, name) for name in OF_COMPANY),
        _of(account, buyer, "price_book"),
    ]
    source: Any = head
    if firm is not None:
        source = source.outerjoin(firm, firm.c.id == head.c[kind.column("company")])
    if buyer is not None:
        source = source.outerjoin(buyer, buyer.c.id == head.c[kind.column("account")])
    asked = sa.select(*[column.label(f"c{place}") for place, column in enumerate(columns)]).select_from(
        source
    )
    if stored:
        asked = asked.where(head.c.id == _ids()).order_by(head.c.id).with_for_update(of=head, key_share=True)
    return compile_statement(asked)


def read_lines(kind: DocumentKind, product: Object | None, *, stored: bool) -> CompiledStatement:
    """Live lines of the documents bound as `ids`, in order; or proposed ones. Binds: ids or rows.

    Per line: id, document, LINE, currencies of MONEY, OF_PRODUCT, currency of the product's price.
    """
    line = kind.line.table.alias("l") if stored else proposed(kind.line, "l")
    good = None if product is None else product.table.alias("p")
    link, position = line.c[kind.link.physical()], line.c[kind.line_column("position")]
    columns = [
        line.c.id,
        link,
        *(line.c[kind.line_column(name)] for name in LINE),
        *(line.c[kind.line_column(name, "__cur")] for name in MONEY),
        *(_of(product, good, name) for name in OF_PRODUCT),
        _of(product, good, "price", "__cur"),
    ]
    source: Any = line
    if good is not None:
        source = line.outerjoin(good, good.c.id == line.c[kind.line_column("product")])
    asked = sa.select(*[column.label(f"c{place}") for place, column in enumerate(columns)]).select_from(
        source
    )
    if stored:
        asked = asked.where(link == _ids(), line.c.deleted_at.is_(None))
        asked = asked.order_by(link, position.nulls_last(), line.c.id)
    return compile_statement(asked)


def write_rows(obj: Object, columns: Sequence[str]) -> CompiledStatement:
    """Set physical `columns` of the bound `rows` (JSON, with id); neither version nor history moves: it is derived."""
    table: Any = obj.table.alias("t")
    fresh = proposed(obj, "n")
    changed = {table.c[name]: fresh.c[name] for name in columns}
    return compile_statement(
        sa.update(table).values(changed).where(table.c.id == fresh.c.id).returning(table.c.id)
    )


def read_books(book: Object) -> CompiledStatement:
    """Every live price book: id, name, currency, company, first and last day, active, standard; the oldest first."""
    table = book.table
    names = ("name", "currency", "company", "valid_from", "valid_until", "active", "standard")
    columns = [_of(book, table, name).label(name) for name in names]
    return compile_statement(
        sa.select(table.c.id, *columns).where(table.c.deleted_at.is_(None)).order_by(table.c.id)
    )


def find_prices(entry: Object) -> CompiledStatement:
    """The tier that holds for each wish. Binds, side by side: places, books, products, quantities, days.

    Per wish with any price: place, price, its currency, quantity from which it holds, last day. Where only prices of
    other days or larger quantities are there, the price is empty, and whether one has run out is told.
    """
    table = entry.table.alias("e")
    column = {
        name: table.c[entry.by_name[name].physical()]
        for name in ("price_book", "product", "from_quantity", "price", "valid_from", "valid_until")
    }
    wish = sa.func.unnest(
        sa.bindparam("places", type_=ARRAY(sa.Integer)),
        sa.bindparam("books", type_=ARRAY(sa.Uuid)),
        sa.bindparam("products", type_=ARRAY(sa.Uuid)),
        sa.bindparam("quantities", type_=ARRAY(sa.Numeric)),
        sa.bindparam("days", type_=ARRAY(sa.Date)),
    ).table_valued("place", "book", "product", "quantity", "day", name="w")
    wish = wish.render_derived(name="w", with_types=False)
    started = sa.func.coalesce(column["valid_from"] <= wish.c.day, sa.true())
    running = sa.func.coalesce(column["valid_until"] >= wish.c.day, sa.true())
    enough = column["from_quantity"] <= wish.c.quantity
    best = (
        sa.select(
            sa.case((sa.and_(started, running, enough), column["price"])).label("price"),
            table.c[entry.by_name["price"].physical("__cur")].label("currency"),
            column["from_quantity"].label("from_quantity"),
            column["valid_until"].label("until"),
            sa.and_(enough, sa.not_(running)).label("ended"),
        )
        .where(
            column["price_book"] == wish.c.book,
            column["product"] == wish.c.product,
            table.c.deleted_at.is_(None),
        )
        .order_by(
            sa.and_(started, running, enough).desc(),
            sa.and_(enough, sa.not_(running)).desc(),
            column["from_quantity"].desc(),
            column["valid_from"].desc().nulls_last(),
            table.c.id.desc(),
        )
        .limit(sa.literal_column("1"))
        .lateral("b")
    )
    return compile_statement(
        sa.select(
            wish.c.place, best.c.price, best.c.currency, best.c.from_quantity, best.c.until, best.c.ended
        )
        .select_from(wish)
        .join(best, sa.true())
    )


def find_rates(schema: str) -> CompiledStatement:
    """Rates of exchange, the latest on or before each day. Binds, side by side: currencies, days.

    Per pair found: currency, day asked for, rate, its day.
    """
    rate = formula_tables(schema).rate.alias("x")
    wish = (
        sa.func.unnest(
            sa.bindparam("currencies", type_=ARRAY(sa.Text)), sa.bindparam("days", type_=ARRAY(sa.Date))
        )
        .table_valued("currency", "day", name="w")
        .render_derived(name="w")
    )
    latest = (
        sa.select(rate.c.rate, rate.c.day.label("on"))
        .where(rate.c.currency == wish.c.currency, rate.c.day <= wish.c.day)
        .order_by(rate.c.day.desc())
        .limit(sa.literal_column("1"))
        .lateral("b")
    )
    return compile_statement(
        sa.select(wish.c.currency, wish.c.day, latest.c.rate, latest.c.on)
        .select_from(wish)
        .join(latest, sa.true())
    )


def components_of(component: Object) -> CompiledStatement:
    """What the bound `ids` of bundles hold: bundle, product, quantity; in the order in which they were put in."""
    table = component.table
    bundle, product, quantity = (
        table.c[component.by_name[name].physical()] for name in ("bundle", "product", "quantity")
    )
    return compile_statement(
        sa.select(bundle, product, quantity)
        .where(bundle == _ids(), table.c.deleted_at.is_(None))
        .order_by(bundle, table.c.id)
    )


def active_companies(company: Object) -> CompiledStatement:
    """At most two of the companies in use: where there is one it is the usual one."""
    table = company.table
    live = [table.c.deleted_at.is_(None)]
    if (active := company.field("active")) is not None:
        live.append(table.c[active.physical()].is_not(sa.false()))
    return compile_statement(
        sa.select(table.c.id).where(*live).order_by(table.c.id).limit(sa.literal_column("2"))
    )


def _history(obj: Object) -> Any:
    names = ("record_id", "object_id", "version", "action")
    columns: list[Any] = [sa.column(name) for name in names]
    return sa.table("record_history", *columns, sa.column("changes", JSONB), schema=obj.schema)


def states_before(kind: DocumentKind) -> CompiledStatement:
    """Of the bound `ids`: id, and the state in which the last write of each found it. Binds: ids, object."""
    head = kind.head.table.alias("r")
    past = _history(kind.head).alias("h")
    status = kind.column("status")
    moved = past.c.changes[sa.literal_column(f"'{status}'")]
    was = sa.func.coalesce(moved[sa.literal_column("0")].astext, head.c[status])
    joined = head.outerjoin(
        past,
        sa.and_(
            past.c.record_id == head.c.id,
            past.c.object_id == sa.bindparam("object", type_=sa.Uuid),
            past.c.version == head.c.version,
            past.c.action == sa.literal_column("'update'"),
        ),
    )
    return compile_statement(sa.select(head.c.id, was).select_from(joined).where(head.c.id == _ids()))


def places_of_lines(kind: DocumentKind) -> CompiledStatement:
    """Of the bound `ids` of lines: id, document and its state; also of the one that the last write took each out of.

    Binds: ids, object (of the lines).
    """
    line, head = kind.line.table.alias("l"), kind.head.table.alias("r")
    past = _history(kind.line).alias("h")
    link = kind.link.physical()
    before = past.c.changes[sa.literal_column(f"'{link}'")]
    left = (
        sa.select(line.c.id, sa.cast(before[sa.literal_column("0")].astext, sa.Uuid).label("document"))
        .join(past, past.c.record_id == line.c.id)
        .where(
            line.c.id == _ids(),
            past.c.object_id == sa.bindparam("object", type_=sa.Uuid),
            past.c.version == line.c.version,
            past.c.action == sa.literal_column("'update'"),
            sa.func.jsonb_typeof(before) == sa.literal_column("'array'"),
        )
    )
    now = sa.select(line.c.id, line.c[link].label("document")).where(line.c.id == _ids())
    place = sa.union_all(now, left).subquery("p")
    return compile_statement(
        sa.select(place.c.id, place.c.document, head.c[kind.column("status")]).join(
            head, head.c.id == place.c.document
        )
    )


def read_returns(line: Object, order_line: Object, head: Object | None) -> CompiledStatement:
    """Lines of returns bound as `ids`, with what is returned of the same goods by lines written before.

    Per line: id, quantity, total, ordered quantity, total of the ordered line with currency, quantity and worth of the
    other live lines that are not rejected.
    """
    back, sold = line.table.alias("b"), order_line.table.alias("o")
    column = {
        name: line.by_name[name].physical() for name in ("order_line", "quantity", "total", "order_return")
    }
    other = line.table.alias("x")
    of_others = [
        other.c[column["order_line"]] == back.c[column["order_line"]],
        other.c.id < back.c.id,
        other.c.deleted_at.is_(None),
    ]
    source: Any = other
    if head is not None and (status := head.field("status")) is not None:
        whole = head.table.alias("h")
        source = other.join(whole, whole.c.id == other.c[column["order_return"]])
        of_others.append(whole.c[status.physical()].is_distinct_from(sa.literal_column("'rejected'")))
    nothing: Any = sa.literal_column("0")
    before = (
        sa.select(
            sa.func.coalesce(sa.func.sum(other.c[column["quantity"]]), nothing).label("quantity"),
            sa.func.coalesce(sa.func.sum(other.c[column["total"]]), nothing).label("worth"),
        )
        .select_from(source)
        .where(*of_others)
        .lateral("before")
    )
    return compile_statement(
        sa.select(
            back.c.id,
            back.c[column["quantity"]],
            back.c[column["total"]],
            sold.c[order_line.by_name["quantity"].physical()],
            sold.c[order_line.by_name["total"].physical()],
            sold.c[order_line.by_name["total"].physical("__cur")],
            before.c.quantity,
            before.c.worth,
        )
        .select_from(back.join(sold, sold.c.id == back.c[column["order_line"]]).join(before, sa.true()))
        .where(back.c.id == _ids())
        .order_by(back.c.id)
    )


def strange_returns(line: Object, order_line: Object, head: Object, *, of_heads: bool) -> CompiledStatement:
    """Lines of returns that are of another order than their return: line, return. Binds: ids, of either."""
    back, sold, whole = line.table.alias("b"), order_line.table.alias("o"), head.table.alias("h")
    place = {name: back.c[line.by_name[name].physical()] for name in ("order_line", "order_return")}
    of_line = sold.c[order_line.by_name["sales_order"].physical()]
    return compile_statement(
        sa.select(back.c.id, whole.c.id)
        .select_from(
            back.join(sold, sold.c.id == place["order_line"]).join(whole, whole.c.id == place["order_return"])
        )
        .where(
            (whole if of_heads else back).c.id == _ids(),
            back.c.deleted_at.is_(None),
            of_line.is_distinct_from(whole.c[head.by_name["sales_order"].physical()]),
        )
    )


def accounts_of_returns(head: Object, order: Object) -> CompiledStatement:
    """Of the bound `ids` of returns without a customer: id, customer of the order."""
    back, sold = head.table.alias("b"), order.table.alias("o")
    account = sold.c[order.by_name["account"].physical()]
    return compile_statement(
        sa.select(back.c.id, account)
        .join(sold, sold.c.id == back.c[head.by_name["sales_order"].physical()])
        .where(
            back.c.id == _ids(), back.c[head.by_name["account"].physical()].is_(None), account.is_not(None)
        )
    )
