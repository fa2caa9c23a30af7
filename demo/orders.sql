-- Makes the orders numbered first_order to last_order (psql variables) and inserts them.
-- Pseudo-random numbers come from hashing, so that every run makes the same documents.
\set QUIET on
SELECT docdb.insert_many('shop.orders', array_agg(document)) AS inserted
FROM generate_series(:first_order, :last_order) AS n,
     LATERAL (SELECT hashint8extended(n, 1) & 2147483647 AS a, hashint8extended(n, 2) & 2147483647 AS b,
                     hashint8extended(n, 3) & 2147483647 AS c) AS random,
     LATERAL (SELECT string_agg(format(
                         '{"article": "A%s", "quantity": %s, "price": {"$numberDecimal": "%s"}}',
                         lpad(((a + i * b) % 500)::text, 3, '0'), 1 + (b + i * c) % 10,
                         round((100 + (c + i * a) % 9900)::numeric / 100, 2)), ', ' ORDER BY i) AS list,
                     sum((1 + (b + i * c) % 10) * round((100 + (c + i * a) % 9900)::numeric / 100, 2))
                         AS total
              FROM generate_series(1, 1 + (a % 4)::int) AS i) AS items,
     LATERAL (SELECT format(
                  '{"_id": %s, "customer": "C%s", "placed": {"$date": "%sZ"}, "status": "%s", '
                  '"address": {"street": "%s %s", "city": "%s", "country": "%s"}, '
                  '"items": [%s], "total": {"$numberDecimal": "%s"}}',
                  n, lpad((b % 20000)::text, 5, '0'),
                  to_char(timestamp '2024-01-01' + (a % 63072000) * interval '1 second',
                          'YYYY-MM-DD"T"HH24:MI:SS'),
                  (ARRAY['new', 'paid', 'shipped', 'returned'])[1 + c % 4],
                  (ARRAY['Main Street', 'Station Road', 'Canal Street', 'Hill Lane'])[1 + b % 4],
                  1 + c % 200,
                  (ARRAY['Amsterdam', 'Osaka', 'Lyon', 'Toronto', 'Nairobi', 'Recife'])[1 + a % 6],
                  (ARRAY['NL', 'JP', 'FR', 'CA', 'KE', 'BR'])[1 + a % 6],
                  items.list, items.total)::bson AS document) AS made;
