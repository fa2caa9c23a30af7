# What sessions have cached and opened, while definitions change under them: collections dropped,
# altered and created anew, the extension too; roles, search_path and settings; prepared
# statements; and every function that is marked parallel safe, in parallel workers.

use strict;
use warnings;

use DocDBTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = docdb_node('main', conf => "jit = off\nfsync = off\nmax_parallel_workers = 4\n");

# A session that stays: its output comes piece by piece.
{
	package Session;

	sub new
	{
		my ($class, $node, $database) = @_;
		my $self = bless { in => '', out => '', count => 0 }, $class;

		$self->{timer} = IPC::Run::timeout(60);
		$self->{run} = IPC::Run::start(
			[ 'psql', '-XAtq', '-v', 'VERBOSITY=sqlstate', '-d', $node->connstr($database), '-f',
				'-' ],
			'<', \$self->{in}, '>', \$self->{out}, '2>&1', $self->{timer});
		return $self;
	}

	# Sends SQL without waiting.
	sub send
	{
		my ($self, $sql) = @_;
		my $mark = 'end of ' . ++$self->{count};

		$self->{mark} = $mark;
		$self->{in} .= "$sql;\n\\echo $mark\n";
		$self->{run}->pump_nb;
	}

	# What came of it: rows, and SQLSTATEs of errors as 'ERROR:  42P01'.
	sub result
	{
		my ($self) = @_;

		$self->{timer}->start(60);
		$self->{run}->pump until $self->{out} =~ /^\Q$self->{mark}\E\n/m;
		my ($result) = $self->{out} =~ /\A(.*?)^\Q$self->{mark}\E\n/ms;
		$self->{out} = '';
		$result =~ s/^psql:\S+ //mg;
		$result =~ s/\n\z//;
		return $result;
	}

	sub query
	{
		my ($self, $sql) = @_;

		$self->send($sql);
		return $self->result;
	}

	sub end
	{
		$_[0]{in} .= "\\q\n";
		$_[0]{run}->finish;
	}
}

my ($a, $b) = map { Session->new($node, 'postgres') } 1 .. 2;
my $uses = q{SELECT docdb.find('c', '{"a": 1}', sort => '{"_id": 1}');
	SELECT docdb.count_documents('c', '{"a": 1}');
	SELECT (docdb.update_many('c', '{"a": 1}', '{"$set": {"b": 1}}')).matched_count;
	SELECT docdb.find_one('c', '{"_id": 1}');
	EXECUTE p('{"a": 1}')};
my $one = qq~{"_id": 1, "a": 1}\n1\n1\n{"_id": 1, "a": 1, "b": 1}\n{"_id": 1, "a": 1, "b": 1}~;

# ---- Collections that change ----

is($a->query(q{SELECT docdb.insert_one('c', '{"_id": 1, "a": 1}');
	PREPARE p(bson) AS SELECT doc FROM c WHERE doc @@ $1}), '1', 'a collection');
is($a->query($uses), $one, 'used');
$b->query(q{ALTER TABLE c ADD note text; ALTER TABLE c DROP note;
	SELECT docdb.delete_many('c', '{}'); SELECT docdb.insert_one('c', '{"_id": 1, "a": 1}')});
is($a->query($uses), $one, 'used after ALTER TABLE');
$b->query(q{SELECT docdb.create_index('c', '{"a": 1}'); SELECT docdb.delete_many('c', '{}');
	SELECT docdb.insert_one('c', '{"_id": 1, "a": 1}')});
is($a->query($uses), $one, 'used after create_index');
is($b->query(q{SELECT docdb.drop_index('c', 'a_1'); SELECT docdb.drop_collection('c')}), "t\nt",
	'dropped');
is($a->query(q{SELECT docdb.find('c', '{"a": 1}'); SELECT docdb.count_documents('c', '{"a": 1}');
	SELECT docdb.update_many('c', '{"a": 1}', '{"$set": {"b": 1}}'); EXECUTE p('{}')}),
	"0\n(0,0,)\nERROR:  42P01", 'a dropped collection is empty');
$b->query(q{SELECT docdb.insert_one('c', '{"_id": 1, "a": 1}')});
is($a->query("DEALLOCATE p; PREPARE p(bson) AS SELECT doc FROM c WHERE doc @@ \$1; $uses"), $one,
	'created anew');
$b->query(q{SELECT docdb.rename_collection('c', 'd');
	SELECT docdb.insert_one('c', '{"_id": 2, "a": 1}')});
is($a->query(q{SELECT docdb.find('c', '{"a": 1}'); SELECT docdb.find('d', '{"a": 1}')}),
	qq({"_id": 2, "a": 1}\n{"_id": 1, "a": 1, "b": 1}), 'renamed');
