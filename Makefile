# `make run` serves an example cluster; `make try` in a second terminal posts example reviews to it. `make test` runs
# all tests. Each needs only Debian 12 and a Swift toolchain.

# The port of `make run` and `make try`.
PORT ?= 8443

# Packages that the toolchain does not include. README.md lists the same ones; Tests/RepositoryTests compares. Tests of the
# chart get Helm and kubectl by pip, and `make dist` writes the SBOM with Python.
PACKAGES := curl libcurl4-openssl-dev libnghttp2-dev libssl-dev libyaml-dev nghttp2-client openssl pkg-config
PYTHON_PACKAGES := python3 python3-pip

# The name of the image, and the program that builds it.
VERSION := $(shell sed -n 's/.* current = "\(.*\)"/\1/p' Sources/App/WebhookCore/Version.swift)
IMAGE ?= storage-network-webhook:$(VERSION)
ENGINE ?= $(firstword $(foreach engine,docker podman buildah,$(if $(shell command -v $(engine)),$(engine))))

# SERVER builds in one minute. SHIPPED, which is installed, put into images and measured, takes two.
SERVER := .build/release/storage-network-webhook
BUILD_SERVER := swift build -c release --static-swift-stdlib --product storage-network-webhook
SHIPPED := .build/shipped/release/storage-network-webhook
EXAMPLE := manifests/example

# The target of `make install`; packagers prepend DESTDIR.
PREFIX ?= /usr/local
DEST := $(DESTDIR)$(PREFIX)

# Swift builds in parallel by itself. Two targets at once would wait for the same package manager, and `dist-index` needs
# what the targets before it have built.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run try test shipped bench fuzz install lint sanitize certs image pin-images dist dist-binary dist-files \
  dist-index packages python python-packages tools check-tag toolchain-image notes version toolchain clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: packages toolchain certs ## build, and serve an example cluster on 127.0.0.1:8443 (or PORT=…)
	$(BUILD_SERVER)
	@echo
	@echo "Serving $(EXAMPLE)/cluster.yaml on https://127.0.0.1:$(PORT). In a second terminal:"
	@echo
	@echo "  make try$(if $(filter-out 8443,$(PORT)), PORT=$(PORT))"
	@echo "  curl --cacert certs/ca.pem https://localhost:$(PORT)/readyz"
	@echo "  $(SERVER) check --cluster-snapshot $(EXAMPLE)/cluster.yaml --value '{\"vlan\":100}'"
	@echo
	@echo "Edit $(EXAMPLE)/cluster.yaml and ask again: changes apply at once. Ctrl-C stops the server."
	@echo
	@exec $(SERVER) serve --listen 127.0.0.1:$(PORT) --tls-certificate certs/tls.pem --tls-key certs/tls.key \
	  --cluster-snapshot $(EXAMPLE)/cluster.yaml

try: packages ## post every example review to the server of `make run`
	@$(EXAMPLE)/try https://localhost:$(PORT) certs/ca.pem

# The optimizer's checks reject code that a debug build accepts, so the release build is part of the test. The image's tests
# run its program.
test: packages toolchain lint tools ## lint, build for release, build and run all tests
	$(BUILD_SERVER)
	swift build --build-tests
	IMAGE_PROGRAM=$(abspath $(SERVER)) swift test --skip-build

shipped: packages toolchain ## build the program as shipped, and run all tests with it
	Benchmarks/build --product storage-network-webhook
	swift build --build-tests
	PROGRAM_UNDER_TEST=$(abspath $(SHIPPED)) swift test --skip-build

install: packages toolchain ## install the program, the kubectl plugin, completions and the manual page (PREFIX=…)
	Benchmarks/build --product storage-network-webhook
	install -D $(SHIPPED) $(DEST)/bin/storage-network-webhook
	ln -sf storage-network-webhook $(DEST)/bin/kubectl-storage_network
	ln -sf storage-network-webhook $(DEST)/bin/kubectl_complete-storage_network
	install -D -m 644 docs/storage-network-webhook.1 $(DEST)/share/man/man1/storage-network-webhook.1
	ln -sf storage-network-webhook.1 $(DEST)/share/man/man1/kubectl-storage_network.1
	install -d $(DEST)/share/bash-completion/completions $(DEST)/share/zsh/site-functions \
	  $(DEST)/share/fish/vendor_completions.d
	$(SHIPPED) --generate-completion-script bash >$(DEST)/share/bash-completion/completions/storage-network-webhook
	$(SHIPPED) --generate-completion-script zsh >$(DEST)/share/zsh/site-functions/_storage-network-webhook
	$(SHIPPED) --generate-completion-script fish >$(DEST)/share/fish/vendor_completions.d/storage-network-webhook.fish

