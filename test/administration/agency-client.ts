import { sql } from "kysely";
import { expect } from "vitest";
import type { Viewer } from "../../src/access/viewer.ts";
import { subgraph } from "../../src/graphql/schema/subgraph.ts";
import { createDatabase } from "../support/database.ts";
import { askAs, viewerOf } from "../support/viewer.ts";

const UNIT = "id code name kind tier validFrom validTo parent { code }";
const REGISTER = `mutation ($input: RegisterAgencyInput!) { registerAgency(input: $input) { agency { ${UNIT} } } }`;
const CLOSE = `mutation ($input: CloseAgencyInput!) { closeAgency(input: $input) { agency { ${UNIT} } } }`;

export interface Agency {
  readonly id: string;
  readonly code: string;
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

/** Asks about agencies, as the ADMIN of Đà Nẵng unless a viewer is given. */
export const startAgencies = async () => {
  const database = await createDatabase();
  const { schema } = await subgraph();
  const admin = await viewerOf(database, "admin", { "48": "ADMIN" });
  const db = () => database.orm.em.fork().getKysely();
  const ask = <T>(viewer: Viewer | null, source: string, variables: Record<string, unknown> = {}) =>
    askAs<T>(schema, database, viewer, source, variables);

  const register = async (name: string, input: Record<string, unknown> = {}, viewer: Viewer | null = admin) => {
    const given = { unit: "48", kind: "DEPARTMENT", name, validFrom: "2025-08-01", ...input };
    const { data, errors } = await ask<{ registerAgency: { agency: Agency } } | null>(viewer, REGISTER, { input: given });
    return { agency: data?.registerAgency.agency, error: errors?.[0] };
  };

  const close = async (id: string, lastDay: string, successor?: string, viewer: Viewer | null = admin) => {
    const { data, errors } = await ask<{ closeAgency: { agency: Agency } } | null>(viewer, CLOSE, { input: { id, lastDay, successor } });
    return { agency: data?.closeAgency.agency, error: errors?.[0] };
  };

  const report = async (code: string, value: number, from = "2025-09-01", to = "2025-09-30"): Promise<void> => {
    await sql`
      insert into figure (source_id, position, unit_id, scope, period_from, period_to, measure, value, qualifiers, quote)
      select 1, 99, unit_id, null, ${from}, ${to}, 'dossier.received', ${value}, '{}', 'q' from unit_version
      where code = ${code} and valid_from <= ${from} and (valid_to is null or valid_to > ${from})`.execute(db());
    await sql`delete from rollup_set where period_from = ${from} and period_to = ${to}`.execute(db());
  };

  const received = async (code: string, asOf: string, tier?: string, period = "2025-09"): Promise<number | null | undefined> => {
    const { data, errors } = await ask<{ unit: { dossiers: { received: number | null } } | null }>(
      null,
      `{ unit(code: "${code}", asOf: "${asOf}") { dossiers(period: "${period}"${tier ? `, handledBy: ${tier}` : ""}) { received } } }`,
    );
    expect(errors).toBeUndefined();
    return data.unit?.dossiers.received;
  };

  const audited = async () =>
    (
      await sql<{ operation: string; subject: string; actor: string; before: unknown; after: unknown }>`
        select operation, subject, actor, before, after from audit_entry where operation <> 'load seeds' order by id`.execute(db())
    ).rows;

  const countUnits = async () => (await sql<{ n: number }>`select count(*)::int as n from unit`.execute(db())).rows[0]!.n;

  return { database, admin, ask, register, close, report, received, audited, countUnits };
};

export type Agencies = Awaited<ReturnType<typeof startAgencies>>;
