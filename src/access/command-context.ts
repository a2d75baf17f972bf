import { sql } from "kysely";
import type { Pools } from "../database/database.ts";
import { Reader } from "../database/reader.ts";
import { countryNo } from "../hierarchy/country.ts";
import { inForceOn } from "../hierarchy/sql.ts";
import { dayOf } from "../lib/time/date.ts";
import { asGrant, ensureCoverage, grantColumns, type GrantRow, seenOn, unitNoNamed } from "./grant.ts";
import { RequestContext } from "./request-context.ts";

/** A context in which a command reads what everybody may see. */
export const publicContext = (pools: Pools, now: Date): RequestContext => new RequestContext(pools, now);

/** A context in which a command acts as an ADMIN of a unit, or of the whole country. `name` stands in the audit trail. */
export const commandContext = async (pools: Pools, now: Date, name: string, unit: string | null = null): Promise<RequestContext> => {
  const today = dayOf(now);
  const reader = new Reader(pools);
  const grants = await reader.rows(sql<GrantRow>`
    select 'ADMIN' as role, ${grantColumns(today)} from unit u join edition e on ${inForceOn(seenOn(today))} where u.id = ${unit === null ? sql`${await countryNo(reader)}` : unitNoNamed(sql`${unit}`, today)}`);
  await ensureCoverage(reader, grants);
  return new RequestContext(pools, now, { viewer: { actor: `command:${name}`, name, grants: grants.map(asGrant) } });
};
