# Random documents: Extended JSON as we write and read it against libbson's, and what is valid
# BSON; then damaged text and damaged bytes.
#
# DOCDB_SEED repeats a run, DOCDB_DOCUMENTS sets how many documents are tried.

use strict;
use warnings;

use DocDBTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $module = "$ENV{TESTDIR}/test/modules/libbson_oracle/libbson_oracle.so";
my $seed = $ENV{DOCDB_SEED} // int(rand(2**31));
my $documents = $ENV{DOCDB_DOCUMENTS} // 5000;

plan skip_all => 'libbson is not installed' if !-e $module;
srand($seed);
note("DOCDB_SEED=$seed");

# ---- Documents, as BSON ----

my @pieces = (
	'a', 'Z', '0', ' ', '/', '"', '\\', "\b", "\f", "\n", "\r", "\t", "\x01", "\x1f", "\x7f",
	"\xc3\xa9", "\xe2\x98\x86", "\xf0\x9f\x98\x80", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf", "'", '$',
	'{"$oid": "', '12345678', 'abcdefgh' x 3);
# libbson takes $type, $regex and $options for the old forms of Extended JSON.
my @names = ('a', 'b', 'name', '', 'a.b', '$', '$x', '$gt', '$ref', '$id', "\xc3\xa9", "k\"\\\n",
	'a longer name', '0', '$oidx', 'subType');

our $in_scope = 0;

sub random_string
{
	my ($nul) = @_;
	my $length = pick(0, 1, 2, 3, 7, 8, 9, 20);

	return join '', map { $nul && rand() < 0.02 ? "\0" : pick(@pieces) } 1 .. $length;
}

sub random_int64
{
	my $i = pick(0, 1, -1, 42, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**53 + 1,
		9223372036854775807, int(rand(2**40)));

	return pick($i, -$i, int(rand(1000)));
}

sub random_double
{
	return pick(0, 0.0 * -1, 1, -1, 0.1, 1.5, 1e15, 1e16, 1e22, 1e23, 1e300, 5e-324,
		2.2250738585072014e-308, 1.7976931348623157e308, 9007199254740993, rand(), rand() * 1e6,
		unpack('d<', pack('Q<', int(rand(2**62)))), 9**9**9, -9**9**9);
}

sub sized
{
	my ($string) = @_;

	return pack('l<', length($string) + 1) . $string . "\0";
}

sub random_container
{
	my ($depth, $is_array) = @_;
		my $count = pick(0, 1, 1, 2, 3, 5);
	my $body = '';

	foreach my $i (0 .. $count - 1)
	{
		my ($type, $payload);

		# libbson does not read codes and DBPointers in arrays, nor codes in scopes.
		do
		{
			($type, $payload) = random_value($depth + 1);
		} while ($is_array && $type == 12
			|| ($is_array || $in_scope) && ($type == 13 || $type == 15));

		$body .= chr($type) . ($is_array ? $i : pick(@names)) . "\0" . $payload;
	}
	return pack('l<', length($body) + 5) . $body . "\0";
}

sub random_value
{
	my ($depth) = @_;
	my $type = pick(1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 16, 17,
		18, 18, 19, 0x7f, 0xff);

	$type = 2 if $depth > 6 && ($type == 3 || $type == 4 || $type == 15);
	return ($type, pack('d<', random_double())) if $type == 1;
	# libbson ends codes, symbols and DBPointers at a NUL.
	return ($type, sized(random_string($type == 2))) if $type == 2 || $type == 13 || $type == 14;
	return ($type, random_container($depth, $type == 4)) if $type == 3 || $type == 4;
	return ($type, pack('C', pick(0, 1))) if $type == 8;
	return ($type, pack('l<', pick(0, 1, -1, 2**31 - 1, -2**31, int(rand(2**31))))) if $type == 16;
	return ($type, pack('q<', random_int64())) if $type == 18;
	# libbson writes years past 9999 in ISO format too.
	return ($type, pack('q<', pick(0, 1, 999, 1000, -1, 253402300799999, -62135596800000,
		int(rand(253402300800000)), -int(rand(2**50))))) if $type == 9;
	return ($type, pack('L<L<', int(rand(2**32)), int(rand(2**32)))) if $type == 17;
	return ($type, join '', map { chr(int(rand(256))) } 1 .. 12) if $type == 7;
	return ($type, random_decimal()) if $type == 19;
	return ($type, '') if $type == 6 || $type == 10 || $type == 0x7f || $type == 0xff;
	if ($type == 5)
	{
		my $data = join '', map { chr(int(rand(256))) } 1 .. pick(0, 1, 2, 3, 4, 16, 30);
		my $subtype = pick(0, 1, 2, 3, 4, 5, 6, 0x80, 0xff);

		$data = pack('l<', length $data) . $data if $subtype == 2;
		return ($type, pack('l<C', length($data), $subtype) . $data);
	}
	if ($type == 11)
	{
		my $options = join '', grep { rand() < 0.3 } qw(i l m s u x);

		return ($type, random_string(0) . "\0$options\0");
	}
	return ($type, sized(random_string(0)) . join '', map { chr(int(rand(256))) } 1 .. 12)
		if $type == 12;
	local $in_scope = 1;
	my $code = sized(random_string(0)) . random_container($depth, 0);

	return ($type, pack('l<', length($code) + 4) . $code);
}

