import type { RequestContext } from "../access/request-context.ts";
import { fromHierarchy } from "../hierarchy/unit.loaders.ts";
import type { EvidenceKind, UnitView, UnitViews } from "../hierarchy/unit-view.ts";
import type { Day } from "../lib/time/date.ts";

/** A member by number as of a day; if it did not exist then, as of the last day of the assessed year, or its own. */
export type MemberUnits = (no: number, lastOfYear: Day) => UnitView | null;

const membersOn = (units: UnitViews, asOf: Day): MemberUnits => {
  const on = (no: number, day: Day | null) => (day === null ? null : units.on({ no, asOf: day }));
  return (no, lastOfYear) => on(no, asOf) ?? on(no, lastOfYear) ?? on(no, units.hierarchy.lifeOf(no).lastDay);
};

export const memberLoaders = (context: Pick<RequestContext, "hierarchy">, evidence: EvidenceKind) => ({
  membersOn: fromHierarchy(context, evidence, membersOn),
});
