# The same as 070_crash, but the server is not started again: its synchronous standby takes over,
# and has every write that was acknowledged.

use strict;
use warnings;

use DocDBTest;
use DocDBWriters;
use PostgreSQL::Test::Cluster;
use Test::More;

my $seed = $ENV{DOCDB_SEED} // int(rand(2**31));
my $rounds = $ENV{DOCDB_ROUNDS} // 2;
srand($seed);
note("DOCDB_SEED=$seed");

my $primary = docdb_node('server0', allows_streaming => 1, conf => "shared_buffers = 1MB\n"
	. "checkpoint_timeout = 30s\nmax_wal_size = 32MB\nfsync = off\nlog_statement = none\n");
my $writers = DocDBWriters->new(count => 8, statements => 300);

$writers->prepare($primary);
foreach my $round (1 .. $rounds)
{
	# What is flushed on the standby counts, or what is applied there: it is all the same to a
	# standby that takes over.
	my $commit = $round % 2 ? 'on' : 'remote_apply';
	my $standby = PostgreSQL::Test::Cluster->new("server$round");

	$primary->backup("base$round");
	$standby->init_from_backup($primary, "base$round", has_streaming => 1);
	$standby->start;
	$primary->append_conf('postgresql.conf',
		"synchronous_standby_names = '*'\nsynchronous_commit = $commit\n");
	$primary->reload;
	wait_until('the standby is synchronous', sub {
		return $primary->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_replication
			WHERE sync_state = 'sync' AND state = 'streaming'}) eq '1';
	});

	$writers->start($primary, $round);
	$writers->wait_for_progress($primary);
	kill_server($primary);
	$writers->finish;
	$standby->append_conf('postgresql.conf',
		"synchronous_standby_names = ''\nsynchronous_commit = on\n");
	$standby->reload;
	$standby->promote;
	$writers->check($standby, $round);
	$primary->clean_node;
	$primary = $standby;
}
$writers->check_all($rounds);
diag("DOCDB_SEED=$seed") unless Test::More->builder->is_passing;

$primary->stop;
done_testing();
