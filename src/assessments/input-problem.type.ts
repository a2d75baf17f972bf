import { Field, ObjectType } from "type-graphql";
import type { InputProblem } from "./input-problem.ts";

@ObjectType("InputProblem", {
  simpleResolvers: true,
  description: "A fault of an input, because of which nothing was stored (lỗi dữ liệu vào).",
})
export class InputProblemType implements InputProblem {
  @Field(() => [String], { description: "Path into the input, lists counted from 0: criteria, 3, maxScore (vị trí)." })
  path!: string[];

  @Field(() => String, { description: "Stable name of the problem, such as MAXIMA_DIFFER (mã lỗi)." })
  code!: string;

  @Field(() => String, { description: "In words, with the values and what they must be (nội dung)." })
  message!: string;
}
