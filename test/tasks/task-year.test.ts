import { afterAll, beforeAll, expect, it } from "vitest";
import { issueKey } from "../access/support.ts";
import { startService, type TestService } from "../support/client.ts";

/** The province, two departments, huyện Hạ Lang and two of its communes, and the four communes that followed on 1 July 2025. */
const UNITS = {
  ...{ P: "04", N: "04/so-noi-vu", X: "04/so-xay-dung", H: "048", minhLong: "01534", thangLoi: "01540" },
  ...{ L: "01537", Q: "01552", V: "01561", T: "01558" },
} as const;
type Who = keyof typeof UNITS;
const FROM_JULY: ReadonlySet<Who> = new Set(["L", "Q", "V", "T"]);

const note = "Lý do";
type Step = readonly [day: string, who: Who, mutation: string, task: string, input?: Readonly<Record<string, unknown>>];

/** A year of work. The name of a task is that of the script; of a part it begins with that of the whole. */
const YEAR: readonly Step[] = [
  ["2025-03-03", "P", "assignTask", "T1", { lead: "N", deadline: "2025-03-31" }],
  ["2025-03-03", "P", "assignTask", "T2", { lead: "X", deadline: "2025-04-15" }],
  ["2025-03-10", "N", "reportTaskProgress", "T1", { percent: 50 }],
  ["2025-03-10", "X", "delegateTask", "T2a", { lead: "minhLong", deadline: "2025-04-10" }],
  ["2025-03-28", "N", "completeTask", "T1"],
  ["2025-04-01", "P", "assignTask", "T3", { lead: "H", deadline: "2025-08-31" }],
  ["2025-04-02", "P", "confirmTask", "T1"],
  ["2025-04-07", "H", "delegateTask", "T3a", { lead: "thangLoi", deadline: "2025-07-31" }],
  ["2025-04-07", "H", "delegateTask", "T3b", { lead: "minhLong", deadline: "2025-07-31" }],
  ["2025-04-08", "minhLong", "completeTask", "T2a"],
  ["2025-04-09", "X", "confirmTask", "T2a"],
  ["2025-04-20", "X", "completeTask", "T2"],
  ["2025-04-22", "P", "confirmTask", "T2"],
  ["2025-05-05", "P", "assignTask", "T4", { lead: "N" }],
  ["2025-05-05", "P", "assignTask", "T5", { lead: "X", deadline: "2025-06-30" }],
  ["2025-05-07", "X", "declineTask", "T5", { note }],
  ["2025-05-09", "P", "returnTask", "T5", { note }],
  ["2025-06-20", "thangLoi", "completeTask", "T3a"],
  ["2025-06-20", "X", "requestTaskExtension", "T5", { deadline: "2025-07-31", note }],
  ["2025-06-25", "H", "confirmTask", "T3a"],
  ["2025-06-25", "P", "extendTask", "T5", { deadline: "2025-07-31", note }],
  // The district is no more: what followed its commune completes the part, and the province acts for it.
  ["2025-07-20", "L", "completeTask", "T3b"],
  ["2025-07-22", "P", "confirmTask", "T3b"],
  ["2025-07-25", "P", "reassignTask", "T3", { lead: "T", deadline: "2025-10-31", note }],
  ["2025-07-31", "X", "completeTask", "T5"],
  ["2025-08-04", "P", "returnTask", "T5", { note }],
  ["2025-08-08", "X", "completeTask", "T5"],
  ["2025-08-11", "P", "confirmTask", "T5", { completedOn: "2025-07-31" }],
  ["2025-09-01", "P", "assignTask", "T6", { lead: "Q", deadline: "2025-09-30" }],
  ["2025-09-01", "P", "assignTask", "T7", { lead: "V", deadline: "2025-12-31" }],
  ["2025-09-15", "P", "postponeTask", "T6", { note }],
  ["2025-10-01", "P", "assignTask", "T8", { lead: "N", deadline: "2026-01-15" }],
  ["2025-10-06", "N", "delegateTask", "T8a", { lead: "L", deadline: "2025-12-15" }],
  ["2025-10-06", "N", "delegateTask", "T8b", { lead: "T", deadline: "2026-01-10" }],
  ["2025-10-08", "T", "declineTask", "T8b", { note }],
  ["2025-10-10", "N", "reassignTask", "T8b", { lead: "Q", note }],
  ["2025-10-15", "P", "resumeTask", "T6", { deadline: "2025-10-31", note }],
  ["2025-10-30", "T", "completeTask", "T3"],
  ["2025-11-03", "P", "confirmTask", "T3"],
  ["2025-11-10", "P", "cancelTask", "T7", { note }],
  ["2025-12-01", "N", "completeTask", "T4"],
  ["2025-12-02", "P", "confirmTask", "T4"],
  ["2025-12-10", "L", "completeTask", "T8a"],
  ["2025-12-12", "N", "confirmTask", "T8a"],
  ["2026-01-09", "Q", "completeTask", "T8b"],
  ["2026-01-12", "N", "confirmTask", "T8b"],
  ["2026-01-14", "N", "completeTask", "T8"],
  ["2026-01-16", "P", "confirmTask", "T8"],
];

