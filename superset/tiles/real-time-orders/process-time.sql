-- The middle one of the newest 500 documents, or the mean of the two in the middle.
WITH newest AS (
  SELECT row_number() OVER (ORDER BY ms) AS place, count(*) OVER () AS documents, ms
  FROM (
    SELECT greatest(0, 1000 * extract(epoch FROM (_processed_at - _kafka_time)))::double precision AS ms
    FROM sales.orders
    WHERE (purchase_time AT TIME ZONE (SELECT kpi.business_timezone()))::date = (now() AT TIME ZONE (SELECT kpi.business_timezone()))::date
    ORDER BY purchase_time DESC LIMIT 500
  ) AS documents
)
SELECT avg(ms) FROM newest WHERE place IN ((documents + 1) / 2, documents / 2 + 1)
