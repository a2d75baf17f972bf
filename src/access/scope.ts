import { type RawBuilder, sql } from "kysely";
import type { RowScope } from "../db/reader.ts";
import { type Grant, grantsFor, type Role, type Viewer } from "./viewer.ts";

/** The one condition for rows: the unit contributes certainly to a unit of one of the grants. Without grants nothing passes. */
export const coveredBy = (
  grants: readonly Pick<Grant, "unitNo" | "editionId">[],
  unit: RawBuilder<unknown>,
): RawBuilder<boolean> => sql`exists (
  select from unnest(${grants.map(({ unitNo }) => unitNo)}::int[], ${grants.map(({ editionId }) => editionId)}::int[]) g(unit_id, edition_id)
  join contribution c on c.edition_id = g.edition_id and c.target_id = g.unit_id where c.unit_id = ${unit} and c.certain)`;

const entries = (grants: readonly Grant[]): string => grants.map(({ unitNo, editionId }) => `${unitNo}:${editionId}`).join();

/** A transaction that sees what the grants cover, and writes nothing. */
export const readScope = (grants: readonly Grant[]): RowScope => ({ reads: entries(grants), writes: "" });

/** What row-level security lets a transaction of the viewer see, and write by the role. */
export const rowScope = (viewer: Viewer | null, role: Role = "VIEWER"): RowScope => ({
  reads: entries(grantsFor(viewer, "VIEWER")),
  writes: role === "VIEWER" ? "" : entries(grantsFor(viewer, role)),
});
