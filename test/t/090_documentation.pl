# The SQL of README.md and of the tutorial runs as it is printed there.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename;

use DocDBTest;
use Test::More;

my $top = abs_path(dirname(__FILE__) . '/../..');

# The contents of all ```sql blocks of a page.
sub sql_blocks
{
	my ($page) = @_;

	open(my $file, '<', "$top/$page") or die "$page: $!";
	local $/ = undef;
	my $text = <$file>;
	close($file);
	return $text =~ /^```sql\n(.*?)^```$/msg;
}

my $node = docdb_node('main');

foreach my $page ('README.md', 'doc/tutorial.md')
{
	my @blocks = sql_blocks($page);
	my $database = $page eq 'README.md' ? 'readme' : 'tutorial';

	ok(@blocks > 0, "$page has SQL");
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	my ($status, $stdout, $stderr) = $node->psql($database, join("\n", @blocks),
		on_error_stop => 1);
	is($status, 0, "the SQL of $page runs") or diag($stderr);
}

is($node->safe_psql('readme', q{SELECT doc ->> 'died' FROM people}), '1852',
	'the README updates its document');
is( $node->safe_psql('tutorial',
		q{SELECT string_agg(_id::text, ' ' ORDER BY _id) FROM library.books}),
	'1 2 3 4 7 8', 'the tutorial leaves the documents it says');

$node->stop;
done_testing();
