import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { recordChange } from "../journal/audit.ts";
import { coveredAmong } from "../access/grant.ts";
import { rowScope } from "../access/scope.ts";
import { grantsFor, type Viewer } from "../access/viewer.ts";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import type { RequestContext } from "../access/request-context.ts";
import { addDays, type Day, parseKnownDay } from "../lib/time/date.ts";
import { endAgency, insertAgency, insertWholeSuccession, slugOf, withKin } from "../hierarchy/agency.store.ts";
import type { CloseAgencyInput, RegisterAgencyInput } from "./agency.type.ts";
import { lockUnits, renewContributions } from "../hierarchy/contribution.service.ts";
import { unitsMoved } from "../hierarchy/rollup-version.store.ts";
import type { AgencyKind } from "../hierarchy/unit.entity.ts";
import { heldHierarchy } from "../hierarchy/current-hierarchy.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { dayNumber, type HierarchyUnit, nearestDay, NEVER } from "../hierarchy/hierarchy-content.ts";
import { raiseHierarchyVersion } from "../hierarchy/hierarchy.store.ts";
import { agencyNameOf } from "../hierarchy/unit-text.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { dropSetsOfUnits } from "../rollups/invalidate.ts";

type Asking = Pick<RequestContext, "session" | "viewer" | "now" | "today" | "use" | "renew" | "hierarchy">;

/** The last day whose next day has a year of four digits. */
const LAST_DAY: Day = "9999-12-30";

interface AgencyDates {
  readonly unit: string;
  readonly kind: AgencyKind;
  readonly name: string;
  readonly slug: string;
  readonly from: Day;
  readonly until: Day | null;
}

/** Adds the agency, with an entry in the audit trail. @throws BadUserInput, DomainError FORBIDDEN or CONFLICT. */
export const registerAgency = async (context: Asking, input: RegisterAgencyInput): Promise<UnitView> => {
  const agency = agencyOf(input);
  const made = await context.session.writePatiently(rowScope(context.viewer, "ADMIN"), async (em) => {
    await lockUnits(em);
    const hierarchy = await heldHierarchy(em);
    const seat = seatOf(hierarchy, context.viewer, agency);
    const id = freeId(hierarchy, seat, agency);
    const { slug, kind, name, from, until } = agency;
    await insertAgency(em, { seat: seat.unitNo, key: id, slug, kind, name, from, until });
    await record(em, context, seat.unitNo, id, null, { unit: seat.id, kind, name, validFrom: from, validTo: lastDayBefore(until) });
    return id;
  });
  return seen(context, made);
};

/** @throws BadUserInput naming the first invalid argument. */
const agencyOf = ({ unit, kind, name, validFrom, validTo }: RegisterAgencyInput): AgencyDates => {
  const words = name.normalize("NFC").trim().replaceAll(/\s+/gu, " ");
  const slug = slugOf(words);
  const problem = agencyNameOf(words);
  if (problem !== null) throw new BadUserInput("name", name, problem);
  const from = parseKnownDay("validFrom", validFrom);
  const last = validTo == null ? null : lastDayOf("validTo", validTo);
  if (last !== null && last < from) throw new BadUserInput("validTo", validTo, `must be a day from validFrom, ${from}, on`);
  return { unit, kind, name: words, slug, from, until: last && addDays(last, 1) };
};

const lastDayOf = (argument: string, text: string): Day => {
  const day = parseKnownDay(argument, text);
  if (day > LAST_DAY) throw new BadUserInput(argument, text, `must be a day until ${LAST_DAY}`);
  return day;
};
const lastDayBefore = (until: Day | null): Day | null => until && addDays(until, -1);

