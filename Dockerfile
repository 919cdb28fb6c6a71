# The image has the program and the shared libraries that it links, nothing else. `make image` builds it. A release is built
# from the bases by digest, which `make pin-images` writes here; its archives are built in the first one too.

FROM swift:6.3-bookworm AS build
# Tests/RepositoryTests compares this list with the Makefile's. Versions are not pinned: Debian removes superseded ones
# from its archive, so a pinned build would break within weeks.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
      libcurl4-openssl-dev libnghttp2-dev libssl-dev libyaml-dev nghttp2-client openssl pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY Benchmarks Benchmarks
COPY Sources Sources
COPY Tests Tests
COPY certs/make-certificates certs/
COPY manifests/example manifests/example
RUN Benchmarks/build --product storage-network-webhook -Xlinker -s \
    && cp .build/shipped/release/storage-network-webhook /usr/local/bin/

# Collects the linked libraries, and the dpkg entry of each package for vulnerability scanners.
FROM debian:12-slim AS runtime
SHELL ["/bin/bash", "-o", "errexit", "-o", "pipefail", "-c"]
# Libraries that the base has already, such as libc6, get their security updates too.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get upgrade --yes \
    && apt-get install --yes --no-install-recommends \
      libcurl4 libnghttp2-14 libssl3 libstdc++6 libyaml-0-2 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/storage-network-webhook /usr/local/bin/
COPY .image/gather /usr/local/bin/
RUN gather /usr/local/bin/storage-network-webhook /image

FROM scratch
ARG VERSION
ARG REVISION=""
LABEL org.opencontainers.image.title="storage-network-webhook" \
      org.opencontainers.image.description="Guards Harvester's cluster setting storage-network" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/debian:12-slim" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=runtime /image /
# Numeric, so that Kubernetes can verify runAsNonRoot.
USER 65532:65532
EXPOSE 8443
ENTRYPOINT ["/usr/local/bin/storage-network-webhook"]
CMD ["serve"]
