-- The least cost of each bucket.
SELECT bucket, MIN(total_cost) AS low
FROM rolled.costs
GROUP BY bucket
