"""Templates that come with the house, by object and language. A workspace that wants others changes a copy."""

from functools import lru_cache
from importlib import resources

import yaml

from banyan.printing.template import LANGUAGES, TemplateDocument


@lru_cache(maxsize=1)
def shipped() -> dict[tuple[str, str], TemplateDocument]:
    """Every one, checked as those of a workspace are."""
    found: dict[tuple[str, str], TemplateDocument] = {}
    for file in (resources.files("banyan.printing") / "templates").iterdir():
        name, _, rest = file.name.partition(".")
        language = rest.removesuffix(".yaml")
        if language in LANGUAGES:
            found[name, language] = TemplateDocument.model_validate(yaml.safe_load(file.read_text("utf-8")))
    return found


def shipped_for(object_name: str, language: str) -> TemplateDocument | None:
    """In the language asked for, else in the other one of the house."""
    known = shipped()
    return known.get((object_name, language)) or next(
        (known[object_name, other] for other in LANGUAGES if (object_name, other) in known), None
    )
