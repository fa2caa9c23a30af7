# Random documents, indexes, filters and sorts: what an index scan, a bitmap scan, a plan that was
# made for another filter and a count by an index return is what a scan of the table returns.
#
# DOCDB_SEED repeats a run, DOCDB_ROUNDS sets how many tables are tried; each has one index and
# forty filters, so that 250 rounds are 10,000 combinations.

use strict;
use warnings;

use DocDBTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{DOCDB_SEED} // int(rand(2**31));
my $rounds = $ENV{DOCDB_ROUNDS} // 25;
my $filters = 40;
srand($seed);
note("DOCDB_SEED=$seed");

# ---- Values, as Extended JSON ----

my $long = 'long' x 800;
my @rare = (
	'1.5', '-3', '{"$numberDouble": "NaN"}', '{"$numberDecimal": "2.50"}',
	'{"$numberLong": "3"}', 'true', 'false', '{"$date": {"$numberLong": "5"}}',
	'{"$date": {"$numberLong": "7"}}', '{"$oid": "000000000000000000000001"}',
	'{"$binary": {"base64": "AQ==", "subType": "00"}}', '{"$minKey": 1}', '{"$maxKey": 1}',
	'{"$timestamp": {"t": 1, "i": 2}}', '{"$undefined": true}', '""', qq("$long"),
	qq("${long}y"), '{"$symbol": "x"}', '{"$code": "x"}');
# Whether keys may be so long that they are cut, which rules out much of what an index can do.
my $long_keys = 1;
my @regexes = (
	'{"$regularExpression": {"pattern": "^x", "options": ""}}',
	'{"$regularExpression": {"pattern": "^xy*", "options": ""}}',
	'{"$regularExpression": {"pattern": "y", "options": "i"}}',
	'{"$regularExpression": {"pattern": "^long", "options": ""}}');

sub scalar_value
{
	my $how = int(rand(12));

	return 'null' if $how == 0;
	return pick('"x"', '"y"', '"xy"', '"xyz"', '"longlong"') if $how < 4;
	return int(rand(5)) if $how < 10;
	my $value = pick(@rare, $regexes[0]);
	return $long_keys || length($value) < 1000 ? $value : '"x"';
}

# Filters may not have undefined for an operand.
sub operand
{
	my ($value) = (@_);

	$value = scalar_value() while !defined $value || $value =~ /undefined|regular/;
	return $value;
}

my @names = ('a', 'b', 'c');

# Where arrays are what a round's documents have none of, keys tell more of documents.
my $arrays = 1;

sub document
{
	my ($depth, @more) = @_;
	my %seen;

	return '{' . join(', ', map { qq("$_": ) . value($depth - 1) }
			grep { !$seen{$_}++ } map { pick(@names, @more) } 1 .. int(rand(4))) . '}';
}

sub value
{
	my ($depth) = @_;
	my $how = $depth > 0 ? int(rand($arrays ? 10 : 7)) : 0;

	return scalar_value() if $how < 5;
	return document($depth, rand() < 0.1 ? ('0', '1') : ()) if $how < 7;
	return '[' . join(', ', map { value($depth - 1) } 1 .. int(rand(4))) . ']';
}

# ---- Filters ----

my @paths;    # those of the index, several times, and others

