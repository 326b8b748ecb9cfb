#!/bin/sh
# What the tests need of Debian's packages, when it is missing and we may install: Chromium for the
# pages, openssl for a certificate. With the word java, only that, which Spark's tests need.
set -eu
missing=""
if [ "${1:-}" = java ]; then
  command -v java >/dev/null 2>&1 || missing="default-jre-headless"
else
  command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
    command -v google-chrome >/dev/null 2>&1 || missing="chromium fonts-dejavu-core"
  command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
fi
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq
  # shellcheck disable=SC2086 # one word a package
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "Missing, so that some tests will be skipped (apt-get install): $missing"
fi
