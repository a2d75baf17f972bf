import { sql } from "kysely";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestDatabase } from "../support/database.ts";

const SEEDS = new URL("../../seeds/units/", import.meta.url);
const seedLines = (await readFile(new URL("unit-versions.csv", SEEDS), "utf8")).split("\n");
const HEADERS = {
  "unit-versions.csv": seedLines[0]!,
  "successions.csv": "predecessor_id,successor_id,effective_on,kind,share,resolution,note",
  "editions.csv": "date,provinces,districts,communes",
};
export type FileName = keyof typeof HEADERS;
/** Lines below the header. */
export type Files = Partial<Record<FileName, readonly string[]>>;

/** The version of the seeds that is open, with an end. */
export const closed = (key: string, day: string): string => {
  const line = seedLines.find((one) => one.startsWith(`${key},`) && one.split(",")[2] === "");
  if (!line) throw new Error(`${key} is open in no version`);
  return line.split(",").with(2, day).join(",");
};

/** A later version of a unit: what is not given is as in the seeds. */
export const version = (
  key: string,
  from: string,
  given: Partial<Record<"to" | "code" | "parent" | "kind" | "name" | "full", string>> = {},
) => {
  const [, , , code, parent, tier, kind, name, full, english] = closed(key, "").split(",");
  const { to = "", ...other } = given;
  const all = { code, parent, kind, name, full, ...other };
  return [key, from, to, all.code, all.parent, tier, all.kind, all.name, all.full, english, "1/NQ-UBTVQH16"].join();
};

/** Two communes of Cao Bằng become a new one, one goes into one that is there, one moves to Lạng Sơn, and the province is renamed. */
export const nextEdition = (day: string, later: string): Required<Files> => ({
  "unit-versions.csv": [
    ...[closed("04.2015", day), version("04.2015", day, { name: "Non Nước", full: "Tỉnh Non Nước" })],
    ...[closed("01279.2025", day), closed("01288.2025", day)],
    `01279.2027,${day},,01279,04.2015,COMMUNE,WARD,Trí Giang,Phường Trí Giang,Tri Giang,1/NQ-UBTVQH16`,
    closed("01290.2025", day),
    ...[closed("01297.2025", day), version("01297.2025", day, { to: later, parent: "20.2015" })],
    version("01297.2025", later, { parent: "20.2015", code: "01298", kind: "WARD", full: "Phường Nam Quang" }),
  ],
  "successions.csv": [
    `01279.2025,01279.2027,${day},WHOLE,,1/NQ-UBTVQH16,`,
    `01288.2025,01279.2027,${day},WHOLE,,1/NQ-UBTVQH16,`,
    `01290.2025,01294.2025,${day},WHOLE,,1/NQ-UBTVQH16,`,
  ],
  "editions.csv": [`${day},34,0,3319`, `${later},34,0,3319`],
});

/** A folder with the files; gone with the test. */
export const folderOf = async (files: Files): Promise<{ path: string; remove: () => Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), "cchc-units-"));
  for (const [name, lines] of Object.entries(files))
    await writeFile(join(path, name), `${[HEADERS[name as FileName], ...lines].join("\n")}\n`);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};

/** A digest of every row of every table. */
export const digestOf = async ({ orm }: Pick<TestDatabase, "orm">): Promise<Record<string, string>> => {
  const db = orm.em.fork().getKysely();
  const { rows } = await sql<{ name: string }>`select tablename as name from pg_tables where schemaname = 'public' order by 1`.execute(db);
  const digests: Record<string, string> = {};
  for (const { name } of rows) {
    // The half a million rows of contributions take half as long without their text.
    const hash = name === "contribution" ? sql`hash_record_extended(t, 0)` : sql`hashtextextended(t::text, 0)`;
    const found = await sql<{ digest: string }>`
      select count(*) || ' ' || coalesce(sum(${hash}), 0) as digest from ${sql.table(name)} t`.execute(db);
    digests[name] = found.rows[0]!.digest;
  }
  return digests;
};