/** Returns the territorial unit that the agency serves. @throws BadUserInput unless it exists on each of its days, FORBIDDEN unless the caller administers it. */
const seatOf = (hierarchy: Hierarchy, viewer: Viewer | null, { unit, from, until }: AgencyDates): HierarchyUnit => {
  const on = dayNumber(from);
  const no = hierarchy.unitNoOf({ code: unit }, on, on) ?? hierarchy.unitNoOf({ id: unit }, on, on);
  const seat = no === null ? null : hierarchy.versionOn(no, on);
  if (!seat || seat.tier === null)
    throw new BadUserInput("unit", unit, `must be the code or id of a territorial unit that exists on ${from}`);
  demandAdmin(hierarchy, viewer, seat);
  const { lastDay } = hierarchy.lifeOf(seat.unitNo);
  if (lastDay !== null && (until === null || until > addDays(lastDay, 1)))
    throw new BadUserInput(
      "validTo",
      lastDayBefore(until) ?? undefined,
      `${seat.code} ${seat.fullName} exists until ${lastDay}; must be a day until then`,
    );
  return seat;
};

/** @throws DomainError FORBIDDEN unless the caller administers the unit. */
const demandAdmin = (hierarchy: Hierarchy, viewer: Viewer | null, { unitNo, code, fullName }: HierarchyUnit): void => {
  if (coveredAmong(hierarchy, grantsFor(viewer, "ADMIN"), [unitNo]).has(unitNo)) return;
  throw new DomainError("FORBIDDEN", `This needs the role ADMIN on ${code} ${fullName}, or on a unit above it`);
};

/** Returns the id of the unit with the slug, numbered where an earlier agency had that name. @throws CONFLICT where the days of two overlap. */
const freeId = (hierarchy: Hierarchy, seat: HierarchyUnit, { slug, from, until }: AgencyDates): string => {
  const id = `${seat.id}/${slug}`;
  const named = hierarchy.versions.filter((one) => one.id === id || one.id.startsWith(`${id}.`));
  const lives = [...new Set(named.map(({ unitNo }) => unitNo))].map((unitNo) => hierarchy.lifeOf(unitNo));
  const other = lives.find(
    ({ firstDay, lastDay }) => (until === null || firstDay === null || firstDay < until) && (lastDay === null || lastDay >= from),
  );
  if (other) {
    const days = `${other.firstDay ? `from ${other.firstDay}` : "from before 2015-08-31"} ${other.lastDay ? `to ${other.lastDay}` : "on"}`;
    throw new DomainError("CONFLICT", `${seat.code}/${slug} exists already, ${days}`);
  }
  return lives.length === 0 ? id : `${id}.${lives.length + 1}`;
};

/** An agency on a day, and the unit that it serves. */
interface Agency {
  readonly agency: HierarchyUnit;
  readonly seat: HierarchyUnit;
}

/** Ends the agency, with an entry in the audit trail. @throws BadUserInput, DomainError FORBIDDEN or CONFLICT. */
export const closeAgency = async (context: Asking, { id, lastDay, successor }: CloseAgencyInput): Promise<UnitView> => {
  const last = lastDayOf("lastDay", lastDay);
  const ended = addDays(last, 1);
  const closed = await context.session.writePatiently(rowScope(context.viewer, "ADMIN"), async (em) => {
    await lockUnits(em);
    const asked = { hierarchy: await heldHierarchy(em), viewer: context.viewer };
    const { agency, seat } = agencyOn(asked, "id", id, last, "an agency that exists on lastDay");
    const { lastDay: lastBefore } = asked.hierarchy.lifeOf(agency.unitNo);
    const heirBefore = asked.hierarchy.stepsFrom(agency.unitNo)[0]?.successor;
    const succeeded = () =>
      new DomainError("CONFLICT", `${agency.code} was succeeded by ${asked.hierarchy.idOf(heirBefore!)} on ${addDays(lastBefore!, 1)}`);
    if (heirBefore !== undefined && lastBefore !== last) throw succeeded();
    const heir = successor == null ? null : heirOf(asked, { agency, seat }, successor, ended);
    if (heirBefore !== undefined && heir && heirBefore !== heir.unitNo) throw succeeded();
    await checkFigures(em, agency, last);
    if (lastBefore === last && (heirBefore !== undefined || !heir)) return agency;
    await endAgency(em, agency.unitNo, ended);
    if (heir) await insertWholeSuccession(em, agency.unitNo, heir.unitNo, ended);
    const kin = await withKin(em, [agency.unitNo]);
    await renewContributions(em, kin);
    await unitsMoved(em);
    await dropSetsOfUnits(em, kin);
    const before = { validTo: lastBefore, successor: null };
    await record(em, context, seat.unitNo, agency.id, before, { validTo: last, successor: heir?.id ?? null });
    await raiseHierarchyVersion(em);
    return agency;
  });
  return seen(context, closed.id);
};

