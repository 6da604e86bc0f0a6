"""Names in the languages of the house."""

from collections.abc import Mapping

from banyan.kernel.faults import Fault
from banyan.kernel.messages import LANGUAGES

Label = Mapping[str, str]
MAX_LABEL = 80


def checked_label(label: Label, longest: int = MAX_LABEL) -> Label:
    """At least one language, none empty, at most `longest` characters; without blanks around. Raises Fault."""
    if not label or any(code not in LANGUAGES for code in label):
        raise Fault("label_languages")
    if any(not text.strip() or len(text) > longest for text in label.values()):
        raise Fault("label_length", longest=longest)
    return {code: text.strip() for code, text in label.items()}
