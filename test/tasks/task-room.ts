import { startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { TASK_NUMBERS } from "./task-recount.ts";

export const TASK = `id code title product document { number signedOn issuer url } assignedBy { code } lead { code } coordinators { code } parent { id }
  subtasks { id code } assignedOn deadline originalDeadline progress percent doneOn completedOn timeliness viewerCan
  events { totalCount nodes { action unit { code } formerLead { code } note percent deadline doneOn evidence { name url } } }`;

export interface SeenEvent {
  readonly action: string;
  readonly unit: { readonly code: string };
  readonly formerLead: { readonly code: string } | null;
  readonly note: string | null;
  readonly percent: number | null;
  readonly deadline: string | null;
  readonly doneOn: string | null;
  readonly evidence: readonly unknown[];
}

export interface SeenTask {
  readonly id: string;
  readonly code: string;
  readonly progress: string;
  readonly lead: { readonly code: string };
  readonly coordinators: readonly { readonly code: string }[];
  readonly subtasks: readonly { readonly id: string; readonly code: string }[];
  readonly parent: { readonly id: string } | null;
  readonly viewerCan: readonly string[];
  readonly deadline: string | null;
  readonly events: { readonly totalCount: number; readonly nodes: readonly SeenEvent[] };
  readonly [field: string]: unknown;
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Who asks, by the unit of its key: the province, two of its departments, three of its communes, and another province. */
export const UNITS = {
  province: "04",
  interior: "04/so-noi-vu",
  building: "04/so-xay-dung",
  one: "01273",
  two: "01279",
  three: "01288",
  stranger: "48",
} as const;
export type Who = keyof typeof UNITS;

const inputOf = (mutation: string): string =>
  ["declineTask", "returnTask", "reopenTask", "postponeTask"].includes(mutation)
    ? "TaskNoteInput"
    : `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;

/** A service with units that give one another tasks, and a key of an OFFICER for each. */
export class TaskRoom {
  readonly service: TestService;
  readonly #keys: ReadonlyMap<string, string>;
  #sent = 0;

  private constructor(service: TestService, keys: ReadonlyMap<string, string>) {
    this.service = service;
    this.#keys = keys;
  }

  static async start(options: Parameters<typeof startService>[1] = {}): Promise<TaskRoom> {
    const service = await startService("SEEDED", options);
    const admin = await issueKey(service.database, "admin", { "04": "ADMIN" });
    for (const name of ["Sở Nội vụ", "Sở Xây dựng"]) {
      const input = { unit: "04", kind: "DEPARTMENT", name, validFrom: "2025-08-01" };
      const text = "mutation ($input: RegisterAgencyInput!) { registerAgency(input: $input) { agency { code } } }";
      const { errors } = await service.ask(text, { input } as never, admin);
      if (errors) throw new Error(errors[0]!.message);
    }
    const keys = new Map<string, string>();
    for (const [who, code] of Object.entries(UNITS)) keys.set(who, await issueKey(service.database, who, { [code]: "OFFICER" }));
    return new TaskRoom(service, keys);
  }

  keyOf(who: Who): string {
    return this.#keys.get(who)!;
  }

  /** @throws Error where it is refused. */
  async change(who: Who, mutation: string, input: Readonly<Record<string, unknown>>): Promise<SeenTask> {
    const { task, refusal } = await this.try(who, mutation, input);
    if (!task) throw new Error(`${mutation}: ${JSON.stringify(refusal)}`);
    return task;
  }

  async try(who: Who | null, mutation: string, input: Readonly<Record<string, unknown>>): Promise<{ task?: SeenTask; refusal?: Refusal }> {
    const text = `mutation ($input: ${inputOf(mutation)}!) { ${mutation}(input: $input) { task { ${TASK} } } }`;
    const bearer = who === null ? undefined : this.keyOf(who);
    const { data, errors } = await this.service.ask<Record<string, { task: SeenTask } | null> | null, unknown>(text, { input }, bearer);
    const error = errors?.[0];
    if (error) return { refusal: { code: String(error.extensions["code"]), message: error.message, extensions: error.extensions } };
    return { task: data![mutation]!.task };
  }

  async refused(who: Who | null, mutation: string, input: Readonly<Record<string, unknown>>): Promise<Refusal> {
    const { task, refusal } = await this.try(who, mutation, input);
    if (!refusal) throw new Error(`${mutation} was not refused: ${JSON.stringify(task)}`);
    return refusal;
  }

  /** A task of the province for the department, unless said. */
  assign(input: Readonly<Record<string, unknown>> = {}, who: Who = "province"): Promise<SeenTask> {
    const given = {
      idempotencyKey: `assign-${++this.#sent}`,
      assignedBy: UNITS.province,
      lead: UNITS.interior,
      title: "Rà soát thủ tục",
      ...input,
    };
    return this.change(who, "assignTask", given);
  }

  delegate(who: Who, task: string, lead: Who, input: Readonly<Record<string, unknown>> = {}): Promise<SeenTask> {
    const given = { idempotencyKey: `delegate-${++this.#sent}`, task, lead: UNITS[lead], title: "Một phần", ...input };
    return this.change(who, "delegateTask", given);
  }

  /** As somebody sees it. */
  async see(who: Who, id: string): Promise<SeenTask | null> {
    const { data, errors } = await this.service.ask<{ task: SeenTask | null }, unknown>(
      `query ($id: ID!) { task(id: $id) { ${TASK} } }`,
      { id },
      this.keyOf(who),
    );
    if (errors) throw new Error(errors[0]!.message);
    return data.task;
  }
}

/** The counts of the tasks that a unit and all within it lead in each period, as somebody with a role on it sees them. */
export const countsSeen = async (
  room: Pick<TaskRoom, "service" | "keyOf">,
  who: Who,
  periods: readonly string[],
): Promise<Readonly<Record<string, number | null>>[]> => {
  const each = periods.map((period, n) => `p${n}: tasks(period: "${period}") { ${TASK_NUMBERS.join(" ")} }`);
  const { data, errors } = await room.service.ask<{ unit: Record<string, Readonly<Record<string, number | null>>> }, object>(
    `query ($unit: ID!) { unit(code: $unit) { ${each.join("\n")} } }`,
    { unit: UNITS[who] },
    room.keyOf(who),
  );
  if (errors) throw new Error(errors[0]!.message);
  return periods.map((_, n) => data.unit[`p${n}`]!);
};