/** Written down by hand from the script: what a unit and all within it lead at the end of a day. Open, of them overdue, completed, of them late. */
const EXPECTED: Readonly<Record<string, Readonly<Partial<Record<Who, readonly [number, number, number, number]>>>>> = {
  "2025-03-31": { P: [3, 0, 0, 0], N: [1, 0, 0, 0], X: [1, 0, 0, 0], H: [1, 0, 0, 0], minhLong: [1, 0, 0, 0], thangLoi: [0, 0, 0, 0] },
  "2025-04-16": { P: [4, 1, 2, 0], X: [1, 1, 0, 0], H: [3, 0, 1, 0] },
  "2025-06-30": { P: [4, 0, 4, 1], N: [1, 0, 1, 0], X: [1, 0, 1, 1], H: [2, 0, 2, 0], minhLong: [1, 0, 1, 0], thangLoi: [0, 0, 1, 0] },
  "2025-07-31": { P: [3, 0, 5, 1], L: [0, 0, 2, 0], Q: [0, 0, 1, 0], T: [1, 0, 0, 0], V: [0, 0, 0, 0] },
  "2025-10-31": { P: [7, 0, 6, 1], N: [2, 0, 1, 0], X: [0, 0, 2, 1], Q: [2, 0, 1, 0], V: [1, 0, 0, 0] },
  "2025-12-31": { P: [3, 1, 9, 1], N: [1, 0, 2, 0], X: [0, 0, 2, 1], L: [0, 0, 3, 0], Q: [2, 1, 1, 0], T: [0, 0, 1, 0], V: [0, 0, 0, 0] },
  "2026-01-31": { P: [1, 1, 11, 1], N: [0, 0, 3, 0], Q: [1, 1, 2, 0] },
};

let service: TestService;
let now = new Date("2025-03-03T09:00:00+07:00");
const keys = new Map<Who, string>();
const ids = new Map<string, string>();

beforeAll(async () => {
  service = await startService("SEEDED", { clock: () => now });
  const admin = (await issueKey(service.database, [{ unit: "04", role: "ADMIN" }], { name: "admin", now })).secret;
  for (const name of ["Sở Nội vụ", "Sở Xây dựng"]) {
    const input = { unit: "04", kind: "DEPARTMENT", name, validFrom: "2025-01-01" };
    const text = "mutation ($input: RegisterAgencyInput!) { registerAgency(input: $input) { agency { code } } }";
    expect((await service.ask(text, { input } as never, admin)).errors).toBeUndefined();
  }
  for (const [who, unit] of Object.entries(UNITS) as [Who, string][]) {
    const at = FROM_JULY.has(who) ? new Date("2025-07-01T09:00:00+07:00") : now;
    keys.set(who, (await issueKey(service.database, [{ unit, role: "OFFICER" }], { name: who, now: at, expiresOn: "2026-12-31" })).secret);
  }
});
afterAll(() => service.close());

