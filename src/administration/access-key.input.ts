import { BadUserInput } from "../lib/errors.ts";
import { addDays, type Day, dayOf, isDay, parseDay } from "../lib/time/date.ts";
import { DAY, durationOf } from "../lib/time/duration.ts";
import { isText } from "../lib/text.ts";
import type { Role } from "../access/viewer.ts";

export interface AccessKeyInput {
  readonly name: string;
  readonly grants: readonly { readonly unit: string; readonly role: Role }[];
  /** The last day on which the key is valid. */
  readonly expiresOn?: Day | null | undefined;
}

const MAX_YEARS = 5;

export const keyNameOf = (given: string): string => {
  const name = given.trim().normalize("NFC");
  if (isText(name, 200)) return name;
  throw new BadUserInput("name", given, "must be a text of 1 to 200 characters");
};

/** The same day of a later year; 28 February where that year has no 29th. */
const yearsAfter = (day: Day, years: number): Day => {
  const later = `${Number(day.slice(0, 4)) + years}${day.slice(4)}`;
  return isDay(later) ? later : `${later.slice(0, 8)}28`;
};

/** The key or token that creates a key, with which that key expires at the latest. */
interface Maker {
  readonly until: Date;
}

/**
 * Returns the instant at which the day ends, or at which the maker does if that is earlier; by default a year from today. A command has no maker.
 * @throws BadUserInput
 */
export const expiryOf = (expiresOn: Day | null | undefined, today: Day, maker: Maker | null): string => {
  const end = maker && Math.floor(maker.until.getTime() / 1000) * 1000;
  const lastOfMaker = end === null ? null : dayOf(new Date(end - 1));
  const longest = yearsAfter(today, MAX_YEARS);
  const latest = lastOfMaker !== null && lastOfMaker < longest ? lastOfMaker : longest;
  const usual = yearsAfter(today, 1);
  const day = expiresOn == null ? (usual < latest ? usual : latest) : parseDay("expiresOn", expiresOn);
  if (day < today || day > latest) {
    const why = latest === longest ? "" : ", the last of the key or token that creates it";
    throw new BadUserInput("expiresOn", day, `must be a day from ${today} to ${latest}${why}`);
  }
  const ending = Date.parse(`${addDays(day, 1)}T00:00:00+07:00`);
  return new Date(end !== null && end < ending ? end : ending).toISOString();
};

const MAX_OVERLAP = 7 * DAY;

/** Returns the milliseconds for which the old secret stays valid after a rotation; by default 0. @throws BadUserInput */
export const overlapOf = (given: string | null | undefined): number => {
  if (given == null) return 0;
  const overlap = durationOf(given, MAX_OVERLAP);
  if (overlap === null) throw new BadUserInput("overlap", given, "must be a number of hours or days, from 1h to 7d, such as 24h");
  return overlap;
};
