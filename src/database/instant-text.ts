import { type RawBuilder, sql } from "kysely";
import { LOCAL_OFFSET, localTime } from "../lib/time/local-time.ts";

export const instant = (at: RawBuilder<unknown>, fraction: "US" | "MS" = "US"): RawBuilder<string> =>
  sql`to_char(${localTime(at)}, ${sql.lit(`YYYY-MM-DD"T"HH24:MI:SS.${fraction}"${LOCAL_OFFSET}"`)})`;
