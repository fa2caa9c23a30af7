# Random documents and filters: @@ agrees with a model of MongoDB's matching that walks each path
# by itself, and the evaluation of a whole filter agrees with that of its conditions one by one.
#
# DOCDB_SEED repeats a run, DOCDB_PAIRS sets how many documents and filters are tried.

use strict;
use warnings;

use DocDBTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{DOCDB_SEED} // int(rand(2**31));
my $pairs = $ENV{DOCDB_PAIRS} // 12000;
srand($seed);
note("DOCDB_SEED=$seed");

# ---- Values: [ 'int', n ], [ 'text', s ], [ 'null' ], [ 'array', values... ],
# ---- [ 'document', [ name, value ]... ], and [ 'missing' ] ----

my @names = ('a', 'b', 'c', '0', '1');

sub random_scalar
{
	my $how = int(rand(8));

	return ['null'] if $how == 0;
	return [ 'text', pick('x', 'y', 'xy') ] if $how < 3;
	return [ 'int', int(rand(5)) ];
}

sub random_document
{
	my ($depth) = @_;
	my %seen;

	return [ 'document', map { [ $_, random_value($depth - 1) ] }
			grep { !$seen{$_}++ } map { pick(@names) } 1 .. int(rand(4)) ];
}

sub random_value
{
	my ($depth) = @_;
	my $how = $depth > 0 ? int(rand(10)) : 0;

	return random_scalar() if $how < 4;
	return random_document($depth) if $how < 7;
	return [ 'array', map { random_value($depth - 1) } 1 .. int(rand(4)) ];
}

sub json
{
	my ($value) = @_;
	my ($type, @rest) = @$value;

	return $rest[0] if $type eq 'int';
	return qq("$rest[0]") if $type eq 'text';
	return 'null' if $type eq 'null';
	return '[' . join(', ', map { json($_) } @rest) . ']' if $type eq 'array';
	return '{' . join(', ', map { qq("$_->[0]": ) . json($_->[1]) } @rest) . '}';
}

# ---- The values at a path ----

my $missing = ['missing'];

sub is_position
{
	return $_[0] =~ /^[0-9]+$/;
}

