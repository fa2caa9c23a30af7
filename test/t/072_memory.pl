# The memory of a session does not grow with the documents that go through it: reading, grouping
# and writing many documents adds less than a few hundred bytes for each.

use strict;
use warnings;

use DocDBTest;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'needs /proc' unless -r '/proc/self/status';

my $documents = 30_000;
my $node = docdb_node('main', conf => "work_mem = 4MB\nshared_buffers = 32MB\njit = off\n"
	. "max_parallel_workers_per_gather = 0\nfsync = off\nautovacuum = off\n");

# Sanitizers keep freed memory back, and more of it.
my $sanitized = $node->safe_psql('postgres',
	q{SELECT count(*) FROM pg_read_file('/proc/self/maps') AS m WHERE m ~ 'libasan'});
plan skip_all => 'the sanitizers have memory of their own' if $sanitized;

$node->safe_psql('postgres', qq{
	SELECT docdb.insert_many('many', array_agg(format('{"_id": %s, "k": %s, "name": "name %s",
		"tags": ["a%s", "b%s"], "pad": "%s", "sub": {"x": %s, "y": [1, 2, 3]}}', i, i % 5000, i,
		i % 7, i % 11, repeat('x', 200), i)::bson))
	FROM generate_series(1, $documents) AS i;
	SELECT docdb.create_collection('strict', '{"validator": {"k": {"\$gte": 0},
		"name": {"\$regex": "^name"}, "tags": {"\$elemMatch": {"\$regex": "^a"}}}}');
	SELECT docdb.insert_one('few', '{}');
});

# How many kB of a session's own memory some SQL adds; what it gives back in between counts as
# far as it was not taken by another.
sub growth
{
	my ($sql) = @_;
	my $peak = q{SELECT (regexp_match(pg_read_file('/proc/self/status'), 'VmHWM:\s+(\d+)'))[1]::int
		- (regexp_match(pg_read_file('/proc/self/status'), 'RssShmem:\s+(\d+)'))[1]::int};
	my @lines = split /\n/, $node->safe_psql('postgres',
		"SELECT docdb.find_one('many'); $peak; $sql; $peak");

	return $lines[-1] - $lines[1];
}

# The bound is what 100 bytes for each document are, and some for sorting and hashing.
my $bound = int($documents * 100 / 1024) + 6_000;
foreach my $case (
	[ 'find in the select list', q{SELECT count(*) FROM (SELECT docdb.find('many')) AS s} ],
	[ 'find with filter and projection', q{SELECT count(*) FROM (SELECT docdb.find('many',
		'{"name": {"$regex": "9"}, "tags": {"$elemMatch": {"$gte": "a"}},
		"$expr": {"$gt": ["$k", 3]}}',
		'{"sub.x": 1, "c": {"$concat": ["$name", "!"]}}')) AS s} ],
	[ '@@ with expressions', q{SELECT count(*) FROM many WHERE doc @@
		'{"$expr": {"$in": ["$k", [1, 2, 3]]}, "sub.y": {"$all": [1, 2]}}'} ],
	[ 'a sort by <~>', q{SELECT count(*) FROM (SELECT FROM many ORDER BY doc <~> '{"name": -1}'
		OFFSET 1) AS s} ],
	[ 'projections', q{SELECT count(docdb.add_fields(doc, '{"z": {"$add": ["$k", 1]}}')),
		count(docdb.project(doc, '{"pad": 0}')),
		count(docdb.eval('{"$concat": ["$name", "$pad"]}', doc)) FROM many} ],
	[ 'paths and text', q{SELECT count(doc -> 'sub.x'), count(doc ->> 'name'), count(doc::text),
		count(doc::jsonb), count(doc::text::bson), count(docdb.key_string(doc)) FROM many} ],
	[ 'comparisons', q{SELECT count(*) FROM many WHERE doc < '{"_id": 5}'
		OR doc = '{}' OR _id < '"x"'} ],
	[ '$group with many groups', q{SELECT count(*) FROM docdb.aggregate('many',
		'[{"$group": {"_id": "$k", "n": {"$sum": 1}, "a": {"$avg": "$sub.x"},
		"m": {"$max": "$name"}}}]')} ],
	[ '$match, $unwind, $project', q{SELECT count(*) FROM (SELECT docdb.aggregate('many',
		'[{"$match": {"k": {"$gt": 1}}}, {"$unwind": "$tags"}, {"$project": {"t": "$tags"}}]'))
		AS s} ],
	[ 'update_many', q{BEGIN; SELECT docdb.update_many('many', '{}', '{"$inc": {"k": 1},
		"$push": {"tags": "c"}}'); ROLLBACK} ],
	[ 'update_many that changes nothing', q{SELECT docdb.update_many('many', '{}',
		'{"$set": {"sub.y": [1, 2, 3]}}')} ],
	[ 'update_many by a pipeline', q{BEGIN; SELECT docdb.update_many('many', '{}',
		'[{"$set": {"z": {"$concat": ["$name", "$pad"]}}}]'); ROLLBACK} ],
	[ 'delete_many', q{BEGIN; SELECT docdb.delete_many('many', '{"k": {"$gte": 0}}'); ROLLBACK} ],
	[ 'many calls of find_one', q{SELECT count(docdb.find_one('many',
		format('{"_id": %s}', i)::bson)) FROM generate_series(1, 20000) AS i} ],
	[ 'many calls of update_one', q{BEGIN; SELECT count(docdb.update_one('many',
		format('{"_id": %s}', i)::bson, '{"$inc": {"k": 1}}')) FROM generate_series(1, 10000) AS i;
		ROLLBACK} ],
	[ 'many calls of insert_one', q{SELECT count(docdb.insert_one('inserted',
		format('{"_id": %s, "pad": "%s"}', i, repeat('x', 200))::bson))
		FROM generate_series(1, 20000) AS i} ],
	[ 'INSERT with a validator', q{INSERT INTO strict (doc) SELECT doc FROM many} ],
	[ 'COPY', q{COPY (SELECT doc FROM many) TO PROGRAM 'cat > /dev/null' (FORMAT binary)} ],
	# Its sample is all there is, and it keeps that.
	[ 'ANALYZE', 'ANALYZE many', 64_000 ])
{
	my ($name, $sql, $own_bound) = @$case;
	my $growth = growth($sql);
	cmp_ok($growth, '<', $own_bound // $bound, "$name: $growth kB");
}

# What insert_many adds beside the array it is given, whose documents its validator looks at.
my $array = q{CREATE TEMP TABLE input AS SELECT array_agg(doc) AS docs FROM many
	WHERE _id <= '20000'};
my $alone = growth("$array; SELECT cardinality(docs), md5(docs::text) FROM input");
my $insert = growth("$array; TRUNCATE strict; SELECT docdb.insert_many('strict', docs) FROM input");
cmp_ok($insert - $alone, '<', $bound, "insert_many: $insert kB where reading is $alone kB");

# A session that does this and that for long.
my $growth = growth(join(';', map { qq{
	SELECT count(*) FROM docdb.find('few', '{"k": $_}', '{"a$_": 1}', '{"b$_": 1}');
	SELECT docdb.count_documents('few', '{"x$_": 1}')} } 1 .. 300));
cmp_ok($growth, '<', $bound + 300 * 100, "shapes of queries: $growth kB");

$node->stop;
done_testing();
