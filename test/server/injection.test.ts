import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLType,
} from "graphql";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subgraph } from "../../src/graphql/schema/subgraph.ts";
import { startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { messageOf, post } from "../support/post.ts";

const TEXTS = ["'; drop table unit; --", "%", "_", "\\", '"', "$1", "' or '1'='1", "48' --", "{48}", "*", "\u200b", "unit_version"];
/** For texts that are stored and not searched: one for each way out of a literal. */
const STORED_TEXTS = ["'; drop table unit; --", "' or '1'='1", '" \\ $1 {48}', "\u200b"];
const TEXT_TYPES = new Set(["String", "ID", "Date", "Period"]);
const SAMPLES: Readonly<Record<string, unknown>> = {
  Int: 2021,
  Float: 1,
  Boolean: true,
  Date: "2021-12-31",
  Period: "2021",
  ID: "48",
  String: "48",
};
/** What a field must also be given, beside what its arguments demand. */
const ALONG: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { unit: { code: "48", asOf: "2021-12-31" } };

interface Spot {
  readonly path: readonly GraphQLField<unknown, unknown>[];
  readonly argument: GraphQLArgument;
}

/** Every argument of text that can be reached, by the shortest way from Query. */
const spotsOf = (schema: GraphQLSchema): Spot[] => {
  const spots: Spot[] = [];
  const seen = new Set<GraphQLObjectType>([schema.getQueryType()!]);
  const queue: { type: GraphQLObjectType; path: Spot["path"] }[] = [{ type: schema.getQueryType()!, path: [] }];
  for (const { type, path } of queue)
    for (const field of Object.values(type.getFields()).filter(({ name }) => !name.startsWith("_"))) {
      const here = [...path, field];
      for (const argument of field.args) if (TEXT_TYPES.has(getNamedType(argument.type).name)) spots.push({ path: here, argument });
      const below = getNamedType(field.type);
      if (!isObjectType(below) || seen.has(below)) continue;
      seen.add(below);
      queue.push({ type: below, path: here });
    }
  return spots;
};

const sampleOf = (type: GraphQLType): unknown => {
  if (isNonNullType(type)) return sampleOf(type.ofType);
  if (isListType(type)) return [sampleOf(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type))
    return Object.fromEntries(
      Object.values(type.getFields()).flatMap((one) => (isNonNullType(one.type) ? [[one.name, sampleOf(one.type)]] : [])),
    );
  return SAMPLES[getNamedType(type).name];
};

/** The query that gives the argument this text, and every other one what it needs. */
const asking = ({ path, argument }: Spot, text: string): { query: string; variables: Record<string, unknown> } => {
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];
  const fields = path.map((field, level) => {
    const isLast = level === path.length - 1;
    const given = isLast && argument.name === "id" ? {} : (ALONG[field.name] ?? {});
    const args = field.args.flatMap((one) => {
      const isSpot = isLast && one === argument;
      if (!isSpot && !(one.name in given) && !(isNonNullType(one.type) && one.defaultValue === undefined)) return [];
      const name = `v${level}_${one.name}`;
      declared.push(`$${name}: ${String(one.type)}`);
      variables[name] = isSpot ? ofShape(one.type, text) : (given[one.name] ?? sampleOf(one.type));
      return [`${one.name}: $${name}`];
    });
    return `${field.name}${args.length > 0 ? `(${args.join(", ")})` : ""}`;
  });
  const end = isLeafType(getNamedType(path.at(-1)!.type)) ? "" : ` { ${leavesOf(getNamedType(path.at(-1)!.type) as GraphQLObjectType)} }`;
  const query = fields.reduceRight((inner, field, level) => (level === fields.length - 1 ? `${field}${end}` : `${field} { ${inner} }`), "");
  return { query: `query (${declared.join(", ")}) { ${query} }`, variables };
};

const ofShape = (type: GraphQLType, text: string): unknown => {
  if (isNonNullType(type)) return ofShape(type.ofType, text);
  return isListType(type) ? [ofShape(type.ofType, text)] : text;
};

const leavesOf = (type: GraphQLObjectType): string =>
  [
    "__typename",
    ...Object.values(type.getFields())
      .filter((one) => isLeafType(getNamedType(one.type)) && one.args.length === 0)
      .map(({ name }) => name),
  ].join(" ");

