import { Field, Float, ID, InputType } from "type-graphql";

@InputType("WhatIfInput", { description: "A criterion with other points or another value; exactly one of them (giả định)." })
export class WhatIfInput {
  @Field(() => ID, { description: "Id of the criterion, a leaf that applies to the unit (tiêu chí)." })
  criterion!: string;

  @Field(() => Float, { nullable: true, description: "Points, from 0 to the maximum of the criterion, with at most two decimals (điểm)." })
  points?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Value of a criterion that is computed or surveyed; of a rate a share 0..1 (giá trị).",
  })
  value?: number | null;
}
