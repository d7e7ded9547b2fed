-- The sums that an import makes beside the records, for `sql/by_day` and `sql/by_job` to read.
-- They are exact: amounts are decimals, and an unknown one stays NULL. Run by DuckDB alone.

CREATE SCHEMA rolled;

-- A job under one name on one day.
CREATE TABLE rolled.job_days AS
SELECT
    usage_date,
    workspace_id,
    job_id,
    job_name,
    count(*)                                AS records,
    count(*) FILTER (ec2_cost IS NULL)      AS unknown_ec2_records,
    count(*) FILTER (ec2_cost IS NULL AND cluster_id IS NULL)         AS serverless_records,
    CAST(sum(ec2_cost) AS DECIMAL(18, 6))         AS ec2_cost,
    CAST(sum(databricks_cost) AS DECIMAL(18, 6))  AS databricks_cost
FROM spends
GROUP BY ALL
ORDER BY ALL;

-- Most runs have one record, which need not be added up: the others by the hash of their ids.
-- Two runs with one hash do no harm.
CREATE TEMP TABLE several AS
SELECT hash(workspace_id, job_id, run_id) AS run_hash FROM spends GROUP BY ALL HAVING count(*) > 1;

CREATE TEMP TABLE several_records AS
SELECT * FROM spends WHERE hash(workspace_id, job_id, run_id) IN (FROM several);

-- A whole run, whatever its days. `has_one_name`: all its records have the same, or none has one.
CREATE TABLE rolled.runs AS
SELECT
    workspace_id, job_id, run_id,
    job_name,
    usage_date                                        AS first_date,
    usage_date                                        AS last_date,
    cluster_id,
    CAST(cluster_id IS NOT NULL AS BIGINT)            AS clusters,
    run_as,
    team,
    result_state,
    CAST(1 AS BIGINT)                                 AS records,
    CAST(ec2_cost IS NULL AS BIGINT)                  AS unknown_ec2_records,
    CAST(ec2_cost IS NULL AND cluster_id IS NULL AS BIGINT)                     AS serverless_records,
    ec2_cost,
    databricks_cost,
    CAST(coalesce(ec2_cost, 0) + coalesce(databricks_cost, 0) AS DECIMAL(18, 6)) AS total_cost,
    TRUE                                              AS has_one_name
FROM spends
WHERE hash(workspace_id, job_id, run_id) NOT IN (FROM several)
UNION ALL
(SELECT
    workspace_id, job_id, run_id,
    max(job_name),
    min(usage_date),
    max(usage_date),
    min(cluster_id),
    count(DISTINCT cluster_id),
    max(run_as),
    max(team),
    max(result_state),
    count(*),
    count(*) FILTER (ec2_cost IS NULL),
    count(*) FILTER (ec2_cost IS NULL AND cluster_id IS NULL),
    CAST(sum(ec2_cost) AS DECIMAL(18, 6)),
    CAST(sum(databricks_cost) AS DECIMAL(18, 6)),
    CAST(coalesce(sum(ec2_cost), 0) + coalesce(sum(databricks_cost), 0) AS DECIMAL(18, 6)),
    count(job_name) IN (0, count(*)) AND count(DISTINCT job_name) < 2
FROM several_records
GROUP BY workspace_id, job_id, run_id
ORDER BY min(usage_date));

-- The records of runs that days or a name can cut.
CREATE TABLE rolled.uneven_spends AS
SELECT
    several_records.*,
    first_date        AS run_first_date,
    last_date         AS run_last_date,
    runs.total_cost   AS run_cost,
    has_one_name
FROM several_records
JOIN rolled.runs USING (workspace_id, job_id, run_id)
WHERE first_date < last_date OR NOT has_one_name
ORDER BY run_first_date, usage_date;

-- One day, as the table shows it.
CREATE TABLE rolled.days AS
WITH sums AS (
    SELECT
        usage_date,
        count(DISTINCT (workspace_id, job_id))          AS jobs,
        CAST(sum(records) AS BIGINT)                    AS records,
        CAST(sum(unknown_ec2_records) AS BIGINT)        AS unknown_ec2_records,
        CAST(sum(serverless_records) AS BIGINT)         AS serverless_records,
        CAST(sum(ec2_cost) AS DECIMAL(18, 6))                 AS ec2_cost,
        CAST(sum(databricks_cost) AS DECIMAL(18, 6))          AS databricks_cost
    FROM rolled.job_days
    GROUP BY usage_date
),
runs_of_days AS (
    SELECT first_date AS usage_date, count(*) AS runs
    FROM rolled.runs
    WHERE first_date = last_date
    GROUP BY first_date
    UNION ALL
    SELECT usage_date, count(DISTINCT (workspace_id, job_id, run_id))
    FROM rolled.uneven_spends
    WHERE run_first_date < run_last_date
    GROUP BY usage_date
),
counts AS (
    SELECT usage_date, CAST(sum(runs) AS BIGINT) AS runs FROM runs_of_days GROUP BY usage_date
)
SELECT *, CAST(coalesce(ec2_cost, 0) + coalesce(databricks_cost, 0) AS DECIMAL(18, 6)) AS total_cost
FROM sums JOIN counts USING (usage_date)
ORDER BY usage_date;

