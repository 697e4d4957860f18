# remotetask in a container. It runs commands inside the container, and tasks of DSM through DSM's Web API. On a NAS use the host
# network, because behind Docker's own network every caller has the gateway's address.
#
#   docker build -t remotetask .
#   docker run -d --name remotetask --network host --restart unless-stopped --env TZ=Europe/Berlin \
#     --read-only --cap-drop ALL --security-opt no-new-privileges --pids-limit 64 \
#     -v /volume1/docker/remotetask:/data remotetask
#
# compose.yaml describes the same. /data has to belong to the user 10765 (chown 10765:10765). The daemon creates a first config with new keys
# there. TZ is the time zone of `hours`, of the days in `expires`, and of the log's times; without it a container is in UTC.
#
# There is no HEALTHCHECK, because a check each minute would keep a NAS from letting its disks sleep. Monitoring can fetch /healthz from
# the admin listener (docs/admin.md); compose.yaml shows a check for those who want Docker's own.

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
  && install -d -o remotetask -g remotetask -m 700 /data \
  && ln -s /opt/remotetask/bin/remotetask /usr/local/bin/remotetask
COPY --from=build /build/dist /opt/remotetask/dist
COPY --from=build /build/bin/remotetask /opt/remotetask/bin/remotetask
ENV REMOTETASK_CONFIG=/data/config.json
USER 10765:10765
VOLUME /data
EXPOSE 10765
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--", "/opt/remotetask/bin/remotetask"]
CMD ["serve"]
