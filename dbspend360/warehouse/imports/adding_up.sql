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

DROP TABLE several;

DROP TABLE several_records;

DROP TABLE ordered_costs;

-- Last, for now they are whole.
CREATE TABLE rolled.edition AS SELECT :edition AS edition;
