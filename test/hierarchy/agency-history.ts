import fc from "fast-check";
import { addDays, type Day } from "../../src/lib/time/date.ts";
import type { SuccessionFileRow, VersionRow } from "../../src/hierarchy/unit-file.ts";
import { AGENCY_KINDS } from "../../src/hierarchy/unit.entity.ts";
import type { Draw, UnitHistory } from "../rollups/random-history.ts";
import { whole } from "../support/whole.ts";

const LAST: Day = "2028-01-01";

interface Agency {
  readonly key: string;
  readonly kind: VersionRow["kind"];
  readonly seat: string;
  readonly from: Day;
  until: Day | null;
  hasSuccessor: boolean;
}

/** Random agencies of random units of a history, and handovers between them on any day, as administrators register and close them, and partial ones. */
export const withAgencies = (draw: Draw, history: UnitHistory): UnitHistory => {
  const number = (min: number, max: number): number => draw(whole(min, max));
  const pick = <T>(list: readonly T[]): T => list[number(0, list.length - 1)]!;
  const byKey = Map.groupBy(history.versions, ({ key }) => key);
  const someDay = (from: Day, until: Day | null): Day => {
    const days = Math.round((Date.parse(until ?? LAST) - Date.parse(from)) / 86_400_000);
    const edition = history.days.filter((day) => day > from && (until === null || day < until));
    return edition.length > 0 && draw(fc.boolean) ? pick(edition) : addDays(from, number(0, Math.max(days - 1, 0)));
  };
  const seats = Array.from({ length: number(1, 3) }, () => pick([...byKey.keys()]));
  const agencies = Array.from({ length: number(2, 8) }, (_, n): Agency => {
    const seat = pick(seats);
    const [first, end] = [byKey.get(seat)![0]!.validFrom, byKey.get(seat)!.at(-1)!.validTo];
    const from = draw(fc.boolean) ? first : someDay(first, end);
    return { key: `${seat}/a${n}`, kind: pick(AGENCY_KINDS), seat, from, until: end, hasSuccessor: false };
  });
  const successions: SuccessionFileRow[] = [];
  for (let n = number(0, 6); n > 0; n--) {
    const [old, heir] = [pick(agencies), pick(agencies)];
    const effectiveOn = someDay(old.from, old.until);
    const isThere = heir !== old && heir.from <= effectiveOn && (heir.until === null || effectiveOn < heir.until);
    if (successions.some(({ successor, effectiveOn: since }) => successor === old.key && since >= effectiveOn)) continue;
    if (old.hasSuccessor || effectiveOn === old.from || !isThere) continue;
    if (heir.seat !== old.seat && !history.days.includes(effectiveOn)) continue;
    Object.assign(old, { until: effectiveOn, hasSuccessor: true });
    successions.push({
      ...{ predecessor: old.key, successor: heir.key, effectiveOn },
      ...{ kind: pick(["WHOLE", "WHOLE", "PART"] as const), share: null, resolution: null, note: null },
    });
  }
  return {
    ...history,
    versions: [...history.versions, ...agencies.flatMap((agency) => versionsOf(agency, byKey.get(agency.seat)!))],
    successions: [...history.successions, ...successions],
  };
};

/** One version for each version of the unit; an agency has the tier of its unit here. */
const versionsOf = ({ key, kind, seat, from, until }: Agency, seats: readonly VersionRow[]): VersionRow[] =>
  seats.flatMap((version) => {
    const validFrom = version.validFrom > from ? version.validFrom : from;
    const ends = [version.validTo, until].filter((day) => day !== null).toSorted();
    const validTo = ends[0] ?? null;
    return validTo !== null && validTo <= validFrom ? [] : [{ ...version, key, kind, parentKey: seat, validFrom, validTo }];
  });
