import { type RawBuilder, sql } from "kysely";
import type { RequestHierarchy } from "./request-hierarchy.ts";

type Lists = Readonly<Record<string, object>>;

/** The one row of a statement that reads several lists, and the version of the units in the same snapshot. */
export type WithVersion<L extends Lists> = { readonly version: string | null } & { readonly [Name in keyof L]: readonly L[Name][] };

/** Such a statement: the relations that its lists share, and the lists, each in the order of its query. Their rows are JSON, so that instants must be texts. */
export const withVersion = <L extends Lists>(
  relations: RawBuilder<unknown>,
  lists: { readonly [Name in keyof L]: RawBuilder<L[Name]> },
): RawBuilder<WithVersion<L>> => {
  const columns = Object.entries(lists).map(
    ([name, list]) => sql`coalesce((select json_agg(listed) from (${list}) listed), '[]') as ${sql.ref(name)}`,
  );
  return sql`with ${relations} select (select version from hierarchy_version) as version, ${sql.join(columns)}`;
};

/** Reads such a row on the units of the request, which notes the version that it saw. */
export const seeVersion = async <R extends { readonly version: string | null }>(
  hierarchy: RequestHierarchy,
  read: () => Promise<readonly R[]>,
): Promise<R> => {
  await hierarchy.load();
  const [row] = await read();
  hierarchy.see(row!.version);
  return row!;
};
