# A streaming replica answers reads as the primary does and refuses writes; a logical subscriber
# gets the same documents.

use strict;
use warnings;

use DocDBTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = docdb_node('primary', allows_streaming => 'logical');
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
my $subscriber = docdb_node('subscriber', allows_streaming => 'logical');

# Types that text must keep, too: the subscription is in text.
my $documents = q{
	SELECT docdb.create_collection('app.people');
	SELECT docdb.insert_many('app.people', array_agg(format('{"_id": %s, "n": %s, "long":
		{"$numberLong": "%s"}, "d": {"$numberDecimal": "%s.50"}, "tags": ["t%s",
		{"x": [null, 1.0]}],
		"at": {"$date": "2020-01-01T00:00:00.001Z"}}', i, i % 10, i, i, i % 3)::bson))
	FROM generate_series(1, 200) AS i;
};
my $changes = q{
	SELECT docdb.update_many('app.people', '{"n": 3}',
		'{"$set": {"n": 33}, "$push": {"tags": "u"}}');
	SELECT docdb.delete_many('app.people', '{"n": 4}');
	SELECT docdb.update_one('app.people', '{"_id": "new"}', '{"$set": {"big": "x"}}',
		'{"upsert": true}');
	SELECT docdb.find_one_and_update('app.people', '{"_id": 1}', '[{"$set": {"y": "$n"}}]');
	SELECT docdb.bulk_write('app.people', '[{"insertOne": {"document": {"_id": "bulk"}}}]');
	UPDATE app.people SET doc = ('{"_id": 2, "s": "' || repeat('y', 100000) || '"}')::bson
		WHERE _id = '2';
};
my $all = q{SELECT _id::bytea, md5(doc::bytea) FROM app.people ORDER BY _id};

$primary->safe_psql('postgres', $documents);
$subscriber->safe_psql('postgres', q{SELECT docdb.create_collection('app.people')});
$primary->safe_psql('postgres', 'CREATE PUBLICATION docs FOR TABLES IN SCHEMA app');
my $connection = $primary->connstr . ' dbname=postgres';
$subscriber->safe_psql('postgres',
	"CREATE SUBSCRIPTION docs CONNECTION '$connection' PUBLICATION docs");
$subscriber->wait_for_subscription_sync($primary, 'docs');
is($subscriber->safe_psql('postgres', $all), $primary->safe_psql('postgres', $all),
	'the subscriber begins with the same documents');

$primary->safe_psql('postgres', $changes);
$primary->wait_for_catchup('docs');
is($subscriber->safe_psql('postgres', $all), $primary->safe_psql('postgres', $all),
	'and follows all changes');

# ---- The standby ----

$primary->safe_psql('postgres', q{SELECT docdb.create_index('app.people', '{"n": 1}');
	SELECT docdb.create_collection('app.strict', '{"validator": {"a": 1}}'); ANALYZE});
$primary->safe_psql('postgres', 'VACUUM app.people');
$primary->safe_psql('postgres', q{SELECT docdb.delete_one('app.people', '{"_id": 12}')});
$primary->wait_for_catchup($standby);
foreach my $read (
	$all,
	q{SELECT docdb.find('app.people', '{"n": {"$gte": 5}}', '{"tags": 1}', '{"_id": -1}')},
	q{SELECT doc FROM docdb.find('app.people', '{"tags": "u"}', sort => '{"_id": 1}') AS doc},
	q{SELECT docdb.find_one('app.people', '{"_id": 7}')},
	q{SELECT docdb.count_documents('app.people', '{"n": 33}'),
		docdb.estimated_document_count('app.people')},
	q{SELECT docdb.count_documents('app.people'), count(*) FROM app.people},
	q{SELECT docdb.count_documents('app.people', '{"d": {"$gt": 100}}')},
	q{SELECT docdb.distinct('app.people', 'tags')},
	q{SELECT docdb.aggregate('app.people', '[{"$group": {"_id": "$n", "c": {"$sum": 1}}},
		{"$sort": {"_id": 1}}]')},
	q{SELECT docdb.list_collections('app')},
	q{SELECT docdb.list_indexes('app.people')},
	q{SELECT docdb.find('app.nosuch')},
	q{SELECT doc ->> 'n' FROM app.people WHERE doc @@ '{"d": {"$gt": 100}}'
		ORDER BY doc <~> '{"n": 1}', _id})
{
	is($standby->safe_psql('postgres', $read), $primary->safe_psql('postgres', $read),
		"standby: $read");
}
foreach my $write (
	q{docdb.insert_one('app.people', '{}')},
	q{docdb.insert_one('app.nosuch', '{}')},
	q{docdb.insert_many('app.people', ARRAY['{}'::bson, '{}'])},
	q{docdb.update_one('app.people', '{"_id": 1}', '{"$set": {"a": 1}}')},
	q{docdb.update_one('app.people', '{"_id": -1}', '{"$set": {"a": 1}}', '{"upsert": true}')},
	q{docdb.update_many('app.people', '{}', '{"$set": {"a": 1}}')},
	q{docdb.replace_one('app.people', '{}', '{"a": 1}')},
	q{docdb.delete_one('app.people', '{}')},
	q{docdb.delete_many('app.people', '{"n": -1}')},
	q{docdb.find_one_and_update('app.people', '{}', '{"$set": {"a": 1}}')},
	q{docdb.find_one_and_replace('app.people', '{}', '{"a": 1}')},
	q{docdb.find_one_and_delete('app.people', '{}')},
	q{docdb.bulk_write('app.people', '[{"deleteOne": {"filter": {}}}]')},
	q{docdb.bulk_write('app.people', '[{"insertOne": {"document": {}}}]', '{"ordered": false}')},
	q{docdb.create_collection('app.nosuch')},
	q{docdb.drop_collection('app.people')},
	q{docdb.rename_collection('app.people', 'app.persons')},
	q{docdb.create_index('app.people', '{"a": 1}')},
	q{docdb.drop_index('app.people', 'n_1')})
{
	is(sqlstate_of($standby, 'postgres', "SELECT $write"), '25006', "standby: no $write");
}
is(sqlstate_of($standby, 'postgres', q{BEGIN; SAVEPOINT s; SELECT docdb.find('app.people')}),
	'00000', 'standby: savepoints');

# The standby takes over where it is.
$standby->promote;
$standby->safe_psql('postgres', q{SELECT docdb.insert_one('app.people', '{"_id": "promoted"}');
	SELECT docdb.insert_one('app.more', '{"_id": 1}')});
is($standby->safe_psql('postgres', q{SELECT docdb.find('app.people', '{"_id": "promoted"}')}),
	'{"_id": "promoted"}', 'promoted: writes');

$_->stop foreach $subscriber, $standby, $primary;
done_testing();
