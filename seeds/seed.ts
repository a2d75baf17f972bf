import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { recordChange } from "../src/access/audit.ts";
import { rowsOf } from "../src/db/reader.ts";
import { loadReports } from "../src/figures/report-load.service.ts";
import { readReports } from "../src/figures/report.ts";
import { dayOf } from "../src/time/date.ts";
import { readWorkCalendar } from "../src/time/work-calendar-file.ts";
import { makeContributions } from "../src/units/contribution.service.ts";
import { editionsOf } from "../src/units/edition.ts";
import { readUnitFiles } from "../src/units/unit-file.ts";
import { loadUnits } from "../src/units/unit-load.service.ts";

const SEEDS = new URL("./", import.meta.url);

/**
 * Loads the units and the reports into an empty database, whole or not at all; one that has units is left as it is.
 * `seeds` is the folder with units/ and reports/.
 */
export const loadSeeds = async (em: EntityManager, say: (line: string) => void = () => {}, seeds: URL = SEEDS): Promise<void> => {
  const isLoaded = async (reader: EntityManager) => (await sql`select from unit limit 1`.execute(reader.getKysely())).rows.length > 0;
  await loadCalendar(em, seeds, say);
  if (await isLoaded(em)) return;
  say("reading the units of 2015 to today");
  const units = await readUnitFiles(new URL("units/", seeds));
  const reports = await readReports(new URL("reports/", seeds));
  await em.transactional(async (loading) => {
    await sql`select pg_advisory_xact_lock(hashtext('cchc seed'))`.execute(loading.getKysely());
    if (await isLoaded(loading)) return;
    say(`loading ${units.versions.length} versions of units and ${units.successions.length} successions`);
    await loadUnits(loading, units);
    say(`loading ${reports.figures.length} figures of ${reports.sources.length} reports`);
    await loadReports(loading, reports);
    await recordChange(loading, {
      ...{
        actor: "command:seeds",
        actorName: "seeds",
        operation: "load seeds",
        unitNo: await country(loading),
        subject: null,
        at: new Date(),
      },
      before: null,
      after: {
        files: await digestsOf(seeds),
        versions: units.versions.length,
        reports: reports.sources.length,
        figures: reports.figures.length,
      },
    });
    say("working out what every unit contributes to today's hierarchy");
    await makeContributions(loading, await editionsOf(rowsOf(loading), [dayOf(new Date())]));
  });
};

/** The work calendar, where none is there yet: a database of before has none. */
const loadCalendar = async (em: EntityManager, seeds: URL, say: (line: string) => void): Promise<void> => {
  const { rows } = await sql`select from work_calendar_day limit 1`.execute(em.getKysely());
  if (rows.length > 0) return;
  const days = await readWorkCalendar(new URL("work-calendar.csv", seeds));
  say(`loading ${days.length} days of the work calendar`);
  await sql`
    insert into work_calendar_day (day, kind, status) select * from unnest(${days.map(({ day }) => day)}::date[], ${days.map(({ kind }) => kind)}::text[],
      ${days.map(({ status }) => status)}::text[]) on conflict do nothing`.execute(em.getKysely());
};

const FILES = ["units/unit-versions.csv", "units/successions.csv", "units/editions.csv", "reports/sources.csv", "reports/figures.csv"];

/** SHA-256 of what was loaded, by file. */
const digestsOf = async (seeds: URL): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(
      FILES.map(
        async (file) =>
          [
            file,
            createHash("sha256")
              .update(await readFile(new URL(file, seeds)))
              .digest("hex"),
          ] as const,
      ),
    ),
  );

const country = async (em: EntityManager): Promise<number> =>
  (await sql<{ id: number }>`select unit_id as id from unit_version where tier = 'COUNTRY' limit 1`.execute(em.getKysely())).rows[0]!.id;
