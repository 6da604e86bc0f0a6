// Screenshots of chosen screens: node dev/shots.mjs <out folder> <spec,…>  (spec: name=path). Development only.
import { chromium } from "playwright-core";
const [out, ...specs] = process.argv.slice(2);
const base = process.env.BASE ?? "http://127.0.0.1:5173";
const variants = (process.env.VARIANTS ?? "desk-light-zh").split(",");
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
for (const variant of variants) {
  const [size, theme, language] = variant.split("-");
  const viewport = size === "phone" ? { width: 390, height: 844 } : { width: 1440, height: 900 };
  const context = await browser.newContext({ viewport, colorScheme: theme, locale: language === "en" ? "en-US" : "zh-CN", hasTouch: size === "phone", storageState: process.env.STATE || undefined });
  await context.addInitScript(([t, l]) => { localStorage.setItem("banyan.theme", t); localStorage.setItem("banyan.language", l); }, [theme, language === "en" ? "en" : "zh-CN"]);
  for (const spec of specs) {
    const [name, path] = spec.split(/=(.*)/s);
    const page = await context.newPage();
    page.on("console", (m) => m.type() === "error" && console.log(`[${name}] ${m.text().slice(0, 400)}`));
    page.on("pageerror", (e) => console.log(`[${name}] PAGE ${e.message}`));
    await page.goto(base + path, { waitUntil: "networkidle" }).catch((e) => console.log(e.message));
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${out}/${name}-${variant}.png` });
    await page.close();
  }
  await context.close();
}
await browser.close();
