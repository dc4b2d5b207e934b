# What ./run and ./check share: Python, Debian packages, the virtual environment. Sourced by bash, not run.
say() { printf '%s\n' "$*" >&2; }

# Debian commands that are not on an ordinary user's path
export PATH="$PATH:/usr/sbin:/sbin"

need_python() {
  local found
  for found in python3.11 python3 python3.12 python3.13; do
    if command -v "$found" >/dev/null && "$found" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))'; then
      PYTHON=$found
      break
    fi
  done
  [ -n "${PYTHON:-}" ] || { say "Python 3.11 or newer is needed; on Debian: apt-get install python3 python3-venv"; exit 1; }
  "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null || need_packages "for the virtual environment" python3-venv
}

# need_packages WHY PACKAGE... : installs what is missing as root; says plainly what is missing otherwise
need_packages() {
  local why=$1 missing=() package
  shift
  command -v dpkg-query >/dev/null || { say "not Debian: install the equivalents of $* yourself ($why)"; return 0; }
  for package in "$@"; do # from Debian 13 on some libraries have t64 behind their names
    { dpkg-query -W -f='${Status}\n' "$package" "${package}t64" 2>/dev/null || true; } | grep -q 'ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    say "not installed, and only root can: ${missing[*]} ($why). What needs them is skipped."
    return 0
  fi
  say "installing ${missing[*]} ($why)"
  local log
  log=$(mktemp)
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "apt-get could not install ${missing[*]} ($why)"
    [ -z "${CI:-}" ] || exit 1
  fi
  rm -f "$log"
}

# make_venv node|dev : .venv with the pinned requirements; nothing is done when they have not changed
make_venv() {
  local set=$1 stamp
  stamp=$(cat pyproject.toml requirements/"$set".txt | sha256sum | cut -d' ' -f1)
  if [ -x .venv/bin/tutela ] && { [ "$(cat .venv/.tutela-"$set" 2>/dev/null)" = "$stamp" ]; }; then
    return 0
  fi
  say "making .venv with the $set requirements"
  [ -x .venv/bin/python ] || "$PYTHON" -m venv .venv
  .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/"$set".txt
  .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
  printf '%s' "$stamp" >.venv/.tutela-"$set"
  [ "$set" != dev ] || printf '%s' "$(cat pyproject.toml requirements/node.txt | sha256sum | cut -d' ' -f1)" >.venv/.tutela-node
}

# make_bench_venv : .venv-bench with the peers that ./bench measures beside us
make_bench_venv() {
  local stamp
  stamp=$(sha256sum <requirements/bench.txt | cut -d' ' -f1)
  [ "$(cat .venv-bench/.tutela 2>/dev/null)" != "$stamp" ] || return 0
  need_packages "to build a peer that comes as source" g++ python3-dev
  say "making .venv-bench with the peers"
  [ -x .venv-bench/bin/python ] || "$PYTHON" -m venv .venv-bench
  .venv-bench/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/bench.txt
  printf '%s' "$stamp" >.venv-bench/.tutela
}
