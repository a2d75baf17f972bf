import { type RawBuilder, sql } from "kysely";
import type { RequestContext } from "../access/request-context.ts";
import { coveredBy, grantValues } from "../access/scope.ts";
import { grantsFor } from "../access/viewer.ts";
import type { Rows } from "../database/reader.ts";
import { template } from "../database/template.ts";
import { tracedEdition } from "../hierarchy/edition.ts";
import { inForceOn, validOn } from "../hierarchy/sql.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { BadUserInput } from "../lib/errors.ts";
import type { Day } from "../lib/time/date.ts";
import { unitNamed } from "../units/unit.service.ts";

export const MAX_COORDINATORS = 50;

/** Code or id on the day. @throws BadUserInput naming the argument where there is none. */
export const taskUnitNamed = (context: Pick<RequestContext, "use">, argument: string, name: string, day: Day): Promise<UnitView> =>
  unitNamed(context.use(unitLoaders), argument, name, day);

/** Their numbers. @throws BadUserInput for one that is unknown or given twice. */
export const coordinatorsNamed = async (context: Pick<RequestContext, "use">, names: readonly string[], day: Day): Promise<number[]> => {
  if (names.length > MAX_COORDINATORS)
    throw new BadUserInput("coordinators", names.length, `must contain at most ${MAX_COORDINATORS} units`);
  const units = await Promise.all(names.map((name, n) => taskUnitNamed(context, `coordinators[${n}]`, name, day)));
  const numbers = units.map(({ no }) => no);
  const again = numbers.findIndex((no, n) => numbers.indexOf(no) !== n);
  if (again !== -1) throw new BadUserInput(`coordinators[${again}]`, names[again], "must name each unit once");
  return numbers;
};

/** @throws BadUserInput where the lead is among those who help it. */
export const checkCoordinators = (coordinators: readonly number[], leadNo: number): void => {
  const n = coordinators.indexOf(leadNo);
  if (n !== -1) throw new BadUserInput(`coordinators[${n}]`, "the lead", "must be another unit than the lead");
};

interface Placed {
  /** The unit within which another one must lie. */
  readonly above: number;
  readonly unitNo: number;
  readonly day: Day;
  /** True if an agency counts as the unit that it serves. */
  readonly isServing: boolean;
}

/**
 * Whether a unit lies within another one on a day, whose contributions are stored, or is an agency of what lies within it. What has ended by then is what
 * followed it.
 */
export const isWithinUnit = async (reader: Rows, placed: Placed): Promise<boolean> => (await reader.rows(withinUnit(placed))).length > 0;

type PlacedHoles = Pick<Placed, "isServing"> & Readonly<Record<Exclude<keyof Placed, "isServing">, RawBuilder<unknown>>>;

/** A row where that is so. */
export const withinUnit = ({ above, unitNo, day, isServing }: Placed | PlacedHoles): RawBuilder<unknown> => sql`
    with e as materialized (select id from edition e where ${inForceOn(sql`${day}::date`)}),
    base as materialized (select c.target_id as unit_id from e join contribution c on c.edition_id = e.id and c.unit_id = ${above} and c.nearest and c.certain),
    top as (
      select case when ${isServing}::boolean and v.tier is null then v.parent_id else v.unit_id end as unit_id
      from base b join unit_version v on v.unit_id = b.unit_id and ${validOn(sql`${day}::date`)}
    ),
    placed as (
      select ${unitNo}::int as unit_id
      union all
      select v.parent_id from unit_version v where v.unit_id = ${unitNo} and v.tier is null and ${validOn(sql`${day}::date`)}
    )
    select from e, top t, placed p
    join contribution c on c.unit_id = p.unit_id and c.certain where c.edition_id = e.id and c.target_id = t.unit_id limit 1`;

interface Assigning {
  readonly assignerNo: number;
  readonly leadNo: number;
  readonly assignedOn: Day;
}

const RIGHTS = ["units", "editions", "assignerNo", "leadNo", "assignedOn"] as const;
const rightsOf = template<{ readonly isOfficer: boolean; readonly isWithin: boolean }, (typeof RIGHTS)[number]>(RIGHTS, (v) => {
  const isOfficer = coveredBy({ units: v.units, editions: v.editions }, sql`${v.assignerNo}::int`);
  const isWithin = withinUnit({ above: v.assignerNo, unitNo: v.leadNo, day: v.assignedOn, isServing: false });
  return sql`select ${isOfficer} as "isOfficer", exists (${isWithin}) as "isWithin"`;
});

/** Whether the caller is an officer of the assigner, and whether the lead lies within it. */
export const assigningRights = async (
  context: Pick<RequestContext, "session" | "hierarchy" | "viewer">,
  { assignerNo, leadNo, assignedOn }: Assigning,
): Promise<{ readonly isOfficer: boolean; readonly isWithin: boolean }> => {
  await tracedEdition(context, assignedOn);
  const { units, editions } = grantValues(grantsFor(context.viewer, "OFFICER"));
  const [rights] = await context.session.rows(rightsOf({ units, editions, assignerNo, leadNo, assignedOn }));
  return rights!;
};
