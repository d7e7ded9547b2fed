-- The dearest run of each of the two periods; of several the first by its ids.
WITH most AS (
    SELECT shown, MAX(total_cost) AS max_cost
    FROM period_runs
    GROUP BY shown
),
highest AS (
    SELECT
        period_runs.*,
        most.max_cost,
        ROW_NUMBER() OVER (
            PARTITION BY period_runs.shown
            ORDER BY period_runs.workspace_id, period_runs.job_id, period_runs.run_id
        ) AS place
    FROM period_runs
    JOIN most ON period_runs.shown = most.shown AND period_runs.total_cost = most.max_cost
)
SELECT *
FROM highest
WHERE place = 1
