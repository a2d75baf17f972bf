import { Field, Int, ObjectType } from "type-graphql";

@ObjectType("Bounds", {
  simpleResolvers: true,
  description: "low is the certain sum, high adds all possible amounts; null if nothing was reported (khoảng giá trị).",
})
export class Bounds {
  @Field(() => Int, { nullable: true, description: "The sum that is certain." })
  low!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "The certain sum plus all possible amounts. The upper bounds of siblings overlap and must not be added up.",
  })
  high!: number | null;
}

@ObjectType("Coverage", { simpleResolvers: true, description: "How many of the expected units have a value (độ bao phủ)." })
export class Coverage {
  @Field(() => Int, {
    description:
      "Number of territorial units below the country of the requested tier that existed on the last day of the period (today for a running period) and certainly belong to the unit.",
  })
  unitsExpected!: number;

  @Field(() => Int, {
    description: "Number of these units that reported a value or are part of a statement that is certain for this unit.",
  })
  unitsCovered!: number;
}
