import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { foldName } from "./fold.ts";
import type { AgencyKind } from "./unit.entity.ts";

/**
 * The agency of this name that is attached to the unit, made where there is none yet. It lives as long as the unit does; its code is
 * that of the unit and a slug: 48/so-noi-vu.
 */
export const ensureAgency = async (em: EntityManager, seat: number, kind: AgencyKind, name: string): Promise<number> => {
  const slug = foldName(name).trim().replaceAll(" ", "-");
  const db = em.getKysely();
  const known = await sql<{ id: number }>`
    select u.id from unit s join unit u on u.key = s.key || '/' || ${slug} where s.id = ${seat}`.execute(db);
  if (known.rows[0]) return known.rows[0].id;
  const made = await sql<{ id: number }>`
    insert into unit (id, key, began_on, ended_on)
    select (select max(id) + 1 from unit), key || '/' || ${slug}, began_on, ended_on from unit where id = ${seat} returning id`.execute(db);
  const id = made.rows[0]!.id;
  await sql`
    insert into unit_version (unit_id, valid_from, valid_to, code, parent_id, tier, kind, name, full_name, name_en, resolution)
    select ${id}, valid_from, valid_to, code || '/' || ${slug}, unit_id, null, ${kind}, ${name}, ${name}, null, null
    from unit_version where unit_id = ${seat}`.execute(db);
  await sql`
    insert into unit_name (unit_id, known_from, own_until, words, full_words)
    select ${id}, min(valid_from), null, ${foldName(name)}, ${foldName(name)} from unit_version where unit_id = ${id}`.execute(db);
  return id;
};
