import { pageOf } from "../lib/page.ts";
import type { Reference } from "../access/reference.ts";
import { parseKnownDay } from "../lib/time/date.ts";
import { lineageOf } from "../hierarchy/lineage.ts";
import { memberIn, type Slice } from "../hierarchy/slice.ts";
import { dayNumber, type HierarchyUnit } from "../hierarchy/hierarchy-content.ts";
import type { Tier, UnitKind } from "../hierarchy/unit.entity.ts";
import { readUnitReference, type ReferencedUnit } from "./unit.reference.ts";
import type { Arguments, Place } from "../module/cost/field-cost.ts";
import { distinct, type Effort, ledTo, type Leads, NO_UNITS, sizesOf, together, type UnitSet } from "../module/cost/unit-set.ts";

interface Filter {
  readonly tier?: Tier | null;
  readonly kinds?: readonly UnitKind[] | null;
}

const selects =
  ({ tier, kinds }: Filter, agencies: boolean) =>
  (member: HierarchyUnit): boolean =>
    (tier == null || member.tier === tier) && (kinds == null ? agencies || member.tier !== null : kinds.includes(member.kind));

/** @throws BadUserInput like the field itself. */
const asOfDay = (asOf: unknown): number | null => (asOf == null ? null : dayNumber(parseKnownDay("asOf", asOf as string)));

export const unitField = ({ hierarchy, today }: Place, { code, id, asOf }: Arguments): UnitSet => {
  if ((code == null) === (id == null)) return NO_UNITS;
  const found = hierarchy.find(code == null ? { id: id as string } : { code: code as string }, asOfDay(asOf), dayNumber(today));
  return found ? together([found]) : NO_UNITS;
};

const meantBy = (reference: Reference): ReferencedUnit | null => {
  try {
    return readUnitReference(reference);
  } catch {
    return null;
  }
};

/** Invalid and unknown references add no unit and do not affect the others. */
export const referencedUnits = ({ hierarchy, today }: Place, references: readonly Reference[]): UnitSet =>
  together(
    references.flatMap((reference): [Slice, number][] => {
      const meant = meantBy(reference);
      if (!meant) return [];
      const found = hierarchy.find(meant.id === null ? { code: meant.code! } : { id: meant.id }, asOfDay(meant.asOf), dayNumber(today));
      return found ? [found] : [];
    }),
  );

export const parentField = (units: UnitSet, { effort }: Place): UnitSet =>
  ledTo(units, effort, (slice, member, reach) => {
    if (slice.parents[member]! >= 0) reach(slice, slice.parents[member]!);
  });

export const ancestorsField = (units: UnitSet, { effort }: Place): UnitSet =>
  ledTo(units, effort, (slice, member, reach) => {
    for (let at = slice.parents[member]!; at >= 0; at = slice.parents[at]!) reach(slice, at);
  });

export const childrenField = (units: UnitSet, { effort }: Place, args: Arguments): UnitSet => {
  const isSelected = selects(args, false);
  return ledTo(units, effort, (slice, member, reach) => {
    for (const child of slice.under[member]!) if (isSelected(slice.members[child]!)) reach(slice, child);
  });
};

/** Descendants of a member, by code. */
const below = (slice: Slice, member: number, effort: Effort): number[] => {
  const found = [...slice.under[member]!];
  // The loop also visits members that it adds.
  for (const one of found) found.push(...slice.under[one]!);
  effort.spend(found.length);
  return found.toSorted((a, b) => a - b);
};

/** The order of PostgreSQL's collation C. */
const isAfter = (code: string, other: string): boolean => Buffer.compare(Buffer.from(code), Buffer.from(other)) > 0;

/** @throws BadUserInput for a page that the field refuses. */
const pageAsked = ({ first, after }: Arguments) => pageOf((first as number | null) ?? 50, after as string | null);

