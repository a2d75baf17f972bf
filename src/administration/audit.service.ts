import { sql } from "kysely";
import { connectionOf, type Page, pageOf } from "../lib/page.ts";
import { nearestDay } from "../hierarchy/hierarchy-content.ts";
import type { Day } from "../lib/time/date.ts";
import { type Administered, administered, type Asking } from "./administered.ts";
import { instant } from "../database/instant-text.ts";
import { coveredBy, readScope } from "../access/scope.ts";

export interface AuditRow {
  readonly id: string;
  readonly at: string;
  /** The same instant in microseconds since 1970. */
  readonly micros: number;
  readonly actor: string;
  readonly actorName: string;
  readonly operation: string;
  readonly unitNo: number;
  readonly asOf: Day;
  readonly subject: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** Returns a page of the audit trail of a unit, with the condition for all of its entries. */
export const auditTrail = async (asking: Asking, unit: string, first: number, after: string | null | undefined) => {
  const page = pageOf(first, after, Number.MAX_SAFE_INTEGER);
  const where = await administered(asking, unit);
  const hierarchy = await asking.hierarchy.load();
  const stored = await asking.session.scoped(readScope(where.admin)).rows(entries(where, page));
  const rows = stored.map((row): AuditRow => ({ ...row, asOf: nearestDay(hierarchy.lifeOf(row.unitNo), asking.today) }));
  return { ...connectionOf(rows, page, ({ micros, id }) => ({ rank: micros, text: id })), where };
};

export const countAuditTrail = async ({ session }: Pick<Asking, "session">, where: Administered): Promise<number> => {
  const rows = await session
    .scoped(readScope(where.admin))
    .rows(sql<{ total: number }>`select count(*)::int as total from audit_entry a where ${isAbout(where)}`);
  return rows[0]!.total;
};

const isAbout = ({ unit, admin }: Administered) => sql`${coveredBy([unit], sql`a.unit_id`)} and ${coveredBy(admin, sql`a.unit_id`)}`;

const entries = (where: Administered, { first, after }: Page) => sql<Omit<AuditRow, "asOf">>`
  select a.key as id, ${instant(sql`a.at`)} as at, (extract(epoch from a.at) * 1000000)::bigint as micros, a.actor, a.actor_name as "actorName",
    a.operation, a.unit_id as "unitNo", a.subject, a.before, a.after
  from audit_entry a
  where ${isAbout(where)} and ${after === null ? sql`true` : isBefore(after.rank, after.text)}
  order by a.at desc, a.key collate "C" desc limit ${first + 1}`;

const isBefore = (micros: number, id: string) =>
  sql`(a.at, a.key collate "C") < ('epoch'::timestamptz + ${micros}::bigint * interval '1 microsecond', ${id})`;
