import { type RawBuilder, sql } from "kysely";
import { coveredUnits } from "../access/scope.ts";
import type { Grant } from "../access/viewer.ts";
import { BadUserInput } from "../lib/errors.ts";
import { MAX_FIRST, type Page, pageOf, type Position } from "../lib/page.ts";
import { addDays, type Day, epochDay } from "../lib/time/date.ts";
import { localDay } from "../lib/time/local-time.ts";
import type { DossierCondition } from "./dossier.filter.ts";
import { dossierColumns, type DossierView } from "./dossier.loaders.ts";

/**
 * Up to this number of units, the newest dossiers are read unit by unit; above it, dossiers of all units are read from the newest on, because matches are then frequent
 * enough to fill the page soon.
 */
const FEW_UNITS = 2000;

const FIRST_DAY: Day = "0001-01-01";
const LAST_DAY: Day = "9999-12-31";
const dayRank = (day: Day): number => epochDay(day) - epochDay(FIRST_DAY);

/** Lists are sorted by day descending, then by source and code, both descending. */
export const positionOf = ({ datedOn, sourceNo, code }: DossierView): Position => ({ rank: dayRank(datedOn), text: `${sourceNo}:${code}` });

/** Rows after a position; for the first page the greatest possible position. */
interface Following {
  readonly first: number;
  readonly day: Day;
  readonly sourceNo: number;
  readonly code: string;
}

/** Texts of days sort as days; these two sort before and after all days. */
const EVER = "-infinity";
const NEVER = "infinity";
const MAX_SOURCE = 2_147_483_647;

/** @throws BadUserInput for `first` outside 1..1000 and for an unknown cursor. */
export const dossierPage = (first: number, after: string | null | undefined): Page & { readonly from: Following } => {
  const page = pageOf(first, after, dayRank(LAST_DAY));
  if (page.after === null) return { ...page, from: { first, day: NEVER, sourceNo: MAX_SOURCE, code: "" } };
  const match = /^(\d{1,9}):(.+)$/s.exec(page.after.text);
  if (!match) throw new BadUserInput("after", after, "must be a cursor that this list returned");
  return { ...page, from: { first, day: addDays(FIRST_DAY, page.after.rank), sourceNo: Number(match[1]), code: match[2]! } };
};

export interface DossierList {
  readonly grants: readonly Grant[];
  readonly condition: DossierCondition;
}

/** A subquery makes PostgreSQL hash the set once; the planner would underestimate a join. */
const isAmong = (unit: RawBuilder<unknown>, set: RawBuilder<unknown>) => sql`coalesce(${unit} in (select unit_id from ${set}), false)`;

/** Relation `unit_set`: the requested units that the viewer may see. */
const unitSet = ({ grants, condition: { within } }: DossierList) => sql`
  covered as materialized (${coveredUnits(grants)}),
  unit_set as materialized (${
    within === null
      ? sql`select unit_id from covered`
      : sql`select c.unit_id from contribution c where c.edition_id = ${within.editionId} and c.target_id = ${within.unitNo} and c.certain
          and ${isAmong(sql`c.unit_id`, sql`covered`)}`
  })`;

/** Relation `place`: the provinces with dossiers of the units, as recorded by imports. */
const places = (list: DossierList) => sql`${unitSet(list)},
  place as materialized (
    select distinct r.province_id, r.unit_id from record_unit r where r.kind = 'DOSSIERS' and ${isAmong(sql`r.unit_id`, sql`unit_set`)}
  ),
  size as materialized (select count(*) <= ${sql.lit(FEW_UNITS)} as is_small from place)`;

/** timelinessOn in SQL: the timeliness of dossier `d` at the end of the day. */
const timeliness = (day: Day): RawBuilder<string | null> => sql`case
  when d.received_on is null or d.received_on > ${day}::date then null
  when d.ended_on <= ${day}::date and d.outcome is not null then coalesce((array['EARLY', 'ON_TIME', 'OVERDUE'])[d.outcome], 'ENDED_WITHOUT_RESULT')
  when d.pauses > 0 and exists (
    select from dossier_pause p where p.province_id = d.province_id and p.source_id = d.source_id and p.code = d.code
      and ${localDay(sql`p.from_at`)} <= ${day}::date and (p.to_at is null or ${localDay(sql`p.to_at`)} > ${day}::date)) then 'PAUSED'
  when d.due_on < ${day}::date then 'OVERDUE'
  else 'NOT_DUE' end`;

