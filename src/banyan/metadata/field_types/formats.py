"""Checked forms of text: each reads a raw text and gives it back in its normal form, or refuses."""

import re
from collections.abc import Callable, Mapping

from banyan.kernel.collation import fold
from banyan.metadata.field_types.base import ValueProblem

_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE = re.compile(f"[0-9]{{8}}[{_CREDIT_LETTERS}]{{10}}")
# What each character adds at each place; all of them together are a multiple of 31. Weights are the powers of 3.
_CREDIT_SUMS = [
    {char: value * pow(3, place, 31) for value, char in enumerate(_CREDIT_LETTERS)} for place in range(17)
] + [{char: value for value, char in enumerate(_CREDIT_LETTERS)}]


def cn_credit_code(text: str) -> str:
    """统一社会信用代码 (GB 32100-2015): 18 characters, the last a checksum."""
    if _CREDIT_CODE.fullmatch(text) and not sum(map(dict.__getitem__, _CREDIT_SUMS, text)) % 31:
        return text  # As nearly all of a file's are; whatever else there is, is told by those who know all forms.
    from stdnum.cn import uscc
    from stdnum.exceptions import InvalidChecksum, ValidationError

    code = fold(text).upper().replace(" ", "").replace("-", "")
    try:
        return str(uscc.validate(code))
    except InvalidChecksum as error:
        raise ValueProblem("credit_code_checksum") from error
    except ValidationError as error:
        raise ValueProblem("credit_code_form") from error


FORMATS: Mapping[str, Callable[[str], str]] = {"cn_credit_code": cn_credit_code}
