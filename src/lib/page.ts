import { Directive, Field, Int, ObjectType } from "type-graphql";
import { BadUserInput } from "./errors.ts";

export const MAX_FIRST = 1000;

/** One page by keyset pagination: after the cursor's position, or from the start. */
export interface Page {
  readonly first: number;
  readonly after: Position | null;
}

/** Lists are sorted by a number, then by a text that is unique within it. */
export interface Position {
  readonly rank: number;
  readonly text: string;
}

export const MAX_RANK = 999_999_999;

/** @throws BadUserInput for `first` outside 1..1000 and for an unknown cursor. */
export const pageOf = (first: number, after: string | null | undefined, maxRank: number = MAX_RANK): Page => {
  if (!Number.isInteger(first) || first < 1 || first > MAX_FIRST)
    throw new BadUserInput("first", first, `must be a whole number from 1 to ${MAX_FIRST}`);
  return { first, after: after == null ? null : readCursor(after, maxRank) };
};

export const cursorOf = ({ rank, text }: Position): string => Buffer.from(`${rank}:${text}`).toString("base64url");

const readCursor = (cursor: string, maxRank: number): Position => {
  const match = /^(\d{1,16}):([^\0]{1,300})$/.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  const position = match && { rank: Number(match[1]), text: match[2]! };
  if (!position || position.rank > maxRank || cursorOf(position) !== cursor)
    throw new BadUserInput("after", cursor, "must be a cursor that this list returned");
  return position;
};

@Directive("@shareable")
@ObjectType("PageInfo", { simpleResolvers: true, description: "Information about a page of a list (thông tin trang)." })
export class PageInfo {
  @Field(() => Boolean, { description: "True if more items follow." })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: "True if items precede the page." })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the first edge; null for an empty page." })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: "Cursor of the last edge; null for an empty page." })
  endCursor!: string | null;
}

export interface Edge<T> {
  cursor: string;
  node: T;
}

/** Builds a page from rows, of which one more than `first` was read. A total that needs a statement is a separate field. */
export const connectionOf = <T>(rows: readonly T[], page: Page, position: (row: T) => Position) => {
  const nodes = rows.slice(0, page.first);
  const edges = nodes.map((node): Edge<T> => ({ cursor: cursorOf(position(node)), node }));
  const pageInfo: PageInfo = {
    hasNextPage: rows.length > page.first,
    hasPreviousPage: page.after !== null,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
  return { edges, nodes, pageInfo };
};

export const totalCountField = Field(() => Int, { description: "Number of items in the whole list." });
