// Write the stylesheets. Each begins with a mark of everything it was made from, so that a test can tell
// without npm whether the committed files are current.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { compile, SassString } from "sass";

const STATIC = "transport/api/static";
const SOURCES = [...readdirSync("scss").sort().map((name) => `scss/${name}`), "package-lock.json", "package.json"];

const digest = createHash("sha256");
for (const name of SOURCES) digest.update(`${name}\0`).update(readFileSync(name));
const mark = digest.digest("hex").slice(0, 16);

// The same address as transport/api/render.py gives in templates.
function file([path]) {
  const content = readFileSync(`${STATIC}/${path.text}`);
  return new SassString(`/static/${path.text}?v=${createHash("sha256").update(content).digest("hex").slice(0, 12)}`);
}

for (const name of ["app", "driver", "staff"]) {
  const { css } = compile(`scss/${name}.scss`, {
    style: "compressed",
    charset: false,
    loadPaths: ["node_modules"],
    quietDeps: true,
    functions: { "file($path)": file },
  });
  writeFileSync(`${STATIC}/css/${name}.css`, `/* made from ${mark} */\n${css}\n`);
}
