FROM node:24-slim AS dependencies
WORKDIR /muster
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /muster
COPY --from=dependencies /muster/node_modules node_modules
COPY package.json ./
COPY migrations migrations
COPY src src
# The example; mount your own over it, or name another one in MUSTER_CATALOG.
COPY muster.yaml ./
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
