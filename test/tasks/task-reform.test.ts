import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueKey } from "../access/support.ts";
import { NOW, startService, type TestService } from "../support/client.ts";
import { type SeenTask, TASK } from "./task-room.ts";

/** A Monday before the districts went, and today. */
const BEFORE = new Date("2025-06-02T09:00:00+07:00");
const AFTER = NOW;
const NOTE = { note: "Lý do" };
const INPUTS: Readonly<Record<string, string>> = { returnTask: "TaskNoteInput", declineTask: "TaskNoteInput" };

describe("tasks of units that went into others on 1 July 2025", () => {
  let service: TestService;
  let now = BEFORE;
  /** On units of either day: huyện Hạ Lang and two of its communes, what two of these went whole into, and the province of all. */
  const keys = new Map<string, string>();
  let forDistrict: SeenTask;
  let part: SeenTask;
  let forCommune: SeenTask;
  let byDistrict: SeenTask;

  const ask = async (who: string, mutation: string, input: object) => {
    const type = INPUTS[mutation] ?? `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
    const text = `mutation ($input: ${type}!) { ${mutation}(input: $input) { task { ${TASK} } } }`;
    return service.ask<Record<string, { task: SeenTask }> | null, object>(text, { input }, keys.get(who));
  };
  const change = async (who: string, mutation: string, input: object): Promise<SeenTask> => {
    const { data, errors } = await ask(who, mutation, input);
    if (errors) throw new Error(`${mutation}: ${errors[0]!.message}`);
    return data![mutation]!.task;
  };
  const see = async (who: string, id: string): Promise<SeenTask | null> => {
    const { data } = await service.ask<{ task: SeenTask | null }, object>(`{ task(id: "${id}") { ${TASK} } }`, {}, keys.get(who));
    return data.task;
  };
  const lastEvent = (task: SeenTask) => task.events.nodes.at(-1)!;

  beforeAll(async () => {
    service = await startService("SEEDED", { clock: () => now });
    const issue = async (name: string, unit: string, at: Date) => {
      const { secret } = await issueKey(service.database, [{ unit, role: "OFFICER" }], { name, now: at, expiresOn: "2027-01-01" });
      keys.set(name, secret);
    };
    await issue("province", "04", BEFORE);
    await issue("Hạ Lang", "048", BEFORE);
    await issue("Minh Long", "01534", BEFORE);
    for (const [name, unit] of [
      ["Lý Quốc", "01537"],
      ["Quang Long", "01552"],
      ["xã Hạ Lang", "01558"],
    ] as const)
      await issue(name, unit, AFTER);
    const assign = { deadline: "2026-12-01", title: "Rà soát" };
    forDistrict = await change("province", "assignTask", { ...assign, idempotencyKey: "a", assignedBy: "04", lead: "048" });
    part = await change("Hạ Lang", "delegateTask", { idempotencyKey: "b", task: forDistrict.id, lead: "01558", title: "Một phần" });
    forCommune = await change("province", "assignTask", { ...assign, idempotencyKey: "c", assignedBy: "04", lead: "01534" });
    byDistrict = await change("Hạ Lang", "assignTask", { ...assign, idempotencyKey: "d", assignedBy: "048", lead: "01540" });
    await change("Minh Long", "reportTaskProgress", { task: forCommune.id, percent: 30 });
    now = AFTER;
  });
  afterAll(() => service.close());

  it("are led by what the lead went whole into, in the name of the lead", async () => {
    const seen = await see("Lý Quốc", forCommune.id);
    expect(seen).toMatchObject({
      lead: { code: "01534" },
      percent: 30,
      viewerCan: ["REPORT", "COMPLETE", "DELEGATE", "REQUEST_EXTENSION"],
    });
    const done = await change("Lý Quốc", "completeTask", { task: forCommune.id });
    expect(lastEvent(done)).toMatchObject({ action: "DONE", unit: { code: "01534" } });
    expect(await change("province", "confirmTask", { task: forCommune.id })).toMatchObject({
      progress: "COMPLETED",
      lead: { code: "01534" },
    });
  });

  it("are seen and no more by keys on what is no more", async () => {
    expect(await see("Minh Long", forCommune.id)).toMatchObject({ viewerCan: [] });
    expect(await see("Hạ Lang", forDistrict.id)).toMatchObject({ viewerCan: [] });
    const { errors } = await ask("Hạ Lang", "reportTaskProgress", { task: forDistrict.id, percent: 1 });
    expect(errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
  });

  it("are confirmed by the unit above an assigner that was split, in its own name", async () => {
    for (const [id, who] of [
      [part.id, "xã Hạ Lang"],
      [byDistrict.id, "Quang Long"],
    ] as const) {
      expect(await see(who, id)).toMatchObject({ assignedBy: { code: "048" } });
      await change(who, "completeTask", { task: id });
      const confirmed = await change("province", "confirmTask", { task: id });
      expect(lastEvent(confirmed)).toMatchObject({ action: "CONFIRMED", unit: { code: "04" } });
    }
  });

  it("are reassigned or cancelled where the lead was split, and nothing else is done with them", async () => {
    expect(await see("province", forDistrict.id)).toMatchObject({ progress: "IN_PROGRESS", viewerCan: ["REASSIGN", "CANCEL"] });
    for (const [mutation, input] of [
      ["completeTask", {}],
      ["extendTask", { deadline: "2027-01-01", ...NOTE }],
      ["delegateTask", { idempotencyKey: "e", lead: "01558", title: "Một phần" }],
    ] as const) {
      const { errors } = await ask("province", mutation, { task: forDistrict.id, ...input });
      expect(errors?.[0]?.extensions).toMatchObject({ code: "CONFLICT", progress: "IN_PROGRESS", possible: ["REASSIGN", "CANCEL"] });
    }
    const moved = await change("province", "reassignTask", { task: forDistrict.id, lead: "01558", ...NOTE });
    expect(moved).toMatchObject({ lead: { code: "01558" }, progress: "NOT_STARTED", assignedOn: "2025-06-02", deadline: "2026-12-01" });
    expect(lastEvent(moved)).toMatchObject({ action: "REASSIGNED", unit: { code: "04" }, formerLead: { code: "048" } });
    expect(await change("xã Hạ Lang", "reportTaskProgress", { task: forDistrict.id, percent: 5 })).toMatchObject({
      progress: "IN_PROGRESS",
    });
  });

  it("are found within what they went into, and by the day whose hierarchy is meant", async () => {
    const found = async (filter: object): Promise<string[]> => {
      const { data, errors } = await service.ask<{ tasks: { nodes: { id: string }[] } }, object>(
        "query ($filter: TaskFilter!) { tasks(filter: $filter) { nodes { id } } }",
        { filter },
        keys.get("province"),
      );
      expect(errors).toBeUndefined();
      return data.tasks.nodes.map(({ id }) => id).toSorted();
    };
    expect(await found({ within: "01537" })).toEqual([forCommune.id]);
    expect(await found({ within: "01537", asOf: "2025-06-30" })).toEqual([]);
    expect(await found({ within: "01534", asOf: "2025-06-30" })).toEqual([forCommune.id]);
    expect(await found({ assignedBy: "048", asOf: "2025-06-30" })).toEqual([part.id, byDistrict.id].toSorted());
    // It was given to what is today where a part of the district was.
    const inDistrict = [forDistrict.id, part.id, forCommune.id, byDistrict.id];
    expect(await found({ within: "048", asOf: "2025-06-30" })).toEqual(inDistrict.toSorted());
  });
});
