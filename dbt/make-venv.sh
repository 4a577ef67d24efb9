#!/bin/sh
# make-venv.sh NAME LOCK: puts the packages of a hashed lock file into .venv/NAME; does nothing when it is there already.
# Any CPython from 3.11 to 3.13 serves, under whatever name; the system's own comes first, because every user can read it.
set -eu

cd "$(dirname "$0")/.."
name=$1
lock=$2
venv=.venv/$name
stamp=$venv/.installed
wanted=$(cat "$lock" dbt/uv.txt dbt/make-venv.sh | cksum)
[ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && exit 0

is_fit='import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
find_python() {
  for python in ${EBB_PYTHON:-} /usr/bin/python3.11 /usr/bin/python3.12 /usr/bin/python3.13 /usr/bin/python3 \
    python3.11 python3.12 python3.13 python3 python; do
    if "$python" -c "$is_fit" 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  echo 'Python 3.11, 3.12 or 3.13 with its venv module is needed (Debian, Ubuntu: apt install python3-venv; macOS: brew install python@3.12); EBB_PYTHON names one elsewhere' >&2
  exit 1
}

python=$(find_python)
echo "Installing $lock into $venv with $python"
if [ "$(cat .venv/uv/.installed 2>/dev/null || true)" != "$(cksum <dbt/uv.txt)" ]; then
  "$python" -m venv --clear .venv/uv
  .venv/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r dbt/uv.txt
  cksum <dbt/uv.txt >.venv/uv/.installed
fi
.venv/uv/bin/uv venv --quiet --clear --no-python-downloads --python "$python" "$venv"
# Compiled once: what is started from here writes nothing into it, and would compile a thousand modules at each start.
.venv/uv/bin/uv pip sync --quiet --compile-bytecode --require-hashes --python "$venv/bin/python" "$lock"
echo "$wanted" >"$stamp"
