import type { Rate } from "../../rollups/rate.ts";
import type { Hundredths } from "../scoring/points.ts";

/** Why a computed leaf has its points, as it is stored. */
export interface StoredReceipt {
  /** Null where the value was unknown: the leaf stayed undecided. */
  readonly points: Hundredths | null;
  readonly least: Hundredths;
  readonly most: Hundredths;
  readonly rate: Rate;
  /** When it was worked out, in ISO 8601. */
  readonly at: string;
}
