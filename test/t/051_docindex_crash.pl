# bson_btree under concurrent writes, CREATE INDEX CONCURRENTLY, REINDEX and VACUUM; after a crash
# in the middle of it; and on a streaming replica: indexes agree with their table, and index scans
# with scans of the table.
#
# DOCDB_CRASHES sets how often the server is killed, DOCDB_SECONDS how long it is loaded before.

use strict;
use warnings;

use DocDBTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $crashes = $ENV{DOCDB_CRASHES} // 1;
my $seconds = $ENV{DOCDB_SECONDS} // 4;
my $primary = docdb_node('primary', allows_streaming => 1,
	conf => "autovacuum_naptime = 1s\nmax_wal_size = 512MB\nlog_statement = none\n");

$primary->safe_psql('postgres', q{
	CREATE TABLE t (id int PRIMARY KEY, doc bson);
	INSERT INTO t SELECT i, format('{"a": [%s, %s], "b": %s, "s": "%s", "u": %s}', i % 50, i % 70,
		i % 30, md5(i::text), i)::bson FROM generate_series(1, 2000) i;
	CREATE INDEX t_a ON t USING bson_btree (doc bson_keys (keys = '{"a": 1}'));
	CREATE INDEX t_ba ON t USING bson_btree (doc bson_keys (keys = '{"b": -1, "a": 1}'));
	CREATE INDEX t_u ON t USING bson_btree (doc bson_keys (keys = '{"u": 1}', uniq = true));
	CREATE INDEX t_s ON t USING bson_btree
		(doc bson_keys (keys = '{"s": 1}', partial = '{"b": {"$lt": 15}}'));
});
$primary->backup('base');
my $replica = PostgreSQL::Test::Cluster->new('replica');
$replica->init_from_backup($primary, 'base', has_streaming => 1);
$replica->start;

# The load is rows that come, move from key to key and go; unique keys collide sometimes.
my $script = $primary->basedir . '/load.sql';

sub start_load
{
	my $output = '';
	my $load = IPC::Run::start(
		[ 'pgbench', '-n', '-c', '4', '-T', '3600', '--max-tries=1', '-f', $script,
			$primary->connstr('postgres') ],
		'<', \undef, '>', \$output, '2>', \$output);

	return $load;
}

$primary->safe_psql('postgres', q{
	CREATE FUNCTION load(i int, j int, k int, u int) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		DELETE FROM t WHERE id = i AND j < 15;
		INSERT INTO t VALUES (i, format('{"a": [%s, %s], "b": %s, "s": "%s", "u": %s}', j, k, k,
			md5(j::text), u)::bson)
			ON CONFLICT (id) DO UPDATE SET doc = format('{"a": %s, "b": [%s], "s": "%s", "u": %s}',
				j, k, j, u)::bson;
		UPDATE t SET doc = format('{"a": [%s, %s, %s], "b": %s, "u": {"x": %s}}',
				j, k, i, j, i)::bson
			WHERE id = i + 1;
	EXCEPTION WHEN unique_violation OR deadlock_detected THEN
		NULL;
	END $$;
});
append_to_file($script, <<'SQL');
\set i random(1, 4000)
\set j random(1, 60)
\set k random(1, 30)
\set u random(1, 6000)
SELECT load(:i, :j, :k, :u);
SQL

my @filters = (
	'{"a": 7}', '{"a": {"$gt": 40, "$lt": 43}}', '{"a": {"$in": [1, 3, 5]}}', '{"b": 3, "a": 7}',
	'{"b": {"$gte": 28}}', '{"b": null}', '{"u": 17}', '{"u": {"$type": "object"}}',
	'{"a": {"$ne": 3}}', '{"s": {"$regex": "^a"}, "b": {"$lt": 10}}',
	'{"$or": [{"a": 1}, {"a": {"$gt": 50}}]}', '{"b": {"$gt": 20}, "a": {"$mod": [7, 1]}}',
	'{"b": {"$lt": 25}, "a": 7}', '{"a": {"$lt": 30}, "b": {"$exists": false}}');

# Sorts whose first rows an index has, some of them by merging the runs of several values.
my @sorts = (
	[ '{"b": {"$in": [1, 5, 9]}}', '{"a": 1}' ], [ '{"b": {"$in": [1, 5, 9]}}', '{"a": -1}' ],
	[ '{"a": {"$gte": 40}}', '{"a": 1}' ], [ '{"b": 7}', '{"a": -1}' ],
	[ '{}', '{"b": -1, "a": 1}' ]);

