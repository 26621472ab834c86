#!/usr/bin/env bash
# Solves dev.in into dev.lock. Run it after a change of dev.in, or to take newer versions:
#
#   requirements/compile.sh [--upgrade]
#
# Needs uv. The lock holds names and versions only, so it installs from any index.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# What the demo's Home Assistant loads beyond its own minimum; the last three are what
# onboarding sets up by itself.
INTEGRATIONS=(energy history logbook modbus sun zeroconf google_translate met radio_browser)

core="$(grep -m1 '^homeassistant==' dev.in)"
python="$(../scripts/get_python314.sh)"
tmp="$(mktemp -d)"
trap 'rm -rf "$tmp"' EXIT

uv venv -q -p "$python" "$tmp/venv"
uv pip install -q -p "$tmp/venv/bin/python" "$core"
"$tmp/venv/bin/python" home_assistant.py "${INTEGRATIONS[@]}" >"$tmp/integrations.txt"

# Overrides beat pins made elsewhere: the test plugin pins the Home Assistant before.
{
  grep -vE '^(pymicro-vad|pyspeex-noise)==' \
    "$tmp"/venv/lib/python3.14/site-packages/homeassistant/package_constraints.txt
  echo "$core"
  grep '^aiohasupervisor==' "$tmp/integrations.txt"
} >"$tmp/overrides.txt"

uv pip compile -q -p "$python" "$@" dev.in "$tmp/integrations.txt" \
  --override "$tmp/overrides.txt" --no-annotate --no-header --no-emit-index-url -o dev.lock
