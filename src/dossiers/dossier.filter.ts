import { sql } from "kysely";
import { Field, ID, InputType } from "type-graphql";
import { BadUserInput } from "../lib/errors.ts";
import type { RequestContext } from "../access/request-context.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import { type Day, parseKnownDay } from "../lib/time/date.ts";
import { begunPeriod, type Period } from "../lib/time/period.ts";
import { DateScalar, PeriodScalar } from "../lib/time/scalar.ts";
import { tracedEdition } from "../hierarchy/edition.ts";
import { unitNamed } from "../units/unit.service.ts";
import { type Channel, CHANNELS, DOSSIER_STATES, type DossierState } from "./dossier-state.ts";
import { ChannelEnum, DossierStateEnum } from "./dossier-state.type.ts";
import { TimelinessEnum } from "./dossier.type.ts";
import type { Timeliness } from "./timeliness.ts";

type Caller = Pick<RequestContext, "session" | "hierarchy" | "today" | "use">;

@InputType("DossierFilter", { description: "Conditions that a dossier must all meet (điều kiện lọc hồ sơ)." })
export class DossierFilter {
  @Field(() => ID, {
    nullable: true,
    description:
      "Code or id of a unit: selects dossiers handled by it and by all units that certainly contribute to it (đơn vị giải quyết).",
  })
  within?: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "Day whose hierarchy defines within; default: today, or the last day of an abolished unit. Only together with within (ngày).",
  })
  asOf?: string | null;

  @Field(() => ID, { nullable: true, description: "Code of a procedure of the catalogue (mã thủ tục)." })
  procedure?: string | null;

  @Field(() => ID, { nullable: true, description: "Code of a field of procedures (mã lĩnh vực)." })
  field?: string | null;

  @Field(() => ChannelEnum, { nullable: true, description: "How the dossier was submitted (hình thức tiếp nhận)." })
  channel?: Channel | null;

  @Field(() => [DossierStateEnum], {
    nullable: true,
    description: "Selects dossiers in one of these states; an empty list selects none (trạng thái).",
  })
  states?: DossierState[] | null;

  @Field(() => [TimelinessEnum], {
    nullable: true,
    description:
      "Selects accepted dossiers with one of these values today; an empty list selects none. Dossiers before acceptance never match (tình trạng thời hạn).",
  })
  timeliness?: Timeliness[] | null;

  @Field(() => PeriodScalar, {
    nullable: true,
    description: "Selects dossiers accepted in this period, which must have begun by today (kỳ tiếp nhận).",
  })
  received?: string | null;

  @Field(() => PeriodScalar, {
    nullable: true,
    description: "Selects dossiers resolved with a result in this period, which must have begun by today (kỳ giải quyết).",
  })
  resolved?: string | null;
}

export interface DossierCondition {
  readonly within: { readonly unitNo: number; readonly editionId: number } | null;
  readonly procedureNo: number | null;
  readonly fieldNo: number | null;
  readonly channel: number | null;
  readonly states: readonly number[] | null;
  readonly timeliness: readonly Timeliness[] | null;
  readonly received: Period | null;
  readonly resolved: Period | null;
  readonly today: Day;
}

/** @throws BadUserInput naming the invalid value. */
export const conditionOf = async (context: Caller, filter: DossierFilter): Promise<DossierCondition> => {
  const { channel, states, timeliness, received, resolved } = filter;
  const periods = {
    received: received == null ? null : begunPeriod("filter.received", received, context.today),
    resolved: resolved == null ? null : begunPeriod("filter.resolved", resolved, context.today),
  };
  return {
    within: await withinOf(context, filter),
    ...(await catalogued(context, filter)),
    channel: channel == null ? null : CHANNELS.indexOf(channel) + 1,
    states: states?.map((state) => DOSSIER_STATES.indexOf(state) + 1) ?? null,
    timeliness: timeliness ?? null,
    ...periods,
    today: context.today,
  };
};

const withinOf = async (context: Caller, { within, asOf }: DossierFilter): Promise<DossierCondition["within"]> => {
  const day = asOf == null ? null : parseKnownDay("filter.asOf", asOf);
  if (within == null) {
    if (day !== null) throw new BadUserInput("filter.asOf", day, "must be given together with within, whose units it dates");
    return null;
  }
  const unit = await unitNamed(context.use(unitLoaders), "filter.within", within, day);
  return { unitNo: unit.no, editionId: await tracedEdition(context, unit.asOf) };
};

const catalogued = async ({ session }: Pick<RequestContext, "session">, { procedure, field }: DossierFilter) => {
  if (procedure == null && field == null) return { procedureNo: null, fieldNo: null };
  // PostgreSQL text cannot contain NUL, so no code does.
  const codeOrNull = (code: string | null | undefined) => (code == null || code.includes("\0") ? null : code);
  const [row] = await session.rows(sql<{ procedureNo: number | null; fieldNo: number | null }>`
    select (select id from procedure where code = ${codeOrNull(procedure)}) as "procedureNo",
      (select id from procedure_field where code = ${codeOrNull(field)}) as "fieldNo"`);
  if (procedure != null && row!.procedureNo === null)
    throw new BadUserInput("filter.procedure", procedure, "must be the code of a procedure of the catalogue");
  if (field != null && row!.fieldNo === null) throw new BadUserInput("filter.field", field, "must be the code of a field of procedures");
  return row!;
};
