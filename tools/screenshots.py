"""Take the pictures of the documentation from a real server with sample data: docs/images/*.png.

Run after `make web`: `.venv/bin/python tools/screenshots.py [name …]`.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "acceptance")]

import browsing  # noqa: E402 - helpers of the acceptance tests
import money  # noqa: E402
import selling  # noqa: E402
import workday  # noqa: E402 - needs them too
import workplaces  # noqa: E402
from served import ADMIN, Client, Served  # noqa: E402

IMAGES = ROOT / "docs" / "images"
LARGEST = 200_000
DESK = {"width": 1280, "height": 800}
SETTLED_MS = 700
LABELS = {"zh-CN": ("邮箱", "密码", "登录"), "en": ("E-mail", "Password", "Sign in")}
CUSTOMERS = """客户名称,统一社会信用代码,行业,城市,电话,年营业额,成立日期
杭州云栖智造有限公司,91330106MA2CFKYT7H,制造业,杭州,0571-86661234,3200万,2017-05-11
苏州湖畔软件有限公司,,软件,苏州,0512-65551234,860万,2019-03-02
成都锦城商贸有限公司,,零售,成都,028-84441234,1.2亿,2011-08-20
武汉江汉医疗器械有限公司,,医疗,武汉,027-82221234,4500万,2015-01-15
厦门鹭岛物流有限公司,,物流运输,厦门,0592-5551234,约三千万,2016-11-30
西安大唐文旅有限公司,,文娱,西安,029-87771234,670万,2018-09-09
"""

Show = Callable[[Page, str], None]


def _open(path: str, *ready: str) -> Show:
    def show(page: Page, base: str) -> None:
        page.goto(f"{base}{path}", wait_until="networkidle")
        for each in ready:
            page.get_by_test_id(each).first.wait_for()

    return show


def _wizard(page: Page, base: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "客户名单.csv"
        file.write_text(CUSTOMERS, encoding="gb18030")
        page.goto(f"{base}/import?object=account")
        page.get_by_test_id("import-file").set_input_files(file)
        page.get_by_test_id("import-mapping").wait_for()


def _checked(page: Page, base: str) -> None:
    _wizard(page, base)
    page.get_by_role("button", name="检查", exact=True).or_(page.get_by_role("button", name="Check")).click()
    page.get_by_test_id("import-receipt").wait_for()


def _add_field(page: Page, base: str) -> None:
    _open("/o/account", "list-grid")(page, base)
    page.get_by_role("button", name="添加字段").or_(
        page.get_by_role("button", name="Add a field")
    ).first.click()
    page.get_by_role("dialog").wait_for()


def _palette(page: Page, base: str) -> None:
    _open("/o/account", "list-grid")(page, base)
    page.keyboard.press("Control+k")
    page.get_by_test_id("palette").get_by_role("combobox").fill("kj")
    page.get_by_test_id("palette").get_by_role("option").first.wait_for()


def _work_on(admin: Client, deal: dict[str, Any]) -> None:
    """A few days in the life of a deal, so that its page looks as it does in use."""
    link = {"opportunity": deal["id"], "account": deal["account"]["id"]}
    for kind, title, body, at in (
        ("call", "电话沟通需求", "客户关注上线周期和数据迁移，约定下周演示。", "2026-11-09T02:10:00Z"),
        ("visit", "上门演示", "信息部和业务部都在场，确认先试用两个部门。", "2026-11-13T06:00:00Z"),
        ("email", "发送报价单", "含实施服务，有效期 30 天。", "2026-11-17T03:20:00Z"),
    ):
        admin.ok(
            "POST",
            "/records/activity",
            {"kind": kind, "title": title, "body": body, "happened_at": at, **link},
        )
    admin.ok(
        "POST",
        "/records/activity",
        {"kind": "task", "title": "准备合同草案", "due_at": "2027-01-08T02:00:00Z", **link},
    )
    changes = {"next_step": "周四前确认付款方式", "source": "referral", "version": deal["version"]}
    admin.ok("PATCH", f"/records/opportunity/{deal['id']}", changes)


def shots(admin: Client) -> dict[str, tuple[Show, dict[str, Any]]]:
    """Every picture: how to get there, and in which window."""
    deal = admin.rows(
        "opportunity",
        where={"field": "stage", "op": "eq", "value": "negotiation"},
        limit=1,
        select=["account"],
    )[0]
    account = deal["account"]["id"]
    _work_on(admin, deal)
    zh, en = {"language": "zh-CN", "size": DESK}, {"language": "en", "size": DESK}
    phone = {**zh, "size": browsing.PHONE}
    record = _open(f"/o/opportunity/{deal['id']}", "record-title", "timeline")
    return {
        "list.zh-CN": (_open("/o/account", "list-grid", "list-footer"), zh),
        "list.en": (_open("/o/opportunity", "list-grid", "list-footer"), en),
        "list-dark.zh-CN": (_open("/o/opportunity", "list-grid", "list-footer"), {**zh, "theme": "dark"}),
        "board.zh-CN": (_open("/o/opportunity/board", "board-card"), zh),
        "board.en": (_open("/o/opportunity/board", "board-card"), en),
        "record.zh-CN": (record, zh),
        "record.en": (record, en),
        "account.zh-CN": (_open(f"/o/account/{account}", "record-title", "timeline"), zh),
        "funnel.zh-CN": (_open("/funnel/opportunity", "funnel-chart"), zh),
        "funnel.en": (_open("/funnel/opportunity", "funnel-chart"), en),
        "import-map.zh-CN": (_wizard, zh),
        "import-check.zh-CN": (_checked, zh),
        "import-check.en": (_checked, en),
        "add-field.zh-CN": (_add_field, zh),
        "add-field.en": (_add_field, en),
        "palette.zh-CN": (_palette, zh),
        "people.zh-CN": (_open("/settings/people", "people-table"), zh),
        "people.en": (_open("/settings/people", "people-table"), en),
        "changes.zh-CN": (_open("/settings/changes"), zh),
        "phone-list.zh-CN": (_open("/o/opportunity", "list-grid"), phone),
        "phone-record.zh-CN": (record, phone),
        "phone-board.zh-CN": (_open("/o/opportunity/board", "board-card"), phone),
    }


def shrink(file: Path) -> None:
    """256 colours are enough for a screen, and a third of the bytes."""
    with Image.open(file) as picture:
        few = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


def take(watch: browsing.Watched, show: Show, base: str, file: Path) -> list[str]:
    """One picture; returns what was wrong on the way."""
    try:
        show(watch.page, base)
    except (PlaywrightError, LookupError) as error:
        return [f"not taken: {str(error).splitlines()[0]}"]
    watch.page.wait_for_timeout(SETTLED_MS)
    watch.page.screenshot(path=file)
    shrink(file)
    size = file.stat().st_size
    return [*watch.complaints, *([f"{size} bytes, more than {LARGEST}"] if size > LARGEST else [])]


def _all(admin: Client, day: workday.Workday) -> dict[str, tuple[Show, dict[str, Any]]]:
    return shots(admin) | workplaces.shots(day) | selling.shots(admin) | money.shots(admin)


def main(wanted: list[str]) -> int:
    home = Path(tempfile.mkdtemp(prefix="banyan-shots-"))
    home.chmod(0o711)
    server = Served(home / "home").start()
    IMAGES.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    try:
        admin = server.set_up(language="zh-CN", currency="CNY", sample="small")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=browsing.chromium(), args=list(browsing.ARGUMENTS)
            )
            day = workday.Workday(server, admin)
            day.looks_on()
            for name, (show, window) in _all(admin, day).items():
                if wanted and name not in wanted:
                    continue
                admin.ok("PATCH", "/sessions/current/user", {"language": window["language"]})
                watch = browsing.Watched(browser, **window)
                # The offer of a tour is for the first day.
                watch.page.add_init_script(f"localStorage.setItem('banyan.toured.{day.me}', 'true')")
                browsing.sign_in(watch, server.base, ADMIN, LABELS[window["language"]])
                wrong += [
                    f"{name}: {line}" for line in take(watch, show, server.base, IMAGES / f"{name}.png")
                ]
                watch.close()
            browser.close()
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
