# The server is killed while several sessions write in every way there is: after recovery every
# write that was acknowledged is there, none is there in part, every document is one, and the
# primary keys agree with the tables.
#
# DOCDB_SEED repeats the sessions' statements (not their timing), DOCDB_ROUNDS sets how often the
# server is killed.

use strict;
use warnings;

use DocDBTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{DOCDB_SEED} // int(rand(2**31));
my $rounds = $ENV{DOCDB_ROUNDS} // 2;
my $writers = 4;
my $statements = 500;
srand($seed);
note("DOCDB_SEED=$seed");

my $node = docdb_node('main', conf => "shared_buffers = 1MB\ncheckpoint_timeout = 30s\n"
	. "max_wal_size = 32MB\nfsync = off\nlog_statement = none\n");

# fsync is off as it is the server that dies and not the machine.
my $amcheck = eval { $node->safe_psql('postgres', 'CREATE EXTENSION amcheck'); 1 };
note('amcheck is not there') unless $amcheck;

# ---- A writer: statements, and what the collection holds after each ----

# The state of a collection is { _id => version }, and its documents are
# {_id, v, pad, w} with the version as v and w.


sub document
{
	my ($id, $version, $length) = @_;

	return sprintf('{"_id": %d, "v": %d, "pad": "%s", "w": %d}', $id, $version, 'x' x $length,
		$version);
}

sub pick
{
	return $_[ int(rand(@_)) ];
}

# A statement of writer $n in a state, and what it changes: { _id => version, or undef }.
sub random_statement
{
	my ($n, $state, $version, $round) = @_;
	my $name = "writer$n";
	my @ids = grep { $_ ne 'side' } keys %$state;
	my $id = @ids ? pick(@ids) : 0;
	my $new = 1 + int(rand(1_000_000));
	my $length = pick(10, 10, 10, 500, 3000, 30000);
	my $how = int(rand(12));
	my $set = qq~{"\$set": {"v": $version, "w": $version}}~;

	$new++ while exists $state->{$new};
	if ($how == 0 || !@ids)
	{
		return ("docdb.insert_one('$name', '" . document($new, $version, $length) . "')",
			{ $new => $version });
	}
	if ($how == 1 || $how == 2)
	{
		my %new = map { 1 + int(rand(1_000_000)) => 1 } 1 .. pick(1, 10, 40);
		delete @new{@ids};
		return ("docdb.insert_many('$name', ARRAY[" . join(', ',
			map { "'" . document($_, $version, 20) . "'" } keys %new) . ']::bson[])',
			{ map { $_ => $version } keys %new });
	}
	if ($how == 3)
	{
		return (qq~docdb.update_one('$name', '{"_id": $id}', '$set')~, { $id => $version });
	}
	if ($how == 4)
	{
		return (qq~docdb.update_many('$name', '{"_id": {"\$lt": 500000}}', '$set')~,
			{ map { $_ => $version } grep { $_ < 500_000 } @ids });
	}
	if ($how == 5)
	{
		return (qq~docdb.delete_one('$name', '{"_id": $id}')~, { $id => undef });
	}
	if ($how == 6)
	{
		return (qq~docdb.delete_many('$name', '{"_id": {"\$lt": 50000}}')~,
			{ map { $_ => undef } grep { $_ < 50_000 } @ids });
	}
	if ($how == 7)
	{
		my $delete = pick(@ids);
		my $inserted = document($new, $version, $length);
		my $replacement = document($id, $version, $length);
		return (qq~docdb.bulk_write('$name', '[{"insertOne": {"document": $inserted}}, ~
			. qq~{"replaceOne": {"filter": {"_id": $id}, "replacement": $replacement}}, ~
			. qq~{"deleteOne": {"filter": {"_id": $delete}}}]')~,
			{ $new => $version, $id => $version, $delete => undef });
	}
	if ($how == 8)
	{
		return (qq~docdb.update_one('$name', '{"_id": $new}', '$set', '{"upsert": true}')~,
			{ $new => $version });
	}
	if ($how == 9)
	{
		return (qq~docdb.find_one_and_update('$name', '{"_id": $id}', '[$set]')~,
			{ $id => $version });
	}
	if ($how == 10)
	{
		return (qq~docdb.find_one_and_delete('$name', '{"_id": $id}')~, { $id => undef });
	}
	# A collection that comes and goes.
	my $side = "side${n}_$round";
	return ("docdb.drop_collection('$side')", { side => undef }) if exists $state->{side};
	return (qq~docdb.insert_one('$side', '{"_id": 1, "v": $version, "w": $version}')~,
		{ side => $version });
}

sub apply
{
	my ($state, $changes) = @_;

	foreach my $id (keys %$changes)
	{
		delete $state->{$id};
		$state->{$id} = $changes->{$id} if defined $changes->{$id};
	}
}

