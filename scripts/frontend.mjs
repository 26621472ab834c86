// Bundles frontend/ into one file of the integration. Its first lines say from which sources it was built,
// so that a test which has no Node can tell when somebody changed one without the other.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const SOURCES = "frontend/src";
const TARGET = "custom_components/fusewise/frontend/dashboard.js";

const sha256 = (...texts) => {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text);
  return hash.digest("hex");
};
const sources = readdirSync(SOURCES).sort().flatMap((name) => [name, readFileSync(`${SOURCES}/${name}`)]);
const { outputFiles } = await build({
  entryPoints: [`${SOURCES}/dashboard.ts`],
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022", // what Home Assistant's own frontend asks of browsers
  charset: "utf8",
});
const code = outputFiles[0].text;
const built = [
  "// Built from frontend/ by scripts/frontend: change it there.",
  `// sources ${sha256(...sources)}`,
  `// code ${sha256(code)}`,
  code,
].join("\n");

if (process.argv.includes("--check")) {
  if (readFileSync(TARGET, "utf8") !== built) {
    console.error(`${TARGET} is not what frontend/ builds: run scripts/frontend`);
    process.exit(1);
  }
} else {
  writeFileSync(TARGET, built);
}
