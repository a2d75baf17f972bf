import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { insertAgency, slugOf } from "./agency.store.ts";
import { lockUnits } from "./contribution.service.ts";
import type { AgencyKind } from "./unit.entity.ts";

/**
 * The agency of this name that is attached to the unit, made where there is none yet. It lives as long as the unit does; its code is
 * that of the unit and a slug: 48/so-noi-vu. Within a transaction.
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
