-- What the forecaster learns from: one row an agency and month, up to the month that is closed, and
-- one more for the month after it, whose withholding tax nobody knows yet. Every feature looks back
-- only, so a row never holds what it is to foretell.

CREATE OR REPLACE TABLE gold.bir.features
COMMENT 'Lags and rolling averages of withholding tax; withholding_tax is NULL in the month to forecast'
AS
WITH closing AS (
  SELECT CAST(concat(:month, '-01') AS DATE) AS period
),
periods AS (
  SELECT DISTINCT monthly_totals.period
  FROM gold.bir.monthly_totals
  CROSS JOIN closing
  WHERE monthly_totals.period <= closing.period
  UNION ALL
  SELECT add_months(period, 1) AS period FROM closing
),
agencies AS (
  SELECT DISTINCT agency FROM gold.bir.monthly_totals
),
history AS (
  SELECT
    agencies.agency,
    periods.period,
    CASE
      WHEN periods.period <= closing.period
        THEN CAST(coalesce(monthly_totals.withholding_tax, 0) AS DOUBLE)
    END AS withholding_tax
  FROM agencies
  CROSS JOIN periods
  CROSS JOIN closing
  LEFT JOIN gold.bir.monthly_totals AS monthly_totals
    ON monthly_totals.agency = agencies.agency AND monthly_totals.period = periods.period
)
SELECT
  agency,
  period,
  year(period) AS year,
  month(period) AS month,
  withholding_tax,
  lag(withholding_tax, 1) OVER (PARTITION BY agency ORDER BY period) AS prev_month,
  lag(withholding_tax, 12) OVER (PARTITION BY agency ORDER BY period) AS prev_year,
  avg(withholding_tax) OVER (PARTITION BY agency ORDER BY period ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING) AS rolling_3m_avg,
  avg(withholding_tax) OVER (PARTITION BY agency ORDER BY period ROWS BETWEEN 12 PRECEDING AND 1 PRECEDING) AS rolling_12m_avg
FROM history;

-- Where the forecasts task writes, made here so that its columns stand in one place.
CREATE TABLE IF NOT EXISTS platinum.bir.forecasts (
  agency STRING NOT NULL,
  period DATE NOT NULL,
  withholding_tax DECIMAL(18, 2) NOT NULL,
  model_name STRING NOT NULL,
  model_version STRING NOT NULL,
  forecast_at TIMESTAMP NOT NULL
)
COMMENT 'Withholding tax foretold: one row an agency and month, from the latest close that foretold it'
TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true');
