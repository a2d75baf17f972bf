import type { DayNumber, HierarchyUnit } from "./hierarchy-content.ts";

/** The hierarchy between two changes of territorial units. Members are numbered from 0 in the order of their codes. An agency is a member if it existed on one of the days. */
export interface Slice {
  readonly from: DayNumber;
  readonly to: DayNumber;
  readonly members: readonly HierarchyUnit[];
  /** Parent of each member; -1 for none. */
  readonly parents: Int32Array;
  /** Direct children of each member, including agencies, by code. */
  readonly under: readonly (readonly number[])[];
  /** Number of members at any depth below each member, itself included. */
  readonly sizes: Int32Array;
  /** Maps internal unit numbers to members; -1 if the unit did not exist. */
  readonly memberOf: Int32Array;
}

const NONE: readonly number[] = [];

export const memberIn = ({ memberOf }: Slice, unitNo: number): number => memberOf[unitNo] ?? -1;

export const sliceOf = (versions: readonly HierarchyUnit[], first: DayNumber, next: DayNumber): Slice => {
  const found = versions.filter(({ from, to }) => from < next && to > first);
  const memberOf = new Int32Array(found.reduce((most, { unitNo }) => Math.max(most, unitNo), 0) + 1).fill(-1);
  // An agency that was renamed within these days is still one member.
  const members = [...new Map(found.map((version) => [version.unitNo, version])).values()];
  for (const [member, { unitNo }] of members.entries()) memberOf[unitNo] = member;
  const parents = Int32Array.from(members, ({ parentNo }) => memberOf[parentNo ?? -1] ?? -1);
  const under: (readonly number[])[] = members.map(() => NONE);
  for (const [member, parent] of parents.entries()) {
    if (parent < 0) continue;
    if (under[parent] === NONE) under[parent] = [member];
    else (under[parent] as number[]).push(member);
  }
  const sizes = new Int32Array(members.length);
  for (const member of members.keys()) for (let at = member; at >= 0; at = parents[at]!) sizes[at]!++;
  return { from: first, to: next, members, parents, under, sizes, memberOf };
};
