"""Rights on a field that takes another's place: whoever could not see the old one does not see the new one.

Rights stand above metadata; these tables are written here all the same, because a change runs as the schema's owner in
one transaction, and not for a moment may a new column lie open.
"""

from uuid import UUID

from psycopg import sql

from banyan.metadata.changes.steps import Statement


def inherit_rights(schema: str, old: UUID, new: UUID) -> list[Statement]:
    """`new` is as open to every role as `old` is, and leads to a parent where `old` did; policies are read anew."""
    names = {name: sql.Identifier(schema, name) for name in ("role_field", "object_access", "policy_version")}
    copied = (
        "INSERT INTO {role_field} (role_key, object, field_id, level, unmask) "
        "SELECT role_key, object, {new}, level, unmask FROM {role_field} WHERE field_id = {old}"
    )
    texts = (
        "DELETE FROM {role_field} WHERE field_id = {new}",
        copied,
        "UPDATE {object_access} SET parent_field = {new} WHERE parent_field = {old}",
        "UPDATE {policy_version} SET version = version + 1",
    )
    ids = {"old": sql.Literal(str(old)) + sql.SQL("::uuid"), "new": sql.Literal(str(new)) + sql.SQL("::uuid")}
    return [sql.SQL(text).format(**names, **ids) for text in texts]
