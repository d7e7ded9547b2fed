-- Of the runs that began and ended on the same days, the dearest; of several the first by its ids.
SELECT first_date, last_date, workspace_id, job_id, run_id, job_name, total_cost
FROM rolled.runs
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY first_date, last_date
    ORDER BY total_cost DESC, workspace_id, job_id, run_id
) = 1
