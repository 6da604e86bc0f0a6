#!/bin/sh
# Installs everything Python needs into .tools (uv) and .venv (the application), from the package index alone.
set -eu
cd "$(dirname "$0")/.."
UV_VERSION=0.13.9

find_python() {
  for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] || continue
    path=$(command -v "$candidate" 2> /dev/null) || continue
    "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null && { echo "$path"; return; }
  done
  echo "banyan: Python 3.11 or newer is needed; install it, or name it with PYTHON=/path/to/python3." >&2
  return 1
}

install_uv() {
  if [ -x .tools/bin/uv ] && [ "$(.tools/bin/uv --version | cut -d' ' -f2)" = "$UV_VERSION" ]; then return; fi
  echo "Installing uv $UV_VERSION ..."
  rm -rf .tools
  if "$python" -c 'import ensurepip, venv' 2> /dev/null; then
    "$python" -m venv .tools
    .tools/bin/python -m pip -qq --disable-pip-version-check install "uv==$UV_VERSION"
  elif "$python" -m pip --version > /dev/null 2>&1; then
    # Debian's Python without python3-venv, but with pip: uv needs no environment of its own.
    "$python" -m pip -qq --disable-pip-version-check install --target .tools/uv "uv==$UV_VERSION"
    mkdir -p .tools/bin
    ln -sf ../uv/bin/uv .tools/bin/uv
  else
    echo "banyan: this Python can neither make environments nor run pip; install python3-venv (or python3-pip)." >&2
    return 1
  fi
}

python=$(find_python)
install_uv
echo "Installing the application's libraries ..."
# --inexact keeps what tools/node.sh may have added. Compiled here: where Python may not write its bytecode (a folder of
# somebody else, PYTHONDONTWRITEBYTECODE), every start would compile two thousand files again, half of its time.
UV_PYTHON_DOWNLOADS=never .tools/bin/uv sync --quiet --frozen --inexact --compile-bytecode --python "$python"
.venv/bin/python -m compileall -q src || true