$b->query(q{ALTER TABLE c ALTER doc TYPE jsonb USING doc::jsonb});
like($a->query(q{SELECT docdb.find('c', '{"a": 1}')}), qr/^ERROR:  (?:M0021|42\w\d\d)$/,
	'no collection any more');
$b->query(q{DROP TABLE c; ALTER TABLE d RENAME TO c});
is($a->query(q{SELECT docdb.find('c', '{"a": 1}', '{"b": 0}')}), '{"_id": 1, "a": 1}',
	'renamed by SQL');
$b->query(q{CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN RAISE EXCEPTION USING ERRCODE = 'ZZ001'; END $$;
	CREATE TRIGGER refuse BEFORE INSERT ON c FOR EACH ROW EXECUTE FUNCTION refuse()});
is($a->query(q{SELECT docdb.insert_one('c', '{}')}), 'ERROR:  ZZ001', 'a new trigger is called');
$b->query(q{DROP TRIGGER refuse ON c; ALTER TABLE c ADD CHECK (_id <> '5')});
is($a->query(q{SELECT docdb.insert_one('c', '{"_id": 5}')}), 'ERROR:  23514', 'a new check counts');
$b->query(q{ALTER TABLE c SET SCHEMA docdb; DROP TABLE docdb.c});
is($a->query(q{SELECT docdb.find('c')}), '', 'moved away');

# ---- Cursors that are open ----

$a->query(q{SELECT docdb.insert_many('c', array_agg(format('{"_id": %s}', i)::bson))
	FROM generate_series(1, 1000) AS i});
is($a->query(q{BEGIN; DECLARE f CURSOR FOR SELECT docdb.find('c', sort => '{"_id": 1}');
	DECLARE h CURSOR WITH HOLD FOR SELECT * FROM docdb.find('c', sort => '{"_id": 1}');
	FETCH f; FETCH h}), qq({"_id": 1}\n{"_id": 1}), 'cursors');
is($a->query(q{SAVEPOINT s; SELECT docdb.drop_collection('c'); ROLLBACK TO s}), 'ERROR:  55006',
	'their collection cannot be dropped by the same session');
$b->send(q{SELECT docdb.drop_collection('c')});
is($a->query(q{SELECT docdb.delete_many('c', '{"_id": {"$lt": 500}}'); FETCH f;
	SAVEPOINT s; FETCH f; ROLLBACK TO s; FETCH h; COMMIT}),
	qq(499\n{"_id": 2}\n{"_id": 3}\n{"_id": 2}),
	'nor by another until they are closed, and they see what was there');
is($b->result, 't', 'then it can be');
is($a->query('FETCH h; CLOSE h'), '{"_id": 3}', 'a cursor WITH HOLD has its own copy');

# ---- Two sessions at once ----

foreach my $round (1 .. 5)
{
	$a->query(q{SELECT docdb.insert_one('race', '{"_id": 1}')});
	$a->send(join(';', map { qq{SELECT docdb.insert_one('race', '{"_id": "a$_"}') IS NULL;
		SELECT docdb.update_one('race', '{"_id": "a$_"}', '{"\$set": {"x": 1}}', '{"upsert": true}')
			IS NULL; SELECT count(*) FROM docdb.find('race', '{"x": $_}') } } 1 .. 60));
	$b->query(q{SELECT docdb.drop_collection('race');
		SELECT docdb.create_collection('race', '{"validator": {}}')}) for 1 .. 30;
	# An insertion may meet what it has looked up gone, and a write a table that is.
	my @errors = grep { !/^(?:23505|42P01|42P07|40P01|M0021|M000O|55000)$/ }
		$a->result =~ /ERROR:  (\w+)/g;
	is("@errors", '', "writing where another session drops and creates, $round");
}
$a->query(q{SELECT docdb.drop_collection('race')});

# ---- The extension itself ----

$a->query(q{SELECT docdb.insert_one('c', '{"_id": 1, "a": 1}');
	PREPARE q AS SELECT docdb.find('c')});
is($a->query(q{SELECT docdb.find('c', '{"a": 1}'); SELECT docdb.find('none', '{"a": 1}')}),
	'{"_id": 1, "a": 1}', 'before DROP EXTENSION');
$b->query(q{SET client_min_messages = error; DROP EXTENSION docdb CASCADE});
is($a->query(q{SELECT docdb.find('c', '{"a": 1}')}), 'ERROR:  3F000', 'the extension is gone');
$b->query(q{DROP TABLE c; CREATE EXTENSION docdb});
is($a->query(q{SELECT docdb.insert_one('c', '{"_id": 1, "a": 1}');
	SELECT docdb.find('c', '{"a": 1}'); SELECT docdb.find('none', '{"a": 1}');
	SELECT docdb.update_one('c', '{"a": 1}', '{"$set": {"b": 1}}'); EXECUTE q}),
	qq(1\n{"_id": 1, "a": 1}\n(1,1,)\nERROR:  0A000), 'and back, with other types');
