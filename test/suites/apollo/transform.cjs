const { transformSync } = require("esbuild");

// Jest runs CommonJS; the sources are ES modules in TypeScript.
module.exports = {
  process: (source, path) => ({
    code: transformSync(source, { loader: "ts", format: "cjs", target: "node24", sourcefile: path, sourcemap: "inline" }).code,
  }),
};
