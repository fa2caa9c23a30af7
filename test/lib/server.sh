# server.sh
#		Bash functions for private PostgreSQL servers that have docdb installed.
#
# Source this file, set the variables below where the defaults do not fit, and
# call server_setup first.  A private server lives in one folder:
#
#   install/   a copy of the PostgreSQL installation with docdb added to it;
#              nothing is ever installed into the system
#   data/      the database cluster
#   log        the server's log
#
# PostgreSQL's programs find their libraries relative to themselves, after
# resolving symbolic links, so a copy of bin/ beside links to everything else is
# a complete installation.
#
# Variables read by server_setup:
#
#   DOCDB_USE     what the server is for, part of the folder's name [dev]
#   DOCDB_DIR     the folder [${TMPDIR:-/tmp}/docdb-$DOCDB_USE-<hash of checkout>]
#   DOCDB_LISTEN  1 to listen on 127.0.0.1 as well as on the Unix socket [0]
#   DOCDB_DURABLE 1 for a server that must survive a crash of the machine [0]
#   PG_CONFIG     the installation to build against [pg_config]
#   SANITIZE      1 where docdb is built with the sanitizers [unset]
#
# The server refuses to run as root, so root runs it as the user postgres; any
# other user runs it himself.  Clients always run as the calling user: the socket
# lies in a folder that nobody else can enter, and connections through it are
# trusted.

DOCDB_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

die()
{
	echo "$(basename "$0"): $*" >&2
	exit 1
}

# Run a command as the user who owns the servers, from a folder he can enter.
as_server()
{
	if [ "$(id -u)" = 0 ]; then
		(cd "$DOCDB_DIR" && exec runuser -u postgres -- env HOME="$DOCDB_DIR" "$@")
	else
		(cd "$DOCDB_DIR" && exec "$@")
	fi
}

checksum()
{
	printf '%s' "$1" | cksum | cut -d ' ' -f 1
}

