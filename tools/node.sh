#!/bin/sh
# Prints the folder that holds node and npm: the machine's when new enough, else the one from the package index.
set -eu
cd "$(dirname "$0")/.."

fits() { "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2> /dev/null; }

if path=$(command -v node) && command -v npm > /dev/null && fits "$path"; then
  dirname "$path"
  exit
fi
if [ ! -x .venv/bin/node ] || ! fits .venv/bin/node; then
  echo "Installing Node.js ..." >&2
  UV_PYTHON_DOWNLOADS=never .tools/bin/uv sync --quiet --frozen --inexact --group node >&2
fi
fits .venv/bin/node || { echo "banyan: Node.js 20.19 or newer is needed to build the web client." >&2; exit 1; }
echo "$PWD/.venv/bin"
