-- Records in one of the two periods, of runs that are not whole in it. Runs that a day cuts lie
-- side by side, each looked for at the first of the three days that cuts it.
WITH cut_anywhere AS (
    SELECT *
    FROM rolled.uneven_spends
    WHERE run_first_date < :first_date AND run_last_date >= :first_date
    UNION ALL
    SELECT *
    FROM rolled.uneven_spends
    WHERE run_first_date >= :first_date
      AND run_first_date < :start_date
      AND run_last_date >= :start_date
    UNION ALL
    SELECT *
    FROM rolled.uneven_spends
    WHERE run_first_date >= :start_date
      AND run_first_date <= :last_date
      AND run_last_date > :last_date
)
SELECT *
FROM cut_anywhere
WHERE usage_date BETWEEN :first_date AND :last_date
  AND ((usage_date >= :start_date AND (run_first_date < :start_date OR run_last_date > :last_date))
       OR (usage_date < :start_date
           AND (run_first_date < :first_date OR run_last_date >= :start_date)))
