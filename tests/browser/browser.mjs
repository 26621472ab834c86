// A browser that knows nothing but one Home Assistant.
import { chromium } from "playwright-core";

const PATIENCE = 30_000; // ms, on a machine that does something else besides

export async function launch(base) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    chromiumSandbox: false,
    // Without these, Chromium calls its makers at every start.
    args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  const open = async (options) => {
    const context = await browser.newContext({
      locale: "en-GB",
      timezoneId: "Europe/Amsterdam",
      ...options,
    });
    // The map of the first start is somewhere else: this house has no internet.
    await context.route((url) => url.origin !== base, (route) => route.abort());
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    return page;
  };
  return { browser, open };
}
