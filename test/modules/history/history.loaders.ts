import { sql } from "kysely";
import type { RequestContext } from "../../../src/access/request-context.ts";
import { oneBy, type Positioned } from "../../../src/database/loader.ts";

export const historyLoaders = ({ session }: Pick<RequestContext, "session">) => ({
  versionsOf: oneBy<number, Positioned & { readonly versions: number }>(String, (numbers) =>
    session.rows(sql<Positioned & { readonly versions: number }>`
      select k.i::int, count(*)::int as versions from unnest(${numbers}::int[]) with ordinality k(no, i)
      join unit_version v on v.unit_id = k.no group by k.i`),
  ),
});
