# Random documents, wildcard indexes and filters: what a scan of a GIN index returns is what a scan
# of the table returns, also while others write and VACUUM.
#
# DOCDB_SEED repeats a run, DOCDB_ROUNDS sets how many tables are tried; each has one index and
# sixty filters, so that 170 rounds are 10,000 combinations.

use strict;
use warnings;

use DocDBTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{DOCDB_SEED} // int(rand(2**31));
my $rounds = $ENV{DOCDB_ROUNDS} // 20;
my $filters = 60;
srand($seed);
note("DOCDB_SEED=$seed");

# ---- Values, as Extended JSON ----

my $long = 'long' x 20;
my @words =
  ('"x"', '"X"', '"y"', '"xy"', '"xyz"', '""', qq("$long"), qq("${long}y"), qq("${long}yy"));
my @others = (
	'true', 'false', '1.5', '{"$numberDouble": "NaN"}', '{"$numberDouble": "-0"}',
	'{"$numberDecimal": "2.50"}', '{"$numberLong": "9007199254740993"}',
	'{"$date": {"$numberLong": "7"}}', '{"$oid": "000000000000000000000001"}',
	'{"$binary": {"base64": "AQ==", "subType": "00"}}', '{"$minKey": 1}', '{"$maxKey": 1}',
	'{"$timestamp": {"t": 1, "i": 2}}', '{"$code": "x"}', '{"$symbol": "x"}');
my @regexes = map { qq({"\$regularExpression": {"pattern": "$_->[0]", "options": "$_->[1]"}}) }
  ([ '^x', '' ], [ '^xy*', '' ], [ 'y$', '' ], [ '^X', 'i' ], [ "^$long", '' ]);

sub scalar_value
{
	my $how = int(rand(13));

	return 'null' if $how == 0;
	return pick(@words) if $how < 5;
	return int(rand(6)) - 1 if $how < 11;
	return pick(@others);
}

sub document_value
{
	my ($depth) = @_;
	my @fields = map { '"' . pick('a', 'a', 'a', 'b', 'b', 'c', pick('0', '1', 'b.c', '')) . '": '
		  . value($depth - 1) } 1 .. 1 + int(rand(4)) - (rand() < 0.1 ? 1 : 0);

	return '{' . join(', ', @fields) . '}';
}

sub value
{
	my ($depth) = @_;
	my $how = $depth > 0 ? int(rand(12)) : 0;

	return $how == 1 ? pick($regexes[0], '{"$undefined": true}') : scalar_value() if $how < 6;
	return document_value($depth) if $how < 8;
	return '[' . join(', ', map { value($depth - 1) } 1 .. int(rand(4))) . ']';
}

# Filters may not have undefined for an operand, and a regex only for some.
sub operand
{
	my $value;

	$value = value(rand() < 0.2 ? 2 : 0) while !defined $value || $value =~ /undefined|regular/;
	return $value;
}

# ---- Filters ----

sub path
{
	return join '.', map { pick('a', 'a', 'a', 'b', 'b', 'c', pick('0', '1', 'c')) }
	  1 .. pick(1, 1, 1, 2, 2, 3);
}

