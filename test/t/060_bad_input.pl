# Bad input to every function, operator and cast that the catalog lists: NULL in each place,
# documents of wrong shapes, huge and deep ones, malformed binary.  Each must give a result or an
# error that says what is wrong: no crash, no internal error, no document that is none, and the
# session, its transaction and the data stay as they were.
#
# DOCDB_SEED repeats a run, DOCDB_CALLS sets how many calls with several odd arguments are tried of
# each function.

use strict;
use warnings;

use DocDBTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{DOCDB_SEED} // int(rand(2**31));
my $calls = $ENV{DOCDB_CALLS} // 12;
srand($seed);
note("DOCDB_SEED=$seed");

my $node = docdb_node('main', conf => "restart_after_crash = on\njit = off\n");

# ---- Arguments: SQL expressions of each type, the first an ordinary one ----

sub quoted
{
	my ($text, $type) = @_;

	return "\$q\$$text\$q\$::$type";
}

# Levels of documents or arrays around a number.
sub nested
{
	my ($open, $inner, $close, $levels) = @_;

	return ($open x $levels) . $inner . ($close x $levels);
}

my @documents = (
	'{"_id": 1, "a": 1, "b": [1, 2, {"c": 3}], "c": {"d": "x"}}',
	'{}',
	'{"": 1}',
	'{"a": 1, "a": 2}',
	'{"_id": [1]}',
	'{"_id": {"$regularExpression": {"pattern": "a", "options": ""}}}',
	'{"_id": 1, "_id": 2}',
	'{"a.b": 1}',
	'{"a..b": 1}',
	'{".": 1, "a.": 1}',
	'{"$a": 1}',
	'{"$": 1}',
	'{"a": {"$gt": 1, "b": 2}}',
	'{"a": {"$nosuch": 1}}',
	'{"$and": []}',
	'{"$or": [{}]}',
	'{"$or": [1, null]}',
	'{"$expr": {"$nosuch": 1}}',
	'{"$expr": "$$nosuch"}',
	'{"$set": {"_id": 2}}',
	'{"$set": 1}',
	'{"$set": {"": 1}}',
	'{"$set": {"a": 1, "a.b": 2}}',
	'{"$set": {"a.9999999999": 1}}',
	'{"$set": {"b.2000000": 1}}',
	'{"$inc": {"a": "x"}, "$push": {"b": {"$each": 1}}}',
	'{"$push": {"b": {"$each": [1], "$slice": {"$numberLong": "-9223372036854775808"}}}}',
	'{"$push": {"b": {"$each": [1], "$position": {"$numberLong": "-9223372036854775808"}}}}',
	'{"$rename": {"a": "a"}}',
	'{"a": 1, "b": 0}',
	'{"a": {"$slice": [-2147483648, 2147483647]}}',
	'{"a": {"$elemMatch": 1}}',
	'{"a": {"$meta": "nosuch"}}',
	'{"a": -1, "b": "x"}',
	'{"a": NaN}' =~ s/NaN/{"\$numberDouble": "NaN"}/r,
	'{"a": {"$numberDecimal": "-9.999999999999999999999999999999999E6144"}}',
	'{"a": {"$numberLong": "-9223372036854775808"}, "b": -2147483648}',
	'{"ordered": 1, "nosuch": true}',
	'{"upsert": true, "arrayFilters": [{"x": 1}, {"x": 2}]}',
	'{"let": {"x": "$y"}, "maxTimeMS": -1}',
	'{"let": {"_x": 1}, "maxTimeMS": 1.5}',
	'{"unique": 1, "name": "", "sparse": "x"}',
	'{"validator": {"$expr": {"$nosuch": 1}}}',
	'{"validator": 1, "capped": true, "size": -1}',
	'{"find": "canary", "filter": 1}',
	'{"aggregate": 1, "pipeline": {}}',
	'{"a": {"$regex": "(", "$options": "z"}}',
	'{"a": {"$regex": "a\\u0000b"}}',
	'{"a": {"$type": 99, "$size": -1}}',
	'{"a": {"$mod": [0, 0]}}',
	'{"a": {"$in": 1}}',
	'{"a": {"$date": {"$numberLong": "9223372036854775807"}}}',
	'{"a": {"$timestamp": {"t": 4294967295, "i": 4294967295}}}',
	'{"a": {"$minKey": 1}, "b": {"$maxKey": 1}, "c": {"$undefined": true}}',
	'{"a": {"$code": "f", "$scope": {"b": {"$code": "g", "$scope": {}}}}}',
	'{"a": {"$binary": {"base64": "", "subType": "ff"}}}',
	'{"a": "\\u0000"}',
	'{"a": "$a.b\\u0000.cccccccccccccccccccccccccccccccccccc.d"}',
	'{"a": {"$regularExpression": {"pattern": "a", "options": "\\ud83d\\ude00"}}}',
	'{"\\uffff\\ud83d\\ude00": "\\ud83d\\ude00"}',
	nested('{"a": ', '1', '}', 199),
	'{"a": ' . nested('[', '1', ']', 198) . '}',
	nested('{"$and": [', '{"a": 1}', ']}', 99),
	nested('{"$nor": [', '{"a": 1}', ']}', 99),
	'{"a": ' . nested('{"$not": ', '{"$gt": 1}', '}', 197) . '}',
	'{"a": ' . nested('{"$elemMatch": ', '{"$gt": 1}', '}', 197) . '}',
	'{"$expr": ' . nested('{"$add": [1, ', '1', ']}', 98) . '}',
	'{"$set": ' . nested('{"a": ', '1', '}', 198) . '}',
	'{"$set": {"c": ' . nested('{"a": ', '1', '}', 197) . '}}',
);
my $long_path = join('.', ('a') x 20000);
push @documents, qq({"$long_path": 1}), qq({"\$set": {"$long_path": 1}}),
	qq({"a": "\$$long_path"}), qq({"\$unset": {"$long_path": 1}}),
	qq({"\$expr": {"\$eq": ["\$$long_path", 1]}}),
	qq({"\$set": {") . join('.', ('a') x 250) . qq(": 1}}),
	qq({"\$set": {"c.) . join('.', ('a') x 100) . qq(": ) . nested('{"b": ', '1', '}', 120) . '}}';

my @values = (
	'{"$set": {"a": 2}}', '1', 'null', '"x"', '""', '[]', '[1]', '[null, {}]', 'true',
	'"$a"', '"$a.b\\u0000.cccccccccccccccccccccccccccccccccccc.d"', '"$$ROOT"', '"$"', '"$$"',
	'"$a..b"', '"$$CURRENT.a.b"',
	'{"$numberDecimal": "NaN"}', '{"$numberDouble": "-Infinity"}', '{"$numberDouble": "-0.0"}',
	'{"$numberLong": "9223372036854775807"}', '{"$minKey": 1}', '{"$undefined": true}',
	'{"$regularExpression": {"pattern": "(", "options": "x"}}',
	'{"$oid": "000000000000000000000000"}', '{"$symbol": "s"}', '{"$code": ""}',
	'{"$dbPointer": {"$ref": "", "$id": {"$oid": "000000000000000000000000"}}}',
	'[{"$match": {"$nosuch": 1}}]', '[{"$nosuch": 1}]', '[{"$limit": -1}]', '[{}]',
	'[{"$group": {}}]', '[{"$set": {"a": {"$nosuch": 1}}}]', '[{"$unset": ""}]',
	'[{"$replaceWith": 1}]', '[{"$lookup": {"from": 1}}]', '[{"$unwind": "b"}]',
	'[{"insertOne": {}}, {"nosuch": 1}]', '[{"deleteMany": {"filter": {"$nosuch": 1}}}]',
	'{"$divide": [1, 0]}', '{"$add": ["x", {"$date": 0}]}', '{"$cond": [1]}',
	'{"$a": 1, "$b": 2}', nested('[', '1', ']', 199), nested('{"$abs": ', '1', '}', 199),
	nested('{"$add": [', '1', ']}', 99),
	'[{"$facet": {"a": []}}]', nested('{"$let": {"vars": {"x": 1}, "in": ', '"$$x"', '}}', 99),
	'[' . join(', ', ('{"$limit": 1}') x 1000) . ']',
);

my %arguments = (
	'bson' => [ map { quoted($_, 'bson') } @documents ],
	'bson_value' => [ map { quoted($_, 'bson_value') } @values,
		@documents[ grep { rand() < 0.3 } 0 .. $#documents ] ],
	'text' => [ map { quoted($_, 'text') } 'canary', '', '.', 'a.', '.a', 'canary.b', 'a..b',
		'$a', 'b.2.c', 'pg_catalog.pg_class', 'public.plain', 'docdb.collections', '"quoted"',
		"it's", 'system.x', 'new.collection', '*', 'x' x 300, 'é☆', '{"a": 1}', $long_path ],
	'bytea' => [ q('\x0500000000'::bytea), q('\x'::bytea), q('\x00'::bytea), q('\xffffffff'::bytea),
		q('\x10'::bytea), q('\x1001000000'::bytea), q('\x0300000000ff'::bytea) ],
	'bson[]' => [ q(ARRAY['{}'::bson, '{"_id": 1}']), q('{}'::bson[]), q('{NULL}'::bson[]),
		q(ARRAY[ARRAY['{}'::bson], ARRAY['{}'::bson]]), q(ARRAY['{"_id": 1}'::bson, '{"_id": 1}']),
		q('[5:5]={"{}"}'::bson[]) ],
	'bson_value[]' => [ q(ARRAY['1'::bson_value, '"x"']), q('{}'::bson_value[]),
		q('{NULL}'::bson_value[]), q(ARRAY[ARRAY['1'::bson_value]]),
		q('[5:5]={"1"}'::bson_value[]) ],
	'oid' => [ '0', '4294967295' ],
	'smallint' => [ '0::smallint', '(-32768)::smallint' ],
	'bigint' => [ '1', '0', '-1', '9223372036854775807', '(-9223372036854775808)' ],
	'integer' => [ '1', '0', '-1', '2147483647', '(-2147483648)' ],
	'boolean' => [ 'true', 'false' ],
	'double precision' => [ '1.5', q('NaN'), q('-Infinity'), q('-0'), '1e308', '5e-324' ],
	'numeric' => [ '1.5', q('NaN'), q('Infinity'), '1e6144', '1e6145', '1e-6176', '1e-9999',
		"'" . '9' x 100 . "'" ],
	'timestamp with time zone' => [ 'now()', q('infinity'), q('-infinity'), q('4713-01-01 BC'),
		q('294276-12-31') ],
	'uuid' => [ q('00000000-0000-0000-0000-000000000000') ],
	'jsonb' => [ q('{}'), q('1'), q('"x"'), q('[[]]'), q('{"$oid": 1}'), q('{"a": 1e400}'),
		q('{"$numberDecimal": "x"}'), "'" . nested('[', '1', ']', 1000) . "'" ],
	'json' => [ q('{}'), q('1'), q('{"a": 1, "a": 2}'), q('{"a": 1e400}'),
		"'" . nested('{"a":', '1', '}', 1000) . "'" ],
	'regclass' => [ q('canary'), '0', '1', q('pg_class'), q('canary_pkey'), '4294967295' ],
	'tid' => [ q('(0,1)'), q('(0,0)'), q('(4294967295,65535)') ],
	'name' => [ q('canary'), q('') ],
	'cstring' => [ q('{}'), q(''), q('{'), q('{"a": }'), q('nul'), q('{"$oid": "x"}') ],
	'anyelement' => [ '1', q('x'::text), q('{1,2}'::int[]), q('{"a": 1}'::jsonb), 'now()',
		q('(1,2)'::point), q(ROW(1, 'x', NULL)), q('infinity'::date), q('{NULL}'::text[]),
		q{'[1,2)'::int4range}, q('{}'::bson), q('{{1},{2}}'::int[]), q('1 mon'::interval),
		'0::oid' ],
	'internal' => ['NULL'],
);

# ---- What is called ----

$node->safe_psql('postgres', q{
	CREATE TABLE plain (a int);
	SELECT docdb.insert_many('canary', array_agg(format(
		'{"_id": %s, "a": %s, "b": [%s, {"c": 1}], "s": "x%s"}', i, i, i, i)::bson))
	FROM generate_series(1, 50) AS i;
	SELECT docdb.create_index('canary', '{"a": 1}');
	ANALYZE canary;
	CREATE TABLE outcome (sql text, sqlstate text, message text);

	-- Runs SQL whose effects are undone; notes how it ended.
	CREATE PROCEDURE attempt(sql text) LANGUAGE plpgsql AS $$
	DECLARE
		outputs bytea[];
		output bytea;
		state text;
	BEGIN
		BEGIN
			EXECUTE sql INTO outputs;
			state := '00000';
			IF outputs IS NOT NULL THEN
				FOREACH output IN ARRAY outputs LOOP
					BEGIN
						IF output::bson::bytea <> output THEN
							state := 'other bytes';
						END IF;
					EXCEPTION WHEN SQLSTATE 'M000F' THEN
						NULL;	-- deeper than what can be read, but it cannot be stored
					WHEN OTHERS THEN
						state := 'no BSON: ' || SQLERRM;
					END;
				END LOOP;
			END IF;
			RAISE EXCEPTION USING ERRCODE = 'ZZZZZ';
		EXCEPTION WHEN OTHERS OR query_canceled OR assert_failure THEN
			IF SQLSTATE <> 'ZZZZZ' THEN
				state := SQLSTATE;
			END IF;
			INSERT INTO outcome VALUES (sql, state, SQLERRM);
		END;
	END $$;
});

my @functions = map { [ split /\|/ ] } split /\n/, $node->safe_psql('postgres', q{
	SELECT p.oid::regproc, p.prorettype::regtype,
		(SELECT string_agg(t::regtype::text, ';' ORDER BY n)
			FROM unnest(p.proargtypes) WITH ORDINALITY AS a(t, n))
	FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
	WHERE d.deptype = 'e'
		AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'docdb')
	ORDER BY p.oid::regprocedure::text COLLATE "C"
});
cmp_ok(scalar @functions, '>', 150, 'the catalog has functions');

my @sql;

sub add_call
{
	my ($name, $result, @arguments) = @_;
	my $call = "$name(" . join(', ', @arguments) . ')';

	if ($result eq 'bson')
	{
		push @sql, "SELECT array_agg(x::bytea) FROM (SELECT $call AS x) AS s WHERE x::text <> ''";
	}
	elsif ($result eq 'bson_value')
	{
		push @sql, 'SELECT array_agg(x::bson::bytea) FROM (SELECT docdb.bson_value_out(v) AS t,'
			. q( ('{"v": ' || v::text || '}')::bson AS x) . " FROM (SELECT $call AS v) AS s) AS s";
	}
	elsif ($result =~ /trigger|internal|void|cstring/)
	{
		push @sql, "SELECT NULL::bytea[] FROM (SELECT $call) AS s";
	}
	else
	{
		push @sql, "SELECT NULL::bytea[] FROM (SELECT $call AS x OFFSET 0) AS s WHERE x::text = ''";
	}
}

foreach my $function (@functions)
{
	my ($name, $result, $types) = @$function;
	my @types = split /;/, $types // '';
	my @pools;

	foreach my $type (@types)
	{
		fail("no arguments of type $type, for $name") unless $arguments{$type};
		push @pools, $arguments{$type} // ['NULL'];
	}
	my @usual = map { $_->[0] } @pools;
	my @places = 0 .. $#types;

	add_call($name, $result, @usual);
	add_call($name, $result, map { "NULL::$_" } @types) if @types;
	foreach my $place (@places)
	{
		foreach my $argument ("NULL::$types[$place]", @{ $pools[$place] })
		{
			my @arguments = @usual;
			$arguments[$place] = $argument;
			add_call($name, $result, @arguments);
		}
	}
	next if @types < 2;
	add_call($name, $result, map { $_->[ int(rand(@$_)) ] } @pools) for 1 .. $calls;
}

# Functions on the state of aggregates, called outside of them and one after another.
my @steps = grep { $_->[1] eq 'internal' && $_->[0] =~ /_step$/ } @functions;
my @ends = grep { $_->[0] =~ /_(?:final|write)$/ } @functions;
foreach my $step (@steps)
{
	push @sql, "SELECT NULL::bytea[] FROM (SELECT $_->[0]($step->[0](NULL, '1'))) AS s"
		foreach @ends[ map { int(rand(@ends)) } 1 .. 3 ];
}

# What checks the outcome must see what is wrong.
push @sql, 'SELECT ARRAY[$x$\x0500000001$x$::bytea]',
	q{SELECT * FROM (SELECT lo_get(0)) AS s, plain WHERE ctid = '(0,0)'};

# Operators where the planner sees them, with and without an index and statistics.
foreach my $argument (@{ $arguments{bson} })
{
	push @sql, "SELECT array_agg(doc::bytea) FROM canary WHERE doc @@ $argument",
		"SELECT array_agg(doc::bytea) FROM canary WHERE doc @@ '{\"a\": 1}' AND doc @@ $argument",
		"SELECT array_agg(doc::bytea) FROM (SELECT doc FROM canary ORDER BY doc <~> $argument) s",
		"SELECT array_agg(doc::bytea) FROM canary WHERE doc >= $argument",
		"SELECT array_agg(doc::bytea) FROM (SELECT docdb.find('canary', $argument) AS doc) AS s",
		"SELECT array_agg(doc::bytea) FROM (SELECT docdb.find('canary', '{}', $argument) AS doc) s",
		"SELECT array_agg(doc::bytea) FROM docdb.find('canary', sort => $argument) AS doc";
}

# Casts, from what the arguments are to all types there are casts to.
my @casts = map { [ split /\|/ ] } split /\n/, $node->safe_psql('postgres', q{
	SELECT castsource::regtype, casttarget::regtype FROM pg_cast
	WHERE 'bson'::regtype IN (castsource, casttarget)
		OR 'bson_value'::regtype IN (castsource, casttarget)
});
foreach my $cast (@casts)
{
	my ($source, $target) = @$cast;
	push @sql, "SELECT NULL::bytea[] FROM (SELECT ($_)::${source}::${target} AS x) AS s"
		. ' WHERE x::text IS NULL' foreach 'NULL', @{ $arguments{$source} // [] };
}

# ---- The calls, all in one session ----

my $before = $node->safe_psql('postgres', 'SELECT md5(docdb.find(\'canary\')::text) FROM canary');
my $file = $node->basedir . '/calls.sql';
open my $out, '>', $file or die "could not write $file: $!";
print $out "SET statement_timeout = '20s'; SET client_min_messages = error; BEGIN;\n";
foreach (@sql)
{
	die "a call has the quotes" if /\$call\$/;
	print $out "CALL attempt(\$call\$$_\$call\$);\n";
}
print $out "SAVEPOINT s; SELECT docdb.find('canary', '{\"\$nosuch\": 1}'); ROLLBACK TO s;\n",
	"SELECT docdb.insert_one('canary', '{\"_id\": 1000}');\n",
	"DELETE FROM canary WHERE _id = '1000'; COMMIT;\n";
close $out or die "could not write $file: $!";
my $log_start = -s $node->logfile;
my ($status, $stdout, $stderr) = $node->psql('postgres', "\\i $file", on_error_stop => 0);
is($status, 0, 'the session survives all calls');
my @errors = $stderr =~ /ERROR:  .*/g;
is("@errors", 'ERROR:  unknown top level operator: $nosuch',
	'only what is meant to, ends in an error');

my $count = $node->safe_psql('postgres', 'SELECT count(*) FROM outcome');
is($count, scalar @sql, 'every call was made');
my $some = $node->safe_psql('postgres', q{
	SELECT string_agg(sqlstate || ' ' || n, ', ' ORDER BY n DESC) FROM
		(SELECT sqlstate, count(*) AS n FROM outcome GROUP BY 1 ORDER BY 2 DESC LIMIT 8) AS s
});
note($some);
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM outcome WHERE sqlstate = '00000'"), '>',
	$count / 10, 'many calls succeed');
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM outcome WHERE sqlstate ~ '^M'"), '>',
	$count / 10, 'many have an error with a code of MongoDB');
is($node->safe_psql('postgres', q{
		SELECT left(sqlstate, 7) FROM outcome WHERE sql LIKE 'SELECT ARRAY%'
	}), 'no BSON', 'a result that is no document is seen');
is($node->safe_psql('postgres', q{
		SELECT left(sql, 400), sqlstate, message FROM outcome
		WHERE sqlstate !~ '^(00000|0A000|[2-4][0-9A-Z]{4}|54000|54001)$'
			AND (docdb.error_info(sqlstate)).code IS NULL AND sql NOT LIKE 'SELECT ARRAY%'
		ORDER BY sqlstate, sql LIMIT 20
	}), '', 'errors say what is wrong, and results are documents') or diag("DOCDB_SEED=$seed");
is($node->safe_psql('postgres', 'SELECT md5(docdb.find(\'canary\')::text) FROM canary'), $before,
	'the data is what it was');

# ---- Trigger functions where they do not belong ----

foreach my $function ('collection_trigger', 'collections_changed')
{
	foreach my $when ('BEFORE INSERT ON plain FOR EACH ROW', 'AFTER INSERT ON plain FOR EACH ROW',
		'BEFORE INSERT ON plain FOR EACH STATEMENT', 'AFTER INSERT ON canary FOR EACH ROW',
		'BEFORE INSERT ON canary FOR EACH STATEMENT', 'BEFORE INSERT ON nothing FOR EACH ROW')
	{
		my $table = $when =~ /(plain|canary|nothing)/ ? $1 : '';
		my $row = $table eq 'nothing' ? 'DEFAULT VALUES' : $table eq 'plain' ? 'VALUES (1)' :
			q[VALUES ('1000', '{"_id": 1000}')];
		like(sqlstate_of($node, 'postgres', qq{
			BEGIN; CREATE TABLE nothing ();
			CREATE TRIGGER t $when EXECUTE FUNCTION docdb.$function(); INSERT INTO $table $row}),
			qr/^(?:39P01|M0021)$/, "trigger: docdb.$function $when");
	}
}

# ---- Depth ----

# The bytes of so many documents in each other.
sub nested_bytes
{
	my ($levels) = @_;
	my $inner = pack('V', 5) . "\0";

	return join('', map { pack('V', 5 + 8 * $_) . "\x03a\0" } reverse 1 .. $levels)
		. $inner . "\0" x $levels;
}

foreach my $case (
	[ 'text, documents', q(repeat('{"a":', 20000) || '1' || repeat('}', 20000)), 'bson' ],
	[ 'text, arrays', q(repeat('[', 20000) || repeat(']', 20000)), 'bson_value' ],
	[ 'text without an end', q(repeat('[', 2000000)), 'bson_value' ],
	[ 'text, wrappers', q(repeat('{"$code": "", "$scope":', 20000) || '1'), 'bson_value' ],
	[ 'text, 201 levels', q(repeat('{"a":', 201) || '1' || repeat('}', 201)), 'bson' ])
{
	my ($name, $text, $type) = @$case;
	is(sqlstate_of($node, 'postgres', "SELECT ($text)::$type"), 'M000F', "depth: $name");
}
is(sqlstate_of($node, 'postgres', q{SELECT docdb.size((repeat('{"a":', 200) || '1'
	|| repeat('}', 200))::bson)}), '00000', 'depth: 200 levels are fine');
foreach my $levels (198, 199, 200, 20000)
{
	my $hex = unpack('H*', nested_bytes($levels));
	is(sqlstate_of($node, 'postgres', "SELECT docdb.size('\\x$hex'::bytea::bson)"),
		$levels < 200 ? '00000' : 'M000F', "depth: $levels levels of binary in a document");
}
foreach my $sql (
	"docdb.find('canary', FILTER)",
	"docdb.update_one('canary', '{}', FILTER)",
	"docdb.find('canary', '{}', FILTER)",
	"docdb.find('canary', sort => FILTER)",
	"docdb.eval(FILTER, '{}')")
{
	foreach my $inner (q(repeat('{"$and": [', 20000)), q('{"a": ' || repeat('{"$not": ', 20000)),
		q(repeat('{"$set": ', 20000)), q(repeat('{"$add": [', 20000)))
	{
		my $type = $sql =~ /update|eval/ ? 'bson_value' : 'bson';
		my $call = $sql =~ s/FILTER/($inner)::$type/r;
		is(sqlstate_of($node, 'postgres', "SELECT $call"), 'M000F', "depth: $call");
	}
}

# What expressions and updates make may be deeper than what can be read, but is not stored.
my $deep = q{(repeat('{"a":', 199) || '1' || repeat('}', 199))::bson};
$node->safe_psql('postgres', "SELECT docdb.insert_one('deep', $deep)");
foreach my $call (
	q{docdb.update_one('deep', '{}', '[{"$set": {"b.c.d": "$a"}}]')},
	q{docdb.update_many('deep', '{}', '[{"$set": {"b.c.d": "$a"}}]')},
	q{docdb.update_one('deep', '{}', '{"$rename": {"a": "b.c.d"}}')},
	q{docdb.find_one_and_update('deep', '{}', '[{"$replaceWith": {"b": {"c": "$$ROOT"}}}]')},
	q{docdb.insert_one('deep', docdb.add_fields(doc, '{"b": {"c": {"d": "$a"}}}')) FROM deep},
	q{docdb.insert_many('deep', ARRAY[docdb.add_fields(doc, '{"b": {"c": {"d": "$a"}}}')])
		FROM deep},
	q{docdb.insert_one('deep', docdb.eval('{"b": {"c": "$$ROOT"}}', doc)::bson) FROM deep})
{
	is(sqlstate_of($node, 'postgres', "SELECT $call"), 'M000F',
		"depth: not stored: $call");
}
is(sqlstate_of($node, 'postgres', q{UPDATE deep SET doc = docdb.add_fields(doc,
	'{"b": {"c": {"d": "$a"}}}')}), 'M000F', 'depth: nor by UPDATE');
is($node->safe_psql('postgres', 'SELECT count(doc::text::bson) FROM deep'), '1',
	'depth: all that is stored can be read');

# ---- Size ----

my $size_sql = q{
	CREATE FUNCTION large(size int) RETURNS bson LANGUAGE sql AS
		$$ SELECT format('{"_id": "l", "s": "%s"}', repeat('x', size - 24))::bson $$;
};
$node->safe_psql('postgres', $size_sql);
my $limit = 16 * 1024 * 1024;
is($node->safe_psql('postgres', "SELECT docdb.size(large($limit))"), $limit, 'size: 16 MiB');
foreach my $case (
	[ "docdb.insert_one('large', large($limit))", '00000', 'is inserted' ],
	[ "docdb.insert_one('large', large($limit + 1))", 'M07Z2', 'one byte more is not' ],
	[ "docdb.insert_many('large', ARRAY[large($limit + 1)])", 'M07Z2', 'nor by insert_many' ],
	[ "docdb.insert_one('large', ('{\"s\": \"' || repeat('x', $limit - 29) || '\"}')::bson)",
		'M07Z2', 'the _id that is added counts' ],
	[ "docdb.update_one('large', '{}', '{\"\$set\": {\"t\": 1}}')", 'M0DFV', 'nor can it grow' ],
	[ "docdb.replace_one('large', '{}', large($limit + 1))", 'M0DFV', 'nor be replaced by more' ],
	[ "docdb.update_one('large', '{\"_id\": 2}', large($limit + 1)::bson_value,"
			. "'{\"upsert\": true}')", 'M0009', 'an update without operators' ],
	[ "docdb.update_one('large', '{\"_id\": 2}', '[{\"\$set\": {\"a\": \"x\"}}]',"
			. "'{\"upsert\": true}')", '00000', 'a pipeline' ])
{
	my ($call, $sqlstate, $name) = @$case;
	is(sqlstate_of($node, 'postgres', "SELECT $call"), $sqlstate, "size: $name");
}
is(sqlstate_of($node, 'postgres', "INSERT INTO large (doc) VALUES (large($limit + 1))"), 'M07Z2',
	'size: nor by plain SQL');
is(sqlstate_of($node, 'postgres', "UPDATE large SET doc = large($limit + 1)"), 'M07Z2',
	'size: nor updated by plain SQL');
is($node->safe_psql('postgres', 'SELECT docdb.size(doc) FROM large WHERE _id = \'"l"\''), $limit,
	'size: the document is as it was');

# ---- Malformed binary through COPY ----

sub copy_binary
{
	my ($type, $bytes) = @_;
	my $copy_file = $node->basedir . '/binary';

	open my $to, '>:raw', $copy_file or die "could not write $copy_file: $!";
	print $to "PGCOPY\n\xff\r\n\0", pack('NN', 0, 0), pack('n', 1), pack('N', length $bytes),
		$bytes, pack('n', 0xffff);
	close $to;
	return sqlstate_of($node, 'postgres', "CREATE TEMP TABLE t (v $type);"
		. "COPY t FROM '$copy_file' (FORMAT binary)");
}

my $valid = pack('H*', $node->safe_psql('postgres', q{
	SELECT encode('{"d": 1.5, "s": "x", "a": [1],
		"b": {"$binary": {"base64": "AQ==", "subType": "0"}},
		"r": {"$regularExpression": {"pattern": "a", "options": "i"}}}'::bson::bytea, 'hex')}));
is(copy_binary('bson', $valid), '00000', 'binary: valid');
is(copy_binary('bson', substr($valid, 0, $_)), 'M000M', "binary: its first $_ bytes")
	foreach 0, 1, 4, 5, 20, length($valid) - 1;
is(copy_binary('bson', $valid . "\0"), 'M000M', 'binary: a byte more');
is(copy_binary('bson', nested_bytes(20000)), 'M000F', 'binary: 20,000 levels');
is(copy_binary('bson_value', "\x03" . nested_bytes(20000)), 'M000F', 'binary: of a value');
is(copy_binary('bson_value', $_), 'M000M', 'binary: value ' . unpack('H*', $_))
	foreach '', "\x00", "\x10", "\x10\0\0\0", "\x10\0\0\0\0\0", "\x02\xff\xff\xff\x7fa\0",
	"\x05", "\x77";

is(crashes_in_log($node, $log_start), '', 'no crash in the server\'s log');

$node->stop;
done_testing();
