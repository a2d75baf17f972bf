import type { EntityManager } from "@mikro-orm/postgresql";
import fc from "fast-check";
import { CHANNELS } from "../../src/dossiers/dossier-state.ts";
import { type Day, dayOfEpoch } from "../../src/lib/time/date.ts";
import { derivedOf, type DossierDraft, insertDossiers, insertProcedure, insertSource, unitNumbers } from "../support/dossier-rows.ts";
import { consistentFacts } from "./facts.ts";

/** Units of Cao Bằng, Đà Nẵng and Hà Nội before 1 July 2025, and from then on, each with the province. */
const BEFORE = [
  ["04.2015", "04.2015"],
  ["048.2015", "04.2015"],
  ["48.2015", "48.2015"],
  ["492.2015", "48.2015"],
  ["20236.2015", "48.2015"],
  ["01.2015", "01.2015"],
] as const;
const SINCE = [
  ["04.2015", "04.2015"],
  ["01558.2025", "04.2015"],
  ["48.2025", "48.2025"],
  ["20242.2025", "48.2025"],
  ["01.2015", "01.2015"],
] as const;
const REFORM: Day = "2025-07-01";

const PROCEDURES = [
  ["T.1", "F.1"],
  ["T.2", "F.1"],
  ["T.3", "F.2"],
] as const;
export const SOURCES = ["danang", "caobang", "hanoi"] as const;

/** A dossier with the public names of what it refers to. */
export interface MadeDossier extends DossierDraft {
  readonly source: string;
  readonly unit: string;
  readonly procedure: string;
  readonly field: string;
  readonly datedOn: Day;
}

const drawn = fc.record({
  facts: consistentFacts,
  unit: fc.nat(),
  receivedBy: fc.nat(),
  source: fc.nat(SOURCES.length - 1),
  procedure: fc.nat(PROCEDURES.length - 1),
  channel: fc.constantFrom(...CHANNELS),
});

/** Keeps so many random dossiers of three systems, and one more that shares its code with another one of its unit. */
export const makeDossiers = async (em: EntityManager, count: number, seed: number): Promise<MadeDossier[]> => {
  const ids = [...new Set([...BEFORE, ...SINCE].flat())];
  const numbers = new Map((await unitNumbers(em, ids)).map((no, n) => [ids[n]!, no] as const));
  const sources: number[] = [];
  for (const key of SOURCES) sources.push(await insertSource(em, key, numbers.get("04.2015")!));
  const procedures: Awaited<ReturnType<typeof insertProcedure>>[] = [];
  for (const [code, field] of PROCEDURES) procedures.push(await insertProcedure(em, code, field));
  const made = fc.sample(drawn, { numRuns: count, seed }).map((one, n): MadeDossier => {
    const datedOn = dayOfEpoch(derivedOf(one.facts).datedOn);
    const units = datedOn < REFORM ? BEFORE : SINCE;
    const [unit, province] = units[one.unit % units.length]!;
    const [procedure, field] = PROCEDURES[one.procedure]!;
    return {
      ...{ code: `H.${(n * 7919) % 10_007}`, facts: one.facts },
      ...{ sourceNo: sources[one.source]!, source: SOURCES[one.source]!, channel: one.channel },
      ...{
        unit,
        unitNo: numbers.get(unit)!,
        provinceNo: numbers.get(province)!,
        receivedByNo: numbers.get(units[one.receivedBy % units.length]![0])!,
      },
      ...{ procedure, field, datedOn, ...procedures[one.procedure]! },
    };
  });
  // One code that two systems use, within one unit.
  const twin = made.find(({ unit }) => unit === "01.2015")!;
  const other = (SOURCES.indexOf(twin.source as (typeof SOURCES)[number]) + 1) % SOURCES.length;
  made.push({ ...twin, source: SOURCES[other]!, sourceNo: sources[other]! });
  await insertDossiers(em, made);
  return made;
};