# ---- Rounds ----

sub file_of
{
	my ($n, $what) = @_;

	return $node->basedir . "/writer$n.$what";
}

# What is there of a writer, as the model has it.
sub state_of
{
	my ($n, $round) = @_;
	my %state = map { split /\|/ } split /\n/, $node->safe_psql('postgres',
		"SELECT doc -> '_id', doc -> 'v' FROM docdb.find('writer$n') AS doc");
	my $side = $node->safe_psql('postgres', "SELECT docdb.find_one('side${n}_$round') -> 'v'");

	$state{side} = $side if $side ne '';
	return \%state;
}

sub shown
{
	my ($state) = @_;

	return join(' ', map { "$_:$state->{$_}" } sort keys %$state);
}

my %state = map { $_ => {} } 1 .. $writers;
my $version = 0;
my $acknowledged = 0;
my $cut_off = 0;

foreach my $round (1 .. $rounds)
{
	my (@handles, %changes);
	my $stop_after = $version + 1 + int($statements * (0.1 + rand(0.4)));

	foreach my $n (1 .. $writers)
	{
		my %now = %{ $state{$n} };
		delete $state{$n}{side};
		delete $now{side};
		$changes{$n} = [];
		open my $out, '>', file_of($n, 'sql') or die "could not write: $!";
		print $out "\\set ON_ERROR_STOP on\n";
		foreach my $i (1 .. $statements)
		{
			my ($sql, $changes) = random_statement($n, \%now, ++$version, $round);
			print $out "SELECT count(*) FROM (SELECT $sql) AS s;\n\\echo done $i\n";
			push @{ $changes{$n} }, $changes;
			apply(\%now, $changes);
		}
		close $out;
	}
	foreach my $n (1 .. $writers)
	{
		push @handles, IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-f',
			file_of($n, 'sql') ], '>', file_of($n, 'out'), '2>', file_of($n, 'err'));
	}
	# How fast the machine is must not matter: the first writer's progress tells when.
	my $latest = 0;
	for (my $i = 0; $i < 2000 && $latest < $stop_after; $i++)
	{
		$latest = $node->safe_psql('postgres',
			q{SELECT coalesce(max((doc ->> 'v')::int), 0) FROM docdb.find('writer1') AS doc});
	}
	kill_server($node);
	$_->finish foreach @handles;
	$node->start;

	foreach my $n (1 .. $writers)
	{
		my @done = slurp_file(file_of($n, 'out')) =~ /^done (\d+)$/mg;
		my $done = $done[-1] // 0;
		my $found = state_of($n, $round);
		my $errors = slurp_file(file_of($n, 'err'));

		# The statement at work when the server died may have been committed.
		my %expected = %{ $state{$n} };
		apply(\%expected, $_) foreach @{ $changes{$n} }[ 0 .. $done - 1 ];
		my $before = shown(\%expected);
		apply(\%expected, $changes{$n}[$done]) if $done < $statements;
		ok(shown($found) eq $before || shown($found) eq shown(\%expected),
			"round $round, writer $n: all of $done writes are there, and no part")
			or diag("DOCDB_SEED=$seed\nfound:    ", shown($found), "\nexpected: $before");
		my @unexpected = grep { /ERROR/ } split /\n/, $errors;
		is("@unexpected", '', "round $round, writer $n: no write failed");
		$acknowledged += $done;
		$cut_off++ if $done < $statements;
		$state{$n} = $found;
	}
	my $collections = join ', ', map { "('writer$_')" } 1 .. $writers;
	is($node->safe_psql('postgres', qq{
		SELECT count(*) FROM (VALUES $collections) AS c(name), docdb.find(name) AS doc
		WHERE doc::bytea::bson::bytea <> doc::bytea OR doc -> 'v' <> doc -> 'w'
	}), '0', "round $round: all documents are whole");
	foreach my $n (1 .. $writers)
	{
		is($node->safe_psql('postgres', qq{
			SELECT count(*) FROM writer$n WHERE _id IS DISTINCT FROM doc -> '_id'
		}), '0', "round $round, writer $n: column _id agrees");
		$node->safe_psql('postgres', "SELECT bt_index_parent_check('writer${n}_pkey', true, true)")
			if $amcheck;
	}
	is($node->safe_psql('postgres', q{
		SELECT count(*) FROM docdb.collections c
		WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = c.collection)
	}), '0', "round $round: no options are left of collections that are not");
}
cmp_ok($acknowledged, '>', 50 * $rounds, "writes were acknowledged ($acknowledged)");
cmp_ok($cut_off, '>', $rounds, 'and the server was killed while most were writing');

$node->stop;
done_testing();
