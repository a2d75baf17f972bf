// oxlint-disable-next-line import/no-unassigned-import -- it tells the editor where its workers are
import "graphiql/setup-workers/vite";
import { GraphiQL, type GraphiQLProps } from "graphiql";
import "graphiql/style.css";
import { createRoot } from "react-dom/client";
import "./page.css";
import { storageWithoutHeaders } from "./storage.ts";

const ENDPOINT = "/graphql";

const fetcher: GraphiQLProps["fetcher"] = async (params, options) => {
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: { ...options?.headers, "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(params),
  });
  return response.json();
};

/** None where they cannot be had: GraphiQL then opens with its own greeting. */
const readTabs = async (): Promise<{ query: string }[]> => {
  const response = await fetch(`${ENDPOINT}/operations.json`).catch(() => null);
  return response?.ok ? response.json() : [];
};

const tabs = await readTabs();
createRoot(document.querySelector("#playground")!).render(
  <GraphiQL
    fetcher={fetcher}
    {...(tabs.length > 0 && { defaultTabs: tabs })}
    shouldPersistHeaders={false}
    showPersistHeadersSettings={false}
    storage={storageWithoutHeaders(localStorage)}
  />,
);
