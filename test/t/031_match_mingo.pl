# Random documents and filters: @@ and mingo, a well-known implementation of the language in
# JavaScript, find the same documents, but for what mingo gets wrong by MongoDB's own documentation
# and sources; those differences are listed below.
#
# It runs where node is installed and npm can install the package into build/mingo, unless it is
# there already.
#
# DOCDB_SEED repeats a run, DOCDB_PAIRS sets how many documents and filters are tried.

use strict;
use warnings;

use DocDBTest;
use JSON::PP qw(decode_json);
use PostgreSQL::Test::Utils;
use Test::More;

my $mingo = "$ENV{TESTDIR}/mingo";

# Installs the package where it is missing; returns why it is not there, or an empty string.
sub install_mingo
{
	return '' if -d "$mingo/node_modules/mingo";
	return 'npm is not installed' if system('npm --version >/dev/null 2>&1') != 0;
	my $folders = "--prefix '$mingo' --cache '$mingo/cache'";
	my $options = "--no-audit --no-fund --fetch-retries 1 $folders";
	my $output = `timeout 120 npm install $options mingo\@7.2.7 2>&1`;
	return '' if $? == 0 && -d "$mingo/node_modules/mingo";
	my ($reason) = $output =~ /^npm (?:ERR!|error) (?:code )?(\S.*)$/m;
	return 'npm cannot install mingo: ' . ($reason // 'it takes too long');
}

plan skip_all => 'node is not installed' if system('node --version >/dev/null 2>&1') != 0;

my $missing = install_mingo();
plan skip_all => $missing if $missing ne '';

my $seed = $ENV{DOCDB_SEED} // int(rand(2**31));
my $pairs = $ENV{DOCDB_PAIRS} // 6000;
srand($seed);
note("DOCDB_SEED=$seed");

# ---- Documents, as Extended JSON ----

my @names = ('a', 'b', 'c', '0', '1');
my @strings = ('x', 'y', 'xy', 'X', '');

sub random_number
{
	return pick(0, 1, 2, 3, 4, 5, -1, 1.5, -2.5, 10, '{"$numberDouble": "NaN"}');
}

sub random_scalar
{
	my $how = int(rand(12));

	return 'null' if $how < 2;
	return pick('true', 'false') if $how == 2;
	return sprintf('{"$date": {"$numberLong": "%d"}}', pick(-1, 0, 1, 86400000)) if $how == 3;
	return '"' . pick(@strings) . '"' if $how < 7;
	return random_number();
}

sub random_document
{
	my ($depth) = @_;
	my %seen;

	return '{' . join(', ', map { qq("$_": ) . random_value($depth - 1) }
			sort grep { !$seen{$_}++ } map { pick(@names) } 1 .. int(rand(4))) . '}';
}

sub random_array
{
	my ($depth) = @_;

	return '[' . join(', ', map { random_value($depth - 1) } 1 .. int(rand(4))) . ']';
}

sub random_value
{
	my ($depth) = @_;
	my $how = $depth > 0 ? int(rand(10)) : 0;

	return $how < 4 ? random_scalar() : $how < 7 ? random_document($depth) :
		random_array($depth);
}

# ---- Filters ----

my @types = ('"double"', '"string"', '"object"', '"array"', '"bool"', '"date"', '"null"', '"int"',
	'"number"', 2, 4, 10);

my %operands = (
	'$eq' => sub { random_value(2) },
	'$ne' => sub { random_value(1) },
	'$gt' => \&random_scalar,
	'$gte' => \&random_scalar,
	'$lt' => \&random_scalar,
	'$lte' => \&random_scalar,
	'$in' => sub { random_array(1) },
	'$nin' => sub { random_array(1) },
	'$all' => sub { random_array(1) },
	'$exists' => sub { pick('true', 'false') },
	'$type' => sub { pick(@types) },
	'$size' => sub { int(rand(4)) },
	'$mod' => sub { '[' . pick(2, 3, -2) . ', ' . pick(0, 1, -1) . ']' },
	'$regex' => sub { pick('"^x"', '"y"', '"^$"') },
	'$bitsAllSet' => sub { pick(1, 3, '[0]', '[0, 1]') },
	'$bitsAnyClear' => sub { pick(1, 3, '[0]', '[0, 1]') },
	'$elemMatch' => sub { rand() < 0.5 ? random_conditions() : random_leaf() },
	'$not' => sub { random_conditions() },
);

sub random_condition
{
	my ($simple) = @_;
	my $op = pick(grep { !$simple || !/^\$(?:elemMatch|not)$/ } sort keys %operands);

	return qq("$op": ) . $operands{$op}->();
}

# Conditions on an element: two at most, of different operators.
sub random_conditions
{
	my %seen;

	return '{' . join(', ', grep { /^("[^"]*")/ && !$seen{$1}++ }
			map { random_condition(1) } 1 .. pick(1, 1, 2)) . '}';
}

# A condition on a field.
sub random_leaf
{
	my $path = join('.', map { pick(@names) } 1 .. pick(1, 1, 1, 2, 2, 3));

	return sprintf('{"%s": %s}', $path, rand() < 0.2 ? random_value(2) :
		'{' . random_condition(0) . '}');
}

# Puts conditions together; leaves them in the array.
sub random_filter
{
	my ($depth, $leaves) = @_;

	if ($depth == 0 || rand() < 0.3)
	{
		push @$leaves, random_leaf();
		return $leaves->[-1];
	}
	return sprintf('{"%s": [%s]}', pick('$and', '$or', '$nor'),
		join(', ', map { random_filter($depth - 1, $leaves) } 1 .. pick(1, 2, 3)));
}

# ---- What mingo gets wrong ----
#
# Each rule is told of one condition on one document: the path, the operator or "literal", its
# operand, docdb's answer, whether the path meets an array in the document, on its way or at all,
# and whether the document holds an array within an array.  Each was looked up in MongoDB's manual
# or its sources.

my $numbers_only = qr/^\$(?:bits\w+|mod)$/;

my @rules = (
	[ 'a missing field is null for $gte and $lte' => sub {
		$_->{op} =~ /^\$[gl]te$/ && $_->{operand} eq 'null' && $_->{ours} eq 't';
	} ],
	[ '$all lists equalities: no array is needed, and null is a missing field too' => sub {
		$_->{op} eq '$all' && $_->{ours} eq 't';
	} ],
	[ '$mod and bit tests are false for all that is no number' => sub {
		$_->{op} =~ $numbers_only && $_->{ours} eq 'f';
	} ],
	[ '$mod cuts fractions off' => sub {
		$_->{op} eq '$mod' && $_->{document} =~ /\d\.5/;
	} ],
	[ 'bit tests look into arrays' => sub {
		$_->{op} =~ /^\$bits/ && $_->{meets_array};
	} ],
	[ 'NaN is neither less nor greater than numbers' => sub {
		$_->{op} =~ /^\$[gl]te?$/ && "$_->{operand} $_->{document}" =~ /NaN/ && $_->{ours} eq 'f';
	} ],
	[ '$type looks into arrays' => sub {
		$_->{op} eq '$type' && $_->{meets_array};
	} ],
	[ 'JavaScript has one type of numbers, and no NaN for mingo' => sub {
		$_->{op} eq '$type' && $_->{operand} =~ /^"(?:double|int|number)"$/;
	} ],
	[ 'an array within an array is not looked into' => sub {
		$_->{op} =~ /^\$(?:regex|elemMatch)$/ && $_->{holds_nested} && $_->{ours} eq 'f';
	} ],
	[ 'of an array on the way of a path only documents are looked into' => sub {
		$_->{crosses_array};
	} ],
	[ '$elemMatch with a filter is for elements that are documents or arrays' => sub {
		$_->{op} eq '$elemMatch' && $_->{operand} !~ /^\{"\$/
			&& ($_->{ours} eq 'f' || $_->{holds_nested});
	} ],
	[ 'any of these in $not and $elemMatch' => sub {
		$_->{op} =~ /^\$(?:not|elemMatch)$/ && $_->{operand} =~
			/"\$(?:bits\w+|mod|type|[gl]te": null|regex|all)|NaN/
			|| $_->{op} =~ /^\$(?:not|elemMatch)$/ && $_->{document} =~ /NaN/;
	} ],
);

# Whether a path meets an array in a document; with $before_end, before it ends.
sub meets_array
{
	my ($value, $before_end, @path) = @_;

	return !$before_end || @path > 0 if ref $value eq 'ARRAY';
	return 0 unless @path && ref $value eq 'HASH';
	my $name = shift @path;
	return exists $value->{$name} && meets_array($value->{$name}, $before_end, @path);
}

# Whether there is an array within an array.
sub holds_nested
{
	my ($value) = @_;
	my @inner = ref $value eq 'ARRAY' ? @$value : ref $value eq 'HASH' ? values %$value : ();

	return 1 if ref $value eq 'ARRAY' && grep { ref $_ eq 'ARRAY' } @inner;
	return scalar(grep { holds_nested($_) } @inner);
}

# The rule that a difference on a single condition comes from.
sub find_rule
{
	my ($case, $ours) = @_;
	my ($path, $operand) = $case->{filter} =~ /^\{"([^"]*)": (.*)\}$/;
	my $op = 'literal';
	my $document = decode_json($case->{document});
	my @parts = split /\./, $path;

	($op, $operand) = ($1, $2) if $operand =~ /^\{"(\$\w+)": (.*)\}$/;
	local $_ = {
		op => $op, operand => $operand, document => $case->{document}, ours => $ours,
		meets_array => meets_array($document, 0, @parts),
		crosses_array => meets_array($document, 1, @parts),
		holds_nested => holds_nested($document),
	};
	foreach my $rule (@rules)
	{
		return $rule->[0] if $rule->[1]->();
	}
	return undef;
}

# ---- The two answers ----

my $node = docdb_node('main');
my $file = $node->basedir . '/pairs.txt';
my $input = $node->basedir . '/mingo.in';
my @cases;

open my $out, '>', $file or die "could not write $file: $!";
open my $in, '>', $input or die "could not write $input: $!";
foreach my $id (1 .. $pairs)
{
	my $document = random_document(3);
	my @leaves;
	my $filter = random_filter(2, \@leaves);

	foreach my $i (0 .. @leaves)
	{
		my $one = $i == 0 ? $filter : $leaves[ $i - 1 ];

		push @cases, { id => $id, document => $document, filter => $one, is_leaf => $i > 0 };
		print $in qq({"document": $document, "filter": $one}\n);
		print $out join("\t", scalar(@cases), map { s/\\/\\\\/gr } $document, $one), "\n";
	}
}
close $out or die "could not write $file: $!";
close $in or die "could not write $input: $!";

my @theirs = split /\n/, `node "$ENV{TESTDIR}/test/lib/mingo.js" "$mingo" < "$input"`;
is(scalar(@theirs), scalar(@cases), 'mingo answered all');

$node->safe_psql('postgres', 'CREATE TABLE pair (id int, document bson, filter bson)');
$node->safe_psql('postgres', "\\copy pair FROM '$file'");
my @ours = split /\n/, $node->safe_psql('postgres',
	'SELECT document @@ filter FROM pair ORDER BY id');

# Conditions by themselves: each difference comes from a rule.  Whole filters: where both agree on
# all the conditions, they agree.
my (%known, %known_in, @unknown, @wrong);

foreach my $i (grep { $cases[$_]{is_leaf} && $ours[$_] ne $theirs[$_] } 0 .. $#cases)
{
	my $rule = find_rule($cases[$i], $ours[$i]);

	$known{$rule}++ if defined $rule;
	$known_in{ $cases[$i]{id} } = 1;
	push @unknown, $i unless defined $rule;
}
@wrong = grep { !$cases[$_]{is_leaf} && $ours[$_] ne $theirs[$_] && !$known_in{ $cases[$_]{id} } }
	0 .. $#cases;

sub show
{
	foreach my $i (grep { defined } @_[ 0 .. 9 ])
	{
		diag("docdb $ours[$i], mingo $theirs[$i]: $cases[$i]{document} @@ $cases[$i]{filter}");
	}
	diag("DOCDB_SEED=$seed");
}

note("$_: $known{$_}") foreach sort keys %known;
note(scalar(keys %known_in), " of $pairs filters hold a condition that mingo gets wrong");
ok(!@unknown, 'mingo finds the same by single conditions') or show(@unknown);
ok(!@wrong, 'mingo finds the same by whole filters') or show(@wrong);
cmp_ok(scalar(keys %known_in), '<', $pairs / 2, 'most filters are compared as a whole');
cmp_ok(scalar(grep { $_ eq 't' } @ours), '>', @ours / 5, 'many documents match');

$node->stop;
done_testing();
