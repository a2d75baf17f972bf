import { coveredAmong } from "../access/grant.ts";
import { rowScope } from "../access/scope.ts";
import { grantsFor } from "../access/viewer.ts";
import { dayNumber } from "../hierarchy/hierarchy-content.ts";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import type { RequestContext } from "../access/request-context.ts";
import { type Day, FIRST_DAY, parseDay } from "../lib/time/date.ts";
import { completeRange } from "./complete-range.ts";
import { declareWithin, withdrawWithin } from "./declare.store.ts";
import type { RecordKind } from "./record.entity.ts";
import { recordLoaders, type RecordStatus } from "./record.loaders.ts";

type Caller = Pick<RequestContext, "session" | "viewer" | "now" | "today" | "use" | "renew" | "hierarchy">;

const MAX_UNITS = 5000;
const MAX_REASON = 2000;

interface Given {
  readonly kind: RecordKind;
  readonly units: readonly string[];
  readonly since: string;
  readonly through: string;
}

/**
 * Declares that the records of the units are complete for the days. @returns the status of each unit, in the order of the input. @throws BadUserInput naming the unit or
 * day, DomainError FORBIDDEN for a unit that the caller does not administer.
 */
export const declareComplete = async (context: Caller, { kind, units, ...given }: Given): Promise<RecordStatus[]> => {
  const { viewer, today } = context;
  const range = completeRange(given, today);
  const unitNos = await administeredUnits(context, units, range);
  const declaration = { kind, unitNos: [...new Set(unitNos)], ...range, by: byOf(context) };
  await context.session.write(rowScope(viewer, "ADMIN"), (em) => declareWithin(em, declaration));
  return statusesOf(context, kind, unitNos);
};

interface Withdrawal {
  readonly kind: RecordKind;
  readonly units: readonly string[];
  readonly from: string;
  readonly reason: string;
}

/**
 * Withdraws completeness from a day on. @returns the status of each unit, in the order of the input. @throws BadUserInput naming the unit, day or reason, DomainError
 * FORBIDDEN for a unit that the caller does not administer.
 */
export const withdrawCompleteness = async (context: Caller, { kind, units, ...given }: Withdrawal): Promise<RecordStatus[]> => {
  const { viewer, today } = context;
  const from = parseDay("from", given.from);
  const reason = given.reason.trim().normalize("NFC");
  if (reason === "" || reason.length > MAX_REASON)
    throw new BadUserInput("reason", given.reason, `must have 1 to ${MAX_REASON} characters`);
  const unitNos = await administeredUnits(context, units, { since: from, through: from > today ? from : today });
  const withdrawal = { kind, unitNos: [...new Set(unitNos)], from, reason, by: byOf(context) };
  await context.session.write(rowScope(viewer, "ADMIN"), (em) => withdrawWithin(em, withdrawal));
  return statusesOf(context, kind, unitNos);
};

const byOf = ({ viewer, now }: Pick<RequestContext, "viewer" | "now">) => ({ actor: viewer!.actor, actorName: viewer!.name, at: now });

const statusesOf = async (context: Caller, kind: RecordKind, unitNos: readonly number[]): Promise<RecordStatus[]> => {
  context.renew();
  const loaded = await context.use(recordLoaders).recordsOf.loadMany(unitNos);
  return loaded.map((statuses) => {
    if (statuses instanceof Error) throw statuses;
    return statuses.find((status) => status.kind === kind) ?? { kind, completeSince: null, completeThrough: null, lastImportAt: null };
  });
};

/**
 * Resolves codes to the units that hold them on the last day, or held them last within the days; resolves ids to units that existed then. The hierarchy of the first
 * recorded day also applies to earlier days.
 */
const administeredUnits = async (
  { viewer, hierarchy }: Pick<RequestContext, "viewer" | "hierarchy">,
  names: readonly string[],
  { since, through }: { readonly since: Day; readonly through: Day },
): Promise<number[]> => {
  if (names.length === 0 || names.length > MAX_UNITS) throw new BadUserInput("units", names.length, `must contain 1 to ${MAX_UNITS} units`);
  const units = await hierarchy.load();
  const days = [dayNumber(since), dayNumber(through < FIRST_DAY ? FIRST_DAY : through)] as const;
  const found = names.map((name) => units.unitNoWithin(name, ...days));
  const covered = coveredAmong(
    units,
    grantsFor(viewer, "ADMIN"),
    found.filter((no) => no !== null),
  );
  return found.map((no, n) => {
    if (no === null)
      throw new BadUserInput(`units[${n}]`, names[n], `must be the code or id of a unit that existed between ${since} and ${through}`);
    if (!covered.has(no))
      throw new DomainError("FORBIDDEN", `This needs the role ADMIN on the unit ${JSON.stringify(names[n])}, or on a unit above it`);
    return no;
  });
};
