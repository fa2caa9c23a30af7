# Mutations of valid input: bytes and Extended JSON of documents, filters, updates, projections,
# expressions, sort specifications and pipelines, taken from the literals of the SQL tests.  Each
# gives a result that holds water or an error that says what is wrong; nothing may crash.
#
# What must hold: bytes that are accepted come back as they were; text that is written is read as
# the same bytes; a document that a projection or update gives is valid, no deeper than documents
# may be; a filter and its negation are opposites; key strings order as comparison does.
#
# DOCDB_SEED repeats a run, DOCDB_MUTANTS sets how many mutants of each kind are tried.

use strict;
use warnings;

use DocDBTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{DOCDB_SEED} // int(rand(2**31));
my $mutants = $ENV{DOCDB_MUTANTS} // 500;
srand($seed);
note("DOCDB_SEED=$seed");

# ---- JSON as trees: [ 'scalar', text ], [ 'array', trees... ], [ 'document', [ name, tree ]... ],
# ---- where scalars and names are as written ----

my $string = qr/"(?:[^"\\\x00-\x1f]|\\.)*"/;
my $scalar = qr/$string|-?[0-9][-+.0-9eE]*|true|false|null/;

# Reads the tree at the position of $$text, or undef.
sub parse
{
	my ($text) = @_;

	$$text =~ /\G\s*/gc;
	return [ 'scalar', $1 ] if $$text =~ /\G($scalar)/gc;
	if ($$text =~ /\G\[\s*/gc)
	{
		my @elements;
		until ($$text =~ /\G\s*\]/gc)
		{
			return undef if @elements && $$text !~ /\G\s*,/gc;
			my $element = parse($text) // return undef;
			push @elements, $element;
		}
		return [ 'array', @elements ];
	}
	return undef unless $$text =~ /\G\{\s*/gc;
	my @fields;
	until ($$text =~ /\G\s*\}/gc)
	{
		return undef if @fields && $$text !~ /\G\s*,\s*/gc;
		return undef unless $$text =~ /\G($string)\s*:/gc;
		my $name = $1;
		my $value = parse($text) // return undef;
		push @fields, [ $name, $value ];
	}
	return [ 'document', @fields ];
}

sub json
{
	my ($tree) = @_;
	my ($kind, @parts) = @$tree;

	return $parts[0] if $kind eq 'scalar';
	return '[' . join(', ', map { json($_) } @parts) . ']' if $kind eq 'array';
	return '{' . join(', ', map { "$_->[0]: " . json($_->[1]) } @parts) . '}';
}

# ---- The seeds ----

my (%seen, @names);
our @seeds;

foreach my $file (glob "$ENV{TESTDIR}/sql/*.sql")
{
	my $content = slurp_file($file);
	while ($content =~ /'([\[{](?:[^']|'')*)'/g)
	{
		my $text = $1 =~ s/''/'/gr;
		next if length($text) > 2000 || $seen{$text}++;
		my $tree = parse(\$text);
		push @seeds, $tree if $tree && $text =~ /\G\s*\z/;
	}
}
cmp_ok(scalar @seeds, '>', 1000, 'the SQL tests have literals to begin with');
my %names = map { $_ => 1 } map { /($string)\s*:/g } map { json($_) } @seeds;
@names = sort keys %names;

# ---- Mutation ----

my @scalars = ('0', '-0.0', '1', '-1', '2147483647', '-2147483648', '2147483648',
	'9223372036854775807', '-9223372036854775808', '9223372036854775808', '1e308', '5e-324', '0.1',
	'true', 'false', 'null', '""', '"a"', '"$"', '"$$"', '"$a"', '"$$ROOT"', '"$$REMOVE"', '"a.b"',
	'"a.0"', '"."', '"\u0000"', '"\ud83d\ude00"', '"$a.b.0"', '"-1"', '"x"');
