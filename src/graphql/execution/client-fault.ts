import { GraphQLError } from "graphql";

/** Messages of graphql-js for invalid arguments and variables, which have no code. */
const REFUSALS = [/^Argument "/, /^Variable "\$/, /^Too many errors processing variables/];

/** Adds the code if graphql-js refused a client's input during execution. Errors of resolvers with the same text have no location of their own in the document. */
export const clientFault = (error: GraphQLError): GraphQLError => {
  if (error.extensions["code"] !== undefined || !REFUSALS.some((one) => one.test(error.message)) || !isOfGraphQL(error)) return error;
  const { message, nodes, source, positions, path, originalError } = error;
  return new GraphQLError(message, {
    ...{
      nodes: nodes ?? null,
      source: source ?? null,
      positions: positions ?? null,
      path: path ?? null,
      originalError: originalError ?? null,
    },
    extensions: { ...error.extensions, code: "BAD_USER_INPUT" },
  });
};

/** graphql-js wraps its own refusal of an argument once more, as it wraps errors of resolvers. */
const isOfGraphQL = ({ originalError, path }: GraphQLError): boolean =>
  !path || (originalError instanceof GraphQLError && originalError.nodes !== undefined);
