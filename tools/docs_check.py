"""Documentation that points somewhere must arrive: links, the list of decisions, the two READMEs."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
HEADING = re.compile(r"^##\s+(.+)$", re.MULTILINE)
DECISIONS = "docs/adr"


def broken_links(root: Path) -> list[str]:
    """Return one line for each relative link of a document that leads nowhere."""
    found = []
    for path in _documents(root):
        for match in LINK.finditer(FENCE.sub("", path.read_text(encoding="utf-8"))):
            target = (match.group(1) or match.group(2)).split("#")[0]
            if not target or re.match(r"[a-z]+:", target):
                continue
            place = root / target.lstrip("/") if target.startswith("/") else path.parent / target
            if not place.exists():
                found.append(
                    f"{path.relative_to(root)}: the link {target} leads nowhere; correct or remove it."
                )
    return found


def unlisted_decisions(root: Path) -> list[str]:
    """Return one line for each decision record that docs/adr/README.md does not list."""
    folder = root / DECISIONS
    if not folder.is_dir():
        return []
    index = folder / "README.md"
    listed = index.read_text(encoding="utf-8") if index.exists() else ""
    records = sorted(path.name for path in folder.glob("*.md") if path.name != "README.md")
    return [
        f"{DECISIONS}/{name}: add it to {DECISIONS}/README.md."
        for name in records
        if f"({name})" not in listed
    ]


def differing_readmes(root: Path) -> list[str]:
    """Return a line when the READMEs of the two languages do not have equally many sections."""
    counts = {
        path.name: len(HEADING.findall(FENCE.sub("", path.read_text(encoding="utf-8"))))
        for path in sorted(root.glob("README*.md"))
    }
    if len(set(counts.values())) <= 1:
        return []
    told = ", ".join(f"{name} has {count}" for name, count in counts.items())
    return [f"The READMEs list different sections ({told}): give each section to both languages."]


def _documents(root: Path) -> list[Path]:
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def main() -> int:
    found = [*broken_links(ROOT), *unlisted_decisions(ROOT), *differing_readmes(ROOT)]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
