-- The dearest run of each of the two periods; of several the first by its ids.
WITH tops AS (
    SELECT
        first_date >= :start_date AS shown,
        workspace_id,
        job_id,
        run_id,
        job_name,
        last_date,
        total_cost AS max_cost
    FROM rolled.span_tops
    WHERE first_date >= :first_date
      AND last_date <= :last_date
      AND (first_date >= :start_date OR last_date < :start_date)
    UNION ALL
    SELECT shown, workspace_id, job_id, run_id, job_name, last_date, total_cost
    FROM cut_period_runs
),
ordered_tops AS (
    SELECT
        tops.*,
        ROW_NUMBER() OVER (
            PARTITION BY shown
            ORDER BY max_cost DESC, workspace_id, job_id, run_id
        ) AS place
    FROM tops
)
SELECT *
FROM ordered_tops
WHERE place = 1
