import { type RawBuilder, sql } from "kysely";

/** The instant as text, to the microsecond. */
export const instant = (at: RawBuilder<unknown>): RawBuilder<string> =>
  sql`to_char(${at} at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD"T"HH24:MI:SS.US"+07:00"')`;
