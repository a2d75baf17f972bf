import { type RawBuilder, sql } from "kysely";
import { LOCAL_OFFSET, localTime } from "../lib/time/local-time.ts";

/** The instant as text, to the microsecond or the millisecond. */
export const instant = (at: RawBuilder<unknown>, fraction: "US" | "MS" = "US"): RawBuilder<string> =>
  sql`to_char(${localTime(at)}, ${sql.lit(`YYYY-MM-DD"T"HH24:MI:SS.${fraction}"${LOCAL_OFFSET}"`)})`;
