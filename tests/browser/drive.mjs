// From an empty Home Assistant to two chargers on the dashboard, only by clicking.
// usage: node tests/browser/drive.mjs TASK.json; prints what it took as JSON
import { readFileSync, writeFileSync } from "node:fs";
import { launch } from "./browser.mjs";
import { walk } from "./dialogs.mjs";
import { Person } from "./person.mjs";

const CALLS_WITHIN = 90_000; // ms: a charger that is refused once waits before it calls again

const PICTURED = new Set(["user", "meter", "confirm", "discovered", "charger"]);

const task = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { browser, open } = await launch(task.base);

const page = await open({ viewport: { width: 1280, height: 1000 } });
const person = new Person(page);
const steps = [];

async function timed(name, doing) {
  const { clicks, fields } = person;
  const began = performance.now();
  await doing();
  steps.push({
    name,
    clicks: person.clicks - clicks,
    fields: person.fields - fields,
    seconds: Math.round((performance.now() - began) / 100) / 10,
  });
}

/** Take a picture of what docs/installing.md shows. */
async function picture(step) {
  if (!task.pictures || !PICTURED.has(step)) return;
  await page.waitForTimeout(600); // a dialog glides in
  await page.screenshot({ path: `${task.pictures}/setup-${step}.png` });
}

async function meetHomeAssistant() {
  await page.goto(task.base);
  await person.click(page.getByRole("button", { name: "Create my smart home" }));
  for (const [name, value] of Object.entries(task.account)) {
    await person.type(page.locator(`input[name=${name}]`), value);
  }
  await person.click(page.getByRole("button", { name: "Create account" }));
  const next = page.getByRole("button", { name: /^(Next|Finish)$/ });
  const done = page.getByRole("link", { name: "Settings" });
  for (let before; !(await done.isVisible()); ) {
    await next.or(done).first().waitFor();
    const shown = await page.locator("body").ariaSnapshot();
    if (shown === before) {
      await page.waitForTimeout(100); // the next page is not there yet
    } else if (await next.isVisible()) {
      await person.click(next);
    }
    before = shown;
  }
}

async function addSite() {
  await person.click(page.getByRole("link", { name: "Settings" }));
  await person.click(page.getByText("Devices & services").first());
  await person.click(page.getByRole("button", { name: "Add integration" }));
  const offered = page.locator("dialog-add-integration");
  await person.type(offered.locator("input"), "Fusewise");
  await person.click(offered.getByRole("button", { name: "Fusewise" }).first());
  await walk(person, { ...task.site, texts: task.texts }, picture);
}

async function addCharger(name) {
  await person.click(page.getByRole("link", { name: "Settings" }));
  await person.click(page.getByText("Devices & services").first());
  const card = page.locator("ha-config-flow-card", { hasText: `(${name})` });
  await card.waitFor({ timeout: CALLS_WITHIN });
  await picture("discovered");
  await person.click(card.getByRole("button", { name: "Add", exact: true }));
  await walk(person, { ...task.chargers[name], texts: task.texts }, picture);
}

async function openDashboard() {
  await person.click(page.getByRole("link", { name: "Fusewise", exact: true }));
  const board = page.locator("hui-sections-view");
  for (const { answers } of Object.values(task.chargers)) {
    await board.getByText(answers["*"].name, { exact: true }).first().waitFor();
  }
}

try {
  await timed("Home Assistant's own start", meetHomeAssistant);
  await timed("the site", addSite);
  for (const name of Object.keys(task.chargers)) await timed(`the charger ${name}`, () => addCharger(name));
  await timed("the dashboard", openDashboard);
  const shown = await page.locator("hui-sections-view").ariaSnapshot();
  const session = await page.context().storageState();
  writeFileSync(task.session, JSON.stringify(session));
  console.log(JSON.stringify({ steps, clicks: person.clicks, fields: person.fields, shown }));
} catch (error) {
  await page.screenshot({ path: task.failure });
  throw error;
} finally {
  await browser.close();
}
