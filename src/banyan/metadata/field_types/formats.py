"""Checked forms of text: each reads a raw text and gives it back in its normal form, or refuses."""

from collections.abc import Callable, Mapping

from banyan.kernel.collation import fold
from banyan.metadata.field_types.base import ValueProblem


def cn_credit_code(text: str) -> str:
    """统一社会信用代码 (GB 32100-2015): 18 characters, the last a checksum."""
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
