#!/bin/bash
# demo.sh: a private server with real documents, and a tour of docdb on it.
#
# usage: demo/demo.sh          build, start, load, show; leaves the server running
#        demo/demo.sh stop     stop the server and delete its folder
#
# ORDERS sets how many orders are generated [200000].
set -eu -o pipefail

top=$(cd "$(dirname "$0")/.." && pwd -P)
orders=${ORDERS:-200000}
batch=10000

if [ "${1:-}" != stop ]; then
	"$top/test/install-deps"
fi

DOCDB_USE=demo
DOCDB_DURABLE=1
. "$top/test/lib/server.sh"
server_setup

if [ "${1:-}" = stop ]; then
	server_stop
	rm -rf "$DOCDB_DIR"
	echo "The demo's server is stopped and its folder deleted."
	exit
fi

run_sql()
{
	"$DOCDB_BIN/psql" -X -q -A -t -v ON_ERROR_STOP=1 -d demo "$@"
}

# progress DONE ALL WHAT: redraws one line on a terminal, prints a line at the end elsewhere.
progress()
{
	local width=30 filled bar
	filled=$(($1 * width / $2))
	bar=$(printf '%*s' "$filled" '' | tr ' ' '#')$(printf '%*s' $((width - filled)) '' | tr ' ' '.')
	if [ -t 1 ]; then
		printf '\r  [%s] %7d of %d %s' "$bar" "$1" "$2" "$3"
		[ "$1" -lt "$2" ] || echo
	elif [ $(($1 % 50000)) -lt "$batch" ] || [ "$1" -ge "$2" ]; then
		printf '  [%s] %7d of %d %s\n' "$bar" "$1" "$2" "$3"
	fi
}

# load_iso COLLECTION LIST KEY
load_iso()
{
	local count
	count=$(run_sql -v collection="iso.$1" -v list="$2" -v key="$3" \
		-v file="/usr/share/iso-codes/json/iso_$2.json" -f "$top/demo/iso.sql")
	printf '  %7d documents of ISO %-7s into iso.%s\n' "$count" "$2" "$1"
}

echo "Building docdb and starting a private server ..."
server_up
"$DOCDB_BIN/psql" -X -q -v ON_ERROR_STOP=1 -d postgres \
	-c 'DROP DATABASE IF EXISTS demo' -c 'CREATE DATABASE demo' 2>/dev/null
run_sql -c 'CREATE EXTENSION docdb'

echo "Loading documents ..."
load_iso countries 3166-1 alpha_2
load_iso regions 3166-2 code
load_iso languages 639-3 alpha_3
load_iso currencies 4217 alpha_3
load_iso scripts 15924 alpha_4
for ((first = 1; first <= orders; first += batch)); do
	last=$((first + batch - 1 < orders ? first + batch - 1 : orders))
	run_sql -v first_order="$first" -v last_order="$last" -f "$top/demo/orders.sql" > /dev/null
	progress "$last" "$orders" "orders into shop.orders"
done
run_sql -c 'VACUUM ANALYZE'

"$DOCDB_BIN/psql" -X -q -v ON_ERROR_STOP=1 -d demo -f "$top/demo/tour.sql"

cat <<END

The server goes on running.  Connect to it with

    psql -h $PGHOST -p $PGPORT -U postgres demo

and stop it with

    make demo-stop
END