my @special = ('{"$numberDouble": "NaN"}', '{"$numberDouble": "-Infinity"}',
	'{"$numberDecimal": "NaN"}', '{"$numberDecimal": "1E-6176"}', '{"$numberDecimal": "9E+6144"}',
	'{"$numberLong": "-9223372036854775808"}', '{"$numberInt": "-2147483648"}',
	'{"$date": {"$numberLong": "-9223372036854775808"}}', '{"$date": "2020-01-01T00:00:00Z"}',
	'{"$minKey": 1}', '{"$maxKey": 1}', '{"$undefined": true}', '{"$timestamp": {"t": 0, "i": 0}}',
	'{"$oid": "0102030405060708090a0b0c"}', '{"$binary": {"base64": "AQID", "subType": "00"}}',
	'{"$regularExpression": {"pattern": "a*", "options": "i"}}', '{"$symbol": "a"}',
	'{"$code": "f", "$scope": {}}', '{}', '[]', '[[]]', '{"": {}}', '[null, 1, "a", {}]');

sub random_leaf
{
	my $text = pick(pick(@scalars), pick(@scalars), pick(@special));

	return parse(\$text);
}

# All places of a tree, each as [ container, index ]; the tree itself is in a container too.
sub places
{
	my ($container, $index) = @_;
	my $tree = $container->[$index];
	my ($kind, @parts) = @$tree;
	my @places = [ $container, $index ];

	push @places, map { places($tree, $_) } 1 .. $#$tree if $kind eq 'array';
	push @places, map { places($_, 1) } @parts if $kind eq 'document';
	return @places;
}

sub copy
{
	my ($tree) = @_;
	my ($kind, @parts) = @$tree;

	return [ $kind, @parts ] if $kind eq 'scalar';
	return [ $kind, map { copy($_) } @parts ] if $kind eq 'array';
	return [ $kind, map { [ $_->[0], copy($_->[1]) ] } @parts ];
}

sub random_part
{
	my @root = (pick(@seeds));
	my ($container, $index) = @{ pick(places(\@root, 0)) };

	return copy($container->[$index]);
}

