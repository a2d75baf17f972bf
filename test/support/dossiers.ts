import { sql } from "kysely";
import { expect } from "vitest";
import type { DossierInput } from "../../src/dossiers/import/dossier-import.type.ts";
import type { TestService } from "./client.ts";
import type { TestDatabase } from "./database.ts";
import { issueKey } from "./key.ts";

/** Beside those of the seeds, procedures of three fields: with a limit of five and of ten working days, the second with a fee and in full online, and one without a limit. */
export const fillCatalogue = async ({ orm }: TestDatabase): Promise<void> => {
  const db = orm.em.fork().getKysely();
  await sql`insert into procedure_field (code, name) values ('HT', 'Hộ tịch'), ('CT', 'Chứng thực'), ('DD', 'Đất đai')
    on conflict (code) do nothing`.execute(db);
  await sql`
    insert into procedure (code, name, words, field_id, competence, service_level, working_days, has_fee)
    select p.code, p.name, lower(p.name), f.id, p.competence, p.level, p.days, p.fee
    from (values ('1.000001', 'Birth', 'HT', 'COMMUNE', 'PARTIAL', 5::double precision, false), ('1.000002', 'Copy', 'CT', 'COMMUNE', 'FULL', 10, true),
      ('1.000003', 'Land', 'DD', 'PROVINCE', 'INFORMATION', null, true)) p(code, name, field, competence, level, days, fee)
    join procedure_field f on f.code = p.field`.execute(db);
};

export const IMPORT = `mutation ($source: ID!, $owner: ID, $dossiers: [DossierInput!]!, $partial: Boolean! = false, $dryRun: Boolean! = false) {
  importDossiers(input: { source: $source, owner: $owner, dossiers: $dossiers, partial: $partial, dryRun: $dryRun }) {
    report { id isKept created updated unchanged stale rejected problems { row record field code message } }
  }
}`;

export const RETRACT = `mutation ($source: ID!, $codes: [ID!]!) {
  retractDossiers(input: { source: $source, codes: $codes, reason: "sent by mistake" }) { report { isKept updated rejected problems { row code } } }
}`;

export interface ImportAnswer {
  readonly importDossiers: {
    readonly report: {
      readonly id: string;
      readonly isKept: boolean;
      readonly created: number;
      readonly updated: number;
      readonly unchanged: number;
      readonly stale: number;
      readonly rejected: number;
      readonly problems: readonly {
        readonly row: number;
        readonly record: string;
        readonly field: string;
        readonly code: string;
        readonly message: string;
      }[];
    };
  };
}

export type Sent = Partial<DossierInput> & Pick<DossierInput, "code">;

/** A dossier received on 3 March 2026 in xã Hạ Lang (Cao Bằng), and still in process, but for what is given. */
export const dossier = (given: Sent): Partial<DossierInput> => ({
  ...{
    procedure: "1.000001",
    unit: "01558",
    state: "PROCESSING",
    receivedAt: "2026-03-03T08:00:00+07:00",
    updatedAt: "2026-11-01T08:00:00+07:00",
  },
  ...given,
});

/**
 * The catalogue, and these dossiers in it, sent by the API as the system cao-bang of the province Cao Bằng.
 * @returns the key of an OFFICER of the province, who sent them.
 */
export const givenDossiers = async (
  { database, ask }: Pick<TestService, "database" | "ask">,
  dossiers: readonly Sent[] = [],
): Promise<string> => {
  await fillCatalogue(database);
  const officer = await issueKey(database, "Cao Bằng", { "04": "OFFICER" });
  if (dossiers.length === 0) return officer;
  const { data, errors } = await ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers: dossiers.map(dossier) }, officer);
  expect(errors).toBeUndefined();
  expect(data.importDossiers.report).toMatchObject({ created: dossiers.length, problems: [] });
  return officer;
};
