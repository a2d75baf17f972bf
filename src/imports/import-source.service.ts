import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { recordChange } from "../journal/audit.ts";
import { coveredBy } from "../access/scope.ts";
import type { Grant } from "../access/viewer.ts";
import { faultOfCode } from "../lib/code.ts";
import { takeLock } from "../database/locks.ts";
import { rowsOf } from "../database/reader.ts";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import { coveredUnit } from "./source-owner.ts";
import { validOn } from "../hierarchy/sql.ts";
import { relation } from "../database/relation.ts";

export interface ImportSource {
  readonly id: number;
  readonly key: string;
  /** Unique among the sources of its unit. */
  readonly name: string;
  readonly unitNo: number;
  readonly unitCode: string;
  /** Province of its unit; 0 outside all provinces. */
  readonly provinceNo: number;
  readonly isRetired: boolean;
}

/** Names a source by name or id, and by owner if several units of the caller have a source of that name. */
export interface SourceName {
  readonly source: string;
  readonly owner?: string | null | undefined;
}

export interface Sought extends SourceName {
  /** The units that the caller may write; null means all. */
  readonly grants: readonly Grant[] | null;
  readonly at: Date;
}

/** Limits a source to one import until the transaction ends; a new source is protected by the lock of its name. */
export const lockSource = (em: EntityManager, sourceId: number) => takeLock(em, "source", sourceId);

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._:/-]{0,99}$/u;

export const checkSourceName = (name: string): void => {
  if (!NAME.test(name) || faultOfCode(name) !== null)
    throw new BadUserInput("source", name, "must have 1 to 100 letters, digits or . _ : / -, and begin with a letter or digit");
};

/**
 * Returns the source of that name, of the given owner or of a unit that the caller covers; null if there is none. No other transaction can create it until this one ends.
 * @throws BadUserInput for an invalid name, an unknown owner or an ambiguous name; DomainError FORBIDDEN for an owner outside the caller's scope, CONFLICT for a retired
 * source.
 */
export const findSource = async (em: EntityManager, sought: Sought): Promise<ImportSource | null> => {
  const source = await readSource(em, sought);
  if (source?.isRetired)
    throw new DomainError("CONFLICT", `source: ${JSON.stringify(source.name)} of ${source.unitCode} is retired and accepts no records`, {
      argument: "source",
    });
  return source;
};

/** Returns an existing source, retired or not. @throws like `findSource`, and DomainError FORBIDDEN if there is none. */
export const openSource = async (em: EntityManager, sought: Sought): Promise<ImportSource> => {
  const source = await readSource(em, sought);
  if (!source) throw forbidden(sought.source);
  return source;
};

const readSource = async (em: EntityManager, { source: name, owner, grants, at }: Sought): Promise<ImportSource | null> => {
  checkSourceName(name);
  const ownerNo = owner == null ? null : await coveredUnit(em, { argument: "owner", unit: owner, grants, role: "OFFICER", at });
  await lockSourceName(em, name);
  const found = await sourcesNamed(em, { name, ownerNo, grants });
  if (found.length > 1) throw severalOwners(name, found);
  const [source] = found;
  if (source && !NAME.test(source.name))
    throw new BadUserInput("source", name, "must be a source system; this is the source of tasks that are assigned here");
  return source ?? null;
};

interface Making extends SourceName, Pick<Sought, "grants"> {
  readonly units: readonly number[];
  readonly kind?: "RECORDS" | "SYNTHETIC";
  readonly by: { readonly actor: string; readonly actorName: string; readonly at: Date };
}

/**
 * Creates a source. Its owner is the given one, or the smallest of the caller's units that covers all records (without grants: the smallest unit that covers them). @throws
 * DomainError FORBIDDEN if no unit does.
 */
export const makeSource = async (
  em: EntityManager,
  { source: name, owner, grants, units, kind = "RECORDS", by }: Making,
): Promise<ImportSource> => {
  const unitNo =
    owner == null
      ? await (grants === null ? smallestHolder(em, units) : smallestGrant(em, grants, units))
      : await coveredUnit(em, { argument: "owner", unit: owner, grants, role: "OFFICER", at: by.at });
  if (unitNo === null) throw forbidden(name);
  const key = randomUUID();
  await sql`
    insert into source (key, kind, title, name, unit_id, state, submitted_at, state_at, submitted_by)
    values (${key}, ${kind}, ${name}, ${name}, ${unitNo}, 'PUBLISHED', ${by.at.toISOString()}::timestamptz, ${by.at.toISOString()}::timestamptz, ${by.actor})`.execute(
    em.getKysely(),
  );
  await recordChange(em, { ...by, operation: "register source", unitNo, subject: key, before: null, after: { kind, name } });
  return (await sourcesNamed(em, { name: key, ownerNo: null, grants }))[0]!;
};

/** Serialises changes of the sources of a name until the transaction ends. */
export const lockSourceName = (em: EntityManager, name: string) => takeLock(em, "sourceName", name);

const severalOwners = (name: string, sources: readonly ImportSource[]): BadUserInput =>
  new BadUserInput(
    "owner",
    undefined,
    `several units have a source ${JSON.stringify(name)}; must be one of ${sources
      .map(({ unitCode }) => unitCode)
      .toSorted()
      .join(", ")}`,
  );

const forbidden = (name: string): DomainError =>
  new DomainError("FORBIDDEN", `source: ${JSON.stringify(name)} is not a source of a unit on which the caller has the role OFFICER`, {
    argument: "source",
  });

interface Named {
  readonly name: string;
  readonly ownerNo: number | null;
  readonly grants: readonly Grant[] | null;
}

/** Returns the matching sources among those that the grants cover; an id matches one source. */
export const sourcesNamed = async (em: EntityManager, { name, ownerNo, grants }: Named): Promise<ImportSource[]> => {
  const found = await rowsOf(em).rows(sql<ImportSource>`
    select s.id, s.key, s.name, s.unit_id as "unitNo", s.retired_at is not null as "isRetired",
      (select v.code from unit_version v where v.unit_id = s.unit_id order by v.valid_from desc limit 1) as "unitCode",
      coalesce((select c.target_id from contribution c join edition e on e.id = c.edition_id
        join unit_version v on v.unit_id = c.target_id and v.tier = 'PROVINCE' and ${validOn(sql`e.starts_on`)}
        where c.unit_id = s.unit_id and c.certain and e.contributed order by e.starts_on desc limit 1), 0) as "provinceNo"
    from source s where s.kind <> 'REPORT' and (s.key = ${name} or s.name = ${name} and s.retired_at is null)
      and ${grants === null ? sql`true` : coveredBy(grants, sql`s.unit_id`)} and (${ownerNo}::int is null or s.unit_id = ${ownerNo})
    order by s.id`);
  const byId = found.filter(({ key }) => key === name);
  return byId.length > 0 && found.length === byId.length ? byId : found.filter(({ name: own, isRetired }) => own === name && !isRetired);
};

const smallestGrant = async (em: EntityManager, grants: readonly Grant[], units: readonly number[]): Promise<number | null> => {
  const [row] = await rowsOf(em).rows(sql<{ unitNo: number }>`
    select g.unit_id as "unitNo" from ${relation("g", grants, {
      unit_id: ["int", ({ unitNo }) => unitNo],
      edition_id: ["int", ({ editionId }) => editionId],
    })}
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
