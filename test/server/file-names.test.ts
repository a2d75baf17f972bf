import { afterAll, beforeAll, expect, it } from "vitest";
import { CycleRoom } from "../assessments/cycle-room.ts";

let room: CycleRoom;
beforeAll(async () => {
  room = await CycleRoom.start();
});
afterAll(() => room.service.close());

it.each([
  ["XÃ-PHƯỜNG", "standings-2026-xa-phuong"],
  ['A"B', "standings-2026-a-b"],
  ["../Đặc khu; 2", "standings-2026-dac-khu-2"],
  ["村", "standings-2026"],
])("the file of the block %s has a name that headers and file systems take", async (block, name) => {
  const cycle = await room.open({ rubric: await room.rubric({ block }) });
  const url = new URL(`/exports/standings/${cycle.id}.csv`, room.service.server.url);
  const response = await fetch(url, { headers: { authorization: `Bearer ${room.keyOf("admin")}` } });
  expect([response.status, response.headers.get("content-disposition")]).toEqual([200, `attachment; filename="${name}.csv"`]);
});
