import { getNamedType, type GraphQLInputType, isInputObjectType, isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSubgraph } from "../src/graphql/schema/subgraph.ts";
import { startService, type TestService, TODAY } from "./support/client.ts";
import { dossier, fillCatalogue, IMPORT, type ImportAnswer, type Sent } from "./support/dossiers.ts";
import { issueKey } from "./support/key.ts";

const TOMORROW = "2026-11-23";
const UP_TO_TODAY = new RegExp(`accepted is a day up to today, ${TODAY}$`);
const BEGUN = new RegExp(`accepted is a period that has begun by ${TODAY}$`);

/** Where a day says when something happened, one to come is refused. */
const PAST = [
  ...["Dossier.timeliness(asOf)", "DossierFilter.received", "DossierFilter.resolved", "ReportInput.publishedOn", "FigureInput.period"],
  ...["DossierInput.submittedAt", "DossierInput.receivedAt", "DossierInput.endedAt", "DossierInput.returnedAt", "DossierInput.updatedAt"],
  ...["PauseInput.from", "PauseInput.to"],
  ...["Task.timeliness(asOf)", "TaskFilter.assigned", "AssignTaskInput.assignedOn", "TaskDocumentInput.signedOn"],
  ...["CompleteTaskInput.doneOn", "ConfirmTaskInput.completedOn"],
];
/** Where it is planned, or is a hierarchy or a period to look at, one to come is taken. */
const ANY = [
  ...["Query.unit(asOf)", "Query.units(asOf)", "Unit.correspondence(on)", "DossierFilter.asOf"],
  ...["Unit.surveys(period)", "Unit.commendations(period)", "Unit.form06(period)", "Unit.serviceQuality(period)", "Unit.dossiers(period)"],
  ...["Unit.figures(period)", "Unit.indicators(period)", "Unit.services(period)", "Unit.tasks(period)"],
  ...["AccessKeyInput.expiresOn", "RegisterAgencyInput.validFrom", "RegisterAgencyInput.validTo", "Mutation.closeAgency(lastDay)"],
  ...["DeclareCompleteInput.since", "DeclareCompleteInput.through", "WithdrawCompletenessInput.from", "WorkCalendarDayInput.day"],
  ...["DossierInput.dueAt", "DossierInput.extendedTo"],
  ...["TaskFilter.asOf", "TaskFilter.deadline", "AssignTaskInput.deadline", "DelegateTaskInput.deadline", "ExtendTaskInput.deadline"],
  ...["RequestTaskExtensionInput.deadline", "ResumeTaskInput.deadline", "ReassignTaskInput.deadline"],
];

