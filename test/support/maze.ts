import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLError,
  type GraphQLFieldConfigMap,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLNullableType,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  type GraphQLType,
  GraphQLUnionType,
} from "graphql";

/** A schema with all that execution can meet: types of several kinds, lists in lists, values that come later, and all ways to fail. */
export interface Maze {
  readonly schema: GraphQLSchema;
  /** How often a root field was resolved by graphql-js on this schema, and how often otherwise. */
  readonly seen: { plain: number; compiled: number };
}

interface Room {
  readonly kind: "Hall" | "Cell" | "Yard";
  readonly number: number;
}

const KINDS = ["Hall", "Cell", "Yard"] as const;
const roomOf = (number: number) => {
  const kind = KINDS[number % KINDS.length]!;
  const label = number % 5 === 0 ? null : `${kind} ${number}`;
  return {
    ...{ kind, number, label, name: label, later: Promise.resolve(number), called: () => `called ${number}` },
    tags: [Promise.resolve(`tag ${number}`), null],
    get worn() {
      if (number % 3 === 1) throw refused(number);
      return "new";
    },
  };
};

const required = <T extends GraphQLNullableType>(type: T) => new GraphQLNonNull(type);
const listOf = <T extends GraphQLType>(type: T) => new GraphQLList(type);
/** An expected failure. */
const refused = (number: number) => new GraphQLError(`${number} is closed`, { extensions: { code: "NOT_FOUND", number } });

