import { BadUserInput } from "../errors.ts";
import { LOCAL_OFFSET, LOCAL_OFFSET_MS } from "./local-time.ts";

/** A day in Asia/Ho_Chi_Minh as ISO 8601 text, `2021-12-31`; the texts sort like the days. */
export type Day = string;

/** The first day of the hierarchy's data. */
export const FIRST_DAY: Day = "2015-08-31";

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;
export const MS_PER_DAY = 86_400_000;

/** True for an existing day of the years 1 to 9999. */
export const isDay = (text: string): boolean => {
  if (!ISO_DAY.test(text) || text < "0001-01-01") return false;
  // Date.parse accepts 30 February as a day of March.
  return new Date(Date.parse(`${text}T00:00:00Z`)).getUTCDate() === Number(text.slice(8));
};

export const addDays = (day: Day, days: number): Day => dayOfEpoch(epochDay(day) + days);

export const dayOf = (instant: Date): Day => dayOfEpoch(epochDayOf(instant.getTime()));

/** @throws BadUserInput naming the argument. */
export const parseDay = (argument: string, text: string): Day => {
  if (isDay(text)) return text;
  throw new BadUserInput(argument, text, "must be a day as YYYY-MM-DD, such as 2021-12-31");
};

/** @throws BadUserInput naming the argument for a day in the future. */
export const parsePastDay = (argument: string, text: string, today: Day): Day => {
  const day = parseDay(argument, text);
  if (day <= today) return day;
  throw new BadUserInput(argument, text, `must be a day up to today, ${today}`);
};

/** @throws BadUserInput naming the argument for a day before 31 August 2015, the first with a hierarchy. */
export const parseKnownDay = (argument: string, text: string): Day => {
  const day = parseDay(argument, text);
  if (day >= FIRST_DAY) return day;
  throw new BadUserInput(argument, text, `must be a day from ${FIRST_DAY} on, the first recorded day of the hierarchy`);
};

export const epochDay = (day: Day): number => Date.parse(`${day}T00:00:00Z`) / MS_PER_DAY;

/** Texts of days are cached, because creating one costs more than the rest of a file's row. */
const MOST_TEXTS = 100_000;
const texts: Day[] = [];

export const dayOfEpoch = (epoch: number): Day => {
  const cached = texts[epoch];
  if (cached !== undefined) return cached;
  const text = new Date(epoch * MS_PER_DAY).toISOString().slice(0, 10);
  if (epoch >= 0 && epoch < MOST_TEXTS) texts[epoch] = text;
  return text;
};

export const epochDayOf = (ms: number): number => Math.floor((ms + LOCAL_OFFSET_MS) / MS_PER_DAY);

/** The instant in milliseconds of an hour of an epoch day in Asia/Ho_Chi_Minh. */
export const instantOn = (epoch: number, hour: number): number => epoch * MS_PER_DAY + hour * 3_600_000 - LOCAL_OFFSET_MS;

/** Formats an instant in milliseconds as ISO 8601 with the offset of Asia/Ho_Chi_Minh. */
export const instantText = (ms: number): string => new Date(ms + LOCAL_OFFSET_MS).toISOString().replace("Z", LOCAL_OFFSET);
