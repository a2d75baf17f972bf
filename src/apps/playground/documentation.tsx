import { DOC_EXPLORER_PLUGIN, DocExplorer, useDocExplorerActions } from "@graphiql/plugin-doc-explorer";
import { type GraphiQLPlugin, useGraphiQL } from "@graphiql/react";
import { useMemo, useRef, useState } from "react";
import { entriesOf, find, type Found, MOST } from "./terms.ts";

/** GraphiQL's own search reads only names, which are English. */
const Documentation = () => {
  const schema = useGraphiQL((state) => state.schema);
  const entries = useMemo(() => (schema ? entriesOf(schema) : []), [schema]);
  const actions = useDocExplorerActions();
  const [typed, setTyped] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const open = ({ pages }: Found) => {
    for (const page of pages) actions.push(page);
    setTyped("");
  };
  return (
    <div className="documentation">
      {/* GraphiQL's shortcut for its search clicks this class. */}
      <div className="graphiql-doc-explorer-search-input" onClick={() => input.current?.focus()}>
        <input
          ref={input}
          type="search"
          autoComplete="off"
          placeholder="Tìm: quá hạn, hồ sơ, unit…"
          aria-label="Tìm trong tài liệu (search the documentation)"
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      </div>
      {typed.trim() ? <Results found={find(entries, typed)} open={open} /> : <DocExplorer />}
    </div>
  );
};

const countOf = (found: readonly Found[]): string => {
  if (found.length === 0) return "Không có mục nào (no entries)";
  return found.length < MOST ? `${found.length} mục (entries)` : `${MOST} mục đầu (the first ${MOST} entries)`;
};

const Results = ({ found, open }: { found: readonly Found[]; open: (entry: Found) => void }) => (
  <>
    <p role="status">{countOf(found)}</p>
    <ul className="listed">
      {found.map((entry) => (
        <li key={entry.path}>
          <button type="button" onClick={() => open(entry)}>
            <code>{entry.path}</code>
            <small>{entry.excerpt}</small>
          </button>
        </li>
      ))}
    </ul>
  </>
);

export const DOCUMENTATION: GraphiQLPlugin = { ...DOC_EXPLORER_PLUGIN, content: Documentation };
