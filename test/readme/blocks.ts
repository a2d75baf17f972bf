/** A fenced block of a Markdown text. */
export interface Block {
  /** What stands behind the opening fence; empty for commands. */
  readonly language: string;
  readonly text: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** The heading of second rank above it. */
  readonly section: string;
}

const FENCE = /^( *)```(.*)$/;

/** All fenced blocks in their order, those within lists too. @throws Error for one that is never closed. */
export const blocksOf = (markdown: string): Block[] => {
  const blocks: Block[] = [];
  let section = "";
  let open: { readonly language: string; readonly line: number; readonly indent: number; readonly lines: string[] } | null = null;
  for (const [n, text] of markdown.split("\n").entries()) {
    const [, indent = "", language = ""] = FENCE.exec(text) ?? [];
    const isFence = FENCE.test(text);
    if (open === null) {
      if (text.startsWith("## ")) section = text.slice(3);
      if (isFence) open = { language: language.trim(), line: n + 1, indent: indent.length, lines: [] };
    } else if (isFence) {
      blocks.push({ language: open.language, text: open.lines.join("\n"), line: open.line, section });
      open = null;
    } else open.lines.push(text.slice(open.indent));
  }
  if (open !== null) throw new Error(`the block of line ${open.line} is not closed`);
  return blocks;
};

/** The commands of a block, one after the other: lines that end in \ go on, and so does what is written into a file until its END. */
export const commandsOf = (text: string): string[] => {
  const commands: string[] = [];
  let open: { lines: string[]; readonly end: string | null } | null = null;
  for (const line of text.split("\n")) {
    if (open === null) {
      if (line.trim() === "") continue;
      open = { lines: [], end: /<<'(\w+)'/.exec(line)?.[1] ?? null };
    }
    open.lines.push(line);
    if (open.end === null ? line.endsWith("\\") : line !== open.end) continue;
    commands.push(open.lines.join("\n"));
    open = null;
  }
  if (open !== null) commands.push(open.lines.join("\n"));
  return commands;
};

/** Numbers and days that are another run's: ids of reports and keys, and when a key expires. */
const OWN = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{16}\b|\b\d{4}-\d\d-\d\d \d\d:\d\d\b/g;

/** A printed text beside the real one. */
export const compared = (text: string): { readonly shape: string; readonly own: readonly string[] } => ({
  shape: text.replaceAll(OWN, "…"),
  own: text.match(OWN) ?? [],
});
