#!/bin/sh
# Starts a server for the folder web, which only this computer can reach. Ctrl-C stops it.
cd "$(dirname "$0")" || exit 1
port=${PORT:-8080}
echo "Open http://localhost:$port in a browser."
if command -v node > /dev/null; then exec node serve.mjs web --port $port; fi
if command -v python3 > /dev/null; then exec python3 -m http.server $port --bind localhost --directory web; fi
if command -v php > /dev/null; then exec php -S localhost:$port -t web; fi
echo "There is no Node, Python or PHP here. Open tarnkappe.html instead."
exit 1
