import { type RawBuilder, sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import { coversAny, coveredUnits, rowScope } from "../../access/scope.ts";
import { grantsFor } from "../../access/viewer.ts";
import { oneBy, type Positioned } from "../../database/loader.ts";
import type { Rows } from "../../database/reader.ts";
import { compareCodes } from "../../hierarchy/hierarchy-content.ts";
import type { Hierarchy } from "../../hierarchy/hierarchy.ts";
import { fromHierarchy } from "../../hierarchy/unit.loaders.ts";
import type { UnitView, UnitViews } from "../../hierarchy/unit-view.ts";
import type { Day } from "../../lib/time/date.ts";
import type { CycleStage, StoredDeadline } from "./cycle-vocabulary.ts";

export interface CycleView {
  readonly no: number;
  readonly rubricNo: number;
  readonly organiserNo: number;
  readonly block: { readonly code: string; readonly name: string };
  readonly year: number;
  readonly period: { readonly name: string; readonly from: Day; readonly to: Day };
  readonly stage: CycleStage;
  readonly deadlines: readonly StoredDeadline[];
  readonly memberNos: readonly number[];
  /** Reasons by number of those members that are not ranked. */
  readonly unranked: Readonly<Record<string, string>>;
}

/** Columns of a CycleView; `c` is the cycle, `r` its rubric. */
export const cycleColumns = sql`c.id as no, c.rubric_id as "rubricNo", c.organiser_id as "organiserNo",
  json_build_object('code', r.block_code, 'name', r.block_name) as block, r.year, json_build_object('name', c.period, 'from', c.period_from, 'to', c.period_to) as period,
  c.stage, c.deadlines, c.member_ids as "memberNos", c.unranked`;

/** The day of the view of a unit of a cycle: the last one of the period, today, or that of the unit. */
export const dayOfMember = (hierarchy: Hierarchy, unitNo: number, lastOfPeriod: Day, today: Day): Day => {
  const { firstDay, lastDay } = hierarchy.lifeOf(unitNo);
  const last = lastOfPeriod < today ? lastOfPeriod : today;
  const present = lastDay !== null && lastDay < last ? lastDay : last;
  return firstDay !== null && firstDay > present ? firstDay : present;
};

const membersOf = (units: UnitViews, { memberNos, period }: CycleView, today: Day): UnitView[] =>
  memberNos
    .flatMap((no) => units.on({ no, asOf: dayOfMember(units.hierarchy, no, period.to, today) }) ?? [])
    .toSorted((a, b) => compareCodes(a.code, b.code) || a.no - b.no);

/**
 * What the caller may see of cycles: as a VIEWER and as an ASSESSOR, also of units that have ended. Statements of many rows join the lists `covered` and `assessing`; those of
 * a few rows check each of them, because the lists of a caller on the whole country are long.
 */
export const cycleReading = ({ session, viewer }: Pick<RequestContext, "session" | "viewer">) => {
  const scope = rowScope(viewer, "ASSESSOR");
  const [viewing, assessing] = [grantsFor(viewer, "VIEWER"), grantsFor(viewer, "ASSESSOR")];
  const [few, many] = [session.scoped({ ...scope, isOfFewRows: true }), session.scoped(scope)];
  const reading =
    ({ rows }: Rows) =>
    async <R>(query: RawBuilder<R>): Promise<R[]> =>
      viewing.length === 0 ? [] : rows(query);
  return {
    lists: sql`covered as materialized (${coveredUnits(viewing)}), assessing as materialized (${coveredUnits(assessing)})`,
    isViewed: (units: RawBuilder<unknown>) => coversAny(viewing, units),
    isAssessed: (units: RawBuilder<unknown>) => coversAny(assessing, units),
    /** Of leaf `i`. */
    isLeafAssessed: sql<boolean>`i.appraiser_id in (${coveredUnits(assessing)})`,
    /** Of cycle `c`. */
    isSeen: sql<boolean>`(${coversAny(viewing, sql`c.member_ids || c.organiser_id`)} or ${coversAny(assessing, sql`c.appraiser_ids`)})`,
    ...{ few: reading(few), many: reading(many) },
  };
};

export const numbered = (numbers: readonly number[]) => sql`unnest(${numbers}::int[]) with ordinality k(no, i)`;

/** All loaders read only what the viewer may see. */
export const cycleLoaders = (context: Pick<RequestContext, "session" | "viewer" | "today" | "hierarchy">) => {
  const { isSeen, few } = cycleReading(context);
  const { today } = context;
  return {
    cycleByNo: oneBy<number, CycleView & Positioned>(String, (numbers) =>
      few(sql<CycleView & Positioned>`
        select k.i::int, ${cycleColumns} from ${numbered(numbers)}
        join assessment_cycle c on c.id = k.no join rubric r on r.id = c.rubric_id where ${isSeen}`),
    ),

    /** Units of a cycle that the viewer has seen, by code. */
    membersOf: fromHierarchy(context, "PUBLISHED", (units, cycle: CycleView) => membersOf(units, cycle, today)),
  };
};
