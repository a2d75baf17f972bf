import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { recordChange } from "../journal/audit.ts";
import { coveredBy, rowScope } from "../access/scope.ts";
import { grantsFor, type Viewer } from "../access/viewer.ts";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import type { RequestContext } from "../access/request-context.ts";
import { addDays, type Day, parseKnownDay } from "../lib/time/date.ts";
import { endAgency, insertAgency, insertWholeSuccession, slugOf, withKin } from "../hierarchy/agency.store.ts";
import type { CloseAgencyInput, RegisterAgencyInput } from "./agency.type.ts";
import { lockUnits, renewContributions } from "../hierarchy/contribution.service.ts";
import { unitsMoved } from "../hierarchy/rollup-version.store.ts";
import type { AgencyKind, Tier } from "../hierarchy/unit.entity.ts";
import { raiseHierarchyVersion } from "../hierarchy/hierarchy.store.ts";
import { agencyNameOf } from "../hierarchy/unit-text.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { validOn } from "../hierarchy/sql.ts";
import { dropSetsOfUnits } from "../rollups/invalidate.ts";

type Asking = Pick<RequestContext, "session" | "viewer" | "now" | "today" | "use" | "renew">;

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
    const seat = await seatOf(em, context.viewer, agency);
    const key = await freeKey(em, seat, agency);
    const { slug, kind, name, from, until } = agency;
    await insertAgency(em, { seat: seat.no, key, slug, kind, name, from, until });
    await record(em, context, seat.no, key, null, { unit: seat.id, kind, name, validFrom: from, validTo: lastDayBefore(until) });
    return key;
  });
  return seen(context, made, agency.from, agency.until);
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

interface Seat {
  readonly no: number;
  readonly id: string;
  readonly code: string;
  readonly fullName: string;
  readonly tier: Tier | null;
  readonly endedOn: Day | null;
  readonly isCovered: boolean;
}

/** Returns the territorial unit that the agency serves. @throws BadUserInput unless it exists on each of its days, FORBIDDEN unless the caller administers it. */
const seatOf = async (em: EntityManager, viewer: Viewer | null, { unit, from, until }: AgencyDates): Promise<Seat> => {
  const required = `must be the code or id of a territorial unit that exists on ${from}`;
  if (unit.includes("\0")) throw new BadUserInput("unit", unit, required);
  const { rows } = await sql<Seat>`
    select u.id as no, u.key as id, v.code, v.full_name as "fullName", v.tier, u.ended_on as "endedOn",
      ${coveredBy(grantsFor(viewer, "ADMIN"), sql`u.id`)} as "isCovered"
    from unit u join unit_version v on v.unit_id = u.id and ${validOn(sql`${from}`)}
    where v.code = ${unit} or u.key = ${unit} order by v.code = ${unit} desc limit 1`.execute(em.getKysely());
  const seat = rows[0];
  if (!seat || seat.tier === null) throw new BadUserInput("unit", unit, required);
  if (!seat.isCovered) throw forbidden(`${seat.code} ${seat.fullName}`);
  if (seat.endedOn !== null && (until === null || until > seat.endedOn))
    throw new BadUserInput(
      "validTo",
      lastDayBefore(until) ?? undefined,
      `${seat.code} ${seat.fullName} exists until ${lastDayBefore(seat.endedOn)}; must be a day until then`,
    );
  return seat;
};

const forbidden = (unit: string) => new DomainError("FORBIDDEN", `This needs the role ADMIN on ${unit}, or on a unit above it`);

/** Returns the id of the unit with the slug, numbered where an earlier agency had that name. @throws CONFLICT where the days of two overlap. */
const freeKey = async (em: EntityManager, seat: Seat, { slug, from, until }: AgencyDates): Promise<string> => {
  const key = `${seat.id}/${slug}`;
  const { rows } = await sql<{ first: Day | null; endedOn: Day | null; overlaps: boolean }>`
    select began_on as first, ended_on as "endedOn",
      (${until}::date is null or began_on is null or began_on < ${until}) and (ended_on is null or ended_on > ${from}) as "overlaps"
    from unit where key = ${key} or starts_with(key, ${`${key}.`})`.execute(em.getKysely());
  const other = rows.find(({ overlaps }) => overlaps);
  if (other) {
    const days = `${other.first ? `from ${other.first}` : "from before 2015-08-31"} ${other.endedOn ? `to ${lastDayBefore(other.endedOn)}` : "on"}`;
    throw new DomainError("CONFLICT", `${seat.code}/${slug} exists already, ${days}`);
  }
  return rows.length === 0 ? key : `${key}.${rows.length + 1}`;
};

interface Agency {
  readonly no: number;
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly beganOn: Day | null;
  readonly endedOn: Day | null;
  readonly seat: number;
  readonly seatName: string;
  readonly isCovered: boolean;
}

