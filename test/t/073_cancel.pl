# A statement can be cancelled wherever it is: one that would take long ends soon after its time is
# up, with the error of PostgreSQL or, for maxTimeMS, that of MongoDB.

use strict;
use warnings;

use DocDBTest;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = docdb_node('main', conf => "jit = off\nfsync = off\nautovacuum = off\n"
	. "max_parallel_workers_per_gather = 0\nlog_statement = none\n");

# Sanitizers are slow between two looks at interrupts as anywhere else.
my $sanitized = $node->safe_psql('postgres',
	q{SELECT count(*) FROM pg_read_file('/proc/self/maps') AS m WHERE m ~ 'libasan'});
my $patience = $sanitized ? 15 : 1;

$node->safe_psql('postgres', q{
	SELECT docdb.insert_many('many', array_agg(format('{"_id": %s, "k": %s, "s": "%s", "a": [%s]}',
		i, i % 100, repeat('ab', 50), (SELECT string_agg(j::text, ',') FROM
		generate_series(1, 50) AS j))::bson)) FROM generate_series(1, 60000) AS i;
	CREATE TABLE big AS SELECT ('{"_id": 1, "a": [' || string_agg(i::text, ',') || ']}')::bson
		AS doc FROM generate_series(1, 1200000) AS i;
	CREATE TABLE long AS SELECT format('{"_id": 1, "s": "%s!", "m": "%s!"}',
		repeat('a', 100000), repeat('a', 1000))::bson AS doc;
	CREATE TABLE input AS SELECT array_agg(doc) AS docs FROM many;
	SELECT docdb.create_collection('empty');
});

