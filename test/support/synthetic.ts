import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import type { Period } from "../../src/lib/time/period.ts";

/** A year of made-up figures for every commune that existed on the period's last day: dossiers and tasks, twelve numbers each. */
export const fillCommunes = async (em: EntityManager, { from, to, name }: Period): Promise<void> => {
  await sql`
    with src as (
      insert into source (key, kind, title, unit_id, published_on) values (${`synthetic-${name}`}, 'SYNTHETIC', ${`Made-up figures of ${name}`}, 1, ${to})
      returning id
    ), commune as (
      select v.unit_id, v.unit_id % 400 as n from unit_version v
      where v.tier = 'COMMUNE' and v.valid_from <= ${to} and (v.valid_to is null or v.valid_to > ${to})
    )
    insert into figure (source_id, position, unit_id, scope, period_from, period_to, measure, value, qualifiers, quote)
    select src.id, row_number() over (), c.unit_id, m.scope, ${from}, ${to}, m.measure, m.value, '{}', 'made up'
    from src, commune c cross join lateral (values
      ('dossier.received', 'COMMUNE', 1010 + 3 * n), ('dossier.received-online', 'COMMUNE', 500 + n), ('dossier.carried-over', 'COMMUNE', 20),
      ('dossier.resolved-early', 'COMMUNE', 700 + n), ('dossier.resolved-on-time', 'COMMUNE', 250 + n), ('dossier.resolved-overdue', 'COMMUNE', 50 + n),
      ('dossier.in-process-not-due', 'COMMUNE', 25), ('dossier.in-process', 'COMMUNE', 30),
      ('task.total', null, 100 + n), ('task.on-time', null, 50 + n), ('task.overdue', null, 10), ('task.without-deadline', null, 40)
    ) m(measure, scope, value)`.execute(em.getKysely());
  await sql`delete from rollup_set`.execute(em.getKysely());
  await sql`analyze figure`.execute(em.getKysely());
};
