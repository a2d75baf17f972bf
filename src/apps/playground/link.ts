export interface Question {
  readonly query: string;
  readonly variables: string;
}

/** Maximum length of a fragment; a query of a few pages is shorter. */
const LONGEST = 50_000;

/** Access keys, and tokens of issuers. */
const SECRET = /\bcchc_[\w-]{43}|\beyJ[\w-]+\.[\w-]+\.[\w-]*/;

export type Refusal = "SECRET" | "TOO_LONG";

/** Contains the query only, never headers, which may contain keys. */
export const linkTo = (question: Question, page: string): { url: string } | { refused: Refusal } => {
  if (SECRET.test(question.query) || SECRET.test(question.variables)) return { refused: "SECRET" };
  const fragment = new URLSearchParams({ query: question.query });
  if (question.variables.trim()) fragment.set("variables", question.variables);
  // Some programs end a link in text at a plus sign, but not at %20.
  const text = fragment.toString().replaceAll("+", "%20");
  if (text.length > LONGEST) return { refused: "TOO_LONG" };
  const url = new URL(page);
  url.hash = text;
  return { url: url.href };
};

/** Null for a fragment that is not such a link. */
export const questionOf = (hash: string): Question | { refused: Refusal } | null => {
  if (!/^#(?:.*&)?query=/.test(hash.slice(0, LONGEST))) return null;
  if (hash.length > LONGEST + 1) return { refused: "TOO_LONG" };
  const fragment = new URLSearchParams(hash.slice(1));
  return { query: fragment.get("query") ?? "", variables: fragment.get("variables") ?? "" };
};
