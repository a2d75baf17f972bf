import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

/** Drops GraphiQL's Fira Code, which another font replaces, and glyphs of unused scripts. */
const dropFonts: Plugin = {
  name: "drop-fonts",
  enforce: "pre",
  transform: {
    filter: { id: /(?:graphiql\/dist\/style|jetbrains-mono\/wght)\.css/ },
    handler: (text) => text.replaceAll(/@font-face\s*\{[^}]*\}/g, (face) => (isUsed(face) ? face : "")),
  },
};

/** Latin and Vietnamese letters, and the editor's icons, which have no range. */
const isUsed = (face: string): boolean =>
  !face.includes("Fira Code") && (!face.includes("unicode-range") || /U\+(?:0000|0100|0102)-/.test(face));

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/graphql/",
  plugins: [dropFonts],
  // Its warnings concern directives in other packages.
  logLevel: "error",
  worker: { format: "es" },
  build: {
    outDir: fileURLToPath(new URL("../../../.cache/playground", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 10_000,
  },
});