# Print the longest folder that holds all the given paths.
common_folder()
{
	local prefix=$1 path
	shift
	for path; do
		while [[ "$path/" != "$prefix/"* ]]; do
			prefix=${prefix%/*}
		done
	done
	echo "$prefix"
}

# The private place of a path of the PostgreSQL installation.
tree_path()
{
	echo "$DOCDB_TREE${1#"$PG_PREFIX"}"
}

# Settle names and folders.  Everything else needs this to have run.
server_setup()
{
	local tmp

	PG_CONFIG=${PG_CONFIG:-pg_config}
	DOCDB_USE=${DOCDB_USE:-dev}
	command -v "$PG_CONFIG" >/dev/null ||
		die "$PG_CONFIG not found; test/install-deps installs what docdb needs"

	PG_BINDIR=$("$PG_CONFIG" --bindir)
	PG_PKGLIBDIR=$("$PG_CONFIG" --pkglibdir)
	PG_SHAREDIR=$("$PG_CONFIG" --sharedir)
	PG_PREFIX=$(common_folder "$PG_BINDIR" "$PG_PKGLIBDIR" "$PG_SHAREDIR")
	PGXS_DIR=$(dirname "$("$PG_CONFIG" --pgxs)")/../..
	[ -x "$PG_BINDIR/postgres" ] || die "no PostgreSQL server in $PG_BINDIR"
	[ "$(id -u)" != 0 ] || id -u postgres >/dev/null 2>&1 ||
		die "root needs a user postgres to run the server as"
	[ -z "${SANITIZE:-}" ] || DOCDB_USE=$DOCDB_USE-sanitize

	if [ -z "${DOCDB_DIR:-}" ]; then
		# A socket's path may have 107 bytes, and root's TMPDIR may be closed to postgres.
		tmp=${TMPDIR:-/tmp}
		[ "${#tmp}" -le 60 ] || tmp=/tmp
		[ "$(id -u)" != 0 ] || runuser -u postgres -- test -w "$tmp" -a -x "$tmp" || tmp=/tmp
		DOCDB_DIR=$tmp/docdb-$DOCDB_USE-$(printf '%08x' "$(checksum "$DOCDB_TOP")")
		# Another user's folder of that name is not ours to use.
		if [ "$(id -u)" != 0 ] && [ -e "$DOCDB_DIR" ] && [ ! -O "$DOCDB_DIR" ]; then
			DOCDB_DIR=$DOCDB_DIR-$(id -u)
		fi
	fi
	DOCDB_TREE=$DOCDB_DIR/install
	DOCDB_DATA=$DOCDB_DIR/data
	DOCDB_BIN=$(tree_path "$PG_BINDIR")

	if [ -f "$DOCDB_DIR/port" ]; then
		DOCDB_PORT=$(cat "$DOCDB_DIR/port")
	else
		DOCDB_PORT=$((20000 + $(checksum "$DOCDB_DIR") % 10000))
	fi

	# Only our own settings count, not those of the caller's usual server.
	unset PGHOSTADDR PGPASSWORD PGPASSFILE PGSERVICE PGSERVICEFILE PGOPTIONS PGAPPNAME \
		PGSSLMODE PGCLIENTENCODING PGTZ PGDATESTYLE PGDATA PGCONNECT_TIMEOUT PGTARGETSESSIONATTRS
	export PGHOST=$DOCDB_DIR PGPORT=$DOCDB_PORT PGUSER=postgres PGDATABASE=postgres
}

# Create the folder, as its owner-to-be.
server_folder()
{
	if [ "$(id -u)" = 0 ]; then
		install -d -m 700 -o postgres -g postgres "$DOCDB_DIR"
	else
		install -d -m 700 "$DOCDB_DIR"
	fi
}

# The sanitizers' run-time libraries must be the first ones in a process, so put a script in the
# place of the server's program that sees to that.  Clients stay as they are.  Between the two
# libraries goes one of ours, for two reasons:
#
# The address sanitizer may come to start inside bindtextdomain(), called by a library that the
# server links.  There it looks for swift_demangle(), does not find it, and asks dlerror(), which
# waits for bindtextdomain's lock for ever.  So let it find one.
#
# The other sanitizer reads its options when it has something to report, and by then the server has
# overwritten its environment with the process title.  So compile them in.
sanitize_server()
{
	local asan ubsan hooks=$DOCDB_TREE/sanitizer_hooks.so
	asan=$(realpath "$("${CC:-gcc}" -print-file-name=libasan.so)")
	ubsan=$(realpath "$("${CC:-gcc}" -print-file-name=libubsan.so)")
	[ -e "$asan" ] && [ -e "$ubsan" ] || die "the compiler's sanitizer libraries are missing"
	"${CC:-gcc}" -shared -fPIC -x c - -o "$hooks" <<-EOF
		void *swift_demangle(void) { return 0; }
		const char *__ubsan_default_options(void)
		{ return "print_stacktrace=1:abort_on_error=1"; }
	EOF
	rm -f "$DOCDB_BIN/postmaster"
	mv "$DOCDB_BIN/postgres" "$DOCDB_BIN/postgres.sanitized"
	cat > "$DOCDB_BIN/postgres" <<-EOF
		#!/bin/bash
		export LD_PRELOAD='$asan $hooks $ubsan'
		export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:detect_stack_use_after_return=0
		exec -a "\$0" "\$0.sanitized" "\$@"
	EOF
	chmod +x "$DOCDB_BIN/postgres"
}

# Make the private installation, without docdb, unless it is there for this PostgreSQL.
server_tree()
{
	local version dir entry
	version="$("$PG_CONFIG" --version) $PG_BINDIR"

	if [ "$(cat "$DOCDB_TREE/version" 2>/dev/null)" = "$version" ]; then
		return
	fi
	server_stop
	rm -rf "$DOCDB_TREE"
	mkdir -p "$DOCDB_BIN" "$(tree_path "$PG_PKGLIBDIR")" "$(tree_path "$PG_SHAREDIR")/extension"
	cp -L "$PG_BINDIR"/* "$DOCDB_BIN"
	# Building goes by the original, whatever comes first in the PATH.
	rm "$DOCDB_BIN/pg_config"
	for dir in "$PG_PKGLIBDIR" "$PG_SHAREDIR" "$PG_SHAREDIR/extension"; do
		for entry in "$dir"/*; do
			case $(basename "$entry") in
				extension | docdb*) ;;
				*) ln -s "$entry" "$(tree_path "$dir")/" ;;
			esac
		done
	done
	[ -z "${SANITIZE:-}" ] || sanitize_server
	echo "$version" > "$DOCDB_TREE/version"
}

# make in a folder, apart from the make that may have called us.
make_in()
{
	local folder=$1
	shift
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -C "$folder" --no-print-directory \
		PG_CONFIG="$PG_CONFIG" SANITIZE="${SANITIZE:-}" ${WERROR+"WERROR=$WERROR"} "$@"
}

docdb_make()
{
	make_in "$DOCDB_TOP" "$@"
}

# Build docdb and put it into the private installation.  Sets DOCDB_CHANGED to 1
# where a file differs from what a running server may have loaded.
server_install()
{
	local lib ext file target

	docdb_make -s -j2 all || return 1
	server_folder
	server_tree
	lib=$(tree_path "$PG_PKGLIBDIR")
	ext=$(tree_path "$PG_SHAREDIR")/extension
	DOCDB_CHANGED=0
	for file in docdb.so docdb.control "$DOCDB_TOP"/docdb--*.sql; do
		file=$(basename "$file")
		target=$ext/$file
		[ "$file" != docdb.so ] || target=$lib/$file
		if ! cmp -s "$DOCDB_TOP/$file" "$target"; then
			# A new file, not new contents: servers may have the old one mapped.
			rm -f "$target"
			install -m 644 "$DOCDB_TOP/$file" "$target"
			DOCDB_CHANGED=1
		fi
	done
}

server_version()
{
	"$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/'
}

# Create the cluster unless it is there.
server_init()
{
	if [ "$(cat "$DOCDB_DATA/complete" 2>/dev/null)" = "$(server_version)" ]; then
		return
	fi
	server_stop
	rm -rf "$DOCDB_DATA"
	as_server "$DOCDB_BIN/initdb" -D "$DOCDB_DATA" -U postgres --encoding=UTF8 --locale=C.UTF-8 \
		--auth-local=trust --auth-host=scram-sha-256 --no-sync > "$DOCDB_DIR/initdb.log" 2>&1 ||
		{ cat "$DOCDB_DIR/initdb.log" >&2; return 1; }
	if [ "${DOCDB_LISTEN:-0}" = 1 ]; then
		while (exec 3<> "/dev/tcp/127.0.0.1/$DOCDB_PORT") 2>/dev/null; do
			DOCDB_PORT=$((DOCDB_PORT + 1))
		done
		export PGPORT=$DOCDB_PORT
	fi
	echo "$DOCDB_PORT" > "$DOCDB_DIR/port"
	{
		echo "port = $DOCDB_PORT"
		echo "unix_socket_directories = '$DOCDB_DIR'"
		if [ "${DOCDB_LISTEN:-0}" = 1 ]; then
			echo "listen_addresses = '127.0.0.1'"
		else
			echo "listen_addresses = ''"
		fi
		if [ "${DOCDB_DURABLE:-0}" != 1 ]; then
			echo "fsync = off"
		fi
		cat "$DOCDB_TOP/test/server.conf"
	} >> "$DOCDB_DATA/postgresql.conf"
	server_version > "$DOCDB_DATA/complete"
}

server_running()
{
	[ -f "$DOCDB_DATA/postmaster.pid" ] &&
		as_server "$DOCDB_BIN/pg_ctl" -D "$DOCDB_DATA" status >/dev/null 2>&1
}

server_start()
{
	as_server "$DOCDB_BIN/pg_ctl" -D "$DOCDB_DATA" -l "$DOCDB_DIR/log" \
		-w -t 120 start >/dev/null ||
		{ tail -n 20 "$DOCDB_DIR/log" >&2; return 1; }
}

server_stop()
{
	if server_running; then
		as_server "$DOCDB_BIN/pg_ctl" -D "$DOCDB_DATA" -m fast -w -t 120 stop >/dev/null
	fi
}

# Build, install, and have a running server that uses what was installed.
server_up()
{
	server_install && server_init || return 1
	if server_running; then
		[ "$DOCDB_CHANGED" = 1 ] || return 0
		server_stop
	fi
	server_start
}

# Copy the test files of pg_regress to the private folder and print its options.
# The checkout may be unwritable, and pg_regress needs an expected file to exist.
regress_input()
{
	local dir file
	server_folder
	rm -rf "$DOCDB_DIR/input"
	mkdir -p "$DOCDB_DIR/input/sql" "$DOCDB_DIR/input/specs" "$DOCDB_DIR/input/expected"
	for dir in sql specs expected; do
		[ ! -d "$DOCDB_TOP/$dir" ] || cp -R "$DOCDB_TOP/$dir/." "$DOCDB_DIR/input/$dir/"
	done
	for file in "$DOCDB_DIR"/input/sql/*.sql "$DOCDB_DIR"/input/specs/*.spec; do
		file=$(basename "${file%.*}")
		[ -e "$DOCDB_DIR/input/expected/$file.out" ] || : > "$DOCDB_DIR/input/expected/$file.out"
	done
}

# The tests of sql/ or specs/, in their order.
suite_names()
{
	case $1 in
		sql) docdb_make -s list-regress ;;
		specs) docdb_make -s list-isolation ;;
	esac
}

# run_regress PROGRAM OUTPUT TESTS...: pg_regress or pg_isolation_regress against the server.
# Prints a line for each test, and what went wrong around them.
run_regress()
{
	local program=$1 output=$2 database
	shift 2
	database=contrib_regression
	[ "$program" = regress/pg_regress ] || database=isolation_regression
	mkdir -p "$output"
	rm -f "$output/regression.diffs"
	(
		cd "$output" || exit 1
		env -u LANGUAGE LC_ALL=C.UTF-8 "$PGXS_DIR/src/test/$program" \
			--bindir="$DOCDB_BIN" --inputdir="$DOCDB_DIR/input" --outputdir="$output" \
			--host="$PGHOST" --port="$PGPORT" --user=postgres --dbname="$database" \
			--load-extension=docdb "$@" 2>&1
	) | sed -E '/^(SET|(CREATE|ALTER|DROP) (DATABASE|EXTENSION)|=====|$)/d
		/^(\(using postmaster|# using postmaster|The differences|file "|above is saved)/d'
	return "${PIPESTATUS[0]}"
}

# run_tap RESULT SCRIPTS...: run TAP scripts of test/t, given by name, as the user of the servers
# and with the private installation.  RESULT receives the numbers of tests that passed and failed.
run_tap()
{
	local result=$1 folder=$DOCDB_DIR/tap name shared status scripts=()
	shift
	for name; do
		scripts+=("$folder/test/t/$name")
	done
	# A copy, as the user of the servers may not see the checkout.
	rm -rf "$folder"
	as_server mkdir -p "$folder/tmp_check/log"
	cp -R "$DOCDB_TOP/test" "$DOCDB_TOP/sql" "$DOCDB_TOP/doc" "$DOCDB_TOP/README.md" "$folder/"
	shared=${DOCDB_SHARED:-$DOCDB_TOP/../shared}
	if [ -d "$shared/spec" ]; then
		mkdir -p "$folder/shared"
		cp -R "$shared/spec" "$folder/shared/"
	fi
	# An npm package that one test compares with, where someone installed it.
	[ ! -d "$DOCDB_TOP/build/mingo" ] || cp -R "$DOCDB_TOP/build/mingo" "$folder/"
	# Modules that only tests load, from there.
	for name in "$folder"/test/modules/*/Makefile; do
		[ ! -f "$name" ] || make_in "$(dirname "$name")" -s all || return 1
	done
	as_server env -u PGHOST -u PGPORT -u PGUSER -u PGDATABASE \
		PATH="$DOCDB_BIN:$PATH" \
		PERL5LIB="$PGXS_DIR/src/test/perl:$folder/test/lib" \
		PG_REGRESS="$PGXS_DIR/src/test/regress/pg_regress" \
		PG_TEST_PORT_DIR="$folder/portlock" DOCDB_SHARED="$folder/shared" \
		TESTDIR="$folder" TESTDATADIR="$folder/tmp_check" TESTLOGDIR="$folder/tmp_check/log" \
		perl "$folder/test/lib/run_tap.pl" "$folder/result" "${scripts[@]}"
	status=$?
	cp "$folder/result" "$result"
	return $status
}
