import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { coveredBy } from "../access/scope.ts";
import type { Grant, Role } from "../access/viewer.ts";
import { rowsOf } from "../database/reader.ts";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import { type Day, dayOf } from "../lib/time/date.ts";

interface Asked {
  readonly argument: string;
  readonly unit: string;
  readonly grants: readonly Grant[] | null;
  readonly role: Role;
  readonly at: Date;
}

/** Returns the number of a unit that the grants cover. @throws BadUserInput for an unknown unit, DomainError FORBIDDEN if they do not cover it. */
export const coveredUnit = async (em: EntityManager, { argument, unit, grants, role, at }: Asked): Promise<number> => {
  const today: Day = dayOf(at);
  const [row] = unit.includes("\0")
    ? []
    : await rowsOf(em).rows(sql<{ no: number; isCovered: boolean }>`
        select u.id as no, ${grants === null ? sql`true` : coveredBy(grants, sql`u.id`)} as "isCovered"
        from unit u where u.id = coalesce(
          (select v.unit_id from unit_version v where v.code = ${unit} and v.valid_from <= ${today}::date order by v.valid_from desc limit 1),
          (select named.id from unit named where named.key = ${unit} and coalesce(named.began_on <= ${today}::date, true)))`);
  if (!row) throw new BadUserInput(argument, unit, "must be the code or id of a unit");
  if (!row.isCovered)
    throw new DomainError(
      "FORBIDDEN",
      `${argument}: this needs the role ${role} on the unit ${JSON.stringify(unit)}, or on a unit above it`,
      {
        argument,
      },
    );
  return row.no;
};
