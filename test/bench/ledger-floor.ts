import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { serveFloor } from "./serve-floor.ts";
import { AS_OF } from "./trees.ts";

interface Row {
  unit_id: number;
  parent_id: number | null;
  tier: string;
  id: string;
  code: string;
  full_name: string;
  received: number;
  early: number;
  on_time: number;
  overdue: number;
  in_process: number;
}

interface Node {
  readonly dossiers: Record<string, unknown>;
  children?: Node[];
}

const COUNTS = ["received", "early", "on_time", "overdue", "in_process"] as const;

/** The least that the same answer can cost: one statement over the stored counters of 2025, the tree built, one JSON.stringify. */
const floorAnswer = async (em: EntityManager): Promise<string> => {
  const { rows } = await sql<Row>`
    select v.unit_id, v.parent_id, v.tier, u.key as id, v.code, v.full_name, c.*
    from unit_version v join unit u on u.id = v.unit_id
    left join (
      select target_id,
        coalesce(sum(received_direct + received_online + received_postal) filter (where starts_on = '2025-01-01'), 0)::int as received,
        coalesce(sum(resolved_early) filter (where starts_on = '2025-01-01'), 0)::int as early,
        coalesce(sum(resolved_on_time) filter (where starts_on = '2025-01-01'), 0)::int as on_time,
        coalesce(sum(resolved_overdue) filter (where starts_on = '2025-01-01'), 0)::int as overdue,
        sum(received_direct + received_online + received_postal - resolved_early - resolved_on_time - resolved_overdue - withdrawn - stopped)::int as in_process
      from dossier_tree_count
      where edition_id = (select id from edition where starts_on = (select max(starts_on) from edition where starts_on <= ${AS_OF}))
        and grain = 3 and starts_on <= '2025-01-01' and certain
      group by target_id
    ) c on c.target_id = v.unit_id
    where v.valid_from <= ${AS_OF} and (v.valid_to is null or v.valid_to > ${AS_OF}) and v.tier is not null
    order by v.code collate "C"`.execute(em.getKysely());
  for (const row of rows) for (const name of COUNTS) row[name] ??= 0;
  const country = rows.find(({ tier }) => tier === "COUNTRY")!;
  for (const name of COUNTS) country[name] = rows.reduce((sum, row) => sum + (row.tier === "PROVINCE" ? row[name] : 0), 0);
  const nodes = new Map<number, Node>();
  for (const row of rows) {
    const { received, early, on_time: onTime, overdue, in_process: inProcess } = row;
    const resolved = early + onTime + overdue;
    nodes.set(row.unit_id, {
      ...{ id: row.id, code: row.code, fullName: row.full_name },
      dossiers: {
        ...{ received, resolved, resolvedEarly: early, resolvedOnTime: onTime, resolvedOverdue: overdue, inProcess },
        onTimeRate: resolved === 0 ? { value: null, coverage: 1 } : { value: (early + onTime) / resolved, coverage: 1 },
      },
      ...(row.tier !== "COMMUNE" && { children: [] }),
    });
  }
  for (const { unit_id, parent_id } of rows) if (parent_id !== null) nodes.get(parent_id)!.children!.push(nodes.get(unit_id)!);
  // What ours states of the operation besides its data.
  return JSON.stringify({ data: { unit: nodes.get(country.unit_id) }, extensions: { cost: { requested: 6772, maximum: 100_000 } } });
};

await serveFloor(floorAnswer);
