import { type Hierarchy, memberIn, type Slice } from "./hierarchy.ts";

/** Higher than any hierarchy. */
const MOST_STEPS = 10;

/** Returns the smallest members of another slice that may hold territory of a unit, as Unit.correspondence does. */
export const correspondentsOf = (hierarchy: Hierarchy, unitNo: number, slice: Slice): number[] => {
  let leaves: Set<number> = new Set();
  for (let start: number | null = unitNo, steps = 0; start !== null && leaves.size === 0 && steps < MOST_STEPS; steps++) {
    leaves = leavesOf(hierarchy, start, slice);
    start = lastParent(hierarchy, start) ?? firstParent(hierarchy, start);
  }
  const above = new Set<number>();
  for (const leaf of leaves) for (let at = slice.parents[leaf]!; at >= 0 && !above.has(at); at = slice.parents[at]!) above.add(at);
  return [...leaves].filter((leaf) => !above.has(leaf));
};

const leavesOf = (hierarchy: Hierarchy, start: number, slice: Slice): Set<number> => {
  const leaves = new Set<number>();
  const reached = new Set([start]);
  for (const unit of reached) {
    const member = memberIn(slice, unit);
    if (member >= 0) leaves.add(member);
    else for (const next of followed(hierarchy, unit, slice)) reached.add(next);
  }
  return leaves;
};

const followed = (hierarchy: Hierarchy, unit: number, { from }: Slice): readonly number[] => {
  const [began, ended] = [hierarchy.beganOn(unit), hierarchy.endedOn(unit)];
  if (ended <= from) {
    const successors = hierarchy.stepsFrom(unit);
    if (successors.length > 0) return successors.map(({ successor }) => successor);
    const last = hierarchy.before(ended);
    const under = last.under[memberIn(last, unit)]?.map((member) => last.members[member]!).filter(({ tier }) => tier !== null);
    return under?.length ? under.map(({ unitNo }) => unitNo) : asList(lastParent(hierarchy, unit));
  }
  const predecessors = hierarchy.stepsTo(unit);
  if (began <= from) return [];
  return predecessors.length > 0 ? predecessors.map(({ predecessor }) => predecessor) : asList(firstParent(hierarchy, unit));
};

const asList = (unit: number | null): readonly number[] => (unit === null ? [] : [unit]);

const lastParent = (hierarchy: Hierarchy, unit: number) => parentIn(hierarchy.before(hierarchy.endedOn(unit)), unit);
const firstParent = (hierarchy: Hierarchy, unit: number) => parentIn(hierarchy.on(hierarchy.beganOn(unit)), unit);
const parentIn = (slice: Slice, unit: number): number | null => slice.members[memberIn(slice, unit)]?.parentNo ?? null;
