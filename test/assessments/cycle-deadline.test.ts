import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOW } from "../support/client.ts";
import { criterionOf, CycleRoom, type SeenCycle, sheetOf } from "./cycle-room.ts";

let room: CycleRoom;
let cycle: SeenCycle;
let now = NOW;
beforeAll(async () => {
  room = await CycleRoom.start({ clock: () => now });
  cycle = await room.open({ deadlines: [{ stage: "SELF_SCORING", on: "2026-12-31" }] });
});
afterAll(() => room.service.close());

const score = async (at: string) => {
  now = new Date(at);
  const sheet = sheetOf(cycle, "01273");
  return (await room.change("one", "scoreSelf", { sheet: sheet.id, items: [{ criterion: criterionOf(sheet, "1.2"), points: 3 }] })).code;
};

describe("the last day of a stage", () => {
  it("ends at midnight in Vietnam, seven hours before that of UTC", async () => {
    expect(await score("2026-12-31T16:59:59.999Z")).toBeUndefined();
    expect(await score("2026-12-31T17:00:00.000Z")).toBe("CONFLICT");
  });

  it("is also that until which a sheet is reopened", async () => {
    const reopening = { sheet: sheetOf(cycle, "01273").id, until: "2027-01-05", reason: "Bổ sung" };
    await room.done("admin", "reopenScoreSheet", reopening);
    expect(await score("2027-01-05T16:59:59.999Z")).toBeUndefined();
    expect(await score("2027-01-05T17:00:00.000Z")).toBe("CONFLICT");
    expect((await room.change("admin", "reopenScoreSheet", reopening)).code).toBe("BAD_USER_INPUT");
  });
});
