import { sql } from "kysely";
import { oneAtATime } from "../database/one-at-a-time.ts";
import type { Reader } from "../database/reader.ts";
import { enterScope, PUBLIC_SCOPE } from "../database/row-scope.ts";
import type { Day } from "../lib/time/date.ts";
import { ensureContributions } from "../hierarchy/contribution.service.ts";
import { lockCounters, renewTrees } from "./count.store.ts";
import { editionDayOn } from "../hierarchy/sql.ts";
import { recordKinds } from "./record-kinds.ts";

/** Builds the trees of editions in force on the day or later; trees of other editions are built on first read. */
export const ensurePresentTrees = async (reader: Reader, today: Day): Promise<void> => {
  const missing = await reader.rows(sql<{ id: number }>`
    select id from edition where not records_counted and starts_on >= ${editionDayOn(sql`${today}`)} order by id`);
  await ensureCounted(
    reader,
    missing.map(({ id }) => id),
  );
};

/**
 * Builds the trees of the editions that have none; each import maintains them from then on. Concurrent callers build a tree once, and a change of units marks it for
 * another build.
 */
export const ensureCounted = async (reader: Reader, editionIds: readonly number[]): Promise<void> => {
  if (editionIds.length === 0) return;
  await ensureContributions(reader, editionIds);
  await reader.build((em, turn) =>
    oneAtATime(
      em,
      () =>
        em.transactional(async (locked) => {
          await enterScope(locked, PUBLIC_SCOPE);
          await lockCounters(locked);
          // A change of units locks these rows until contributions are rebuilt.
          const { rows } = await sql<{ id: number }>`
            select id from edition where id = any(${editionIds}::int[]) and not records_counted order by id for update`.execute(
            locked.getKysely(),
          );
          if (rows.length === 0) return;
          const missing = rows.map(({ id }) => id);
          for (const rules of recordKinds()) await renewTrees(locked, rules, missing);
          await sql`update edition set records_counted = true where id = any(${missing}::int[])`.execute(locked.getKysely());
        }),
      turn,
    ),
  );
};