lint: toolchain ## check the style
	swift format lint --strict --recursive Sources Tests Benchmarks Package.swift

# The leak check of the address sanitizer reports the XCTest runner, which no test here needs, and every program
# that exits inside a function, as command lines do. `Benchmarks/soak` detects leaks.
sanitize: packages toolchain ## run all tests under the thread and the address sanitizer
	TSAN_OPTIONS=suppressions=$(abspath Tests/thread-sanitizer-suppressions) \
	  swift test --sanitize=thread --scratch-path .build/thread
	ASAN_OPTIONS=detect_leaks=0 swift test --sanitize=address --disable-xctest --scratch-path .build/address

bench: packages toolchain certs ## compare with nginx: requests, latency, handshakes, memory, start
	Benchmarks/run

fuzz: packages toolchain ## fuzz the parsers, SECONDS=… each
	SECONDS_EACH=$(or $(SECONDS),60) Tests/Fuzz/run

certs: packages ## make a throwaway certificate authority and serving pair in certs/
	@certs/make-certificates

# What a Dockerfile cannot know of itself. SOURCE is the page of the project.
BASE_DIGEST = $(shell sed -n 's/^FROM debian:12-slim@\(sha256:[0-9a-f]*\).*/\1/p' Dockerfile)
LABELS = $(if $(SOURCE),--label org.opencontainers.image.source=$(SOURCE)) \
  $(if $(BASE_DIGEST),--label org.opencontainers.image.base.digest=$(BASE_DIGEST)) \
  --label org.opencontainers.image.created=$(shell git log -1 --format=%cI 2>/dev/null)

image: ## build the container image with docker, podman or buildah (ENGINE=…), named IMAGE=…
	@[ -n "$(ENGINE)" ] || { echo 'docker, podman or buildah is needed' >&2; exit 1; }
	$(ENGINE) build --build-arg VERSION=$(VERSION) --build-arg REVISION=$(shell git rev-parse HEAD 2>/dev/null) \
	  $(LABELS) --tag $(IMAGE) .

pin-images: ## write the current digests of the base images into the Dockerfile
	@.image/pin

dist: dist-binary dist-files dist-index ## build what a release publishes, into dist/ (PROFILE=… repeats a build)

dist-binary: packages toolchain python
	release/binary

dist-files: tools
	release/files

dist-index:
	release/index

define install_missing
@missing=$$(for package in $(1); do \
  dpkg-query --show --showformat='$${db:Status-Status}\n' $$package 2>/dev/null | grep -qx installed \
    || echo $$package; done); \
[ -z "$$missing" ] && exit; \
[ "$$(id -u)" = 0 ] || sudo=sudo; \
set -x; $$sudo apt-get update && $$sudo apt-get install --yes --no-install-recommends $$missing
endef

packages: ## install the Debian packages that are missing
	$(call install_missing,$(PACKAGES))

python:
	@python3 -m pip --version >/dev/null 2>&1 || $(MAKE) --no-print-directory python-packages

python-packages:
	$(call install_missing,$(PYTHON_PACKAGES))

tools: ## install Helm and kubectl for the tests of the chart, into .build/tools
	@$(MAKE) --no-print-directory python || true
	@Tests/Tools/install

check-tag: # of a release: v and the version, which CHANGELOG.md has; base images have digests
	@[ "$(TAG)" = "v$(VERSION)" ] || { echo 'the tag $(TAG) is not v$(VERSION)' >&2; exit 1; }
	@grep -q '^## \[$(VERSION)\] - ' CHANGELOG.md || { echo 'CHANGELOG.md has no entry for $(VERSION)' >&2; exit 1; }
	@! grep -E '^FROM [a-z]+:' Dockerfile | grep -vE '@sha256:[0-9a-f]{64}( |$$)' >&2 || { \
	  echo 'the Dockerfile has base images without a digest; run make pin-images before the tag' >&2; exit 1; }

toolchain-image: # the image that the Dockerfile builds in, with its digest
	@sed -nE 's/^FROM (swift:[^ ]+) AS build$$/\1/p' Dockerfile

notes: # of the release: its part of CHANGELOG.md
	@awk '/^## \[/ { here = $$2 == "[$(VERSION)]"; next } here && !/^\[.*\]: /' CHANGELOG.md

version: ## print the version; release/set-version changes it
	@echo $(VERSION)

toolchain:
	@swift --version >/dev/null 2>&1 || { \
	  echo 'Swift 6.2 or later is needed: https://www.swift.org/install/linux/' >&2; exit 1; }

clean: ## remove build products and certificates
	rm -rf .build dist certs/*.pem certs/*.key
