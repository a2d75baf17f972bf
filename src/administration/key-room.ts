import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { takeLocks } from "../database/locks.ts";
import { rowsOf } from "../database/reader.ts";
import { DomainError } from "../lib/errors.ts";
import { isLiving } from "../access/key-line.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";

const MAX_KEYS = 100;

/** Locks the units, so that concurrent calls count one after the other. @throws DomainError LIMIT_EXCEEDED for a unit with the maximum of valid keys. */
export const demandRoom = async (
  em: EntityManager,
  hierarchy: Hierarchy,
  grants: readonly { readonly unitNo: number }[],
  now: Date,
): Promise<void> => {
  const unitNos = [...new Set(grants.map(({ unitNo }) => unitNo))];
  await takeLocks(em, "keys", unitNos);
  const full = await rowsOf(em).rows(sql<{ no: number }>`
    select n.no from unnest(${unitNos}::int[]) n(no)
    where (select count(distinct g.access_key_id) from access_grant g where g.unit_id = n.no and ${isLiving(sql`g.access_key_id`, now)}) >= ${MAX_KEYS}`);
  if (full.length === 0) return;
  const [unit] = full.map(({ no }) => hierarchy.idOf(no)).toSorted();
  throw new DomainError("LIMIT_EXCEEDED", `grants: the unit ${unit} has ${MAX_KEYS} valid keys, the maximum; revoke one first`, {
    ...{ argument: "grants", requested: MAX_KEYS + 1, maximum: MAX_KEYS },
  });
};
