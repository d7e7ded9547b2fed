-- What the data covers, from the days as they were added up.
SELECT
    MIN(usage_date)                           AS first_date,
    MAX(usage_date)                           AS last_date,
    CAST(COALESCE(SUM(records), 0) AS BIGINT) AS records
FROM rolled.days
