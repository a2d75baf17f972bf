const path = require("node:path");

module.exports = {
  rootDir: path.dirname(require.resolve("@apollo/federation-subgraph-compatibility-tests/package.json")),
  testEnvironment: "node",
  testMatch: ["<rootDir>/dist/tests/*.test.js"],
  // Jest passes over what lies below node_modules, where these do.
  testPathIgnorePatterns: [],
  haste: { retainAllFiles: true },
  transform: {},
  moduleNameMapper: { "^make-fetch-happen$": path.join(__dirname, "fetch.cjs") },
};
