# The server is killed while eight sessions write in every way there is: after recovery every write
# that was acknowledged is there, none is there in part, every document is one, and the indexes
# agree with the tables.
#
# DOCDB_SEED repeats the sessions' statements (not their timing), DOCDB_ROUNDS sets how often the
# server is killed.

use strict;
use warnings;

use DocDBTest;
use DocDBWriters;
use Test::More;

my $seed = $ENV{DOCDB_SEED} // int(rand(2**31));
my $rounds = $ENV{DOCDB_ROUNDS} // 2;
srand($seed);
note("DOCDB_SEED=$seed");

# fsync is off as it is the server that dies and not the machine.
my $node = docdb_node('main', conf => "shared_buffers = 1MB\ncheckpoint_timeout = 30s\n"
	. "max_wal_size = 32MB\nfsync = off\nlog_statement = none\n");
my $writers = DocDBWriters->new(count => 8, statements => 300);

$writers->prepare($node);
foreach my $round (1 .. $rounds)
{
	$writers->start($node, $round);
	$writers->wait_for_progress($node);
	kill_server($node);
	$writers->finish;
	$node->start;
	$writers->check($node, $round);
}
$writers->check_all($rounds);
diag("DOCDB_SEED=$seed") unless Test::More->builder->is_passing;

$node->stop;
done_testing();