$b->query(q{CREATE SCHEMA elsewhere; ALTER EXTENSION docdb SET SCHEMA elsewhere});
is($a->query(q{SELECT docdb.find('c', '{"a": 1}')}), '{"_id": 1, "a": 1, "b": 1}',
	'its types in another schema');
$b->query(q{ALTER EXTENSION docdb SET SCHEMA public});
is($a->query(q{SELECT docdb.find('c', '{"a": 1}'); DISCARD PLANS;
	SELECT docdb.find('c', '{"a": 1}'); DISCARD ALL; SELECT docdb.find('c', '{"a": 1}')}),
	join("\n", ('{"_id": 1, "a": 1, "b": 1}') x 3), 'and DISCARD');

# ---- Roles, search_path, settings ----

$a->query(q{CREATE ROLE reader; CREATE ROLE stranger; GRANT SELECT ON c TO reader;
	CREATE SCHEMA other; SELECT docdb.insert_one('other.c', '{"_id": "other"}');
	GRANT USAGE ON SCHEMA docdb, other TO reader, stranger});
my $read = q{SELECT docdb.find('c', '{}', '{"_id": 1}')};
is($a->query("$read; SET ROLE reader; $read; SET ROLE stranger; $read; RESET ROLE; $read"),
	qq({"_id": 1}\n{"_id": 1}\nERROR:  42501\n{"_id": 1}), 'each role has its own rights');
$b->query('REVOKE SELECT ON c FROM reader');
is($a->query("SET ROLE reader; $read; SELECT docdb.find_one('c', '{\"_id\": 1}'); RESET ROLE"),
	"ERROR:  42501\nERROR:  42501", 'which can be taken away');
$b->query(q{GRANT SELECT ON c TO reader; ALTER TABLE c ENABLE ROW LEVEL SECURITY;
	CREATE POLICY p ON c TO reader USING (doc @@ '{"b": 2}')});
is($a->query("SET ROLE reader; $read; SELECT docdb.find_one('c', '{\"_id\": 1}'); RESET ROLE;"
		. $read),
	"\n{\"_id\": 1}", 'row-level security is seen, also by a find of one _id');
$b->query('ALTER TABLE c DISABLE ROW LEVEL SECURITY');
is($a->query("SET ROLE reader; $read; RESET ROLE"), '{"_id": 1}', 'and when it is gone');
is($a->query("SET search_path = other, public; $read; RESET search_path; $read"),
	qq({"_id": "other"}\n{"_id": 1}), 'search_path');
is($a->query("SET enable_seqscan = off; $read; SET docdb.plan_cache_size = 16; "
		. join(';', map { "SELECT docdb.count_documents('c', '{\"x$_\": 1}', '{\"skip\": $_}')" }
		1 .. 3) . '; ' . join(';', map { "SELECT docdb.find('c', '{\"x$_\": 1}', '{\"y$_\": 1}',"
		. "'{\"z$_\": 1}')" } 1 .. 40) . "; $read; RESET ALL"),
	qq({"_id": 1}\n0\n0\n0\n{"_id": 1}), 'settings, and more shapes than plans are kept of');

# A function of the user's that reads another collection while a plan is made and run.
$b->query(q{CREATE FUNCTION nested(n int) RETURNS bigint LANGUAGE plpgsql STABLE AS
	$$ BEGIN RETURN docdb.count_documents('c', format('{"q%s": null}', n)::bson, format(
		'{"limit": %s}', n)::bson) + (SELECT count(*) FROM docdb.find('c', sort =>
		format('{"s%s": 1}', n)::bson)); END $$;
	CREATE VIEW v AS SELECT _id, doc FROM c WHERE nested(7) = 2;
	CREATE TABLE called (n bigint)});
is($a->query('SET docdb.plan_cache_size = 16; '
		. join(';', map { "SELECT nested($_)" } 1 .. 20) . q{;
		SELECT docdb.find('v', '{"a": 1}'); SELECT docdb.find('v', '{"a": 1}')}),
	join("\n", ('2') x 20, ('{"_id": 1, "a": 1, "b": 1}') x 2), 'queries in queries');
$_->end foreach $a, $b;

# ---- Parallel workers ----

