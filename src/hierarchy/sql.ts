import { type RawBuilder, sql } from "kysely";

/** The condition that a unit version, by default `v`, is valid on a day. */
export const validOn = (day: RawBuilder<unknown>, version = "v"): RawBuilder<boolean> => {
  const [from, to] = [sql.ref(`${version}.valid_from`), sql.ref(`${version}.valid_to`)];
  return sql<boolean>`${from} <= ${day} and (${to} is null or ${to} > ${day})`;
};

export const editionDayOn = (day: RawBuilder<unknown>) => sql`(select max(starts_on) from edition where starts_on <= ${day})`;

/** The condition that an edition, by default `e`, is in force on a day. */
export const inForceOn = (day: RawBuilder<unknown>, edition = "e"): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(`${edition}.starts_on`)} = ${editionDayOn(day)}`;
