// oxlint-disable-next-line import/no-unassigned-import -- it sets the URLs of the editor's workers
import "graphiql/setup-workers/vite";
import "@fontsource-variable/jetbrains-mono/wght.css";
import type { GraphiQLProps } from "graphiql";
import "graphiql/style.css";
import { createRoot } from "react-dom/client";
import { readFolders } from "./folders.ts";
import { loadFont } from "./font.ts";
import "./page.css";
import { Playground } from "./playground.tsx";

const ENDPOINT = "/graphql";

const fetcher: GraphiQLProps["fetcher"] = async (params, options) => {
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: { ...options?.headers, "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(params),
  });
  return response.json();
};

const [folders] = await Promise.all([readFolders(ENDPOINT), loadFont()]);
createRoot(document.querySelector("#playground")!).render(<Playground folders={folders} fetcher={fetcher} />);
