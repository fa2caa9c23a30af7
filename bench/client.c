/*
 * client.c
 *		A load generator for bench/operations.sh: connections that execute one prepared statement
 *		over and over, as a driver would, and count.
 *
 * usage: client [-c connections] [-t seconds] [-r low:high] [-f first] [-D] SQL [PARAM ...]
 *
 * The connection is libpq's, from the environment.  Each PARAM is the text of one parameter, in
 * which %d stands for a random number of the range given with -r, the same throughout one
 * execution, and %n for a number that no other execution gets, from first on.  With -D the
 * statement opens a cursor "c" in a transaction, and one operation is fetching all of it in
 * batches of 101.
 *
 * Prints: operations per second, and the backends' CPU time per operation in microseconds.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libpq-fe.h>

#define MAX_PARAMS 8
#define MAX_PARAM_SIZE 4096

typedef struct Worker
{
	pthread_t	thread;
	int			number;
	unsigned	seed;
	long		operations;
	double		cpu_us;
} Worker;

static int	connections = 4;
static double seconds = 3;
static long low = 1;
static long high = 1;
static long first = 0;
static int	drain = 0;
static const char *sql;
static int	nparams;
static char **templates;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void
fail(PGconn *conn)
{
	fprintf(stderr, "client: %s", PQerrorMessage(conn));
	exit(1);
}

static PGresult *
check(PGconn *conn, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		fail(conn);
	return result;
}

static void
execute(PGconn *conn, const char *statement)
{
	PQclear(check(conn, PQexec(conn, statement)));
}

static double
backend_cpu_us(PGconn *conn)
{
	const char *query = "SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)";
	PGresult   *result = check(conn, PQexec(conn, query));
	double		cpu = atof(PQgetvalue(result, 0, 0)) / 1e3;

	PQclear(result);
	return cpu;
}

/* Replaces %d and %n in a template. */
static void
fill(char *to, const char *template, long random_number, long unique_number)
{
	char	   *end = to + MAX_PARAM_SIZE - 32;

	for (const char *p = template; *p && to < end; p++)
	{
		if (p[0] == '%' && p[1] == 'd')
			to += sprintf(to, "%ld", random_number);
		else if (p[0] == '%' && p[1] == 'n')
			to += sprintf(to, "%ld", unique_number);
		else
		{
			*to++ = *p;
			continue;
		}
		p++;
	}
	*to = '\0';
}

/* Fetches the cursor to its end. */
static void
drain_cursor(PGconn *conn)
{
	int			rows;

	do
	{
		PGresult   *result = check(conn, PQexec(conn, "FETCH 101 FROM c"));

		rows = PQntuples(result);
		PQclear(result);
	} while (rows > 0);
	execute(conn, "CLOSE c");
	execute(conn, "COMMIT");
}

static void
one_operation(PGconn *conn, Worker *worker, char buffers[][MAX_PARAM_SIZE])
{
	const char *values[MAX_PARAMS];
	long		random_number = low + (long) (rand_r(&worker->seed) / (RAND_MAX + 1.0) *
											  (high - low + 1));
	long		unique_number = first + worker->operations * connections + worker->number;

	for (int i = 0; i < nparams; i++)
	{
		fill(buffers[i], templates[i], random_number, unique_number);
		values[i] = buffers[i];
	}
	if (drain)
	{
		execute(conn, "BEGIN");
		execute(conn, sql);
		drain_cursor(conn);
	}
	else
		PQclear(check(conn, PQexecPrepared(conn, "s", nparams, values, NULL, NULL, 0)));
	worker->operations++;
}

static void *
work(void *arg)
{
	Worker	   *worker = arg;
	char		buffers[MAX_PARAMS][MAX_PARAM_SIZE];
	PGconn	   *conn = PQconnectdb("");
	double		end;
	double		cpu;

	if (PQstatus(conn) != CONNECTION_OK)
		fail(conn);
	if (!drain)
		PQclear(check(conn, PQprepare(conn, "s", sql, nparams, NULL)));
	worker->seed = worker->number + 1;
	cpu = backend_cpu_us(conn);
	end = now() + seconds;
	while (now() < end)
		one_operation(conn, worker, buffers);
	worker->cpu_us = backend_cpu_us(conn) - cpu;
	PQfinish(conn);
	return NULL;
}

int
main(int argc, char **argv)
{
	Worker	   *workers;
	long		operations = 0;
	double		cpu_us = 0;
	double		start;
	int			option;

	while ((option = getopt(argc, argv, "c:t:r:f:D")) != -1)
	{
		switch (option)
		{
			case 'c':
				connections = atoi(optarg);
				break;
			case 't':
				seconds = atof(optarg);
				break;
			case 'r':
				if (sscanf(optarg, "%ld:%ld", &low, &high) != 2)
					exit(2);
				break;
			case 'f':
				first = atol(optarg);
				break;
			case 'D':
				drain = 1;
				break;
			default:
				exit(2);
		}
	}
	if (optind >= argc || argc - optind - 1 > MAX_PARAMS || connections < 1)
		exit(2);
	sql = argv[optind];
	templates = argv + optind + 1;
	nparams = argc - optind - 1;

	workers = calloc(connections, sizeof(Worker));
	start = now();
	for (int i = 0; i < connections; i++)
	{
		workers[i].number = i;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
			exit(1);
	}
	for (int i = 0; i < connections; i++)
	{
		pthread_join(workers[i].thread, NULL);
		operations += workers[i].operations;
		cpu_us += workers[i].cpu_us;
	}
	printf("%.1f %.3f\n", operations / (now() - start), operations ? cpu_us / operations : 0.0);
	free(workers);
	return 0;
}
