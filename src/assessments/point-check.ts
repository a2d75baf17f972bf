import { type Hundredths, hundredthsOf, pointsOf } from "./scoring/points.ts";

/** The most points of anything, in hundredths. */
const MAX_POINTS: Hundredths = 1_000_000;

/** Why a number is no amount of points from 0 to `most`; null where it is one. */
export const faultOfPoints = (points: number, most: Hundredths = MAX_POINTS): string | null => {
  const hundredths = hundredthsOf(points);
  if (hundredths === null) return `${points} must have at most two decimals`;
  return hundredths < 0 || hundredths > most ? `${points} must be from 0 to ${pointsOf(most)}` : null;
};

export const faultOfMaximum = (points: number): string | null => faultOfPoints(points) ?? (points === 0 ? "0 must be above 0" : null);
