import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { countChanges, noteDeltas } from "../counters/count.store.ts";
import { dossierEvents, pauseColumns } from "./dossier-count.event.ts";
import { DOSSIER_RECORDS } from "./dossier-records.ts";

/** Tables of one transaction: the dossiers to update as they were, and their changes of counters. */
const CARRIED = sql.table("carried_dossier");
const DELTAS = sql.table("carried_delta");

/** Memory that each sort or hash may use; a procedure may have hundreds of thousands of dossiers. */
const WORK_MEMORY = "64MB";

/** Values that dossiers copy from their procedure. The limit is not copied, because a due day was promised on receipt. */
const NOW = { field_id: sql`p.field_id`, has_fee: sql`p.has_fee`, is_full: sql`p.service_level = 'FULL'` };
const facts = sql.join(Object.entries(NOW).map(([name, value]) => sql`${value} as ${sql.ref(name)}`));
const isOtherwise = sql`(d.field_id, d.has_fee, d.is_full) is distinct from (${sql.join(Object.values(NOW))})`;

const COUNTED = sql.join(
  [
    ...["province_id", "source_id", "code", "unit_id", "slot", "procedure_id", "channel", "received_on", "ended_on", "due_on"],
    ...["outcome", "working_days", "digitised", "paid_online", "electronic_result", "pauses"],
  ].map((name) => sql.ref(`d.${name}`)),
);

/**
 * Copies field, fee and level of procedures to their dossiers if they differ, and updates the counters. The caller holds the lock of the catalogue, so that no import or
 * retraction runs; counters are locked last, as in imports. @returns the number of dossiers updated.
 */
export const carryToDossiers = async (em: EntityManager, procedures: readonly number[]): Promise<number> => {
  if (procedures.length === 0) return 0;
  const db = em.getKysely();
  await sql`select set_config('work_mem', ${WORK_MEMORY}, true)`.execute(db);
  const ofThese = sql`procedure p where p.id = d.procedure_id and p.id = any(${procedures}::int[]) and ${isOtherwise}`;
  await sql`
    create temporary table ${CARRIED} on commit drop as select ${COUNTED}, d.field_id, d.has_fee, d.is_full from dossier d, ${ofThese}`.execute(
    db,
  );
  await sql`create temporary table ${DELTAS} (like dossier_delta including defaults) on commit drop`.execute(db);
  await sql`analyze ${CARRIED}`.execute(db);
  const noted = { key: randomUUID(), deltas: DELTAS };
  const pauses = sql`(select ${pauseColumns} from dossier_pause p) p`;
  await noteDeltas(em, DOSSIER_RECORDS, noted, [
    dossierEvents({ dossiers: sql`${CARRIED} d`, pauses, sign: -1 }),
    dossierEvents({
      dossiers: sql`(select ${COUNTED}, ${facts} from ${CARRIED} d join procedure p on p.id = d.procedure_id) d`,
      pauses,
      sign: 1,
    }),
  ]);
  const { numAffectedRows } = await sql`
    update dossier d set ${sql.join(Object.entries(NOW).map(([name, value]) => sql`${sql.ref(name)} = ${value}`))} from ${ofThese}`.execute(
    db,
  );
  await countChanges(em, DOSSIER_RECORDS, noted);
  await sql`drop table ${CARRIED}, ${DELTAS}`.execute(db);
  return Number(numAffectedRows ?? 0);
};
