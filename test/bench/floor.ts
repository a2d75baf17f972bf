import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { serveFloor } from "./serve-floor.ts";

export const AS_OF = "2025-06-30";
export const PERIOD = "2024";

interface Row {
  unit_id: number;
  parent_id: number | null;
  id: string;
  code: string;
  full_name: string;
  received: number | null;
  resolved: number | null;
  resolved_early: number | null;
  resolved_on_time: number | null;
  resolved_overdue: number | null;
  in_process: number | null;
  dossier_part: number | null;
  dossier_of: number | null;
  dossier_whole: number | null;
  total: number | null;
  with_deadline: number | null;
  on_time: number | null;
  overdue: number | null;
  task_part: number | null;
  task_of: number | null;
}

interface Node {
  children?: Node[];
}

const ratio = (part: number | null, whole: number | null) => (part === null || whole === null || whole === 0 ? null : part / whole);

/** The least that the same answer can cost: one statement over the same stored values, the tree built, one JSON.stringify. */
const floorAnswer = async (em: EntityManager): Promise<string> => {
  const { rows } = await sql<Row>`
    select v.unit_id, v.parent_id, u.key as id, v.code, v.full_name,
      d.received, d.resolved, d.resolved_early, d.resolved_on_time, d.resolved_overdue, d.in_process,
      d.on_time_rate_part as dossier_part, d.on_time_rate_of as dossier_of, d.on_time_rate_whole as dossier_whole,
      t.total, t.with_deadline, t.on_time, t.overdue, t.on_time_rate_part as task_part, t.on_time_rate_of as task_of
    from unit_version v join unit u on u.id = v.unit_id
    join edition e on e.starts_on = (select max(starts_on) from edition where starts_on <= ${AS_OF})
    join rollup_set s on s.edition_id = e.id and s.period_from = '2024-01-01' and s.period_to = '2024-12-31'
    left join dossier_rollup d on d.set_id = s.id and d.unit_id = v.unit_id and d.slot = 'ALL'
    left join task_rollup t on t.set_id = s.id and t.unit_id = v.unit_id and t.slot = 'ALL'
    where v.valid_from <= ${AS_OF} and (v.valid_to is null or v.valid_to > ${AS_OF}) and v.tier is not null
    order by v.code collate "C"`.execute(em.getKysely());
  const depth = new Map<number, number>();
  const parents = new Map(rows.map((row) => [row.unit_id, row.parent_id]));
  const depthOf = (unit: number): number => {
    const cached = depth.get(unit);
    if (cached !== undefined) return cached;
    const parent = parents.get(unit) ?? null;
    const own = parent === null ? 0 : depthOf(parent) + 1;
    depth.set(unit, own);
    return own;
  };
  const nodes = new Map<number, Node>();
  for (const row of rows) {
    const node: Node = {
      ...{ id: row.id, code: row.code, fullName: row.full_name },
      dossiers: {
        ...{ received: row.received, resolved: row.resolved, resolvedEarly: row.resolved_early, resolvedOnTime: row.resolved_on_time },
        ...{ resolvedOverdue: row.resolved_overdue, inProcess: row.in_process },
        onTimeRate: { value: ratio(row.dossier_part, row.dossier_of), coverage: ratio(row.dossier_of, row.dossier_whole) },
      },
      tasks: { total: row.total, withDeadline: row.with_deadline, onTime: row.on_time, overdue: row.overdue },
      indicators: [
        { indicator: { code: "dossier-on-time" }, rate: { value: ratio(row.dossier_part, row.dossier_of) } },
        { indicator: { code: "task-on-time" }, rate: { value: ratio(row.task_part, row.task_of) } },
      ],
    } as Node;
    if (depthOf(row.unit_id) < 3) node.children = [];
    nodes.set(row.unit_id, node);
  }
  let root: Node | undefined;
  for (const row of rows) {
    const node = nodes.get(row.unit_id)!;
    if (row.parent_id === null) root = node;
    else nodes.get(row.parent_id)!.children!.push(node);
  }
  // What ours states of the operation besides its data.
  return JSON.stringify({ data: { unit: root }, extensions: { cost: { requested: 54_215, maximum: 100_000 } } });
};

if (process.argv[1]?.endsWith("floor.ts")) await serveFloor(floorAnswer);
