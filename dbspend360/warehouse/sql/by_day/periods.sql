-- The period shown and the one before: the last days with records until each ends and before it
-- begins.
SELECT
    TRUE AS shown,
    MAX(usage_date) FILTER (WHERE usage_date <= :last_date) AS ended_on,
    MAX(usage_date) FILTER (WHERE usage_date < :start_date) AS began_after
FROM rolled.days
UNION ALL
SELECT
    FALSE,
    MAX(usage_date) FILTER (WHERE usage_date < :start_date),
    MAX(usage_date) FILTER (WHERE usage_date < :first_date)
FROM rolled.days
