import { Directive, Field, Float, ID, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { type Edge, PageInfo, totalCountField } from "../lib/page.ts";
import { DateScalar } from "../lib/time/scalar.ts";
import type { SuccessionKind, Tier, UnitKind } from "../hierarchy/unit.entity.ts";
import type { EvidenceKind, UnitView } from "../hierarchy/unit-view.ts";

export const TierEnum = enumType<Tier>("Tier", "Tier of a territorial unit (cấp hành chính), from the country down.", {
  COUNTRY: "The whole country (cả nước).",
  PROVINCE: "Provincial level (cấp tỉnh).",
  DISTRICT: "District level (cấp huyện), until 30 June 2025.",
  COMMUNE: "Commune level (cấp xã).",
});

export const UnitKindEnum = enumType<UnitKind>("UnitKind", "Kind of a unit (loại đơn vị).", {
  COUNTRY: "The country (quốc gia).",
  PROVINCE: "Province (tỉnh).",
  CENTRAL_CITY: "Centrally-run city (thành phố trực thuộc trung ương).",
  RURAL_DISTRICT: "Rural district (huyện), until 30 June 2025.",
  URBAN_DISTRICT: "Urban district (quận), until 30 June 2025.",
  TOWN: "Town (thị xã), until 30 June 2025.",
  PROVINCIAL_CITY: "City of a province, or under a central city (thành phố thuộc tỉnh), until 30 June 2025.",
  COMMUNE: "Commune (xã).",
  WARD: "Ward (phường).",
  TOWNSHIP: "Township (thị trấn), until 30 June 2025.",
  SPECIAL_ZONE: "Special zone (đặc khu), from 1 July 2025.",
  DEPARTMENT: "Provincial department (sở, ban, ngành): counts as the tier of the unit it serves.",
  DIVISION: "Specialised division of a district or commune (phòng chuyên môn): counts as the tier of the unit it serves.",
  VERTICAL_AGENCY: "Vertical agency (cơ quan ngành dọc): counts at the unit of its seat and nowhere above.",
  CENTRAL_AGENCY: "Central agency in the locality (cơ quan Trung ương): counts at the unit of its seat and nowhere above.",
});

export const SuccessionKindEnum = enumType<SuccessionKind>("SuccessionKind", "How a unit was taken over (sáp nhập, chia tách).", {
  WHOLE: "The whole unit, to one successor (sáp nhập toàn bộ).",
  PART: "A part of the unit, to one of several successors (sáp nhập một phần).",
});

export const EvidenceEnum = enumType<EvidenceKind>("EvidenceScope", "The reports that figures come from (căn cứ số liệu).", {
  PUBLISHED: "Published reports (đã công bố).",
  ALL: "Also the drafts visible to the caller, in place of the reports that they correct; none without the role VIEWER (cả bản nháp).",
});

@ObjectType("Unit", {
  simpleResolvers: true,
  description:
    "A unit of the administrative hierarchy (đơn vị hành chính), or an agency attached to one, as of one date. Everything reached from it (parent, " +
    "children, roll-ups) is of the hierarchy of that date; figures of any period are carried onto that hierarchy by the succession of units.",
})
// A shorter key would take precedence and resolve today's unit instead of another day's.
@Directive('@key(fields: "id asOf")')
@Directive('@key(fields: "code asOf")')
export class UnitType implements Omit<UnitView, "no" | "parentNo"> {
  @Field(() => ID, { description: "Stable identity, never reused (định danh)." })
  id!: string;

  @Field(() => ID, {
    description:
      "Official code at asOf (mã đơn vị hành chính). Codes are reused over time, so a code names a unit only together with a date. An agency without an " +
      "official code has the code of its unit and a slug: 48/so-noi-vu.",
  })
  code!: string;

  @Field(() => String, { description: "Name without the word for its kind (tên), such as Uông Bí." })
  name!: string;

  @Field(() => String, { description: "Name with the word for its kind (tên đầy đủ), such as Thành phố Uông Bí." })
  fullName!: string;

  @Field(() => String, { nullable: true, description: "Name without diacritics, generated and not official; null for agencies." })
  nameEn!: string | null;

  @Field(() => UnitKindEnum, { description: "Kind (loại đơn vị)." })
  kind!: UnitKind;

  @Field(() => TierEnum, { nullable: true, description: "Tier (cấp). Null for agencies, which have no tier of their own." })
  tier!: Tier | null;

  @Field(() => DateScalar, { description: "The date of this view of the unit (ngày xem)." })
  asOf!: string;

  @Field(() => EvidenceEnum, {
    description: "The reports that its figures come from; a cache must separate views by it (căn cứ số liệu).",
  })
  evidence!: EvidenceKind;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "The first day of the unit's identity, not of the version shown; null where that day is before 31 August 2015, where the data begin (ngày thành lập).",
  })
  validFrom!: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description: "The last day of the unit's identity, not of the version shown; null while the unit exists (ngày kết thúc).",
  })
  validTo!: string | null;
}

@ObjectType("Succession", {
  simpleResolvers: true,
  description: "One step of lineage (kế thừa). A predecessor is shown as of its last day, a successor as of its first.",
})
export class SuccessionType {
  @Field(() => UnitType, { description: "The unit on the other side of the step." })
  unit!: UnitType;

  @Field(() => SuccessionKindEnum, { description: "Whole or part." })
  kind!: SuccessionKind;

  @Field(() => DateScalar, { description: "The day after the predecessor's last (ngày hiệu lực)." })
  effectiveOn!: string;

  @Field(() => Float, {
    nullable: true,
    description: "Share of the predecessor that went to the successor, 0..1; null if it was not stated.",
  })
  share!: number | null;
}

@ObjectType("Correspondence", {
  simpleResolvers: true,
  description: "A unit on another date to which this one contributes (đơn vị tương ứng).",
})
export class CorrespondenceType {
  @Field(() => UnitType, { description: "One of the smallest units of that date's hierarchy to which this one contributes." })
  unit!: UnitType;

  @Field(() => Boolean, { description: "True if all of this unit belongs there; false if only a part may." })
  certain!: boolean;
}

@ObjectType("UnitEdge", { simpleResolvers: true, description: "A unit in a list." })
export class UnitEdge implements Edge<UnitType> {
  @Field(() => String, { description: "Position in the list, for `after`." })
  cursor!: string;

  @Field(() => UnitType, { description: "The unit." })
  node!: UnitType;

  @Field(() => String, {
    nullable: true,
    description:
      "The full name by which search found the unit, if it differs from its name on that day: a former one, or that of a unit merged whole into it. Null " +
      "if search matched its present name or its code, and without search (tên khớp).",
  })
  matchedName!: string | null;
}

@ObjectType("UnitConnection", { simpleResolvers: true, description: "A page of units (danh sách đơn vị)." })
export class UnitConnection {
  @Field(() => [UnitEdge], { description: "The units of the page with their cursors." })
  edges!: UnitEdge[];

  @Field(() => [UnitType], { description: "The units of the page." })
  nodes!: UnitType[];

  @Field(() => PageInfo, { description: "Information about the page." })
  pageInfo!: PageInfo;

  @totalCountField
  totalCount!: number;
}
