import { DocExplorerStore } from "@graphiql/plugin-doc-explorer";
import { GraphiQL, type GraphiQLProps, HISTORY_PLUGIN } from "graphiql";
import { useMemo, useState } from "react";
import { DOCUMENTATION } from "./documentation.tsx";
import { examplesOf } from "./examples.tsx";
import type { Folder } from "./folders.ts";
import { LinkButton } from "./link-button.tsx";
import { isNarrow } from "./narrow.ts";
import { Notice } from "./notice.tsx";
import { Start } from "./start.tsx";
import { storageWithoutHeaders } from "./storage.ts";

export const Playground = ({ folders, fetcher }: { folders: readonly Folder[]; fetcher: GraphiQLProps["fetcher"] }) => {
  const [notice, notify] = useState("");
  const fixed = useMemo(() => {
    const examples = examplesOf(folders);
    const first = folders[0]?.operations[0];
    return {
      plugins: [examples, HISTORY_PLUGIN],
      storage: storageWithoutHeaders(localStorage),
      ...(!isNarrow() && { visiblePlugin: examples }),
      ...(first && { defaultTabs: [{ query: first.query }] }),
    };
  }, [folders]);
  return (
    <>
      <GraphiQL
        {...fixed}
        fetcher={fetcher}
        referencePlugin={DOCUMENTATION}
        shouldPersistHeaders={false}
        showPersistHeadersSettings={false}
      >
        <GraphiQL.Toolbar>
          {({ prettify, merge, copy }) => (
            <>
              {prettify}
              {merge}
              {copy}
              <LinkButton notify={notify} />
            </>
          )}
        </GraphiQL.Toolbar>
        <DocExplorerStore>
          <Start folders={folders} notify={notify} />
        </DocExplorerStore>
      </GraphiQL>
      <Notice text={notice} notify={notify} />
    </>
  );
};
