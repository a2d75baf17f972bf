import type { ApolloServerPlugin } from "@apollo/server";
import { type DocumentNode, GraphQLError, Lexer, OperationTypeNode, Source, type Token, TokenKind } from "graphql";
import { BadUserInput, DomainError } from "../errors.ts";
import { type Env, variableOf } from "./env.ts";
import { type Measures, measure } from "./measures.ts";
import { checkValues } from "./values.ts";

/** What a document may ask for, by the settings of the same names. */
export type Limits = Pick<Env, "maxTokens" | "maxDepth" | "maxAliases" | "maxDirectives" | "maxSelections" | "maxList">;

const exceeded = (setting: keyof Limits, what: string, asked: number | string, maximum: number): GraphQLError =>
  new DomainError("LIMIT_EXCEEDED", `${variableOf(setting)}: ${what} ${asked}; the maximum is ${maximum}`);

const nextOf = (lexer: Lexer): Pick<Token, "kind" | "value"> => {
  try {
    return lexer.advance();
  } catch {
    return { kind: TokenKind.EOF, value: "" };
  }
};

/** Braces, brackets and parentheses within each other, for each level of nested fields: what code that calls itself can bear. */
const NESTING = 4;
const OPENING = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Refuses a document by its length and nesting before it is parsed. What is no GraphQL is left to the parser.
 * @throws DomainError LIMIT_EXCEEDED, BadUserInput for a name that answers cannot have
 */
export const checkText = (text: string, { maxTokens, maxDepth }: Limits): void => {
  const lexer = new Lexer(new Source(text));
  let nesting = 0;
  for (let tokens = 1; ; tokens++) {
    const { kind, value } = nextOf(lexer);
    if (kind === TokenKind.EOF) return;
    if (tokens > maxTokens) throw exceeded("maxTokens", "the number of tokens is more than", maxTokens, maxTokens);
    if (kind === TokenKind.NAME && value === "__proto__")
      throw new BadUserInput("query", value, "accepted are names that do not change what objects inherit");
    if (CLOSING.has(kind)) nesting--;
    if (OPENING.has(kind) && ++nesting > maxDepth * NESTING)
      throw exceeded("maxDepth", "braces and brackets are nested deeper than", maxDepth * NESTING, maxDepth * NESTING);
  }
};

const checkMeasures = ({ depth, aliases, directives, selections, repetitions }: Measures, limits: Limits): void => {
  if (depth > limits.maxDepth) throw exceeded("maxDepth", "the depth of fields is", depth, limits.maxDepth);
  if (aliases > limits.maxAliases) throw exceeded("maxAliases", "the number of aliases is", aliases, limits.maxAliases);
  if (repetitions > limits.maxAliases + 1)
    throw exceeded("maxAliases", "the number of times that a field is repeated is", repetitions - 1, limits.maxAliases);
  if (directives > limits.maxDirectives) throw exceeded("maxDirectives", "the number of directives is", directives, limits.maxDirectives);
  if (selections > limits.maxSelections)
    throw exceeded("maxSelections", "with its fragments written out, the number of selected fields is", selections, limits.maxSelections);
};

/** HTTP carries no stream of events. */
const noSubscriptions = (): GraphQLError =>
  new GraphQLError('operation: "subscription" is not accepted; this service answers queries and mutations', {
    extensions: { code: "BAD_USER_INPUT", http: { status: 405, headers: new Map([["allow", "GET, POST"]]) } },
  });

/**
 * Refuses what is over a limit before anything runs. `longLists` says how many times as many figures or dossiers one who asks may send.
 */
export const limited = <C extends object>(limits: Limits, longLists: (context: C) => number = () => 1): ApolloServerPlugin<C> => {
  // Documents that are asked again are the same objects.
  const measured = new WeakMap<DocumentNode, Map<string | null, Measures>>();
  const measuresOf = (document: DocumentNode, name: string | null) => {
    const known = measured.get(document) ?? new Map<string | null, Measures>();
    measured.set(document, known);
    const found = known.get(name) ?? measure(document, name);
    known.set(name, found);
    return found;
  };
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ operation, document, request, contextValue }) => {
        // Apollo also calls this where no operation is the one that was named.
        if (!operation) return;
        if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw noSubscriptions();
        checkMeasures(measuresOf(document, operation.name?.value ?? null), limits);
        checkValues(document, request.variables ?? {}, { maximum: limits.maxList, factor: longLists(contextValue) });
      },
    }),
  };
};
