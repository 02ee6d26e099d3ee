"""Foretells the month after the one that is closed, one row an agency, with the champion model.

Runs on Databricks as a task of bir_month_end, after training. Closing a month again replaces its
forecasts.
"""

import argparse
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import mlflow
import pandas as pd

ALIAS = "champion"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--month", required=True, help="month that is closed, yyyy-MM")
    parser.add_argument("--agencies", required=True, help="agencies, separated by commas")
    parser.add_argument("--features", required=True, help="table of features")
    parser.add_argument("--model", required=True, help="registered model in Unity Catalog")
    parser.add_argument("--forecasts", required=True, help="table that takes the forecasts")
    return parser.parse_args()


def month_after(month: str) -> date:
    """First day of the month after 'yyyy-MM'."""
    year, number = (int(part) for part in month.split("-"))
    return date(year + number // 12, number % 12 + 1, 1)


def rows_to_foretell(features: pd.DataFrame, period: date, agencies: list[str]) -> pd.DataFrame:
    """One row an agency for the period. Ends the task when an agency has too little history."""
    rows = features[(features["period"] == period) & features["agency"].isin(agencies)]
    usable = rows.dropna(subset=["prev_month", "prev_year", "rolling_3m_avg", "rolling_12m_avg"])
    missing = sorted(set(agencies) - set(usable["agency"]))
    if missing:
        raise SystemExit(
            f"No forecast for {period:%Y-%m}: {', '.join(missing)} have less than a year of history."
        )
    return usable.astype({"agency": "object", "year": "int32", "month": "int32"})


def pesos(value: float) -> Decimal:
    return Decimal(repr(float(value))).quantize(Decimal("0.01"), ROUND_HALF_UP)


def main() -> None:
    from pyspark.sql import SparkSession

    options = arguments()
    agencies = [agency.strip() for agency in options.agencies.split(",")]
    period = month_after(options.month)
    spark = SparkSession.builder.getOrCreate()
    features = spark.table(options.features).where(f"period = DATE'{period:%Y-%m-%d}'").toPandas()
    rows = rows_to_foretell(features, period, agencies)

    mlflow.set_registry_uri("databricks-uc")
    version = mlflow.MlflowClient().get_model_version_by_alias(options.model, ALIAS).version
    model = mlflow.pyfunc.load_model(f"models:/{options.model}/{version}")
    foretold = model.predict(rows[model.metadata.get_input_schema().input_names()])

    spark.createDataFrame(
        [(agency, period, pesos(value)) for agency, value in zip(rows["agency"], foretold)],
        "agency STRING, period DATE, withholding_tax DECIMAL(18, 2)",
    ).createOrReplaceTempView("foretold")
    spark.sql(
        f"""
        MERGE INTO {options.forecasts} AS target
        USING (
          SELECT agency, period, withholding_tax,
            :model AS model_name, :version AS model_version, current_timestamp() AS forecast_at
          FROM foretold
        ) AS source
        ON target.agency = source.agency AND target.period = source.period
        WHEN MATCHED THEN UPDATE SET *
        WHEN NOT MATCHED THEN INSERT *
        """,
        args={"model": options.model, "version": str(version)},
    )
    print(f"{len(rows)} forecasts for {period:%Y-%m} by {options.model} version {version}")


if __name__ == "__main__":
    main()
