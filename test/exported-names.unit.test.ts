import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const DECLARATION = /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|type|interface|class|function\*?|enum) ([\w$]+)/gm;

it("no two files of src export a name that each of them declares", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
  const declared = files.flatMap((file) => {
    const names = [...readFileSync(join("src", file), "utf8").matchAll(DECLARATION)].map(([, name]) => name!);
    return [...new Set(names)].map((name) => ({ name, file }));
  });
  expect(declared.length).toBeGreaterThan(1000);
  const twice = [...Map.groupBy(declared, ({ name }) => name)].filter(([, places]) => places.length > 1);
  expect(twice.map(([name, places]) => `${name}: ${places.map(({ file }) => file).join(", ")}`)).toEqual([]);
});
