import { type RawBuilder, sql } from "kysely";

/** The condition that the version of a unit, named `v` unless said, is valid on a day. */
export const validOn = (day: RawBuilder<unknown>, version = "v"): RawBuilder<boolean> => {
  const [from, to] = [sql.ref(`${version}.valid_from`), sql.ref(`${version}.valid_to`)];
  return sql<boolean>`${from} <= ${day} and (${to} is null or ${to} > ${day})`;
};

/** The day on which the edition in force on a day began. */
export const editionDayOn = (day: RawBuilder<unknown>) => sql`(select max(starts_on) from edition where starts_on <= ${day})`;

/** The condition that the edition, named `e` unless said, is in force on a day. */
export const inForceOn = (day: RawBuilder<unknown>, edition = "e"): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(`${edition}.starts_on`)} = ${editionDayOn(day)}`;
