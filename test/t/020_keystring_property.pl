# Random values: key strings compare by memcmp as the values compare, ascending, descending and
# several in a row; equal values have equal keys and hashes; numbers compare as PostgreSQL's
# numeric says their exact values do.
#
# DOCDB_SEED repeats a run, DOCDB_PAIRS sets how many pairs are tried.

use strict;
use warnings;

use DocDBTest;
use Math::BigInt;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{DOCDB_SEED} // int(rand(2**31));
my $pairs = $ENV{DOCDB_PAIRS} // 20000;
srand($seed);
note("DOCDB_SEED=$seed");

# ---- Numbers: each is [ Extended JSON, exact value as PostgreSQL's numeric reads it ] ----

my %power_of_5;

# An integer times a power of two, in decimal.
sub scaled
{
	my ($mantissa, $exponent) = @_;

	return $mantissa->copy->blsft($exponent)->bstr if $exponent >= 0;
	$power_of_5{$exponent} //= Math::BigInt->new(5)->bpow(-$exponent);
	return $mantissa->copy->bmul($power_of_5{$exponent})->bstr . "e$exponent";
}

sub double_bits
{
	return unpack('Q', pack('d', $_[0]));
}

sub double_of_bits
{
	return unpack('d', pack('Q', $_[0]));
}

sub double_number
{
	my ($f) = @_;
	my $bits = double_bits($f);
	my $exponent = $bits >> 52 & 0x7FF;
	my $mantissa = $bits & (1 << 52) - 1;

	if ($exponent == 0x7FF)
	{
		my $text = $mantissa ? 'NaN' : $bits >> 63 ? '-Infinity' : 'Infinity';
		return [ qq({"\$numberDouble": "$text"}), $text ];
	}
	if ($exponent == 0)
	{
		$exponent = 1;
	}
	else
	{
		$mantissa |= 1 << 52;
	}
	my $text = scaled(Math::BigInt->new($mantissa), $exponent - 1075);
	$text = "-$text" if $bits >> 63;
	return [ sprintf('{"$numberDouble": "%.17g"}', $f), $text ];
}

sub int32_number
{
	return [ qq({"\$numberInt": "$_[0]"}), $_[0] ];
}

sub int64_number
{
	my $text = Math::BigInt->new($_[0])->bstr;

	return [ qq({"\$numberLong": "$text"}), $text ];
}

sub decimal_number
{
	my ($text) = @_;

	return [ qq({"\$numberDecimal": "$text"}), $text ];
}

sub random_digits
{
	my ($count) = @_;

	return join('', pick(1 .. 9), map { pick(0 .. 9, 0, 0, 9) } 2 .. $count);
}

my $two63 = Math::BigInt->new(2)->bpow(63);
my @landmarks = map { Math::BigInt->new($_) } 0, 1, 2, 10, 127, 128, 255, 256, 2**31, 2**53;
push @landmarks, $two63, $two63->copy->bmul(2), Math::BigInt->new(10)->bpow(18),
	Math::BigInt->new(10)->bpow(22), Math::BigInt->new(10)->bpow(33);

# An integer near a landmark.
sub near_landmark
{
	my $n = pick(@landmarks)->copy->badd(int(rand(7)) - 3);

	return rand() < 0.5 ? $n : $n->bneg;
}

sub fits_int64
{
	my ($n) = @_;

	return $n->bcmp($two63) < 0 && $n->bcmp($two63->copy->bneg) >= 0;
}

sub random_double
{
	my $how = int(rand(8));

	return pick(0.0, -0.0, 1.0, 0.1, 1e308, 'inf', '-inf', 'nan') + 0 if $how == 0;
	return double_of_bits(int(rand(2**32)) << 32 | int(rand(2**32))) if $how == 1;
	return double_of_bits(int(rand(20))) if $how == 2;
	return double_of_bits((0x7FF << 52) - 1 - int(rand(4))) if $how == 3;
	return double_of_bits(double_bits(near_landmark()->numify) + int(rand(5)) - 2) if $how == 4;
	return int(rand(2000)) / pick(1, 2, 4, 8, 10, 100) - 100;
}

# An integer's text with a fraction, where that fits.
sub with_fraction
{
	my ($text) = @_;

	return length($text) > 24 ? $text : $text . pick('', '.0', '.00', '.5', '.000000001');
}

