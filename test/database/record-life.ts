import { expect } from "vitest";
import { recount } from "../../src/counters/recount.service.ts";
import { importFile } from "../../src/dossiers/import/dossier-file.service.ts";
import type { Item } from "../../src/lib/files/file-row.ts";
import { NOW, startService, type TestService } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { dossier, fillCatalogue, IMPORT, type Sent } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { on, type SentTask, sentTask } from "../tasks/import/sent-tasks.ts";
import { statementsApart } from "../support/statements.ts";
import { NO_DIFFERENCES } from "../support/recount.ts";

const PAUSED = [{ reason: "SUPPLEMENT" as const, from: "2026-03-04T08:00:00+07:00", to: "2026-03-06T08:00:00+07:00" }];

const PAGE = `query ($filter: DossierFilter!, $after: String) {
  dossiers(filter: $filter, first: 1, after: $after) { totalCount nodes { code } pageInfo { hasNextPage endCursor } } }`;

interface Asked {
  readonly auditTrail?: { readonly nodes: object[] };
  readonly dossiers?: { readonly pageInfo?: { readonly endCursor: string | null } };
}

/** Sends, corrects, takes back, declares and reads dossiers, by the API and from a file. @returns all answers. */
export const liveThrough = async (service: TestService): Promise<unknown[]> => {
  const officer = await issueKey(service.database, "officer", { "04": "ADMIN" });
  const neighbour = await issueKey(service.database, "neighbour", { "22": "OFFICER" });
  const answers: unknown[] = [];
  const endCursors: (string | null)[] = [];
  const ask = async (text: string, variables: object, bearer: string = officer) => {
    const answer = await service.ask<Asked | null, object>(text, variables, bearer);
    if (bearer === officer) expect(answer.errors).toBeUndefined();
    const endCursor = answer.data?.dossiers?.pageInfo?.endCursor;
    if (endCursor !== undefined) endCursors.push(endCursor);
    const alike = JSON.parse(
      JSON.stringify(answer).replaceAll(/"([0-9a-f]{16}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"/g, '"id"'),
    ) as typeof answer;
    // What happened at once is in no order that two runs share.
    alike.data?.auditTrail?.nodes.sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1));
    answers.push(alike);
  };
  const send = (dossiers: readonly Sent[], bearer = officer) => ask(IMPORT, { source: "api", dossiers: dossiers.map(dossier) }, bearer);
  await send([{ code: "a", pauses: PAUSED }, { code: "b" }, { code: "c", unit: "01290" }]);
  await send([
    { code: "a", updatedAt: "2026-11-02T08:00:00+07:00", state: "RESOLVED", endedAt: "2026-03-20T08:00:00+07:00", pauses: PAUSED },
    { code: "b" },
  ]);
  await send([{ code: "a" }], neighbour);
  await ask('mutation { retractDossiers(input: { source: "api", codes: ["b"], reason: "sent by mistake" }) { report { updated } } }', {});
  async function* rows(): AsyncGenerator<Item> {
    yield { row: 2, cells: { ...dossier({ code: "d" }), pauses: null } };
    yield { row: 3, cells: { ...dossier({ code: "e", state: "RESOLVED", endedAt: "2026-03-05T08:00:00+07:00" }), pauses: null } };
  }
  const by = { actor: "command:test", actorName: "test", at: NOW };
  for (const partial of [false, true])
    answers.push({
      ...(await importFile(service.database, rows(), {
        ...{ source: "file", partial, dryRun: false, by, onProblem: (problem) => answers.push(problem) },
        complete: { since: "2026-01-01", through: "2026-06-30" },
      })),
      id: "id",
    });
  const declared = { units: ["01558"], since: "2026-01-01", through: "2026-09-30" };
  await ask(
    "mutation ($units: [ID!]!, $since: Date!, $through: Date!) { declareComplete(input: { kind: DOSSIERS, units: $units, since: $since, through: $through }) { records { completeSince } } }",
    declared,
  );
  await liveWithTasks(service, ask, officer);
  await liveWithSentTasks(ask);
  for (const bearer of [officer, neighbour]) {
    await ask("{ tasks(filter: { dueWithin: 30 }) { totalCount nodes { id code progress events { nodes { action } } } } }", {}, bearer);
    await ask('{ dossiers(filter: { within: "04" }) { totalCount nodes { code state pauses { reason from to } } } }', {}, bearer);
    await ask(PAGE, { filter: { channel: "DIRECT", received: "2026" } }, bearer);
    await ask(PAGE, { filter: { within: "04", states: ["RESOLVED"] }, after: endCursors.at(-1) }, bearer);
    await ask('{ unit(code: "04") { dossiers(period: "2026-03") { received resolved inProcess } } }', {}, bearer);
    await ask('{ unit(code: "04") { dossiers(period: "2026-03-03/2026-03-09") { received resolved inProcess } } }', {}, bearer);
    await ask('{ auditTrail(unit: "04") { totalCount nodes { operation subject before } } }', {}, bearer);
  }
  const { differences } = await recount(service.database.orm.em.fork(), null);
  expect(differences).toEqual(NO_DIFFERENCES);
  return answers;
};

