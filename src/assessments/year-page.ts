import { type RawBuilder, sql } from "kysely";
import { BadUserInput } from "../lib/errors.ts";
import { type Page, pageOf } from "../lib/page.ts";

/** A page of a list by year and number. @throws BadUserInput as `pageOf` does. */
export const yearPage = (first: number, after: string | null | undefined): Page => {
  const page = pageOf(first, after);
  if (page.after !== null && !/^\d{1,9}$/.test(page.after.text))
    throw new BadUserInput("after", after, "must be a cursor that this list returned");
  return page;
};

/** The end of a statement that reads one row more than the page has, the latest year first, and within it the highest number. */
export const latestFirst = ({ first, after }: Page, year: RawBuilder<unknown>, no: RawBuilder<unknown>) => sql`
  ${after === null ? sql`true` : sql`(${year}, ${no}) < (${after.rank}::int, ${Number(after.text)}::int)`} order by ${year} desc, ${no} desc limit ${first + 1}`;
