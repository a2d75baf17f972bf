const HOUR = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { h: HOUR, d: 24 * HOUR };

export const DAY = 24 * HOUR;

/** Milliseconds of a number of hours or days, such as 24h and 7d, of at least an hour; null for what is none, or more than the maximum. */
export const durationOf = (text: string, maximum: number): number | null => {
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const duration = Number(count) * UNITS[unit ?? ""]!;
  return duration >= HOUR && duration <= maximum ? duration : null;
};
