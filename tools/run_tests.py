"""All tests in two processes: the walks through the browser in one, everything else in the other.

One browser at a time, because a walk beside another waits for a processor where it expects a page. Each process has a
database of its own. Arguments go to both; what the walks said is printed when the others have ended.
"""

import re
import subprocess
import sys
import tempfile
import time

WALKS = ("tests/acceptance",)
OTHERS = ("tests", "--ignore=tests/acceptance")
NOTHING_COLLECTED = 5
CLOSING = re.compile(r"^(?:=+ )?(?P<counts>\d+ [a-z].*) in [0-9.]+s.*$", re.MULTILINE)


def closing(text: str) -> dict[str, int]:
    """Counts of pytest's closing line, such as {"passed": 12, "failed": 1}."""
    found = CLOSING.findall(text)
    pairs = re.findall(r"(\d+) ([a-z]+)", found[-1]) if found else []
    return {word.removesuffix("s") if word == "errors" else word: int(count) for count, word in pairs}


def told(process: subprocess.Popen[bytes]) -> str:
    """What the process says, as it says it."""
    lines = []
    for raw in process.stdout or ():
        line = raw.decode(errors="replace")
        sys.stdout.write(line)
        sys.stdout.flush()
        lines.append(line)
    return "".join(lines)


def main(arguments: list[str]) -> int:
    begin = time.monotonic()
    command = [sys.executable, "-m", "pytest", *arguments]
    with tempfile.TemporaryFile() as kept:
        walks = subprocess.Popen([*command, *WALKS], stdout=kept, stderr=subprocess.STDOUT)
        others = subprocess.Popen([*command, *OTHERS], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            said = told(others)
            codes = {others.wait(), walks.wait()}
        except KeyboardInterrupt:
            codes = {others.wait(), walks.wait(), 2}
            said = ""
        kept.seek(0)
        walked = kept.read().decode(errors="replace")
    sys.stdout.write(walked)
    counts: dict[str, int] = {}
    for word, count in (*closing(said).items(), *closing(walked).items()):
        counts[word] = counts.get(word, 0) + count
    summary = ", ".join(f"{counts[word]} {word}" for word in sorted(counts))
    print(f"===== {summary or 'no tests ran'} in {time.monotonic() - begin:.2f}s =====")
    failed = codes - {0, NOTHING_COLLECTED}
    return max(failed) if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