interface Asked {
  readonly hierarchy: Hierarchy;
  readonly viewer: Viewer | null;
}

/** Returns an agency by its id, or by its code on the day. @throws BadUserInput naming the argument, FORBIDDEN naming its unit. */
const agencyOn = ({ hierarchy, viewer }: Asked, argument: string, reference: string, day: Day, required: string): Agency => {
  const on = dayNumber(day);
  const no = hierarchy.unitNoOf({ id: reference }, on, on) ?? hierarchy.unitNoOf({ code: reference }, on, on);
  const agency = no === null ? null : hierarchy.versionOn(no, on);
  if (!agency || agency.tier !== null) throw new BadUserInput(argument, reference, `must be the id, or the code on ${day}, of ${required}`);
  const seat = hierarchy.versionOn(agency.parentNo!, on)!;
  demandAdmin(hierarchy, viewer, seat);
  return { agency, seat };
};

/** Within an edition each agency counts where it sits, so its unit can only change with an edition. */
const heirOf = (asked: Asked, { agency, seat }: Agency, successor: string, day: Day): HierarchyUnit => {
  const heir = agencyOn(asked, "successor", successor, day, "an agency that exists on the day after lastDay");
  if (heir.agency.unitNo === agency.unitNo) throw new BadUserInput("successor", successor, "must be another agency");
  const isWithEdition = asked.hierarchy.editions.some(({ startsOn }) => startsOn === dayNumber(day));
  if (heir.seat.unitNo !== seat.unitNo && !isWithEdition)
    throw new BadUserInput(
      "successor",
      successor,
      `must be an agency of ${seat.code} ${seat.fullName}, because no edition begins on ${day}`,
    );
  return heir.agency;
};

const checkFigures = async (em: EntityManager, { unitNo, code }: HierarchyUnit, last: Day): Promise<void> => {
  const { rows } = await sql<{ until: Day | null }>`
    select max(f.period_to) as until from figure f join source s on s.id = f.source_id and s.state in ('DRAFT', 'PUBLISHED')
    where f.unit_id = ${unitNo} and f.period_to > ${last}`.execute(em.getKysely());
  const until = rows[0]?.until;
  if (until) throw new DomainError("CONFLICT", `lastDay: reports state figures of ${code} until ${until}; must be that day or a later one`);
};

const record = (
  em: EntityManager,
  { viewer, now }: Pick<RequestContext, "viewer" | "now">,
  unitNo: number,
  subject: string,
  before: object | null,
  after: object,
) =>
  recordChange(em, {
    ...{ actor: viewer!.actor, actorName: viewer!.name, operation: before === null ? "registerAgency" : "closeAgency" },
    ...{ unitNo, subject, before, after, at: now },
  });

/** Returns the agency as it is today, else on the nearest of its days; the context drops what it has read before. */
const seen = async (context: Asking, id: string): Promise<UnitView> => {
  context.renew();
  const hierarchy = await context.hierarchy.load();
  const no = hierarchy.unitNoOf({ id }, null, NEVER)!;
  return (await context.use(unitLoaders).unitOn.load({ no, asOf: nearestDay(hierarchy.lifeOf(no), context.today) }))!;
};
