import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

/** Of no use here are GraphiQL's Fira Code, which another font replaces, and letters of scripts that nobody writes here. */
const dropFonts: Plugin = {
  name: "drop-fonts",
  enforce: "pre",
  transform: {
    filter: { id: /(?:graphiql\/dist\/style|jetbrains-mono\/wght)\.css/ },
    handler: (text) => text.replaceAll(/@font-face\s*\{[^}]*\}/g, (face) => (isUsed(face) ? face : "")),
  },
};

/** Those of Latin and Vietnamese letters, and the editor's icons, which have no range. */
const isUsed = (face: string): boolean =>
  !face.includes("Fira Code") && (!face.includes("unicode-range") || /U\+(?:0000|0100|0102)-/.test(face));

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/graphql/",
  plugins: [dropFonts],
  // Its warnings are of directives in other people's packages.
  logLevel: "error",
  worker: { format: "es" },
  build: {
    outDir: fileURLToPath(new URL("../../../.cache/playground", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    // The editor comes as one piece.
    chunkSizeWarningLimit: 10_000,
  },
});
