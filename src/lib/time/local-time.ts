import { type RawBuilder, sql } from "kysely";

/**
 * What local time is, of every instant of the past and the future: UTC+7, the time of Việt Nam by law (Decision 121/CP of 1967 and Decree
 * 134/2002/NĐ-CP). No zone of a table is asked, for tables differ: that of Asia/Ho_Chi_Minh has the clocks of Sài Gòn until June 1975, an hour
 * ahead of those of Hà Nội.
 */
export const LOCAL_OFFSET = "+07:00";
export const LOCAL_OFFSET_MS = 7 * 3_600_000;

/** The wall clock of an instant, a timestamp without zone. */
export const localTime = (at: RawBuilder<unknown>): RawBuilder<unknown> => sql`(${at} at time zone interval ${sql.lit(LOCAL_OFFSET)})`;

/** The day of an instant. */
export const localDay = (at: RawBuilder<unknown>): RawBuilder<string> => sql`${localTime(at)}::date`;