# From an array, with path components left.
sub values_in_array
{
	my ($array, $each, @path) = @_;
	my ($type, @elements) = @$array;
	my ($next, @rest) = @path;
	my @values;

	foreach my $i (0 .. $#elements)
	{
		my $element = $elements[$i];
		my $is_here = is_position($next) && $next == $i;

		push @values, values_at($element, $each, @path) if $element->[0] eq 'document';
		next unless $is_here;
		if (!@rest)
		{
			push @values, $element;
		}
		elsif ($element->[0] eq 'document')
		{
			push @values, values_at($element, $each, @rest);
		}
		elsif ($element->[0] eq 'array')
		{
			push @values, values_in_array($element, $each, @rest);
		}
	}
	return @values;
}

# From a document.
sub values_at
{
	my ($document, $each, @path) = @_;
	my ($type, @fields) = @$document;
	my ($name, @rest) = @path;
	my ($field) = grep { $_->[0] eq $name } @fields;

	return ($missing) unless $field;
	my $value = $field->[1];
	if (!@rest)
	{
		return ($value) unless $value->[0] eq 'array' && $each;
		my ($array, @elements) = @$value;
		return (@elements, $value);
	}
	return values_at($value, $each, @rest) if $value->[0] eq 'document';
	return values_in_array($value, $each, @rest) if $value->[0] eq 'array';
	return ($missing);
}

# ---- Conditions: [ operator, operand ]; each has a test of one value ----

sub equals
{
	my ($value, $operand) = @_;

	return $operand->[0] eq 'null' if $value->[0] eq 'missing';
	return json($value) eq json($operand);
}

# -1, 0, 1, or undef where the two do not compare.
sub order
{
	my ($value, $operand) = @_;

	return 0 if equals($value, $operand);
	return undef if $value->[0] ne $operand->[0];
	return $value->[1] <=> $operand->[1] if $value->[0] eq 'int';
	return $value->[1] cmp $operand->[1] if $value->[0] eq 'text';
	return undef;
}

my %type_names = (int => 'int', text => 'string', null => 'null', array => 'array',
	document => 'object');

sub passes
{
	my ($condition, $value) = @_;
	my ($op, $operand) = @$condition;
	my $order;

	return equals($value, $operand) if $op eq '$eq';
	if ($op =~ /^\$[gl]te?$/)
	{
		my $order = order($value, $operand);
		return 0 unless defined $order;
		return $op eq '$gt' ? $order > 0 : $op eq '$gte' ? $order >= 0 :
			$op eq '$lt' ? $order < 0 : $order <= 0;
	}
	return scalar(grep { equals($value, $_) } @$operand) if $op eq '$in';
	return $value->[0] ne 'missing' if $op eq '$exists';
	return ($type_names{ $value->[0] } // '') eq $operand if $op eq '$type';
	return $value->[0] eq 'array' && @$value == $operand + 1 if $op eq '$size';
	return $value->[0] eq 'text' && $value->[1] =~ /$operand/ if $op eq '$regex';
	if ($op eq '$elemMatch')
	{
		my ($type, @elements) = @$value;
		return 0 unless $type eq 'array';
		foreach my $element (@elements)
		{
			return 1 unless grep { !passes($_, $element) } @$operand;
		}
		return 0;
	}
	die "unknown condition $op";
}

sub random_condition
{
	my $how = int(rand(16));

	return [ '$eq', random_scalar() ] if $how < 4;
	return [ '$eq', random_value(2) ] if $how == 4;
	return [ pick('$gt', '$gte', '$lt', '$lte'), [ 'int', int(rand(5)) ] ] if $how < 8;
	return [ pick('$gt', '$gte', '$lt', '$lte'), pick([ 'text', 'x' ], ['null']) ] if $how == 8;
	return [ '$in', [ map { random_value(1) } 1 .. int(rand(4)) ] ] if $how == 9;
	return [ '$exists', 1 ] if $how == 10;
	return [ '$type', pick(values %type_names) ] if $how == 11;
	return [ '$size', int(rand(4)) ] if $how == 12;
	return [ '$regex', pick('^x', 'y', 'y$') ] if $how == 13;
	return [ '$elemMatch', [ map { simple_condition() } 1 .. 1 + int(rand(2)) ] ];
}

# One for an element: each operator at most once in its document, so the first wins.
sub simple_condition
{
	my $condition;

	do { $condition = random_condition() } while ($condition->[0] eq '$elemMatch');
	return $condition;
}

sub condition_json
{
	my ($condition) = @_;
	my ($op, $operand) = @$condition;

	return qq("$op": ) . json($operand) if $op =~ /^\$(?:eq|[gl]te?)$/;
	return qq("$op": [) . join(', ', map { json($_) } @$operand) . ']' if $op eq '$in';
	return qq("$op": true) if $op eq '$exists';
	return qq("$op": $operand) if $op eq '$size';
	return qq("$op": "$operand") if $op =~ /^\$(?:type|regex)$/;
	return qq("$op": {) . join(', ', map { condition_json($_) } @$operand) . '}';
}

# ---- Filters: [ 'field', path, condition, negated ], [ '$and', filters... ], '$or', '$nor' ----

sub random_path
{
	return join('.', map { pick(@names) } 1 .. pick(1, 1, 1, 2, 2, 3));
}

sub random_filter
{
	my ($depth) = @_;

	return [ 'field', random_path(), random_condition(), rand() < 0.2 ]
		if $depth == 0 || rand() < 0.3;
	return [ pick('$and', '$and', '$and', '$or', '$or', '$nor'),
		map { random_filter($depth - 1) } 1 .. 1 + int(rand(5)) ];
}

sub filter_json
{
	my ($filter) = @_;
	my ($kind, @rest) = @$filter;

	if ($kind eq 'field')
	{
		my ($path, $condition, $negated) = @rest;
		my $json = '{' . condition_json($condition) . '}';
		return qq({"$path": ) . ($negated ? qq({"\$not": $json}) : $json) . '}';
	}
	return qq({"$kind": [) . join(', ', map { filter_json($_) } @rest) . ']}';
}

sub matches
{
	my ($filter, $document) = @_;
	my ($kind, @rest) = @$filter;

	if ($kind eq 'field')
	{
		my ($path, $condition, $negated) = @rest;
		my $each = $condition->[0] !~ /^\$(?:size|elemMatch)$/;
		my @values = values_at($document, $each, split(/\./, $path));
		my $found = grep { passes($condition, $_) } @values;
		return $negated ? !$found : !!$found;
	}
	my $passing = grep { matches($_, $document) } @rest;
	return $kind eq '$and' ? $passing == @rest : $kind eq '$or' ? $passing > 0 : $passing == 0;
}

# ---- The test ----

my $node = docdb_node('main');
my $file = $node->basedir . '/filters.txt';

$node->safe_psql('postgres', q{
	CREATE TABLE pair (id int, document bson, kind text, filter bson, parts bson[],
		expected boolean)
});

open my $out, '>', $file or die "could not write $file: $!";
foreach my $id (1 .. $pairs)
{
	my $document = random_document(4);
	my $filter = random_filter(3);

	# Two of three are plain lists of conditions.
	$filter = [ pick('$and', '$or', '$nor'), map { random_filter(0) } 1 .. 1 + int(rand(8)) ]
		if $id % 3;
	my ($kind, @parts) = @$filter;
	@parts = () if $kind eq 'field';
	my @texts = map { filter_json($_) } @parts;
	s/(["\\])/\\$1/g foreach @texts;
	my @fields = ($id, json($document), $kind, filter_json($filter),
		'{' . join(',', map { qq("$_") } @texts) . '}', matches($filter, $document) ? 't' : 'f');
	s/\\/\\\\/g foreach @fields;
	print $out join("\t", @fields), "\n";
}
close $out or die "could not write $file: $!";
$node->safe_psql('postgres', "\\copy pair FROM '$file'");

# Nothing may come out of a check but the number of rows that fail it, and examples of those.
sub no_row
{
	my ($name, $sql) = @_;
	my $rows = $node->safe_psql('postgres', "$sql LIMIT 5");

	is($rows, '', $name) or diag("DOCDB_SEED=$seed");
}

is($node->safe_psql('postgres', 'SELECT count(*) FROM pair'), $pairs, 'all pairs are there');
my $share = $node->safe_psql('postgres', 'SELECT avg(expected::int) FROM pair');
cmp_ok($share, '>', 0.2, 'many documents match');
cmp_ok($share, '<', 0.8, 'and many do not');
no_row('filters match what they should',
	'SELECT id, document, filter, expected FROM pair WHERE (document @@ filter) <> expected');
no_row('and so does the function', q{
	SELECT id, document, filter, expected FROM pair
	WHERE docdb.matches(document, filter) <> expected
});
no_row('a filter gives what its parts give', q{
	SELECT id, document, filter FROM pair,
		LATERAL (SELECT bool_and(document @@ part) AS every, bool_or(document @@ part) AS one
			FROM unnest(parts) AS part) AS alone
	WHERE kind <> 'field' AND (document @@ filter) <>
		CASE kind WHEN '$and' THEN every WHEN '$or' THEN one ELSE NOT one END
});

# Several filters of other rows as one: the walk is shared by conditions that have nothing to do
# with each other.
no_row('filters put together give what they give alone', q{
	SELECT p.id, document, combined FROM pair p,
		LATERAL (SELECT array_agg(filter) AS filters,
				('{"$and": [' || string_agg(filter::text, ', ') || ']}')::bson AS combined
			FROM pair o WHERE o.id BETWEEN p.id AND p.id + 4 AND o.id % 2 = p.id % 2) AS others,
		LATERAL (SELECT bool_and(document @@ filter) AS every FROM unnest(filters) AS filter)
			AS alone
	WHERE p.id % 5 = 0 AND (document @@ combined) <> every
});

$node->stop;
done_testing();
