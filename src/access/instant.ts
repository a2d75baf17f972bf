import { type RawBuilder, sql } from "kysely";

/** The instant as text, to the microsecond, or to the millisecond where no more of it is known. */
export const instant = (at: RawBuilder<unknown>, fraction: "US" | "MS" = "US"): RawBuilder<string> =>
  sql`to_char(${at} at time zone 'Asia/Ho_Chi_Minh', ${sql.lit(`YYYY-MM-DD"T"HH24:MI:SS.${fraction}"+07:00"`)})`;
