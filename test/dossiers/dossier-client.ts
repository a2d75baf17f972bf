import { sql } from "kysely";
import fc from "fast-check";
import { expect } from "vitest";
import type { Day } from "../../src/lib/time/date.ts";
import { startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { makeDossiers, type MadeDossier } from "./random-dossiers.ts";
import { runs, seed } from "../support/property.ts";

export const RUNS = runs(10);
export const SEED = seed(20_261_124);
const COUNT = 400;

export const LIST = `query ($filter: DossierFilter!, $first: Int, $after: String) { dossiers(filter: $filter, first: $first, after: $after) {
  nodes { code source { id } } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`;
export const ONE = `query ($code: ID!, $source: ID, $asOf: Date) { dossier(code: $code, source: $source) {
  code state channel submittedAt receivedAt dueAt dueProvisional currentDueAt endedAt returnedAt timeliness(asOf: $asOf)
  procedure { code field { code name } } unit { id asOf } receivedBy { id asOf } source { id kind } pauses { reason from to } } }`;

export interface Page {
  readonly nodes: readonly { readonly code: string; readonly source: { readonly id: string } }[];
  readonly edges: readonly { readonly cursor: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string | null };
  readonly totalCount: number;
}

/** A service with random dossiers, as viewers of the country and of two provinces ask it. */
export class DossierClient {
  readonly service: TestService;
  readonly made: readonly MadeDossier[];
  readonly keys: Readonly<Record<"VN" | "04" | "48", string>>;

  constructor(service: TestService, made: readonly MadeDossier[], keys: DossierClient["keys"]) {
    this.service = service;
    this.made = made;
    this.keys = keys;
  }

  static async start(): Promise<DossierClient> {
    const service = await startService("SEEDED", { maxCost: 100_000 });
    const made = await makeDossiers(service.database.orm.em.fork(), COUNT, SEED);
    const keyOf = (unit: string) => issueKey(service.database, `viewer of ${unit}`, { [unit]: "VIEWER" });
    return new DossierClient(service, made, { VN: await keyOf("VN"), "04": await keyOf("04"), "48": await keyOf("48") });
  }

  async list(filter: object, key: string = this.keys.VN, page: object = { first: 1000 }): Promise<Page> {
    const { data, errors } = await this.service.ask<{ dossiers: Page }, object>(LIST, { filter, ...page }, key);
    expect(errors).toBeUndefined();
    return data.dossiers;
  }

  async one(variables: object, key: string = this.keys.VN): Promise<Record<string, unknown> | null> {
    const { data, errors } = await this.service.ask<{ dossier: Record<string, unknown> | null }, object>(ONE, variables, key);
    expect(errors).toBeUndefined();
    return data.dossier;
  }

  async errorOf(query: string, variables: object, key?: string) {
    const { errors } = await this.service.ask<unknown, object>(query, variables, key);
    return { code: errors?.[0]?.extensions["code"], message: errors?.[0]?.message, extensions: errors?.[0]?.extensions };
  }

  /** The ids of units that contribute certainly to the one that held the code on the day. */
  async certainlyIn(code: string, day: Day): Promise<ReadonlySet<string>> {
    const { rows } = await sql<{ id: string }>`
      select u.key as id from unit_version v join contribution c on c.target_id = v.unit_id and c.certain join unit u on u.id = c.unit_id
      where v.code = ${code} and v.valid_from <= ${day} and (v.valid_to is null or v.valid_to > ${day})
        and c.edition_id = (select id from edition where starts_on <= ${day} order by starts_on desc limit 1)`.execute(
      this.service.database.orm.em.fork().getKysely(),
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Pages of any size make up the full list. */
  async comparePages(): Promise<void> {
    for (const first of fc.sample(fc.integer({ min: 25, max: 150 }), { numRuns: 3, seed: SEED })) {
      const found: string[] = [];
      let after: string | null = null;
      for (let isMore = true; isMore;) {
        const page: Page = await this.list({}, this.keys.VN, { first, after });
        expect(page.totalCount).toBe(this.made.length);
        expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
        found.push(...namesOf(page));
        ({ endCursor: after, hasNextPage: isMore } = page.pageInfo);
      }
      expect(found).toEqual(newestFirst(this.made).map(nameOf));
    }
  }
}

export const namesOf = ({ nodes }: Page): string[] => nodes.map(({ code, source }) => `${source.id} ${code}`);
export const nameOf = ({ code, source }: MadeDossier): string => `${source} ${code}`;

/** The order of lists. */
export const newestFirst = (dossiers: readonly MadeDossier[]) =>
  dossiers.toSorted((a, b) => {
    if (a.datedOn !== b.datedOn) return a.datedOn < b.datedOn ? 1 : -1;
    return b.sourceNo - a.sourceNo || (a.code < b.code ? 1 : -1);
  });
