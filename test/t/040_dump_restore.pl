# pg_dump and pg_restore carry collections with everything that belongs to them: documents, options,
# long names, indexes, privileges; and a streaming replica has it all.

use strict;
use warnings;

use DocDBTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = docdb_node('main', extension => 0, allows_streaming => 1);
my $folder = $node->basedir;
my $long = 'long' x 20;

$node->safe_psql('postgres', 'CREATE ROLE reader; CREATE DATABASE source');
$node->safe_psql('source', 'CREATE EXTENSION docdb');
$node->safe_psql('source', qq{
	SELECT docdb.insert_many('app.people', ARRAY[
		'{"_id": 1, "name": "Ada", "langs": ["en", "fr"], "big": {"\$numberLong": "5"}}',
		'{"_id": "two", "name": "Blaise"}', '{"name": "generated"}']::bson[]);
	SELECT docdb.create_index('app.people', '{"name": 1, "born": -1}', '{"name": "by name"}');
	SELECT docdb.create_index('app.people', '{"langs": 1}');
	SELECT docdb.create_index('app.people', '{"\$**": 1}',
		'{"wildcardProjection": {"name": 1}, "hidden": true}');
	SELECT docdb.create_collection('app.strict',
		'{"validator": {"age": {"\$gte": 18}}, "validationLevel": "moderate"}');
	SELECT docdb.insert_one('app.strict', '{"_id": 1, "age": 20}');
	SELECT docdb.create_collection('app.cities', '{"collation": {"locale": "en", "strength": 2}}');
	SELECT docdb.create_index('app.cities', '{"name": 1}', '{"unique": true}');
	SELECT docdb.insert_one('app.cities', '{"_id": "Paris", "name": "Paris"}');
	SELECT docdb.create_collection('app.log', '{"capped": true, "size": 1000, "max": 3}');
	SELECT docdb.insert_one('app.log', format('{"_id": %s}', i)::bson)
		FROM (VALUES (9), (8), (7), (6)) AS v (i);
	SELECT docdb.insert_one('other.$long', '{"_id": 1}');
	SELECT docdb.create_index('other.$long', '{"a": 1}');
	SELECT docdb.insert_one('app.With "Quotes" and spaces', '{"_id": 1}');
	CREATE TABLE app.parted (_id bson_value PRIMARY KEY, doc bson NOT NULL) PARTITION BY HASH (_id);
	CREATE TABLE app.parted_0 PARTITION OF app.parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	CREATE TABLE app.parted_1 PARTITION OF app.parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
	CREATE TRIGGER zz_docdb_collection BEFORE INSERT OR UPDATE ON app.parted
		FOR EACH ROW EXECUTE FUNCTION docdb.collection_trigger();
	SELECT docdb.insert_many('app.parted', array_agg(format('{"_id": %s}', i)::bson))
		FROM generate_series(1, 50) i;
	GRANT USAGE ON SCHEMA app TO reader;
	GRANT SELECT ON app.people TO reader;
});

# What there is to carry, one thing a line.
sub contents
{
	my ($server, $database) = @_;

	return $server->safe_psql($database, q{
		SELECT format('%s %s', d, docdb.list_collections(d)) FROM (VALUES ('app'), ('other')) v(d)
		UNION ALL
		SELECT format('%s index %s', c, docdb.list_indexes(c)) FROM
			(SELECT d || '.' || (docdb.list_collections(d) ->> 'name') AS c
			 FROM (VALUES ('app'), ('other')) v(d)) x
		UNION ALL
		SELECT format('%s document %s', c, docdb.find(c)) FROM
			(SELECT d || '.' || (docdb.list_collections(d) ->> 'name') AS c
			 FROM (VALUES ('app'), ('other')) v(d)) x
		UNION ALL
		SELECT format('row %s %s %s', c.collection, c.name, c.options) FROM docdb.collections c
		UNION ALL
		SELECT format('trigger %s %s', tgrelid::regclass, tgname) FROM pg_trigger
		WHERE tgfoid = 'docdb.collection_trigger'::regproc
		UNION ALL
		SELECT format('acl %s %s', oid::regclass, relacl) FROM pg_class WHERE relacl IS NOT NULL
			AND relnamespace IN ('app'::regnamespace, 'other'::regnamespace)
		ORDER BY 1
	});
}

