import type { EntityManager } from "@mikro-orm/postgresql";
import { coveredAmong } from "../access/grant.ts";
import type { Grant, Role } from "../access/viewer.ts";
import { heldHierarchy } from "../hierarchy/current-hierarchy.ts";
import { dayNumber } from "../hierarchy/hierarchy-content.ts";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import { dayOf } from "../lib/time/date.ts";

interface Asked {
  readonly argument: string;
  readonly unit: string;
  readonly grants: readonly Grant[] | null;
  readonly role: Role;
  readonly at: Date;
}

/** Returns the number of a unit that the grants cover. @throws BadUserInput for an unknown unit, DomainError FORBIDDEN if they do not cover it. */
export const coveredUnit = async (em: EntityManager, { argument, unit, grants, role, at }: Asked): Promise<number> => {
  const hierarchy = await heldHierarchy(em);
  const today = dayNumber(dayOf(at));
  const no = hierarchy.unitNoOf({ code: unit }, null, today) ?? hierarchy.unitNoOf({ id: unit }, null, today);
  if (no === null) throw new BadUserInput(argument, unit, "must be the code or id of a unit");
  if (grants !== null && !coveredAmong(hierarchy, grants, [no]).has(no))
    throw new DomainError(
      "FORBIDDEN",
      `${argument}: this needs the role ${role} on the unit ${JSON.stringify(unit)}, or on a unit above it`,
      {
        argument,
      },
    );
  return no;
};