-- How many jobs ran on a day that had run before on another; none for the first time.
CREATE TABLE rolled.job_gaps AS
WITH job_days AS (SELECT DISTINCT workspace_id, job_id, usage_date FROM rolled.job_days),
gaps AS (
    SELECT
        usage_date,
        lag(usage_date) OVER (PARTITION BY workspace_id, job_id ORDER BY usage_date)
            AS previous_date
    FROM job_days
)
SELECT usage_date, previous_date, count(*) AS jobs
FROM gaps
GROUP BY ALL
ORDER BY ALL;

-- Of the runs that began and ended on the same days, the dearest; of several the first.
CREATE TABLE rolled.span_tops AS
WITH tops AS (
    SELECT first_date, last_date, max(total_cost) AS total_cost FROM rolled.runs GROUP BY ALL
)
SELECT first_date, last_date, workspace_id, job_id, run_id, job_name, total_cost
FROM rolled.runs JOIN tops USING (first_date, last_date, total_cost)
QUALIFY row_number() OVER (PARTITION BY first_date, last_date ORDER BY workspace_id, job_id, run_id) = 1
ORDER BY first_date, last_date;

-- How many whole runs cost so much, the cheapest first.
CREATE TEMP TABLE ordered_costs AS
SELECT total_cost, first_date, last_date, count(*) AS runs
FROM rolled.runs
GROUP BY ALL
ORDER BY ALL;

