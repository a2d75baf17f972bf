const HOUR = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { h: HOUR, d: 24 * HOUR };

export const DAY = 24 * HOUR;

/** Milliseconds of a number of hours or days, such as 24h or 7d, from an hour to the maximum; otherwise null. */
export const durationOf = (text: string, maximum: number): number | null => {
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const duration = Number(count) * UNITS[unit ?? ""]!;
  return duration >= HOUR && duration <= maximum ? duration : null;
};
