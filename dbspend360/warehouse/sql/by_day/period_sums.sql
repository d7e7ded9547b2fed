-- What the runs of each of the two periods add up to, USD, without looking at each of them.
-- Runs inside a period are those that had ended by its end, less those that had begun before it;
-- those that began before it and end after it are in neither, so they are counted back. Runs that
-- a period cuts come on top. The median is then among the costs of one bucket, rarely of two.
WITH day_sums AS (
    SELECT
        shown,
        SUM(records)                      AS total_records,
        SUM(unknown_ec2_records)          AS unknown_ec2_records,
        SUM(serverless_records)           AS serverless_records,
        SUM(COALESCE(ec2_cost, 0))        AS ec2_cost,
        SUM(COALESCE(databricks_cost, 0)) AS databricks_cost
    FROM (
        SELECT *, usage_date >= :start_date AS shown
        FROM rolled.days
        WHERE usage_date BETWEEN :first_date AND :last_date
    ) AS days
    GROUP BY shown
),
job_sums AS (
    SELECT shown, SUM(jobs) AS total_jobs
    FROM (
        SELECT *, usage_date >= :start_date AS shown
        FROM rolled.job_gaps
        WHERE usage_date BETWEEN :first_date AND :last_date
    ) AS gaps
    WHERE previous_date IS NULL
       OR (shown AND previous_date < :start_date)
       OR previous_date < :first_date
    GROUP BY shown
),
around AS (
    SELECT TRUE AS shown, run_cost
    FROM rolled.uneven_spends
    WHERE run_first_date < :start_date AND run_last_date > :last_date
    GROUP BY workspace_id, job_id, run_id, run_cost
    UNION ALL
    SELECT FALSE, run_cost
    FROM rolled.uneven_spends
    WHERE run_first_date < :first_date AND run_last_date >= :start_date
    GROUP BY workspace_id, job_id, run_id, run_cost
),
in_order AS (
    SELECT shown, is_cut, total_cost, COALESCE(MAX(bucket) OVER (ORDER BY total_cost), 0) AS bucket
    FROM (
        SELECT shown, TRUE AS is_cut, total_cost, CAST(NULL AS INT) AS bucket
        FROM cut_period_runs
        UNION ALL
        SELECT shown, FALSE, run_cost, NULL
        FROM around
        UNION ALL
        SELECT NULL, NULL, low, bucket
        FROM rolled.cost_buckets
    ) AS cut_and_lows
),
counts AS (
    SELECT periods.shown, counts.bucket, counts.ended AS runs
    FROM periods
    JOIN rolled.cost_counts AS counts ON counts.usage_date = periods.ended_on
    UNION ALL
    SELECT periods.shown, counts.bucket, -counts.begun
    FROM periods
    JOIN rolled.cost_counts AS counts ON counts.usage_date = periods.began_after
    UNION ALL
    SELECT shown, bucket, 1
    FROM in_order
    WHERE shown IS NOT NULL
),
buckets AS (
    SELECT shown, bucket, SUM(runs) AS runs
    FROM counts
    GROUP BY shown, bucket
),
ordered_buckets AS (
    SELECT
        shown,
        bucket,
        runs,
        SUM(runs) OVER (PARTITION BY shown ORDER BY bucket) AS up_to,
        SUM(runs) OVER (PARTITION BY shown)                 AS total_runs
    FROM buckets
),
middle AS (
    SELECT shown, bucket, up_to - runs AS below, total_runs
    FROM ordered_buckets
    WHERE runs > 0
      AND 2 * up_to >= total_runs
      AND 2 * (up_to - runs) <= total_runs
),
equal_costs AS (
    SELECT shown, total_cost, SUM(runs) AS runs, MIN(below) AS below, MAX(total_runs) AS total_runs
    FROM (
        SELECT middle.shown, middle.below, middle.total_runs, costs.total_cost, costs.runs
        FROM middle
        JOIN rolled.costs AS costs ON costs.bucket = middle.bucket
        WHERE (middle.shown AND costs.first_date >= :start_date AND costs.last_date <= :last_date)
           OR (NOT middle.shown
               AND costs.first_date >= :first_date AND costs.last_date < :start_date)
        UNION ALL
        SELECT middle.shown, middle.below, middle.total_runs, cut.total_cost, 1
        FROM middle
        JOIN in_order AS cut
            ON cut.shown = middle.shown AND cut.bucket = middle.bucket AND cut.is_cut
    ) AS middle_costs
    GROUP BY shown, total_cost
),
ordered_costs AS (
    SELECT
        shown,
        total_cost,
        runs,
        total_runs,
        MIN(below) OVER (PARTITION BY shown)
            + SUM(runs) OVER (PARTITION BY shown ORDER BY total_cost) AS up_to
    FROM equal_costs
),
medians AS (
    SELECT
        shown,
        MAX(total_runs)                                            AS total_runs,
        CAST(MEDIAN(CAST(total_cost AS DOUBLE)) AS DECIMAL(28, 6)) AS median_cost
    FROM ordered_costs
    WHERE 2 * up_to >= total_runs
      AND 2 * (up_to - runs) <= total_runs
    GROUP BY shown
)
SELECT
    day_sums.*,
    job_sums.total_jobs,
    medians.total_runs,
    medians.median_cost
FROM day_sums
JOIN job_sums ON job_sums.shown = day_sums.shown
JOIN medians ON medians.shown = day_sums.shown
