// Loads TypeScript: `node --import ./src/typescript.js src/main.ts`. It hooks only what ends in .ts, and keeps what it compiled, because a loader
// that follows every module of every package takes as long as all that is loaded. Run by itself, it compiles all sources for an image.
import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const COMPILED = new URL("../.cache/typescript/", import.meta.url);
const OPTIONS = {
  ...{ loader: "ts", format: "esm", target: "node24", sourcemap: "inline", logLevel: "silent" },
  tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: true } },
};
const VERSION = `${require("esbuild/package.json").version} ${JSON.stringify(OPTIONS)}`;

const compile = (url) => {
  const path = fileURLToPath(url);
  const text = readFileSync(path, "utf8");
  const file = new URL(`${createHash("sha256").update(`${VERSION}\0${path}\0${text}`).digest("hex")}.js`, COMPILED);
  try {
    return readFileSync(file, "utf8");
  } catch {
    const { code } = require("esbuild").transformSync(text, { ...OPTIONS, sourcefile: path });
    keep(file, code);
    return code;
  }
};

/** Several processes may do so at once, and some may not write here. */
const keep = (file, code) => {
  const draft = new URL(`${file}.${process.pid}`);
  try {
    mkdirSync(COMPILED, { recursive: true });
    writeFileSync(draft, code);
    renameSync(draft, file);
  } catch (error) {
    if (!["EACCES", "EROFS", "EPERM", "ENOSPC"].includes(error.code)) throw error;
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = new URL("..", import.meta.url);
  for (const path of globSync("{src,seeds}/**/*.ts", { cwd: fileURLToPath(root) })) compile(new URL(path, root));
} else {
  process.setSourceMapsEnabled(true);
  registerHooks({
    load: (url, context, next) =>
      url.startsWith("file:") && url.endsWith(".ts") && !url.includes("/node_modules/")
        ? { format: "module", source: compile(url), shortCircuit: true }
        : next(url, context),
  });
}
