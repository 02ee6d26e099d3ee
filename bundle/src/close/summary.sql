-- The close of the month: one row an agency, written again when the month is closed again.

CREATE TABLE IF NOT EXISTS platinum.bir.close_summary (
  agency STRING NOT NULL,
  period DATE NOT NULL,
  transaction_count BIGINT NOT NULL,
  vendor_count BIGINT NOT NULL,
  total_amount DECIMAL(28, 2) NOT NULL,
  withholding_tax DECIMAL(28, 2) NOT NULL,
  income_tax DECIMAL(28, 2) NOT NULL,
  vat DECIMAL(28, 2) NOT NULL,
  rows_received BIGINT NOT NULL,
  rows_accepted BIGINT NOT NULL,
  pass_rate DECIMAL(7, 4) NOT NULL,
  forecast_period DATE NOT NULL,
  forecast_withholding_tax DECIMAL(18, 2),
  model_version STRING,
  closed_at TIMESTAMP NOT NULL
)
COMMENT 'What the close of a month came to, one row an agency; pass_rate is a share from 0 to 1'
TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true');

-- Rows without a usable date have no month of their own: received and accepted rows are counted by
-- the export that brought them, which is named after agency and month.
MERGE INTO platinum.bir.close_summary AS target
USING (
  WITH closing AS (
    SELECT
      CAST(concat(:month, '-01') AS DATE) AS period,
      add_months(CAST(concat(:month, '-01') AS DATE), 1) AS forecast_period
  ),
  expected AS (
    SELECT trim(name) AS agency
    FROM (SELECT explode(split(:agencies, ',')) AS name)
  ),
  received AS (
    SELECT split_part(export_id, '-', 1) AS agency, count(*) AS row_count
    FROM bronze.scout.transactions
    WHERE concat(split_part(export_id, '-', 2), '-', split_part(export_id, '-', 3)) = :month
    GROUP BY split_part(export_id, '-', 1)
  ),
  accepted AS (
    SELECT split_part(export_id, '-', 1) AS agency, count(*) AS row_count
    FROM silver.scout.transactions
    WHERE concat(split_part(export_id, '-', 2), '-', split_part(export_id, '-', 3)) = :month
    GROUP BY split_part(export_id, '-', 1)
  )
  SELECT
    expected.agency,
    closing.period,
    coalesce(totals.transaction_count, 0) AS transaction_count,
    coalesce(totals.vendor_count, 0) AS vendor_count,
    coalesce(totals.total_amount, 0) AS total_amount,
    coalesce(totals.withholding_tax, 0) AS withholding_tax,
    coalesce(totals.income_tax, 0) AS income_tax,
    coalesce(totals.vat, 0) AS vat,
    coalesce(received.row_count, 0) AS rows_received,
    coalesce(accepted.row_count, 0) AS rows_accepted,
    CAST(coalesce(accepted.row_count, 0) / greatest(coalesce(received.row_count, 0), 1) AS DECIMAL(7, 4)) AS pass_rate,
    closing.forecast_period,
    forecasts.withholding_tax AS forecast_withholding_tax,
    forecasts.model_version,
    current_timestamp() AS closed_at
  FROM expected
  CROSS JOIN closing
  LEFT JOIN gold.bir.monthly_totals AS totals
    ON totals.agency = expected.agency AND totals.period = closing.period
  LEFT JOIN received ON received.agency = expected.agency
  LEFT JOIN accepted ON accepted.agency = expected.agency
  LEFT JOIN platinum.bir.forecasts AS forecasts
    ON forecasts.agency = expected.agency AND forecasts.period = closing.forecast_period
) AS source
ON target.agency = source.agency AND target.period = source.period
WHEN MATCHED THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *;

SELECT
  agency,
  transaction_count,
  total_amount,
  withholding_tax,
  income_tax,
  vat,
  pass_rate,
  forecast_withholding_tax
FROM platinum.bir.close_summary
WHERE period = CAST(concat(:month, '-01') AS DATE)
ORDER BY agency;