/** Ends the agency, with an entry in the audit trail. @throws BadUserInput, DomainError FORBIDDEN or CONFLICT. */
export const closeAgency = async (context: Asking, { id, lastDay, successor }: CloseAgencyInput): Promise<UnitView> => {
  const last = lastDayOf("lastDay", lastDay);
  const ended = addDays(last, 1);
  const closed = await context.session.writePatiently(rowScope(context.viewer, "ADMIN"), async (em) => {
    await lockUnits(em);
    const agency = await agencyOn(em, context.viewer, "id", id, last, "an agency that exists on lastDay");
    const successorBefore = await successorOf(em, agency.no);
    const succeeded = () => new DomainError("CONFLICT", `${agency.code} was succeeded by ${successorBefore!.id} on ${agency.endedOn}`);
    if (successorBefore && agency.endedOn !== ended) throw succeeded();
    const heir = successor == null ? null : await heirOf(em, context.viewer, agency, successor, ended);
    if (successorBefore && heir && successorBefore.no !== heir.no) throw succeeded();
    await checkFigures(em, agency, last);
    if (agency.endedOn === ended && (successorBefore || !heir)) return agency;
    await endAgency(em, agency.no, ended);
    if (heir) await insertWholeSuccession(em, agency.no, heir.no, ended);
    const kin = await withKin(em, [agency.no]);
    await renewContributions(em, kin);
    await unitsMoved(em);
    await dropSetsOfUnits(em, kin);
    const before = { validTo: lastDayBefore(agency.endedOn), successor: null };
    await record(em, context, agency.seat, agency.id, before, { validTo: last, successor: heir?.id ?? null });
    await raiseHierarchyVersion(em);
    return agency;
  });
  return seen(context, closed.id, closed.beganOn, ended);
};

/** Returns an agency by its id, or by its code on the day. @throws BadUserInput naming the argument, FORBIDDEN naming its unit. */
const agencyOn = async (
  em: EntityManager,
  viewer: Viewer | null,
  argument: string,
  reference: string,
  day: Day,
  required: string,
): Promise<Agency> => {
  const { rows } = reference.includes("\0")
    ? { rows: [] }
    : await sql<Agency>`
    select u.id as no, u.key as id, v.code, v.name, u.began_on as "beganOn", u.ended_on as "endedOn", v.parent_id as seat,
      p.code || ' ' || p.full_name as "seatName", ${coveredBy(grantsFor(viewer, "ADMIN"), sql`v.parent_id`)} as "isCovered"
    from unit u join unit_version v on v.unit_id = u.id and v.tier is null and ${validOn(sql`${day}`)}
    join unit_version p on p.unit_id = v.parent_id and ${validOn(sql`${day}`, "p")}
    where u.key = ${reference} or v.code = ${reference} order by u.key = ${reference} desc limit 1`.execute(em.getKysely());
  const agency = rows[0];
  if (!agency) throw new BadUserInput(argument, reference, `must be the id, or the code on ${day}, of ${required}`);
  if (!agency.isCovered) throw forbidden(agency.seatName);
  return agency;
};

/** Within an edition each agency counts where it sits, so its unit can only change with an edition. */
const heirOf = async (em: EntityManager, viewer: Viewer | null, agency: Agency, successor: string, day: Day): Promise<Agency> => {
  const heir = await agencyOn(em, viewer, "successor", successor, day, "an agency that exists on the day after lastDay");
  if (heir.no === agency.no) throw new BadUserInput("successor", successor, "must be another agency");
  const { rows } = await sql`select from edition where starts_on = ${day}`.execute(em.getKysely());
  if (heir.seat !== agency.seat && rows.length === 0)
    throw new BadUserInput("successor", successor, `must be an agency of ${agency.seatName}, because no edition begins on ${day}`);
  return heir;
};

const successorOf = async (em: EntityManager, no: number) =>
  (
    await sql<{ no: number; id: string }>`
      select u.id as no, u.key as id from succession s join unit u on u.id = s.successor_id where s.predecessor_id = ${no}`.execute(
      em.getKysely(),
    )
  ).rows[0];

const checkFigures = async (em: EntityManager, agency: Agency, last: Day): Promise<void> => {
  const { rows } = await sql<{ until: Day | null }>`
    select max(f.period_to) as until from figure f join source s on s.id = f.source_id and s.state in ('DRAFT', 'PUBLISHED')
    where f.unit_id = ${agency.no} and f.period_to > ${last}`.execute(em.getKysely());
  const until = rows[0]?.until;
  if (until)
    throw new DomainError("CONFLICT", `lastDay: reports state figures of ${agency.code} until ${until}; must be that day or a later one`);
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
const seen = async (context: Asking, id: string, from: Day | null, until: Day | null): Promise<UnitView> => {
  const { today } = context;
  context.renew();
  const begun = from !== null && today < from ? from : today;
  const asOf = until !== null && begun >= until ? addDays(until, -1) : begun;
  return (await context.use(unitLoaders).unitByReference.load({ id, asOf }))!;
};
