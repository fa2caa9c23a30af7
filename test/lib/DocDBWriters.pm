
=pod

=head1 NAME

DocDBWriters - sessions that write in every way there is, while their server is killed

=head1 SYNOPSIS

  use DocDBWriters;

  my $writers = DocDBWriters->new(count => 8, statements => 300);
  $writers->prepare($node);
  $writers->start($node, $round);
  $writers->wait_for_progress($node);
  kill_server($node);
  $writers->finish;
  $node->start;
  $writers->check($node, $round);

=head1 DESCRIPTION

Each writer has a collection of its own, and a model of it: { _id => version }.  A document is
{_id, v, w, t, pad} with the version as v and w, and in the array t what follows from the version,
so that a torn document shows.  A writer runs a script of statements by psql, which notes in a file
each statement that the server has acknowledged.

=cut

package DocDBWriters;

use strict;
use warnings;

use DocDBTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

# ---- Statements ----

sub fields
{
	my ($version) = @_;

	return sprintf('"v": %d, "w": %d, "t": [%d, {"x": %d}]', $version, $version, $version % 7,
		$version % 11);
}

sub document
{
	my ($id, $version, $length) = @_;

	return sprintf('{"_id": %d, %s, "pad": "%s"}', $id, fields($version), 'x' x $length);
}