sub random_decimal
{
	my $how = int(rand(9));
	my $sign = pick('', '', '-');

	return pick('NaN', 'Infinity', '-Infinity', '0', '-0', '0E+6111', '0E-6176', '0.000')
		if $how == 0;
	return $sign . random_digits(pick(1, 2, 17, 33, 34)) . 'E' . (int(rand(12288)) - 6176)
		if $how == 1;
	return $sign . random_digits(int(rand(34)) + 1) . 'E' . (int(rand(60)) - 40) if $how == 2;
	return $sign . random_digits(pick(1, 5, 34)) . 'E' . pick(275 .. 310, -345 .. -320)
		if $how == 3;
	return with_fraction(near_landmark()->bstr) if $how == 4;
	return $sign . int(rand(1000)) . pick('', '.0', '.25', '.1', 'E+3') if $how == 5;
	return $sign . '1E-6176' if $how == 6;
	# A double that has few digits, written as a decimal.
	return $sign . int(rand(4096)) / 64;
}

sub random_number
{
	my $how = int(rand(10));

	return double_number(random_double()) if $how < 3;
	return decimal_number(random_decimal()) if $how < 6;
	return int32_number(int(rand(200)) - 100) if $how == 6;
	return int32_number(pick(-2**31, 2**31 - 1, 0, int(rand(2**32)) - 2**31)) if $how == 7;
	my $n = $how == 8 ? near_landmark() : Math::BigInt->new(int(rand(2**32)))->blsft(31)
		->badd(int(rand(2**31)))->bmul(pick(1, -1));
	return fits_int64($n) ? int64_number($n) : decimal_number($n->bstr);
}

