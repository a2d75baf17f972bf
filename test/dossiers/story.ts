import { sql } from "kysely";
import { expect } from "vitest";
import { importDossiers } from "../../src/dossiers/import/dossier-import.service.ts";
import type { ProcedureRow } from "../../src/procedures/procedure-check.ts";
import { SERVICE_LEVELS } from "../../src/procedures/procedure.entity.ts";
import { loadCatalogue } from "../../src/dossiers/catalogue-load.service.ts";
import { retractDossiers } from "../../src/dossiers/import/dossier-retract.service.ts";
import { RequestContext } from "../../src/access/request-context.ts";
import { addDays, type Day, dayOf } from "../../src/lib/time/date.ts";
import { readWorkCalendar } from "../../src/calendar/work-calendar-file.ts";
import type { CalendarDay } from "../../src/calendar/work-calendar.ts";
import type { AgencyKind } from "../../src/hierarchy/unit.entity.ts";
import { Oracle } from "../rollups/oracle.ts";
import { load } from "../rollups/stored-history.ts";
import { type Draw, FIRST, History, type UnitHistory } from "../rollups/random-history.ts";
import { expectRecounted } from "../faults/importing.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { fillCatalogue } from "../support/dossiers.ts";
import { drawAgencies, storeAgencies } from "./random-agencies.ts";
import { chance, drawRanges, LIMITS, numberOf, oneOf, Rows } from "./random-rows.ts";
import { Ledger } from "./ledger.ts";
import { administrator } from "../counters/callers.ts";
import type { Range } from "../counters/record-oracle.ts";
import { Recount } from "../counters/recount.ts";

const DAY = 86_400_000;
export const SOURCES = ["one", "two"];
export const RECORDS = sql`dossier, dossier_pause, dossier_count, dossier_unit_count, dossier_tree_count, record_unit, record_import`;

const dbOf = ({ orm }: TestDatabase) => orm.em.fork().getKysely();

/** A database without units, and the work calendar of the seeds. */
export interface Stage {
  readonly database: TestDatabase;
  readonly seeded: readonly CalendarDay[];
}

export const openStage = async (): Promise<Stage> => {
  const database = await createDatabase("EMPTY");
  await fillCatalogue(database);
  return { database, seeded: await readWorkCalendar(new URL("../../seeds/work-calendar.csv", import.meta.url)) };
};

export const contextAt = async (database: TestDatabase, now: number) =>
  new RequestContext(database.pools, new Date(now), { viewer: await administrator(database, dayOf(new Date(now))) });

export interface Story {
  readonly draw: Draw;
  readonly history: UnitHistory;
  readonly database: TestDatabase;
  readonly oracle: Oracle;
  readonly calendar: readonly CalendarDay[];
  readonly start: Day;
  readonly ledger: Ledger;
  readonly rows: Rows;
  ranges: readonly Range[];
  now: number;
}

/** A random history of units, without records. */
export const drawStory = async (
  { database, seeded }: Stage,
  draw: Draw,
  kinds: readonly AgencyKind[] = ["DEPARTMENT", "VERTICAL_AGENCY"],
): Promise<Story> => {
  const land = new History(draw).play();
  const agencies = drawAgencies(draw, land, kinds);
  const history = { ...land, versions: [...land.versions, ...agencies] };
  await load(database.orm.em.fork(), land);
  await storeAgencies(database.orm.em.fork(), agencies);
  await sql`truncate ${RECORDS}, work_calendar_day`.execute(dbOf(database));
  const calendar = chance(draw, 70) ? seeded : [];
  await sql`
    insert into work_calendar_day (day, kind, status) select * from unnest(${calendar.map(({ day }) => day)}::date[],
      ${calendar.map(({ kind }) => kind)}::text[], ${calendar.map(({ status }) => status)}::text[])`.execute(dbOf(database));
  // About a day on which units changed, often with such days still ahead.
  const near = addDays(oneOf(draw, history.days), numberOf(draw, -150, 60));
  const start = near < FIRST ? FIRST : near;
  const now = Date.parse(`${addDays(start, numberOf(draw, 2, 200))}T00:00:00+07:00`) + numberOf(draw, 0, DAY - 1);
  const oracle = new Oracle(history, [], history.days.at(-1)!);
  return { database, draw, history, oracle, calendar, start, now, ranges: [], ledger: new Ledger(), rows: new Rows(draw, oracle, start) };
};

const send = async ({ database, ledger, rows, draw, now }: Story): Promise<void> => {
  const source = oneOf(draw, SOURCES);
  const context = await contextAt(database, now);
  const sent = ledger.stored(source).map(({ code }) => code);
  if (sent.length > 3 && chance(draw, 20)) {
    const codes = sent.filter(() => chance(draw, 25));
    if (codes.length > 0) await retractDossiers(context, { source, codes, reason: "sent by mistake" });
    ledger.retract(source, codes);
  }
  const batch = rows.batch(source, now);
  const { created, updated, unchanged, stale, rejected, problems } = await importDossiers(context, {
    ...{ source, dossiers: batch, partial: true, dryRun: false },
  });
  expect(
    problems.filter(({ code }) => code !== "CONFLICT"),
    JSON.stringify(batch),
  ).toEqual([]);
  expect({ created, updated, unchanged, stale, rejected }).toEqual(ledger.send(source, batch));
};

const FIELDS: Readonly<Record<string, string>> = { HT: "Hộ tịch", CT: "Chứng thực", DD: "Đất đai", MOI: "Mới" };

/** A procedure gets another field, fee and level, as when a first guess is corrected; its limit stays. */
export const correct = async ({ database, draw, now }: Story): Promise<void> => {
  const code = oneOf(draw, Object.keys(LIMITS));
  const field = oneOf(draw, Object.keys(FIELDS));
  const row: ProcedureRow = {
    ...{ code, name: code, field, fieldName: FIELDS[field]!, competence: "COMMUNE", workingDays: LIMITS[code]! },
    ...{ serviceLevel: oneOf(draw, SERVICE_LEVELS), hasFee: chance(draw, 50) },
  };
  await loadCatalogue(database.orm.em.fork(), [row], { actor: "command:test", actorName: "test", at: new Date(now) });
  await expectRecounted(database);
};

const declare = async (story: Story): Promise<void> => {
  const { database, draw, history, start, now } = story;
  story.ranges = drawRanges(draw, history, start, dayOf(new Date(now)));
  await sql`delete from record_range`.execute(dbOf(database));
  await sql`
    insert into record_range (unit_id, kind, since, through) select u.id, 'DOSSIERS', r.since, r.through
    from unnest(${story.ranges.map(({ unit }) => unit)}::text[], ${story.ranges.map(({ since }) => since)}::date[],
      ${story.ranges.map(({ through }) => through)}::date[]) r(key, since, through) join unit u on u.key = r.key`.execute(dbOf(database));
};

const recountOf = ({ history, oracle, calendar, ledger, ranges }: Story): Recount =>
  new Recount(history, oracle, { dossiers: ledger.all(), ranges, calendar, limits: LIMITS });

/** Plays batches, with a look at random roll-ups after each few of them. */
export const play = async (
  story: Story,
  look: (recount: Recount) => Promise<void>,
  meanwhile: (story: Story) => Promise<void> = async () => undefined,
): Promise<void> => {
  const { draw } = story;
  for (let round = numberOf(draw, 1, 3); round > 0; round--) {
    for (let batch = numberOf(draw, 1, 3); batch > 0; batch--) {
      await send(story);
      await meanwhile(story);
      story.now += numberOf(draw, 0, 40 * DAY);
    }
    await declare(story);
    await look(recountOf(story));
  }
};
