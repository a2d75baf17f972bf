import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const text = readFileSync(join(PROJECT, "CONTRIBUTING.md"), "utf8");

/** Paths in backticks; names that begin with x. stand for those of any module. */
const paths = [...text.matchAll(/`((?:[\w.-]+\/)+[\w.-]*|[\w-]+(?:\.[\w-]+)*\.(?:ts|json|mjs|md|graphql))`/g)]
  .map(([, path]) => path!)
  .filter((path) => !/(^|\/)x\./.test(path));

const files = globSync("{src,seeds,test,docs,schema}/**", { cwd: PROJECT, exclude: (path) => path.includes("node_modules") });

describe("CONTRIBUTING", () => {
  it("names only files and folders that exist", () => {
    expect(paths.length).toBeGreaterThan(50);
    const isThere = (path: string) =>
      ["", "src", "test"].some((root) => existsSync(join(PROJECT, root, path))) || files.some((file) => file.endsWith(`/${path}`));
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
  });
});

describe("a migration", () => {
  const folder = join(PROJECT, "src/migrations");
  const names = readdirSync(folder).filter((name) => name.endsWith(".ts"));

  it("that adds sums to roll-ups deletes the stored sets, which lack them", () => {
    const adding = names.filter((name) => {
      const [up = ""] = readFileSync(join(folder, name), "utf8").split("override down");
      return /alter table "\w+_rollup" add (?!constraint)/.test(up) && !/delete from "?rollup_set|truncate [^`]*rollup_set/.test(up);
    });
    expect(adding).toEqual([]);
  });
});
