import type { Day } from "../lib/time/date.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { RequestHierarchy } from "./request-hierarchy.ts";
import { type ChildrenOf, type EvidenceKind, type UnitOn, type UnitReference, UnitViews } from "./unit-view.ts";

export type UnitLoaders = ReturnType<typeof unitLoaders>;

interface Asking {
  readonly hierarchy: RequestHierarchy;
  readonly today: Day;
}

type Load<K, V> = { load(key: K): V | Promise<V> };

/** Answers from the hierarchy of the request, without waiting once it is loaded. */
export const fromHierarchy = <K, V>(
  { hierarchy }: Pick<Asking, "hierarchy">,
  evidence: EvidenceKind,
  read: (units: UnitViews, key: K) => V,
): Load<K, V> => ({
  load: (key) => {
    const from = (units: Hierarchy) => read(new UnitViews(units, evidence), key);
    const { loaded } = hierarchy;
    return loaded ? from(loaded) : hierarchy.load().then(from);
  },
});

/** What units are and where they stand. */
export const unitLoaders = (context: Asking, evidence: EvidenceKind) => {
  const { today } = context;
  const from = <K, V>(read: (units: UnitViews, key: K) => V) => fromHierarchy(context, evidence, read);
  return {
    unitByReference: from((units, key: UnitReference) => units.byReference(key, today)),
    unitByNo: from((units, no: number) => units.byNo(no, today)),
    unitOn: from((units, key: UnitOn) => units.on(key)),
    childrenOf: from((units, key: ChildrenOf) => units.childrenOf(key)),
    ancestorsOf: from((units, key: UnitOn) => units.ancestorsOf(key)),
    predecessorsOf: from((units, key: UnitOn) => units.predecessorsOf(key)),
    successorsOf: from((units, key: UnitOn) => units.successorsOf(key)),
    correspondenceOf: from((units, key: UnitOn) => units.correspondenceOf(key)),
  };
};
