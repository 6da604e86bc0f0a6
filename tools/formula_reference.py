"""Write docs/reference/functions.*.md from the registry of formula functions; a contract test holds them equal."""

from pathlib import Path

from banyan.metadata.formulas.reference import page

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for language in ("zh-CN", "en"):
        (FOLDER / f"functions.{language}.md").write_text(page(language), encoding="utf-8")
