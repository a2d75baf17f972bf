import { getNullableType, isInputObjectType, isListType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subgraph } from "../../../src/graphql/schema/subgraph.ts";
import { startService, type TestService } from "../../support/client.ts";
import { issueKey } from "../../support/key.ts";
import { messageOf, post } from "../../support/post.ts";

const { schema } = await subgraph();

/** Lists of inputs of mutations, with the maximum that their description states. */
const LISTS = Object.values(schema.getMutationType()!.getFields()).flatMap(({ name: mutation, args: [argument] }) => {
  const input = getNullableType(argument!.type);
  if (!isInputObjectType(input)) return [];
  return Object.values(input.getFields()).flatMap(({ name, type, description }) => {
    const [, maximum] = /\b([1-9]\d{0,2},\d{3}) /.exec(`${description} `) ?? [];
    return isListType(getNullableType(type)) && maximum
      ? [[`${mutation}.${name}`, input.name, mutation, name, Number(maximum.replace(",", ""))] as const]
      : [];
  });
});

describe("a long list of an OFFICER", () => {
  let service: TestService;
  let headers: Record<string, string>;
  beforeAll(async () => {
    service = await startService();
    headers = { authorization: `Bearer ${await issueKey(service.database, "Việt Nam", { VN: "ADMIN" })}` };
  });
  afterAll(() => service.close());

  const send = (type: string, mutation: string, name: string, length: number) => {
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename } }`;
    return post(service.server.url, { query, variables: { input: { [name]: Array.from({ length }, () => "") } } }, headers);
  };

  it("is stated for all that are sent in bulk", () => {
    expect(LISTS.map(([title]) => title)).toEqual(
      expect.arrayContaining([
        "importDossiers.dossiers",
        "importTasks.tasks",
        "submitReport.figures",
        "declareComplete.units",
        "createRubric.criteria",
      ]),
    );
  });

  it.each(LISTS)("%s may have as many items as its description states", async (_, type, mutation, name, maximum) => {
    expect(messageOf(await send(type, mutation, name, maximum))).not.toMatch(/MAX_LIST/);
    expect(messageOf(await send(type, mutation, name, maximum + 1))).toMatch(new RegExp(`^MAX_LIST: ${name} has ${maximum + 1} items`));
  });
});
