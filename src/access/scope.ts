import { type RawBuilder, sql } from "kysely";
import type { RowScope } from "../database/reader.ts";
import { type Grant, grantsFor, type Role, type Viewer } from "./viewer.ts";

/**
 * The one condition for rows: the unit contributes certainly to a unit of one of the grants. Without grants nothing passes.
 * Its own names are long ones, for one that `unit` uses as well would be taken for it, and then everything would pass.
 */
export const coveredBy = (
  grants: readonly Pick<Grant, "unitNo" | "editionId">[],
  unit: RawBuilder<unknown>,
): RawBuilder<boolean> => sql`exists (
  select from unnest(${grants.map(({ unitNo }) => unitNo)}::int[], ${grants.map(({ editionId }) => editionId)}::int[]) scope_grant(unit_id, edition_id)
  join contribution scope_contribution
    on scope_contribution.edition_id = scope_grant.edition_id and scope_contribution.target_id = scope_grant.unit_id
  where scope_contribution.unit_id = ${unit} and scope_contribution.certain)`;

/** The same units as rows of `unit_id`, some more than once: for statements that hold many rows against them. */
export const coveredUnits = (grants: readonly Pick<Grant, "unitNo" | "editionId">[]): RawBuilder<unknown> => sql`
  select scope_contribution.unit_id
  from unnest(${grants.map(({ unitNo }) => unitNo)}::int[], ${grants.map(({ editionId }) => editionId)}::int[]) scope_grant(unit_id, edition_id)
  join contribution scope_contribution
    on scope_contribution.edition_id = scope_grant.edition_id and scope_contribution.target_id = scope_grant.unit_id
  where scope_contribution.certain`;

const entries = (grants: readonly Grant[]): string => grants.map(({ unitNo, editionId }) => `${unitNo}:${editionId}`).join();

/** A transaction that sees what the grants cover, and writes nothing. */
export const readScope = (grants: readonly Grant[]): RowScope => ({ reads: entries(grants), writes: "" });

/** What row-level security lets a transaction of the viewer see, and write by the role. */
export const rowScope = (viewer: Viewer | null, role: Role = "VIEWER"): RowScope => ({
  reads: entries(grantsFor(viewer, "VIEWER")),
  writes: role === "VIEWER" ? "" : entries(grantsFor(viewer, role)),
});
