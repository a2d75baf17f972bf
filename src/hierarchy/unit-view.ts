import { addDays, type Day } from "../lib/time/date.ts";
import type { Hierarchy } from "./hierarchy.ts";
import { compareCodes, dayNumber, type DayNumber, dayOfNumber, type HierarchyUnit, type SuccessionStep } from "./hierarchy-content.ts";
import { lineageOf } from "./lineage.ts";
import type { SuccessionKind, Tier, UnitKind } from "./unit.entity.ts";

/** PUBLISHED counts published reports; ALL also counts drafts visible to the viewer. */
export const EVIDENCE_KINDS = ["PUBLISHED", "ALL"] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export interface UnitView {
  /** Internal number; the public id is `id`. */
  readonly no: number;
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly fullName: string;
  readonly nameEn: string | null;
  readonly kind: UnitKind;
  readonly tier: Tier | null;
  readonly asOf: Day;
  readonly validFrom: Day | null;
  readonly validTo: Day | null;
  readonly parentNo: number | null;
  readonly evidence: EvidenceKind;
}

export interface UnitReference {
  readonly code?: string;
  readonly id?: string;
  /** Null means today, or the last day of an abolished unit. */
  readonly asOf: Day | null;
}

export interface UnitOn {
  readonly no: number;
  readonly asOf: Day;
}

export interface UnitFilter {
  readonly tier: Tier | null;
  readonly kinds: readonly UnitKind[] | null;
  /** Includes agencies unless kinds are given. */
  readonly agencies?: boolean;
}

export const unitCondition =
  ({ tier, kinds, agencies = false }: UnitFilter) =>
  (version: HierarchyUnit): boolean =>
    (tier === null || version.tier === tier) && (kinds === null ? agencies || version.tier !== null : kinds.includes(version.kind));

export type ChildrenOf = UnitOn & Pick<UnitFilter, "tier" | "kinds">;

export interface CorrespondenceView {
  readonly unit: UnitView;
  /** True if all of the unit belongs there. */
  readonly certain: boolean;
}

export interface SuccessionView {
  readonly unit: UnitView;
  readonly kind: SuccessionKind;
  readonly effectiveOn: Day;
  readonly share: number | null;
}

type ChangeDays = readonly [day: Day, before: Day];

/** Thousands of units change on few days. */
const knownChanges = new Map<DayNumber, ChangeDays>();

const changeDays = (on: DayNumber): ChangeDays => {
  const known = knownChanges.get(on) ?? [dayOfNumber(on), addDays(dayOfNumber(on), -1)];
  knownChanges.set(on, known);
  return known;
};

/** The units of a hierarchy as their readers see them. */
export class UnitViews {
  readonly hierarchy: Hierarchy;
  readonly #evidence: EvidenceKind;

  constructor(hierarchy: Hierarchy, evidence: EvidenceKind) {
    this.hierarchy = hierarchy;
    this.#evidence = evidence;
  }

  /** By code or id; without a day as of today, or as of the unit's last day. */
  byReference({ code, id, asOf }: UnitReference, today: Day): UnitView | null {
    const reference = id === undefined ? { code: code! } : { id };
    const unitNo = this.hierarchy.unitNoOf(reference, asOf === null ? null : dayNumber(asOf), dayNumber(today));
    if (unitNo === null) return null;
    return asOf === null ? this.byNo(unitNo, today) : this.on({ no: unitNo, asOf });
  }

  /** As of today, or as of the unit's last day. */
  byNo(no: number, today: Day): UnitView | null {
    const { lastDay } = this.hierarchy.lifeOf(no);
    return this.on({ no, asOf: lastDay !== null && lastDay < today ? lastDay : today });
  }

  on({ no, asOf }: UnitOn): UnitView | null {
    const version = this.hierarchy.versionOn(no, dayNumber(asOf));
    return version && this.of(version, asOf);
  }

  /** Territorial units unless kinds are given, in the order of codes. */
  childrenOf({ no, asOf, tier, kinds }: ChildrenOf): UnitView[] {
    const under = this.hierarchy.versionsUnder(no, dayNumber(asOf)).filter(unitCondition({ tier, kinds }));
    return under.map((version) => this.of(version, asOf));
  }

  /** From the country down to the parent. */
  ancestorsOf({ no, asOf }: UnitOn): UnitView[] {
    return this.hierarchy.versionsAbove(no, dayNumber(asOf)).map((version) => this.of(version, asOf));
  }

  /** Predecessors up to that day, each as of its last day. */
  predecessorsOf({ no, asOf }: UnitOn): SuccessionView[] {
    const day = dayNumber(asOf);
    const steps = this.hierarchy.stepsTo(no).filter(({ effectiveOn }) => effectiveOn <= day);
    return this.#successions(steps, (step, [, before]) => ({ no: step.predecessor, asOf: before }));
  }

  /** Successors, each as of its first day. */
  successorsOf({ no }: UnitOn): SuccessionView[] {
    return this.#successions(this.hierarchy.stepsFrom(no), (step, [asOf]) => ({ no: step.successor, asOf }));
  }

  /** The smallest units of another day's hierarchy to which the unit contributes. */
  correspondenceOf({ no, asOf }: UnitOn): CorrespondenceView[] {
    const edition = this.hierarchy.editionOn(dayNumber(asOf));
    if (!edition) return [];
    return lineageOf(this.hierarchy)
      .contributionsTo(edition, [no])
      .flatMap(({ target, certain, nearest }) => {
        const unit = nearest ? this.on({ no: target, asOf }) : null;
        return unit ? [{ unit, certain }] : [];
      })
      .toSorted((a, b) => compareCodes(a.unit.code, b.unit.code));
  }

  #successions(steps: readonly SuccessionStep[], otherSide: (step: SuccessionStep, days: ChangeDays) => UnitOn): SuccessionView[] {
    return steps
      .flatMap((step) => {
        const days = changeDays(step.effectiveOn);
        const unit = this.on(otherSide(step, days));
        return unit ? [{ unit, kind: step.kind, effectiveOn: days[0], share: step.share }] : [];
      })
      .toSorted((a, b) => compareCodes(a.unit.code, b.unit.code) || compareCodes(a.effectiveOn, b.effectiveOn));
  }

  of({ unitNo, id, code, name, fullName, nameEn, kind, tier, parentNo }: HierarchyUnit, asOf: Day): UnitView {
    const { firstDay: validFrom, lastDay: validTo } = this.hierarchy.lifeOf(unitNo);
    return { no: unitNo, id, code, name, fullName, nameEn, kind, tier, asOf, validFrom, validTo, parentNo, evidence: this.#evidence };
  }
}
