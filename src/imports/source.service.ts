import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { recordChange, recordChanges } from "../journal/audit.ts";
import { rowScope } from "../access/scope.ts";
import { grantsFor } from "../access/viewer.ts";
import { rowsOf } from "../database/reader.ts";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import { sourceColumn, type SourceView } from "../figures/figure.loaders.ts";
import type { RequestContext } from "../access/request-context.ts";
import { type ImportSource, lockSource, lockSourceName, sourcesNamed } from "./import-source.service.ts";
import { coveredUnit } from "./source-owner.ts";

type Caller = Pick<RequestContext, "session" | "viewer" | "now" | "today" | "use" | "renew">;

interface Owned {
  readonly source: string;
  readonly owner: string;
}

/**
 * Transfers a source and its records to another unit; ids stay. @throws BadUserInput for an unknown unit or source, DomainError FORBIDDEN for a unit that the caller does
 * not administer, CONFLICT if the new owner has a source of that name.
 */
export const transferSource = (context: Caller, { to, ...owned }: Owned & { readonly to: string }): Promise<SourceView> =>
  changed(context, owned, async (em, source, ownerNo) => {
    const { viewer, now } = context;
    const toNo = await coveredUnit(em, { argument: "to", unit: to, grants: grantsFor(viewer, "ADMIN"), role: "ADMIN", at: now });
    if (source.isRetired)
      throw new DomainError("CONFLICT", `source: ${JSON.stringify(source.name)} is retired and cannot be transferred`, {
        argument: "source",
      });
    if (toNo === ownerNo) return;
    const taken = (await sourcesNamed(em, { name: source.name, ownerNo: toNo, grants: null })).find(({ id }) => id !== source.id);
    if (taken)
      throw new DomainError("CONFLICT", `to: ${JSON.stringify(to)} already has a source ${JSON.stringify(source.name)}`, {
        argument: "to",
      });
    await sql`update source set unit_id = ${toNo} where id = ${source.id}`.execute(em.getKysely());
    const change = { ...byOf(context), operation: "transferSource", subject: source.key };
    const [before, after] = [
      { name: source.name, owner: owned.owner },
      { name: source.name, owner: to },
    ];
    await recordChanges(
      em,
      [ownerNo, toNo].map((unitNo) => ({ ...change, unitNo, before, after })),
    );
  });

/**
 * Retires a source: it accepts no further records, its records stay, and its name is free again. @throws BadUserInput for an unknown unit or source, DomainError FORBIDDEN
 * for a unit that the caller does not administer.
 */
export const retireSource = (context: Caller, owned: Owned): Promise<SourceView> =>
  changed(context, owned, async (em, source, unitNo) => {
    if (source.isRetired) return;
    await sql`update source set retired_at = ${context.now.toISOString()}::timestamptz where id = ${source.id}`.execute(em.getKysely());
    const change = { ...byOf(context), operation: "retireSource", subject: source.key, unitNo };
    await recordChange(em, { ...change, before: { name: source.name, isRetired: false }, after: { name: source.name, isRetired: true } });
  });

const byOf = ({ viewer, now }: Pick<RequestContext, "viewer" | "now">) => ({ actor: viewer!.actor, actorName: viewer!.name, at: now });

/** Changes a source of a unit that the caller administers, and excludes imports meanwhile. */
const changed = (
  context: Caller,
  { source: name, owner }: Owned,
  change: (em: EntityManager, source: ImportSource, ownerNo: number) => Promise<void>,
): Promise<SourceView> =>
  context.session
    .write(rowScope(context.viewer, "ADMIN"), async (em) => {
      const grants = grantsFor(context.viewer, "ADMIN");
      const ownerNo = await coveredUnit(em, { argument: "owner", unit: owner, grants, role: "ADMIN", at: context.now });
      const accepted = `must be the name or id of a source of the unit ${JSON.stringify(owner)}`;
      if (name.includes("\0")) throw new BadUserInput("source", name, accepted);
      await lockSourceName(em, name);
      const [source] = await sourcesNamed(em, { name, ownerNo, grants });
      if (!source) throw new BadUserInput("source", name, accepted);
      if (source.name !== name) await lockSourceName(em, source.name);
      await lockSource(em, source.id);
      await change(em, source, ownerNo);
      const [row] = await rowsOf(em).rows(
        sql<{ source: SourceView }>`select ${sourceColumn} as source from source s where s.id = ${source.id}`,
      );
      return row!.source;
    })
    .finally(() => context.renew());
