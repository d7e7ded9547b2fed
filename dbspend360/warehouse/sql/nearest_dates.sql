-- The nearest days with records on either side of a period, for the same jobs: one row.
-- NULL where there is none.
SELECT
    MAX(usage_date) FILTER (WHERE usage_date < :start_date) AS earlier_date,
    MIN(usage_date) FILTER (WHERE usage_date > :end_date)   AS later_date
FROM chosen_spends