$node->safe_psql('postgres', q{
	SELECT docdb.insert_many('p', array_agg(format('{"_id": %s, "a": %s, "b": ["x%s", {"c": %s}],
		"s": "%s"}', i, i % 10, i % 7, i, repeat('z', i % 50))::bson))
		FROM generate_series(1, 5000) AS i;
	ALTER TABLE p SET (parallel_workers = 3); ANALYZE p});
my $serial = 'SET max_parallel_workers_per_gather = 0;';
my $parallel = 'SET force_parallel_mode = on; SET parallel_setup_cost = 0;'
	. 'SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;'
	. 'SET max_parallel_workers_per_gather = 3;';
$parallel =~ s/force_parallel_mode/debug_parallel_query/
	if $node->safe_psql('postgres', 'SHOW server_version_num') >= 160000;

# An ordinary argument of each type, from the row at hand where there is one.
my %arguments = (bson => 'doc', bson_value => '_id', text => q('b.c'::text), integer => '1',
	bigint => '1::bigint', boolean => 'true', 'double precision' => '1.5::float8',
	numeric => '1.5::numeric', 'timestamp with time zone' => q('2020-01-01'::timestamptz),
	uuid => q('00000000-0000-0000-0000-000000000000'::uuid), jsonb => q('{"a": 1}'::jsonb),
	json => q('{"a": 1}'::json), bytea => 'doc::bytea', anyelement => '1', oid => '0::oid',
	'bson_value[]' => 'ARRAY[_id]', 'bson[]' => 'ARRAY[doc]');
my @calls = split /\n/, $node->safe_psql('postgres', q{
	SELECT p.oid::regproc || '|' || p.prokind::text || '|' || coalesce((SELECT
			string_agg(t::regtype::text, ';' ORDER BY n)
			FROM unnest(p.proargtypes) WITH ORDINALITY AS a(t, n)), '')
	FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
	WHERE d.deptype = 'e' AND p.proparallel = 's' AND NOT p.proretset AND p.provolatile <> 'v'
		AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'docdb')
		AND 'internal'::regtype <> ALL (p.proargtypes::oid[]) AND p.prorettype <> 'cstring'::regtype
		AND 'cstring'::regtype <> ALL (p.proargtypes::oid[])
	ORDER BY 1});
cmp_ok(scalar @calls, '>', 80, 'functions are parallel safe');

my $sql = q{\set ON_ERROR_STOP off} . "\n\\set VERBOSITY sqlstate\n";
my $plans = '';
foreach my $call (@calls)
{
	my ($name, $kind, $types) = split /\|/, $call, 3;
	my @arguments = map { $arguments{$_} // "NULL::$_" } split /;/, $types;
	my $expression = "$name(" . join(', ', @arguments) . ')';


	# What depends on the order of the rows differs.
	my $shown = $kind eq 'a' && $name !~ /\.accum_(?:sum|min|max|avg|count)$/ ?
		"pg_typeof($expression), $expression IS NULL" :
		$kind eq 'a' ? $expression : "count(*), sum(hashtextextended(${expression}::text, 0))";
	$sql .= "\\echo $call\nSELECT $shown FROM p;\n";
}
$sql .= "\\echo $_\nSELECT count(*) FROM p WHERE $_;\n" foreach
	q(doc @@ '{"a": {"$gt": 5}, "b": "x3"}'), q(doc @@ '{"s": {"$regex": "^z{5,9}$"}}'),
	q(doc @@ '{"$expr": {"$lt": ["$a", 3]}}'), q(doc -> 'a' = '3'), q(doc < '{"_id": 7}'),
	q(doc <~> '{"a": -1}' < '{"a": 5}'::bson <~> '{"a": -1}');
$sql .= q{SELECT doc -> 'a', count(*), docdb.accum_sum(doc -> 'a'), docdb.accum_max(doc -> 'b')
	FROM p GROUP BY 1 ORDER BY 1;
	SELECT docdb.find('p', '{"a": 3, "_id": {"$lt": 200}}', '{"b": 1}', '{"_id": 1}');
	SELECT docdb.count_documents('p', '{"a": {"$gt": 5}}');
	SELECT docdb.aggregate('p', '[{"$group": {"_id": "$a", "n": {"$sum": 1}, "m": {"$min": "$s"}}},
		{"$sort": {"_id": 1}}]');
};
my @outputs = map { ($node->psql('postgres', $_ . $sql, on_error_stop => 0))[1] }
	$serial, $parallel;
is($outputs[1], $outputs[0], 'parallel workers give what one process gives');
cmp_ok(scalar(() = $outputs[0] =~ /^\d+\|-?\d+$/mg), '>', 40, 'most calls give something');
like($node->safe_psql('postgres', $parallel
	. q{EXPLAIN (COSTS OFF) SELECT count(*) FROM p WHERE doc @@ '{"a": 3}'}),
	qr/Parallel Custom Scan/, 'and there were parallel workers');
is(crashes_in_log($node), '', 'no crash in the log');

$node->stop;
done_testing();
