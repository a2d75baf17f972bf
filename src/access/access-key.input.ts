import { BadUserInput } from "../errors.ts";
import { addDays, type Day, isDay, parseDay } from "../time/date.ts";
import { isText } from "./text.ts";
import type { Role } from "./viewer.ts";

export interface AccessKeyInput {
  readonly name: string;
  readonly grants: readonly { readonly unit: string; readonly role: Role }[];
  /** The last day on which the key holds. */
  readonly expiresOn?: Day | null | undefined;
}

const MAX_YEARS = 5;

export const nameOf = (given: string): string => {
  const name = given.trim().normalize("NFC");
  if (isText(name, 200)) return name;
  throw new BadUserInput("name", given, "accepted is a text of 1 to 200 characters");
};

/** The same day of a later year; 28 February where that year has no 29th. */
const yearsAfter = (day: Day, years: number): Day => {
  const later = `${Number(day.slice(0, 4)) + years}${day.slice(4)}`;
  return isDay(later) ? later : `${later.slice(0, 8)}28`;
};

/** The instant at which the day has ended; a year from today unless said. @throws BadUserInput */
export const expiryOf = (expiresOn: Day | null | undefined, today: Day): string => {
  const day = expiresOn == null ? yearsAfter(today, 1) : parseDay("expiresOn", expiresOn);
  const latest = yearsAfter(today, MAX_YEARS);
  if (day < today || day > latest) throw new BadUserInput("expiresOn", day, `accepted is a day from ${today} to ${latest}`);
  return `${addDays(day, 1)}T00:00:00+07:00`;
};
