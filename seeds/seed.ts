import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { recordChange } from "../src/journal/audit.ts";
import { rowsOf } from "../src/database/reader.ts";
import { readProcedureFile } from "../src/procedures/procedure-file.ts";
import { addProcedures, lockProcedures } from "../src/procedures/procedure-load.service.ts";
import { insertCalendarDays } from "../src/calendar/work-calendar.service.ts";
import { loadReports } from "../src/reports/files/report-load.service.ts";
import { readReports } from "../src/reports/files/report.ts";
import { dayOf } from "../src/lib/time/date.ts";
import { readWorkCalendar } from "../src/calendar/work-calendar-file.ts";
import { countryNo } from "../src/hierarchy/country.ts";
import { heldHierarchy } from "../src/hierarchy/current-hierarchy.ts";
import { makeContributions } from "../src/hierarchy/contribution.service.ts";
import { editionsOf } from "../src/hierarchy/edition.ts";
import { readUnitFiles } from "../src/hierarchy/unit-file.ts";
import { loadUnits } from "../src/hierarchy/unit-load.service.ts";

const SEEDS = new URL("./", import.meta.url);

/**
 * Loads units, reports, the work calendar and the catalogue of procedures into an empty database, atomically. A database with units only gets a missing work calendar and
 * catalogue. `seeds` is the folder with units/, reports/ and these files.
 */
export const loadSeeds = async (em: EntityManager, say: (line: string) => void = () => {}, seeds: URL = SEEDS): Promise<void> => {
  if (await hasRows(em, "unit")) {
    await loadCalendarAlone(em, say, seeds);
    return loadCatalogueAlone(em, say, seeds);
  }
  say("reading the units of 2015 to today");
  // The short files first: a mistake in one of them is found at once.
  const calendar = await readWorkCalendar(new URL(CALENDAR, seeds));
  const procedures = await readProcedureFile(new URL(CATALOGUE, seeds));
  const reports = await readReports(new URL("reports/", seeds));
  const units = await readUnitFiles(new URL("units/", seeds));
  await em.transactional(async (loading) => {
    await lockSeeds(loading);
    if (await hasRows(loading, "unit")) return;
    say(`loading ${units.versions.length} versions of units and ${units.successions.length} successions`);
    await loadUnits(loading, units);
    say(`loading ${reports.figures.length} figures of ${reports.sources.length} reports`);
    await loadReports(loading, reports);
    await insertCalendarDays(loading, calendar);
    await addProcedures(loading, procedures);
    await record(loading, {
      files: await digestsOf(seeds, FILES),
      versions: units.versions.length,
      reports: reports.sources.length,
      figures: reports.figures.length,
      calendarDays: calendar.length,
      procedures: procedures.length,
    });
    say("computing the contributions of every unit to today's hierarchy");
    await makeContributions(loading, await editionsOf(rowsOf(loading), [dayOf(new Date())]));
  });
};

/** For a database of a version without the calendar. */
const loadCalendarAlone = async (em: EntityManager, say: (line: string) => void, seeds: URL): Promise<void> => {
  if (await hasRows(em, "work_calendar_day")) return;
  const calendar = await readWorkCalendar(new URL(CALENDAR, seeds));
  await em.transactional(async (loading) => {
    await lockSeeds(loading);
    if (await hasRows(loading, "work_calendar_day")) return;
    say(`loading ${calendar.length} days of the work calendar`);
    await insertCalendarDays(loading, calendar);
    await record(loading, { files: await digestsOf(seeds, [CALENDAR]), calendarDays: calendar.length });
  });
};

/** For a database of a version without the catalogue; an existing catalogue belongs to its users. */
const loadCatalogueAlone = async (em: EntityManager, say: (line: string) => void, seeds: URL): Promise<void> => {
  if (await hasRows(em, "procedure")) return;
  const procedures = await readProcedureFile(new URL(CATALOGUE, seeds));
  await em.transactional(async (loading) => {
    await lockSeeds(loading);
    await lockProcedures(loading);
    if (await hasRows(loading, "procedure")) return;
    say(`loading a catalogue of ${procedures.length} procedures`);
    await addProcedures(loading, procedures);
    await record(loading, { files: await digestsOf(seeds, [CATALOGUE]), procedures: procedures.length });
  });
};

const hasRows = async (em: EntityManager, table: "unit" | "work_calendar_day" | "procedure"): Promise<boolean> =>
  (await sql`select from ${sql.table(table)} limit 1`.execute(em.getKysely())).rows.length > 0;

const lockSeeds = (em: EntityManager) => sql`select pg_advisory_xact_lock(hashtext('cchc seed'))`.execute(em.getKysely());

const record = async (em: EntityManager, after: object): Promise<void> =>
  recordChange(em, {
    ...{ actor: "command:seeds", actorName: "seeds", operation: "load seeds", subject: null, at: new Date() },
    ...{ unitNo: countryNo(await heldHierarchy(em)), before: null, after },
  });

const CALENDAR = "work-calendar.csv";
const CATALOGUE = "procedures.csv";
const FILES = [
  ...["units/unit-versions.csv", "units/successions.csv", "units/editions.csv", "reports/sources.csv", "reports/figures.csv"],
  CALENDAR,
  CATALOGUE,
];

/** SHA-256 of the loaded content by file. */
const digestsOf = async (seeds: URL, files: readonly string[]): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(
      files.map(
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