export const descendantsField = (units: UnitSet, { effort }: Place, args: Arguments): UnitSet => {
  const { first, after } = pageAsked(args);
  const isSelected = selects(args, false);
  const leads: Leads = (slice, member, reach) => {
    let left = first;
    for (const one of below(slice, member, effort)) {
      if (!isSelected(slice.members[one]!) || (after && after.rank === 0 && !isAfter(slice.members[one]!.code, after.text))) continue;
      if (left-- === 0) break;
      reach(slice, one);
    }
  };
  return ledTo(units, effort, leads);
};

/** Number of units that the search of a list reads: all units of its day, or those within one. */
export const unitsLookedThrough = ({ hierarchy, today }: Place, args: Arguments): number => {
  const day = asOfDay(args["asOf"]) ?? dayNumber(today);
  const slice = hierarchy.on(day);
  const within = (args["within"] as string | null | undefined) ?? null;
  if (within === null || args["search"] != null) return slice.members.length;
  const scope = hierarchy.find({ code: within }, day, day) ?? hierarchy.find({ id: within }, day, day);
  return scope ? sizesOf(slice)[scope[1]]! : 0;
};

/** The units of a page: the first ones in order, or any of the candidates if only names decide. */
export const unitsField = ({ hierarchy, today, effort }: Place, args: Arguments): UnitSet => {
  const { first, after } = pageAsked(args);
  const day = asOfDay(args["asOf"]) ?? dayNumber(today);
  const slice = hierarchy.on(day);
  const within = (args["within"] as string | null | undefined) ?? null;
  const scope = within === null ? null : (hierarchy.find({ code: within }, day, day) ?? hierarchy.find({ id: within }, day, day));
  if (within !== null && !scope) return NO_UNITS;
  const codes = args["codes"] as readonly string[] | null | undefined;
  const ranks = codes && new Map(codes.map((code, n) => [code, n + 1] as const).toReversed());
  const isSelected = selects(args, true);
  const placed = scope ? below(slice, scope[1], effort) : [...slice.members.keys()];
  effort.spend(placed.length);
  const listed = placed.filter((member) => isSelected(slice.members[member]!) && (!ranks || ranks.has(slice.members[member]!.code)));
  if (args["search"] != null) return distinct(slice, listed, first);
  const rank = (member: number) => ranks?.get(slice.members[member]!.code) ?? 0;
  const ordered = ranks ? listed.toSorted((a, b) => rank(a) - rank(b) || a - b) : listed;
  const start = after
    ? ordered.findIndex((one) => rank(one) > after.rank || (rank(one) === after.rank && isAfter(slice.members[one]!.code, after.text)))
    : 0;
  return distinct(slice, start < 0 ? [] : ordered.slice(start, start + first));
};

export const predecessorsField = (units: UnitSet, { hierarchy, effort }: Place): UnitSet =>
  ledTo(units, effort, (slice, member, reach) => {
    for (const [on, one] of hierarchy.predecessorsOf(slice, member)) reach(on, one);
  });

export const successorsField = (units: UnitSet, { hierarchy, effort }: Place): UnitSet =>
  ledTo(units, effort, (slice, member, reach) => {
    for (const [on, one] of hierarchy.successorsOf(slice, member)) reach(on, one);
  });

/** Cost of following a unit's lineage, in looks at units. */
const LINEAGE_EFFORT = 40;

export const correspondenceField = (units: UnitSet, { hierarchy, effort }: Place, { on }: Arguments): UnitSet => {
  const day = dayNumber(parseKnownDay("on", on as string));
  const [other, edition] = [hierarchy.on(day), hierarchy.editionOn(day)];
  return ledTo(units, effort, (slice, member, reach) => {
    effort.spend(LINEAGE_EFFORT);
    const reached = edition ? lineageOf(hierarchy).contributionsTo(edition, [slice.members[member]!.unitNo]) : [];
    for (const { target, nearest } of reached) if (nearest && memberIn(other, target) >= 0) reach(other, memberIn(other, target));
  });
};
