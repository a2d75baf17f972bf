import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

interface Found {
  readonly totalCount: number;
  readonly edges: readonly {
    readonly cursor: string;
    readonly matchedName: string | null;
    readonly node: { readonly code: string; readonly fullName: string; readonly tier: string | null };
  }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}
const SEARCH = `query ($search: String, $asOf: Date, $first: Int!, $after: String, $tier: Tier, $within: ID, $codes: [ID!]) {
  units(search: $search, asOf: $asOf, first: $first, after: $after, tier: $tier, within: $within, codes: $codes) {
    totalCount edges { cursor matchedName node { code fullName tier } } pageInfo { endCursor hasNextPage } } }`;
const found = async (search: string | null, given: object = {}): Promise<Found> => {
  const { data, errors } = await service.ask<{ units: Found }, object>(SEARCH, { search, first: 20, ...given });
  expect(errors, search ?? "").toBeUndefined();
  return data.units;
};
const namesOf = ({ edges }: Found) => edges.map(({ node }) => node.fullName);

const BEFORE = "2024-12-31";
const AFTER = "2025-12-31";

describe("a typed name finds first", () => {
  it.each<[search: string, asOf: string, code: string, fullName: string, matchedName?: string]>([
    // With and without marks, case and blanks, and as other keyboards have it
    ["da nang", AFTER, "48", "Thành phố Đà Nẵng"],
    ["Đà Nẵng", AFTER, "48", "Thành phố Đà Nẵng"],
    ["ĐÀ  NẴNG ", AFTER, "48", "Thành phố Đà Nẵng"],
    ["Đà Nẵng".normalize("NFD"), AFTER, "48", "Thành phố Đà Nẵng"],
    ["Ðà Nẵng", AFTER, "48", "Thành phố Đà Nẵng"],
    ["ðà nẵng", AFTER, "48", "Thành phố Đà Nẵng"],
    ["Ɖà Nẵng", AFTER, "48", "Thành phố Đà Nẵng"],
    ["ɖà nẵng", AFTER, "48", "Thành phố Đà Nẵng"],
    ["Ｄa Ｎang", AFTER, "48", "Thành phố Đà Nẵng"],
    ["Hoà Bình", BEFORE, "17", "Tỉnh Hoà Bình"],
    ["Hòa Bình", BEFORE, "17", "Tỉnh Hoà Bình"],
    ["Cư M’gar", BEFORE, "648", "Huyện Cư M'gar"],
    ["Phan Rang Tháp Chàm", BEFORE, "582", "Thành phố Phan Rang-Tháp Chàm"],
    // While it is being typed
    ["da na", AFTER, "48", "Thành phố Đà Nẵng"],
    ["da n", AFTER, "48", "Thành phố Đà Nẵng"],
    ["quang ni", AFTER, "22", "Tỉnh Quảng Ninh"],
    ["thành phố h", AFTER, "01", "Thành phố Hà Nội"],
    ["hue", AFTER, "46", "Thành phố Huế"],
    ["ninh binh", AFTER, "37", "Tỉnh Ninh Bình"],
    ["cao bang", AFTER, "04", "Tỉnh Cao Bằng"],
    ["nang da", AFTER, "48", "Thành phố Đà Nẵng"],
    // Abbreviations of kinds
    ["TP. Hồ Chí Minh", AFTER, "79", "Thành phố Hồ Chí Minh"],
    ["TP Hồ Chí Minh", AFTER, "79", "Thành phố Hồ Chí Minh"],
    ["T.P. Hồ Chí Minh", AFTER, "79", "Thành phố Hồ Chí Minh"],
    ["T.P Hồ Chí Minh", AFTER, "79", "Thành phố Hồ Chí Minh"],
    ["Tp.Huế", AFTER, "46", "Thành phố Huế"],
    ["TPHue", AFTER, "46", "Thành phố Huế"],
    ["TP. Hạ Long", BEFORE, "193", "Thành phố Hạ Long"],
    ["TX. Quảng Yên", BEFORE, "206", "Thị xã Quảng Yên"],
    ["TX Đông Triều", "2023-12-31", "205", "Thị xã Đông Triều"],
    ["TT. Trùng Khánh", BEFORE, "01477", "Thị trấn Trùng Khánh"],
    ["H. Hạ Lang", BEFORE, "048", "Huyện Hạ Lang"],
    ["H Hạ Lang", BEFORE, "048", "Huyện Hạ Lang"],
    ["Q. Hải Châu", BEFORE, "492", "Quận Hải Châu"],
    ["Q.1", BEFORE, "760", "Quận 1"],
    ["Q1", BEFORE, "760", "Quận 1"],
    ["Q. 12", BEFORE, "761", "Quận 12"],
    ["P. Sài Gòn", AFTER, "26740", "Phường Sài Gòn"],
    ["P.Sài Gòn", AFTER, "26740", "Phường Sài Gòn"],
    ["p sai gon", AFTER, "26740", "Phường Sài Gòn"],
    ["X. Hạ Lang", AFTER, "01558", "Xã Hạ Lang"],
    ["T. Quảng Trị", AFTER, "44", "Tỉnh Quảng Trị"],
    // Of a kind that it has no more
    ["TP. Hạ Long", AFTER, "06688", "Phường Hạ Long"],
    ["thị xã Sa Pa", AFTER, "03006", "Phường Sa Pa"],
    // Abbreviations of names
    ["TP.HCM", AFTER, "79", "Thành phố Hồ Chí Minh"],
    ["TPHCM", AFTER, "79", "Thành phố Hồ Chí Minh"],
    ["hcm", AFTER, "79", "Thành phố Hồ Chí Minh"],
    ["HN", AFTER, "01", "Thành phố Hà Nội"],
    ["TTH", BEFORE, "46", "Tỉnh Thừa Thiên Huế"],
    // Written together
    ["Hanoi", AFTER, "01", "Thành phố Hà Nội"],
    ["hano", AFTER, "01", "Thành phố Hà Nội"],
    ["hochiminh", AFTER, "79", "Thành phố Hồ Chí Minh"],
    ["Daklak", AFTER, "66", "Tỉnh Đắk Lắk"],
    ["Cu Mgar", AFTER, "24280", "Xã Cư M'gar"],
    ["Cumgar", BEFORE, "648", "Huyện Cư M'gar"],
    ["tp hanoi", AFTER, "01", "Thành phố Hà Nội"],
    // With units above
    ["Hạ Long, Quảng Ninh", AFTER, "06688", "Phường Hạ Long"],
    ["ha long,quang ninh", AFTER, "06688", "Phường Hạ Long"],
    ["P. Hạ Long, T. Quảng Ninh, Việt Nam", AFTER, "06688", "Phường Hạ Long"],
    ["Hạ Long, 22", AFTER, "06688", "Phường Hạ Long"],
    ["Hội An, Quảng Nam", AFTER, "20410", "Phường Hội An"],
    ["P.12, Q. Gò Vấp, TP.HCM", BEFORE, "26881", "Phường 12"],
    ["Thống Nhất, H. Hạ Lang", BEFORE, "01564", "Xã Thống Nhất"],
    ["Hà Nội, ", AFTER, "01", "Thành phố Hà Nội"],
    ["Sở Nội vụ, Đà Nẵng", "2021-12-31", "48/so-noi-vu", "Sở Nội vụ"],
    // Codes
    ["48", AFTER, "48", "Thành phố Đà Nẵng"],
    [" 01558 ", AFTER, "01558", "Xã Hạ Lang"],
    ["0155", AFTER, "01552", "Xã Quang Long"],
    ["(48)", AFTER, "48", "Thành phố Đà Nẵng"],
    ["vn", AFTER, "VN", "Cộng hòa xã hội chủ nghĩa Việt Nam"],
    ["48/so-noi-vu", "2021-12-31", "48/so-noi-vu", "Sở Nội vụ"],
    // Former names, and those of units that went whole into this one
    ["quang nam", AFTER, "48", "Thành phố Đà Nẵng", "Tỉnh Quảng Nam"],
    ["bà rịa vũng tàu", AFTER, "79", "Thành phố Hồ Chí Minh", "Tỉnh Bà Rịa - Vũng Tàu"],
    ["viet chu", "2022-12-31", "01564", "Xã Thống Nhất", "Xã Việt Chu"],
    ["phung chi kien", AFTER, "01843", "Phường Bắc Kạn", "Phường Phùng Chí Kiên"],
    ["Tỉnh Quảng Ninh", "2026-11-22", "22", "Thành phố Quảng Ninh", "Tỉnh Quảng Ninh"],
  ])("%s (%s): %s", async (search, asOf, code, fullName, matchedName) => {
    const { edges } = await found(search, { asOf });
    expect(edges[0]).toMatchObject({ matchedName: matchedName ?? null, node: { code, fullName } });
  });

  it.each<[string, string]>([
    ["Hạ Long, Đà Nẵng", AFTER],
    ["Hạ Long, Quảng Ninh, Đà Nẵng", AFTER],
    ["Hạ Long, 48", AFTER],
    ["1558", AFTER],
    ["xyzxyz", AFTER],
  ])("%s (%s): nothing", async (search, asOf) => {
    expect(await found(search, { asOf })).toMatchObject({ totalCount: 0, edges: [] });
  });
});