# Names, SQL that takes long, and how long it gets before.
my @cases = (
	[ 'a scan', q{SELECT count(*) FROM many, generate_series(1, 100) AS i
		WHERE doc @@ ('{"a": ' || -i || '}')::bson} ],
	[ 'a document scan', q{SELECT count(*) FROM generate_series(1, 300) AS i,
		LATERAL (SELECT FROM many WHERE doc @@ '{"s": "x"}' AND i > 0 OFFSET 0) AS s} ],
	[ 'parallel document scans', q{SET max_parallel_workers_per_gather = 2;
		SET parallel_setup_cost = 0; SET min_parallel_table_scan_size = 0;
		SELECT count(*) FROM many WHERE doc @@ '{"$expr": {"$gt": [{"$size": {"$filter": {"input":
		{"$range": [0, 1000]}, "cond": {"$lt": ["$$this", "$_id"]}}}}, 5000]}}'} ],
	[ 'counting everything', q{SELECT sum(docdb.count_documents('many'))
		FROM generate_series(1, 100000)} ],
	[ 'an index build', q{SELECT docdb.create_index('many', '{"a": 1, "s": 1}')}, 50 ],
	[ 'a long list', q{SELECT docdb.count_documents('many', ('{"x": {"$in": [' || (SELECT
		string_agg(((i * 48271::bigint) % 2147483647)::text, ',')
		FROM generate_series(1, 1000000) AS i) || ']}}')::bson)} ],
	[ 'find', q{SELECT count(*) FROM (SELECT docdb.find('many', '{"$expr": {"$eq": [{"$concat":
		["$s", "$s"]}, "x"]}}') FROM generate_series(1, 100)) AS s} ],
	[ 'count with $where-like work', q{SELECT docdb.count_documents('many',
		'{"a": {"$elemMatch": {"$gt": 100, "$lt": 0}}, "s": {"$regex": "(a|b|ab)*c"}}')}, 3 ],
	[ 'update_many', q{SELECT docdb.update_many('many', '{}', '{"$set": {"a.$[]": 2}}')} ],
	[ 'delete_many', q{SELECT docdb.delete_many('many', '{"a": 50}')}, 20 ],
	[ 'insert_many', q{SELECT docdb.insert_many('empty', docs) FROM input}, 40 ],
	[ 'bulk_write', q{SELECT docdb.bulk_write('empty', ('[' || string_agg('{"insertOne":
		{"document": {}}}, {"updateOne": {"filter": {"x": 1}, "update": {"$set": {"y": 1}}}}', ',')
		|| ']')::bson_value) FROM generate_series(1, 20000)} ],
	[ 'aggregate', q{SELECT count(*) FROM docdb.aggregate('many', '[{"$unwind": "$a"},
		{"$group": {"_id": {"a": "$a", "i": "$_id"}, "n": {"$sum": 1}}}]')} ],
	[ 'distinct', q{SELECT count(*) FROM docdb.distinct('many', 'a')}, 50 ],
	[ 'a sort', q{SELECT count(*) FROM (SELECT FROM many, generate_series(1, 20) AS i
		ORDER BY doc <~> '{"s": 1, "a": -1}' OFFSET 1) AS s} ],
	[ 'an exploding regex', q{SET docdb.regex_match_limit = 2000000000;
		SELECT doc @@ '{"s": {"$regex": "^(a+)+$"}}' FROM long} ],
	[ 'an exploding regex on a short string', q{SET docdb.regex_match_limit = 2000000000;
		SELECT format('{"s": "%s!"}', repeat('a', 40))::bson @@ '{"s": {"$regex": "^(a+)+$"}}'} ],
	[ 'loops in an expression', q{SELECT docdb.eval('{"$reduce": {"input": {"$range": [0, 30000]},
		"initialValue": 0, "in": {"$add": ["$$value", {"$size": {"$filter": {"input":
		{"$range": [0, 30000]}, "cond": {"$lt": ["$$this", 0]}}}}]}}}', '{}')} ],
	[ 'a range', q{SELECT count(docdb.eval('{"$range": ["$i", 1000000]}',
		('{"i": ' || i || '}')::bson)) FROM generate_series(1, 100) AS i} ],
	[ 'ANALYZE', 'ANALYZE many', 20 ],
	[ 'text of a large document', q{SELECT length(doc::text) FROM big}, 5 ],
	[ 'reading a large text', q{SELECT doc::text::bson IS NULL FROM big}, 50 ],
	[ 'jsonb of a large document', q{SELECT doc::jsonb IS NULL FROM big}, 10 ],
	[ 'comparing large documents', q{SELECT count(*) FROM big a, big b, generate_series(1, 1000)
		WHERE a.doc = b.doc}, 50 ],
	[ 'hashing large documents', q{SELECT sum(docdb.bson_hash(doc)) FROM big,
		generate_series(1, 1000)}, 50 ],
	[ 'key strings of large documents', q{SELECT count(docdb.key_string(doc)) FROM big,
		generate_series(1, 1000)}, 50 ],
	[ 'a filter on a large array', q{SELECT count(*) FROM big, generate_series(1, 1000) AS i
		WHERE doc @@ ('{"a": ' || -i || '}')::bson}, 50 ],
	[ '$in on a large array', q{SELECT count(docdb.eval(
		('{"$in": ["' || i || '", "$a"]}')::bson_value, doc)) FROM big,
		generate_series(1, 1000) AS i}, 50 ],
	[ '$addToSet on a large array', q{SELECT docdb.update_document(doc,
		'{"$addToSet": {"a": {"$each": ["x", "y"]}}}') IS NULL FROM big,
		generate_series(1, 100)}, 50 ],
	[ '$pull on a large array', q{SELECT docdb.update_document(doc, '{"$pull": {"a": {"$lt": 50}}}')
		IS NULL FROM big, generate_series(1, 100)}, 50 ],
	[ '$push with $sort on a large array', q{SELECT docdb.update_document(doc,
		'{"$push": {"a": {"$each": [0], "$sort": -1, "$slice": 100}}}') IS NULL FROM big,
		generate_series(1, 100)}, 50 ],
	[ 'the sets of large arrays', q{SELECT docdb.eval(
		'{"$size": {"$setIntersection": ["$a", "$a"]}}', doc) FROM big,
		generate_series(1, 100)}, 50 ],
	[ 'sorting a large array', q{SELECT docdb.eval('{"$size": {"$sortArray": {"input": "$a",
		"sortBy": -1}}}', doc) FROM big, generate_series(1, 100)}, 50 ],
	[ 'unwinding a large array', q{SELECT count(*) FROM big, generate_series(1, 100),
		docdb.unwind(doc, '"$a"')}, 50 ],
	[ 'joining strings', q{SELECT docdb.eval('{"$reduce": {"input": "$a", "initialValue": "", "in":
		{"$concat": ["$$value", "x"]}}}', doc) FROM big}, 50 ]);

my @late;

# Runs SQL; its SQLSTATE and how long it took.
sub timed
{
	my ($sql) = @_;
	my $start = time();
	my $sqlstate = sqlstate_of($node, 'postgres', $sql);

	return ($sqlstate, time() - $start);
}

foreach my $case (@cases)
{
	my ($name, $sql, $timeout) = @$case;
	$timeout //= 100;
	my ($sqlstate, $seconds) = timed("SET statement_timeout = '${timeout}ms'; $sql");

	is($sqlstate, '57014', "$name: cancelled");
	cmp_ok($seconds, '<', $patience + $timeout / 1000, "$name: soon");
	push @late, $seconds - $timeout / 1000;
	note sprintf('%s: %.3f s', $name, $late[-1]);
}

# How late they are, psql's start included, shows better where it is not one of them that had to
# wait for the processor.
@late = sort { $a <=> $b } @late;
cmp_ok($late[ @late / 2 ], '<', $patience / 5, 'most of them within 200 ms');

# Patterns that would be tried in more ways than anybody can wait for are an error before long.
foreach my $case (
	[ '^(a+)+$', 's' ],
	[ '^(a?)*$', 's' ],
	[ '(a|aa)+$', 's' ],
	[ '(.*)\\\\1(.*)\\\\2\\\\d', 's' ],
	[ 'a.*a.*a.*a.*\\\\d', 's' ],
	[ '(?:[^q]*a)*\\\\d', 's' ])
{
	my ($pattern, $field) = @$case;
	my ($sqlstate, $seconds) = timed(
		qq{SELECT doc @@ '{"$field": {"\$regex": "$pattern"}}' FROM long});

	is($sqlstate, 'M13H0', "$pattern: an error");
	cmp_ok($seconds, '<', $patience, "$pattern: soon");
}

# maxTimeMS, which the functions look after themselves.
foreach my $call (
	q{docdb.find('many', '{"s": {"$regex": "(a|b|ab)*c"}}', options => '{"maxTimeMS": 2}')},
	q{docdb.count_documents('many', '{"s": {"$regex": "(a|b|ab)*c"}}', '{"maxTimeMS": 2}')},
	q{docdb.update_many('many', '{}', '{"$set": {"a.$[]": 2}}', '{"maxTimeMS": 2}')},
	q{docdb.aggregate('many', '[{"$unwind": "$a"},
		{"$group": {"_id": "$a", "n": {"$push": "$s"}}}]',
		'{"maxTimeMS": 2}')})
{
	my ($sqlstate, $seconds) = timed("SELECT $call");

	is($sqlstate, 'M001E', "maxTimeMS: $call");
	cmp_ok($seconds, '<', $patience + 0.02, "maxTimeMS: soon: $call");
}

# Cancelled writes leave nothing.
is($node->safe_psql('postgres', q{SELECT count(*) FROM many WHERE doc @@ '{"a": 50}'}), '60000',
	'the documents are as they were');
is($node->safe_psql('postgres', q{SELECT count(*) FROM empty}), '0', 'and there are no others');

# A session goes on after its statement was cancelled, also within an operation of several.
is($node->safe_psql('postgres', q{
	BEGIN; SAVEPOINT s; SET LOCAL statement_timeout = '20ms';
	\set ON_ERROR_STOP off
	SELECT docdb.update_many('many', '{}', '{"$set": {"a.$[]": 2}}');
	ROLLBACK TO s; SET LOCAL statement_timeout = 0;
	SELECT docdb.count_documents('many', '{"_id": 1}'); COMMIT}), '1', 'the transaction goes on');

$node->stop;
done_testing();
