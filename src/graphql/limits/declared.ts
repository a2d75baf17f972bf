import { Lexer, Source, TokenKind } from "graphql";
import { DomainError } from "../../lib/errors.ts";
import { isRecord } from "../params.ts";

const NAMED = 20;

/** The variables that operations of a document declare; none where it cannot be read, which is the parser's to refuse. */
const declaredIn = (text: string): Set<string> => {
  const names = new Set<string>();
  try {
    const lexer = new Lexer(new Source(text));
    // A variable that is declared stands before a colon, one that is used never does.
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance())
      if (token.kind === TokenKind.COLON && token.prev?.prev?.kind === TokenKind.DOLLAR) names.add(token.prev.value);
  } catch {
    return names;
  }
  return names;
};

/**
 * Looks at the names of variables alone, so that nothing is read of values that nobody has asked for.
 * @throws DomainError BAD_USER_INPUT for one that no operation of the document declares.
 */
export const checkDeclared = (text: string, variables: unknown): void => {
  if (!isRecord(variables)) return;
  const given = Object.keys(variables);
  if (given.length === 0) return;
  const declared = declaredIn(text);
  const unknown = given.find((name) => !declared.has(name));
  if (unknown === undefined) return;
  const accepted =
    declared.size === 0
      ? "it declares none"
      : `it declares ${[...declared]
          .slice(0, NAMED)
          .map((name) => `$${name}`)
          .join(", ")}`;
  const name = unknown.slice(0, 100).toWellFormed().replaceAll("\u0000", "");
  throw new DomainError("BAD_USER_INPUT", `variables.${name}: the document declares no variable of that name; ${accepted}`, {
    argument: `variables.${name}`,
  });
};