/** Combines conditions into one value, which the planner estimates at half of the rows; separate conditions would seem far too selective. */
const allOf = (condition: RawBuilder<unknown>): RawBuilder<boolean> => sql`coalesce((${condition}), false)`;

/** The text does not depend on the filter, so that PostgreSQL plans it once. */
const matches = ({ condition: one }: DossierList): RawBuilder<boolean> =>
  allOf(sql`
  (${one.received?.from ?? null}::date is null or d.received_on between ${one.received?.from ?? null}::date and ${one.received?.to ?? null}::date)
  and (${one.resolved?.from ?? null}::date is null
    or d.ended_on between ${one.resolved?.from ?? null}::date and ${one.resolved?.to ?? null}::date and d.outcome <= 3)
  and (${one.procedureNo}::int is null or d.procedure_id = ${one.procedureNo}::int)
  and (${one.fieldNo}::int is null or d.field_id = ${one.fieldNo}::int)
  and (${one.channel}::smallint is null or d.channel = ${one.channel}::smallint)
  and (${one.states}::smallint[] is null or d.state = any(${one.states}::smallint[]))
  and (${one.timeliness}::text[] is null or ${timeliness(one.today)} = any(${one.timeliness}::text[]))`);

/**
 * Bounds for the index scans: a dossier is dated on its day of receipt and never resolved before it. Bare values, because row-level security lets no other expression reach
 * an index; row comparisons, because the planner underestimates a range of days.
 */
const between = (
  { condition: { received, resolved } }: DossierList,
  { day, sourceNo, code }: Omit<Following, "first">,
): RawBuilder<boolean> => {
  const last = [received?.to ?? NEVER, resolved?.to ?? NEVER].reduce((a, b) => (a < b ? a : b));
  const [upTo, source, before] = last < day ? [last, MAX_SOURCE, ""] : [day, sourceNo, code];
  return sql`((d.dated_on, d.source_id) >= (${received?.from ?? EVER}::date, 0)
    and (d.dated_on, d.source_id, d.code) < (${upTo}::date, ${source}::int, ${before}::text))`;
};

const order = sql`dated_on desc, source_id desc, code desc`;

/** Reads one row more than the page. Literal limits show the planner that few rows are read. */
export const pageOfDossiers = (list: DossierList, following: Following) => {
  const [most, limit] = [sql.lit(MAX_FIRST + 1), following.first + 1];
  const wanted = sql`${between(list, following)} and ${matches(list)}`;
  return sql<DossierView>`
    with ${places(list)},
    found as (
      select near.* from (select * from place where (select is_small from size)) one cross join lateral (
        select * from (
          select d.* from dossier d where d.province_id = one.province_id and d.unit_id = one.unit_id and ${wanted} order by ${order} limit ${most}
        ) newest limit ${limit}
      ) near
      union all
      select * from (select * from (
        select d.* from dossier d where (select not is_small from size) and ${isAmong(sql`d.unit_id`, sql`unit_set`)} and ${wanted}
        order by ${order} limit ${most}
      ) newest limit ${limit}) far
    )
    select ${dossierColumns} from found d order by ${order} limit ${limit}`;
};

export const countOfDossiers = (list: DossierList) => {
  const wanted = sql`${between(list, { day: NEVER, sourceNo: MAX_SOURCE, code: "" })} and ${matches(list)}`;
  return sql<{ total: number }>`
    with ${places(list)}
    select (coalesce((select sum(near.total) from (select * from place where (select is_small from size)) one cross join lateral (
        select count(*) as total from dossier d where d.province_id = one.province_id and d.unit_id = one.unit_id and ${wanted}) near), 0)
      + (select count(*) from dossier d where (select not is_small from size) and ${isAmong(sql`d.unit_id`, sql`unit_set`)} and ${wanted}))::int as total`;
};

/** For tables distributed over several nodes: Citus does not support a lateral join with a limit, so all nodes return their newest rows at once. */
export const pageOverNodes = (list: DossierList, following: Following) => sql<DossierView>`
  with ${unitSet(list)}
  select ${dossierColumns} from dossier d where d.unit_id in (select unit_id from unit_set) and ${between(list, following)} and ${matches(list)}
  order by ${order} limit ${following.first + 1}`;

export const countOverNodes = (list: DossierList) => sql<{ total: number }>`
  with ${unitSet(list)}
  select count(*)::int as total from dossier d
  where d.unit_id in (select unit_id from unit_set) and ${between(list, { day: NEVER, sourceNo: MAX_SOURCE, code: "" })} and ${matches(list)}`;
