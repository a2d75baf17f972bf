import type { Tier } from "../hierarchy/unit.entity.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import type { Period } from "../lib/time/period.ts";
import type { Cut } from "./cut.ts";

/** A unit's subtree in a period; `handledBy` null means all tiers. */
export interface RollupKey {
  readonly unit: UnitView;
  readonly period: Period;
  readonly handledBy: Tier | null;
  /** The last day whose records count; null in kinds without records. */
  readonly cut: Cut;
}
