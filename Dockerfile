# What runs, with the playground, which npm bundles once it has installed.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
COPY src/apps/playground src/apps/playground
RUN npm ci --omit=dev
# The image has a Node of its own, and the bundle holds all that was needed to make it.
RUN rm -rf node_modules/.bin node_modules/node node_modules/node-bin-* \
  node_modules/vite node_modules/rolldown node_modules/@rolldown node_modules/lightningcss* node_modules/prettier \
  node_modules/graphiql node_modules/@graphiql node_modules/monaco-editor node_modules/react node_modules/react-dom \
  node_modules/react-aria node_modules/react-stately node_modules/framer-motion node_modules/motion-dom node_modules/@fontsource-variable

FROM node:24-bookworm-slim
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn* \
  && mkdir /data && chown node:node /data && chmod 700 /data
WORKDIR /app
COPY --from=build /app/package.json /app/tsconfig.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/.cache .cache
COPY schema schema
COPY seeds seeds
COPY src src
RUN node src/typescript.js

# Without DATABASE_URL the embedded PostgreSQL keeps its data in the volume.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 METRICS_HOST=0.0.0.0 METRICS_PORT=9464 DATA_DIR=/data
VOLUME /data
EXPOSE 4000 9464
USER node
# It lives while it waits for its database; whether it may be sent requests, /readyz says.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/livez').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=128", "--import", "./src/typescript.js", "src/main.ts"]
