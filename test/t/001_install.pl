# Installing and removing the extension, who may, where to, and dump and restore of it.

use strict;
use warnings;

use DocDBTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = docdb_node('main', extension => 0);

# What of docdb is left in a database, the extension itself included.
sub leftovers
{
	my ($database) = @_;

	return $node->safe_psql($database, q{
		SELECT (SELECT count(*) FROM pg_extension WHERE extname = 'docdb')
			+ (SELECT count(*) FROM pg_proc WHERE probin LIKE '%docdb%')
			+ (SELECT count(*) FROM pg_type WHERE typname IN ('bson', 'bson_value'))
			+ (SELECT count(*) FROM pg_namespace WHERE nspname = 'docdb')
	});
}

# Everything that belongs to the extension, one object a line.
sub members
{
	my ($database) = @_;

	return $node->safe_psql($database, q{
		SELECT pg_describe_object(classid, objid, objsubid)
		FROM pg_depend
		WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e' AND refobjid =
			(SELECT oid FROM pg_extension WHERE extname = 'docdb')
		ORDER BY 1
	});
}

# Create, drop, create again.
$node->safe_psql('postgres', 'CREATE EXTENSION docdb');
my $members = members('postgres');
like($members, qr/^schema docdb$/m, 'the schema docdb belongs to the extension');
$node->safe_psql('postgres', 'DROP EXTENSION docdb');
is(leftovers('postgres'), '0', 'DROP EXTENSION leaves nothing');
$node->safe_psql('postgres', 'CREATE EXTENSION docdb');
is(members('postgres'), $members, 'the extension can be created again after it was dropped');
is(sqlstate_of($node, 'postgres', 'CREATE EXTENSION docdb'), '42710', 'but not twice');

# The functions are SECURITY INVOKER, but C code is a superuser's to install.
$node->safe_psql('postgres', 'CREATE ROLE ordinary LOGIN');
$node->safe_psql('postgres', 'CREATE DATABASE owned OWNER ordinary');
is(sqlstate_of($node, 'owned', 'CREATE EXTENSION docdb', extra_params => [ '-U', 'ordinary' ]),
	'42501', 'an ordinary user cannot create the extension, not even in his own database');
is(leftovers('owned'), '0', 'and the attempt leaves nothing');

# The types go to the schema that the user names, the functions stay in docdb.
$node->safe_psql('postgres', 'CREATE DATABASE custom');
$node->safe_psql('custom', 'CREATE SCHEMA elsewhere; CREATE EXTENSION docdb SCHEMA elsewhere');
is( $node->safe_psql('custom', q{
		SELECT DISTINCT nspname FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
		WHERE typname IN ('bson', 'bson_value') AND nspname <> 'elsewhere'
	}),
	'', 'the types go to the schema of CREATE EXTENSION ... SCHEMA');
is($node->safe_psql('custom', q{SELECT code FROM docdb.error_info('M0002')}),
	'2', 'and the functions work there');

# A dump names the extension and nothing inside it; restoring makes it whole.
my $dump = $node->basedir . '/custom.sql';
$node->command_ok([ 'pg_dump', '-d', $node->connstr('custom'), '-f', $dump ], 'pg_dump');
my @statements = grep { /^CREATE (?!SCHEMA|EXTENSION)/ } split /\n/, slurp_file($dump);
is("@statements", '', 'a dump has none of the extension\'s members');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok(
	[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored'), '-f', $dump ],
	'restore');
is(members('restored'), members('custom'), 'the restored database has the same extension');
is($node->safe_psql('restored', q{SELECT name FROM docdb.error_info('M08HK')}),
	'DuplicateKey', 'and its functions work');

$node->stop;
done_testing();
