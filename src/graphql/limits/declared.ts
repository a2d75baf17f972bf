import { Lexer, Source, TokenKind } from "graphql";
import { DomainError } from "../../lib/errors.ts";
import { isRecord } from "../params.ts";
import { byText } from "./by-text.ts";

const NAMED = 20;

/** Returns the variables that operations of a document declare; none if it is not lexable, which the parser reports. */
const declaredIn = byText((text): ReadonlySet<string> => {
  const names = new Set<string>();
  try {
    const lexer = new Lexer(new Source(text));
    // Only a declared variable is followed by a colon.
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance())
      if (token.kind === TokenKind.COLON && token.prev?.prev?.kind === TokenKind.DOLLAR) names.add(token.prev.value);
  } catch {
    return names;
  }
  return names;
});

/** Reads only the names of variables, so that no time is spent on undeclared values. @throws DomainError BAD_USER_INPUT for a variable that no operation declares. */
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
