import { sql } from "kysely";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { RequestContext } from "../access/request-context.ts";
import { ensureCoverage, seenOn } from "../access/grant.ts";
import { coveredBy } from "../access/scope.ts";
import { type Grant, grantsFor } from "../access/viewer.ts";
import { inForceOn } from "../hierarchy/sql.ts";

/** The parts of a context that administration reads. */
export type Asking = Pick<RequestContext, "viewer" | "session" | "today" | "use">;

/** A unit that the viewer administers, as a grant, with the viewer's ADMIN grants. */
export interface Administered {
  readonly unit: Grant;
  readonly admin: readonly Grant[];
}

/** @throws BadUserInput for an unknown unit, DomainError FORBIDDEN for one outside the viewer's ADMIN grants. */
export const administered = async (context: Asking, name: string): Promise<Administered> => {
  const { viewer, session, today } = context;
  const { unitByReference } = context.use(unitLoaders);
  const found = name.includes("\0")
    ? []
    : await Promise.all([{ code: name }, { id: name }].map(async (by) => unitByReference.load({ ...by, asOf: null })));
  const unit = found.find((one) => one !== null);
  if (!unit) throw new BadUserInput("unit", name, "must be the code or id of a unit");
  const admin = grantsFor(viewer, "ADMIN", "READ");
  const [row] = await session.rows(sql<{ editionId: number; contributed: boolean; isCovered: boolean }>`
    select e.id as "editionId", e.contributed, ${coveredBy(admin, sql`u.id`)} as "isCovered"
    from unit u join edition e on ${inForceOn(seenOn(today))} where u.id = ${unit.no}`);
  if (!row?.isCovered)
    throw new DomainError("FORBIDDEN", `This needs the role ADMIN on ${unit.fullName} (${unit.id}), or on a unit above it`);
  await ensureCoverage(session, [row]);
  return { unit: { role: "ADMIN", unitNo: unit.no, asOf: unit.asOf, editionId: row.editionId, ended: unit.validTo !== null }, admin };
};
