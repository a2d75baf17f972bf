import { type RawBuilder, sql } from "kysely";
import type { RowScope } from "../database/row-scope.ts";
import { type Grant, grantsFor, type Role, type Viewer } from "./viewer.ts";
import { relation } from "../database/relation.ts";

type Grants = readonly Pick<Grant, "unitNo" | "editionId">[];

/** Grants of a template: its holes for the units and the editions. */
export interface GrantHoles {
  readonly units: RawBuilder<unknown>;
  readonly editions: RawBuilder<unknown>;
}

/** What the holes stand for. */
export const grantValues = (grants: Grants) => ({
  units: grants.map(({ unitNo }) => unitNo),
  editions: grants.map(({ editionId }) => editionId),
});

/** Relation `scope_grant` (unit_id, edition_id). */
const granted = (grants: Grants | GrantHoles): RawBuilder<unknown> =>
  "units" in grants
    ? sql`unnest(${grants.units}::int[], ${grants.editions}::int[]) scope_grant(unit_id, edition_id)`
    : relation("scope_grant", grants, { unit_id: ["int", ({ unitNo }) => unitNo], edition_id: ["int", ({ editionId }) => editionId] });

/**
 * The condition for rows: the unit contributes certainly to a unit of one of the grants; without grants no row passes. Its aliases are long, because an alias that `unit`
 * also uses would capture it and let every row pass.
 */
export const coveredBy = (grants: Grants | GrantHoles, unit: RawBuilder<unknown>): RawBuilder<boolean> => sql`exists (
  select from ${granted(grants)}
  join contribution scope_contribution
    on scope_contribution.edition_id = scope_grant.edition_id and scope_contribution.target_id = scope_grant.unit_id
  where scope_contribution.unit_id = ${unit} and scope_contribution.certain)`;

/** The condition that one of the units of an array is covered. A limit keeps the planner from reading all contributions. */
export const coversAny = (grants: Grants | GrantHoles, units: RawBuilder<unknown>): RawBuilder<boolean> => sql`exists (
  select from ${granted(grants)}
  cross join lateral (
    select from contribution scope_contribution
    where scope_contribution.edition_id = scope_grant.edition_id and scope_contribution.target_id = scope_grant.unit_id
      and scope_contribution.unit_id = any(${units}) and scope_contribution.certain limit 1
  ) found)`;

/** The same units as rows of `unit_id`, possibly repeated, for statements that join many rows with them. */
export const coveredUnits = (grants: Grants): RawBuilder<unknown> => sql`
  select scope_contribution.unit_id
  from ${granted(grants)}
  join contribution scope_contribution
    on scope_contribution.edition_id = scope_grant.edition_id and scope_contribution.target_id = scope_grant.unit_id
  where scope_contribution.certain`;

const entries = (grants: readonly Grant[]): string => grants.map(({ unitNo, editionId }) => `${unitNo}:${editionId}`).join();

export const readScope = (grants: readonly Grant[]): RowScope => ({ reads: entries(grants), writes: "" });

/** What row-level security lets a transaction of the viewer read, and write by the role. */
export const rowScope = (viewer: Viewer | null, role: Role = "VIEWER"): RowScope => ({
  reads: entries(grantsFor(viewer, "VIEWER")),
  writes: role === "VIEWER" ? "" : entries(grantsFor(viewer, role)),
});
