import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { Pool } from "pg";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { openDatabase } from "../../../src/database/database.ts";
import { AS_OF, PERIOD } from "../trees.ts";

const asOf = sql.lit(AS_OF);
const year = sql.lit(`${PERIOD}-01-01`);
const received = sql`received_direct + received_online + received_postal`;
const resolved = sql`resolved_early + resolved_on_time + resolved_overdue`;
const ofYear = (count: unknown) => sql`coalesce(sum(${count}) filter (where starts_on = ${year}), 0)::int`;

/**
 * The units of the day with what their dossiers count in the year, added up from the counters when asked: the lateral join finds by the index those
 * of the units that are asked for, where a view that groups all counters would add up all of them for each list.
 */
const createView = async (em: EntityManager): Promise<void> => {
  const db = em.getKysely();
  const edition = sql<{ id: number }>`select id from public.edition where starts_on <= ${AS_OF} order by starts_on desc limit 1`;
  const { id } = (await edition.execute(db)).rows[0]!;
  await sql`create schema peer`.execute(db);
  await sql`
    create view peer.unit as
    select v.unit_id, v.parent_id, u.key, v.code, v.full_name, d.*
    from public.unit_version v join public.unit u on u.id = v.unit_id
    cross join lateral (
      select ${ofYear(received)} as received, ${ofYear(resolved)} as resolved, ${ofYear(sql`resolved_early`)} as resolved_early,
        ${ofYear(sql`resolved_on_time`)} as resolved_on_time, ${ofYear(sql`resolved_overdue`)} as resolved_overdue,
        coalesce(sum(${received} - (${resolved}) - withdrawn - stopped), 0)::int as in_process,
        ${ofYear(sql`resolved_early + resolved_on_time`)} / nullif(${ofYear(resolved)}, 0)::float8 as on_time_rate
      from public.dossier_tree_count
      where edition_id = ${sql.lit(id)} and grain = 3 and starts_on <= ${year} and certain and target_id = any(
        case v.tier when 'COUNTRY' then array(select p.unit_id from public.unit_version p
          where p.tier = 'PROVINCE' and p.valid_from <= ${asOf} and (p.valid_to is null or p.valid_to > ${asOf})) else array[v.unit_id] end)
    ) d
    where v.tier is not null and v.valid_from <= ${asOf} and (v.valid_to is null or v.valid_to > ${asOf})`.execute(db);
  await sql`
    comment on view peer.unit is
    E'@primaryKey unit_id\n@unique code\n@foreignKey (parent_id) references peer.unit (unit_id)|@fieldName parent|@foreignFieldName children'`.execute(
    db,
  );
};

const database = await openDatabase({ databaseUrl: null, dataDir: process.argv[2]! });
await createView(database.orm.em.fork());
const pool = new Pool({ connectionString: database.url, max: 10 });
const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ pool, schemas: ["peer"] })],
  schema: { defaultBehavior: "-connection -resource:connection +list +resource:list" },
  grafserv: { graphiql: false, watch: false },
  grafast: { explain: false },
});
const server = createServer();
await instance.createServ(grafserv).addTo(server);
server.listen(0, "127.0.0.1", () => console.log(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`));

process.once("SIGTERM", () =>
  server.close(async () => {
    await instance.release();
    await pool.end();
    await database.close();
  }),
);
