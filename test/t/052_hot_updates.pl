# Updates that change no index entry write none, while others beside them do: random updates of all
# kinds by docdb's functions, under indexes of all kinds that come, are built anew and go meanwhile,
# with VACUUM, old snapshots, a crash and a streaming replica.  What is found through each index is
# what a scan of the table finds.
#
# DOCDB_SECONDS sets how long each part of the load lasts.

use strict;
use warnings;

use DocDBTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = $ENV{DOCDB_SECONDS} // 4;
my $primary = docdb_node('primary', allows_streaming => 1,
	conf => "autovacuum_naptime = 1s\nmax_wal_size = 512MB\nmax_prepared_transactions = 2\n");
my $has_amcheck = $primary->safe_psql('postgres',
	q{SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'});

$primary->safe_psql('postgres', 'CREATE EXTENSION amcheck') if $has_amcheck;
$primary->safe_psql('postgres', q{
	SELECT docdb.create_collection('public.t');
	SELECT docdb.insert_many('t', array_agg(format('{"_id": %s, "a": %s, "b": [{"c": %s}, {"c": 3}],
		"s": %s, "u": %s, "x": 0, "text": "%s"}', i, i % 20, i % 30, i % 5, i, md5(i::text))::bson))
	FROM generate_series(1, 500) i;
	SELECT docdb.insert_one('t', jsonb_build_object('_id', 0, 'a', 1, 'text',
		(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 500) i))::text::bson);
	SELECT docdb.insert_one('t', '{"_id": 1000}');
	SELECT docdb.create_index('t', '{"a": 1}');
	SELECT docdb.create_index('t', '{"b.c": 1, "a": -1}');
	SELECT docdb.create_index('t', '{"u": 1}', '{"unique": true, "sparse": true}');
	SELECT docdb.create_index('t', '{"s": 1}', '{"partialFilterExpression": {"a": {"$gt": 9}}}');
	CREATE INDEX t_expression ON t ((doc ->> 'a'));
	CREATE INDEX t_other ON t (abs((doc ->> 'e')::int));
	CREATE INDEX t_predicate ON t ((doc ->> 's')) WHERE doc ->> 'a' IN ('1', '2', '3');
	CREATE INDEX t_hash ON t USING hash ((doc ->> 's'));
	CREATE INDEX t_gin ON t USING gin ((doc::jsonb -> 'b'));
	CREATE INDEX t_wildcard ON t USING gin (doc bson_ops (keys = '{"b.$**": 1}'));
	CREATE INDEX t_brin ON t USING brin ((doc ->> 'a'));
});
$primary->backup('base');
my $replica = PostgreSQL::Test::Cluster->new('replica');
$replica->init_from_backup($primary, 'base', has_streaming => 1);
$replica->start;

# Half of the updates leave all keys alone; the others move them, back and forth, or change a field
# without changing its key, or fail.
my $script = $primary->basedir . '/load.sql';

$primary->safe_psql('postgres', q{
	CREATE TABLE updates (n int PRIMARY KEY, update bson_value);
	INSERT INTO updates VALUES
	(1, '{"$inc": {"x": 1}}'), (2, '{"$set": {"y": 1}}'), (3, '{"$unset": {"y": 1}}'),
	(4, '{"$push": {"z": {"$each": [1], "$slice": -5}}}'), (5, '{"$inc": {"x": 1}}'),
	(6, '[{"$set": {"x": {"$add": ["$x", 1]}}}]'), (7, '{"$inc": {"x": 1, "v": -1}}'),
	(8, '{"$set": {"w": {"c": 1}}}'), (9, '{"$rename": {"w": "y"}}'), (10, '{"$inc": {"x": 1}}'),
	(11, '{"$inc": {"a": 1}}'), (12, '{"$set": {"a": 2}}'), (13, '{"$set": {"a": [1, 2]}}'),
	(14, '{"$set": {"a": 2.0}}'), (15, '{"$set": {"b.0.c": 3}}'), (16, '{"$set": {"b.0.d": 3}}'),
	(17, '{"$set": {"b": [{"c": 3}, {"c": 3}]}}'), (18, '{"$set": {"b": {"c": 3}}}'),
	(19, '{"$set": {"s": 1, "a": 10}}'), (20, '{"$set": {"a": 5}}'), (21, '{"$unset": {"u": 1}}'),
	(22, '{"$set": {"u": 7}}'), (23, '{"$unset": {"a": 1}}'), (24, '{"$set": {"a": null}}'),
	(25, '{"$set": {"s": 2}}'), (26, '{"$inc": {"s": 1}}'), (27, '{"$inc": {"e": 1}}'),
	(28, '{"$bit": {"e": {"and": 7}}}');
	CREATE FUNCTION load(i int, k int, how int) RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		u bson_value := update FROM updates WHERE n = k;
	BEGIN
		IF how <= 4 THEN
			PERFORM docdb.update_one('t', format('{"_id": %s}', i)::bson, u);
		ELSIF how = 5 THEN
			PERFORM docdb.update_one('t', format('{"a": %s}', i % 20)::bson, u);
		ELSIF how = 6 THEN
			PERFORM docdb.update_many('t',
				format('{"_id": {"$gt": %s, "$lt": %s}}', i, i + 5)::bson, u);
		ELSIF how = 7 THEN
			PERFORM docdb.find_one_and_update('t', format('{"b.c": %s}', i % 30)::bson, u);
		ELSIF how = 8 THEN
			PERFORM docdb.update_one('t', format('{"_id": %s}', i)::bson, u);
			PERFORM docdb.update_one('t', format('{"_id": %s}', i)::bson, '{"$inc": {"x": 1}}');
			PERFORM docdb.update_one('t', format('{"_id": %s}', i)::bson,
				format('{"$set": {"a": %s}}', i % 20)::bson_value);
		ELSIF how = 9 THEN
			UPDATE t SET doc = docdb.update_document(doc, u)
			WHERE _id = format('%s', i)::bson_value;
		ELSE
			PERFORM docdb.delete_one('t', format('{"_id": %s}', i)::bson);
			PERFORM docdb.insert_one('t', format('{"_id": %s, "a": %s, "b": [{"c": %s}], "s": %s}',
				i, i % 20, i % 30, i % 5)::bson);
			IF i % 3 = 0 THEN
				RAISE EXCEPTION 'undone' USING ERRCODE = 'unique_violation';
			END IF;
		END IF;
	EXCEPTION WHEN unique_violation OR deadlock_detected OR serialization_failure OR OTHERS THEN
		NULL;
	END $$;
});
append_to_file($script, <<'SQL');
\set i random(0, 500)
\set k random(1, 28)
\set how random(1, 10)
SELECT load(:i, :k, :how);
SQL

sub start_load
{
	my $output = '';

	return IPC::Run::start(
		[ 'pgbench', '-n', '-c', '4', '-T', '3600', '-f', $script, $primary->connstr('postgres') ],
		'<', \undef, '>', \$output, '2>', \$output);
}

sub stop_load
{
	my ($load) = @_;

	$load->signal('INT');
	eval { $load->finish };
}

my @conditions = (
	q(doc @@ '{"a": 2}'), q(doc @@ '{"a": {"$gt": 15}}'), q(doc @@ '{"a": null}'),
	q(doc @@ '{"b.c": 3}'), q(doc @@ '{"b.c": {"$lt": 10}, "a": 5}'), q(doc @@ '{"u": 7}'),
	q(doc @@ '{"u": {"$gte": 100}}'), q(doc @@ '{"b.d": 3}'), q(doc @@ '{"s": 1, "a": {"$gt": 9}}'),
	q(doc ->> 'a' = '2'), q(doc ->> 'a' > '4'),
	q(doc ->> 's' = '1' AND doc ->> 'a' IN ('1', '2', '3')), q(doc ->> 's' = '2'),
	q(doc::jsonb -> 'b' @> '[{"c": 3}]'), q(doc::jsonb -> 'b' @> '[{"d": 3}]'),
	q(doc ->> 'a' BETWEEN '1' AND '5'), q(abs((doc ->> 'e')::int) = 3));

# The number of conditions for which an index finds other rows than a scan of the table.
sub differences
{
	my ($server) = @_;
	my $differences = 0;

	foreach my $condition (@conditions)
	{
		$differences += !plans_agree($server, $condition,
			"SELECT count(*), sum(hashtext(doc::text)::bigint) FROM t WHERE $condition",
			'SET enable_indexscan = off; SET enable_bitmapscan = off;',
			'SET enable_seqscan = off; SET enable_indexscan = on;',
			'SET enable_indexscan = off; SET enable_bitmapscan = on;');
	}
	return $differences;
}

sub check_indexes
{
	my ($server, $when) = @_;
	my $result = $server->safe_psql('postgres', q{
		SELECT count(docdb.index_check(indexrelid))
		FROM pg_index JOIN pg_class c ON c.oid = indexrelid
		WHERE indrelid = 't'::regclass AND indisvalid
			AND relam = (SELECT oid FROM pg_am WHERE amname = 'bson_btree')});

	cmp_ok($result, '>=', 4, "$when: index_check of the bson_btree indexes");
	return unless $has_amcheck;
	$result = $server->safe_psql('postgres', q{
		SELECT count(bt_index_check(indexrelid, true))
		FROM pg_index JOIN pg_class c ON c.oid = indexrelid
		WHERE indrelid = 't'::regclass AND indisvalid
			AND relam = (SELECT oid FROM pg_am WHERE amname = 'btree')});
	cmp_ok($result, '>=', 4, "$when: amcheck of the B-trees");
}

# A transaction that sees the table as it was holds back what may be pruned.  It writes a document
# that nobody else does.
sub old_snapshot
{
	my ($name) = @_;

	$primary->safe_psql('postgres', qq{
		BEGIN ISOLATION LEVEL REPEATABLE READ;
		SELECT count(*) FROM t;
		SELECT docdb.update_one('t', '{"_id": 1000}', '{"\$inc": {"x": 1}}');
		PREPARE TRANSACTION '$name'});
}

# Statements that make, rebuild and drop indexes while all goes on.
my @maintenance = (
	q{CREATE INDEX CONCURRENTLY new_ours ON t USING bson_btree (doc bson_keys (keys = '{"x": 1}'))},
	q{REINDEX INDEX CONCURRENTLY new_ours}, q{REINDEX INDEX CONCURRENTLY new_ours},
	q{CREATE INDEX CONCURRENTLY new_keys ON t USING bson_btree
		(doc bson_keys (keys = '{"a": 1, "x": 1}'))},
	q{CREATE INDEX CONCURRENTLY new_expression ON t ((doc ->> 'x'))},
	q{REINDEX INDEX CONCURRENTLY t_a_1},
	q{REINDEX INDEX CONCURRENTLY t_expression},
	q{REINDEX INDEX new_ours},
	q{VACUUM t},
	q{DROP INDEX CONCURRENTLY new_keys},
	q{CREATE INDEX new_plain ON t USING bson_btree (doc bson_keys (keys = '{"x": 1, "b.c": 1}'))},
	q{REINDEX TABLE t});
my @new_conditions = (q(doc @@ '{"x": {"$lt": 5}}'), q(doc @@ '{"x": {"$gte": 5}}'),
	q(doc ->> 'x' < '3'));

my $load = start_load();

foreach my $statement (@maintenance)
{
	$primary->safe_psql('postgres', $statement);
	push @conditions, splice(@new_conditions) if $statement =~ /new_expression/;
	check_indexes($primary, "under load: $statement");
	is(differences($primary), 0, "under load: $statement");
}

old_snapshot('old');
my $end = time + $seconds;
while (time < $end)
{
	$primary->safe_psql('postgres', 'VACUUM t');
	is(differences($primary), 0, 'with an old transaction');
}
$primary->safe_psql('postgres', q{ROLLBACK PREPARED 'old'});
$end = time + $seconds;
while (time < $end)
{
	$primary->safe_psql('postgres', 'VACUUM t');
	is(differences($primary), 0, 'without it');
}
stop_load($load);

# All that is left is dead or alive for everybody.
is(differences($primary), 0, 'at rest');
check_indexes($primary, 'at rest');
$primary->wait_for_catchup($replica);
is(differences($replica), 0, 'on a replica');
check_indexes($replica, 'on a replica');

# The load was one of HOT updates and of others.
$primary->safe_psql('postgres', 'SELECT pg_stat_force_next_flush()');
my ($updates, $hot) = split /\|/, $primary->safe_psql('postgres',
	q{SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 't'});
note("$updates updates, $hot of them HOT");
cmp_ok($hot, '>', $updates / 50, 'updates are HOT');
cmp_ok($hot, '<', $updates, 'others are not');

$load = start_load();
sleep 1;
kill_server($primary);
eval { $load->finish };
$primary->start;
is(differences($primary), 0, 'after a crash');
check_indexes($primary, 'after a crash');

# Whether or not HOT chains are pruned and vacuumed, indexes built anew find the same.
$primary->safe_psql('postgres', 'VACUUM (FREEZE) t');
is(differences($primary), 0, 'after VACUUM');
$primary->safe_psql('postgres', 'REINDEX TABLE t');
is(differences($primary), 0, 'after REINDEX');
check_indexes($primary, 'after REINDEX');
is(crashes_in_log($primary, 0), '', 'no crash but the one that was meant');

$replica->stop;
$primary->stop;
done_testing();
