import { sql } from "kysely";
import { asGrant, ensureCoverage, grantColumns, type GrantRow, seenOn } from "../access/grant.ts";
import { RequestContext } from "../access/request-context.ts";
import type { Database } from "../database/database.ts";
import { Reader } from "../database/reader.ts";
import { countryNo } from "../hierarchy/country.ts";
import { inForceOn } from "../hierarchy/sql.ts";
import { dayOf } from "../lib/time/date.ts";
import { userName } from "./user-name.ts";

/** A context in which a command acts as an ADMIN of the whole country, by the name of the user who runs it. */
export const commandContext = async ({ pools }: Pick<Database, "pools">): Promise<RequestContext> => {
  const now = new Date();
  const today = dayOf(now);
  const reader = new Reader(pools);
  const grants = await reader.rows(sql<GrantRow>`
    select 'ADMIN' as role, ${grantColumns(today)} from unit u join edition e on ${inForceOn(seenOn(today))} where u.id = ${await countryNo(reader)}`);
  await ensureCoverage(reader, grants);
  const name = userName();
  return new RequestContext(pools, now, { viewer: { actor: `command:${name}`, name, grants: grants.map(asGrant) } });
};
