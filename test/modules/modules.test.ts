import { sql } from "kysely";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as all from "../../src/modules.ts";
import { type Answer, startService, type TestService } from "../support/client.ts";
import { statementsOf } from "../support/statements.ts";
import { historyModule } from "./history/history.module.ts";

const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));

interface Histories {
  readonly histories: readonly { readonly unit: { readonly code: string }; readonly versions?: number }[];
}
type Priced<T> = Answer<T> & { readonly extensions: { readonly cost: { readonly requested: number } } };

describe("a module is added by its folder and one entry in the list", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService("SEEDED", { modules: [...Object.values(all), historyModule] });
  });
  afterAll(() => service.close());

  const ask = (query: string) => service.ask<Histories, never>(query) as Promise<Priced<Histories>>;

  it("answers its fields over HTTP, beside those of the other modules", async () => {
    const { data, errors } = await ask(`{ histories(codes: ["48", "01"]) { unit { code parent { code } } versions } }`);
    expect(errors).toBeUndefined();
    expect(data.histories.map(({ unit }) => unit)).toEqual([
      { code: "48", parent: { code: "VN" } },
      { code: "01", parent: { code: "VN" } },
    ]);
    const { rows } = await sql<{ code: string; versions: number }>`
      select distinct v.code, (select count(*)::int from unit_version a where a.unit_id = v.unit_id) as versions
      from unit_version v where v.code in ('48', '01') and v.valid_to is null`.execute(service.database.orm.em.fork().getKysely());
    const counted = new Map(rows.map(({ code, versions }) => [code, versions]));
    expect(data.histories.map(({ versions }) => versions)).toEqual([counted.get("48"), counted.get("01")]);
  });

  it("reads as many units by one statement as by one", async () => {
    const sent = (codes: readonly string[]) =>
      statementsOf(() => ask(`{ histories(codes: ${JSON.stringify(codes)}) { versions } }`)).then((texts) =>
        texts.filter((text) => text.includes("count(*)::int as versions")),
      );
    expect(await sent(["48"])).toHaveLength(1);
    expect(await sent(["48", "01", "04", "22"])).toHaveLength(1);
  });

  it("has the cost of its rules", async () => {
    const { extensions } = await ask(`{ histories(codes: ["48", "01", "04"]) { unit { code } } }`);
    const { extensions: withVersions } = await ask(`{ histories(codes: ["48", "01", "04"]) { unit { code } versions } }`);
    expect(extensions.cost.requested).toBe(3);
    expect(withVersions.cost.requested).toBe(3 + 3 * 5);
  });
});

describe("the list of modules", () => {
  it("has all that the folders of src bring", async () => {
    const files = (await readdir(SOURCES, { recursive: true })).filter((path) => path.endsWith(".module.ts"));
    const list = await readFile(`${SOURCES}/modules.ts`, "utf8");
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((path) => !list.includes(`} from "./${path}";`))).toEqual([]);
  });

  it("has each resolver, table and finder of src once", async () => {
    const modules = Object.values(all) as readonly (typeof historyModule)[];
    for (const part of ["resolvers", "entities"] as const) {
      const listed = modules.flatMap((module) => [...(module[part] ?? [])] as object[]);
      expect(new Set(listed).size, part).toBe(listed.length);
    }
    const texts = modules.flatMap(({ resolvers = [] }) => resolvers.map(({ name }) => name));
    const files = (await readdir(SOURCES, { recursive: true })).filter((path) => path.endsWith(".resolver.ts"));
    const declared = await Promise.all(
      files.map(async (path) =>
        [...(await readFile(`${SOURCES}/${path}`, "utf8")).matchAll(/^export class (\w+)/gm)].map(([, name]) => name!),
      ),
    );
    expect(
      declared
        .flat()
        .filter((name) => !name.endsWith("Type"))
        .toSorted(),
    ).toEqual(texts.toSorted());
  });
});
