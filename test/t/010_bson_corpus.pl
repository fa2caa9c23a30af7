# The corpus of the BSON specification: every valid document is read and written as it says, in
# binary and as Extended JSON, and everything malformed is refused.
#
# The corpus is in shared/spec/bson-corpus beside the checkout, or where DOCDB_SHARED says; it is
# no part of docdb.

use strict;
use warnings;

use DocDBTest;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;

my $corpus = ($ENV{DOCDB_SHARED} // "$ENV{TESTDIR}/../shared") . '/spec/bson-corpus';
my @files = glob "$corpus/*.json";

plan skip_all => "no BSON corpus in $corpus" if !@files;

# What is not as the corpus has it, by "file: description", with the reason.
my %exceptions = ();

my $node = docdb_node('main');

# Each gives the hex of bytes, or text, or the SQLSTATE of an error.
$node->safe_psql('postgres', q{
	CREATE FUNCTION read_text(json text) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		RETURN encode(json::bson::bytea, 'hex');
	EXCEPTION WHEN OTHERS THEN
		RETURN SQLSTATE;
	END $$;
	CREATE FUNCTION read_bytes(hex text) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		RETURN encode(decode(hex, 'hex')::bson::bytea, 'hex');
	EXCEPTION WHEN OTHERS THEN
		RETURN SQLSTATE;
	END $$;
	CREATE FUNCTION canonical(hex text) RETURNS text LANGUAGE sql AS $$
		SELECT docdb.to_canonical_json(decode(hex, 'hex')::bson) $$;
	CREATE FUNCTION relaxed(hex text) RETURNS text LANGUAGE sql AS $$
		SELECT docdb.to_relaxed_json(decode(hex, 'hex')::bson) $$;
	CREATE FUNCTION text_and_back(hex text) RETURNS text LANGUAGE sql AS $$
		SELECT read_text(decode(hex, 'hex')::bson::text) $$;
});

# [ name of the test, function, argument, check of the result ]
my @cases;

# Extended JSON without space between tokens, and with characters instead of escapes where JSON
# leaves the choice.
sub squeeze
{
	my ($json) = @_;

	$json =~ s{("(?:[^"\\]|\\.)*")|\s+}{$1 // ''}ge;
	$json =~ s{\\u(?!00[01])([0-9a-f]{4})}{chr(hex $1)}gei;
	return $json;
}

sub equals
{
	my ($expected) = @_;

	return sub { return ($_[0], $expected) };
}

sub bytes
{
	return equals(lc $_[0]);
}

sub json
{
	my $expected = squeeze($_[0]);

	return sub { return (squeeze($_[0]), $expected) };
}

# A number with an exponent may be written with either letter.
sub relaxed_json
{
	my $expected = squeeze($_[0]);

	$expected =~ s/(\d)E\+/$1e+/;
	return sub { return (squeeze($_[0]), $expected) };
}

sub error
{
	my ($sqlstates) = @_;

	return sub { return ($_[0] =~ /^(?:$sqlstates)$/ ? 'refused' : $_[0], 'refused') };
}

sub add_valid
{
	my ($name, $case) = @_;
	my $bson = $case->{canonical_bson};

	push @cases,
		[ "$name: bytes are valid", 'read_bytes', $bson, bytes($bson) ],
		[ "$name: canonical text", 'canonical', $bson, json($case->{canonical_extjson}) ];
	push @cases, [ "$name: relaxed text", 'relaxed', $bson, relaxed_json($case->{relaxed_extjson}) ]
		if defined $case->{relaxed_extjson};
	push @cases,
		[ "$name: canonical text is read", 'read_text', $case->{canonical_extjson}, bytes($bson) ],
		[ "$name: bson's text is read", 'text_and_back', $bson, bytes($bson) ]
		if !$case->{lossy};
	push @cases,
		[ "$name: relaxed text is read", 'read_text', $case->{relaxed_extjson},
		# Where relaxed text loses the type, it must at least be read.
		$name =~ /^int64/ ? sub { return ($_[0] =~ /^[0-9a-f]+$/ ? 'ok' : $_[0], 'ok') }
			: bytes($bson) ]
		if defined $case->{relaxed_extjson} && !$case->{lossy};
	push @cases, [ "$name: degenerate text is read", 'read_text', $case->{degenerate_extjson},
		$case->{lossy} ? sub { return ($_[0] =~ /^[0-9a-f]+$/ ? 'ok' : $_[0], 'ok') }
			: bytes($bson) ]
		if defined $case->{degenerate_extjson};

	# Binary stays as it is, and becomes canonical on its way through text.
	push @cases,
		[ "$name: degenerate bytes are valid", 'read_bytes', $case->{degenerate_bson},
		bytes($case->{degenerate_bson}) ],
		[ "$name: degenerate bytes as text", 'text_and_back', $case->{degenerate_bson},
		bytes($bson) ]
		if defined $case->{degenerate_bson};
}

foreach my $file (@files)
{
	my $content = JSON::PP->new->utf8->decode(slurp_file($file));
	my ($short) = $file =~ m{([^/]+)\.json$};

	add_valid("$short: $_->{description}", $_) foreach @{ $content->{valid} // [] };
	push @cases, [ "$short: $_->{description}: bytes are refused", 'read_bytes', $_->{bson},
		error('M000M|M000F') ]
		foreach @{ $content->{decodeErrors} // [] };
	foreach my $case (@{ $content->{parseErrors} // [] })
	{
		my $json = $case->{string};

		# The decimal ones are numbers.
		$json = JSON::PP->new->encode({ d => { '$numberDecimal' => $json } })
			if $short =~ /^decimal/;
		push @cases, [ "$short: $case->{description}: $json is refused", 'read_text', $json,
			error('M0009') ];
	}
}

# One query for all of them.
my $sql = "SELECT CASE f WHEN 'read_text' THEN read_text(a) WHEN 'read_bytes' THEN read_bytes(a)"
	. " WHEN 'canonical' THEN canonical(a) WHEN 'relaxed' THEN relaxed(a) ELSE text_and_back(a) END"
	. ' FROM (VALUES '
	. join(",\n", map { my $a = $cases[$_][2]; utf8::encode($a);
		"($_, '$cases[$_][1]', \$json\$$a\$json\$)" } 0 .. $#cases)
	. ') AS t(i, f, a) ORDER BY i';
my @results = split /\n/, $node->safe_psql('postgres', $sql), -1;

is(scalar @results, scalar @cases, 'one result for each case');
foreach my $i (0 .. $#cases)
{
	my ($name, $function, $argument, $check) = @{ $cases[$i] };
	my $result = $results[$i];

	utf8::decode($result);
	my ($got, $expected) = $check->($result);
	utf8::encode($_) foreach $got, $expected, $name;
	if (defined $exceptions{$name})
	{
		isnt($got, $expected, "$name (exception: $exceptions{$name})");
		next;
	}
	is($got, $expected, $name) or diag("of $argument");
}

$node->stop;
done_testing();
