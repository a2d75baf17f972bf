import { Field, ID, InputType, ObjectType } from "type-graphql";
import type { AgencyKind } from "../hierarchy/unit.entity.ts";
import { enumType } from "../lib/enum.ts";
import { DateScalar } from "../lib/time/scalar.ts";
import { UnitType } from "../units/unit.type.ts";

export const AgencyKindEnum = enumType<AgencyKind>("AgencyKind", "Kind of an agency; each is also a UnitKind (loại cơ quan).", {
  DEPARTMENT: "Provincial department (sở, ban, ngành).",
  DIVISION: "Specialised division of a district or commune (phòng chuyên môn).",
  VERTICAL_AGENCY: "Vertical agency (cơ quan ngành dọc).",
  CENTRAL_AGENCY: "Central agency in the locality (cơ quan Trung ương).",
});

@InputType("RegisterAgencyInput", { description: "An agency that serves a territorial unit, or sits there (cơ quan)." })
export class RegisterAgencyInput {
  @Field(() => ID, { description: "Code on validFrom, or id, of the unit that it serves or where it sits: 48 (đơn vị được phục vụ)." })
  unit!: string;

  @Field(() => AgencyKindEnum, { description: "Its kind (loại cơ quan)." })
  kind!: AgencyKind;

  @Field(() => String, {
    description: "Its name, at most 150 characters: Sở Nội vụ. Its code is that of the unit and a slug: 48/so-noi-vu.",
  })
  name!: string;

  @Field(() => DateScalar, { description: "Its first day, from 31 August 2015; its unit exists then (ngày thành lập)." })
  validFrom!: string;

  @Field(() => DateScalar, { nullable: true, description: "Its last day; null where it has none yet (ngày cuối)." })
  validTo?: string | null;
}

@ObjectType("RegisterAgencyPayload", { simpleResolvers: true, description: "The new agency (cơ quan vừa thành lập)." })
export class RegisterAgencyPayload {
  @Field(() => UnitType, {
    description: "The agency as it is today, or on the first or last of its days where it does not exist today (cơ quan).",
  })
  agency!: UnitType;
}

@InputType("CloseAgencyInput", { description: "An agency that ends (cơ quan giải thể)." })
export class CloseAgencyInput {
  @Field(() => ID, { description: "Id of the agency, or its code on lastDay (cơ quan)." })
  id!: string;

  @Field(() => DateScalar, { description: "Its last day (ngày cuối)." })
  lastDay!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      "Id of the agency that takes over as a whole, or its code on the day after lastDay; it exists on that day (cơ quan kế thừa).",
  })
  successor?: string | null;
}

@ObjectType("CloseAgencyPayload", { simpleResolvers: true, description: "The agency that ends (cơ quan giải thể)." })
export class CloseAgencyPayload {
  @Field(() => UnitType, {
    description: "The agency as it is today, or on the first or last of its days where it does not exist today (cơ quan).",
  })
  agency!: UnitType;
}
