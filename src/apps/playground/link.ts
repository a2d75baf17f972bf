export interface Question {
  readonly query: string;
  readonly variables: string;
}

/** Characters of a fragment; a question of a few pages has less. */
const LONGEST = 50_000;

/** Access keys, and tokens of issuers. */
const SECRET = /\bcchc_[\w-]{43}|\beyJ[\w-]+\.[\w-]+\.[\w-]*/;

export type Refusal = "SECRET" | "TOO_LONG";

/** It holds the question alone: never headers, which is where keys are. */
export const linkTo = (question: Question, page: string): { url: string } | { refused: Refusal } => {
  if (SECRET.test(question.query) || SECRET.test(question.variables)) return { refused: "SECRET" };
  const fragment = new URLSearchParams({ query: question.query });
  if (question.variables.trim()) fragment.set("variables", question.variables);
  // What reads links out of text stops at a plus sign rather than at %20.
  const text = fragment.toString().replaceAll("+", "%20");
  if (text.length > LONGEST) return { refused: "TOO_LONG" };
  const url = new URL(page);
  url.hash = text;
  return { url: url.href };
};

/** Null for a fragment that is no link of ours. */
export const questionOf = (hash: string): Question | { refused: Refusal } | null => {
  if (!/^#(?:.*&)?query=/.test(hash.slice(0, LONGEST))) return null;
  if (hash.length > LONGEST + 1) return { refused: "TOO_LONG" };
  const fragment = new URLSearchParams(hash.slice(1));
  return { query: fragment.get("query") ?? "", variables: fragment.get("variables") ?? "" };
};