const typeOf = (mutation: string): string =>
  ["declineTask", "returnTask", "postponeTask"].includes(mutation)
    ? "TaskNoteInput"
    : `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;

const take = async ([day, who, mutation, name, given = {}]: Step): Promise<void> => {
  now = new Date(`${day}T09:00:00+07:00`);
  const lead = given["lead"] === undefined ? {} : { lead: UNITS[given["lead"] as Who] };
  const created = { idempotencyKey: name, title: `Nhiệm vụ ${name}` };
  const inputs: Readonly<Record<string, object>> = {
    assignTask: { ...created, assignedBy: UNITS[who] },
    delegateTask: { ...created, task: ids.get(name.slice(0, 2)) },
  };
  const input = { ...(inputs[mutation] ?? { task: ids.get(name) }), ...given, ...lead };
  const text = `mutation ($input: ${typeOf(mutation)}!) { ${mutation}(input: $input) { task { id } } }`;
  const { data, errors } = await service.ask<Record<string, { task: { id: string } }>, object>(text, { input }, keys.get(who));
  expect(errors, `${day} ${who} ${mutation} ${name}`).toBeUndefined();
  if (mutation in inputs) ids.set(name, data[mutation]!.task.id);
};

const OPEN = "progress: [NOT_STARTED, IN_PROGRESS, AWAITING_CONFIRMATION, POSTPONED, DECLINED]";
const counted = async (who: Who): Promise<readonly number[]> => {
  const list = (more: string) => `tasks(filter: { within: "${UNITS[who]}", ${more} }) { totalCount }`;
  const { data, errors } = await service.ask<Record<string, { totalCount: number }>, object>(
    `{ open: ${list(OPEN)} overdue: ${list(`${OPEN}, timeliness: [OVERDUE]`)}
      completed: ${list("progress: [COMPLETED]")} late: ${list("progress: [COMPLETED], timeliness: [OVERDUE]")} }`,
    {},
    keys.get("P"),
  );
  expect(errors).toBeUndefined();
  return ["open", "overdue", "completed", "late"].map((name) => data[name]!.totalCount);
};

it("a year of tasks by the API alone leaves each unit what a count by hand says", async () => {
  const steps = [...YEAR];
  for (const [day, units] of Object.entries(EXPECTED)) {
    while (steps.length > 0 && steps[0]![0] <= day) await take(steps.shift()!);
    now = new Date(`${day}T18:00:00+07:00`);
    for (const [who, expected] of Object.entries(units)) expect(await counted(who as Who), `${day} ${who}`).toEqual(expected);
  }
  expect(steps).toEqual([]);
});

it("shows at its end what became of each task", async () => {
  const { data } = await service.ask<{ tasks: { nodes: { title: string; progress: string; timeliness: string }[] } }, object>(
    '{ tasks(filter: { within: "04" }, orderBy: ASSIGNED_ON_DESC) { nodes { title progress timeliness } } }',
    {},
    keys.get("P"),
  );
  const ends = data.tasks.nodes.map(({ title, progress, timeliness }) => `${title.slice(9)} ${progress} ${timeliness}`);
  const inTime = ["T1", "T2a", "T3", "T3a", "T3b", "T5", "T8", "T8a", "T8b"].map((name) => `${name} COMPLETED IN_TIME`);
  const others = ["T2 COMPLETED OVERDUE", "T4 COMPLETED NO_DEADLINE", "T6 NOT_STARTED OVERDUE", "T7 CANCELLED IN_TIME"];
  expect(ends.toSorted()).toEqual([...inTime, ...others].toSorted());
});

const MONTHS = ["2025-03", "2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12", "2026-01"];

/**
 * Written down by hand from the script, as all of it stands when the year is over: what each task is at the end of each of these months. r running, o running
 * and overdue, w running without a deadline, C completed in the month by its deadline, L late, W without one, and - none of these. It is due in a month, in time or not.
 */
const LIVES: Readonly<
  Record<
    string,
    { readonly by: readonly Who[]; readonly months: string; readonly due?: string; readonly isLate?: true; readonly is?: string }
  >
> = {
  T1: { by: ["N"], months: "C----------", due: "2025-03" },
  T2: { by: ["X"], months: "rL---------", due: "2025-04", isLate: true },
  T2a: { by: ["minhLong", "L"], months: "rC---------", due: "2025-04", is: "delegated" },
  // Its present lead counts it from the day on which the province gave it to the district.
  T3: { by: ["T"], months: "-rrrrrrC---", due: "2025-10", is: "extended" },
  T3a: { by: ["thangLoi", "Q"], months: "-rrC-------", due: "2025-07", is: "delegated" },
  T3b: { by: ["minhLong", "L"], months: "-rrrC------", due: "2025-07", is: "delegated" },
  T4: { by: ["N"], months: "--wwwwwwwW-" },
  T5: { by: ["X"], months: "--rrC------", due: "2025-07", is: "extended" },
  T6: { by: ["Q"], months: "------rrooo", due: "2025-10", isLate: true, is: "extended" },
  T7: { by: ["V"], months: "------rr---" },
  T8: { by: ["N"], months: "-------rrrC", due: "2026-01" },
  T8a: { by: ["L"], months: "-------rrC-", due: "2025-12", is: "delegated" },
  T8b: { by: ["Q"], months: "-------rrrC", due: "2026-01", is: "delegated" },
};
const OF_DISTRICT: readonly Who[] = ["minhLong", "thangLoi", "T"];

const expectedIn = (month: number, leads: readonly Who[] | null): Readonly<Record<string, number | null>> => {
  const lives = Object.values(LIVES).filter(({ by }) => leads === null || by.some((lead) => leads.includes(lead)));
  const stand = (letters: string) => lives.filter(({ months }) => letters.includes(months[month]!));
  const due = lives.filter((life) => life.due === MONTHS[month]);
  const [C, L, W, r, o, w] = [..."CLWrow"].map((letter) => stand(letter).length) as [number, number, number, number, number, number];
  const counts = {
    ...{ total: C + L + W + r + o + w, withDeadline: C + L + r + o, withoutDeadline: W + w, onTime: C + r, overdue: L + o },
    ...{
      completedOnTime: C,
      completedLate: L,
      runningNotDue: r,
      runningOverdue: o,
      completedWithoutDeadline: W,
      runningWithoutDeadline: w,
    },
    delegated: stand("CLWrow").filter(({ is }) => is === "delegated").length,
    extended: stand("CLro").filter(({ is }) => is === "extended").length,
    ...{ due: due.length, dueCompletedOnTime: due.filter(({ isLate }) => !isLate).length },
  };
  const isNone = Object.values(counts).every((count) => count === 0);
  return isNone ? Object.fromEntries(Object.keys(counts).map((name) => [name, null])) : counts;
};

const countsOf = async (who: Who, asOf: string, months: readonly string[]) => {
  const each = months.map((month, n) => `m${n}: tasks(period: "${month}") { ${Object.keys(expectedIn(0, null)).join(" ")} }`);
  const text = `{ unit(code: "${UNITS[who]}", asOf: "${asOf}") { ${each.join("\n")} } }`;
  const { data, errors } = await service.ask<{ unit: Readonly<Record<string, object>> }, object>(text, {}, keys.get("P"));
  expect(errors).toBeUndefined();
  return months.map((_, n) => data.unit[`m${n}`]);
};

it("counts every task in each month of each unit, in the hierarchy after the reform and in that before it", async () => {
  const today: readonly (readonly [Who, readonly Who[] | null])[] = [
    ["P", null],
    ...(["N", "X", "L", "Q", "V", "T"] as const).map((who) => [who, [who]] as const),
  ];
  for (const [who, leads] of today)
    expect(await countsOf(who, "2026-01-31", MONTHS), who).toEqual(MONTHS.map((_, month) => expectedIn(month, leads)));
  const before = MONTHS.slice(0, 4);
  for (const [who, leads] of [["H", OF_DISTRICT] as const, ["minhLong", ["minhLong"]] as const, ["thangLoi", ["thangLoi"]] as const])
    expect(await countsOf(who, "2025-06-30", before), who).toEqual(before.map((_, month) => expectedIn(month, leads)));
});
