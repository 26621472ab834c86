// Opens the dashboard as it looks on several devices, and tells what is wrong with it there.
// usage: node tests/browser/show.mjs TASK.json; prints one object for each device as JSON
import { readFileSync } from "node:fs";
import { launch } from "./browser.mjs";

const SETTLES = 4000; // ms: graphs draw after the cards

const task = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { browser, open } = await launch(task.base);
const told = {};

async function show({ name, width, height, theme, language }) {
  const page = await open({
    viewport: { width, height },
    colorScheme: theme,
    storageState: JSON.parse(readFileSync(task.session, "utf8")),
  });
  await page.addInitScript((value) => {
    localStorage.setItem("selectedLanguage", JSON.stringify(value));
  }, language);
  await page.goto(`${task.base}/fusewise`);
  const board = page.locator("hui-sections-view");
  await board.waitFor();
  await page.waitForTimeout(SETTLES);
  if (task.pictures && name) await page.screenshot({ path: `${task.pictures}/${name}.png` });
  const text = await board.ariaSnapshot();
  told[`${width} ${theme} ${language}`] = {
    text,
    chosen: await page.locator("ha-sidebar .selected").allInnerTexts(),
    broken: await board.locator("hui-error-card, hui-warning").count(),
    overflow: await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    background: await page.evaluate(() =>
      getComputedStyle(document.documentElement).getPropertyValue("--primary-background-color"),
    ),
  };
  await page.context().close();
}

try {
  for (const device of task.devices) await show(device);
  console.log(JSON.stringify(told));
} finally {
  await browser.close();
}
