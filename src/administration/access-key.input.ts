import { BadUserInput } from "../lib/errors.ts";
import { addDays, type Day, dayOf, isDay, parseDay } from "../lib/time/date.ts";
import { DAY, durationOf } from "../lib/time/duration.ts";
import { isText } from "../lib/text.ts";
import type { Role } from "../access/viewer.ts";

export interface AccessKeyInput {
  readonly name: string;
  readonly grants: readonly { readonly unit: string; readonly role: Role }[];
  /** The last day on which the key holds. */
  readonly expiresOn?: Day | null | undefined;
}

const MAX_YEARS = 5;

export const keyNameOf = (given: string): string => {
  const name = given.trim().normalize("NFC");
  if (isText(name, 200)) return name;
  throw new BadUserInput("name", given, "accepted is a text of 1 to 200 characters");
};

/** The same day of a later year; 28 February where that year has no 29th. */
const yearsAfter = (day: Day, years: number): Day => {
  const later = `${Number(day.slice(0, 4)) + years}${day.slice(4)}`;
  return isDay(later) ? later : `${later.slice(0, 8)}28`;
};

/** What a key ends with at the latest: the key or token that makes it. */
interface Maker {
  readonly until: Date;
}

/**
 * The instant at which the day has ended, or before that the maker; a year from today unless said, or as long as the maker. Without one a
 * command makes it. @throws BadUserInput
 */
export const expiryOf = (expiresOn: Day | null | undefined, today: Day, maker: Maker | null): string => {
  const end = maker && Math.floor(maker.until.getTime() / 1000) * 1000;
  const lastOfMaker = end === null ? null : dayOf(new Date(end - 1));
  const longest = yearsAfter(today, MAX_YEARS);
  const latest = lastOfMaker !== null && lastOfMaker < longest ? lastOfMaker : longest;
  const usual = yearsAfter(today, 1);
  const day = expiresOn == null ? (usual < latest ? usual : latest) : parseDay("expiresOn", expiresOn);
  if (day < today || day > latest) {
    const why = latest === longest ? "" : ", the last of the key or token that makes it";
    throw new BadUserInput("expiresOn", day, `accepted is a day from ${today} to ${latest}${why}`);
  }
  const ending = Date.parse(`${addDays(day, 1)}T00:00:00+07:00`);
  return new Date(end !== null && end < ending ? end : ending).toISOString();
};

const MAX_OVERLAP = 7 * DAY;

/** Milliseconds for which the secret before a rotation is accepted, too; none unless said. @throws BadUserInput */
export const overlapOf = (given: string | null | undefined): number => {
  if (given == null) return 0;
  const overlap = durationOf(given, MAX_OVERLAP);
  if (overlap === null) throw new BadUserInput("overlap", given, "accepted is a number of hours or days, from 1h to 7d, such as 24h");
  return overlap;
};
