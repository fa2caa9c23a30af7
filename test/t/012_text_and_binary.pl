# Documents on their way in and out: COPY in binary and text, dump and restore, and databases whose
# encoding is not UTF-8.

use strict;
use warnings;

use DocDBTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = docdb_node('main', extension => 0);

# All types, and characters that LATIN1 has and has not.
my $document = q({"double": 1.5, "string": "caf\u00e9 \u2606 \ud83d\ude00 \u0000\n", "\u00e9": 1,)
	. q( "array": [1, {"\u0024oid": "x"}], "old": {"$binary": {"base64": "AQID", "subType": "02"}},)
	. q( "undefined": {"$undefined": true}, "oid": {"$oid": "0102030405060708090a0b0c"},)
	. q( "bool": true, "date": {"$date": "2020-01-01T00:00:00Z"}, "null": null,)
	. q( "regex": {"$regularExpression": {"pattern": "^a", "options": "im"}},)
	. q( "pointer": {"$dbPointer": {"$ref": "r", "$id": {"$oid": "0102030405060708090a0b0c"}}},)
	. q( "code": {"$code": "f()"}, "symbol": {"$symbol": "s"}, "int": 7,)
	. q( "scoped": {"$code": "g()", "$scope": {"z": 1}}, "long": {"$numberLong": "8"},)
	. q( "timestamp": {"$timestamp": {"t": 1, "i": 2}}, "max": {"$maxKey": 1},)
	. q( "decimal": {"$numberDecimal": "1.50"}, "min": {"$minKey": 1}});

my %encodings = ('UTF8' => 'C.UTF-8', 'LATIN1' => 'C', 'SQL_ASCII' => 'C', 'EUC_JP' => 'C');
my $expected;

foreach my $encoding (qw(UTF8 LATIN1 SQL_ASCII EUC_JP))
{
	my $database = lc $encoding;
	my $copy = "$database copy";
	my $folder = $node->basedir;

	foreach my $name ($database, $copy)
	{
		$node->safe_psql('postgres', qq(CREATE DATABASE "$name" ENCODING '$encoding')
			. " LOCALE '$encodings{$encoding}' TEMPLATE template0");
	}
	$node->safe_psql($database, 'CREATE EXTENSION docdb');
	$node->safe_psql($database, qq{
		CREATE TABLE documents (doc bson, value bson_value, docs bson[]);
		INSERT INTO documents SELECT d, d -> 'string', ARRAY[d, '{}'] FROM (SELECT
			\$json\$$document\$json\$::bson) AS s(d);
		INSERT INTO documents VALUES ('{}', NULL, NULL),
			(('{"long": "' || repeat('x', 100000) || '"}')::bson, '1', '{}');
		CREATE TABLE copies (LIKE documents);
	});

	# The bytes are the same in every encoding.
	my $bytes = $node->safe_psql($database, 'SELECT doc::bytea FROM documents LIMIT 1');
	$expected //= $bytes;
	is($bytes, $expected, "$encoding: the same bytes");

	my $differ = q{SELECT count(*) FROM (SELECT ctid, doc::bytea, value::bytea, docs::text FROM
		documents EXCEPT SELECT ctid, doc::bytea, value::bytea, docs::text FROM copies) AS s};
	foreach my $format (qw(binary text csv))
	{
		$node->safe_psql($database, qq{
			TRUNCATE copies;
			COPY documents TO '$folder/$database.$format' (FORMAT $format);
			COPY copies FROM '$folder/$database.$format' (FORMAT $format);
		});
		is($node->safe_psql($database, $differ), '0', "$encoding: COPY in $format");
	}

	command_ok([ 'pg_dump', '-d', $node->connstr($database), '-f', "$folder/$database.sql" ],
		"$encoding: pg_dump");
	command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($copy), '-f',
		"$folder/$database.sql" ], "$encoding: restore");
	my $all = 'SELECT doc::bytea, value::bytea, docs::text FROM documents';
	is($node->safe_psql($copy, $all), $node->safe_psql($database, $all), "$encoding: restored");
}

# Text in the client's encoding.
{
	local $ENV{PGCLIENTENCODING} = 'LATIN1';
	is($node->safe_psql('latin1', qq{SELECT '{"caf\xe9": "\xfc"}'::bson}), qq({"caf\xe9": "\xfc"}),
		'LATIN1: text in and out');
	is($node->safe_psql('latin1', qq{SELECT '{"caf\xe9": "\xfc"}'::bson::bytea}),
		'\x1300000002636166c3a90003000000c3bc0000', 'LATIN1: stored as UTF-8');
	is($node->safe_psql('latin1', qq{SELECT '{"caf\xe9": "\xfc"}'::bson ->> 'caf\xe9'}), "\xfc",
		'LATIN1: paths and plain text');
	is($node->safe_psql('latin1', q{SELECT '{"a": "\u2606\u00e9\ud83d\ude00"}'::bson}),
		qq({"a": "\\u2606\xe9\\ud83d\\ude00"}), 'LATIN1: escapes of what it lacks');
	is(sqlstate_of($node, 'latin1', q{SELECT '{"a": "\u2606"}'::bson ->> 'a'}), '22P05',
		'LATIN1: no plain text of what it lacks');
	is($node->safe_psql('latin1', q{SELECT ('{"a": "\u2606"}'::bson ->> 'b') IS NULL}), 't',
		'LATIN1: no error where it is not asked for');
	is($node->safe_psql('utf8', qq{SELECT '{"caf\xe9": 1}'::bson}), qq({"caf\xe9": 1}),
		'UTF8: a client in LATIN1');
}
is(sqlstate_of($node, 'sql_ascii', qq{SELECT '{"a": "\xe9"}'::bson}), '22021',
	'SQL_ASCII: only UTF-8 is read');
is($node->safe_psql('sql_ascii', qq{SELECT '{"a": "\xc3\xa9"}'::bson}), qq({"a": "\xc3\xa9"}),
	'SQL_ASCII: UTF-8 goes through');

# Binary that is none.
my $file = $node->basedir . '/malformed';
foreach my $case ([ '05000000ff', 'M000M' ], [ '0500000000', '00000' ], [ '', 'M000M' ],
	[ '0c00000010610001000000', 'M000M' ])
{
	my ($hex, $sqlstate) = @$case;
	my $bytes = pack 'H*', $hex;

	open my $out, '>:raw', $file or die "could not write $file: $!";
	print $out "PGCOPY\n\xff\r\n\0", pack('NN', 0, 0), pack('n', 1),
		pack('N', length $bytes), $bytes, pack('n', 0xffff);
	close $out;
	is(sqlstate_of($node, 'utf8', "CREATE TEMP TABLE t (doc bson);"
		. "COPY t FROM '$file' (FORMAT binary)"), $sqlstate, "COPY of binary $hex");
}

$node->stop;
done_testing();
