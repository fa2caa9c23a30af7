# run_tap.pl: run TAP scripts and write how many tests passed and failed.
#
# usage: perl run_tap.pl RESULT SCRIPT...
#
# RESULT receives "PASSED FAILED", where a script that dies, bails out, or runs another number of
# tests than it planned, counts as one failed test more.  The end of a failed script's log is shown.

use strict;
use warnings;

use File::Basename qw(basename);
use TAP::Harness;
use TAP::Parser::Aggregator;

my ($result, @scripts) = @ARGV;
my $harness = TAP::Harness->new({ verbosity => 0, timer => 1, failures => 1, errors => 1 });
my $aggregate = TAP::Parser::Aggregator->new;
my $failed = 0;
my %troubled;

$aggregate->start;
foreach my $script (@scripts)
{
	# A script that bails out means to stop all others too, but they have clusters of their own.
	next if eval { $harness->aggregate_tests($aggregate, $script); 1 };
	print "$script: $@";
	$failed++;
	$troubled{$script} = 1;
}
$aggregate->stop;
$harness->summary($aggregate);

foreach my $parser ($aggregate->parsers)
{
	my @failures = $parser->failed;
	$failed += @failures;
	$failed++ if $parser->exit != 0 && !@failures || !$parser->is_good_plan;
}

$troubled{$_} = 1 foreach $aggregate->failed, $aggregate->parse_errors, $aggregate->exit;
foreach my $script (sort keys %troubled)
{
	my $log = ($ENV{TESTLOGDIR} // '.') . '/regress_log_' . basename($script, '.pl');
	open my $file, '<', $log or next;
	my @lines = <$file>;
	close $file;
	splice @lines, 0, @lines - 60 if @lines > 60;
	print "--- the end of $log\n", @lines;
}

open my $out, '>', $result or die "could not write $result: $!";
print $out scalar($aggregate->passed), " $failed\n";
close $out or die "could not write $result: $!";
exit($failed == 0 ? 0 : 1);
