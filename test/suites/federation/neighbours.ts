import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";

/** The fields of one key that a router sent for an object. */
type Keys = Readonly<Record<string, unknown>>;

/** A running graph of another owner that records the references of routers. */
export interface Neighbour {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
  /** References that routers sent, as they came. */
  readonly referred: Keys[];
  close(): Promise<void>;
}

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

/** One-stop offices: refer to units by id, some with a day; their lists follow Relay. */
const OFFICES = `${LINK}
  scalar Date
  type Query {
    office(unit: ID!, on: Date): Office!
    offices(units: [ID!]!, on: Date): OfficeConnection!
    complaint(dossier: ID!): Complaint!
    guide(procedure: ID!): Guide!
    citation(report: ID!): Citation!
  }
  type Office { name: String! unit: Unit }
  type OfficeConnection { edges: [OfficeEdge!]! nodes: [Office!]! pageInfo: PageInfo! }
  type OfficeEdge { cursor: String! node: Office! }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type Complaint { text: String! dossier: Dossier }
  type Guide { title: String! procedure: Procedure }
  type Citation { page: Int! report: Report }
  type Unit @key(fields: "id asOf", resolvable: false) { id: ID! asOf: Date }
  type Dossier @key(fields: "id", resolvable: false) { id: ID! }
  type Procedure @key(fields: "code", resolvable: false) { code: ID! }
  type Report @key(fields: "id", resolvable: false) { id: ID! }`;

/** The statistics office: refers to units by code and day, and adds facts. */
const STATISTICS = `${LINK}
  scalar Date
  type Query { census(code: ID!, on: Date): Census! censuses(codes: [ID!]!, on: Date): [Census!]! }
  type Census { year: Int! unit: Unit }
  type Unit @key(fields: "code asOf") { code: ID! asOf: Date population: Population! }
  type Population { ofCode: String! onDay: String }
  type Dossier @key(fields: "id") { id: ID! satisfaction: String! }
  type Procedure @key(fields: "code") { code: ID! popularity: String! }
  type Report @key(fields: "id") { id: ID! readers: String! }`;

/** The state archive: it has facts of units by id and day. */
const ARCHIVE = `${LINK}
  scalar Date
  type Query { archives: Int! }
  type Unit @key(fields: "id asOf") { id: ID! asOf: Date shelf: Shelf! }
  type Shelf { ofId: String! onDay: String }`;

const officeOf = (unit: string, on: string | null) => ({ name: `Office of ${unit}`, unit: { id: unit, asOf: on } });

const officePage = (units: readonly string[], on: string | null) => {
  const nodes = units.map((unit) => officeOf(unit, on));
  const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: units[0] ?? null, endCursor: units.at(-1) ?? null };
  return { nodes, edges: nodes.map((node) => ({ cursor: node.unit.id, node })), pageInfo };
};

type Of<T> = (root: unknown, args: T) => unknown;

export const startOffices = (): Promise<Neighbour> =>
  startNeighbour("offices", OFFICES, () => ({
    Query: {
      office: ((_, { unit, on = null }) => officeOf(unit, on)) as Of<{ unit: string; on?: string | null }>,
      offices: ((_, { units, on = null }) => officePage(units, on)) as Of<{ units: string[]; on?: string | null }>,
      complaint: ((_, { dossier }) => ({ text: "Late", dossier: { id: dossier } })) as Of<{ dossier: string }>,
      guide: ((_, { procedure }) => ({ title: "How to", procedure: { code: procedure } })) as Of<{ procedure: string }>,
      citation: ((_, { report }) => ({ page: 1, report: { id: report } })) as Of<{ report: string }>,
    },
  }));

export const startStatistics = (): Promise<Neighbour> =>
  startNeighbour("statistics", STATISTICS, (note) => ({
    Query: {
      census: ((_, { code, on = null }) => censusOf(code, on)) as Of<{ code: string; on?: string | null }>,
      censuses: ((_, { codes, on = null }) => codes.map((code) => censusOf(code, on))) as Of<{ codes: string[]; on?: string | null }>,
    },
    Unit: {
      __resolveReference: (keys: Keys) => note({ ...keys, population: { ofCode: keys["code"], onDay: keys["asOf"] } }, keys),
    },
    Dossier: { __resolveReference: (keys: Keys) => note({ ...keys, satisfaction: `of ${String(keys["id"])}` }, keys) },
    Procedure: { __resolveReference: (keys: Keys) => note({ ...keys, popularity: `of ${String(keys["code"])}` }, keys) },
    Report: { __resolveReference: (keys: Keys) => note({ ...keys, readers: `of ${String(keys["id"])}` }, keys) },
  }));

const censusOf = (code: string, on: string | null) => ({
  year: 2024,
  unit: { code, asOf: on, population: { ofCode: code, onDay: on } },
});

export const startArchive = (): Promise<Neighbour> =>
  startNeighbour("archive", ARCHIVE, (note) => ({
    Query: { archives: () => 1 },
    Unit: { __resolveReference: (keys: Keys) => note({ ...keys, shelf: { ofId: keys["id"], onDay: keys["asOf"] } }, keys) },
  }));

type Module = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number];
type Resolvers = NonNullable<Extract<Module, { typeDefs: unknown }>["resolvers"]>;
type Note = (found: object, keys: Keys) => object;

export const startNeighbour = async (name: string, sdl: string, resolversOf: (note: Note) => unknown): Promise<Neighbour> => {
  const referred: Keys[] = [];
  const note: Note = (found, keys) => {
    referred.push(keys);
    return found;
  };
  const resolvers = resolversOf(note) as Resolvers;
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]);
  const server = new ApolloServer({ schema, stopOnTerminationSignals: false, plugins: [ApolloServerPluginInlineTraceDisabled()] });
  const { url } = await startStandaloneServer(server, { listen: { host: "127.0.0.1", port: 0 } });
  return { name, url, sdl, referred, close: () => server.stop() };
};
