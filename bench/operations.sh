#!/bin/bash
# operations.sh: single operations by four clients, docdb's functions against the best prepared
# jsonb statement with its native index, or against another operation of docdb's.  Called by
# bench.sh, with the server up and loaded.
#
# usage: bench/operations.sh [PATTERN]     only the works whose name matches
#
# SECONDS_EACH sets how long one measurement takes [2], ROUNDS how many there are of each [5].
set -eu -o pipefail

top=$(cd "$(dirname "$0")/.." && pwd -P)
rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-2}
documents=${DOCUMENTS:-500000}
pattern=${1:-.}
client=$DOCDB_DIR/client
psql=("$DOCDB_BIN/psql" -X -q -A -t -v ON_ERROR_STOP=1 -d bench)
export PGDATABASE=bench
unique=100000000

${CC:-gcc} -O2 -o "$client" "$top/bench/client.c" -I"$("$PG_CONFIG" --includedir)" -lpq -lpthread

# median NUMBERS...
median()
{
	printf '%s\n' "$@" | sort -g |
		awk '{v[NR] = $1} END {print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2}'
}

# run SIDE: one measurement; sets the variable of that name's first letter to "ops/s cpu_us".
run()
{
	local -n args=$1 result=${1:0:1}
	result=$("$client" -c 4 -t "$seconds" -f "$unique" "${args[@]}")
	unique=$((unique + 10000000))
}

