import type { ApolloServerPlugin } from "@apollo/server";
import { GraphQLError, Kind, Lexer, OperationTypeNode, Source, type Token, TokenKind, type ValidationRule } from "graphql";
import { BadUserInput, DomainError } from "../../lib/errors.ts";
import { checkJson } from "../../lib/json.ts";
import { variableOf } from "../../lib/text.ts";
import { checkDeclared } from "./declared.ts";
import { type Measures, measure } from "./measures.ts";
import { checkValues } from "./values.ts";

export type Limits = Readonly<Record<"maxTokens" | "maxDepth" | "maxAliases" | "maxDirectives" | "maxSelections" | "maxList", number>>;

const exceeded = (setting: keyof Limits, what: string, asked: number | string, maximum: number): GraphQLError =>
  new DomainError("LIMIT_EXCEEDED", `${variableOf(setting)}: ${what} ${asked}; the maximum is ${maximum}`);

const nextOf = (lexer: Lexer): Pick<Token, "kind" | "value"> => {
  try {
    return lexer.advance();
  } catch {
    return { kind: TokenKind.EOF, value: "" };
  }
};

/** Allowed levels of brackets for each level of fields; protects recursive code from stack overflow. */
const NESTING = 4;
const OPENING = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Refuses a document by its length and nesting before parsing; the parser reports syntax errors. @throws DomainError LIMIT_EXCEEDED, BadUserInput for a forbidden name */
export const checkDocumentText = (text: string, { maxTokens, maxDepth }: Limits): void => {
  const lexer = new Lexer(new Source(text));
  let nesting = 0;
  for (let tokens = 1; ; tokens++) {
    const { kind, value } = nextOf(lexer);
    if (kind === TokenKind.EOF) return;
    if (tokens > maxTokens) throw exceeded("maxTokens", "the number of tokens is more than", maxTokens, maxTokens);
    if (kind === TokenKind.NAME && value === "__proto__") throw new BadUserInput("query", value, "must not contain the name __proto__");
    if (CLOSING.has(kind)) nesting--;
    if (OPENING.has(kind) && ++nesting > maxDepth * NESTING)
      throw exceeded("maxDepth", "braces and brackets are nested deeper than", maxDepth * NESTING, maxDepth * NESTING);
  }
};

const excess = ({ depth, aliases, repetitions, directives, selections }: Measures, limits: Limits): GraphQLError | null => {
  const { maxDepth, maxAliases, maxDirectives, maxSelections } = limits;
  if (depth > maxDepth) return exceeded("maxDepth", "the depth of fields is", depth, maxDepth);
  if (aliases > maxAliases) return exceeded("maxAliases", "the number of aliases is", aliases, maxAliases);
  if (repetitions > maxAliases) return exceeded("maxAliases", "the number of times that a field is repeated is", repetitions, maxAliases);
  if (directives > maxDirectives) return exceeded("maxDirectives", "the number of directives is", directives, maxDirectives);
  if (selections > maxSelections)
    return exceeded("maxSelections", "with its fragments written out, the number of selected fields is", selections, maxSelections);
  return null;
};

const noSubscriptions = (): GraphQLError =>
  new GraphQLError('operation: "subscription" is not accepted; this service answers queries and mutations', {
    extensions: { code: "BAD_USER_INPUT", http: { status: 405, headers: new Map([["allow", "GET, POST"]]) } },
  });

/** Refuses a document by its size during validation, before other code relies on it. */
export const limitsRule =
  (limits: Limits): ValidationRule =>
  (context) => ({
    Document: (document) => {
      for (const definition of document.definitions) {
        if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
        const error = excess(measure(document, definition), limits);
        if (error) return context.reportError(error);
      }
    },
  });

export interface Allowances<C extends object> {
  /** Factor for the number of figures, dossiers and units. */
  readonly longLists: (context: C) => number;
  readonly isRouter: (context: C) => boolean;
}

export const limitedValues = <C extends object>(
  { maxList }: Limits,
  { longLists = () => 1, isRouter = () => false }: Partial<Allowances<C>> = {},
): ApolloServerPlugin<C> => ({
  requestDidStart: async () => ({
    didResolveOperation: async ({ operation, document, request, source, contextValue }) => {
      // Apollo also calls this if the named operation does not exist.
      if (!operation) return;
      if (request.query === undefined) {
        checkDeclared(source, request.variables);
        checkJson({ variables: request.variables });
      }
      if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw noSubscriptions();
      const limit = { maximum: maxList, factor: longLists(contextValue), isRouter: isRouter(contextValue) };
      checkValues(document, request.variables ?? {}, limit);
    },
  }),
});
