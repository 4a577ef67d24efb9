# One image for all services; the command says which one runs, docker-compose.yml as whom and with what.
# Sources run as they are (Node strips the types), so only the Live page needs a build.

FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/cli/package.json packages/cli/
COPY packages/clickhouse/package.json packages/clickhouse/
COPY packages/clickhouse-embedded/package.json packages/clickhouse-embedded/
COPY packages/config/package.json packages/config/
COPY packages/contracts/package.json packages/contracts/
COPY packages/core/package.json packages/core/
COPY packages/csv/package.json packages/csv/
COPY packages/customer-models/package.json packages/customer-models/
COPY packages/datasets/package.json packages/datasets/
COPY packages/kafka/package.json packages/kafka/
COPY packages/kmeans/package.json packages/kmeans/
COPY packages/local-stack/package.json packages/local-stack/
COPY packages/mail-catcher/package.json packages/mail-catcher/
COPY packages/object-store/package.json packages/object-store/
COPY packages/postgres/package.json packages/postgres/
COPY packages/runtime/package.json packages/runtime/
COPY packages/segments/package.json packages/segments/
COPY packages/testing/package.json packages/testing/
COPY services/batch-loader/package.json services/batch-loader/
COPY services/cdc-connector/package.json services/cdc-connector/
COPY services/cdc-sink/package.json services/cdc-sink/
COPY services/collector/package.json services/collector/
COPY services/dashboard/package.json services/dashboard/
COPY services/ledger/package.json services/ledger/
COPY services/segmentation-worker/package.json services/segmentation-worker/
COPY services/simulator/package.json services/simulator/
COPY services/stream-aggregator/package.json services/stream-aggregator/

# Only what the services need: neither development tools nor the embedded servers of `ebb up`.
FROM manifests AS dependencies
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --ignore-scripts --loglevel=error \
    --workspace=services/batch-loader \
    --workspace=services/cdc-connector --workspace=services/cdc-sink --workspace=services/ledger \
    --workspace=services/collector --workspace=services/dashboard --workspace=services/segmentation-worker \
    --workspace=services/simulator --workspace=services/stream-aggregator

FROM manifests AS web
RUN --mount=type=cache,target=/root/.npm \
    npm ci --ignore-scripts --loglevel=error --workspace=services/dashboard
COPY tsconfig.json ./
COPY packages/core packages/core
COPY packages/contracts packages/contracts
COPY services/dashboard services/dashboard
# Types are checked by the tests; this only bundles.
RUN cd services/dashboard && ../../node_modules/.bin/vite build --logLevel warn

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app .
COPY sql sql
COPY packages/cli/src/container packages/cli/src/container
COPY packages/clickhouse/src packages/clickhouse/src
COPY packages/config/src packages/config/src
COPY packages/contracts/src packages/contracts/src
COPY packages/core/src packages/core/src
COPY packages/csv/src packages/csv/src
COPY packages/customer-models/src packages/customer-models/src
COPY packages/datasets/data packages/datasets/data
COPY packages/datasets/src packages/datasets/src
COPY packages/kafka/src packages/kafka/src
COPY packages/kmeans/src packages/kmeans/src
COPY packages/object-store/src packages/object-store/src
COPY packages/postgres/src packages/postgres/src
COPY packages/runtime/src packages/runtime/src
COPY packages/segments/src packages/segments/src
COPY services/batch-loader/src services/batch-loader/src
COPY services/cdc-connector/src services/cdc-connector/src
COPY services/cdc-sink/src services/cdc-sink/src
COPY services/ledger/src services/ledger/src
COPY services/collector services/collector
COPY services/dashboard/src services/dashboard/src
COPY --from=web /app/services/dashboard/dist services/dashboard/dist
COPY services/segmentation-worker/src services/segmentation-worker/src
COPY services/simulator/src services/simulator/src
COPY services/stream-aggregator/src services/stream-aggregator/src
# Everything above belongs to root: the services can read their code, not change it.
USER node
