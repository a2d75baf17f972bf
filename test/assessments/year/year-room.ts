import { expect } from "vitest";
import { issueKey } from "../../access/support.ts";
import { type Answer, startService, type TestService } from "../../support/client.ts";
import { type ImportAnswer, IMPORT } from "../../support/dossiers.ts";
import { changeBy, criterionOf, CYCLE, type Outcome, SHEET, type SeenCycle, type SeenSheet, sheetOf } from "../cycle-room.ts";
import { type Dossiers, PROVINCE, type Tasks } from "./thanh-hoa.ts";

export const REASON = "Theo quyết định của Chủ tịch Ủy ban nhân dân tỉnh";

/** What the steps of the year share. */
export interface Year {
  room: YearRoom;
  communes: SeenCycle;
  /** Codes of the agencies by name. */
  readonly codes: Map<string, string>;
}

/** Day and hour in Vietnam. */
const at = (day: string): string => `${day}T09:00:00+07:00`;

/** The province with its clock, and a key for each unit and role, which its ADMIN creates by the API. */
export class YearRoom {
  readonly #service: TestService;
  readonly #clock: { now: Date };
  readonly #keys = new Map<string, string>();
  #tasks = 0;

  private constructor(service: TestService, clock: { now: Date }) {
    this.#service = service;
    this.#clock = clock;
  }

  static async start(day: string): Promise<YearRoom> {
    const clock = { now: new Date(at(day)) };
    const service = await startService("SEEDED", { clock: () => clock.now });
    const room = new YearRoom(service, clock);
    const grants = [{ unit: PROVINCE, role: "ADMIN" as const }];
    const { secret } = await issueKey(service.database, grants, { now: clock.now, expiresOn: "2027-12-31" });
    room.#keys.set("admin", secret);
    return room;
  }

  close(): Promise<void> {
    return this.#service.close();
  }

  goTo(day: string): void {
    this.#clock.now = new Date(at(day));
  }

  async ask<T>(who: string | null, text: string, variables: object = {}): Promise<Answer<T>> {
    const key = who === null ? undefined : this.#keys.get(who);
    if (who !== null && key === undefined) throw new Error(`${who} has no key`);
    return this.#service.ask<T, object>(text, variables, key);
  }

  /** @throws where it is refused. */
  async answer<T>(who: string | null, text: string, variables: object = {}): Promise<T> {
    const { data, errors } = await this.ask<T>(who, text, variables);
    if (errors) throw new Error(`${who}: ${errors[0]!.message}`);
    return data;
  }

  async giveKey(who: string, unit: string, role: string): Promise<void> {
    const text = "mutation ($input: CreateAccessKeyInput!) { createAccessKey(input: $input) { secret } }";
    const input = { name: who, grants: [{ unit, role }], expiresOn: "2026-12-31" };
    this.#keys.set(who, (await this.answer<{ createAccessKey: { secret: string } }>("admin", text, { input })).createAccessKey.secret);
  }

  /** Its code. */
  async register(kind: string, name: string): Promise<string> {
    const text = "mutation ($input: RegisterAgencyInput!) { registerAgency(input: $input) { agency { code } } }";
    const input = { unit: PROVINCE, kind, name, validFrom: "2025-01-01" };
    return (await this.answer<{ registerAgency: { agency: { code: string } } }>("admin", text, { input })).registerAgency.agency.code;
  }

  change(who: string, mutation: string, input: object): Promise<Outcome> {
    return changeBy((text, variables) => this.ask(who, text, variables), mutation, input);
  }

  /** @throws where it is refused. */
  async done(who: string, mutation: string, input: object): Promise<Outcome> {
    const outcome = await this.change(who, mutation, input);
    if (outcome.code !== undefined || outcome.problems.length > 0) throw new Error(`${who} ${mutation}: ${outcome.message}`);
    return outcome;
  }

  /** The code of the error, or of the first problem. */
  async refusal(who: string, mutation: string, input: object): Promise<string | undefined> {
    const { code, problems } = await this.change(who, mutation, input);
    return code ?? problems[0];
  }

  async open(rubric: object, members: readonly string[], deadlines: readonly object[] = []): Promise<SeenCycle> {
    const made = (await this.done("admin", "createRubric", rubric)) as unknown as { rubric: { id: string } };
    await this.done("admin", "publishRubric", { rubric: made.rubric.id });
    return (await this.done("admin", "openAssessmentCycle", { rubric: made.rubric.id, period: "2025", members, deadlines })).cycle!;
  }

  async cycle(id: string): Promise<SeenCycle> {
    return (
      await this.answer<{ assessmentCycle: SeenCycle }>("admin", `query ($id: ID!) { assessmentCycle(id: $id) { ${CYCLE} } }`, { id })
    ).assessmentCycle;
  }

  async sheet(who: string, id: string): Promise<SeenSheet | null> {
    return (await this.answer<{ scoreSheet: SeenSheet | null }>(who, `query ($id: ID!) { scoreSheet(id: $id) { ${SHEET} } }`, { id }))
      .scoreSheet;
  }

