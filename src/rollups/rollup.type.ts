import { Field, Int, ObjectType } from "type-graphql";

@ObjectType("Bounds", {
  simpleResolvers: true,
  description: "Low is what certainly belongs here, high adds what possibly does; null where nothing is known (khoảng giá trị).",
})
export class Bounds {
  @Field(() => Int, { nullable: true, description: "What is certain." })
  low!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "What is certain, and all that is possible. Highs of siblings overlap and never add up.",
  })
  high!: number | null;
}

@ObjectType("Coverage", { simpleResolvers: true, description: "How many of the units that should be counted are (độ bao phủ)." })
export class Coverage {
  @Field(() => Int, {
    description:
      "Territorial units below the country, of the tier asked for, that existed on the period's last day (today, of a running period) and belong here certainly.",
  })
  unitsExpected!: number;

  @Field(() => Int, { description: "Those of them that reported, or are part of a statement that is certain here." })
  unitsCovered!: number;
}
