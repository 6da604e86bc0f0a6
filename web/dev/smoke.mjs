// Walks the main flows in a real browser against a running server. Development only: BASE, STATE and OUT from the environment.
import { chromium } from "playwright-core";
const base = process.env.BASE ?? "http://127.0.0.1:5173"; const out = process.env.OUT ?? "/tmp";
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"] });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "zh-CN", storageState: process.env.STATE || undefined });
await context.addInitScript(() => { localStorage.setItem("banyan.language", "zh-CN"); localStorage.setItem("banyan.theme", "light"); });
const page = await context.newPage();
page.on("pageerror", (e) => console.log("   PAGE", e.message));
page.on("console", (m) => m.type() === "error" && console.log("   console", m.text().slice(0, 400)));
page.setDefaultTimeout(6000);
const stamp = Date.now();
const only = process.argv[2];
async function step(name, run) {
  if (only && !name.includes(only)) return;
  try { await run(); console.log("ok  ", name); } catch (e) { console.log("FAIL", name, e.message.split("\n").slice(0, 4).join(" | ")); await page.screenshot({ path: `${out}/fail-${name.replace(/\W+/g, "-")}.png` }); }
}
const grid = () => page.getByTestId("list-grid");
await step("list edit cell by key", async () => {
  await page.goto(base + "/o/account"); await grid().getByRole("row").nth(3).waitFor();
  await grid().focus(); await page.keyboard.press("ArrowDown"); await page.keyboard.press("e");
  const input = grid().locator("input[type=text]"); await input.fill("改名有限公司"); await input.press("Enter");
  await page.getByRole("status").getByText("已保存").waitFor(); await grid().getByText("改名有限公司").first().waitFor();
  await page.getByRole("button", { name: "撤销" }).click(); await page.getByText("已撤销").waitFor();
});
await step("list sort and count", async () => {
  await page.goto(base + "/o/opportunity"); await grid().getByRole("columnheader", { name: /金额/ }).getByRole("button").first().click();
  await page.waitForURL(/sort/); await page.getByTestId("list-footer").getByText(/条/).waitFor();
});
await step("filter builder", async () => {
  await page.goto(base + "/o/opportunity"); await page.getByTestId("filter-button").click(); await page.getByRole("button", { name: "添加条件", exact: true }).click();
  await page.waitForTimeout(300); await page.screenshot({ path: `${out}/filter.png` });
  await page.getByRole("combobox", { name: "值", exact: true }).click(); await page.getByText("赢单", { exact: true }).last().click();
  await page.getByTestId("filter-chips").getByText("赢单").waitFor(); await page.keyboard.press("Escape");
  await page.screenshot({ path: `${out}/filtered.png` });
});
await step("save view", async () => {
  await page.getByRole("button", { name: "另存为视图" }).click(); await page.getByLabel("视图名称").fill("赢单商机"); await page.getByRole("dialog").getByRole("button", { name: "保存" }).click();
  await page.getByRole("link", { name: "赢单商机" }).waitFor();
});
await step("peek and arrows", async () => {
  await page.goto(base + "/o/account"); await grid().getByRole("row").nth(2).getByRole("gridcell").nth(2).click(); await page.getByTestId("peek").getByTestId("record-title").waitFor();
  await page.screenshot({ path: `${out}/peek.png` });
});
await step("bulk delete and undo", async () => {
  await page.goto(base + "/o/lead"); const boxes = grid().getByRole("checkbox"); await boxes.nth(1).click(); await boxes.nth(3).click({ modifiers: ["Shift"] });
  await page.getByText("已选 3 条").waitFor(); await page.screenshot({ path: `${out}/bulk.png` }); await page.getByRole("button", { name: "删除 3 条" }).click();
  await page.getByText(/已删除 3 条/).waitFor(); await page.getByRole("button", { name: "撤销" }).click(); await page.getByText("已撤销").waitFor();
});
await step("bulk edit", async () => {
  await page.goto(base + "/o/lead"); await grid().getByRole("checkbox").nth(0).click(); await page.getByRole("button", { name: "修改字段" }).click();
  await page.getByRole("dialog").getByRole("combobox").first().click(); await page.getByTitle("公司").last().click().catch(async () => page.getByText("公司", { exact: true }).last().click());
  await page.getByRole("dialog").getByLabel("公司").fill("合并公司"); await page.getByRole("dialog").getByRole("button", { name: /^修改/ }).click(); await page.getByText(/已修改/).waitFor();
});
await step("quick create with errors", async () => {
  await page.goto(base + "/o/account"); await page.getByRole("button", { name: "新建客户" }).click(); await page.getByRole("button", { name: "创建", exact: true }).click();
  await page.getByRole("alert").first().waitFor(); await page.screenshot({ path: `${out}/create.png` });
  await page.getByRole("dialog").getByLabel("客户名称").fill("全新客户公司"); await page.getByRole("button", { name: "创建", exact: true }).click(); await page.getByText(/已创建/).waitFor();
});
await step("record composer and stage", async () => {
  await page.goto(base + "/o/opportunity"); await grid().getByRole("row").nth(2).waitFor(); await grid().focus(); await page.keyboard.press("Enter"); await page.getByTestId("record-title").waitFor();
  await page.getByLabel("记录跟进").fill("今天通了电话"); await page.keyboard.press("Control+Enter"); await page.getByTestId("timeline").getByText("今天通了电话").waitFor();
  await page.getByTestId("stage-path").getByRole("button").nth(2).click(); await page.getByText(/已移到/).waitFor(); await page.waitForTimeout(400); await page.screenshot({ path: `${out}/record-after.png` });
});
await step("board drag", async () => {
  await page.goto(base + "/o/opportunity/board"); const card = page.getByTestId("board-column-prospecting").getByTestId("board-card").first(); await card.waitFor(); const name = await card.getAttribute("aria-label");
  await page.waitForFunction(() => document.querySelector('[data-testid="board-column-engaging"] [data-testid="board-count"]').textContent !== "");
  const before = Number((await page.getByTestId("board-column-engaging").getByTestId("board-count").innerText()).replace(/,/g, ""));
  const from = await card.boundingBox(); const to = await page.getByTestId("board-column-engaging").boundingBox();
  await page.mouse.move(from.x + 40, from.y + 20); await page.mouse.down(); await page.mouse.move(from.x + 80, from.y + 40, { steps: 4 }); await page.mouse.move(to.x + 80, to.y + 200, { steps: 8 }); await page.screenshot({ path: `${out}/drag.png` }); await page.mouse.up();
  await page.getByText(/已移到/).waitFor(); await page.waitForFunction((n) => Number(document.querySelector('[data-testid="board-column-engaging"] [data-testid="board-count"]').textContent.replace(/,/g, "")) === n, before + 1); void name;
});
await step("board keyboard", async () => {
  await page.goto(base + "/o/opportunity/board"); const card = page.getByTestId("board-column-prospecting").getByTestId("board-card").first(); await card.focus(); await page.keyboard.press("Space"); await page.waitForTimeout(200); await page.keyboard.press("ArrowRight"); await page.waitForTimeout(300); await page.keyboard.press("Space"); await page.getByText(/已移到/).waitFor();
});
await step("palette", async () => {
  await page.goto(base + "/o/account"); await grid().waitFor(); await page.keyboard.press("Control+k"); await page.getByTestId("palette").getByRole("combobox").fill("星河"); await page.getByTestId("palette").getByText("记录").waitFor(); await page.waitForTimeout(300); await page.screenshot({ path: `${out}/palette.png` }); await page.keyboard.press("Enter"); await page.getByTestId("record-title").waitFor();
});
await step("funnel click", async () => { await page.goto(base + "/funnel/opportunity"); await page.getByTestId("funnel-stage-proposal").click(); await page.getByTestId("filter-chips").waitFor(); });
await step("add field in list", async () => {
  await page.goto(base + "/o/product"); await grid().getByRole("button", { name: "添加字段" }).click(); await page.getByRole("dialog").getByLabel("中文名称").fill(`保修期${Date.now()}`); await page.waitForTimeout(300); await page.screenshot({ path: `${out}/addfield.png` }); await page.getByRole("dialog").getByRole("button", { name: "添加字段" }).click(); await page.getByText(/已添加字段/).waitFor();
});
await step("retype with dry run", async () => {
  await page.goto(base + "/settings/objects/lead"); await page.getByRole("button", { name: /编辑字段「公司」/ }).click(); await page.getByRole("dialog").getByRole("combobox").click(); await page.getByText(/^数字 ·/).last().click(); await page.getByRole("button", { name: "查看更改类型的影响" }).click(); await page.getByTestId("impact").waitFor(); await page.waitForTimeout(200); await page.screenshot({ path: `${out}/retype.png` });
});
await step("changes", async () => { await page.goto(base + "/settings/changes"); await page.getByRole("button", { name: "撤销此变更" }).first().waitFor(); await page.screenshot({ path: `${out}/changes.png` }); });
await step("people access", async () => {
  await page.goto(base + "/settings/people"); await page.getByRole("button", { name: "开通登录" }).first().click(); await page.getByRole("dialog").getByRole("button", { name: "开通登录" }).click(); await page.getByTestId("access-link").waitFor(); await page.screenshot({ path: `${out}/access.png` });
});
await step("conflict shows both values", async () => {
  await page.goto(base + "/o/account"); await grid().getByRole("row").nth(3).waitFor(); await grid().focus(); await page.keyboard.press("ArrowDown"); await page.keyboard.press("e");
  const body = await (await context.request.post(base + "/api/v1/records/account/query", { data: { select: ["name"], limit: 2, sort: [{ field: "created_at", direction: "desc" }] }, headers: { origin: base } })).json(); const other = body.records[1];
  await context.request.patch(`${base}/api/v1/records/account/${other.id}`, { data: { version: other.version, name: "别人改的名字" }, headers: { origin: base } });
  const input = grid().locator("input[type=text]"); await input.fill("我改的名字"); await input.press("Enter"); await page.getByRole("dialog").getByText("别人改的名字").waitFor(); await page.waitForTimeout(300); await page.screenshot({ path: `${out}/conflict.png` });
  await page.getByRole("button", { name: "用我的" }).click(); await grid().getByText("我改的名字").first().waitFor();
});
await step("session ends and goes on", async () => {
  await page.goto(base + "/o/lead"); await grid().getByRole("row").nth(3).waitFor(); await grid().focus(); await page.keyboard.press("e"); await context.clearCookies();
  const input = grid().locator("input[type=text]"); await input.fill(`没有丢的名字${stamp}`); await input.press("Enter"); await page.getByRole("dialog").getByLabel("密码").fill(process.env.PASSWORD ?? "x"); await page.screenshot({ path: `${out}/again.png` }); await page.getByRole("dialog").getByRole("button", { name: "登录" }).click();
  await page.getByRole("status").getByText("已保存").waitFor(); await grid().getByText(`没有丢的名字${stamp}`).first().waitFor();
});
await browser.close();
