-- The records of runs that days or a name can cut.
SELECT
    spends.*,
    runs.first_date   AS run_first_date,
    runs.last_date    AS run_last_date,
    runs.total_cost   AS run_cost,
    runs.has_one_name AS has_one_name
FROM spends
JOIN rolled.runs AS runs
    ON runs.workspace_id = spends.workspace_id
    AND runs.job_id = spends.job_id
    AND runs.run_id = spends.run_id
WHERE runs.first_date < runs.last_date OR NOT runs.has_one_name
