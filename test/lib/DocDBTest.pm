
=pod

=head1 NAME

DocDBTest - clusters with docdb for TAP tests

=head1 SYNOPSIS

  use DocDBTest;

  my $node = docdb_node('primary', allows_streaming => 1, conf => "wal_level = logical\n");
  is($node->safe_psql('postgres', 'SELECT 1'), '1');
  is(sqlstate_of($node, 'postgres', 'SELECT 1/0'), '22012');

=head1 DESCRIPTION

Loads PostgreSQL::Test::Cluster, PostgreSQL::Test::Utils and Test::More, and adds what docdb's
tests share.  The scripts are run by test/check and test/dev tap, which put an installation that
has docdb in front of the PATH.

=cut

package DocDBTest;

use strict;
use warnings;

use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(crashes_in_log docdb_node kill_server pick plans_agree sqlstate_of wait_until);

=pod

=head1 FUNCTIONS

=over

=item docdb_node($name, %params)

Makes a new cluster, starts it and creates the extension in its database postgres.  Parameters:
conf, lines for postgresql.conf; extension => 0, not to create the extension; start => 0, to do
neither.  The others go to the node's init().

=cut

sub docdb_node
{
	my ($name, %params) = @_;
	my $conf = delete $params{conf};
	my $start = delete $params{start} // 1;
	my $extension = delete $params{extension} // 1;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(extra => [ '--locale=C.UTF-8', '--encoding=UTF8' ], %params);
	$node->append_conf('postgresql.conf', $conf) if defined $conf;
	return $node unless $start;
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION docdb') if $extension;
	return $node;
}

=pod

=item sqlstate_of($node, $database, $sql, %params)

Runs SQL that should fail and returns its SQLSTATE, or '00000' where it did not fail.

=cut

sub sqlstate_of
{
	my ($node, $database, $sql, %params) = @_;
	my ($status, $stdout, $stderr) = $node->psql($database, "\\set VERBOSITY sqlstate\n$sql",
		on_error_stop => 1, %params);

	return '00000' if $status == 0;
	return $stderr =~ /ERROR:\s+([0-9A-Z]{5})\b/ ? $1 : $stderr;
}

=pod

=item crashes_in_log($node, $start)

The lines of a node's log, from the byte $start on, that tell of crashes.

=cut

sub crashes_in_log
{
	my ($node, $start) = @_;
	my $what = qr/PANIC:|TRAP:|terminated by signal|AddressSanitizer|runtime error:/;

	return join("\n", grep { $_ =~ $what } split /\n/, slurp_file($node->logfile, $start // 0));
}

=pod

=item kill_server($node)

Kills a node's postmaster and all its children, and no other process, with SIGKILL at once: none of
them does anything more, as in a crash of the machine whose disk had all that was written.  Returns
when they are gone.

=cut

sub kill_server
{
	my ($node) = @_;
	my ($postmaster) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;

	# A stopped postmaster starts no more children while they are listed.
	kill 'STOP', $postmaster;
	my @children = grep { parent_of($_) == $postmaster } map { m{(\d+)$} } glob '/proc/[0-9]*';
	kill 'KILL', @children;
	$node->kill9;
	# A lock file counts until its process is gone from the process table.
	wait_until('the server is gone', sub { !grep { kill 0, $_ } $postmaster, @children });
	note('killed ' . (1 + @children) . ' processes');
	return;
}

sub parent_of
{
	my ($pid) = @_;

	# The process may have ended.
	open my $file, '<', "/proc/$pid/stat" or return 0;
	my $line = readline($file) // '';
	close $file;
	return $line =~ /\) \w (\d+)/ ? $1 : 0;
}

=pod

=item pick(@values)

One of the values, at random.

=cut

sub pick
{
	return $_[ int(rand(@_)) ];
}

=pod

=item plans_agree($server, $what, $query, @settings)

Runs a query of one row under each of several settings, statements that take effect one after the
other, on the same snapshot.  True if the rows are all the same; else says with $what which ones
there were.

=cut

sub plans_agree
{
	my ($server, $what, $query, @settings) = @_;
	my @runs = map { "$_\n$query;" } @settings;
	my $output = $server->safe_psql('postgres',
		join("\n", 'BEGIN ISOLATION LEVEL REPEATABLE READ;', @runs, 'COMMIT;'));
	my @rows = split /\n/, $output;

	return 1 if @rows == @settings && !grep { $_ ne $rows[0] } @rows;
	diag("$what: @rows");
	return 0;
}

=pod

=item wait_until($what, $check)

Calls the function $check every tenth of a second until it returns true, and fails the test when
it has not after PG_TEST_TIMEOUT_DEFAULT seconds (180).

=cut

sub wait_until
{
	my ($what, $check) = @_;
	my $tries = 10 * $PostgreSQL::Test::Utils::timeout_default;

	while ($tries-- > 0)
	{
		return 1 if $check->();
		select undef, undef, undef, 0.1;
	}
	fail("timed out waiting until $what");
	return 0;
}

=pod

=back

=cut

1;
