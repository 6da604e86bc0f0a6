"""Statements by which numbers carry the code of a company, row by row and for whole loads."""

from collections.abc import Mapping

from psycopg import sql

from banyan.metadata.catalog import Object


def numbers_ahead(schema: str) -> sql.Composed:
    """The last of the next `count` numbers of a counter, taken by nobody. Binds: field, period, count."""
    return sql.SQL(
        "SELECT %(count)s + coalesce(max(last), 0) FROM {} WHERE field_id = %(field)s AND period = %(period)s"
    ).format(sql.Identifier(schema, "autonumber"))


def codes_of(company: Object, column: str) -> sql.Composed:
    """Id and code of the bound `ids`."""
    return sql.SQL("SELECT c.id, c.{} FROM {} c WHERE c.id = ANY(%(ids)s::uuid[])").format(
        sql.Identifier(column), sql.Identifier(company.schema, company.table_name)
    )


def rows_by(rows: sql.Composable, column: str) -> sql.Composed:
    """How many of the rows name which record in `column`."""
    return sql.SQL("SELECT s.{column}, count(*) FROM ({rows}) s GROUP BY 1").format(
        column=sql.Identifier(column), rows=rows
    )


def code_of_row(column: str, codes: Mapping[str, str]) -> sql.Composable:
    """The code of the row `s`; empty where its company has none."""
    if not codes:
        return sql.SQL("''")
    whens = [
        sql.SQL("WHEN {}::uuid THEN {}").format(sql.Literal(company), sql.Literal(code))
        for company, code in sorted(codes.items())
    ]
    return sql.SQL("(CASE s.{} {} ELSE '' END)").format(sql.Identifier(column), sql.SQL(" ").join(whens))


def rendered(before: str, first: int, width: int, after: str, place: sql.Composable) -> sql.Composable:
    """The number at a place, counted on from `first`."""
    number = sql.SQL("({} + {})::text").format(sql.Literal(first), place)
    return sql.SQL("{} || lpad({}, greatest({}, length({})), '0') || {}").format(
        sql.Literal(before), number, sql.Literal(width), number, sql.Literal(after)
    )


def by_code(code: sql.Composable, numbers: Mapping[str, sql.Composable]) -> sql.Composable:
    whens = [sql.SQL("WHEN {} THEN {}").format(sql.Literal(key), each) for key, each in numbers.items()]
    return sql.SQL("(CASE {} {} END)").format(code, sql.SQL(" ").join(whens)) if whens else sql.SQL("NULL")
