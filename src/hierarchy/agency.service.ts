import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { insertAgency, slugOf } from "./agency.store.ts";
import { lockUnits } from "./contribution.service.ts";
import type { AgencyKind } from "./unit.entity.ts";

/**
 * Returns the agency of this name at the unit, and creates it if missing. It exists as long as the unit; its code is the unit's code and a slug: 48/so-noi-vu. Requires a
 * transaction.
 */
export const ensureAgency = async (em: EntityManager, seat: number, kind: AgencyKind, name: string): Promise<number> => {
  const slug = slugOf(name);
  const find = async () =>
    (
      await sql<{ id: number | null; key: string }>`
        select u.id, s.key || '/' || ${slug} as key from unit s left join unit u on u.key = s.key || '/' || ${slug}
        where s.id = ${seat}`.execute(em.getKysely())
    ).rows[0]!;
  const known = (await find()).id;
  if (known !== null) return known;
  await lockUnits(em);
  const { id, key } = await find();
  return id ?? insertAgency(em, { seat, key, slug, kind, name, from: null, until: null });
};
