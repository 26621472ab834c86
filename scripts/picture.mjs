// Takes a picture of a page of a running Home Assistant, logged in.
// usage: node scripts/picture.mjs BASE TOKENS.json PATH OUT.png [WIDTH HEIGHT [dark]]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, tokensFile, path, out, width = "1600", height = "1000", theme] = process.argv.slice(2);
const tokens = readFileSync(tokensFile, "utf8");
const profile = mkdtempSync(join(tmpdir(), "chromium-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  chromiumSandbox: false,
  viewport: { width: +width, height: +height },
  colorScheme: theme === "dark" ? "dark" : "light",
  locale: "en-GB",
  timezoneId: "Europe/Amsterdam",
  // Without these, Chromium calls its makers at every start.
  args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  await context.addInitScript((value) => localStorage.setItem("hassTokens", value), tokens);
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(base + path, { waitUntil: "domcontentloaded" });
  await page.locator("hui-view, hui-sections-view, ha-panel-config").first().waitFor({ timeout: 60000 });
  await page.waitForTimeout(4000); // graphs draw after the cards
  await page.screenshot({ path: out });
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