/** Assigns tasks, of which one goes all the way, and one is given to another lead. */
const liveWithTasks = async (
  service: TestService,
  ask: (text: string, variables: object) => Promise<void>,
  officer: string,
): Promise<void> => {
  const assign = "mutation ($input: AssignTaskInput!) { assignTask(input: $input) { task { id } } }";
  for (const n of [1, 2]) {
    const input = { assignedBy: "04", lead: "01558", coordinators: ["22"], title: "Rà soát thủ tục", deadline: "2026-12-01" };
    const variables = { input: { ...input, idempotencyKey: `task-${n}` } };
    await ask(assign, variables);
    const { data } = await service.ask<{ assignTask: { task: { id: string } } }, object>(assign, variables, officer);
    const { id } = data.assignTask.task;
    const steps = [
      ["completeTask(input: { task: $task })", "confirmTask(input: { task: $task })"],
      [
        'amendTask(input: { task: $task, coordinators: ["01290"], note: "n" })',
        'reassignTask(input: { task: $task, lead: "01273", note: "n" })',
      ],
    ][n - 1]!;
    for (const step of steps) await ask(`mutation ($task: ID!) { ${step} { task { progress events { totalCount } } } }`, { task: id });
  }
};

/** Imports tasks of another system, one below the other, puts them right, and retracts one. */
const liveWithSentTasks = async (ask: (text: string, variables: object) => Promise<void>): Promise<void> => {
  const report = "report { isKept created updated unchanged stale rejected problems { record code } }";
  const send = (tasks: readonly SentTask[]) =>
    ask(`mutation ($tasks: [TaskInput!]!) { importTasks(input: { source: "sent", tasks: $tasks }) { ${report} } }`, {
      tasks: tasks.map(sentTask),
    });
  await send([{ code: "part", parent: "whole", lead: "01273", coordinators: ["22"] }, { code: "whole" }, { code: "wrong" }]);
  await send([{ code: "whole", parent: "wrong", lead: "01290", updatedAt: on(2) }, { code: "wrong" }]);
  await send([{ code: "whole", lead: "01290", updatedAt: on(3) }]);
  await ask(`mutation { retractTasks(input: { source: "sent", codes: ["wrong"], reason: "sent by mistake" }) { ${report} } }`, {});
};

export interface LivedThrough {
  /** As it was before: what other databases are copied of. */
  readonly base: TestDatabase;
  readonly service: TestService;
  /** The statements that were sent, each once. */
  readonly statements: readonly string[];
  readonly answers: readonly unknown[];
  close(): Promise<void>;
}

/** A service that has lived through all of that. */
export const startLived = async (): Promise<LivedThrough> => {
  const base = await createDatabase();
  await fillCatalogue(base);
  await base.disconnect();
  const service = await startService(base);
  let answers: readonly unknown[] = [];
  const sent = await statementsApart(async () => void (answers = await liveThrough(service)));
  const close = async () => {
    await service.close();
    await base.close();
  };
  return { base, service, statements: [...new Set(sent)], answers, close };
};
