import { afterAll, beforeAll, expect, it } from "vitest";
import { issueKey } from "../access/support.ts";
import { startService, type TestService } from "../support/client.ts";
import { type Step, UNITS, type Who, YEAR } from "./year.ts";
import { ENDS, EXPECTED, LIVES, MONTHS, UNKNOWN } from "./year-counts.ts";

const FROM_JULY: ReadonlySet<Who> = new Set(["L", "Q", "V", "T"]);

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
  ["declineTask", "returnTask", "reopenTask", "postponeTask"].includes(mutation)
    ? "TaskNoteInput"
    : `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;

const take = async ([day, who, mutation, name, given = {}]: Step): Promise<void> => {
  now = new Date(`${day}T09:00:00+07:00`);
  const lead = given["lead"] === undefined ? {} : { lead: UNITS[given["lead"] as Who] };
  const created = { idempotencyKey: name, title: `Nhiệm vụ ${name}` };
  const inputs: Readonly<Record<string, object>> = {
    assignTask: { ...created, assignedBy: UNITS[who] },
    delegateTask: { ...created, task: ids.get(name.slice(0, -1)) },
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
    '{ tasks(filter: { within: "04" }, first: 100, orderBy: ASSIGNED_ON_DESC) { nodes { title progress timeliness } } }',
    {},
    keys.get("P"),
  );
  const ends = Map.groupBy(data.tasks.nodes, ({ progress, timeliness }) => `${progress} ${timeliness}`);
  const names = Object.fromEntries([...ends].map(([end, tasks]) => [end, tasks.map(({ title }) => title.slice(9)).toSorted()]));
  expect(names).toEqual(ENDS);
});

const OF_DISTRICT: readonly Who[] = ["H", "minhLong", "thangLoi", "T"];

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
    delegated: stand("CLWrow").filter(({ is }) => is?.includes("delegated")).length,
    extended: stand("CLro").filter(({ is }) => is?.includes("extended")).length,
    ...{ due: due.length, dueCompletedOnTime: due.filter(({ isLate }) => !isLate).length },
  };
  const isNone = Object.values(counts).every((count) => count === 0);
  const isUnknown = leads?.length === 1 && UNKNOWN.has(`${leads[0]} ${MONTHS[month]}`);
  return isNone || isUnknown ? Object.fromEntries(Object.keys(counts).map((name) => [name, null])) : counts;
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
