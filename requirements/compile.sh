#!/usr/bin/env bash
# Solves dev.in into dev.lock, and into oldest.lock with the oldest Home Assistant that works (hacs.json).
# Run it after a change of either, or to take newer versions:
#
#   requirements/compile.sh [--upgrade]
#
# Needs uv. The lock holds names and versions only, so it installs from any index.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# What the demo's Home Assistant loads beyond its own minimum; the last three are what
# onboarding sets up by itself.
INTEGRATIONS=(energy history logbook modbus sun zeroconf google_translate met radio_browser)

python="$(../scripts/get_python314.sh)"
tmp="$(mktemp -d)"
trap 'rm -rf "$tmp"' EXIT

# solve CORE LOCK [--upgrade]
solve() {
  local core="$1" lock="$2" of="$tmp/$2"
  shift 2
  mkdir "$of"
  sed "s/^homeassistant==.*/$core/" dev.in >"$of/dev.in"
  uv venv -q -p "$python" "$of/venv"
  uv pip install -q -p "$of/venv/bin/python" "$core"
  "$of/venv/bin/python" home_assistant.py "${INTEGRATIONS[@]}" >"$of/integrations.txt"

  # Overrides beat pins made elsewhere: the test plugin pins the Home Assistant before.
  {
    grep -vE '^(pymicro-vad|pyspeex-noise)==' \
      "$of"/venv/lib/python3.14/site-packages/homeassistant/package_constraints.txt
    echo "$core"
    grep '^aiohasupervisor==' "$of/integrations.txt"
  } >"$of/overrides.txt"

  uv pip compile -q -p "$python" "$@" "$of/dev.in" "$of/integrations.txt" \
    --override "$of/overrides.txt" --no-annotate --no-header --no-emit-index-url -o "$lock"
}

solve "$(grep -m1 '^homeassistant==' dev.in)" dev.lock "$@"
oldest="$(sed -n 's/.*"homeassistant": "\(.*\)".*/\1/p' ../hacs.json)"
solve "homeassistant==$oldest" oldest.lock "$@"
