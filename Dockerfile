# remotetask in a container. It runs commands inside the container, and tasks of DSM through DSM's Web API. On a NAS use the host
# network, because behind Docker's own network every caller has the gateway's address.
#
#   docker build -t remotetask .
#   docker run -d --name remotetask --network host --restart unless-stopped \
#     --read-only --cap-drop ALL --security-opt no-new-privileges --pids-limit 64 \
#     -v /volume1/docker/remotetask:/data remotetask
#
# /data has to belong to the user 10765 (chown 10765:10765). The daemon creates a first config with new keys there.

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY bin bin
COPY src src
COPY scripts/build.ts scripts/build.ts
RUN npm run build

FROM node:24-bookworm-slim
# tini reaps the processes that programs leave behind.
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10765 remotetask \
  && useradd --uid 10765 --gid 10765 --no-create-home --home-dir /data --shell /usr/sbin/nologin remotetask \
  && install -d -o remotetask -g remotetask -m 700 /data
COPY --from=build /build/dist /opt/remotetask/dist
COPY --from=build /build/bin/remotetask /opt/remotetask/bin/remotetask
ENV REMOTETASK_CONFIG=/data/config.json
USER 10765:10765
VOLUME /data
EXPOSE 10765
STOPSIGNAL SIGTERM
# Asks the daemon itself over its control socket, so that no key, port or network is needed.
HEALTHCHECK --interval=1m --timeout=10s --start-period=10s --retries=3 \
  CMD ["/opt/remotetask/bin/remotetask", "doctor", "--health"]
ENTRYPOINT ["tini", "--", "/opt/remotetask/bin/remotetask"]
CMD ["serve"]
