import { type ScoreBand, classBetween } from "./bands.ts";
import type { Hundredths } from "./points.ts";
import { type Places, placesOf } from "./rank.ts";
import { type Adjustments, type Scale, scaledScore } from "./scaled.ts";

/** What a leaf has, or may still have. */
export interface LeafScore {
  /** Decided, or computed of today's value; null while undecided. */
  readonly points: Hundredths | null;
  readonly least: Hundredths;
  readonly most: Hundredths;
}

export const decidedLeaf = (points: Hundredths): LeafScore => ({ points, least: points, most: points });
export const undecidedLeaf = (max: Hundredths): LeafScore => ({ points: null, least: 0, most: max });

/** Scores as ranks and classes go by them. */
export interface Projection {
  /** Undecided leaves add no points. */
  readonly total: Hundredths;
  readonly low: Hundredths;
  readonly high: Hundredths;
}

/** Sums over the leaves that apply. */
export interface LeafSums {
  /** Undecided leaves add none. */
  readonly points: Hundredths;
  readonly least: Hundredths;
  readonly most: Hundredths;
}

export const sumLeaves = (leaves: Iterable<LeafScore>): LeafSums => {
  let [points, least, most] = [0, 0, 0];
  for (const leaf of leaves) {
    points += leaf.points ?? 0;
    least += leaf.least;
    most += leaf.most;
  }
  return { points, least, most };
};

/** Null where the maximum of the leaves that apply is 0. */
export const project = ({ points, least, most }: LeafSums, scale: Scale, adjustments: Adjustments): Projection | null => {
  if (scale.maxApplicable === 0) return null;
  const scaled = (sum: Hundredths) => scaledScore(sum, scale, adjustments)!;
  return { total: scaled(points), low: scaled(least), high: scaled(most) };
};

export interface ProjectedMember {
  readonly projection: Projection | null;
  readonly isRanked: boolean;
}

/** The places that each member of the block may still take; null for who has no score or is not ranked. */
export const placesInBlock = (members: readonly ProjectedMember[]): (Places | null)[] => {
  const isPlaced = ({ projection, isRanked }: ProjectedMember) => isRanked && projection !== null;
  const places = placesOf(members.filter(isPlaced).map(({ projection }) => projection!)).values();
  return members.map((member) => (isPlaced(member) ? places.next().value! : null));
};

/** An override of the class beats the band. */
export const projectedClass = (bands: readonly ScoreBand[], { low, high }: Projection, override: string | null): string | null =>
  override ?? classBetween(bands, low, high);