const { schema } = await subgraph();
const SPOTS = spotsOf(schema).map((spot): [string, Spot] => [
  `${spot.path.map(({ name }) => name).join(".")}(${spot.argument.name})`,
  spot,
]);

describe("SQL in the arguments of the schema", () => {
  let service: TestService;
  let headers: Record<string, string>;
  beforeAll(async () => {
    service = await startService();
    headers = { authorization: `Bearer ${await issueKey(service.database, "admin", { VN: "ADMIN" })}` };
  });
  afterAll(() => service.close());

  const counts = async () =>
    (
      await sql<object>`select (select count(*) from unit) u, (select count(*) from unit_version) v, (select count(*) from figure) f`.execute(
        service.database.orm.em.getKysely(),
      )
    ).rows;

  it("is looked for in all of them", () => {
    const names = SPOTS.map(([name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        "unit(code)",
        "unit(id)",
        "unit(asOf)",
        "units(search)",
        "units(codes)",
        "units(after)",
        "unit.dossiers(period)",
        "unit.indicators(codes)",
        "unit.correspondence(on)",
      ]),
    );
    expect(names.length).toBeGreaterThan(15);
  });

  /** No rubric has the usual id of the other argument, which is refused first. */
  const REFUSED_FIRST: Readonly<Record<string, string>> = { "rubricDiff(to)": "from" };

  it.each(SPOTS)("does nothing in %s", async (name, spot) => {
    const before = await counts();
    const unknown = await post(service.server.url, asking(spot, "zzzunknown"), headers);
    const search = (text: string) => post(service.server.url, asking(spot, text.replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim()), headers);
    expect(unknown.status).toBeLessThan(500);
    for (const text of TEXTS) {
      const answer = await post(service.server.url, asking(spot, text), headers);
      expect([text, answer.status]).toEqual([text, expect.toBeOneOf([200, 400])]);
      expect(answer.text).not.toMatch(/syntax error at|INTERNAL_SERVER_ERROR|relation "|node_modules/);
      // The value is refused by name or matches nothing; a search looks for the words in it.
      if (messageOf(answer)) expect(messageOf(answer)).toContain(`${REFUSED_FIRST[name] ?? spot.argument.name}: `);
      else expect(answer.body).toEqual(spot.argument.name === "search" ? (await search(text)).body : unknown.body);
    }
    expect(await counts()).toEqual(before);
  });

  /** Input with the text in one of its places, for each of them. */
  const inputsOf = (type: GraphQLType, text: string): unknown[] => {
    if (isNonNullType(type)) return inputsOf(type.ofType, text);
    if (isListType(type)) return inputsOf(type.ofType, text).map((item) => [item]);
    if (TEXT_TYPES.has(getNamedType(type).name)) return [text];
    if (!isInputObjectType(type)) return [];
    const others = sampleOf(type) as object;
    return Object.values(type.getFields()).flatMap((field) =>
      inputsOf(field.type, text).map((value) => ({ ...others, [field.name]: value })),
    );
  };

  it.each(Object.values(schema.getMutationType()!.getFields()).map((field) => [field.name, field] as const))(
    "does nothing in any text of %s but be stored or refused",
    async (_, field) => {
      const declared = field.args.map(({ name, type }) => `$${name}: ${String(type)}`).join(", ");
      const passed = field.args.map(({ name }) => `${name}: $${name}`).join(", ");
      const query = `mutation (${declared}) { ${field.name}(${passed}) { __typename } }`;
      const others = Object.fromEntries(field.args.map(({ name, type }) => [name, sampleOf(type)]));
      let sent = 0;
      for (const text of STORED_TEXTS)
        for (const { name, type } of field.args)
          for (const value of inputsOf(type, text)) {
            const answer = await post(service.server.url, { query, variables: { ...others, [name]: value } }, headers);
            expect(answer.status, answer.text).toBeLessThan(500);
            expect(answer.text).not.toMatch(/syntax error at|INTERNAL_SERVER_ERROR|relation "|node_modules/);
            sent++;
          }
      expect(sent).toBeGreaterThanOrEqual(STORED_TEXTS.length);
      expect(await post(service.server.url, { query: '{ unit(code: "48") { name } }' })).toMatchObject({
        body: { data: { unit: { name: "Đà Nẵng" } } },
      });
    },
  );
});