# What must hold in a restored database beyond looking the same.
sub check_restored
{
	my ($database, $how) = @_;

	is(contents($node, $database), contents($node, 'source'), "$how: everything is there");
	is(sqlstate_of($node, $database, q{SELECT docdb.insert_one('app.strict', '{"age": 2}')}),
		'M003D', "$how: the validator holds");
	is(sqlstate_of($node, $database, q{SELECT docdb.insert_one('app.people', '{"_id": 1}')}),
		'23505', "$how: _id is unique");
	is($node->safe_psql($database, q{
			SELECT docdb.count_documents('app.cities', '{"_id": "PARIS"}')
		}), '1', "$how: the collation holds");
	is(sqlstate_of($node, $database, q{
			SELECT docdb.insert_one('app.cities', '{"_id": 1, "name": "PARIS"}')
		}), '23505', "$how: a unique index compares by the collation");
	is($node->safe_psql($database, q{
			INSERT INTO app.people (doc) VALUES ('{"x": 1}') RETURNING _id = (doc -> '_id')
		}), 't', "$how: the row trigger works");
	is($node->safe_psql($database, qq{
			SELECT docdb.find_one('other.$long', '{"_id": 1}')
		}), '{"_id": 1}', "$how: a long name leads to its collection");
	like($node->safe_psql($database, q{
			SET enable_seqscan = off;
			EXPLAIN (COSTS OFF) SELECT doc FROM app.people ORDER BY doc <~> '{"langs": 1}'
		}), qr/^Index Scan using people_langs_1 on people$/m, "$how: an index serves its sort");
	is($node->safe_psql($database, q{
			SELECT docdb.insert_one('app.log', '{"_id": 5}'); SELECT docdb.find('app.log')
		}), qq(5\n{"_id": 7}\n{"_id": 6}\n{"_id": 5}), "$how: a capped collection goes on");
	is(sqlstate_of($node, $database, q{SET ROLE reader; SELECT docdb.find('app.strict')}),
		'42501', "$how: privileges hold");
	is($node->safe_psql($database,
			q{SET ROLE reader; SELECT docdb.count_documents('app.people', '{"name": "Ada"}')}),
		'1', "$how: and serve");
}

sub create_target
{
	my ($database) = @_;

	$node->safe_psql('postgres', qq(CREATE DATABASE $database TEMPLATE template0));
}

# Plain text.
create_target('plain');
$node->command_ok([ 'pg_dump', '-d', $node->connstr('source'), '-f', "$folder/plain.sql" ],
	'pg_dump as text');
$node->command_ok(
	[
		'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('plain'),
		'-f', "$folder/plain.sql"
	],
	'restored by psql');
check_restored('plain', 'text');

# Text with INSERT statements in place of COPY.
create_target('inserts');
$node->command_ok(
	[ 'pg_dump', '--inserts', '-d', $node->connstr('source'), '-f', "$folder/inserts.sql" ],
	'pg_dump as INSERT statements');
$node->command_ok(
	[
		'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('inserts'),
		'-f', "$folder/inserts.sql"
	],
	'restored by psql');
check_restored('inserts', 'INSERT statements');

# Custom format, restored by several jobs.
create_target('custom');
$node->command_ok(
	[ 'pg_dump', '-Fc', '-d', $node->connstr('source'), '-f', "$folder/custom.dump" ],
	'pg_dump in custom format');
$node->command_ok(
	[
		'pg_restore', '--exit-on-error', '-j', '2', '-d', $node->connstr('custom'),
		"$folder/custom.dump"
	],
	'restored by pg_restore');
check_restored('custom', 'custom format');

# The row of a table that is gone does not come along, should one ever be left.
$node->safe_psql('source', q{
	ALTER EVENT TRIGGER docdb_collections_dropped DISABLE;
	SELECT docdb.create_collection('app.gone', '{"validator": {"a": 1}}');
	SELECT docdb.create_index('app.gone', '{"a": 1}');
	DROP TABLE app.gone;
	ALTER EVENT TRIGGER docdb_collections_dropped ENABLE;
});
is($node->safe_psql('source', q{
			SELECT count(*) FROM docdb.collections
			WHERE collection NOT IN (SELECT oid FROM pg_class)
		}), '1', 'a row without its table');
create_target('stale');
$node->command_ok([ 'pg_dump', '-d', $node->connstr('source'), '-f', "$folder/stale.sql" ],
	'pg_dump');
$node->command_ok(
	[
		'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('stale'),
		'-f', "$folder/stale.sql"
	],
	'restored');
is($node->safe_psql('stale', 'SELECT count(*) FROM docdb.collections'), '4', 'is left behind');
$node->safe_psql('source', 'CREATE TABLE any_table (); DROP TABLE any_table');
is($node->safe_psql('source', 'SELECT count(*) FROM docdb.collections'), '4',
	'and is removed with the next table that is dropped');

# A streaming replica reads all of it, and writes nothing.
$node->backup('backup');
my $replica = PostgreSQL::Test::Cluster->new('replica');
$replica->init_from_backup($node, 'backup', has_streaming => 1);
$replica->start;
$node->safe_psql('source', q{SELECT docdb.insert_one('app.people', '{"_id": "late"}')});
$node->safe_psql('source', q{SELECT docdb.insert_one('app.newcomers', '{"_id": 1}')});
$node->wait_for_catchup($replica);
is(contents($replica, 'source'), contents($node, 'source'), 'a replica has it all');
is(sqlstate_of($replica, 'source', q{SELECT docdb.insert_one('app.people', '{}')}),
	'25006', 'and takes no insertion');
is(sqlstate_of($replica, 'source', q{SELECT docdb.insert_one('app.nowhere', '{}')}),
	'25006', 'nor makes a collection');
is(sqlstate_of($replica, 'source',
		q{SELECT docdb.update_one('app.people', '{"_id": 1}', '{"$set": {"a": 1}}')}),
	'25006', 'nor an update');
is(sqlstate_of($replica, 'source', q{SELECT docdb.delete_many('app.people', '{}')}),
	'25006', 'nor a deletion');

$replica->stop;
$node->stop;
done_testing();