export const maze = (): Maze => {
  const seen = { plain: 0, compiled: 0 };
  const Colour = new GraphQLEnumType({
    name: "Colour",
    values: { RED: { value: 1 }, GREEN: { value: "g" }, BLUE: { value: { deep: true } } },
  });
  const Day = new GraphQLScalarType<Date, string>({
    name: "Day",
    parseValue: (text) => new Date(`${String(text)}T00:00:00Z`),
    serialize: (day) => (day as Date).toISOString().slice(0, 10),
  });
  const Any = new GraphQLScalarType({ name: "Any" });
  const Wish: GraphQLInputObjectType = new GraphQLInputObjectType({
    name: "Wish",
    fields: () => ({
      text: { type: GraphQLString, defaultValue: "none" },
      colours: { type: listOf(required(Colour)) },
      count: { type: required(GraphQLInt) },
      next: { type: Wish },
    }),
  });
  const args = {
    ...{ text: { type: GraphQLString, defaultValue: "as ever" }, count: { type: GraphQLInt }, sure: { type: GraphQLBoolean } },
    ...{ colour: { type: Colour, defaultValue: "g" }, numbers: { type: listOf(required(GraphQLInt)) }, wish: { type: Wish } },
    ...{ day: { type: Day }, any: { type: Any } },
  };
  const echo = (given: object) => JSON.stringify(Object.entries(given).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const Place: GraphQLInterfaceType = new GraphQLInterfaceType({
    name: "Place",
    fields: () => ({
      number: { type: required(GraphQLInt) },
      label: { type: GraphQLString },
      near: { type: listOf(Place), args: { first: { type: GraphQLInt, defaultValue: 2 } } },
      next: { type: Place },
    }),
    resolveType: ({ kind }: Room) => kind,
  });
  const Thing = new GraphQLUnionType({ name: "Thing", types: () => Object.values(types) });
  const near = (first: number) => ({
    type: listOf(Place),
    args: { first: { type: GraphQLInt, defaultValue: first } },
    resolve: ({ number }: Room, given: { first: number | null }) =>
      Array.from({ length: Math.min(given.first ?? 1, 3) }, (_, n) => (n === 1 && number % 7 === 0 ? null : roomOf(number * 2 + n))),
  });
  const common = (over: { label: typeof GraphQLString | GraphQLNonNull<typeof GraphQLString>; first: number }) => {
    const fields: GraphQLFieldConfigMap<Room, unknown> = {
      number: { type: required(GraphQLInt) },
      label: { type: over.label },
      name: { type: GraphQLString, resolve: async ({ number }) => `room ${number}` },
      id: { type: required(GraphQLID), resolve: ({ kind, number }) => `${kind}:${number}` },
      later: { type: GraphQLInt },
      called: { type: GraphQLString },
      worn: { type: GraphQLString },
      tags: { type: listOf(GraphQLString) },
      colour: { type: Colour, resolve: ({ number }) => [1, "g", null, number % 2 ? "g" : "no colour"][number % 4] },
      day: { type: Day, resolve: ({ number }) => new Date(number * 86_400_000) },
      any: { type: Any, resolve: ({ number }) => ({ deep: [number, { a: null }] }) },
      near: near(over.first),
      next: { type: Place, resolve: async ({ number }) => (number % 4 === 3 ? null : roomOf(number + 1)) },
      thing: { type: Thing, resolve: ({ number }) => (number % 6 === 5 ? new Error("no such thing") : roomOf(number + 2)) },
      things: { type: required(listOf(required(Thing))), resolve: async ({ number }) => [roomOf(number), roomOf(number + 1)] },
      rows: { type: listOf(listOf(Place)), resolve: ({ number }) => [[roomOf(number), null], null, [], [roomOf(number + 5)]] },
      sure: { type: required(Place), resolve: ({ number }) => (number % 5 === 4 ? null : roomOf(number + 3)) },
      hall: { type: types.Hall, resolve: ({ number }) => Promise.resolve(roomOf(number * 3)) },
      echo: { type: GraphQLString, args, resolve: (_, given: object) => echo(given) },
      need: { type: GraphQLInt, args: { count: { type: required(GraphQLInt) } }, resolve: (_, { count }: { count: number }) => count },
      must: {
        type: required(GraphQLString),
        args: { count: { type: required(GraphQLInt), defaultValue: 7 } },
        resolve: (_, given: object) => echo(given),
      },
      fails: {
        type: GraphQLString,
        resolve: ({ number }) => {
          if (number % 3 === 0) throw refused(number);
          return "open";
        },
      },
      failsLater: { type: GraphQLInt, resolve: async ({ number }) => (number % 2 ? number : Promise.reject(refused(number))) },
      breaks: {
        type: required(GraphQLString),
        resolve: async ({ number }) => {
          if (number % 4 === 1) throw new Error("not for clients");
          return "whole";
        },
      },
      odd: { type: GraphQLInt, resolve: ({ number }) => (number % 3 === 1 ? "no number" : number) },
      throws: {
        type: GraphQLString,
        resolve: ({ number }) => {
          // oxlint-disable-next-line typescript/only-throw-error -- what resolvers of others may do
          if (number % 3 === 2) throw number % 2 ? undefined : "a text";
          return null;
        },
      },
    };
    return fields;
  };
  const types: Record<Room["kind"], GraphQLObjectType> = {
    Hall: new GraphQLObjectType({ name: "Hall", interfaces: [Place], fields: () => common({ label: GraphQLString, first: 2 }) }),
    Cell: new GraphQLObjectType({ name: "Cell", interfaces: [Place], fields: () => common({ label: required(GraphQLString), first: 1 }) }),
    Yard: new GraphQLObjectType({
      ...{ name: "Yard", interfaces: [Place], fields: () => common({ label: GraphQLString, first: 3 }) },
      isTypeOf: ({ kind }: Room) => kind === "Yard",
    }),
  };
  const counted = (info: GraphQLResolveInfo) => {
    seen[info.schema === schema ? "plain" : "compiled"]++;
  };
  const entry = (type: GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType) => ({
    type,
    args: { number: { type: GraphQLInt, defaultValue: 1 } },
    resolve: async (_: unknown, { number }: { number: number | null }, __: unknown, info: GraphQLResolveInfo) => {
      counted(info);
      return roomOf(number ?? 0);
    },
  });
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: "Query",
      fields: () => ({
        place: entry(Place),
        thing: entry(Thing),
        hall: {
          ...entry(types.Hall),
          resolve: (_: unknown, __: unknown, ___: unknown, info: GraphQLResolveInfo) => (counted(info), roomOf(0)),
        },
        cell: { ...entry(types.Cell), type: required(types.Cell), resolve: async () => roomOf(4) },
        places: { type: listOf(required(Place)), resolve: () => [roomOf(6), Promise.resolve(roomOf(8))] },
      }),
    }),
    types: Object.values(types),
  });
  return { schema, seen };
};
