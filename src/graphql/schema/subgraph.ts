import "reflect-metadata";
import { buildSchema, type NonEmptyArray } from "type-graphql";
import { checkPermission } from "../../access/permission.ts";
import type { RequestContext } from "../../access/request-context.ts";
import type { Module } from "../../module/module.ts";
import * as all from "../../modules.ts";
import { checkRouter, findersOf, resolveEntities } from "../federation/entities.ts";
import { federate, type Subgraph } from "../federation/federate.ts";
import { onPresentUnits } from "../execution/one-hierarchy.ts";
import { hastenParameters, sortParameters } from "./resolver-parameters.ts";

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

let ofAllModules: Promise<Subgraph> | null = null;

/** The schema of all modules, which the servers of a process share, for it never changes. */
export const subgraph = (): Promise<Subgraph> => (ofAllModules ??= createSubgraph(Object.values(all)));

export const createSubgraph = async (modules: readonly Module[]): Promise<Subgraph> => {
  sortParameters();
  const plain = await buildSchema({
    resolvers: modules.flatMap(({ resolvers = [] }) => resolvers) as unknown as NonEmptyArray<Function>,
    authChecker: checkPermission,
    validate: false,
    skipCheck: true,
  });
  hastenParameters();
  const { schema, sdl } = federate(plain, LINK, {}, ["unit", "units"]);
  const late = new Set(modules.flatMap(({ lateReaders = [] }) => lateReaders));
  for (const mutation of Object.values(schema.getMutationType()?.getFields() ?? {}))
    mutation.resolve = onPresentUnits(mutation.resolve!, late.has(mutation.name));
  const finders = findersOf(modules);
  // The library's own resolver lets one bad reference fail all of them, and leaves unhandled promises behind.
  const { _entities, _service } = schema.getQueryType()!.getFields();
  _entities!.resolve = (_root, args: { representations: unknown[] }, context: RequestContext) =>
    resolveEntities(finders, args.representations, context);
  const resolveService = _service!.resolve!;
  _service!.resolve = (root, args, context: RequestContext, info) => {
    checkRouter(context);
    return resolveService(root, args, context, info);
  };
  return { schema, sdl };
};