# compare NAME TARGET [SCALE]: client's arguments for both sides are in the arrays docdb and jsonb;
# one operation of docdb's does the work of SCALE of the other's.
compare()
{
	local name=$1 target=$2 scale=${3:-1} round d j ratios=() cpus_d=() cpus_j=() cpu_ratios=()
	[[ $name =~ $pattern ]] || return 0
	for ((round = 0; round <= rounds; round++)); do
		if ((round % 2)); then
			run docdb
			run jsonb
		else
			run jsonb
			run docdb
		fi
		[ "$round" -gt 0 ] || continue			# round 0 warms up
		d=$(awk -v d="${d% *}" -v c="${d#* }" -v n="$scale" 'BEGIN {print d * n, c / n}')
		ratios+=("$(awk -v d="${d% *}" -v j="${j% *}" 'BEGIN {print d / j}')")
		cpu_ratios+=("$(awk -v d="${d#* }" -v j="${j#* }" 'BEGIN {print j / d}')")
		cpus_d+=("${d#* }")
		cpus_j+=("${j#* }")
	done
	printf '%-52s %7.2f %7.2f %8s %10.1f %10.1f\n' "$name" "$(median "${ratios[@]}")" \
		"$(median "${cpu_ratios[@]}")" "$target" \
		"$(median "${cpus_d[@]}")" "$(median "${cpus_j[@]}")"
}

printf '%-52s %7s %7s %8s %10s %10s\n' \
	"operation (4 clients)" ratio "by CPU" "at least" "docdb us" "jsonb us"

docdb=(-r "1:$documents"
	'SELECT docdb.find_one($$bench.ops$$, $1)' '{"_id": %d}')
jsonb=(-r "1:$documents"
	'SELECT doc FROM bench.ops_j WHERE id = $1' '%d')
compare 'find_one by _id' 0.95

docdb=(-r "1:$documents"
	'SELECT docdb.find($$bench.ops$$, $1)' '{"email": "user%d@example.com"}')
jsonb=(-r "1:$documents"
	'SELECT doc FROM bench.ops_j WHERE doc ->> $$email$$ = $1' 'user%d@example.com')
compare 'find by equality on an indexed string' 0.95

docdb=(-r 0:900
	'SELECT docdb.find($$bench.ops$$, $1, sort => $${"score": 1}$$, "limit" => 20)'
	'{"score": {"$gt": %d}}')
jsonb=(-r 0:900
	'SELECT doc FROM bench.ops_j WHERE (doc ->> $$score$$)::float8 > $1
	 ORDER BY (doc ->> $$score$$)::float8 LIMIT 20' '%d')
compare 'range and sort on an indexed field, limit 20' 0.95

docdb=(-r 0:99
	'SELECT docdb.find($$bench.ops$$, $1, sort => $${"age": 1}$$, "limit" => 20)'
	'{"tags": "tag%d"}')
jsonb=(-r 0:99
	'SELECT doc FROM bench.ops_j WHERE doc -> $$tags$$ @> to_jsonb($1::text)
	 ORDER BY (doc ->> $$age$$)::int LIMIT 20' 'tag%d')
compare 'array membership, sort by another field, limit 20' 10

docdb=(-r 0:99
	'SELECT docdb.count_documents($$bench.ops$$, $1)' '{"tags": "tag%d"}')
jsonb=(-r 0:99
	'SELECT count(*) FROM bench.ops_j WHERE doc -> $$tags$$ @> to_jsonb($1::text)' 'tag%d')
compare 'array membership, count' 1.5

docdb=(-r 0:9
	'SELECT docdb.count_documents($$bench.ops_id$$, $1)'
	'{"age": {"$gt": 2%d}, "note": {"$regex": "mail, 7"}}')
jsonb=(-r 0:9
	'SELECT count(*) FROM bench.ops_j_id
	 WHERE (doc ->> $$age$$)::int > $1 AND doc ->> $$note$$ ~ $$mail, 7$$' '2%d')
compare 'filter scan, number and regex' 4

docdb=(-r 0:900
	'SELECT docdb.count_documents($$bench.ops_id$$, $1)' '{"score": {"$gt": %d}}')
jsonb=(-r 0:900
	'SELECT count(*) FROM bench.ops_j_id WHERE (doc ->> $$score$$)::float8 > $1' '%d')
compare 'filter scan, number' 3

docdb=(-r 0:900
	'SELECT docdb.count_documents($$bench.ops_id$$, $1)'
	'{"$expr": {"$gt": [{"$add": ["$age", {"$multiply": ["$score", 2]}]}, %d]}}')
jsonb=(-r 0:900
	'SELECT count(*) FROM bench.ops_j_id
	 WHERE (doc ->> $$age$$)::int + (doc ->> $$score$$)::float8 * 2 > $1' '%d')
compare 'filter scan, $expr with three operators' 1.5

docdb=('SELECT docdb.count_documents($$bench.ops_id$$, $1)' '{}')
jsonb=('SELECT count(*) FROM bench.ops_j_id')
compare 'count of everything' 0.95

# What a filter costs against a simpler one, both on docdb.
docdb=(-r 0:9
	'SELECT docdb.count_documents($$bench.ops_id$$, $1)'
	'{"age": {"$gte": 2%d}, "tags": {"$exists": true}, "address.country": {"$ne": "XX"},
	  "score": {"$gt": 1%d}, "created": {"$gt": {"$date": "2019-01-1%dT00:00:00Z"}}}')
jsonb=(-r 0:9
	'SELECT docdb.count_documents($$bench.ops_id$$, $1)' '{"score": {"$gt": 1%d}}')
compare 'filter scan, five conditions against one' 0.77

docdb=('SELECT docdb.count_documents($$bench.ops_id$$, (SELECT filter FROM bench.long_list))')
jsonb=(-r "1:$documents"
	'SELECT docdb.count_documents($$bench.ops_id$$, $1)' '{"email": "user%d@example.com"}')
compare 'filter scan, $in of 20,000 against equality' 0.5

doc='{"_id": %n, "name": "Ada Lovelace", "age": 36, "email": "new%n@example.com",
	"tags": ["tag1", "tag2", "tag3"], "address": {"street": "1 Station Road", "city": "Lyon",
	"zip": "69000", "country": "FR"}, "score": 1.5, "note": "inserted by the bench"}'
docdb=('SELECT docdb.insert_one($$bench.ops_id$$, $1)' "$doc")
jsonb=('INSERT INTO bench.ops_j_id VALUES ($1, $2)' '%n' "$doc")
compare 'insert_one, _id only' 0.95

docdb=('SELECT docdb.insert_one($$bench.ops$$, $1)' "$doc")
jsonb=('INSERT INTO bench.ops_j VALUES ($1, $2)' '%n' "$doc")
compare 'insert_one, three indexes' 0.9

docdb=(-r "1:$documents"
	'SELECT docdb.update_one($$bench.ops_id$$, $1, $${"$inc": {"age": 1}}$$)' '{"_id": %d}')
jsonb=(-r "1:$documents"
	'UPDATE bench.ops_j_id
	 SET doc = jsonb_set(doc, $${age}$$, to_jsonb((doc ->> $$age$$)::int + 1))
	 WHERE id = $1' '%d')
compare 'update $inc by _id, _id only' 0.95

docdb=(-r "1:$documents"
	'SELECT docdb.update_one($$bench.ops$$, $1, $${"$inc": {"visits": 1}}$$)' '{"_id": %d}')
jsonb=(-r "1:$documents"
	'UPDATE bench.ops_j SET doc = jsonb_set(doc, $${visits}$$,
		to_jsonb(coalesce((doc ->> $$visits$$)::int, 0) + 1))
	 WHERE id = $1' '%d')
compare 'update $inc by _id, three indexes' 1.5

docdb=(-D
	'DECLARE c CURSOR FOR
	 SELECT docdb.find($$bench.people$$, $${"_id": {"$lte": 25000}}$$)')
jsonb=(-D
	'DECLARE c CURSOR FOR SELECT doc FROM bench.people_j WHERE id <= 25000')
compare 'drain 25,000 documents, batches of 101' 0.9

docdb=(-c 1 'SELECT docdb.update_many($$bench.many$$, $1, $${"$inc": {"age": 1}}$$)'
	'{"score": {"$gte": 800}}')
jsonb=(-c 1
	'UPDATE bench.many_j
	 SET doc = jsonb_set(doc, $${age}$$, to_jsonb((doc ->> $$age$$)::int + 1))
	 WHERE (doc ->> $$score$$)::float8 >= $1' 800)
compare 'update_many of a fifth by an index, 1 client' 0.9

docdb=(-r 1:2000
	'SELECT docdb.update_one($$bench.arrays$$, $1, $${"$push": {"a": {"n": 1, "s": "item 1"}}}$$)'
	'{"_id": %d}')
jsonb=(-r 1:2000
	'UPDATE bench.arrays_j
	 SET doc = jsonb_set(doc, $${a}$$, (doc -> $$a$$) || $${"n": 1, "s": "item 1"}$$)
	 WHERE id = $1' '%d')
compare '$push to an array of 1,000 documents' 2

jsonb=(-r 1:2000
	'UPDATE bench.arrays_j
	 SET doc = jsonb_insert(doc, $${a,-1}$$, $${"n": 1, "s": "item 1"}$$, true)
	 WHERE id = $1' '%d')
compare 'the same, against jsonb_insert' 2

# Here most of the time goes into compressing, and into rows of the TOAST table, on either side.
docdb=(-r 1:2000
	'SELECT docdb.update_one($$bench.numbers$$, $1, $${"$push": {"a": 1}}$$)' '{"_id": %d}')
jsonb=(-r 1:2000
	'UPDATE bench.numbers_j SET doc = jsonb_set(doc, $${a}$$, (doc -> $$a$$) || $$1$$)
	 WHERE id = $1' '%d')
compare '$push to an array of 1,000 numbers' 2

# Four kinds of operations in turn: all in one call, and each in its own.
docdb=(-c 1 'SELECT docdb.bulk_write($$bench.bulk$$, operations) FROM bench.bulk_operations')
jsonb=(-c 1 -r 1:10000
	'SELECT CASE $1::int8 % 4
		WHEN 0 THEN docdb.insert_one($$bench.bulk_single$$, $2)::text
		WHEN 1 THEN docdb.update_one($$bench.bulk_single$$, $3, $${"$inc": {"age": 1}}$$)::text
		WHEN 2 THEN docdb.replace_one($$bench.bulk_single$$, $3, $4)::text
		ELSE docdb.delete_one($$bench.bulk_single$$,
							  format($${"_id": %s}$$, $1::int8 - 3)::bson)::text END'
	'%n' "$doc" '{"_id": %d}' "${doc/\"_id\": %n, /}")
compare 'bulk_write of 10,000 / the same one by one, 1 client' 3 10000

docdb=(-r "1:$documents"
	'SELECT docdb.update_one($$bench.ops_id$$, $1, $${"$inc": {"age": 1}}$$)' '{"_id": %d}')
jsonb=(-r "1:10000"
	'SELECT docdb.update_one($$bench.few$$, $1, $${"$inc": {"age": 1}}$$)' '{"_id": %d}')
compare "update in $documents / in 10000 documents" ""

echo
"${psql[@]}" -P format=aligned -P tuples_only=off -P footer=off <<'END'
SELECT d.name AS index, round(d.ms) AS "docdb build ms (CPU)", round(j.ms) AS "jsonb build ms",
       round((d.ms * 1000 / (SELECT count(*) FROM bench.plain))::numeric, 2)
           AS "docdb us a document",
       pg_relation_size(d.index) / 1000000 AS "docdb MB",
       pg_relation_size(j.index) / 1000000 AS "jsonb MB"
FROM bench.build d JOIN bench.build j USING (name)
WHERE d.side = 'docdb' AND j.side = 'jsonb' ORDER BY 1;
END
