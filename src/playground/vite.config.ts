import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/graphql/",
  // Its warnings are of directives in other people's packages.
  logLevel: "error",
  worker: { format: "es" },
  build: {
    outDir: fileURLToPath(new URL("../../.cache/playground", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    // The editor comes as one piece.
    chunkSizeWarningLimit: 10_000,
  },
});
