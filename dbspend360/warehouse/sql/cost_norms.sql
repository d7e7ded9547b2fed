-- The one or two middle costs of a job's earlier runs, and of its earlier days, USD: half of their
-- sum is the median. Earlier is what began in the thirty days before; equals of one day are not.
-- All costs only of what is complete, and beside them what Databricks cost, of all.
WITH asked AS (
    SELECT DISTINCT workspace_id, job_id, is_day, first_date
    FROM judged_costs
    WHERE last_date >= :first_date AND first_date <= :last_date
),
placed AS (
    SELECT
        asked.workspace_id,
        asked.job_id,
        asked.is_day,
        asked.first_date,
        before.is_complete,
        before.cost,
        before.databricks_cost,
        COUNT(CASE WHEN before.is_complete THEN 1 END) OVER (
            PARTITION BY asked.workspace_id, asked.job_id, asked.is_day, asked.first_date
        ) AS earlier,
        COUNT(*) OVER (
            PARTITION BY asked.workspace_id, asked.job_id, asked.is_day, asked.first_date
        ) AS earlier_databricks,
        ROW_NUMBER() OVER (
            PARTITION BY asked.workspace_id, asked.job_id, asked.is_day, asked.first_date,
                before.is_complete
            ORDER BY before.cost
        ) AS place,
        ROW_NUMBER() OVER (
            PARTITION BY asked.workspace_id, asked.job_id, asked.is_day, asked.first_date
            ORDER BY before.databricks_cost
        ) AS databricks_place
    FROM asked
    JOIN judged_costs AS before
        ON before.workspace_id = asked.workspace_id
        AND before.job_id = asked.job_id
        AND before.is_day = asked.is_day
        AND before.first_date >= asked.first_date - :history
        AND before.first_date < asked.first_date
)
SELECT
    workspace_id,
    job_id,
    is_day,
    first_date,
    MAX(earlier)                                                                   AS earlier,
    MIN(CASE WHEN is_complete AND 2 * place >= earlier THEN cost END)              AS low_cost,
    MAX(CASE WHEN is_complete AND 2 * place <= earlier + 2 THEN cost END)          AS high_cost,
    MAX(earlier_databricks)                                              AS earlier_databricks,
    MIN(CASE WHEN 2 * databricks_place >= earlier_databricks THEN databricks_cost END)
                                                                         AS low_databricks,
    MAX(CASE WHEN 2 * databricks_place <= earlier_databricks + 2 THEN databricks_cost END)
                                                                         AS high_databricks
FROM placed
GROUP BY workspace_id, job_id, is_day, first_date