describe("days to come", () => {
  let service: TestService;
  let officer: string;
  beforeAll(async () => {
    service = await startService();
    await fillCatalogue(service.database);
    officer = await issueKey(service.database, "Cao Bằng", { "04": "OFFICER" });
  });
  afterAll(() => service.close());

  const problem = async (query: string, variables: object = {}) => {
    const { errors } = await service.ask<unknown, object>(query, variables, officer);
    expect(errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
    return errors![0]!.message;
  };

  it("are thought of for every day, instant and period that may be sent", async () => {
    const { schema } = await createSubgraph();
    const isTime = ({ type }: { readonly type: GraphQLInputType }) => ["Date", "DateTime", "Period"].includes(getNamedType(type).name);
    const names = Object.values(schema.getTypeMap()).flatMap((type) => {
      if (isInputObjectType(type))
        return Object.values(type.getFields())
          .filter(isTime)
          .map(({ name }) => `${type.name}.${name}`);
      if (!isObjectType(type)) return [];
      return Object.values(type.getFields()).flatMap((field) =>
        field.args.filter(isTime).map(({ name }) => `${type.name}.${field.name}(${name})`),
      );
    });
    expect(names.toSorted()).toEqual([...PAST, ...ANY].toSorted());
  });

  it("are refused where a report is said to have been published, or speaks of them", async () => {
    const submit = (publishedOn: string, period: string) => ({
      input: {
        title: "Báo cáo",
        unit: "04",
        publishedOn,
        figures: [{ measure: "dossier.received", scope: "PROVINCE", period, value: 1, quote: "1" }],
      },
    });
    const mutation = 'mutation ($input: ReportInput!) { submitReport(input: $input, idempotencyKey: "a") { id } }';
    const published = await problem(mutation, submit(TOMORROW, "2026-Q1"));
    expect(published).toMatch(/^publishedOn: "2026-11-23" is not accepted; /);
    expect(published).toMatch(UP_TO_TODAY);
    expect(await problem(mutation, submit(TODAY, "2026-12"))).toMatch(BEGUN);
    expect((await service.ask<unknown, object>(mutation, submit(TODAY, "2026"), officer)).errors).toBeUndefined();
  });

  it("are refused where dossiers are said to have been received or resolved, and taken where these are looked at", async () => {
    const list = (filter: string) => `{ dossiers(filter: { ${filter} }) { totalCount } }`;
    for (const name of ["received", "resolved"]) {
      const message = await problem(list(`${name}: "2026-12"`));
      expect(message).toMatch(new RegExp(`^filter.${name}: "2026-12" is not accepted; `));
      expect(message).toMatch(BEGUN);
      expect((await service.ask(list(`${name}: "2026-11"`), {}, officer)).errors).toBeUndefined();
    }
    const view = `{ unit(code: "04", asOf: "2030-01-01") { asOf dossiers(period: "2030") { received } correspondence(on: "2031-01-01") { certain } } }`;
    expect(await service.ask(view)).toMatchObject({
      data: { unit: { asOf: "2030-01-01", dossiers: { received: null }, correspondence: [{ certain: true }] } },
    });
  });

  it("are refused in what a dossier has been through, whatever its sender's clock says", async () => {
    const codes = async (given: Sent) => {
      const sent = { source: "s", dossiers: [dossier(given)], partial: true };
      const { data } = await service.ask<ImportAnswer, object>(IMPORT, sent, officer);
      return data.importDossiers.report.problems.map(({ field, code }) => `${field} ${code}`);
    };
    const to = `${TOMORROW}T08:00:00+07:00`;
    const facts = { receivedAt: to, submittedAt: to } as const;
    expect(await codes({ code: "a", updatedAt: to })).toContain("updatedAt UPDATED_IN_FUTURE");
    for (const field of ["receivedAt", "submittedAt"] as const)
      expect(await codes({ code: "b", [field]: facts[field] })).toContain(`${field} INSTANT_AFTER_UPDATE`);
    for (const field of ["endedAt", "returnedAt"] as const)
      expect(await codes({ code: "c", state: "RESOLVED", endedAt: "2026-10-01T08:00:00+07:00", [field]: to })).toContain(
        `${field} INSTANT_AFTER_UPDATE`,
      );
    expect(await codes({ code: "d", dueAt: to, extendedTo: "2026-11-30T09:00:00+07:00" })).toEqual([]);
    const message = await problem(`{ dossiers(filter: {}) { nodes { timeliness(asOf: "${TOMORROW}") } } }`);
    expect(message).toMatch(UP_TO_TODAY);
  });

  it("are refused in what a task has been through, and taken where it is due", async () => {
    const assign = (more: object) => ({ input: { idempotencyKey: "t", assignedBy: "04", lead: "04", title: "Rà soát", ...more } });
    const mutation = "mutation ($input: AssignTaskInput!) { assignTask(input: $input) { task { id } } }";
    expect(await problem(mutation, assign({ assignedOn: TOMORROW }))).toMatch(UP_TO_TODAY);
    expect(await problem(mutation, assign({ document: { number: "1", signedOn: TOMORROW } }))).toMatch(UP_TO_TODAY);
    const { data } = await service.ask<{ assignTask: { task: { id: string } } }, object>(mutation, assign({ deadline: TOMORROW }), officer);
    const { id } = data.assignTask.task;
    const done = (day: string) => `mutation { completeTask(input: { task: "${id}", doneOn: "${day}" }) { task { id } } }`;
    expect(await problem(done(TOMORROW))).toMatch(UP_TO_TODAY);
    expect((await service.ask(done(TODAY), {}, officer)).errors).toBeUndefined();
    expect(await problem(`mutation { confirmTask(input: { task: "${id}", completedOn: "${TOMORROW}" }) { task { id } } }`)).toMatch(
      UP_TO_TODAY,
    );
    expect(await problem(`{ task(id: "${id}") { timeliness(asOf: "${TOMORROW}") } }`)).toMatch(UP_TO_TODAY);
    expect(await problem('{ tasks(filter: { assigned: "2026-12" }) { totalCount } }')).toMatch(BEGUN);
    expect(await service.ask('{ tasks(filter: { deadline: "2026-11" }) { totalCount } }', {}, officer)).toMatchObject({
      data: { tasks: { totalCount: 1 } },
    });
  });
});
