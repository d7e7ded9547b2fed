-- How many whole runs cost so much, in buckets in the order of costs, counted from 0. A bucket holds
-- the costs with the same number of digits and the same first two, so that nothing need be sorted.
WITH spans AS (
    SELECT
        total_cost,
        first_date,
        last_date,
        COUNT(*)                                     AS runs,
        CAST(ABS(total_cost) * 1000000 AS BIGINT)    AS millionths
    FROM rolled.runs
    GROUP BY total_cost, first_date, last_date
),
placed AS (
    SELECT
        total_cost,
        first_date,
        last_date,
        runs,
        CASE WHEN total_cost < 0 THEN -1 ELSE 1 END
            * (LENGTH(CAST(millionths AS STRING)) * 100
               + CASE WHEN millionths < 10 THEN CAST(millionths AS INT) * 10
                      ELSE CAST(LEFT(CAST(millionths AS STRING), 2) AS INT) END) AS place
    FROM spans
),
numbered AS (
    SELECT place, CAST(ROW_NUMBER() OVER (ORDER BY place) - 1 AS INT) AS bucket
    FROM placed
    GROUP BY place
)
SELECT numbered.bucket, placed.total_cost, placed.first_date, placed.last_date, placed.runs
FROM placed
JOIN numbered ON numbered.place = placed.place