sub comparison
{
	my $how = int(rand(17));

	return qq("\$eq": ) . operand() if $how < 3;
	return qq("\$) . pick('gt', 'gte', 'lt', 'lte') . qq(": ) . operand() if $how < 6;
	return qq("\$gte": @{[int(rand(4))]}, "\$lt": @{[int(rand(5))]}) if $how == 6;
	return qq("\$in": [) . join(', ', map { rand() < 0.1 ? pick(@regexes) : operand() }
			1 .. int(rand(4))) . ']'
	  if $how < 9;
	return qq("\$ne": ) . operand() if $how == 9;
	return qq("\$nin": [) . join(', ', map { operand() } 1 .. int(rand(3))) . ']' if $how == 10;
	return qq("\$exists": ) . pick('true', 'false') if $how == 11;
	return qq("\$type": ) . pick('"number"', '"string"', '"null"', '"array"', '"object"', '"int"',
		'"bool"', '["string", "date"]', '"undefined"')
	  if $how == 12;
	return qq("\$regex": ") . pick('^x', '^xy?', '^lon', 'y$', '^x|y', '^') . '"' if $how == 13;
	return qq("\$not": {) . comparison() . '}' if $how == 14;
	return qq("\$mod": [2, 0]) if $how == 15;
	return qq("\$size": @{[int(rand(3))]});
}

sub condition
{
	my ($how) = int(rand(14));

	return scalar_operand() if $how < 4;
	return array_operand() if $how == 4;
	return pick(@regexes) if $how == 5;
	return '{"$elemMatch": {' . join(', ', map { comparison() } 1) . '}}' if $how == 6;
	return '{"$elemMatch": {"$gte": ' . int(rand(3)) . ', "$lt": ' . int(rand(5)) . '}}'
	  if $how == 7;
	return '{"$elemMatch": ' . filter(1, @names, 'b.c') . '}' if $how == 8;
	return '{"$all": [' . join(', ', map { operand() } 1 .. 1 + int(rand(2))) . ']}' if $how == 9;
	return '{' . comparison() . '}';
}

sub scalar_operand
{
	return operand();
}

sub array_operand
{
	my $value;

	$value = value(2) while !defined $value || $value =~ /undefined|regular/;
	return $value;
}

sub filter
{
	my ($depth, @fields) = @_;
	my %seen;
	my @parts = map { qq("$_": ) . condition() }
	  grep { !$seen{$_}++ } map { pick(@fields) } 1 .. 1 + int(rand(3));

	if ($depth > 0 && rand() < 0.3)
	{
		push @parts, '"$' . pick('or', 'or', 'and', 'nor') . '": ['
		  . join(', ', map { filter($depth - 1, @fields) } 1 .. 1 + int(rand(3))) . ']';
	}
	return '{' . join(', ', @parts) . '}';
}

# A filter that lets a few values of the first fields pass, for a sort by the next ones.
sub filter_of_points
{
	my ($fields, $n) = @_;
	my @parts = map { qq("$fields->[$_]": {"\$in": [) . join(', ', map { scalar_operand() }
			1 .. 1 + int(rand(4))) . ']}' } 0 .. $n - 1;

	push @parts, qq("$fields->[$n]": {) . comparison() . '}' if rand() < 0.3;
	push @parts, '"$or": [' . filter(0, @paths) . ', ' . filter(0, @paths) . ']' if rand() < 0.2;
	return '{' . join(', ', @parts) . '}';
}

# ---- Indexes and sorts ----

my @all_paths = ('a', 'a', 'b', 'c', 'a.b', 'a.c', 'a.b.c', 'b.a', 'b.c', 'c.a', 'a.0', 'a.0.b',
	'a.b.1', 'b.1');

sub directions
{
	my %seen;

	return '{' . join(', ', map { qq("$_": ) . pick(1, 1, -1) } grep { !$seen{$_}++ } @_) . '}';
}

# The directions of an index's fields from the nth on, or all of the other direction.
sub sub_keys
{
	my ($keys, $n, $direction) = @_;
	my @pairs = $keys =~ /"([^"]+)": (-?1)/g;
	my @sort;

	while (my ($path, $way) = splice(@pairs, 0, 2))
	{
		push @sort, qq("$path": ) . $way * $direction if $n-- <= 0;
	}
	return '{' . join(', ', @sort) . '}';
}

sub index_options
{
	my ($keys) = @_;
	my $options = "keys = '$keys'";

	$options .= ', sparse = true' if rand() < 0.15;
	$options .= ", partial = '" . pick('{"a": {"$gt": 1}}', '{"b": {"$exists": true}}',
		'{"a": {"$type": "number"}, "b": {"$lte": 3}}') . "'"
	  if rand() < 0.15;
	return $options;
}

# ---- The server's part ----

my $node = docdb_node('random', conf => "fsync = off\nautovacuum = off\njit = off\n");

$node->safe_psql('postgres', <<'SQL');
CREATE TABLE scans AS SELECT 0 AS scans, 0 AS covered;
CREATE TABLE reports (kind text, filter text, sort text, message text);
CREATE FUNCTION put(document text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO r(doc) VALUES (document::bson);
EXCEPTION WHEN OTHERS THEN
	IF SQLSTATE NOT IN ('M004R', 'M0CX6') THEN
		RAISE;
	END IF;
END $$;

-- The first sort keys of a query, in the order they came in.
CREATE FUNCTION first_keys(filter text, sort text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('SELECT string_agg(k::text, '' '') FROM (SELECT doc <~> %1$L AS k
		FROM r WHERE doc @@ %2$L ORDER BY doc <~> %1$L LIMIT 3) s', sort, filter) INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

CREATE FUNCTION count_of(filter text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
	plan json;
BEGIN
	EXECUTE format('SELECT count(*) FROM r WHERE doc @@ %L', filter) INTO result;
	EXECUTE format('EXPLAIN (FORMAT JSON) SELECT count(*) FROM r WHERE doc @@ %L', filter)
		INTO plan;
	UPDATE scans SET covered = covered + 1 WHERE plan::text LIKE '%DocIndexOnlyScan%';
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

-- The rows of a query: their ids, or the sort keys in the order they came in.
CREATE FUNCTION rows_of(filter text, sort text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	IF sort IS NULL THEN
		EXECUTE format('SELECT string_agg(id::text, '' '' ORDER BY id) FROM r WHERE doc @@ %L',
			filter) INTO result;
	ELSE
		EXECUTE format('SELECT string_agg(k::text, '' '') || min(n) || max(n) || sum(hashint4(id))
			FROM (SELECT doc <~> %1$L AS k, id, count(*) OVER () AS n
				FROM (SELECT * FROM r WHERE doc @@ %2$L ORDER BY doc <~> %1$L OFFSET 0) s) t',
			sort, filter) INTO result;
	END IF;
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

CREATE FUNCTION compare(filter text, sort text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	expected text;
	expected_first text;
	expected_count text;
	found text;
BEGIN
	SET LOCAL enable_indexscan = off;
	SET LOCAL enable_indexonlyscan = off;
	SET LOCAL enable_bitmapscan = off;
	SET LOCAL enable_seqscan = on;
	expected := rows_of(filter, sort);
	expected_first := first_keys(filter, sort);
	expected_count := count_of(filter);
	SET LOCAL enable_seqscan = off;
	SET LOCAL enable_indexscan = on;
	found := rows_of(filter, sort);
	IF found IS DISTINCT FROM expected THEN
		INSERT INTO reports VALUES ('index scan', filter, sort, expected || ' <> ' || found);
	END IF;
	found := first_keys(filter, sort);
	IF found IS DISTINCT FROM expected_first THEN
		INSERT INTO reports VALUES ('limit', filter, sort, expected_first || ' <> ' || found);
	END IF;
	SET LOCAL enable_indexonlyscan = on;
	found := count_of(filter);
	IF found IS DISTINCT FROM expected_count THEN
		INSERT INTO reports VALUES ('count', filter, sort, expected_count || ' <> ' || found);
	END IF;
	SET LOCAL enable_indexscan = off;
	SET LOCAL enable_bitmapscan = on;
	found := rows_of(filter, sort);
	IF found IS DISTINCT FROM expected THEN
		INSERT INTO reports VALUES ('bitmap scan', filter, sort, expected || ' <> ' || found);
	END IF;

	-- A plan that was made for another filter.
	IF sort IS NULL THEN
		SET LOCAL enable_indexscan = on;
		found := found_ids(filter);
		IF found IS DISTINCT FROM expected THEN
			INSERT INTO reports VALUES ('find', filter, sort, expected || ' <> ' || found);
		END IF;
	END IF;
END $$;
SQL

my $combinations = 0;
my $failures = 0;
foreach my $round (1 .. $rounds)
{
	my @fields = map { pick(@all_paths) } 1 .. pick(1, 1, 2, 2, 3);
	my $keys = directions(@fields);
	my $options = index_options($keys);
	my @script = (
		'DROP TABLE IF EXISTS r',
		'CREATE TABLE r (_id bson_value, id int GENERATED ALWAYS AS IDENTITY, doc bson)',
		"CREATE INDEX ri ON r USING bson_btree (doc bson_keys ($options))");

	$arrays = rand() < 0.6;
	$long_keys = rand() < 0.3;
	@paths = (@fields, @fields, @fields, @all_paths);
	# Many keys that a filter does not let pass are skipped.
	foreach my $id (1 .. ($round % 6 == 4 ? 400 : 60))
	{
		my $document = document(3);

		$document =~ s/^\{/{"_id": $id, /;
		$document =~ s/, \}$/}/;
		push @script, "SELECT put('$document')";
	}
	push @script, "UPDATE r SET _id = doc -> '_id'";
	push @script, 'DELETE FROM r WHERE id % 7 = 0';
	push @script, 'REINDEX INDEX ri' if $round % 2;
	push @script, 'VACUUM r' if $round % 3 != 0;
	push @script, 'ANALYZE r' if $round % 5 == 0;
	foreach (1 .. $filters)
	{
		my $filter = filter(2, @paths);
		my $sort = rand() < 0.4
		  ? directions(map { pick(@fields, pick(@paths)) } 1 .. pick(1, 1, 2)) : undef;
		if (@fields > 1 && rand() < 0.15)
		{
			my $n = 1 + int(rand(@fields - 1));

			$filter = filter_of_points(\@fields, $n);
			$sort = directions(@fields[ $n .. $#fields ]);
			# Often one of the two directions in which the index can be read.
			$sort = sub_keys($keys, $n, pick(1, -1)) if rand() < 0.7;
		}
		my $sort_sql = defined $sort ? "'$sort'" : 'NULL';

		$filter =~ s/'/''/g;
		push @script, "SELECT compare('$filter', $sort_sql)";
		$combinations++;
	}
	push @script, "SELECT pg_stat_force_next_flush()", "UPDATE scans SET scans = scans + idx_scan "
	  . "FROM pg_stat_all_indexes WHERE indexrelname = 'ri'";
	my ($status, $stdout, $stderr) = $node->psql('postgres', join(";\n", @script) . ';',
		on_error_stop => 0);
	my @errors = grep { /ERROR|FATAL|PANIC/ } split /\n/, $stderr;
	my $reports = $node->safe_psql('postgres',
		'SELECT kind, filter, sort, message FROM reports LIMIT 5');

	if (@errors || $reports ne '')
	{
		diag("index: $options\n$reports\n" . join("\n", grep { defined } @errors[ 0 .. 4 ]));
		$failures++;
		$node->safe_psql('postgres', 'TRUNCATE reports');
	}
}
my ($scans, $covered) = split /\|/, $node->safe_psql('postgres', "SELECT * FROM scans");
cmp_ok($scans, '>', $combinations / 10, 'indexes were used');
cmp_ok($covered, '>', $combinations / 50, "and sufficed to count ($covered times)");
is($failures, 0, "$combinations combinations of filters, indexes and documents (seed $seed)");
$node->stop;
done_testing();