  /** What a computed criterion was frozen with, and what it would be computed of now. */
  async receipts(who: string, id: string, code: string): Promise<readonly unknown[]> {
    const receipt = "value lowPoints highPoints rate { numerator denominator coverage }";
    const text = `query ($id: ID!) { scoreSheet(id: $id) { items { criterion { code } receipt { ${receipt} } livingReceipt { ${receipt} } } } }`;
    type Items = readonly { readonly criterion: { readonly code: string }; readonly receipt: unknown; readonly livingReceipt: unknown }[];
    const { scoreSheet } = await this.answer<{ scoreSheet: { items: Items } }>(who, text, { id });
    const item = scoreSheet.items.find(({ criterion }) => criterion.code === code)!;
    return [item.receipt, item.livingReceipt];
  }

  /** Sends the dossiers of a unit as the system of the province, and states that they are all of these days. */
  async sendDossiers(unit: string, year: Dossiers, { receivedOn, through }: { receivedOn: string; through: string }): Promise<void> {
    const dossiers = dossiersOf(unit, year, receivedOn, this.#clock.now.toISOString());
    if (dossiers.length > 0) {
      const { importDossiers } = await this.answer<ImportAnswer>("system", IMPORT, { source: "thanh-hoa", dossiers });
      const { created, updated, problems } = importDossiers.report;
      expect([created + updated, problems]).toEqual([dossiers.length, []]);
    }
    const text = "mutation ($input: DeclareCompleteInput!) { declareComplete(input: $input) { records { completeThrough } } }";
    await this.answer("admin", text, { input: { kind: "DOSSIERS", units: [unit], since: "2025-01-01", through } });
  }

  /** Of the tasks on time one is completed, and the others are not yet due at the end of the year. */
  async assignTasks(unit: string, [onTime, all]: Tasks, assignedOn = "2025-09-01"): Promise<void> {
    for (let n = 0; n < all; n++) {
      const given = { idempotencyKey: `task-${++this.#tasks}`, title: `Nhiệm vụ ${n}`, assignedBy: PROVINCE, lead: unit };
      const input = { ...given, assignedOn, deadline: n < onTime ? "2026-03-31" : "2025-11-30" };
      const assign = "mutation ($input: AssignTaskInput!) { assignTask(input: $input) { task { id } } }";
      const { assignTask } = await this.answer<{ assignTask: { task: { id: string } } }>("system", assign, { input });
      if (n > 0 || onTime === 0) continue;
      const task = { input: { task: assignTask.task.id } };
      await this.answer(unit, "mutation ($input: CompleteTaskInput!) { completeTask(input: $input) { task { id } } }", task);
      await this.answer("system", "mutation ($input: ConfirmTaskInput!) { confirmTask(input: $input) { task { id } } }", task);
    }
  }

  /** Appraises criteria by their codes, with a note. */
  appraise(who: string, cycle: SeenCycle, unit: string, points: Readonly<Record<string, number>>): Promise<Outcome> {
    return this.done(who, "appraise", appraisal(cycle, unit, points));
  }
}

/** The input of an appraisal, or of self-scores that need evidence. */
export const appraisal = (cycle: SeenCycle, unit: string, points: Readonly<Record<string, number>>) =>
  scores(cycle, unit, points, { note: "Theo hồ sơ" });
export const selfScores = (cycle: SeenCycle, unit: string, points: Readonly<Record<string, number>>) =>
  scores(cycle, unit, points, { evidence: [{ name: "Kế hoạch", url: "https://thanhhoa.example/ke-hoach" }] });
const scores = (cycle: SeenCycle, unit: string, points: Readonly<Record<string, number>>, more: object) => {
  const sheet = sheetOf(cycle, unit);
  return {
    sheet: sheet.id,
    items: Object.entries(points).map(([code, given]) => ({ criterion: criterionOf(sheet, code), points: given, ...more })),
  };
};

/** The input of a survey: how many of the people answered with the weights 1, 0.5 and 0. */
export const survey = (cycle: SeenCycle, code: string, answers: Readonly<Record<string, readonly [number, number, number]>>) => {
  const criterion = criterionOf(cycle.sheets[0]!, code);
  const counts = ([full, half, none]: readonly [number, number, number]) => [
    { weight: 1, count: full },
    { weight: 0.5, count: half },
    { weight: 0, count: none },
  ];
  const of = ([unit, given]: [string, readonly [number, number, number]]) => ({
    unit,
    criterion,
    respondents: "Người dân",
    counts: counts(given),
  });
  return { cycle: cycle.id, answers: Object.entries(answers).map(of) };
};

const dossiersOf = (unit: string, [inTime, late, notDue, overdue, online]: Dossiers, receivedOn: string, updatedAt: string) => {
  const [due, soon, tooLate] = [30, 20, 40].map((days) => new Date(Date.parse(at(receivedOn)) + days * 86_400_000).toISOString());
  const kinds = [
    ...Array.from({ length: inTime }, () => ({ state: "RESOLVED", dueAt: due, endedAt: soon })),
    ...Array.from({ length: late }, () => ({ state: "RESOLVED", dueAt: due, endedAt: tooLate })),
    ...Array.from({ length: notDue }, () => ({ state: "PROCESSING", dueAt: "2026-06-30T09:00:00+07:00" })),
    ...Array.from({ length: overdue }, () => ({ state: "PROCESSING", dueAt: due })),
  ];
  return kinds.map((kind, n) => ({
    ...{
      code: `${unit}-${n}`,
      procedure: "1.000656",
      unit,
      channel: n < online ? "ONLINE" : "DIRECT",
      receivedAt: at(receivedOn),
      updatedAt,
    },
    ...kind,
  }));
};
