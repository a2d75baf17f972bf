import { type RawBuilder, sql } from "kysely";
import { eventCounts } from "../counters/count.ts";
import { localDay } from "../lib/time/local-time.ts";
import { type Count, COUNTS } from "./dossier-count.ts";

/** Relations for a FROM clause: dossiers `d` as in the table, and their pauses `p` with the days `from_on` and `to_on`. */
export interface CountedDossiers {
  readonly dossiers: RawBuilder<unknown>;
  readonly pauses: RawBuilder<unknown>;
  /** 1 adds the dossiers to the counters, -1 subtracts them. */
  readonly sign: 1 | -1;
}

export const pauseColumns = sql`p.province_id, p.source_id, p.code, p.is_late,
  ${localDay(sql`p.from_at`)} as from_on, ${localDay(sql`p.to_at`)} as to_on`;

const yes = (condition: RawBuilder<unknown>) => sql`(${condition})::int`;

const row = (from: RawBuilder<unknown>, day: RawBuilder<unknown>, sign: number, values: Partial<Record<Count, RawBuilder<unknown>>>) => sql`
  select d.province_id, d.unit_id, d.slot, d.field_id, ${day} as day, ${eventCounts(COUNTS, sql.lit(sign), values)}
  from ${from}`;

/** A dossier is overdue from the day after its due day until it ends, except while it is paused. */
const overdueFrom = sql`d.due_on + 1`;
const isOverdueBeforeEnd = sql`d.due_on is not null and (d.ended_on is null or ${overdueFrom} < d.ended_on)`;
const pausedFrom = sql`greatest(p.from_on, d.received_on)`;
const pausedTo = sql`least(p.to_on, d.ended_on)`;
const pausedOverdueFrom = sql`greatest(p.from_on, d.received_on, ${overdueFrom})`;

/** Counts of a dossier on the day of its receipt. */
const RECEIVED = {
  receivedDirect: yes(sql`d.channel = 1`),
  receivedOnline: yes(sql`d.channel = 2`),
  receivedPostal: yes(sql`d.channel = 3`),
  fullReceived: yes(sql`d.is_full`),
  fullOnline: yes(sql`d.is_full and d.channel = 2`),
  feeReceived: yes(sql`d.has_fee`),
  feePaidOnline: yes(sql`d.has_fee and coalesce(d.paid_online, false)`),
};

/** Counts of a dossier on the day on which it ends. */
const ENDED = {
  resolvedEarly: yes(sql`d.outcome = 1`),
  resolvedOnTime: yes(sql`d.outcome = 2`),
  resolvedOverdue: yes(sql`d.outcome = 3`),
  withdrawn: yes(sql`d.outcome = 4`),
  stopped: yes(sql`d.outcome = 5`),
  closedLate: yes(sql`d.outcome >= 4 and coalesce(d.ended_on > d.due_on, false)`),
  pastDue: sql`-${yes(isOverdueBeforeEnd)}`,
  workingDays: sql`coalesce(d.working_days, 0)`,
  electronicResults: yes(sql`d.outcome <= 3 and coalesce(d.electronic_result, false)`),
  digitalResults: yes(sql`d.outcome <= 3 and coalesce(d.electronic_result, false) and coalesce(d.digitised, false)`),
};

/** Returns one row (province, unit, slot, field, day, counts) for each event of the dossiers. */
export const dossierEvents = ({ dossiers, pauses, sign }: CountedDossiers): RawBuilder<unknown> => {
  const received = sql`${dossiers} where d.received_on is not null`;
  const paused = sql`${dossiers} join ${pauses} on p.province_id = d.province_id and p.source_id = d.source_id and p.code = d.code
    where d.received_on is not null and d.pauses > 0`;
  const one = sql`1`;
  const minus = sql`-1`;
  const late = yes(sql`p.is_late`);
  return sql`
    ${row(received, sql`d.received_on`, sign, RECEIVED)}
    union all
    ${row(sql`${received} and d.ended_on is not null`, sql`d.ended_on`, sign, ENDED)}
    union all
    ${row(sql`${received} and ${isOverdueBeforeEnd}`, overdueFrom, sign, { pastDue: one })}
    union all
    ${row(sql`${paused} and (${pausedTo} is null or ${pausedFrom} < ${pausedTo})`, pausedFrom, sign, { paused: one, pausedLate: late })}
    union all
    ${row(sql`${paused} and ${pausedFrom} < ${pausedTo}`, pausedTo, sign, { paused: minus, pausedLate: sql`-${late}` })}
    union all
    ${row(
      sql`${paused} and d.due_on is not null and (${pausedTo} is null or ${pausedOverdueFrom} < ${pausedTo})`,
      pausedOverdueFrom,
      sign,
      { pastDue: minus },
    )}
    union all
    ${row(sql`${paused} and d.due_on is not null and ${pausedOverdueFrom} < ${pausedTo}`, pausedTo, sign, { pastDue: one })}`;
};
