import { Arg, Ctx, Field, FieldResolver, Float, ID, ObjectType, Resolver, Root } from "type-graphql";
import type { RequestContext } from "../access/request-context.ts";
import { parsePeriod, type Period, periodOfDays } from "../lib/time/period.ts";
import { PeriodScalar } from "../lib/time/scalar.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { TierEnum, UnitType } from "../units/unit.type.ts";
import { figureLoaders, type FigureRow } from "./figure.loaders.ts";
import { measureLabel } from "./measure-label.ts";
import { SourceType } from "./source.type.ts";

@ObjectType("Figure", { simpleResolvers: true, description: "One reported number with its evidence (số liệu báo cáo)." })
export class FigureType {
  @Field(() => ID, { description: "Code of the measure, for example dossier.received (mã chỉ tiêu)." })
  measure!: string;

  @Field(() => Float, { nullable: true, description: "As stated: a count, a score, or a share 0..1; null if a range was stated." })
  value!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Lower end of a stated range, or a lower bound such as "more than"; null if none was stated.',
  })
  low!: number | null;

  @Field(() => Float, { nullable: true, description: "Upper end of a stated range; null if none was stated." })
  high!: number | null;

  @Field(() => String, { description: "The words of the source that state the number (trích dẫn)." })
  quote!: string;

  @Field(() => SourceType, { description: "The source of the number." })
  source!: SourceType;
}

@Resolver(() => UnitType)
export class UnitFiguresResolver {
  @FieldResolver(() => [FigureType], {
    description: "Figures reported for this unit, for the period or a part of it, unchanged and in the order of the sources (số liệu gốc).",
  })
  figures(
    @Root() unit: UnitView,
    @Arg("period", () => PeriodScalar, { description: "Reporting period." }) period: string,
    @Ctx() context: RequestContext,
  ) {
    return context.use(figureLoaders, unit.evidence).figuresOf.load({ no: unit.no, period: parsePeriod("period", period) });
  }
}

@Resolver(() => FigureType)
export class FigureResolver {
  @FieldResolver(() => UnitType, { description: "The unit of the figure, as of the last day of the period (đơn vị)." })
  unit(@Root() { unitNo, to }: FigureRow, @Ctx() context: RequestContext) {
    return context.use(unitLoaders).unitOn.load({ no: unitNo, asOf: to });
  }

  @FieldResolver(() => String, { description: "Vietnamese name of the measure (tên chỉ tiêu)." })
  label(@Root() { measure }: FigureRow): string {
    return measureLabel(measure);
  }

  @FieldResolver(() => PeriodScalar, { description: "The period of the figure (kỳ báo cáo)." })
  period(@Root() { from, to }: FigureRow): Period {
    return periodOfDays(from, to);
  }

  @FieldResolver(() => TierEnum, {
    nullable: true,
    description: "The tier that the figure describes, if it is not the unit's own; null also for the whole unit.",
  })
  scope(@Root() { scope, unitTier }: FigureRow): Tier | null {
    return scope === unitTier ? null : scope;
  }
}