# The same value, or one next to it, in another type where that can hold it.
sub number_near
{
	my ($number) = @_;
	my ($json, $exact) = @$number;

	return random_number() if $exact =~ /[INn]/;
	if ($json =~ /Double": "([^"]+)/)
	{
		my $f = $1 + 0;
		my $how = int(rand(4));
		return double_number(double_of_bits(double_bits($f) + pick(-1, 1))) if $how == 0 && $f != 0;
		return double_number(-$f) if $how == 1 && $f == 0;
		return int64_number(Math::BigInt->new(sprintf('%.0f', $f))) if $how == 2 && abs($f) < 2**63;
		return decimal_number(sprintf('%.' . pick(0, 14, 16, 33) . 'e', $f));
	}
	if ($json =~ /Decimal/)
	{
		my ($digits, $exponent) = $exact =~ /^-?([0-9.]+)(?:E(.*))?$/;
		my $room = 34 - ($digits =~ tr/0-9//);
		return double_number($exact + 0) if rand() < 0.4;
		return decimal_number($exact) unless $room > 0 && $digits =~ /\./ && !defined $exponent;
		return decimal_number($exact . '0' x int(rand($room))) if rand() < 0.5;
		return decimal_number($exact . '0' x ($room - 1) . '1');
	}
	my $n = Math::BigInt->new($exact);
	my $how = int(rand(4));
	return double_number($n->numify) if $how == 0;
	return decimal_number(with_fraction($n->bstr)) if $how == 1;
	return int32_number($n->bstr) if $how == 2 && abs($n->numify) < 2**31;
	$n->badd(pick(-1, 0, 1));
	return fits_int64($n) ? int64_number($n) : double_number($n->numify);
}

# ---- Other values, as Extended JSON ----

my @characters = ('\u0000', '\u0001', '\u0002', 'a', 'b', 'z', '\u007f', '\u00e4', '\u20ac', ' ',
	'0', '\ud83d\ude00');

sub random_text
{
	my ($max) = @_;

	return join('', map { pick(@characters) } 1 .. int(rand($max + 1)));
}

sub random_name
{
	return pick('a', 'b', 'ab', 'a.b', '', '0', '\u0001', '\u00e4', 'aa');
}

sub base64
{
	my ($hex) = @_;
	my $bytes = pack('H*', $hex);
	my $text = pack('u', $bytes);
	my $padding = (3 - length($bytes) % 3) % 3;

	$text =~ s/^.//mg;
	$text =~ s/\n//g;
	$text =~ tr{` -_}{AA-Za-z0-9+/};
	$text =~ s/.{$padding}$/'=' x $padding/e if $padding;
	return $text;
}

sub random_hex
{
	my ($bytes) = @_;

	return join('', map { pick('00', '01', '7f', '80', 'ff') } 1 .. $bytes);
}

my @scalars = (
	sub { return random_number()->[0] },
	sub { return random_number()->[0] },
	sub { return '"' . random_text(12) . '"' },
	sub { return '"' . random_text(2) . 'x' x int(rand(20)) . random_text(2) . '"' },
	sub { return '{"$symbol": "' . random_text(3) . '"}' },
	sub {
		return sprintf('{"$binary": {"base64": "%s", "subType": "%s"}}',
			base64(random_hex(pick(0, 1, 2, 3, 254, 255, 256))), pick('00', '05', '80', 'ff'));
	},
	sub { return '{"$oid": "' . random_hex(12) . '"}' },
	sub { return pick('true', 'false', 'null', '{"$undefined": true}') },
	sub { return pick('{"$minKey": 1}', '{"$maxKey": 1}') },
	sub {
		return sprintf('{"$date": {"$numberLong": "%s"}}',
			pick(0, -1, 1, $two63->copy->bsub(1), $two63->copy->bneg, int(rand(2**40)) - 2**39));
	},
	sub {
		return sprintf('{"$timestamp": {"t": %u, "i": %u}}',
			pick(0, 1, 2**31, 2**32 - 1), pick(0, 1, 2**31, 2**32 - 1));
	},
	sub {
		return sprintf('{"$regularExpression": {"pattern": "%s", "options": "%s"}}',
			join('', map { pick('a', 'b', '\u0001', '.') } 1 .. int(rand(3))), pick('', 'i', 'ix'));
	},
	sub { return '{"$code": "' . random_text(3) . '"}' },
	sub {
		return sprintf('{"$dbPointer": {"$ref": "%s", "$id": {"$oid": "%s"}}}',
			pick('a', 'ab', 'b'), random_hex(12));
	},
);

sub random_value
{
	my ($depth) = @_;

	if (rand() < 0.3 && $depth > 0)
	{
		my @values = map { random_value($depth - 1) } 1 .. int(rand(4));
		return '[' . join(', ', @values) . ']' if rand() < 0.4;
		my $document = '{' . join(', ', map { '"' . random_name() . '": ' . $_ } @values) . '}';
		return $document if rand() < 0.9;
		return '{"$code": "' . random_text(2) . qq(", "\$scope": $document});
	}
	return pick(@scalars)->();
}

# A value that differs little: another leaf, or an element more or less.
sub value_near
{
	my ($json) = @_;
	my $how = int(rand(4));

	if ($how < 2 && $json =~ /\{"\$number/)
	{
		my @starts;
		push @starts, [ $-[0], $+[0] ]
			while $json =~ /\{"\$number(?:Int|Long|Double|Decimal)": "[^"]*"\}/g;
		my ($from, $to) = @{ pick(@starts) };
		my $number = substr($json, $from, $to - $from);
		my ($text) = $number =~ /: "(.*)"/;
		substr($json, $from, $to - $from) = number_near([ $number, $text ])->[0]
			unless $json =~ /date/;
		return $json;
	}
	$json =~ s/"([^"\$]*)"(?=[\],}])/'"' . $1 . pick('a', '\u0000', '') . '"'/e if $how == 2
		&& $json !~ /\$(?:oid|binary|number|date|regular|dbP)/;
	$json =~ s/\]$/', 1]'/e if $how == 3 && $json =~ /^\[[^\]]/;
	return $json;
}

# ---- The test ----

my $node = docdb_node('main');
my $file = $node->basedir . '/pairs.txt';

$node->safe_psql('postgres', q{
	CREATE TABLE pair (id int, a bson_value, b bson_value, a_exact numeric, b_exact numeric)
});

open my $out, '>', $file or die "could not write $file: $!";
foreach my $id (1 .. $pairs)
{
	my @fields;
	if ($id % 2)
	{
		my $a = random_number();
		my $b = rand() < 0.7 ? number_near($a) : random_number();
		@fields = ($a->[0], $b->[0], $a->[1], $b->[1]);
	}
	else
	{
		my $a = random_value(3);
		my $b = rand() < 0.6 ? value_near($a) : random_value(3);
		@fields = ($a, $b, '\N', '\N');
	}
	s/\\(?!N$)/\\\\/g foreach @fields;
	print $out join("\t", $id, @fields), "\n";
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

# The sign of memcmp; the keys of unequal values are no prefixes of each other.
$node->safe_psql('postgres', q{
	CREATE FUNCTION memcmp(a bytea, b bytea) RETURNS int IMMUTABLE LANGUAGE sql
	RETURN CASE WHEN a < b THEN -1 WHEN a > b THEN 1 ELSE 0 END;
	CREATE FUNCTION is_prefix(a bytea, b bytea) RETURNS boolean IMMUTABLE LANGUAGE sql
	RETURN length(a) < length(b) AND substr(b, 1, length(a)) = a;
	CREATE TABLE checked AS
	SELECT *, docdb.compare(a, b) AS cmp,
		docdb.key_string(a) AS a_key, docdb.key_string(b) AS b_key,
		docdb.key_string(a, true) AS a_down, docdb.key_string(b, true) AS b_down
	FROM pair;
	ANALYZE checked;
});

is($node->safe_psql('postgres', 'SELECT count(*) FROM checked'), $pairs, 'all pairs are there');
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM checked WHERE cmp = 0'),
	'>', $pairs / 20, 'many pairs are equal');
no_row('comparison is antisymmetric',
	'SELECT a, b, cmp FROM checked WHERE docdb.compare(b, a) <> -cmp');
no_row('operators agree with the comparison', q{
	SELECT a, b, cmp FROM checked
	WHERE (a = b) <> (cmp = 0) OR (a <> b) <> (cmp <> 0) OR (a < b) <> (cmp < 0)
		OR (a <= b) <> (cmp <= 0) OR (a > b) <> (cmp > 0) OR (a >= b) <> (cmp >= 0)
});
no_row('keys compare as the values do',
	'SELECT a, b, cmp, a_key, b_key FROM checked WHERE memcmp(a_key, b_key) <> cmp');
no_row('descending keys the other way round',
	'SELECT a, b, cmp FROM checked WHERE memcmp(a_down, b_down) <> -cmp');
no_row('no key is a prefix of another',
	'SELECT a, b FROM checked WHERE is_prefix(a_key, b_key) OR is_prefix(b_key, a_key)');
no_row('keys begin within the bounds that are promised', q{
	SELECT a, a_key FROM checked
	WHERE get_byte(a_key, 0) NOT BETWEEN 16 AND 126 OR get_byte(a_down, 0) NOT BETWEEN 129 AND 239
});
no_row('equal values have equal hashes', q{
	SELECT a, b FROM checked
	WHERE cmp = 0 AND (docdb.bson_value_hash(a) <> docdb.bson_value_hash(b)
		OR docdb.bson_value_hash_extended(a, 7) <> docdb.bson_value_hash_extended(b, 7))
});
no_row('the two hashes agree', q{
	SELECT a FROM checked
	WHERE docdb.bson_value_hash_extended(a, 0) & 4294967295 <>
		docdb.bson_value_hash(a)::bigint & 4294967295
});
cmp_ok($node->safe_psql('postgres', q{
		SELECT 1.0 * count(DISTINCT docdb.bson_value_hash(a)) / count(DISTINCT a_key) FROM checked
	}), '>', 0.99, 'unequal values have unequal hashes');
no_row('keys in a row compare as the rows do', q{
	SELECT x.a, x.b, y.a, y.b
	FROM checked x JOIN checked y ON y.id = (x.id * 7919::bigint) % (SELECT count(*) FROM checked)
	WHERE memcmp(x.a_key || y.a_key, x.b_key || y.b_key) <>
			CASE x.cmp WHEN 0 THEN y.cmp ELSE x.cmp END
		OR memcmp(x.a_down || y.a_key, x.b_down || y.b_key) <>
			CASE x.cmp WHEN 0 THEN y.cmp ELSE -x.cmp END
		OR memcmp(x.a_key || y.a_down, x.b_key || y.b_down) <>
			CASE x.cmp WHEN 0 THEN -y.cmp ELSE x.cmp END
});
no_row('numbers compare as their exact values do', q{
	SELECT a, b, cmp FROM checked
	WHERE a_exact IS NOT NULL AND cmp <> CASE
		WHEN a_exact = 'NaN' AND b_exact = 'NaN' THEN 0
		WHEN a_exact = 'NaN' THEN -1
		WHEN b_exact = 'NaN' THEN 1
		ELSE sign(CASE WHEN a_exact = b_exact THEN 0 WHEN a_exact < b_exact THEN -1 ELSE 1 END)
	END
});

# Sorting by value, with abbreviated keys and without, and by key is one order.
foreach my $rows ('SELECT a AS v, a_key AS k FROM checked',
	'SELECT a AS v, a_key AS k FROM checked, generate_series(1, 8)')
{
	no_row("sorting: $rows", qq{
		SELECT * FROM (SELECT k, lag(k) OVER (ORDER BY v) AS before FROM ($rows) r) o
		WHERE k < before
	});
}
is( $node->safe_psql('postgres', q{
		SELECT count(DISTINCT a) = count(DISTINCT a_key),
			(SELECT count(*) FROM (SELECT a FROM checked GROUP BY a) g) = count(DISTINCT a_key)
		FROM checked
	}),
	't|t', 'as many distinct values as keys, by sorting and by hashing');

$node->stop;
done_testing();
