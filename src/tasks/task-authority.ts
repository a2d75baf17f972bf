import { coveredAmong } from "../access/grant.ts";
import type { Grant } from "../access/viewer.ts";
import { countryNo } from "../hierarchy/country.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { dayNumber } from "../hierarchy/hierarchy-content.ts";
import { lineageOf } from "../hierarchy/lineage.ts";
import type { Day } from "../lib/time/date.ts";
import type { TaskSide } from "./task-steps.ts";

/** The units that act for the two sides of a task, and whether the caller covers them. */
export interface TaskAuthority {
  readonly leadNo: number;
  /** The assigner, or the unit that stands in for it. */
  readonly assignerNo: number;
  readonly isForLead: boolean;
  readonly isForAssigner: boolean;
  /** True where the lead has ended and no one unit has followed it. */
  readonly isLeadSplit: boolean;
}

/** The country as a grant of today's edition, in the form of a RowScope. */
export const countryEntry = (hierarchy: Hierarchy, today: Day): string =>
  `${countryNo(hierarchy)}:${hierarchy.editionOn(dayNumber(today))!.id}`;

interface Sides {
  readonly leadNo: number;
  readonly assignerNo: number;
}

export const sidesOf = ({ isForLead, isForAssigner }: TaskAuthority): TaskSide[] => [
  ...(isForLead ? (["LEAD"] as const) : []),
  ...(isForAssigner ? (["ASSIGNER"] as const) : []),
];

/** The unit above on the last day of a unit that has ended and that no one unit has followed; null for all others. */
const aboveSplit = (hierarchy: Hierarchy, unitNo: number, today: Day): number | null => {
  const { lastDay } = hierarchy.lifeOf(unitNo);
  if (lastDay === null || lastDay >= today) return null;
  const edition = hierarchy.editionOn(dayNumber(today))!;
  const contributions = lineageOf(hierarchy).contributionsTo(edition, [unitNo]);
  return contributions.some(({ nearest, certain }) => nearest && certain) ? null : hierarchy.versionsOf(unitNo).at(-1)!.parentNo;
};

/** Of a task. For an assigner that has ended and was split, the unit above it on its last day stands in, and so on upwards. */
export const authorityOf = (hierarchy: Hierarchy, grants: readonly Grant[], today: Day, task: Sides): TaskAuthority => {
  const { leadNo } = task;
  let { assignerNo } = task;
  for (let above = aboveSplit(hierarchy, assignerNo, today); above !== null; above = aboveSplit(hierarchy, assignerNo, today))
    assignerNo = above;
  const covered = coveredAmong(hierarchy, grants, [leadNo, assignerNo]);
  return {
    ...{ leadNo, assignerNo, isForLead: covered.has(leadNo), isForAssigner: covered.has(assignerNo) },
    isLeadSplit: aboveSplit(hierarchy, leadNo, today) !== null,
  };
};
