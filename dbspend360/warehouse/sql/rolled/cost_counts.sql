-- By day and bucket, how many runs had begun until its end, and how many had ended.
WITH changes AS (
    SELECT first_date AS usage_date, bucket, runs AS begun, 0 AS ended FROM rolled.costs
    UNION ALL
    SELECT last_date, bucket, 0, runs FROM rolled.costs
    UNION ALL
    SELECT days.usage_date, buckets.bucket, 0, 0
    FROM rolled.days AS days
    CROSS JOIN rolled.cost_buckets AS buckets
),
of_days AS (
    SELECT usage_date, bucket, SUM(begun) AS begun, SUM(ended) AS ended
    FROM changes
    GROUP BY usage_date, bucket
)
SELECT
    usage_date,
    bucket,
    CAST(SUM(begun) OVER (PARTITION BY bucket ORDER BY usage_date) AS BIGINT) AS begun,
    CAST(SUM(ended) OVER (PARTITION BY bucket ORDER BY usage_date) AS BIGINT) AS ended
FROM of_days