# A coefficient of at most 34 digits, where each has one representation.
sub random_decimal
{
	my $sign = pick(0, 1);
	my $exponent = pick(0, 1, -1, -6, -7, 6111, -6176, int(rand(12000)) - 6000);
	my ($high, $low) = pick([ 0, int(rand(2**62)) ], [ 0, 0 ], [ 0, int(rand(100)) ],
		[ int(rand(2**48)), int(rand(2**62)) ]);

	return pack('Q<Q<', 0, 0x78 << 56 | $sign << 63) if rand() < 0.05;
	return pack('Q<Q<', $low, $sign << 63 | ($exponent + 6176) << 49 | $high);
}

# ---- The comparisons ----

my $node = docdb_node('main');

sub query
{
	return $node->safe_psql('postgres', $_[0]);
}

# Tests that a query finds nothing; a few of the rows it found are shown.
sub none
{
	my ($what, $sql) = @_;
	my @rows = split /\n/, query("$sql LIMIT 5");

	is(scalar @rows, 0, $what)
		or diag("DOCDB_SEED=$seed\n", map { substr($_, 0, 2000) . "\n" } @rows);
}

query(qq{
	CREATE FUNCTION oracle_to_json(bytea, boolean) RETURNS text AS '$module' LANGUAGE C STRICT;
	CREATE FUNCTION oracle_from_json(text) RETURNS bytea AS '$module' LANGUAGE C STRICT;
	CREATE FUNCTION oracle_is_valid(bytea) RETURNS boolean AS '$module' LANGUAGE C STRICT;
	CREATE FUNCTION oracle_squeeze(text) RETURNS text AS '$module' LANGUAGE C STRICT;
	CREATE TABLE documents (i integer, bytes bytea);
});
query(q{
	CREATE FUNCTION read_text(json text) RETURNS bytea LANGUAGE plpgsql AS $$
	BEGIN
		RETURN json::bson::bytea;
	EXCEPTION WHEN OTHERS THEN
		RETURN NULL;
	END $$;
	-- Why bytes are no valid document, or NULL.
	CREATE FUNCTION problem(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM bytes::bson;
		RETURN NULL;
	EXCEPTION WHEN OTHERS THEN
		RETURN format('%s: %s', SQLSTATE, SQLERRM);
	END $$;
	-- The digits of doubles are not compared as text: libbson writes 20 of them, we the shortest
	-- that read back.
	CREATE FUNCTION without_doubles(json text) RETURNS text LANGUAGE sql AS $$
		SELECT regexp_replace(regexp_replace(oracle_squeeze(json),
			'-?[0-9]+(\.[0-9]+(e[-+]?[0-9]+)?|e[-+]?[0-9]+)', 'DOUBLE', 'gi'),
			'"\$numberDouble":"-?[0-9]+"', '"$numberDouble":"DOUBLE"', 'g')
	$$;
});
for (my $i = 0; $i < $documents; $i += 500)
{
	my $last = $i + 500 < $documents ? $i + 499 : $documents - 1;

	query('INSERT INTO documents VALUES ' . join ', ', map { "($_, '\\x"
		. unpack('H*', random_container(0, 0)) . "')" } $i .. $last);
}

none('every document is valid', 'SELECT i, bytes FROM documents WHERE problem(bytes) IS NOT NULL');
none('libbson finds them valid', 'SELECT i, bytes FROM documents WHERE NOT oracle_is_valid(bytes)');
query(q{
	CREATE TABLE texts AS SELECT i, bytes, docdb.to_canonical_json(doc) AS canonical,
		docdb.to_relaxed_json(doc) AS relaxed, doc::text AS lossless,
		oracle_to_json(bytes, false) AS oracle_canonical,
		oracle_to_json(bytes, true) AS oracle_relaxed
	FROM (SELECT i, bytes, bytes::bson AS doc FROM documents) AS s
});

none('canonical text is libbson\'s', q{
	SELECT i, canonical, oracle_canonical FROM texts
	WHERE without_doubles(canonical) IS DISTINCT FROM without_doubles(oracle_canonical)});
none('relaxed text is libbson\'s', q{
	SELECT i, relaxed, oracle_relaxed FROM texts
	WHERE without_doubles(relaxed) IS DISTINCT FROM without_doubles(oracle_relaxed)});
none('canonical text is read back', q{
	SELECT i, canonical FROM texts WHERE read_text(canonical) IS DISTINCT FROM bytes});
none('bson\'s text is read back', q{
	SELECT i, lossless FROM texts WHERE read_text(lossless) IS DISTINCT FROM bytes});
none('libbson\'s canonical text is read', q{
	SELECT i, bytes, oracle_canonical FROM texts
	WHERE read_text(oracle_canonical) IS DISTINCT FROM bytes});
none('libbson reads canonical text', q{
	SELECT i, bytes, canonical FROM texts
	WHERE oracle_from_json(canonical) IS DISTINCT FROM bytes});
none('libbson reads bson\'s text', q{
	SELECT i, bytes, lossless FROM texts WHERE oracle_from_json(lossless) IS DISTINCT FROM bytes});
none('relaxed text is read alike', q{
	SELECT i, relaxed FROM texts
	WHERE read_text(relaxed) IS DISTINCT FROM oracle_from_json(relaxed)});

# ---- Damage ----

query(q{
	-- Some characters at a random place replaced by another.
	CREATE FUNCTION damage(json text) RETURNS text LANGUAGE sql VOLATILE AS $$
		SELECT overlay(json PLACING substr('{}[]":,\\$0123456789abcdefuE+-. tn',
			ceil(random() * 38)::int, floor(random() * 2)::int)
			FROM ceil(random() * length(json))::int FOR floor(random() * 3)::int)
	$$;
	CREATE FUNCTION damage(bytes bytea) RETURNS bytea LANGUAGE sql VOLATILE AS $$
		SELECT set_byte(bytes, floor(random() * length(bytes))::int,
			(ARRAY[0, 1, 2, 3, 4, 5, 8, 12, 16, 127, 255, 16 + floor(random() * 240)::int])
				[ceil(random() * 12)::int])
	$$;
});
my $fraction = $seed / 2**31;
query(qq{
	SELECT setseed($fraction);
	CREATE TABLE damaged_texts AS SELECT i, json, read_text(json) AS ours,
		oracle_from_json(json) AS theirs
	FROM (SELECT i, damage(CASE n % 2 WHEN 0 THEN canonical ELSE lossless END) AS json
		FROM texts, generate_series(1, 4) AS n) AS s;
	CREATE TABLE damaged_bytes AS SELECT i, bytes, problem(bytes) AS problem,
		oracle_is_valid(bytes) AS theirs
	FROM (SELECT i, damage(bytes) AS bytes FROM texts, generate_series(1, 4)
		WHERE canonical NOT LIKE '%\$scope%') AS s;
});
note('damaged texts that are read: ' . query(
	'SELECT count(ours), count(theirs), count(*) FROM damaged_texts'));
note('damaged bytes that are valid: ' . query(q{SELECT count(*) FILTER (WHERE problem IS NULL),
	count(*) FILTER (WHERE theirs), count(*) FROM damaged_bytes}));
# libbson drops options of regular expressions that it does not know or that are there twice, and
# ends codes and the like at a NUL; integers past 64 bits wrap round or are refused.
none('what both read is the same', q{
	SELECT i, json, ours, theirs FROM damaged_texts
	WHERE ours <> theirs AND json !~ '"options": "[^"]*([^ilmsux"]|(.)[^"]*\2)'
		AND json !~ '\\\\u0000|\d{19}'});
# It takes at most three digits of a fraction of a second.
none('what we read, libbson reads', q{
	SELECT i, json, ours FROM damaged_texts
	WHERE ours IS NOT NULL AND theirs IS NULL AND json !~ ':\d\d\.\d{4,}Z|\d{19}'});
none('what we find valid, libbson does', q{
	SELECT i, bytes FROM damaged_bytes WHERE problem IS NULL AND NOT theirs});
# It looks neither at every byte of a character, nor at the NUL of documents inside and whether they
# have room for one, nor into scopes.
none('what libbson finds valid, we do', q{
	SELECT i, bytes, problem FROM damaged_bytes
	WHERE theirs AND problem IS NOT NULL AND problem
		!~ 'not UTF-8$|(document without a final NUL|invalid document length)$'});

$node->stop;
done_testing();
