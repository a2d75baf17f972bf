import { pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useEffect } from "react";
import { type Folder, isExample } from "./folders.ts";
import { FONT } from "./font.ts";
import { questionOf } from "./link.ts";
import type { Notify } from "./notice.tsx";
import { useOpen } from "./open.ts";

const useEditors = () => useGraphiQL(pick("queryEditor", "variableEditor", "headerEditor", "responseEditor"));

/** @returns a function that shows the query of a link, and returns true if there was a new one. */
const useFollowLink = (notify: Notify): (() => boolean) => {
  const { queryEditor, variableEditor } = useEditors();
  const open = useOpen();
  return () => {
    const question = questionOf(location.hash);
    if (!question) return false;
    // The tab stores the query from now on; a reload must not open another tab.
    history.replaceState(null, "", location.pathname + location.search);
    if ("refused" in question) {
      notify("Liên kết dài quá, không mở được. (The link is too long and was not opened.)");
      return true;
    }
    if (queryEditor?.getValue() === question.query && variableEditor?.getValue() === question.variables) return false;
    open(question, { inNewTab: true });
    notify("Câu hỏi này đến từ một liên kết và chưa chạy: hãy đọc trước khi chạy. (It came by a link: read it before you run it.)");
    return true;
  };
};

const useTabInView = (): void => {
  const { tabs, activeTabIndex } = useGraphiQL(pick("tabs", "activeTabIndex"));
  const title = tabs[activeTabIndex]?.title;
  useEffect(() => {
    document.querySelector(".graphiql-tab-active")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [tabs.length, activeTabIndex, title]);
};

/** Runs when the editors are ready: a link shows its query without running it; otherwise an unchanged example runs. */
export const Start = ({ folders, notify }: { folders: readonly Folder[]; notify: Notify }) => {
  const actions = useGraphiQLActions();
  const editors = useEditors();
  const isFetching = useGraphiQL((state) => state.isFetching);
  const followLink = useFollowLink(notify);
  const isReady = Object.values(editors).every(Boolean);

  useEffect(() => {
    if (!isReady) return undefined;
    // Without this, Monaco asks about Unicode line separators in a dialog.
    for (const editor of Object.values(editors)) editor?.updateOptions({ fontFamily: FONT, unusualLineTerminators: "off" });
    const { queryEditor, variableEditor } = editors;
    const isUntouched = isExample(folders, queryEditor?.getValue() ?? "") && !variableEditor?.getValue().trim();
    if (!followLink() && isUntouched) actions.run();
    addEventListener("hashchange", followLink);
    return () => removeEventListener("hashchange", followLink);
  }, [isReady]);

  useEffect(() => {
    if (isFetching) notify("");
  }, [isFetching]);

  useTabInView();
  return null;
};
