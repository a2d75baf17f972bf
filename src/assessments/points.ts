/** The most points of anything, far below what a column holds in hundredths. */
export const MAX_POINTS = 10_000;

/** Points as they are stored, in hundredths; null where the number has more than two decimals. */
export const storedPoints = (points: number): number | null => {
  const stored = Math.round(points * 100);
  return stored / 100 === points ? stored : null;
};

/** Points as they are answered. */
export const shownPoints = (stored: number): number => stored / 100;

/** Why a number is no amount of points from 0 to `most` (in hundredths); null where it is one. */
export const faultOfPoints = (points: number, most: number = MAX_POINTS * 100): string | null => {
  const stored = storedPoints(points);
  if (stored === null) return `${points} has more than two decimals`;
  return stored < 0 || stored > most ? `${points} must be from 0 to ${shownPoints(most)}` : null;
};
