-- From the single customers, without a window function.
SELECT month, arraySum(arrayMap((m, n) -> if(m <= month, n, 0), months, counts)) AS figure
FROM (
  SELECT groupArray(registered) AS months, groupArray(customers) AS counts
  FROM (
    SELECT toStartOfMonth(assumeNotNull(registration_date)) AS registered, count() AS customers
    FROM marts.int_customer_profiles_ml
    WHERE source = 'shop' AND registration_date IS NOT NULL
    GROUP BY registered
  )
)
ARRAY JOIN months AS month
