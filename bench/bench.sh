#!/bin/bash
# bench.sh: the same work on docdb and on jsonb, interleaved, as a table of ratios.
#
# usage: bench/bench.sh
#
# DOCUMENTS sets the size of the data [500000], ROUNDS how often each work is measured [5].
# The server is private and durable settings are PostgreSQL's defaults, except for fsync.  The data
# are vacuumed once they are loaded; autovacuum would come in between, or keep that from its work.
set -eu -o pipefail

top=$(cd "$(dirname "$0")/.." && pwd -P)
DOCDB_USE=bench
. "$top/test/lib/server.sh"
server_setup
export DOCDB_DIR DOCDB_BIN PG_CONFIG
server_up
trap server_stop EXIT

psql=("$DOCDB_BIN/psql" -X -q -v ON_ERROR_STOP=1 -v documents="${DOCUMENTS:-500000}"
	-v rounds="${ROUNDS:-5}" -v folder="$DOCDB_DIR")

"${psql[@]}" -d postgres -c "ALTER SYSTEM SET shared_buffers = '4GB'" \
	-c "ALTER SYSTEM SET autovacuum = off" \
	-c "ALTER SYSTEM SET max_wal_size = '16GB'" -c "ALTER SYSTEM SET checkpoint_timeout = '1h'"
server_stop
server_start
"${psql[@]}" -d postgres -c 'DROP DATABASE IF EXISTS bench' -c 'CREATE DATABASE bench' 2>/dev/null
"${psql[@]}" -d bench -c 'CREATE EXTENSION docdb'
"${psql[@]}" -d bench -f "$top/bench/setup.sql" -f "$top/bench/foundation.sql" \
	-f "$top/bench/operations.sql"
"$top/bench/operations.sh"
