import { readFile } from "node:fs/promises";
import { type FieldDefinitionNode, Kind, parse, parseType, print } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSubgraph } from "../../../src/graphql/schema/subgraph.ts";
import * as all from "../../../src/modules.ts";
import { startService, type TestService } from "../../support/client.ts";

const read = (path: string) => readFile(new URL(path, import.meta.url), "utf8");

/** Fields with arguments, by type and name. */
const fieldsOf = (sdl: string): Map<string, FieldDefinitionNode> =>
  new Map(
    parse(sdl).definitions.flatMap((type) =>
      type.kind === Kind.OBJECT_TYPE_DEFINITION
        ? (type.fields ?? []).flatMap((field) =>
            field.arguments?.length ? [[`${type.name.value}.${field.name.value}`, field] as const] : [],
          )
        : [],
    ),
  );
const argumentsOf = (field: FieldDefinitionNode): string[] => field.arguments!.map(({ name }) => name.value);

/** The order of use: what is meant, then when, then which, then the page. */
const ORDER = [
  ...["input", "filter", "code", "id", "codes", "unit", "within", "index", "measure", "field", "search", "source"],
  ...["period", "year", "asOf", "on"],
  ...["evidence", "tier", "kinds", "states", "handledBy", "leadBy", "basis", "grain", "convention"],
  ...["orderBy", "first", "after"],
];
/** Arguments that only narrow the result, although arguments of this name usually identify the subject. */
const WHICH = new Set(["Unit.indicators(codes)"]);

describe("arguments", () => {
  let service: TestService;
  let fields: Map<string, FieldDefinitionNode>;
  let contract: Map<string, FieldDefinitionNode>;
  beforeAll(async () => {
    service = await startService();
    fields = fieldsOf(await read("../../../schema/subgraph.graphql"));
    const parts = await Promise.all(
      ["1-rollups", "3-dossiers", "4-tasks", "5-assessments"].map((part) => read(`../../contract/${part}.graphql`)),
    );
    contract = new Map(parts.flatMap((part) => [...fieldsOf(part)]));
  });
  afterAll(() => service.close());

  it("stand in the order of use, or in that of the contract where it names them", () => {
    const wrong = [...fields].flatMap(([name, field]) => {
      const args = argumentsOf(field);
      const named = contract.get(name);
      if (named && named.arguments!.length === args.length) {
        const order = argumentsOf(named);
        return order.join() === args.join() ? [] : [`${name}(${args.join()}), not (${order.join()})`];
      }
      const ranks = args.map((arg) => (WHICH.has(`${name}(${arg})`) ? ORDER.indexOf("kinds") : ORDER.indexOf(arg)));
      const unknown = args.filter((_, n) => ranks[n] === -1);
      return unknown.length === 0 && ranks.every((rank, n) => n === 0 || ranks[n - 1]! < rank) ? [] : [`${name}(${args.join()})`];
    });
    expect(wrong).toEqual([]);
    expect([...fields.values()].filter((field) => field.arguments!.length > 1).length).toBeGreaterThan(10);
  });

  it("of a page are first: Int! = 50 and after: String, in this order and last", () => {
    const paged = [...fields].filter(([, field]) => argumentsOf(field).includes("first"));
    expect(paged.map(([name]) => name)).toEqual(
      expect.arrayContaining(["Query.units", "Query.reports", "Query.auditTrail", "Unit.descendants"]),
    );
    for (const [name, field] of paged)
      expect(
        field
          .arguments!.slice(-2)
          .map(({ name: own, type, defaultValue }) => [own.value, print(type), defaultValue && print(defaultValue)]),
        name,
      ).toEqual([
        ["first", "Int!", "50"],
        ["after", "String", undefined],
      ]);
  });

  it.each([
    ["units(first: $first) { totalCount }"],
    ['unit(code: "04") { descendants(first: $first) { totalCount } }'],
    ['reports(unit: "04", first: $first) { totalCount }'],
    ["procedures(first: $first) { totalCount }"],
  ])("refuse null for the size of a page: %s", async (field) => {
    const { errors } = await service.ask<unknown, object>(`query ($first: Int = 50) { ${field} }`, { first: null });
    expect(errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
    expect((await service.ask(`query ($first: Int = 50) { ${field} }`)).errors).toBeUndefined();
  });

  it("stand in the same order in a schema that is built again after its resolvers have run", async () => {
    const committed = await read("../../../schema/subgraph.graphql");
    expect((await createSubgraph(Object.values(all))).sdl).toBe(committed);
    expect(
      (await service.ask('{ units(search: "Cao Bang", first: 1) { nodes { name } } reports(unit: "04") { totalCount } }')).errors,
    ).toBeUndefined();
    expect((await createSubgraph(Object.values(all))).sdl).toBe(committed);
  });
});

describe("mutations", () => {
  it("have one argument, input: VerbNounInput!, and return a payload", async () => {
    const mutations = [...fieldsOf(await read("../../../schema/subgraph.graphql"))].filter(([name]) => name.startsWith("Mutation."));
    const parts = await Promise.all(["3-dossiers", "4-tasks", "5-assessments"].map((part) => read(`../../contract/${part}.graphql`)));
    const contract = new Map(parts.flatMap((part) => [...fieldsOf(part)]));
    expect(mutations).toHaveLength(50);
    for (const [name, field] of mutations) {
      const verbNoun = name.replace(/^Mutation\.(.)/, (_, first: string) => first.toUpperCase());
      expect(
        field.arguments!.map((arg) => `${arg.name.value}: ${print(arg.type)}`),
        name,
      ).toEqual([`input: ${print(contract.get(name)?.arguments![0]!.type ?? parseType(`${verbNoun}Input!`))}`]);
      expect(print(field.type), name).toMatch(contract.has(name) ? /Payload!$/ : new RegExp(`^${verbNoun}Payload!$`));
    }
  });
});
