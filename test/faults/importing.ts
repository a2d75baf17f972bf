import { expect } from "vitest";
import { recount } from "../../src/counters/recount.service.ts";
import type { Answer, TestService } from "../support/client.ts";
import type { TestDatabase } from "../support/database.ts";
import { dossier, IMPORT, type ImportAnswer, RETRACT, type Sent } from "../support/dossiers.ts";
import { NO_DIFFERENCES } from "../support/recount.ts";

const COUNTS = `query ($code: ID!, $period: Period!, $asOf: Date) { unit(code: $code, asOf: $asOf) { dossiers(period: $period) {
  received carriedOver resolved inProcess inProcessNotDue inProcessOverdue } } }`;

interface RetractAnswer {
  readonly retractDossiers: { readonly report: { readonly updated: number } };
}

export interface Counts {
  readonly received: number | null;
  readonly carriedOver: number | null;
  readonly resolved: number | null;
  readonly inProcess: number | null;
  readonly inProcessNotDue: number | null;
  readonly inProcessOverdue: number | null;
}

/** A system that sends dossiers with a key of its own. */
export interface Sender {
  readonly send: (dossiers: readonly Sent[], options?: object) => Promise<Answer<ImportAnswer>>;
  readonly retract: (codes: readonly string[]) => Promise<Answer<RetractAnswer>>;
}

export const senderOf = ({ ask }: Pick<TestService, "ask">, source: string, bearer: string): Sender => ({
  send: (dossiers, options = {}) => ask(IMPORT, { source, dossiers: dossiers.map(dossier), ...options }, bearer),
  retract: (codes) => ask(RETRACT, { source, codes }, bearer),
});

/** Sends again what was answered with "try again soon", as the systems of provinces do. */
export const patiently = async <T>(send: () => Promise<Answer<T>>): Promise<Answer<T>> => {
  for (;;) {
    const answer = await send();
    if (answer.errors?.[0]?.extensions["code"] !== "SERVICE_UNAVAILABLE") return answer;
  }
};

/** Counters of a unit in a period, in the hierarchy of today by default; without a bearer only of half-months that have ended. */
export const countsOf = async (
  { ask }: Pick<TestService, "ask">,
  code: string,
  period: string,
  { asOf, bearer }: { readonly asOf?: string; readonly bearer?: string } = {},
): Promise<Counts> => {
  const { data, errors } = await ask<{ unit: { dossiers: Counts } }, object>(COUNTS, { code, period, asOf }, bearer);
  expect(errors).toBeUndefined();
  return data.unit.dossiers;
};

/** All counters are what the records say. */
export const expectRecounted = async ({ orm }: Pick<TestDatabase, "orm">): Promise<void> => {
  expect((await recount(orm.em.fork(), null)).differences).toEqual(NO_DIFFERENCES);
};
