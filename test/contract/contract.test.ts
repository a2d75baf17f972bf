import { readFile } from "node:fs/promises";
import { buildASTSchema, findBreakingChanges, type GraphQLSchema, Kind, parse, type StringValueNode, visit } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";

const read = (path: string) => readFile(new URL(path, import.meta.url), "utf8");

/** The schema without what federation adds, which no client of a single service sees. */
const plain = (sdl: string): GraphQLSchema =>
  buildASTSchema(visit(parse(sdl), { SchemaExtension: () => null, Directive: () => null, [Kind.DIRECTIVE_DEFINITION]: () => null }), {
    assumeValidSDL: true,
  });

describe("the public contract", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  it.each(["1-rollups.graphql", "3-dossiers.graphql", "4-tasks.graphql", "5-assessments.graphql"])(
    "is held by the committed schema: nothing of %s is missing or changed",
    async (part) => {
      const [contract, committed] = [await read(part), await read("../../schema/subgraph.graphql")];
      expect(findBreakingChanges(plain(contract), plain(committed))).toEqual([]);
    },
  );

  it("reports a missing field", async () => {
    const [contract, committed] = [await read("1-rollups.graphql"), await read("../../schema/subgraph.graphql")];
    expect(findBreakingChanges(plain(contract), plain(committed.replace("quoted: Boolean!", "quotedAs: Boolean!"))).length).toBeGreaterThan(
      0,
    );
  });

  it("describes every type, field, argument and enum value", async () => {
    const silent: string[] = [];
    visit(parse(await read("../../schema/subgraph.graphql")), {
      enter: (node) => {
        if ("description" in node && "name" in node && !node.description) silent.push(`${node.kind} ${node.name?.value}`);
        if (
          [
            Kind.OBJECT_TYPE_DEFINITION,
            Kind.FIELD_DEFINITION,
            Kind.INPUT_VALUE_DEFINITION,
            Kind.ENUM_TYPE_DEFINITION,
            Kind.ENUM_VALUE_DEFINITION,
          ].includes(node.kind) &&
          !(node as { description?: unknown }).description &&
          "name" in node
        )
          silent.push(`${node.kind} ${node.name?.value}`);
      },
    });
    expect(silent.filter((name) => !/ (Query|Mutation)$/.test(name))).toEqual([]);
  });

  it("is served to routers as committed, with the keys of referenced types", async () => {
    const { data } = await service.ask<{ _service: { sdl: string } }, object>("{ _service { sdl } }");
    const keys = Object.fromEntries(
      parse(data._service.sdl).definitions.flatMap((one) => {
        if (!("name" in one) || !("directives" in one)) return [];
        const found = one.directives
          ?.filter(({ name }) => name.value === "key")
          .map(({ arguments: [fields] = [] }) => (fields!.value as StringValueNode).value);
        return found?.length ? [[one.name?.value, found]] : [];
      }),
    ) as Record<string, string[]>;
    expect(keys).toEqual({ Unit: ["id asOf", "code asOf"], Dossier: ["id"], Procedure: ["code"], Report: ["id"], Task: ["id"] });
  });

  it("returns null for an invalid reference, and isolates the error of a refused one", async () => {
    const query = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Unit { code } } }";
    const odd = [
      { __typename: "Unit" },
      { __typename: "X" },
      { __typename: "Query" },
      { __typename: "__proto__" },
      [],
      5,
      "x",
      { code: "04" },
    ];
    const { data, errors } = await service.ask<{ _entities: unknown[] }, object>(query, {
      r: [{ __typename: "Unit", code: "04" }, ...odd, { __typename: "Unit", code: "04", asOf: "soon" }, { __typename: "Unit", code: "48" }],
    });
    expect(data._entities).toEqual([{ __typename: "Unit", code: "04" }, ...odd.map(() => null), null, { __typename: "Unit", code: "48" }]);
    expect(errors?.map(({ path, extensions }) => [path?.[1], extensions["code"]])).toEqual([
      [1, "BAD_USER_INPUT"],
      [9, "BAD_USER_INPUT"],
    ]);
  });

  it("resolves a unit by id and by code, each with a day, with null and without one", async () => {
    const { data } = await service.ask(
      "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Unit { fullName asOf parent { fullName } } } }",
      {
        r: [
          { __typename: "Unit", id: "058.2015" },
          { __typename: "Unit", id: "04.2015", asOf: "2022-12-31" },
          { __typename: "Unit", id: "058.2015", asOf: "2025-12-31" },
          { __typename: "Unit", code: "01849" },
          { __typename: "Unit", code: "01849", asOf: null },
          { __typename: "Unit", code: "01558", asOf: "2020-01-01" },
          { __typename: "Unit", code: "01558", asOf: null },
        ],
      },
    );
    expect(data).toEqual({
      _entities: [
        { fullName: "Thành phố Bắc Kạn", asOf: "2025-06-30", parent: { fullName: "Tỉnh Bắc Kạn" } },
        { fullName: "Tỉnh Cao Bằng", asOf: "2022-12-31", parent: { fullName: "Cộng hòa xã hội chủ nghĩa Việt Nam" } },
        null,
        { fullName: "Xã Phong Quang", asOf: "2026-11-22", parent: { fullName: "Tỉnh Thái Nguyên" } },
        { fullName: "Xã Phong Quang", asOf: "2026-11-22", parent: { fullName: "Tỉnh Thái Nguyên" } },
        { fullName: "Thị trấn Thanh Nhật", asOf: "2020-01-01", parent: { fullName: "Huyện Hạ Lang" } },
        { fullName: "Xã Hạ Lang", asOf: "2026-11-22", parent: { fullName: "Tỉnh Cao Bằng" } },
      ],
    });
  });
});