sub comparison
{
	my ($how) = int(rand(18));

	return qq("\$eq": ) . operand() if $how < 4;
	return qq("\$) . pick('gt', 'gte', 'lt', 'lte') . qq(": ) . operand() if $how < 8;
	return qq("\$in": [) . join(', ', map { rand() < 0.15 ? pick(@regexes) : operand() }
			1 .. int(rand(4))) . ']'
	  if $how < 10;
	return qq("\$exists": ) . pick('true', 'true', 'false') if $how == 10;
	return qq("\$type": ) . pick('"number"', '"string"', '"null"', '"array"', '"object"', '"int"',
		'"bool"', '["string", "date"]', '"undefined"', '["array", "double"]', '"minKey"')
	  if $how == 11;
	return qq("\$regex": ") . pick('^x', '^xy?', '^long', 'y$', '^x|y', '^') . '"' if $how == 12;
	return qq("\$size": @{[int(rand(3))]}) if $how == 13;
	return qq("\$all": [) . join(', ', map { operand() } 1 .. pick(1, 2)) . ']' if $how == 14;
	return qq("\$elemMatch": {) . elements() . '}' if $how == 15;
	return qq("\$not": {) . comparison() . '}' if $how == 16;
	return pick('"$ne": ' . operand(), '"$nin": [' . operand() . ']', '"$mod": [2, 0]');
}

# Several conditions on one field; a document has each operator once.
sub conditions
{
	my %seen;

	return join ', ', grep { /^"(\$\w+)"/ && !$seen{$1}++ }
	  map { comparison() } 1 .. pick(1, 1, 1, 2);
}

# What $elemMatch may hold: conditions on the element, or a filter.
sub elements
{
	return rand() < 0.5 ? conditions() : fields(1);
}

sub fields
{
	my ($depth) = @_;
	my %seen;
	my @parts = map { qq("$_": ) . (rand() < 0.3 ? operand() : '{' . conditions() . '}') }
	  grep { !$seen{$_}++ } map { path() } 1 .. pick(1, 1, 1, 2);

	push @parts, '"$' . pick('or', 'or', 'and', 'nor') . '": ['
	  . join(', ', map { '{' . fields($depth - 1) . '}' } 1 .. pick(1, 2, 3)) . ']'
	  if $depth > 0 && rand() < 0.35;
	return join ', ', @parts;
}

# ---- Indexes ----

my $collation = '{"locale": "en", "strength": 2}';

sub index_options
{
	my @options;
	my $which = int(rand(10));

	if ($which < 2)
	{
		push @options, 'keys = \'{"' . pick('a', 'a.b', 'b.a') . '.$**": 1}\'';
	}
	elsif ($which < 6)
	{
		push @options, "projection = '"
		  . pick('{"a": 1}', '{"a.b": 1, "c": true}', '{"a": {"b": 1, "c": 1}, "_id": 1}',
			'{"a": 0}', '{"a.b": 0, "b": false, "_id": 1}', '{"a": {"a": 0}}', '{"_id": 1}') . "'";
	}
	push @options, "partial = '" . pick('{"a": {"$gt": 1}}', '{"b": {"$exists": true}}',
		'{"a": {"$type": "number"}, "b": {"$lte": 3}}') . "'"
	  if rand() < 0.2;
	push @options, "collation = '$collation'" if rand() < 0.2;
	return @options ? '(' . join(', ', @options) . ')' : '';
}

# ---- The server's part ----

my $node = docdb_node('random', conf => "fsync = off\nautovacuum = off\njit = off\n");

$node->safe_psql('postgres', <<'SQL');
CREATE TABLE scans AS SELECT 0 AS scans, 0 AS matched, 0 AS refused;
CREATE TABLE reports (kind text, filter text, message text);

-- The rows that an operator returns: their ids.
CREATE FUNCTION rows_of(operator text, filter text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('SELECT string_agg(id::text, '' '' ORDER BY id) FROM r
		WHERE doc OPERATOR(%s) %L AND doc OPERATOR(@@) %2$L', operator, filter) INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

CREATE FUNCTION found_ids(filter text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	SELECT string_agg((d -> '_id')::text, ' ' ORDER BY (d -> '_id')::text::int)
		FROM docdb.find('r', filter::bson) AS d INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

CREATE FUNCTION compare(filter text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	expected text;
	found text;
BEGIN
	SET LOCAL enable_bitmapscan = off;
	SET LOCAL enable_seqscan = on;
	expected := rows_of('@@', filter);
	UPDATE scans SET matched = matched + COALESCE(expected ~ '^[0-9]', false)::int,
		refused = refused + COALESCE(expected ~ '^M', false)::int;
	SET LOCAL enable_bitmapscan = on;
	SET LOCAL enable_seqscan = off;
	found := rows_of('@@', filter);
	IF found IS DISTINCT FROM expected THEN
		INSERT INTO reports VALUES ('bitmap scan', filter, expected || ' <> ' || found);
	END IF;

	-- A scan for the filter as it is, whatever the index can tell of it.
	found := rows_of('docdb.@@*', filter);
	IF found IS DISTINCT FROM expected THEN
		INSERT INTO reports VALUES ('whole filter', filter, expected || ' <> ' || found);
	END IF;

	-- A plan that was made for another filter.
	found := found_ids(filter);
	IF found IS DISTINCT FROM expected THEN
		INSERT INTO reports VALUES ('find', filter, expected || ' <> ' || found);
	END IF;
END $$;
SQL

sub documents
{
	my ($ids) = @_;

	return map { my $d = document_value(4); $d =~ s/^\{/{"_id": $_, /; $d =~ s/, \}$/}/; $d } @$ids;
}

sub new_filter
{
	my $filter = '{' . fields(2) . (rand() < 0.2 ? qq(, "\$collation": $collation) : '') . '}';

	$filter =~ s/'/''/g;
	return $filter;
}

# What went wrong, with the index it went wrong for.
sub check_reports
{
	my ($what, $stderr) = @_;
	my @errors = grep { /ERROR|FATAL|PANIC/ } split /\n/, $stderr;
	my $reports = $node->safe_psql('postgres',
		'SELECT kind, filter, message FROM reports LIMIT 5');

	return 0 if !@errors && $reports eq '';
	diag("index: $what\n$reports\n" . join("\n", grep { defined } @errors[ 0 .. 4 ]));
	$node->safe_psql('postgres', 'TRUNCATE reports');
	return 1;
}

my $combinations = 0;
my $failures = 0;
foreach my $round (1 .. $rounds)
{
	my $options = index_options();
	my $fastupdate = pick('on', 'off');
	my @script = (
		'DROP TABLE IF EXISTS r',
		'CREATE TABLE r (_id bson_value, id int GENERATED ALWAYS AS IDENTITY, doc bson)',
		"CREATE INDEX ri ON r USING gin (doc bson_ops $options) WITH (fastupdate = $fastupdate)",
		(map { "INSERT INTO r(doc) VALUES ('$_')" } documents([ 1 .. 100 ])),
		"UPDATE r SET _id = doc -> '_id'", 'DELETE FROM r WHERE id % 7 = 0',
		'INSERT INTO r(doc) VALUES (NULL)');

	push @script, 'REINDEX INDEX ri' if $round % 2;
	push @script, 'VACUUM r' if $round % 3 == 0;
	push @script, 'ANALYZE r' if $round % 5 == 0;
	foreach (1 .. $filters)
	{
		push @script, "SELECT compare('" . new_filter() . "')";
		$combinations++;
	}
	push @script, 'SELECT pg_stat_force_next_flush()', 'UPDATE scans SET scans = scans + idx_scan '
	  . "FROM pg_stat_all_indexes WHERE indexrelname = 'ri'";
	my ($status, $stdout, $stderr) = $node->psql('postgres', join(";\n", @script) . ';',
		on_error_stop => 0);
	$failures += check_reports($options, $stderr);
}
my ($scans, $matched, $refused) = split /\|/,
  $node->safe_psql('postgres', 'SELECT scans, matched, refused FROM scans');
note("$scans scans, $matched filters with rows, $refused refused");
cmp_ok($scans, '>', 1.3 * $combinations, 'indexes were used');
cmp_ok($matched, '>', $combinations / 4, 'filters found rows');
cmp_ok($refused, '<', $combinations / 20, 'filters were good ones');
is($failures, 0, "$combinations combinations of filters, indexes and documents (seed $seed)");

# ---- Under load ----

# Writers, VACUUM and builds at the same time; then the indexes have all rows, and find the same.
my $folder = $node->basedir;
$node->safe_psql('postgres', q{
	SELECT docdb.create_index('load', '{"$**": 1}');
	SELECT docdb.create_index('load', '{"a.$**": 1}',
		'{"partialFilterExpression": {"n": {"$gt": 10}}}');
	SELECT docdb.insert_many('load', array_agg(format('{"_id": %s, "n": %s, "a": {"b": [%s]}}',
		i, i % 40, i % 9)::bson)) FROM generate_series(1, 300) i;
});
append_to_file("$folder/write.sql", <<'EOS');
\set id random(1, 400)
\set n random(1, 40)
\set what random(1, 6)
\if :what = 1
SELECT docdb.delete_one('load', format('{"_id": %s}', :id)::bson);
\elif :what = 2
SELECT docdb.update_one('load', format('{"_id": %s}', :id)::bson,
	format('{"$set": {"n": %s}}', :n)::bson, '{"upsert": true}');
\elif :what = 3
SELECT docdb.update_many('load', format('{"n": %s}', :n)::bson,
	format('{"$push": {"a.b": %s}}', :n)::bson);
\elif :what = 4
SELECT docdb.update_one('load', format('{"_id": %s}', :id)::bson,
	format('{"$set": {"a": {"b": [%s, {"c": "x%s"}]}}}', :n, :id)::bson);
\else
SELECT count(*) FROM docdb.find('load',
	format('{"a.b": %s, "n": {"$gte": 5, "$lt": 30}}', :n)::bson);
\endif
EOS
append_to_file("$folder/maintain.sql", <<'EOS');
VACUUM load;
DROP INDEX IF EXISTS later;
CREATE INDEX CONCURRENTLY later ON load USING gin (doc bson_ops (projection = '{"n": 0}'));
SELECT gin_clean_pending_list('"load_$**_1"');
EOS
my $maintain = IPC::Run::start(
	[
		'pgbench', '-n', '-c', '1', '-t', '8', '-f', "$folder/maintain.sql",
		'-d', $node->connstr('postgres')
	],
	'>', \my $maintain_out, '2>', \my $maintain_err);
$node->command_ok(
	[
		'pgbench', '-n', '-c', '4', '-j', '2', '-t', '250', '--max-tries=20', '-f',
		"$folder/write.sql", '-d', $node->connstr('postgres')
	],
	'load: all transactions');
ok($maintain->finish, 'load: VACUUM and builds') or diag($maintain_err);
is($node->safe_psql('postgres', q{
		SELECT count(*) FROM pg_index AS i, LATERAL docdb.index_check(i.indexrelid)
		WHERE indrelid = 'load'::regclass AND indclass[0] IN
			(SELECT c.oid FROM pg_opclass AS c JOIN pg_am AS a ON a.oid = opcmethod
			 WHERE opcname = 'bson_ops' AND amname = 'gin')
	}), '3', 'load: the indexes have all rows');
$node->safe_psql('postgres', 'CREATE VIEW all_rows AS SELECT _id, doc FROM load OFFSET 0');
is($node->safe_psql('postgres', q{
		SET enable_seqscan = off;
		SELECT string_agg(n::text, ' ') FROM generate_series(1, 40) AS n
		WHERE (SELECT array_agg(_id ORDER BY _id) FROM load
			   WHERE doc @@ format('{"a.b": %s, "n": {"$gt": 10, "$lte": 30}}', n)::bson)
			IS DISTINCT FROM (SELECT array_agg(_id ORDER BY _id) FROM all_rows
			   WHERE docdb.matches(doc, format('{"a.b": %s, "n": {"$gt": 10, "$lte": 30}}',
					n)::bson))
	}), '', 'load: scans of the indexes and of the table');
$node->stop;
done_testing();
