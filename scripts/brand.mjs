// Renders brand/*.svg into the pictures that Home Assistant shows (custom_components/fusewise/brand).
// usage: scripts/setup --browser && node scripts/brand.mjs
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const INK = "#0c2340"; // on light ground
const CHALK = "#f4f7fb"; // on dark ground

// Home Assistant asks for an icon of 256 px and a logo of 128 to 256 px, and for both in double.
const pictures = [
  { file: "icon", svg: "icon", width: 256, height: 256, colour: INK },
  { file: "logo", svg: "logo", width: 525, height: 128, colour: INK },
  { file: "dark_logo", svg: "logo", width: 525, height: 128, colour: CHALK },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  chromiumSandbox: false,
});
for (const scale of [1, 2]) {
  for (const { file, svg, width, height, colour } of pictures) {
    const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
    const source = readFileSync(`${root}brand/${svg}.svg`, "utf8");
    await page.setContent(
      `<style>body { margin: 0; color: ${colour} } svg { display: block; height: 100vh }</style>${source}`,
    );
    const name = scale === 1 ? file : `${file}@2x`;
    await page.screenshot({
      path: `${root}custom_components/fusewise/brand/${name}.png`,
      omitBackground: true,
    });
    await page.close();
  }
}
await browser.close();
