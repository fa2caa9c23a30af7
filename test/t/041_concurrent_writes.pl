# Many sessions that write the same documents lose nothing: upserts that race to make a collection
# and its documents, increments, a queue that hands out each document once, and collections that
# are created and dropped under those who use them.

use strict;
use warnings;

use DocDBTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = docdb_node('main', conf => "log_lock_waits = on\ndeadlock_timeout = 20ms\n");
my $folder = $node->basedir;

# Runs a script by eight sessions, so many transactions each.
sub run_sessions
{
	my ($name, $transactions, $script, @options) = @_;

	append_to_file("$folder/$name.sql", $script);
	$node->command_ok(
		[
			'pgbench', '-n', '-c', '8', '-j', '2', '-t', $transactions, '-f',
			"$folder/$name.sql", @options, '-d', $node->connstr('postgres')
		],
		"$name: all transactions");
}

run_sessions('upserts', 200, <<'EOS');
\set k random(1, 10)
SELECT docdb.update_one('made.counters', format('{"_id": %s}', :k)::bson, '{"$inc": {"n": 1}}',
	'{"upsert": true}');
EOS
is($node->safe_psql('postgres', q{
		SELECT count(*), sum((doc ->> 'n')::int) FROM made.counters
	}), '10|1600', 'upserts: one document for each key, and every increment');

# The same by the field of a unique index, through functions and commands.
$node->safe_psql('postgres', q{
	SELECT docdb.create_index('made.keys', '{"k": 1}', '{"unique": true}');
	SELECT docdb.create_index('made.pairs', '{"a": 1, "b": 1}', '{"unique": true}');
});
run_sessions('unique upserts', 200, <<'EOS');
\set k random(1, 40)
SELECT docdb.update_one('made.keys', format('{"k": %s}', :k)::bson, '{"$inc": {"n": 1}}',
	'{"upsert": true}');
SELECT docdb.find_one_and_update('made.keys', format('{"k": %s}', :k + 20)::bson,
	'{"$inc": {"n": 1}}', '{"upsert": true}');
SELECT docdb.command('made', format('{"update": "pairs", "updates": [{"q": {"a": %s, "b": %s},
	"u": {"$inc": {"n": 1}}, "upsert": true}]}', :k, :k % 3)::bson);
EOS
is($node->safe_psql('postgres', q{
		SELECT count(*), count(DISTINCT doc -> 'k'), sum((doc ->> 'n')::int) FROM made.keys;
		SELECT count(*), sum((doc ->> 'n')::int) FROM made.pairs;
	}), "60|60|3200\n40|1600", 'unique upserts: one document for each key, and every increment');

$node->safe_psql('postgres', q{
	SELECT docdb.insert_many('work.counters', array_agg(format('{"_id": %s, "k": %s}', i, i)::bson))
		FROM generate_series(1, 10) i;
	SELECT docdb.insert_many('work.queue', array_agg(format('{"_id": %s}', i)::bson))
		FROM generate_series(1, 500) i;
	SELECT docdb.create_collection('work.taken');
});

# Not by _id, so that each call has to choose a document and wait for those who chose it before.
run_sessions('increments', 100, <<'EOS');
\set k random(1, 10)
SELECT docdb.update_one('work.counters', format('{"k": %s}', :k)::bson, '{"$inc": {"n": 1}}');
SELECT docdb.find_one_and_update('work.counters', '{}', '{"$inc": {"m": 1}}',
	'{"sort": {"_id": 1}}');
EOS
is($node->safe_psql('postgres', q{
		SELECT sum((doc ->> 'n')::int), sum((doc ->> 'm')::int) FROM work.counters
	}), '800|800', 'increments: every one');

run_sessions('queue', 80, <<'EOS');
WITH t AS MATERIALIZED (
    SELECT docdb.find_one_and_delete('work.queue', '{}', '{"sort": {"_id": 1}}') AS doc)
SELECT docdb.insert_one('work.taken', doc) FROM t WHERE doc IS NOT NULL;
EOS
is($node->safe_psql('postgres', q{
		SELECT docdb.count_documents('work.queue'), count(*), count(DISTINCT _id) FROM work.taken
	}), '0|500|500', 'queue: each document once');

# Workers hold what they took until they are done.  As long as there are other jobs nobody waits:
# each works for longer than it takes until a wait is logged.
my $log = -s $node->logfile;
$node->safe_psql('postgres', q{
	SELECT docdb.insert_many('work.jobs', array_agg(format('{"_id": %s, "state": "new", "p": %s}',
		i, i * 7919 % 600)::bson)) FROM generate_series(1, 600) i;
	SELECT docdb.create_index('work.jobs', '{"state": 1, "p": 1}');
	SELECT docdb.create_collection('work.done');
});
run_sessions('workers', 50, <<'EOS');
BEGIN;
WITH t AS MATERIALIZED (
    SELECT docdb.find_one_and_update('work.jobs', '{"state": "new"}',
        '{"$set": {"state": "done"}, "$inc": {"n": 1}}', '{"sort": {"p": 1}}') AS doc)
SELECT docdb.insert_one('work.done', doc) FROM t;
\sleep 40 ms
COMMIT;
EOS
is($node->safe_psql('postgres', q{
		SELECT count(*), count(DISTINCT _id) FROM work.done;
		SELECT count(*), sum((doc ->> 'n')::int)
			FROM docdb.find('work.jobs', '{"state": "done"}') AS doc;
	}), "400|400\n400|400", 'workers: every job once');
unlike(slurp_file($node->logfile, $log), qr/still waiting for|deadlock/, 'workers: nobody waits');

# The last jobs: whoever finds only those that others have waits for what becomes of them.  A third
# is given back.
run_sessions('last', 60, <<'EOS');
\set fate random(1, 3)
BEGIN;
WITH t AS MATERIALIZED (
    SELECT docdb.find_one_and_delete('work.jobs', '{"state": "new"}', '{"sort": {"p": 1}}') AS doc)
SELECT docdb.insert_one('work.done', doc) FROM t WHERE doc IS NOT NULL;
\if :fate = 1
ROLLBACK;
\else
COMMIT;
\endif
EOS
is($node->safe_psql('postgres', q{
		SELECT count(*), count(DISTINCT _id) FROM work.done;
		SELECT docdb.count_documents('work.jobs', '{"state": "new"}');
	}), "600|600\n0", 'last: every job once');

# To those who use it, a collection that is dropped is empty, and the next insertion makes it anew.
run_sessions('drops', 60, <<'EOS');
\set what random(1, 4)
\if :what = 1
SELECT docdb.drop_collection('come.go');
\else
SELECT docdb.insert_many('come.go', ARRAY['{"a": 1}', '{"a": 2}']::bson[]);
SELECT docdb.count_documents('come.go', '{"a": 1}');
SELECT docdb.update_many('come.go', '{"a": 2}', '{"$set": {"a": 3}}');
SELECT docdb.find_one('come.go', '{"_id": 1}');
\endif
EOS

$node->stop;
done_testing();
