-- Stops the close before anything is computed when the month is no month, or when an agency has
-- sent nothing for it. Answers with the number of exports that have landed.

WITH expected AS (
  SELECT trim(name) AS agency
  FROM (SELECT explode(split(:agencies, ',')) AS name)
),
landed AS (
  SELECT DISTINCT replace(_metadata.file_name, '.jsonl', '') AS export_id
  FROM read_files(
    '/Volumes/bronze/scout/landing',
    format => 'json',
    schema => 'transaction_id STRING'
  )
),
counted AS (
  SELECT expected.agency, count(landed.export_id) AS exports
  FROM expected
  LEFT JOIN landed ON startswith(landed.export_id, concat(expected.agency, '-', :month))
  GROUP BY expected.agency
)
SELECT
  :month AS month,
  count(*) AS agencies,
  sum(exports) AS exports,
  CASE
    WHEN NOT (:month RLIKE '^[0-9]{4}-(0[1-9]|1[0-2])$')
      THEN raise_error(concat('"', :month, '" is no month to close. Give the job parameter month as yyyy-MM.'))
    WHEN count_if(exports = 0) > 0
      THEN raise_error(concat(
        'No Scout export for ', :month, ' from ',
        array_join(sort_array(collect_list(CASE WHEN exports = 0 THEN agency END)), ', '),
        '. Run the scout-ingestion workflow, then close the month again.'
      ))
    ELSE 'complete'
  END AS result
FROM counted;