my $by_table = 'SET enable_indexscan = off; SET enable_bitmapscan = off;';
my $by_index = 'SET enable_seqscan = off; SET enable_indexscan = on;';
my $by_bitmap = 'SET enable_indexscan = off; SET enable_bitmapscan = on;';

# The number of filters for which a scan of an index finds other rows than one of the table, or
# counts others without looking at them, and of sorts whose first rows have other keys.
sub differences
{
	my ($server) = @_;
	my $differences = 0;

	foreach my $filter (@filters)
	{
		my $rows = "FROM t WHERE doc @@ '$filter'";

		$differences += !plans_agree($server, $filter,
			"SELECT count(*), sum(hashint4(id)::bigint) $rows", $by_table, $by_index, $by_bitmap);
		$differences += !plans_agree($server, "count of $filter", "SELECT count(*) $rows",
			$by_table, "$by_index SET docdb.enable_document_scan = off;");
	}
	foreach my $case (@sorts)
	{
		my ($filter, $sort) = @$case;

		$differences += !plans_agree($server, "$filter by $sort",
			"SELECT string_agg(k::text, ' ') FROM (SELECT doc <~> '$sort' AS k FROM t
				WHERE doc @@ '$filter' ORDER BY doc <~> '$sort' LIMIT 40) s",
			$by_table, 'SET enable_sort = off; SET enable_indexscan = on;');
	}
	return $differences;
}

sub indexes
{
	my ($server) = @_;

	return split /\n/, $server->safe_psql('postgres', q{
		SELECT indexrelid::regclass FROM pg_index JOIN pg_class c ON c.oid = indexrelid
		WHERE indrelid = 't'::regclass AND indisvalid
			AND relam = (SELECT oid FROM pg_am WHERE amname = 'bson_btree') ORDER BY 1});
}

sub check_indexes
{
	my ($server, $when) = @_;

	foreach my $index (indexes($server))
	{
		my ($status, $stdout, $stderr) =
		  $server->psql('postgres', "SELECT docdb.index_check('$index') > 0");
		is("$stdout$stderr", 't', "$when: index_check of $index");
	}
}

foreach my $crash (1 .. $crashes)
{
	my $load = start_load();
	my $end = time + $seconds;

	$primary->safe_psql('postgres', q{
		CREATE INDEX CONCURRENTLY t_new ON t USING bson_btree
			(doc bson_keys (keys = '{"a": 1, "b": 1}'))});
	$primary->safe_psql('postgres', 'REINDEX INDEX CONCURRENTLY t_a');
	$primary->safe_psql('postgres', 'VACUUM t');
	is(differences($primary), 0, "crash $crash: under load, index scans find what there is");
	check_indexes($primary, "crash $crash: under load");
	while (time < $end)
	{
		$primary->safe_psql('postgres', 'VACUUM t');
		is(differences($primary), 0, "crash $crash: between vacuums");
	}

	kill_server($primary);
	eval { $load->finish };
	$primary->start;
	is(differences($primary), 0, "crash $crash: after it, index scans find what there is");
	check_indexes($primary, "crash $crash: after it");
	$primary->safe_psql('postgres', 'DROP INDEX t_new');
}

$primary->wait_for_catchup($replica);
is(differences($replica), 0, 'on a replica index scans find what there is');
check_indexes($replica, 'on a replica');
is($replica->safe_psql('postgres', 'SELECT count(*) FROM t'),
	$primary->safe_psql('postgres', 'SELECT count(*) FROM t'), 'the replica has all rows');

# What is dead goes, and with the last array an index forgets that it was multikey.
$primary->safe_psql('postgres', q{
	DELETE FROM t;
	VACUUM t;
	INSERT INTO t SELECT i, format('{"a": %s, "b": %s, "u": %s}', i, i % 10, i)::bson
		FROM generate_series(1, 1000) i});
check_indexes($primary, 'refilled');
is($primary->safe_psql('postgres', q{SELECT docdb.index_check('t_a')}), 1000,
	'no marker is left where no array is');
$replica->stop;
$primary->stop;
done_testing();