describe("the result of a search", () => {
  it("is ordered by quality of the match, then tiers, then present and former names, then codes", async () => {
    const { edges } = await found("quang", { asOf: AFTER, first: 1000 });
    const heads = edges.filter(({ node }) => node.tier === "PROVINCE").map(({ node, matchedName }) => [node.code, matchedName]);
    expect(heads).toEqual([
      ["22", null],
      ["44", null],
      ["51", null],
      ["48", "Tỉnh Quảng Nam"],
      ["08", null],
    ]);
    // Names that begin so come before those that only have the word, whatever their tier.
    const placeOf = (code: string) => edges.findIndex(({ node }) => node.code === code);
    expect(placeOf("48")).toBeLessThan(placeOf("01144"));
    expect(placeOf("01144")).toBeLessThan(placeOf("08"));
    const exact = await found("hạ long", { asOf: BEFORE });
    expect(namesOf(exact).slice(0, 3)).toEqual(["Thành phố Hạ Long", "Xã Hạ Long", expect.any(String)]);
  });

  it("is the same on pages of any size as on one", async () => {
    for (const [search, given] of [
      ["quang", { asOf: BEFORE }],
      ["h", { asOf: AFTER, within: "04" }],
      ["P. 1", { asOf: BEFORE, tier: "COMMUNE" }],
      ["Hanoi", { asOf: BEFORE }],
      ["TP. Hạ Long", { asOf: AFTER }],
      ["phường, quảng ninh", { asOf: AFTER }],
      ["015", { asOf: AFTER }],
    ] as const) {
      const whole = await found(search, { ...given, first: 1000 });
      expect(whole.totalCount).toBe(whole.edges.length);
      expect(whole.edges.length, search).toBeGreaterThan(0);
      for (const first of [1, 25]) {
        const edges: Found["edges"][number][] = [];
        let after: string | null = null;
        for (let n = 0; n < 4; n++) {
          const page: Found = await found(search, { ...given, first, after });
          expect(page.totalCount).toBe(whole.totalCount);
          edges.push(...page.edges);
          after = page.pageInfo.endCursor;
          if (!page.pageInfo.hasNextPage) break;
        }
        expect(edges, `${search} by ${first}`).toEqual(whole.edges.slice(0, edges.length));
        expect(edges.length).toBe(Math.min(whole.edges.length, 4 * first));
      }
    }
  });

  it("is in the order of the codes where these are given, and within units, of a tier", async () => {
    expect(namesOf(await found("quang", { asOf: AFTER, codes: ["51", "22", "01", "48"] }))).toEqual([
      "Tỉnh Quảng Ngãi",
      "Tỉnh Quảng Ninh",
      "Thành phố Đà Nẵng",
    ]);
    expect(namesOf(await found("ha long", { asOf: BEFORE, tier: "DISTRICT" }))).toEqual(["Thành phố Hạ Long"]);
    expect((await found("hanoi", { asOf: AFTER, within: "48" })).totalCount).toBe(0);
    expect((await found(null, { asOf: AFTER, tier: "PROVINCE" })).edges[0]).toMatchObject({ matchedName: null, node: { code: "01" } });
  });

  it("includes words written together, and other kinds, only if nothing matches exactly", async () => {
    const { edges } = await found("dan", { asOf: AFTER, first: 1000 });
    expect(edges.every(({ node, matchedName }) => /(?:^|[ '-])[dđ][aăâáàảãạắằẳẵặấầẩẫậ]n/iu.test(matchedName ?? node.fullName))).toBe(true);
    expect(namesOf(await found("TP. Hà Nội", { asOf: AFTER }))).toEqual(["Thành phố Hà Nội"]);
    expect(namesOf(await found("Xã Hạ Long", { asOf: BEFORE })).every((name) => name.startsWith("Xã "))).toBe(true);
  });
});
