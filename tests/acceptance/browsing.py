"""A page in a real browser that remembers what went wrong in it, and the steps people take there."""

import os
import re
import sys
from pathlib import Path

from served import PASSWORD, ROOT

sys.path.insert(0, str(ROOT / "tools"))
import chromium as finder

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 10_000
LOAD_MS = 60_000  # a job of thousands of rows, with progress


def chromium() -> str | None:
    return finder.find(os.environ)


class Watched:
    """One person's browser window."""

    def __init__(self, browser, *, size=DESK, language="en", theme="light", timezone=None):
        self.complaints: list[str] = []
        self.allowed: list[str] = []
        self.context = browser.new_context(
            viewport=size,
            locale="en-US" if language == "en" else "zh-CN",
            color_scheme=theme,
            has_touch=size is PHONE,
            reduced_motion="reduce",
            timezone_id=timezone,
        )
        self.context.add_init_script(
            f"localStorage.setItem('banyan.language', '{language}');localStorage.setItem('banyan.theme', '{theme}');"
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", lambda error: self._complain(f"page error: {error}"))
        self.page.on("console", self._console)
        self.page.on("response", self._response)
        self.page.on("requestfailed", self._failed)

    def allow(self, part: str) -> None:
        """An answer that the walk means to provoke."""
        self.allowed.append(part)

    def _complain(self, line: str) -> None:
        if not any(part in line for part in self.allowed):
            self.complaints.append(line)

    def _console(self, message) -> None:
        if message.type == "error":
            self._complain(f"console: {message.text} ({message.location.get('url', '')})")

    def _response(self, response) -> None:
        if response.status >= 400:
            self._complain(f"{response.status} {response.request.method} {response.url}")

    def _failed(self, request) -> None:
        # A page that is left, or a newer query, calls off what it no longer needs.
        if "ERR_ABORTED" not in (request.failure or ""):
            self._complain(f"{request.failure} {request.method} {request.url}")

    def close(self) -> None:
        self.context.close()


def sign_in(watch: Watched, base: str, email: str, labels=("E-mail", "Password", "Sign in")) -> None:
    # Whoever is not signed in yet is told so by a 401, which the browser reports.
    watch.allow("/api/v1/sessions/current")
    mail, word, button = labels
    watch.page.goto(f"{base}/sign-in")
    watch.page.get_by_label(mail).fill(email)
    watch.page.get_by_label(re.compile(f"^{word}")).fill(PASSWORD)
    watch.page.get_by_role("button", name=button, exact=True).click()
    watch.page.wait_for_url(re.compile(r"/o/|/today|/$"))
    watch.page.get_by_role("navigation").first.wait_for()


def pick(page, label: str, text: str, within=None) -> None:
    """Choose an option of a drop-down by typing its name."""
    box = (within or page).get_by_role("combobox", name=label, exact=True)
    box.click()
    box.fill(text)
    option = page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option")
    alike = option.filter(has_text=text)
    alike.first.wait_for()
    named = option.get_by_text(text, exact=True)  # "Line" is not "Opportunity line".
    (named if named.count() else alike).first.click()


def publish(page, name: str | None = None) -> None:
    """Publish the draft of the designers, from the bar that says what it holds."""
    page.get_by_test_id("draft-bar").get_by_role("button", name="Review & publish").click()
    panel = page.get_by_role("dialog")
    if name:
        panel.get_by_role("textbox", name="Name").fill(name)
    panel.get_by_role("button", name=re.compile("^Publish")).click()
    panel.wait_for(state="detached")
    page.get_by_role("status").get_by_text("Published").wait_for()


def number(text: str) -> int:
    """The first whole number of a text with thousands separators."""
    return int(re.search(r"\d[\d,]*", text).group().replace(",", ""))


class Wizard:
    """The import page, step by step."""

    def __init__(self, page, base: str):
        self.page, self.base = page, base

    def upload(self, object_name: str, file: Path) -> None:
        self.page.goto(f"{self.base}/import?object={object_name}")
        self.page.get_by_test_id("import-file").set_input_files(file)
        self.page.get_by_test_id("import-mapping").wait_for()

    def row(self, column: str):
        mapping = self.page.get_by_test_id("import-mapping").locator("tbody tr")
        return mapping.filter(has=self.page.locator("strong", has_text=re.compile(f"^{column}$")))

    def field(self, column: str) -> str:
        """The label of the field a column goes to, as shown."""
        return self.row(column).locator(".ant-select").first.inner_text().strip().rstrip(" *")

    def map(self, column: str, field: str) -> None:
        pick(self.page, f"{column} → Field", field, within=self.row(column))

    def create_missing(self, column: str) -> None:
        self.row(column).get_by_label("Create missing").check()

    def replace(self, column: str, old: str, new: str, *, choice=False) -> None:
        self.row(column).get_by_role("button", name=re.compile("^Values")).click()
        panel = self.page.get_by_role("dialog")
        if choice:
            pick(self.page, old, new, within=panel)
        else:
            panel.get_by_label(old, exact=True).fill(new)
        panel.get_by_role("button", name="Apply").click()
        panel.wait_for(state="detached")

    def check(self) -> dict[str, int]:
        self.page.get_by_role("button", name="Check", exact=True).click()
        self.page.get_by_test_id("import-receipt").filter(has_text="Dry run").wait_for(timeout=LOAD_MS)
        return self.receipt()

    def load(self) -> dict[str, int]:
        self.page.get_by_role("button", name=re.compile("^Load ")).click()
        self.page.get_by_test_id("import-receipt").filter(has_text="Import result").wait_for(timeout=LOAD_MS)
        return self.receipt()

    def receipt(self) -> dict[str, int]:
        lines = self.page.get_by_test_id("import-receipt").locator("dl > div")
        return {
            line.locator("dt").inner_text(): number(line.locator("dd").inner_text()) for line in lines.all()
        }
