import { type EntityManager, IsolationLevel } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { rowsOf } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import { isCurrent } from "../hierarchy/rollup-version.store.ts";
import { counted } from "../figures/evidence.ts";
import type { RecordEvidence } from "../counters/records.service.ts";
import { cellDayOf } from "./rollup-set.loader.ts";
import { ownKey } from "./rollup-build.service.ts";
import { readSet, type SetKey, storeSet } from "./rollup.service.ts";

const PARTS = ["dossier_rollup", "task_rollup", "service_rollup", "rollup_knowledge", "rollup_source"] as const;

const AT_ONCE = 20;

type Stored = SetKey & { readonly setId: number };

/** Passes the result out of a transaction that is rolled back. */
class Found extends Error {
  readonly wrong: number;

  constructor(wrong: number) {
    super("the transaction is rolled back");
    this.wrong = wrong;
  }
}

/** Builds the stored roll-ups of published data for ended days again (all, or a random sample), compares them and rolls back. @returns the number of sets that differ. */
export const recountRollups = async (em: EntityManager, records: RecordEvidence, today: Day, sample: number | null): Promise<number> => {
  const stored = await storedSets(em, today, sample);
  let wrong = 0;
  for (let done = 0; done < stored.length; done += AT_ONCE) wrong += await wrongAmong(em, records, stored.slice(done, done + AT_ONCE));
  return wrong;
};

/** Returns the sets whose cell day is unchanged; sets with drafts are excluded, because they are few, short-lived and visible to their authors alone. */
const storedSets = async (em: EntityManager, today: Day, sample: number | null): Promise<Stored[]> => {
  const found = await rowsOf(em).rows(sql<Omit<Stored, "cellDay" | "drafts"> & { cellStartsOn: Day; cellEndsBefore: Day | null }>`
    select s.id as "setId", s.edition_id as "editionId", s.cell_edition_id as "cellEditionId", s.period_from as "from", s.period_to as "to", s.recorded, s.counted_to as "countedTo",
      c.starts_on as "cellStartsOn", (select min(n.starts_on) from edition n where n.starts_on > c.starts_on) as "cellEndsBefore"
    from rollup_set s join edition e on e.id = s.edition_id and e.contributed
    join edition c on c.id = s.cell_edition_id and (c.contributed or not s.recorded)
    where s.drafts = '' and least(s.period_to, s.counted_to) < ${today}::date order by random() limit ${sample}::int`);
  return found.flatMap(({ cellStartsOn, cellEndsBefore, ...set }) => {
    const cellDay = cellDayOf(set, set.countedTo);
    const isOfDay = cellStartsOn <= cellDay && (cellEndsBefore === null || cellDay < cellEndsBefore);
    return isOfDay ? [{ ...set, cellDay, drafts: "" }] : [];
  });
};

/** One snapshot, so that concurrent changes cause no difference. */
const wrongAmong = async (em: EntityManager, records: RecordEvidence, sets: readonly Stored[]): Promise<number> => {
  try {
    return await em.fork().transactional(
      async (inside) => {
        const setIds = sets.map(({ setId }) => setId);
        const before = await digests(inside, setIds);
        let wrong = 0;
        for (const set of sets.filter(({ setId }) => before.has(setId))) {
          const again = await storeSet(inside, ownKey(set), await readSet(inside, set, counted([]), records));
          const after = await digests(inside, [again!]);
          if (after.get(again!) !== before.get(set.setId)) wrong++;
        }
        throw new Found(wrong);
      },
      { isolationLevel: IsolationLevel.REPEATABLE_READ },
    );
  } catch (error) {
    if (error instanceof Found) return error.wrong;
    throw error;
  }
};

/** Digests the stored content of each set without its ids; an outdated set has no digest. */
const digests = async (em: EntityManager, setIds: readonly number[]): Promise<ReadonlyMap<number, string>> => {
  const part = (table: string): RawBuilder<unknown> => sql`
    select x.set_id, ${table}::text as part, (to_jsonb(x) - 'set_id' - 'id')::text as content from ${sql.table(table)} x where x.set_id = any(${setIds}::int[])`;
  const rows = await rowsOf(em).rows(sql<{ id: number; digest: string }>`
    select s.id, s.rows || ' ' || coalesce(md5(string_agg(p.part || p.content, chr(10) order by p.part, p.content)), '') as digest
    from rollup_set s left join (${sql.join(PARTS.map(part), sql` union all `)}) p on p.set_id = s.id
    where s.id = any(${setIds}::int[]) and ${isCurrent} group by s.id`);
  return new Map(rows.map(({ id, digest }) => [id, digest]));
};
