import { getNamedType, type GraphQLInputType, isInputObjectType, isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subgraph } from "../src/graphql/schema/subgraph.ts";
import { startService, type TestService, TODAY } from "./support/client.ts";
import { dossier, givenDossiers, IMPORT, type ImportAnswer, type Sent } from "./support/dossiers.ts";
import { IMPORT_TASKS, type SentReport, type SentTask, sentTask } from "./tasks/import/sent-tasks.ts";
import { SUBMIT, type SubmitAnswer } from "./support/reports.ts";

const TOMORROW = "2026-11-23";
const UP_TO_TODAY = new RegExp(`must be a day up to today, ${TODAY}$`);
const BEGUN = new RegExp(`must be a period that has begun by ${TODAY}$`);

/** A future day is refused where the day states when something happened. */
const PAST = [
  ...[
    "Dossier.timeliness(asOf)",
    "DossierFilter.received",
    "DossierFilter.resolved",
    "SubmitReportInput.publishedOn",
    "FigureInput.period",
  ],
  ...["DossierInput.submittedAt", "DossierInput.receivedAt", "DossierInput.endedAt", "DossierInput.returnedAt", "DossierInput.updatedAt"],
  ...["PauseInput.from", "PauseInput.to"],
  ...["Task.timeliness(asOf)", "TaskFilter.assigned", "AssignTaskInput.assignedOn", "TaskDocumentInput.signedOn"],
  ...["CompleteTaskInput.doneOn", "ConfirmTaskInput.completedOn"],
  ...["TaskInput.assignedOn", "TaskInput.doneOn", "TaskInput.completedOn", "TaskInput.cancelledOn", "TaskInput.updatedAt"],
  ...["DayRangeInput.from", "DayRangeInput.to", "PublishAssessmentCycleInput.publishedOn"],
];
/** Where it is planned, or is a hierarchy or a period to look at, one to come is taken. */
const ANY = [
  ...["Query.unit(asOf)", "Query.units(asOf)", "Unit.correspondence(on)", "DossierFilter.asOf"],
  ...["Unit.surveys(period)", "Unit.commendations(period)", "Unit.form06(period)", "Unit.serviceQuality(period)", "Unit.dossiers(period)"],
  ...["Unit.figures(period)", "Unit.indicators(period)", "Unit.services(period)", "Unit.tasks(period)"],
  ...["CreateAccessKeyInput.expiresOn", "RegisterAgencyInput.validFrom", "RegisterAgencyInput.validTo", "CloseAgencyInput.lastDay"],
  ...["DeclareCompleteInput.since", "DeclareCompleteInput.through", "WithdrawCompletenessInput.from", "WorkCalendarDayInput.day"],
  ...["DossierInput.dueAt", "DossierInput.extendedTo"],
  ...["TaskFilter.asOf", "TaskFilter.deadline", "AssignTaskInput.deadline", "DelegateTaskInput.deadline", "ExtendTaskInput.deadline"],
  ...["RequestTaskExtensionInput.deadline", "ResumeTaskInput.deadline", "ReassignTaskInput.deadline"],
  ...["TaskInput.deadline", "TaskInput.originalDeadline"],
  ...["OpenAssessmentCycleInput.period", "StageDeadlineInput.on", "ReopenScoreSheetInput.until"],
];

describe("future days", () => {
  let service: TestService;
  let officer: string;
  beforeAll(async () => {
    service = await startService();
    officer = await givenDossiers(service);
  });
  afterAll(() => service.close());

  const problem = async (query: string, variables: object = {}) => {
    const { errors } = await service.ask<unknown, object>(query, variables, officer);
    expect(errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
    return errors![0]!.message;
  };

  it("have a rule for every argument that is a day, an instant or a period", async () => {
    const { schema } = await subgraph();
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

  it("are refused as days of publication and of figures of a report", async () => {
    const submit = (publishedOn: string, period: string) => ({
      input: {
        ...{ idempotencyKey: "a", title: "Báo cáo", unit: "04", publishedOn },
        figures: [{ measure: "dossier.received", scope: "PROVINCE", period, value: 1, quote: "1" }],
      },
    });
    const problems = async (publishedOn: string, period: string) =>
      (await service.ask<SubmitAnswer, object>(SUBMIT, submit(publishedOn, period), officer)).data.submitReport.problems;
    const toCome = await problems(TOMORROW, "2026-Q1");
    expect(toCome).toMatchObject([{ path: ["publishedOn"], code: "DAY_INVALID" }]);
    expect(toCome[0]!.message).toMatch(UP_TO_TODAY);
    const unbegun = await problems(TODAY, "2026-12");
    expect(unbegun).toMatchObject([{ path: ["figures", "0", "period"], code: "PERIOD_INVALID" }]);
    expect(unbegun[0]!.message).toMatch(BEGUN);
    expect(await problems(TODAY, "2026")).toEqual([]);
  });

  it("are refused as days of receipt or resolution in filters, and accepted as days of the hierarchy", async () => {
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

  it("are refused as instants of a dossier, whatever its sender's clock shows", async () => {
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

  it("are refused in what another system states that a task has been through, and accepted as its deadlines", async () => {
    const codes = async (given: SentTask) => {
      const { data } = await service.ask<{ importTasks: { report: SentReport } }, object>(
        IMPORT_TASKS,
        { source: "s", tasks: [sentTask(given)], partial: true },
        officer,
      );
      return data.importTasks.report.problems.map(({ field, code }) => `${field} ${code}`);
    };
    expect(await codes({ code: "a", assignedOn: TOMORROW })).toContain("assignedOn DAY_AFTER_UPDATE");
    expect(await codes({ code: "a", updatedAt: `${TOMORROW}T08:00:00+07:00` })).toContain("updatedAt UPDATED_IN_FUTURE");
    expect(await codes({ code: "a", progress: "AWAITING_CONFIRMATION", doneOn: TOMORROW })).toContain("doneOn DAY_AFTER_UPDATE");
    expect(await codes({ code: "a", progress: "COMPLETED", completedOn: TOMORROW })).toContain("completedOn DAY_AFTER_UPDATE");
    expect(await codes({ code: "a", progress: "CANCELLED", cancelledOn: TOMORROW })).toContain("cancelledOn DAY_AFTER_UPDATE");
    const still = (from: string, to: string | null) => codes({ code: "a", progress: "POSTPONED", postponements: [{ from, to }] });
    expect(await still(TOMORROW, null)).toContain("postponements[0].from DAY_AFTER_UPDATE");
    expect(await still("2026-10-01", TOMORROW)).toContain("postponements[0].to DAY_AFTER_UPDATE");
    expect(await codes({ code: "a", deadline: TOMORROW, originalDeadline: TOMORROW })).toEqual([]);
  });
});
