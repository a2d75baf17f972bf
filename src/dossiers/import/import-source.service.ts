import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { recordChange } from "../../access/audit.ts";
import { coveredBy } from "../../access/scope.ts";
import type { Grant } from "../../access/viewer.ts";
import { faultOfCode } from "../../code.ts";
import { rowsOf } from "../../db/reader.ts";
import { BadUserInput, DomainError } from "../../errors.ts";

/** A system that sends records, which belongs to one unit. */
export interface ImportSource {
  readonly id: number;
  readonly key: string;
  readonly unitNo: number;
  /** Province of its unit; 0 where that is in none. */
  readonly provinceNo: number;
}

interface Making {
  readonly key: string;
  /** What the caller may write; null where that is all. */
  readonly grants: readonly Grant[] | null;
  /** The units of what it sends. */
  readonly units: readonly number[];
  readonly kind?: "RECORDS" | "SYNTHETIC";
  readonly by: { readonly actor: string; readonly actorName: string; readonly at: Date };
}

const KEY = /^[\p{L}\p{N}][\p{L}\p{N}._:/-]{0,99}$/u;

/** @throws BadUserInput for a name that no source can have. */
export const checkSourceName = (key: string): void => {
  if (!KEY.test(key) || faultOfCode(key) !== null)
    throw new BadUserInput("source", key, "accepted are 1 to 100 letters, digits and . _ : / -, the first of them a letter or digit");
};

/**
 * The source of that name, null where there is none; until the transaction ends nobody else makes it.
 * @throws BadUserInput for a name that is none, DomainError FORBIDDEN where it belongs to a unit outside the caller's scope.
 */
export const findSource = async (em: EntityManager, key: string, grants: readonly Grant[] | null): Promise<ImportSource | null> => {
  checkSourceName(key);
  await sql`select pg_advisory_xact_lock(hashtext('cchc source name'), hashtext(${key}))`.execute(em.getKysely());
  return readSource(em, key, grants);
};

/** The source of that name. @throws as `findSource` does, and DomainError FORBIDDEN where there is none. */
export const openSource = async (em: EntityManager, key: string, grants: readonly Grant[] | null): Promise<ImportSource> => {
  const known = await findSource(em, key, grants);
  if (!known) throw forbidden(key);
  return known;
};

/**
 * Makes a source that `findSource` has not found; it belongs from then on to the smallest of the caller's units that covers all that it sends
 * (without grants: the smallest unit that holds all of it). @throws DomainError FORBIDDEN where there is no such unit.
 */
export const makeSource = async (em: EntityManager, { key, grants, units, kind = "RECORDS", by }: Making): Promise<ImportSource> => {
  const unitNo = grants === null ? await smallestHolder(em, units) : await smallestGrant(em, grants, units);
  if (unitNo === null) throw forbidden(key);
  await sql`
    insert into source (key, kind, title, unit_id, state, submitted_at, state_at, submitted_by)
    values (${key}, ${kind}, ${key}, ${unitNo}, 'PUBLISHED', ${by.at.toISOString()}::timestamptz, ${by.at.toISOString()}::timestamptz, ${by.actor})`.execute(
    em.getKysely(),
  );
  await recordChange(em, { ...by, operation: "register source", unitNo, subject: key, before: null, after: { kind } });
  return (await readSource(em, key, grants))!;
};

const forbidden = (key: string): DomainError =>
  new DomainError("FORBIDDEN", `source: ${JSON.stringify(key)} is not a source of a unit on which the caller has the role OFFICER`, {
    argument: "source",
  });

const readSource = async (em: EntityManager, key: string, grants: readonly Grant[] | null): Promise<ImportSource | null> => {
  const [row] = await rowsOf(em).rows(sql<ImportSource & { isCovered: boolean; kind: string }>`
    select s.id, s.key, s.kind, s.unit_id as "unitNo", ${grants === null ? sql`true` : coveredBy(grants, sql`s.unit_id`)} as "isCovered",
      coalesce((select c.target_id from contribution c join edition e on e.id = c.edition_id
        join unit_version v on v.unit_id = c.target_id and v.tier = 'PROVINCE' and v.valid_from <= e.starts_on and (v.valid_to is null or v.valid_to > e.starts_on)
        where c.unit_id = s.unit_id and c.certain and e.contributed order by e.starts_on desc limit 1), 0) as "provinceNo"
    from source s where s.key = ${key}`);
  if (!row) return null;
  if (!row.isCovered || row.kind === "REPORT") throw forbidden(key);
  return row;
};

const smallestGrant = async (em: EntityManager, grants: readonly Grant[], units: readonly number[]): Promise<number | null> => {
  const [row] = await rowsOf(em).rows(sql<{ unitNo: number }>`
    select g.unit_id as "unitNo" from unnest(${grants.map(({ unitNo }) => unitNo)}::int[], ${grants.map(({ editionId }) => editionId)}::int[]) g(unit_id, edition_id)
    where not exists (select from unnest(${units}::int[]) u(id) where not exists (
      select from contribution c where c.edition_id = g.edition_id and c.target_id = g.unit_id and c.unit_id = u.id and c.certain))
    order by (select count(*) from contribution c where c.edition_id = g.edition_id and c.target_id = g.unit_id), g.unit_id limit 1`);
  return row?.unitNo ?? grants[0]?.unitNo ?? null;
};

const smallestHolder = async (em: EntityManager, units: readonly number[]): Promise<number | null> => {
  const distinct = [...new Set(units)];
  const [row] = await rowsOf(em).rows(sql<{ unitNo: number }>`
    select c.target_id as "unitNo" from contribution c
    where c.edition_id = (select id from edition where contributed order by starts_on desc limit 1) and c.unit_id = any(${distinct}::int[]) and c.certain
    group by c.target_id having count(*) = ${distinct.length}
    order by (select count(*) from contribution n where n.edition_id = (select id from edition where contributed order by starts_on desc limit 1) and n.target_id = c.target_id),
      c.target_id limit 1`);
  return row?.unitNo ?? null;
};