sub mutate_once
{
	my ($root) = @_;
	my ($container, $index) = @{ pick(places($root, 0)) };
	my $tree = $container->[$index];
	my $kind = $tree->[0];
	my $how = int(rand(10));

	if ($how < 2)
	{
		$container->[$index] = random_leaf();
	}
	elsif ($how < 4)
	{
		$container->[$index] = random_part();
	}
	elsif ($how == 4)
	{
		$container->[$index] = [ 'array', $tree ];
	}
	elsif ($how == 5)
	{
		$container->[$index] = [ 'document', [ pick(@names), $tree ] ];
	}
	elsif ($kind ne 'scalar' && @$tree > 1)
	{
		my $at = 1 + int(rand($#$tree));
		my $part = $tree->[$at];

		if ($how == 6)
		{
			splice @$tree, $at, 1;
		}
		elsif ($how == 7)
		{
			my $twin = $kind eq 'array' ? copy($part) : [ $part->[0], copy($part->[1]) ];
			splice @$tree, $at, 0, ($twin) x pick(1, 1, 1, 20);
		}
		elsif ($kind eq 'document')
		{
			$part->[0] = pick(@names);
		}
	}
	elsif ($kind eq 'scalar' && $tree->[1] =~ /^"/)
	{
		my $text = $tree->[1];
		substr($text, 1 + int(rand(length($text) - 1)), 0) =
			pick('$', '.', '$$', ' ', '\u0000', '0', '\ud800', 'x', '-', '[', '(', '*', '%', '\\n');
		my $copy = $text;
		$tree->[1] = $text if $text =~ /^$string$/ && utf8::decode($copy);
	}
}

sub mutant
{
	my ($kind) = @_;
	my @root;

	do { @root = (copy(pick(@seeds))) } while (defined $kind && $root[0][0] ne $kind);
	mutate_once(\@root) for 1 .. 1 + int(rand(4));
	return $root[0];
}

sub document_json
{
	my $tree;

	do { $tree = mutant('document') } while ($tree->[0] ne 'document');
	return json($tree);
}

# Text with some characters changed.
sub broken_text
{
	my $text = json(mutant());

	for (1 .. 1 + int(rand(3)))
	{
		my $at = int(rand(length($text) + 1));
		substr($text, $at, int(rand(3))) = pick('', '', '{', '}', '[', ']', '"', '\\', ',', ':',
			'$', '\\u12', '\\ud800', '1e999', "\t", chr(1), 'é', 'null', '{"$oid":', '{"$date":',
			'-')
			if $at < length $text;
	}
	# Of broken UTF-8 COPY makes an error.
	my $copy = $text;
	return utf8::decode($copy) ? $text : broken_text();
}

sub broken_bytes
{
	my ($bytes) = @_;
	my $length = length $bytes;

	for (1 .. 1 + int(rand(3)))
	{
		my $at = int(rand($length));
		my $how = int(rand(5));

		substr($bytes, $at, 1) = chr(int(rand(256))) if $how < 2 && $at < length $bytes;
		substr($bytes, $at, 4) = pack('V', pick(0, 1, 4, 5, -1, 2**31 - 1, 2**31, $length, $at))
			if $how == 2 && $at + 4 <= length $bytes;
		substr($bytes, $at, 1) = '' if $how == 3 && $at < length $bytes;
		substr($bytes, $at, 0) = chr(int(rand(20))) if $how == 4 && $at < length $bytes;
		# Often with a length that fits, as else nothing behind it is looked at.
		substr($bytes, 0, 4) = pack('V', length $bytes) if length $bytes >= 4 && rand() < 0.7;
	}
	return $bytes;
}

# ---- What is done with them ----

my $node = docdb_node('main', conf => "restart_after_crash = on\njit = off\n");

$node->safe_psql('postgres', q{
	CREATE TABLE mutant (id serial, kind text, input text);
	CREATE TABLE outcome (kind text, id int, sqlstate text, message text);
	CREATE TABLE document (doc bson);
	CREATE INDEX document_any ON document USING gin (doc bson_ops);
	CREATE FUNCTION docs() RETURNS bson[] LANGUAGE sql STABLE
		AS $$ SELECT array_agg(doc) FROM document $$;

	-- A document that came out of something.
	CREATE FUNCTION proven(doc bson) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		IF doc::bytea::bson::bytea <> doc::bytea THEN
			RAISE EXCEPTION USING ERRCODE = 'ZZZ01', MESSAGE = 'other bytes';
		END IF;
		IF doc::text::bson::bytea <> doc::bytea THEN
			RAISE EXCEPTION USING ERRCODE = 'ZZZ02', MESSAGE = 'text is other bytes';
		END IF;
	EXCEPTION WHEN SQLSTATE 'ZZZ01' OR SQLSTATE 'ZZZ02' THEN
		RAISE;
	WHEN OTHERS THEN
		-- Degenerate BSON, such as regex options out of order, becomes canonical.
		RAISE EXCEPTION USING ERRCODE = 'ZZZ03', MESSAGE = 'no document: ' || SQLERRM;
	END $$;
	CREATE FUNCTION proven(value bson_value) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		IF value::bytea::bson_value::bytea <> value::bytea
				OR value::text::bson_value::bytea <> value::bytea THEN
			RAISE EXCEPTION USING ERRCODE = 'ZZZ04', MESSAGE = 'other value';
		END IF;
	EXCEPTION WHEN SQLSTATE 'ZZZ04' THEN
		RAISE;
	WHEN OTHERS THEN
		RAISE EXCEPTION USING ERRCODE = 'ZZZ05', MESSAGE = 'no value: ' || SQLERRM;
	END $$;

	CREATE FUNCTION test_bytes(input text) RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		doc bson = decode(input, 'hex')::bson;
	BEGIN
		IF doc::bytea <> decode(input, 'hex') THEN
			RAISE EXCEPTION USING ERRCODE = 'ZZZ01', MESSAGE = 'other bytes';
		END IF;
		PERFORM proven(doc::text::bson), docdb.to_canonical_json(doc), docdb.bson_hash(doc),
			docdb.key_string(doc), doc -> 'a.b.0', doc::jsonb;
		-- Options of regular expressions come out of text in order.
		IF doc::text::bson <> doc AND doc::text !~ 'regularExpression' THEN
			RAISE EXCEPTION USING ERRCODE = 'ZZZ02', MESSAGE = 'text is another document';
		END IF;
	END $$;
	CREATE FUNCTION test_text(input text) RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		value bson_value = input::bson_value;
		other bson_value;
		by_key int;
	BEGIN
		PERFORM proven(value), docdb.to_relaxed_json(value);
		IF docdb.to_canonical_json(value)::bson_value::bytea <> value::bytea THEN
			RAISE EXCEPTION USING ERRCODE = 'ZZZ02', MESSAGE = 'canonical text is another value';
		END IF;
		FOREACH other IN ARRAY docs()::bson_value[] || value LOOP
			by_key := CASE WHEN docdb.key_string(value) < docdb.key_string(other) THEN -1
				WHEN docdb.key_string(value) > docdb.key_string(other) THEN 1 ELSE 0 END;
			IF sign(docdb.compare(value, other)) <> by_key
					OR docdb.compare(other, value) <> - docdb.compare(value, other)
					OR (by_key = 0) <> (value = other)
					OR by_key = 0 AND docdb.bson_value_hash(value) <> docdb.bson_value_hash(other)
			THEN
				RAISE EXCEPTION USING ERRCODE = 'ZZZ06', MESSAGE = 'order: ' || other::text;
			END IF;
		END LOOP;
	END $$;
	CREATE FUNCTION test_filter(input text) RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		filter bson = input::bson;
		negation bson = ('{"$nor": [' || input || ']}')::bson;
		weaker bson = docdb.index_filter(filter, 'document_any');
		doc bson;
	BEGIN
		FOREACH doc IN ARRAY docs() LOOP
			IF (doc @@ filter) IS NOT DISTINCT FROM (doc @@ negation) AND input !~ 'ampleRate|rand'
			THEN
				RAISE EXCEPTION USING ERRCODE = 'ZZZ07', MESSAGE = 'negation: ' || doc::text;
			END IF;
			IF (doc @@ filter) AND NOT (doc @@ weaker) THEN
				RAISE EXCEPTION USING ERRCODE = 'ZZZ16', MESSAGE = 'index: ' || weaker::text;
			END IF;
		END LOOP;
		PERFORM docdb.filter_id(filter), docdb.filter_equalities(filter);
	END $$;
	CREATE FUNCTION test_update(input text) RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		update bson_value = input::bson_value;
		result bson;
		doc bson;
		state text;
		message text;
		succeeded bool = false;
		filters bson_value;
	BEGIN
		-- One filter for each identifier, as there must be.
		SELECT '[' || string_agg(DISTINCT format('{"%s": {"$gt": 0}}', m[1]), ', ') || ']'
			INTO filters FROM regexp_matches(input, '\$\[([a-z]\w*)\]', 'g') AS m;
		FOREACH doc IN ARRAY docs() LOOP
			BEGIN
				result := docdb.update_document(doc, update, is_insert => docdb.size(doc) % 2 = 0,
					array_filters => filters);
				succeeded := true;
			EXCEPTION WHEN OTHERS THEN
				IF SQLSTATE ~ '^(XX|ZZ|5[37])' THEN
					RAISE;
				END IF;
				GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
				CONTINUE;
			END;
			PERFORM proven(result);
			-- Replacements without _id and $push count as modifications although nothing changes.
			IF (docdb.updated(doc, update, is_insert => docdb.size(doc) % 2 = 0,
					array_filters => filters) IS NULL)
					<> (result::bytea = doc::bytea) AND input !~ 'currentDate|NOW|rand'
					AND (result::bytea <> doc::bytea
						 OR doc -> '_id' IS NOT NULL
							AND input ~ '^ *(. *"[$]|[[])' AND input !~ 'push|replace')
			THEN
				RAISE EXCEPTION USING ERRCODE = 'ZZZ08', MESSAGE = 'updated: ' || doc::text;
			END IF;
		END LOOP;
		IF NOT succeeded THEN
			RAISE EXCEPTION USING ERRCODE = state, MESSAGE = message;
		END IF;
	END $$;
	CREATE FUNCTION test_project(input text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM proven(docdb.project(doc, input::bson)) FROM document;
	END $$;
	CREATE FUNCTION test_stage(input text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM proven(docdb.project_stage(doc, input::bson)) FROM document;
	END $$;
	CREATE FUNCTION test_fields(input text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM proven(docdb.add_fields(doc, input::bson)) FROM document;
	END $$;
	CREATE FUNCTION test_expression(input text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM proven(docdb.eval(input::bson_value, doc)) FROM document;
	END $$;
	CREATE FUNCTION test_sort(input text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM doc FROM document ORDER BY doc <~> input::bson;
	END $$;
	CREATE FUNCTION test_find(input text) RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		args bson = input::bson;
	BEGIN
		PERFORM proven(d) FROM docdb.find('document', (args -> 'f')::bson,
			(args -> 'p')::bson, (args -> 's')::bson) AS d;
	END $$;
	CREATE FUNCTION test_upsert(input text) RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		args bson = input::bson;
	BEGIN
		PERFORM proven(docdb.upsert_document((args -> 'f')::bson, args -> 'u'));
	END $$;

	CREATE PROCEDURE test_all(first int, last int) LANGUAGE plpgsql AS $$
	DECLARE
		m mutant;
	BEGIN
		FOR m IN SELECT * FROM mutant WHERE id BETWEEN first AND last ORDER BY id LOOP
			BEGIN
				EXECUTE format('SELECT test_%s($1)', m.kind) USING m.input;
				INSERT INTO outcome VALUES (m.kind, m.id, '00000');
			EXCEPTION WHEN OTHERS OR query_canceled OR assert_failure THEN
				INSERT INTO outcome VALUES (m.kind, m.id, SQLSTATE, SQLERRM);
			END;
		END LOOP;
	END $$;
});

# Pipelines, where there are any.
my $pipelines = $node->safe_psql('postgres',
	q{SELECT count(*) FROM pg_proc WHERE oid::regproc::text = 'docdb.aggregate'});
$node->safe_psql('postgres', q{
	CREATE FUNCTION test_pipeline(input text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM proven(d) FROM docdb.aggregate('document', input::bson_value) AS d;
	END $$}) if $pipelines;

# ---- The mutants ----

# The seeds of the SQL tests that a module owns, for mutants that are more to the point.
sub seeds_of
{
	my ($pattern) = @_;

	return grep { json($_) =~ $pattern } @seeds;
}

my %pools = (
	filter => [ seeds_of(qr/"\$(?:and|n?or|not|gt|in|exists|type|regex|elemM|size|all|mod|expr)/) ],
	update => [ seeds_of(qr/"\$(?:set|unset|inc|mul|min|max|push|pull|addToSet|rename|pop|bit)"/) ],
	pipeline => [ grep { $_->[0] eq 'array' } seeds_of(qr/^\[\{"\$\w+"/) ],
);
my @all_seeds = @seeds;

sub with_seeds
{
	my ($pool, $make) = @_;

	local @seeds = @{ $pools{$pool} // [] } && rand() < 0.8 ? @{ $pools{$pool} } : @all_seeds;
	return $make->();
}

my $document_file = $node->basedir . '/documents.txt';
my $file = $node->basedir . '/mutants.txt';

sub copied
{
	return join("\t", map { s/\\/\\\\/gr =~ s/\t/\\t/gr =~ s/\n/\\n/gr } @_) . "\n";
}

# Documents that everything is tried on.
open my $out, '>', $document_file or die "could not write $document_file: $!";
print $out copied(document_json()) for 1 .. 60;
close $out;
$node->safe_psql('postgres', q{
	CREATE TABLE document_text (t text);
	CREATE FUNCTION to_bson(t text) RETURNS bson LANGUAGE plpgsql AS $$
	BEGIN
		RETURN t::bson;
	EXCEPTION WHEN OTHERS THEN
		RETURN NULL;
	END $$});
$node->safe_psql('postgres', qq{
	\\copy document_text FROM '$document_file'
	INSERT INTO document SELECT d FROM (SELECT to_bson(t) AS d FROM document_text OFFSET 0) AS s
		WHERE d IS NOT NULL LIMIT 20;
	INSERT INTO document VALUES ('{"_id": 1, "a": 1, "b": [1, 2, {"c": [3, 4]}], "c": {"d": "x"}}'),
		('{"_id": 2, "a": [1, 2, 3], "b": {"c": 5}, "x": [{"a": 1}, {"a": 2}]}')
});
$node->safe_psql('postgres', q{
	ALTER TABLE document ADD _id bson_value;
	DROP TABLE document_text;
});

my @hex = map { pack 'H*', $_ } split /\n/, $node->safe_psql('postgres',
	q{SELECT encode(doc::bytea, 'hex') FROM document});
push @hex, pack 'H*', $node->safe_psql('postgres', q[SELECT encode('{"double": 1.5,
	"string": "é", "array": [1, {}], "bin": {"$binary": {"base64": "AQID", "subType": "02"}},
	"undefined": {"$undefined": true}, "oid": {"$oid": "0102030405060708090a0b0c"}, "b": true,
	"re": {"$regularExpression": {"pattern": "^a", "options": "im"}}, "symbol": {"$symbol": "s"},
	"pointer": {"$dbPointer": {"$ref": "r", "$id": {"$oid": "0102030405060708090a0b0c"}}},
	"code": {"$code": "f"}, "scoped": {"$code": "g", "$scope": {"z": 1}}, "int": 7,
	"long": {"$numberLong": "8"}, "timestamp": {"$timestamp": {"t": 1, "i": 2}},
	"decimal": {"$numberDecimal": "1.50"}, "min": {"$minKey": 1}}'::bson::bytea, 'hex')]);

my %kinds = (
	bytes => sub { unpack 'H*', broken_bytes(pick(@hex)) },
	text => sub { rand() < 0.5 ? broken_text() : json(mutant()) },
	filter => sub { with_seeds('filter', \&document_json) },
	update => sub { with_seeds('update', sub { json(mutant()) }) },
	project => \&document_json,
	stage => \&document_json,
	fields => \&document_json,
	expression => sub { json(mutant()) },
	sort => \&document_json,
	find => sub {
		'{"f": ' . with_seeds('filter', \&document_json) . ', "p": ' . document_json() . ', "s": '
			. pick('{"a": 1}', document_json()) . '}';
	},
	upsert => sub {
		'{"f": ' . with_seeds('filter', \&document_json) . ', "u": '
			. with_seeds('update', \&document_json) . '}';
	},
);
$kinds{pipeline} = sub { with_seeds('pipeline', sub { json(mutant('array')) }) } if $pipelines;

open $out, '>', $file or die "could not write $file: $!";
foreach my $kind (sort keys %kinds)
{
	print $out copied($kind, $kinds{$kind}->()) for 1 .. $mutants;
}
close $out or die "could not write $file: $!";
$node->safe_psql('postgres', "\\copy mutant (kind, input) FROM '$file'");

# ---- The test ----

my $log_start = -s $node->logfile;
my $last = $node->safe_psql('postgres', 'SELECT max(id) FROM mutant');

# Runs mutants; where the session breaks, says which of them it was.
sub run
{
	my ($first, $end) = @_;
	my ($status, $stdout, $stderr) = $node->psql('postgres',
		"SET statement_timeout = '300s'; CALL test_all($first, $end)");

	return 1 if $status == 0;
	$node->poll_query_until('postgres', 'SELECT 1', '1');
	if ($first < $end)
	{
		my $middle = int(($first + $end) / 2);
		diag("mutants $first to $end break the server")
			if run($first, $middle) && run($middle + 1, $end);
		return 0;
	}
	diag("DOCDB_SEED=$seed breaks the server: ", $node->safe_psql('postgres',
		"SELECT kind, input FROM mutant WHERE id = $first"), "\n$stderr");
	return 0;
}

my $survived = 1;
for (my $first = 1; $first <= $last; $first += 1000)
{
	$survived &&= run($first, $first + 999 < $last ? $first + 999 : $last);
}
ok($survived, 'the server survives');

my $where = q{sqlstate !~ '^(00000|0A000|[2-4][0-9A-Z]{4}|54000|54001)$'
	AND (docdb.error_info(sqlstate)).code IS NULL};
foreach my $kind (sort keys %kinds)
{
	my $wrong = $node->safe_psql('postgres', qq{
		SELECT sqlstate, message, left(input, 600) FROM outcome o JOIN mutant m USING (kind, id)
		WHERE kind = '$kind' AND $where ORDER BY sqlstate, length(input) LIMIT 5
	});
	is($wrong, '', "$kind: results and errors are as they should be") or diag("DOCDB_SEED=$seed");
}
my %counts = map { split /\|/, $_, 2 } split /\n/, $node->safe_psql('postgres', q{
	SELECT kind, (100 * avg((sqlstate = '00000')::int))::int FROM outcome GROUP BY 1});
note($node->safe_psql('postgres', q{
	SELECT kind, sqlstate, count(*), min(message) FROM outcome GROUP BY 1, 2 ORDER BY 1, 3 DESC}));
foreach my $kind (sort keys %kinds)
{
	cmp_ok($counts{$kind}, '>', 1, "$kind: some succeed ($counts{$kind} %)");
	cmp_ok($counts{$kind}, '<', 100, "$kind: some do not");
}

is(crashes_in_log($node, $log_start), '', 'no crash in the server\'s log');

$node->stop;
done_testing();