sub command
{
	my ($command, $database) = @_;

	return sprintf("docdb.command('%s', '%s')", $database // 'public', $command);
}

# What a statement needs to be made up: the collection, its documents, one of them, a new _id, ...
sub situation
{
	my ($self, $n, $state, $version, $round) = @_;
	my @ids = grep { $_ ne 'side' } keys %$state;
	my $new = 1 + int(rand(1_000_000));

	$new++ while exists $state->{$new};
	return {
		name => "writer$n",
		side => "side${n}_$round",
		state => $state,
		ids => \@ids,
		id => @ids ? pick(@ids) : 0,
		other => @ids ? pick(@ids) : 0,
		new => $new,
		version => $version,
		length => pick(10, 10, 10, 500, 3000, 30000),
		set => '{"$set": {' . fields($version) . '}}'
	};
}

# Each kind of statement: the SQL, and what it changes: { _id => version, or undef }.
my @kinds = (
	sub {
		my ($s) = @_;
		return ("docdb.insert_one('$s->{name}', '"
				. document($s->{new}, $s->{version}, $s->{length}) . "')",
			{ $s->{new} => $s->{version} });
	},
	sub {
		my ($s) = @_;
		my %new = map { 1 + int(rand(1_000_000)) => $s->{version} } 1 .. pick(1, 10, 40);
		delete @new{ @{ $s->{ids} } };
		return ("docdb.insert_many('$s->{name}', ARRAY[" . join(', ',
				map { "'" . document($_, $s->{version}, 20) . "'" } keys %new) . ']::bson[])',
			\%new);
	},
	sub {
		my ($s) = @_;
		my %new = map { 1 + int(rand(1_000_000)) => $s->{version} } 1 .. pick(1, 5, 60);
		delete @new{ @{ $s->{ids} } };
		$new{ $s->{new} } = $s->{version};
		return (command(qq~{"insert": "$s->{name}", "documents": [~ . join(', ',
				map { document($_, $s->{version}, 50) } keys %new) . ']}'), \%new);
	},
	sub {
		my ($s) = @_;
		return ("docdb.update_one('$s->{name}', '{\"_id\": $s->{id}}', '$s->{set}')",
			{ $s->{id} => $s->{version} });
	},
	sub {
		my ($s) = @_;
		my $filter = qq~{"v": $s->{state}{$s->{id}}, "_id": {"\$in": [$s->{id}, -1]}}~;
		return ("docdb.update_one('$s->{name}', '$filter', '$s->{set}')",
			{ $s->{id} => $s->{version} });
	},
	sub {
		my ($s) = @_;
		return ("docdb.update_many('$s->{name}', '{\"_id\": {\"\$lt\": 400000}}', '$s->{set}')",
			{ map { $_ => $s->{version} } grep { $_ < 400_000 } @{ $s->{ids} } });
	},
	sub {
		my ($s) = @_;
		return (command(qq~{"update": "$s->{name}", "updates": [~
				. qq~{"q": {"_id": $s->{id}}, "u": $s->{set}}, ~
				. qq~{"q": {"_id": $s->{new}}, "u": $s->{set}, "upsert": true}, ~
				. qq~{"q": {"_id": {"\$gt": 900000}}, "u": [$s->{set}], "multi": true}]}~),
			{ map { $_ => $s->{version} } $s->{id}, $s->{new},
				grep { $_ > 900_000 } @{ $s->{ids} } });
	},
	sub {
		my ($s) = @_;
		return ("docdb.replace_one('$s->{name}', '{\"_id\": $s->{id}}', '"
				. document($s->{id}, $s->{version}, $s->{length}) . "')",
			{ $s->{id} => $s->{version} });
	},
	sub {
		my ($s) = @_;
		return ("docdb.replace_one('$s->{name}', '{\"_id\": $s->{new}}', '{"
				. fields($s->{version}) . "}', '{\"upsert\": true}')",
			{ $s->{new} => $s->{version} });
	},
	sub {
		my ($s) = @_;
		return ("docdb.update_one('$s->{name}', '{\"_id\": $s->{new}}', '$s->{set}', "
				. "'{\"upsert\": true}')",
			{ $s->{new} => $s->{version} });
	},
	sub {
		my ($s) = @_;
		return ("docdb.delete_one('$s->{name}', '{\"_id\": $s->{id}}')", { $s->{id} => undef });
	},
	sub {
		my ($s) = @_;
		return ("docdb.delete_many('$s->{name}', '{\"_id\": {\"\$lt\": 50000}}')",
			{ map { $_ => undef } grep { $_ < 50_000 } @{ $s->{ids} } });
	},
	sub {
		my ($s) = @_;
		return (command(qq~{"delete": "$s->{name}", "deletes": [~
				. qq~{"q": {"_id": $s->{id}}, "limit": 1}, ~
				. qq~{"q": {"_id": {"\$gt": 980000}}, "limit": 0}]}~),
			{ map { $_ => undef } $s->{id}, grep { $_ > 980_000 } @{ $s->{ids} } });
	},
	sub {
		my ($s) = @_;
		return ("docdb.find_one_and_update('$s->{name}', '{\"_id\": {\"\$gte\": $s->{id}}}', "
				. "'[$s->{set}]', '{\"sort\": {\"_id\": 1}}')",
			{ $s->{id} => $s->{version} });
	},
	sub {
		my ($s) = @_;
		return ("docdb.find_one_and_replace('$s->{name}', '{\"_id\": $s->{id}}', '{"
				. fields($s->{version}) . "}')",
			{ $s->{id} => $s->{version} });
	},
	sub {
		my ($s) = @_;
		return ("docdb.find_one_and_delete('$s->{name}', '{\"_id\": $s->{id}}')",
			{ $s->{id} => undef });
	},
	sub {
		my ($s) = @_;
		return (command(qq~{"findAndModify": "$s->{name}", "query": {"_id": $s->{new}}, ~
				. qq~"update": $s->{set}, "upsert": true, "new": true}~),
			{ $s->{new} => $s->{version} });
	},
	sub {
		my ($s) = @_;
		my $inserted = document($s->{new}, $s->{version}, $s->{length});
		my $replacement = document($s->{id}, $s->{version}, $s->{length});
		return ("docdb.bulk_write('$s->{name}', '[{\"insertOne\": {\"document\": $inserted}}, "
				. "{\"replaceOne\": {\"filter\": {\"_id\": $s->{id}}, "
				. "\"replacement\": $replacement}}, "
				. "{\"deleteOne\": {\"filter\": {\"_id\": $s->{other}}}}]')",
			{ $s->{new} => $s->{version}, $s->{id} => $s->{version}, $s->{other} => undef });
	},
	sub {
		my ($s) = @_;
		my $inserted = document($s->{new}, $s->{version}, $s->{length});
		return (command(qq~{"bulkWrite": 1, "ops": [{"insert": 0, "document": $inserted}, ~
				. qq~{"update": 0, "filter": {"_id": $s->{id}}, "updateMods": $s->{set}}, ~
				. qq~{"delete": 0, "filter": {"_id": $s->{other}}}], ~
				. qq~"nsInfo": [{"ns": "public.$s->{name}"}]}~, 'admin'),
			{ $s->{new} => $s->{version}, $s->{id} => $s->{version}, $s->{other} => undef });
	},
	# A collection that comes and goes.
	sub {
		my ($s) = @_;
		return ("docdb.drop_collection('$s->{side}')", { side => undef })
		  if exists $s->{state}{side};
		return ("docdb.insert_one('$s->{side}', '" . document(1, $s->{version}, 10) . "')",
			{ side => $s->{version} });
	});

# A statement in a state, and what it changes.
sub random_statement
{
	my ($self, @where) = @_;
	my $situation = $self->situation(@where);
	my $kind = @{ $situation->{ids} } ? pick(@kinds) : $kinds[0];

	return $kind->($situation);
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

# One or more statements of a transaction, which is acknowledged as a whole.
sub random_transaction
{
	my ($self, $n, $state, $round) = @_;
	my $count = rand() < 0.15 ? 2 + int(rand(3)) : 1;
	my (@sql, %all);

	foreach (1 .. $count)
	{
		my ($sql, $changes) = $self->random_statement($n, $state, ++$self->{version}, $round);
		push @sql, "SELECT count(*) FROM (SELECT $sql) AS s;";
		apply($state, $changes);
		$all{$_} = $changes->{$_} foreach keys %$changes;
	}
	@sql = ('BEGIN;', @sql, 'COMMIT;') if $count > 1;
	return (join("\n", @sql), \%all);
}

# ---- Running ----

=pod

=head1 FUNCTIONS

=over

=item DocDBWriters->new(count => N, statements => N)

Each writer runs so many transactions a round, if it can.

=cut

sub new
{
	my ($class, %params) = @_;
	my $self = bless {
		%params,
		folder => PostgreSQL::Test::Utils::tempdir(),
		version => 0,
		acknowledged => 0,
		cut_off => 0,
		state => { map { $_ => {} } 1 .. $params{count} }
	}, $class;

	return $self;
}

=pod

=item $writers->prepare($node)

Makes the collections, each with an index on a version, a multikey one and a compound one.

=cut

sub prepare
{
	my ($self, $node) = @_;

	# Without the module the indexes on _id are not looked at as closely.
	$self->{amcheck} = eval { $node->safe_psql('postgres', 'CREATE EXTENSION amcheck'); 1 };
	note('amcheck is not there') unless $self->{amcheck};
	$node->safe_psql('postgres', "SELECT docdb.create_index('writer$_', '{\"v\": 1}'),
		docdb.create_index('writer$_', '{\"t\": 1}'),
		docdb.create_index('writer$_', '{\"t.x\": -1, \"w\": 1}')") foreach 1 .. $self->{count};
	return;
}

sub file_of
{
	my ($self, $n, $what) = @_;

	return "$self->{folder}/writer$n.$what";
}

=pod

=item $writers->start($node, $round)

Makes up a script for each writer and starts them all.

=cut

sub start
{
	my ($self, $node, $round) = @_;

	$self->{stop_after} =
	  $self->{version} + 1 + int($self->{statements} * (0.05 + rand(0.45)));
	$self->{changes} = {};
	foreach my $n (1 .. $self->{count})
	{
		my %now = %{ $self->{state}{$n} };
		delete $self->{state}{$n}{side};
		delete $now{side};
		open my $out, '>', $self->file_of($n, 'sql') or die "could not write: $!";
		print $out "\\set ON_ERROR_STOP on\n";
		foreach my $i (1 .. $self->{statements})
		{
			my ($sql, $changes) = $self->random_transaction($n, \%now, $round);
			print $out "$sql\n\\echo done $i\n";
			push @{ $self->{changes}{$n} }, $changes;
		}
		close $out;
	}
	$self->{handles} = [
		map {
			IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-f',
					$self->file_of($_, 'sql') ], '>', $self->file_of($_, 'out'), '2>',
				$self->file_of($_, 'err'))
		} 1 .. $self->{count}
	];
	return;
}

=pod

=item $writers->wait_for_progress($node)

Waits until the first writer has come as far as chance wants: how fast the machine is must not
matter.

=cut

sub wait_for_progress
{
	my ($self, $node) = @_;
	my $latest = 0;

	for (my $i = 0; $i < 5000 && $latest < $self->{stop_after}; $i++)
	{
		$latest = $node->safe_psql('postgres',
			q{SELECT coalesce(max((doc ->> 'v')::int), 0) FROM docdb.find('writer1') AS doc});
	}
	return;
}

=pod

=item $writers->finish

Waits for the writers to notice that their server is gone.

=cut

sub finish
{
	my ($self) = @_;

	$_->finish foreach @{ $self->{handles} };
	return;
}

# ---- Checking ----

# What is there of a writer, as the model has it.
sub state_of
{
	my ($node, $n, $round) = @_;
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

sub check_writer
{
	my ($self, $node, $n, $round) = @_;
	my @done = slurp_file($self->file_of($n, 'out')) =~ /^done (\d+)$/mg;
	my $done = $done[-1] // 0;
	my $found = state_of($node, $n, $round);

	# The transaction at work when the server died may have been committed.
	my %expected = %{ $self->{state}{$n} };
	apply(\%expected, $_) foreach @{ $self->{changes}{$n} }[ 0 .. $done - 1 ];
	my $before = shown(\%expected);
	apply(\%expected, $self->{changes}{$n}[$done]) if $done < $self->{statements};
	ok(shown($found) eq $before || shown($found) eq shown(\%expected),
		"round $round, writer $n: all of $done writes are there, and no part")
	  or diag('found:    ', shown($found), "\nexpected: $before");
	my @unexpected = grep { /ERROR/ } split /\n/, slurp_file($self->file_of($n, 'err'));
	is("@unexpected", '', "round $round, writer $n: no write failed");
	$self->{acknowledged} += $done;
	$self->{cut_off}++ if $done < $self->{statements};
	$self->{state}{$n} = $found;
	return;
}

# What is wrong with a writer's documents and indexes: nothing.
sub check_storage
{
	my ($self, $node, $n) = @_;
	my $name = "writer$n";
	my $problems = $node->safe_psql('postgres', qq{
		SELECT 'torn', doc FROM docdb.find('$name') AS doc
		WHERE doc::bytea::bson::bytea <> doc::bytea OR doc -> 'v' <> doc -> 'w'
			OR (doc -> 't')::text <> format('[%s, {"x": %s}]', (doc ->> 'v')::int % 7,
				(doc ->> 'v')::int % 11);
		SELECT '_id', doc FROM $name WHERE _id IS DISTINCT FROM doc -> '_id';
		SELECT 'index', count(docdb.index_check(indexrelid::regclass)) FROM pg_index
		WHERE indrelid = '$name'::regclass AND NOT indisprimary HAVING count(*) <> 3;
		SELECT 'scan', f, h, docdb.count_documents('$name', f),
			docdb.count_documents('$name', f, ('{"hint": ' || h || '}')::bson)
		FROM (VALUES ('{"v": {"\$gte": 0}}'::bson, '"v_1"'), ('{"t": 3}', '"t_1"'),
				('{"t.x": {"\$gt": 5}}', '"t.x_-1_w_1"')) AS q (f, h)
		WHERE docdb.count_documents('$name', f, '{"hint": {"\$natural": 1}}') IS DISTINCT FROM
			docdb.count_documents('$name', f, ('{"hint": ' || h || '}')::bson);
	});

	$node->safe_psql('postgres', "SELECT bt_index_parent_check('${name}_pkey', true, true)")
	  if $self->{amcheck};
	return $problems;
}

=pod

=item $writers->check($node, $round)

Tests that all is there, whole and consistent.

=cut

sub check
{
	my ($self, $node, $round) = @_;

	foreach my $n (1 .. $self->{count})
	{
		$self->check_writer($node, $n, $round);
		is($self->check_storage($node, $n), '',
			"round $round, writer $n: documents are whole, indexes consistent");
	}
	is($node->safe_psql('postgres', q{
		SELECT count(*) FROM docdb.collections c
		WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = c.collection)
	}), '0', "round $round: no options are left of collections that are not");
	return;
}

=pod

=item $writers->check_all($rounds)

Tests that in all these rounds writes were acknowledged and interrupted.

=cut

sub check_all
{
	my ($self, $rounds) = @_;

	cmp_ok($self->{acknowledged}, '>', 50 * $rounds,
		"writes were acknowledged ($self->{acknowledged})");
	cmp_ok($self->{cut_off}, '>', $rounds, 'and the server was killed while most were writing');
	return;
}

=pod

=back

=cut

1;
