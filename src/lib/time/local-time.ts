import { type RawBuilder, sql } from "kysely";

/**
 * Local time of every instant: UTC+7, the legal time of Việt Nam (Decision 121/CP of 1967 and Decree 134/2002/NĐ-CP). Time zone tables are not used, because they differ:
 * Asia/Ho_Chi_Minh has the clocks of Sài Gòn until June 1975, an hour ahead of Hà Nội.
 */
export const LOCAL_OFFSET = "+07:00";
export const LOCAL_OFFSET_MS = 7 * 3_600_000;

export const localTime = (at: RawBuilder<unknown>): RawBuilder<unknown> => sql`(${at} at time zone interval ${sql.lit(LOCAL_OFFSET)})`;

export const localDay = (at: RawBuilder<unknown>): RawBuilder<string> => sql`${localTime(at)}::date`;
