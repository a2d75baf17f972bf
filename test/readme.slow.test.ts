import { cp, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillDemo } from "../seeds/demo/fill.ts";
import { loadSeeds } from "../seeds/seed.ts";
import { ROLES } from "../src/access/viewer.ts";
import { openDatabase } from "../src/database/database.ts";
import { PROCEDURE_COLUMNS } from "../src/procedures/procedure-file.ts";
import { SERVICE_LEVELS } from "../src/procedures/procedure.entity.ts";
import { TIERS } from "../src/hierarchy/unit.entity.ts";
import { blocksOf } from "./readme/blocks.ts";
import { Checkout } from "./readme/checkout.ts";
import { Play } from "./readme/play.ts";
import { folderOf, nextEdition } from "./hierarchy/next-edition.ts";
import { fillDataFolder } from "./support/data-folder.ts";

/** Pages in the order in which they are played, each on what those before it have done. */
const NAMES = ["README.md", "docs/api.md", "docs/operations.md", "docs/integration.md", "docs/citus.md", "README.vi.md"] as const;
const textOf = (name: string): Promise<string> => readFile(new URL(`../${name}`, import.meta.url), "utf8");
const PAGES = await Promise.all(NAMES.map(async (name) => ({ name, text: await textOf(name) })));
const BLOCKS = PAGES.flatMap((page) => blocksOf(page.text).map((block) => ({ name: page.name, block })));
const README = PAGES[0]!.text;
const ALL = PAGES.map(({ text }) => text).join("\n");
/** The address of a heading within its page. */
const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, "")
    .replaceAll(" ", "-");
const headingsOf = (text: string): string[] => [...text.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading]) => heading!);
/** The part of the demo's dossiers that is filled in here; what is asked of it has no printed answer. */
const DEMO_SCALE = 0.005;

/** What the first start makes, which test/main.slow.test.ts follows. */
const makeDataFolder = async (dataDir: string): Promise<void> => {
  await mkdir(dataDir, { mode: 0o711 });
  await fillDataFolder(dataDir);
};

const fillSmallDemo = async (dataDir: string): Promise<void> => {
  await makeDataFolder(dataDir);
  const database = await openDatabase({ databaseUrl: null, dataDir });
  try {
    await loadSeeds(database.orm.em.fork());
    await fillDemo(database, { say: () => {}, scale: DEMO_SCALE });
  } finally {
    await database.close();
  }
};

describe("outputs that README and docs print, from the first block to the last, on a new checkout", () => {
  let checkout: Checkout;
  let play: Play;
  const edition = folderOf(nextEdition("2099-01-01", "2099-07-01"));

  beforeAll(async () => {
    checkout = await Checkout.make();
    await cp((await edition).path, join(checkout.folder, "next-edition"), { recursive: true });
    await makeDataFolder(join(checkout.folder, ".data"));
    // Meanwhile the blocks above it are played.
    const filled = fillSmallDemo(join(checkout.folder, ".data-demo"));
    filled.catch(() => {});
    play = new Play(checkout, { "npm run demo": () => filled });
  });
  afterAll(async () => {
    await checkout.remove();
    await (await edition).remove();
  });

  for (const { name, block } of BLOCKS) {
    const reason = Play.reasonOf(block);
    it(`${name}, line ${block.line}, ${block.language || "sh"}: ${block.text.trim().split("\n", 1)[0]!.slice(0, 80)}`, async ({ skip }) => {
      if (reason !== null) skip(reason);
      await play.block(block);
    });
  }
});

describe("other statements of README and docs", () => {
  it("have no block of an unknown kind", async () => {
    const only = (text: string) => blocksOf(`## New\n\n${text}`)[0]!;
    expect(() => Play.reasonOf(only("```\nnpm start\nsystemctl restart cchc\n```"))).toThrow(/line 3 .* systemctl restart cchc/);
    expect(Play.reasonOf(only("```\ndocker compose down\n```"))).toMatch(/Docker/);
    const play = new Play(null as never, {});
    await expect(play.block(only("- in a list\n\n  ```nginx\n  server {}\n  ```"))).rejects.toThrow(/line 5 .* a block of nginx/);
    expect(() => blocksOf("```\nnever closed")).toThrow(/line 1 is not closed/);
  });

  it("names only existing commands", async () => {
    const { scripts } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")) as { scripts: object };
    const named = [...ALL.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("list the accepted values of a catalogue, and each role", () => {
    for (const accepted of [...PROCEDURE_COLUMNS, ...TIERS, ...SERVICE_LEVELS, ...ROLES]) expect(ALL).toContain(`\`${accepted}\``);
  });

  it.each(["docs/api.md", "docs/operations.md", "docs/integration.md"])("lists the sections of %s at its top", async (name) => {
    const text = await textOf(name);
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);
    const links = [...text.slice(0, text.indexOf("\n## ")).matchAll(/\[([^\]]+)\]\(#([^)]+)\)/g)].map(([, shown, to]) => [shown, to]);
    expect(links).toEqual(headings.map((heading) => [heading, slugOf(heading)]));
  });

  it.each([...NAMES, "CONTRIBUTING.md", "seeds/README.md"])("links from %s to existing files and sections", async (name) => {
    const links = [...(await textOf(name)).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].map(([, path, heading]) => ({
      path: path!,
      heading,
    }));
    for (const { path, heading } of links) {
      const target = path === "" ? name : join(dirname(name), path);
      const text = await textOf(target);
      if (heading !== undefined) expect(headingsOf(text).map(slugOf), `${target}#${heading}`).toContain(heading);
    }
  });

  it("has a README of at most 180 lines", () => {
    expect(README.trimEnd().split("\n").length).toBeLessThanOrEqual(180);
  });
});
