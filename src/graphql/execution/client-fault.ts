import { GraphQLError } from "graphql";

/** What graphql-js says of arguments and variables that cannot be, without a code. */
const REFUSALS = [/^Argument "/, /^Variable "\$/, /^Too many errors processing variables/];

/**
 * The error with its code, where graphql-js refused what a client sent and found that out only as it ran. Resolvers that throw such a text
 * have no place in the document of their own.
 */
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

/** graphql-js wraps its own refusal of an argument once more, as it does what resolvers throw. */
const isOfGraphQL = ({ originalError, path }: GraphQLError): boolean =>
  !path || (originalError instanceof GraphQLError && originalError.nodes !== undefined);
