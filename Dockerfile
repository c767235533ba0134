# The worker of arx, and its command line: `docker compose run --rm worker src/cli.ts doctor`.
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app

FROM base AS modules
COPY package.json package-lock.json ./
# The image brings its own Node: the npm one, an optional dependency, is taken out again.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM base
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node -m 700 /home/node/arx
# Few arenas for the many threads of the worker: each keeps what it once took.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
COPY --from=modules /app/node_modules ./node_modules
COPY package.json arx.yaml routing.yaml resource_sets.yaml ./
COPY policies ./policies
COPY rules ./rules
COPY flows ./flows
COPY src ./src
# The bundled workflows, so that no start makes them.
RUN node --disable-warning=ExperimentalWarning src/worker/bundle-process.ts bundle && chmod -R a+rX bundle
USER node
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=8"]
CMD ["src/worker.ts"]
