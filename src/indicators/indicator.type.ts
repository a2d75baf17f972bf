import { Field, ID, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import type { Period } from "../lib/time/period.ts";
import { PeriodScalar } from "../lib/time/scalar.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { UnitType } from "../units/unit.type.ts";
import type { Direction, Indicator } from "./indicator.ts";

export const DirectionEnum = enumType<Direction>("IndicatorDirection", "Which way is better (chiều đánh giá).", {
  HIGHER_IS_BETTER: "The higher, the better (càng cao càng tốt).",
  LOWER_IS_BETTER: "The lower, the better (càng thấp càng tốt).",
});

@ObjectType("Indicator", {
  simpleResolvers: true,
  description:
    "A rate that the service computes for every unit (chỉ số). Codes: dossier-on-time · dossier-on-time-handled · dossier-online · dossier-overdue · " +
    "task-on-time · service-online · service-used-online · modern-desk · satisfaction",
})
export class IndicatorType implements Omit<Indicator, "rate"> {
  @Field(() => ID, { description: "Code: dossier-on-time." })
  code!: string;

  @Field(() => String, { description: "Name in Vietnamese." })
  name!: string;

  @Field(() => String, { description: "Name in English." })
  nameEn!: string;

  @Field(() => String, { description: "Formula in words." })
  formula!: string;

  @Field(() => DirectionEnum, { description: "Which way is better." })
  direction!: Direction;
}

@ObjectType("IndicatorValue", { simpleResolvers: true, description: "One indicator of one unit's subtree in one period (giá trị chỉ số)." })
export class IndicatorValueType {
  @Field(() => IndicatorType, { description: "The indicator." })
  indicator!: Indicator;

  @Field(() => UnitType, { description: "The unit whose subtree the value describes." })
  unit!: UnitView;

  @Field(() => PeriodScalar, { description: "The requested period." })
  period!: Period;
}
