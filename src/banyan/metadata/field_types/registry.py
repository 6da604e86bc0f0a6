"""The explicit map of field types. A new type is its module, one line here, its renderer folder, its docs page."""

from collections.abc import Mapping

from banyan.metadata.field_types.address import Address
from banyan.metadata.field_types.autonumber import Autonumber
from banyan.metadata.field_types.barcode import Barcode
from banyan.metadata.field_types.base import FieldType
from banyan.metadata.field_types.boolean import Boolean
from banyan.metadata.field_types.button import Button
from banyan.metadata.field_types.currency import Currency
from banyan.metadata.field_types.date import Date
from banyan.metadata.field_types.datetime import DateTime
from banyan.metadata.field_types.department import Department
from banyan.metadata.field_types.duration import Duration
from banyan.metadata.field_types.email import Email
from banyan.metadata.field_types.encrypted import Encrypted
from banyan.metadata.field_types.file import File, Image, Signature
from banyan.metadata.field_types.formula import Formula
from banyan.metadata.field_types.identifier import Identifier
from banyan.metadata.field_types.json import Json
from banyan.metadata.field_types.location import Location
from banyan.metadata.field_types.long_text import LongText
from banyan.metadata.field_types.lookup import Lookup
from banyan.metadata.field_types.multiple_choice import MultipleChoice
from banyan.metadata.field_types.number import Number
from banyan.metadata.field_types.percent import Percent
from banyan.metadata.field_types.phone import Phone
from banyan.metadata.field_types.polymorphic import Polymorphic
from banyan.metadata.field_types.rating import Rating
from banyan.metadata.field_types.relation import Relation
from banyan.metadata.field_types.relation_many import Departments, RelationMany, Users
from banyan.metadata.field_types.rich_text import RichText
from banyan.metadata.field_types.rollup import Rollup
from banyan.metadata.field_types.row_version import RowVersion
from banyan.metadata.field_types.single_choice import SingleChoice
from banyan.metadata.field_types.sub_table import SubTable
from banyan.metadata.field_types.tags import Tags
from banyan.metadata.field_types.text import Text
from banyan.metadata.field_types.time import Time
from banyan.metadata.field_types.url import Url
from banyan.metadata.field_types.user import User


def _register(*types: FieldType) -> dict[str, FieldType]:
    registry: dict[str, FieldType] = {}
    for kind in types:
        if kind.key in registry:
            raise RuntimeError(f"two field types with the key {kind.key}")
        registry[kind.key] = kind
    return registry


FIELD_TYPES: Mapping[str, FieldType] = _register(
    Text(),
    LongText(),
    Number(),
    Currency(),
    Percent(),
    Boolean(),
    Date(),
    DateTime(),
    SingleChoice(),
    MultipleChoice(),
    User(),
    Users(),
    Department(),
    Departments(),
    Relation(),
    RelationMany(),
    Polymorphic(),
    Phone(),
    Email(),
    Url(),
    Time(),
    Duration(),
    Rating(),
    Tags(),
    Barcode(),
    Json(),
    Formula(),
    Rollup(),
    Lookup(),
    Address(),
    Location(),
    RichText(),
    Encrypted(),
    Autonumber(),
    File(),
    Image(),
    Signature(),
    SubTable(),
    Button(),
    Identifier(),
    RowVersion(),
)
