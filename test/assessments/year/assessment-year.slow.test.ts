import { afterAll, beforeAll, describe } from "vitest";
import { openAgencies, playCentralAgencies, playDepartments } from "./agencies.ts";
import { publishCommunes } from "./communes-published.ts";
import { scoreCommunes } from "./communes-scored.ts";
import { correctCommunes } from "./correction.ts";
import { CENTRAL, COMMUNES, DEPARTMENTS, FINANCE, INTERIOR, PROVINCE } from "./thanh-hoa.ts";
import { type Year, YearRoom } from "./year-room.ts";

const year = { codes: new Map() } as Year;

beforeAll(async () => {
  const room = await YearRoom.start("2025-06-16");
  for (const [name] of DEPARTMENTS) year.codes.set(name, await room.register("DEPARTMENT", name));
  for (const [name] of CENTRAL) year.codes.set(name, await room.register("CENTRAL_AGENCY", name));
  await room.giveKey("system", PROVINCE, "OFFICER");
  await room.giveKey("assessor", PROVINCE, "ASSESSOR");
  await room.giveKey("interior", INTERIOR, "ASSESSOR");
  await room.giveKey("finance", FINANCE, "ASSESSOR");
  for (const unit of [...Object.keys(COMMUNES), ...year.codes.values()]) await room.giveKey(unit, unit, "OFFICER");
  year.room = room;
});
afterAll(() => year.room.close());

describe("a year of assessments in a province, step by step", () => {
  openAgencies(year);
  scoreCommunes(year);
  publishCommunes(year);
  playDepartments(year);
  playCentralAgencies(year);
  correctCommunes(year);
});
