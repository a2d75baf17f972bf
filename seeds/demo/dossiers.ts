import type { Channel } from "../../src/dossiers/dossier-state.ts";
import type { FileRow } from "../../src/lib/files/file-row.ts";
import { type Day, epochDay } from "../../src/lib/time/date.ts";
import { readWorkCalendar } from "../../src/calendar/work-calendar-file.ts";
import { WorkCalendar } from "../../src/calendar/work-calendar.ts";
import { readUnitFiles, type UnitFiles } from "../../src/hierarchy/unit-file.ts";
import type { Tier } from "../../src/hierarchy/unit.entity.ts";
import { lifeOf } from "./life.ts";
import { type DemoProcedure, readDemoProcedures } from "./procedures.ts";
import type { DemoProvince } from "./provinces.ts";
import { drawnFor, randomOf, weighted } from "./random.ts";
import { type DemoUnit, demoUnits } from "./units.ts";
import { type BusyDay, busyDays, type DemoYear, REFORM, USUAL_LAST, yearUntil } from "./year.ts";

/** Input of the generator: units, calendar and procedures from files, so that the result is the same on every machine. */
export interface DemoInput {
  readonly units: UnitFiles;
  readonly calendar: WorkCalendar;
  readonly procedures: readonly DemoProcedure[];
  readonly year: DemoYear;
}

const SEEDS = new URL("../", import.meta.url);

export const readDemoInput = async (last: Day = USUAL_LAST): Promise<DemoInput> => ({
  units: await readUnitFiles(new URL("units/", SEEDS)),
  calendar: new WorkCalendar(await readWorkCalendar(new URL("work-calendar.csv", SEEDS))),
  procedures: await readDemoProcedures(),
  year: yearUntil(last),
});

/** Share of the dossiers that each tier handles; after the abolition of districts, communes take over their share. */
const SHARES: Partial<Record<Tier, number>> = { PROVINCE: 0.18, DISTRICT: 0.27, COMMUNE: 0.55 };
const SHARES_SINCE: Partial<Record<Tier, number>> = { PROVINCE: 0.18, COMMUNE: 0.82 };

/** Generates the dossiers of a province day by day as rows of a file; deterministic. @param scale the share of dossiers to generate, from 0 to 1 */
export function* demoDossiers(world: DemoInput, province: DemoProvince, scale = 1): Generator<FileRow> {
  const random = randomOf(Math.floor(drawnFor(province.source) * 2 ** 32));
  const units = demoUnits(world.units, province.codes, world.year);
  const draw = drawerOf(world.procedures);
  /** Fractional remainder of each unit, because its daily share is seldom a whole number. */
  const due = units.map(() => random());
  let row = 1;
  for (const busy of busyDays(world.calendar, world.year)) {
    const open = [...units.keys()].filter((n) => isOpenOn(units[n]!, busy.day));
    const weights = new Map<Tier, number>();
    for (const n of open) weights.set(units[n]!.tier, (weights.get(units[n]!.tier) ?? 0) + units[n]!.weight);
    const shares = busy.day < REFORM ? SHARES : SHARES_SINCE;
    for (const n of open) {
      const unit = units[n]!;
      due[n]! += province.yearly * scale * busy.share * shares[unit.tier]! * (unit.weight / weights.get(unit.tier)!);
      for (let count = 1; due[n]! >= 1; due[n]!--, count++) {
        const cells = cellsOf(random, { world, province, unit, busy, procedure: draw(random, unit.tier, busy.day >= REFORM) });
        if (cells === null) continue;
        const code = `${province.prefix}.${unit.code}-${busy.day.slice(2).replaceAll("-", "")}-${String(count).padStart(4, "0")}`;
        yield { row: ++row, cells: { code, ...cells } };
      }
    }
  }
}

const isOpenOn = ({ from, to }: DemoUnit, day: string) => from <= day && (to === null || to > day);

/** Draws procedures by the tier that handles them. */
const drawerOf = (procedures: readonly DemoProcedure[]) => {
  const of = (tier: Tier) =>
    weighted(
      procedures.filter(({ competence }) => competence === tier),
      ({ weight }) => weight,
    );
  const byTier: Partial<Record<Tier, ReturnType<typeof of>>> = {
    PROVINCE: of("PROVINCE"),
    DISTRICT: of("DISTRICT"),
    COMMUNE: of("COMMUNE"),
  };
  const formerly = SHARES.DISTRICT! / SHARES_SINCE.COMMUNE!;
  return (random: () => number, tier: Tier, isSince: boolean) =>
    byTier[tier === "COMMUNE" && isSince && random() < formerly ? "DISTRICT" : tier]!(random);
};

interface Place {
  readonly world: DemoInput;
  readonly province: DemoProvince;
  readonly unit: DemoUnit;
  readonly busy: BusyDay;
  readonly procedure: DemoProcedure;
}

const cellsOf = (random: () => number, { world, province, unit, busy: { day, epoch }, procedure }: Place) => {
  /** Progress of the last year, from 0 to 1. */
  const progress = Math.max(0, (epoch - epochDay(world.year.last) + 364) / 365);
  const isFull = procedure.serviceLevel === "FULL";
  const channel = channelOf(random, procedure, (isFull ? 0.8 : 0.74) + 0.1 * progress + province.online + unit.online);
  const punctuality = province.punctuality + unit.punctuality - (day >= REFORM && day < SETTLED ? 0.015 : 0);
  const life = lifeOf(random, world.calendar, { day: epoch, channel, procedure, punctuality, year: world.year });
  const [paid, electronic, digitised] = [random(), random(), random()];
  if (life === null) return null;
  const hasResult = life.state === "RESOLVED" || life.state === "RESULT_RETURNED";
  return {
    ...{ procedure: procedure.code, unit: unit.code, channel, ...life },
    digitised: digitised < 0.68 + 0.2 * progress,
    paidOnline: procedure.hasFee ? paid < (channel === "ONLINE" ? 0.7 + 0.15 * progress : 0.12) : null,
    electronicResult: hasResult ? electronic < (isFull ? 0.84 : 0.66) + 0.12 * progress : null,
  };
};

/** New units are slower until this day. */
const SETTLED = "2025-09-01";

/** A procedure with online information only has no online dossiers. */
const channelOf = (random: () => number, { serviceLevel }: DemoProcedure, online: number): Channel => {
  const drawn = random();
  if (serviceLevel !== "INFORMATION" && drawn < online) return "ONLINE";
  return drawn > 0.98 ? "POSTAL" : "DIRECT";
};
