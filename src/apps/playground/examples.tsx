import { type GraphiQLPlugin, pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { type Example, type Folder, isExample } from "./folders.ts";
import { isNarrow } from "./narrow.ts";
import { useOpen } from "./open.ts";

const Icon = () => (
  <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round">
    <path d="M2 16V4h5l2 2h9v10z" />
  </svg>
);

const Examples = ({ folders }: { folders: readonly Folder[] }) => {
  const actions = useGraphiQLActions();
  const { queryEditor, tabs, activeTabIndex } = useGraphiQL(pick("queryEditor", "tabs", "activeTabIndex"));
  const open = useOpen();
  const show = ({ query }: Example) => {
    const present = queryEditor?.getValue() ?? "";
    open({ query, variables: "" }, { inNewTab: present.trim() !== "" && !isExample(folders, present) });
    if (isNarrow()) actions.setVisiblePlugin(null);
    actions.run();
  };
  const shown = tabs[activeTabIndex]?.query;
  return (
    <section className="examples" aria-label="Câu hỏi mẫu (examples)">
      <h2>Câu hỏi mẫu</h2>
      {folders.map((folder) => (
        <details key={folder.vi} open>
          <summary>
            {folder.vi} <small lang="en">{folder.en}</small>
          </summary>
          <ul className="listed">
            {folder.operations.map((example) => (
              <li key={example.vi}>
                <button type="button" aria-current={example.query === shown} onClick={() => show(example)}>
                  {example.vi}
                  <small lang="en">{example.en}</small>
                </button>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
};

export const examplesOf = (folders: readonly Folder[]): GraphiQLPlugin => ({
  title: "Câu hỏi mẫu (examples)",
  icon: Icon,
  content: () => <Examples folders={folders} />,
});
