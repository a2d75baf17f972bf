import { buildSchema, getOperationAST, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { costTableOf } from "../../../src/graphql/cost/fields.ts";
import { estimatedRows } from "../../../src/graphql/cost/walk.ts";
import { Hierarchy } from "../../../src/hierarchy/hierarchy.ts";
import { Effort } from "../../../src/module/cost/unit-set.ts";
import * as modules from "../../../src/modules.ts";
import { TODAY } from "../../support/client.ts";

const COSTS = costTableOf(Object.values(modules));

describe("a field without its own rule", () => {
  const schema = buildSchema(`
    type Query { reports(first: Int = 20, after: String): ReportConnection!  latest(first: Int): [Report!]!  report: Report  lists: [Report!]!  count(of: [Int!]): Int }
    type Mutation { submit(title: String, figures: [Numbers!]!): Report }
    input Numbers { value: Int  parts: [Int!] }
    type ReportConnection { edges: [ReportEdge!]!  nodes: [Report!]!  pageInfo: PageInfo!  totalCount: Int! }
    type ReportEdge { cursor: String!  node: Report! }
    type PageInfo { hasNextPage: Boolean! }
    type Report { id: ID  next: Report  notes(first: Int! = 5): [Note!]!  rate: Rate }
    type Note { text: String  report: Report }
    type Rate { value: Float }`);
  const hierarchy = new Hierarchy({ version: null, versions: [], successions: [], editions: [] });
  it.each([
    ["{ reports { totalCount } }", 20 + 500],
    ["{ reports(first: 7) { nodes { id rate { value } } edges { cursor node { id } } pageInfo { hasNextPage } } }", 7],
    ["{ reports(first: 7) { nodes { next { id } } edges { node { next { id } } } } }", 21],
    ["{ reports(first: 7) { edges { node { notes { text report { id } } } } } }", 7 + 7 * 5 + 7 * 5],
    ["{ report { notes(first: 2) { report { notes(first: 3) { text } } } } }", 1 + 2 + 2 + 6],
    ["{ latest(first: 4) { next { id } } }", 8],
    ["{ count(of: [1, 2, 3]) }", 3],
    ["{ lists { next { id } } }", 40],
    ["mutation { submit(figures: [{ value: 1 }, { parts: [1, 2, 3] }]) { id } }", 1 + 2 + 3],
  ])("is counted by its shape: %s", (query, rows) => {
    const operation = getOperationAST(parse(query))!;
    const place = { hierarchy, today: TODAY, costs: COSTS, effort: new Effort(10_000) };
    expect(estimatedRows({ schema, operation, variableValues: {}, fragments: {} }, place)).toBe(rows);
  });
});