-- The same in buckets of about equal size.
CREATE TABLE rolled.costs AS
WITH size AS (
    SELECT
        count(*)                                   AS places,
        least(1024, 1 + count(*) // :bucket_runs)  AS buckets
    FROM ordered_costs
),
placed AS (
    SELECT CAST(ordered_costs.rowid * buckets // places AS INTEGER) AS bucket, ordered_costs.*
    FROM ordered_costs, size
),
lows AS (SELECT bucket, min(total_cost) AS low FROM placed GROUP BY bucket),
-- Equal costs share a bucket, also where one would begin among them.
ties AS (
    SELECT total_cost, min(bucket) AS bucket
    FROM placed
    WHERE total_cost IN (SELECT low FROM lows)
    GROUP BY total_cost
)
SELECT coalesce(ties.bucket, placed.bucket) AS bucket, total_cost, first_date, last_date, runs
FROM placed LEFT JOIN ties USING (total_cost)
ORDER BY bucket, total_cost;

-- The least cost of each bucket.
CREATE TABLE rolled.cost_buckets AS
SELECT bucket, min(total_cost) AS low FROM rolled.costs GROUP BY bucket ORDER BY bucket;

-- By day and bucket, how many runs had begun until its end, and how many had ended.
CREATE TABLE rolled.cost_counts AS
WITH changes AS (
    SELECT first_date AS usage_date, bucket, runs AS begun, 0 AS ended FROM rolled.costs
    UNION ALL
    SELECT last_date, bucket, 0, runs FROM rolled.costs
    UNION ALL
    SELECT usage_date, bucket, 0, 0 FROM rolled.days, rolled.cost_buckets
),
of_days AS (
    SELECT usage_date, bucket, sum(begun) AS begun, sum(ended) AS ended
    FROM changes
    GROUP BY ALL
)
SELECT
    usage_date,
    bucket,
    CAST(sum(begun) OVER until_then AS BIGINT) AS begun,
    CAST(sum(ended) OVER until_then AS BIGINT) AS ended
FROM of_days
WINDOW until_then AS (PARTITION BY bucket ORDER BY usage_date)
ORDER BY usage_date, bucket;

-- What a job cost on a day as far as known, and how many runs had a part in it.
CREATE TABLE rolled.job_totals AS
WITH sums AS (
    SELECT
        usage_date, workspace_id, job_id,
        CAST(sum(coalesce(ec2_cost, 0) + coalesce(databricks_cost, 0)) AS DECIMAL(18, 6)) AS cost,
        CAST(sum(coalesce(databricks_cost, 0)) AS DECIMAL(18, 6)) AS databricks_cost,
        sum(unknown_ec2_records) = sum(serverless_records)        AS is_complete
    FROM rolled.job_days
    GROUP BY ALL
),
runs_of_days AS (
    SELECT first_date AS usage_date, workspace_id, job_id, count(*) AS runs
    FROM rolled.runs
    WHERE first_date = last_date
    GROUP BY ALL
    UNION ALL
    SELECT usage_date, workspace_id, job_id, count(DISTINCT run_id)
    FROM rolled.uneven_spends
    WHERE run_first_date < run_last_date
    GROUP BY ALL
),
counts AS (
    SELECT usage_date, workspace_id, job_id, CAST(sum(runs) AS BIGINT) AS runs
    FROM runs_of_days
    GROUP BY ALL
)
SELECT usage_date, workspace_id, job_id, runs, cost, databricks_cost, is_complete
FROM sums JOIN counts USING (usage_date, workspace_id, job_id)
ORDER BY ALL;

-- The middle costs of a job's earlier runs and days, as `sql/cost_norms.sql` has them. What
-- Databricks cost is beside them only where something is compared by it alone.
CREATE TABLE rolled.norms AS
WITH judged AS (
    SELECT
        workspace_id, job_id, FALSE AS is_day, first_date, total_cost AS cost,
        coalesce(databricks_cost, 0) AS databricks_cost,
        unknown_ec2_records = serverless_records AS is_complete,
        TRUE AS is_asked
    FROM rolled.runs
    WHERE last_date < first_date + :longest
    UNION ALL
    SELECT
        workspace_id, job_id, TRUE, usage_date, cost, databricks_cost, is_complete, runs > 1
    FROM rolled.job_totals
),
all_costs AS (
    SELECT
        workspace_id, job_id, is_day, first_date, is_asked,
        count(CASE WHEN is_complete THEN 1 END) OVER earlier AS earlier,
        -- Not FILTER, with which a window takes twice as long.
        quantile_disc(CASE WHEN is_complete THEN cost END, [0.5, 0.500000001]) OVER earlier AS middle
    FROM judged
    WINDOW earlier AS (
        PARTITION BY workspace_id, job_id, is_day
        ORDER BY first_date
        RANGE BETWEEN INTERVAL :history DAY PRECEDING AND INTERVAL 1 DAY PRECEDING
    )
),
incomplete AS (
    SELECT workspace_id, job_id, is_day, min(first_date) AS since
    FROM judged
    WHERE NOT is_complete
    GROUP BY ALL
),
databricks_costs AS (
    SELECT
        workspace_id, job_id, is_day, first_date,
        count(*) OVER earlier AS earlier,
        quantile_disc(databricks_cost, [0.5, 0.500000001]) OVER earlier AS middle
    FROM judged JOIN incomplete USING (workspace_id, job_id, is_day)
    WHERE first_date >= since - :history
    WINDOW earlier AS (
        PARTITION BY workspace_id, job_id, is_day
        ORDER BY first_date
        RANGE BETWEEN INTERVAL :history DAY PRECEDING AND INTERVAL 1 DAY PRECEDING
    )
),
of_all AS (
    SELECT workspace_id, job_id, is_day, first_date, any_value(earlier) AS earlier, any_value(middle) AS middle
    FROM all_costs
    WHERE is_asked
    GROUP BY workspace_id, job_id, is_day, first_date
),
of_databricks AS (
    SELECT workspace_id, job_id, is_day, first_date, any_value(earlier) AS earlier, any_value(middle) AS middle
    FROM databricks_costs
    GROUP BY workspace_id, job_id, is_day, first_date
)
SELECT
    workspace_id, job_id, is_day, first_date,
    of_all.earlier,
    of_all.middle[1]          AS low_cost,
    of_all.middle[2]          AS high_cost,
    of_databricks.earlier     AS earlier_databricks,
    of_databricks.middle[1]   AS low_databricks,
    of_databricks.middle[2]   AS high_databricks
FROM of_all LEFT JOIN of_databricks USING (workspace_id, job_id, is_day, first_date)
ORDER BY first_date, workspace_id, job_id, is_day;

DROP TABLE several;

DROP TABLE several_records;

DROP TABLE ordered_costs;

-- Last, for now they are whole.
CREATE TABLE rolled.edition AS SELECT :edition AS edition;
