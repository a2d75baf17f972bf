import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const OXLINT = join(PROJECT, "node_modules/oxlint/bin/oxlint");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "storeys-"));
  await cp(join(PROJECT, ".storeys.mjs"), join(folder, ".storeys.mjs"));
  // What needs types needs the packages, and says nothing of the order.
  const config = JSON.parse(await readFile(join(PROJECT, ".oxlintrc.json"), "utf8")) as object;
  await writeFile(join(folder, ".oxlintrc.json"), JSON.stringify({ ...config, options: { denyWarnings: true } }));
});
afterEach(() => rm(folder, { recursive: true }));

/** The house of these files, and what `npm run lint` says of it. */
const lint = async (files: Readonly<Record<string, string>>): Promise<{ readonly code: number; readonly output: string }> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return new Promise((done) => {
    execFile(process.execPath, [OXLINT, "--format=unix"], { cwd: folder }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
};

const ONE = "export interface One {\n  readonly id: number;\n}\nexport const one = 1;\n";

describe("the order of storeys", () => {
  it("is the one in CONTRIBUTING", async () => {
    const { STOREYS } = (await import(join(PROJECT, ".storeys.mjs"))) as { STOREYS: readonly (readonly string[])[] };
    const guide = (await readFile(join(PROJECT, "CONTRIBUTING.md"), "utf8")).replaceAll(/\s+/g, " ");
    expect(guide).toContain(STOREYS.map((rooms) => rooms.join(", ")).join(" < "));
  });

  it("lets a storey import from those below", async () => {
    const { code, output } = await lint({
      "src/lib/one.ts": ONE,
      "src/units/two.ts": 'import { one } from "../lib/one.ts";\n\nexport const two = one + 1;\n',
    });
    expect({ code, output }).toMatchObject({ code: 0 });
  });

  it.each([
    ["a value from above", "lib", 'import { one } from "../units/one.ts";\n\nexport const two = one + 1;\n', "units stands above lib"],
    ["a type from above", "lib", 'import type { One } from "../units/one.ts";\n\nexport type Two = One;\n', "units stands above lib"],
    ["a type named in place", "lib", 'export type Two = import("../units/one.ts").One;\n', "units stands above lib"],
    ["what passes it on", "lib", 'export { one } from "../units/one.ts";\n', "units stands above lib"],
    ["a module loaded late", "lib", 'export const two = () => import("../units/one.ts");\n', "units stands above lib"],
    [
      "a neighbour",
      "calendar",
      'import { one } from "../units/one.ts";\n\nexport const two = one + 1;\n',
      "calendar and units are neighbours",
    ],
    [
      "what an app asks",
      "apps/page",
      'import { one } from "../../units/one.ts";\n\nexport const two = one + 1;\n',
      "apps are clients of the API",
    ],
    [
      "a room without a storey",
      "cellar",
      'import { one } from "../units/one.ts";\n\nexport const two = one + 1;\n',
      "cellar has no storey",
    ],
  ])("refuses %s", async (_, room, text, message) => {
    const { code, output } = await lint({ "src/units/one.ts": ONE, [`src/${room}/two.ts`]: text });
    expect(code).toBe(1);
    expect(output).toContain(message);
  });

  it("refuses seeds and tests", async () => {
    const { code, output } = await lint({
      "seeds/one.ts": ONE,
      "test/one.ts": ONE,
      "src/lib/two.ts": 'import { one } from "../../seeds/one.ts";\n\nexport const two = one + 1;\n',
      "src/lib/three.ts": 'import { one } from "../../test/one.ts";\n\nexport const three = one + 2;\n',
    });
    expect(code).toBe(1);
    expect(output).toContain("only main.ts and cli load seeds");
    expect(output).toContain("src knows no test");
  });

  it("refuses a circle, of types alone too", async () => {
    const { code, output } = await lint({
      "src/lib/one.ts": 'import type { Two } from "./two.ts";\n\nexport interface One {\n  readonly two: Two | null;\n}\n',
      "src/lib/two.ts": 'import type { One } from "./one.ts";\n\nexport interface Two {\n  readonly one: One | null;\n}\n',
    });
    expect(code).toBe(1);
    expect(output).toContain("no-cycle");
  });
});
