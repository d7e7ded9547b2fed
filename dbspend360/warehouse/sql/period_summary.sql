-- What the period and the one before add up to.
-- One row for each of the two that has records; `shown` is true for the period itself.
-- Costs are USD; a run's cost is what fell inside the period.
-- Of several highest runs it names the first by its ids.
SELECT
    period_sums.*,
    period_highest.max_cost,
    period_highest.workspace_id,
    period_highest.job_id,
    period_highest.run_id,
    period_highest.job_name,
    period_highest.last_date
FROM period_sums
JOIN period_highest ON period_highest.shown = period_sums.shown
