"""Fits the withholding tax forecaster, tries it on months it has not seen, registers and serves it.

Runs on Databricks as a task of bir_month_end. The features come from close/features.sql.
"""

import argparse
from datetime import timedelta

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types.schema import ColSpec, Schema
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_percentage_error, r2_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

TARGET = "withholding_tax"
LAGS = ["prev_month", "prev_year", "rolling_3m_avg", "rolling_12m_avg"]
FEATURES = ["agency", "year", "month", *LAGS]
ALIAS = "champion"

SIGNATURE = ModelSignature(
    inputs=Schema(
        [
            ColSpec("string", "agency"),
            ColSpec("integer", "year"),
            ColSpec("integer", "month"),
            *(ColSpec("double", lag) for lag in LAGS),
        ]
    ),
    outputs=Schema([ColSpec("double")]),
)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--month", required=True, help="month that is closed, yyyy-MM")
    parser.add_argument("--features", required=True, help="table of features")
    parser.add_argument("--model", required=True, help="registered model in Unity Catalog")
    parser.add_argument("--endpoint", required=True, help="serving endpoint")
    parser.add_argument("--minimum-r2", type=float, default=0.9)
    parser.add_argument("--hold-out-months", type=int, default=6)
    return parser.parse_args()


def build_model() -> TransformedTargetRegressor:
    """Ridge regression on logarithms: season and trend act on tax as factors, not as sums."""
    columns = ColumnTransformer(
        [
            ("kind", OneHotEncoder(handle_unknown="ignore"), ["agency", "month"]),
            ("year", StandardScaler(), ["year"]),
            ("lags", FunctionTransformer(np.log1p), LAGS),
        ]
    )
    regression = Pipeline([("columns", columns), ("ridge", Ridge(alpha=0.1))])
    return TransformedTargetRegressor(regression, func=np.log1p, inverse_func=np.expm1)


def known_rows(features: pd.DataFrame) -> pd.DataFrame:
    """Rows with a year of history behind them and a known tax, in order of time, typed for the model."""
    rows = features.dropna(subset=[TARGET, *LAGS]).sort_values(["period", "agency"])
    return rows.astype({"agency": "object", "year": "int32", "month": "int32"})


def split(rows: pd.DataFrame, hold_out_months: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The last months are held out whole: the model is tried on the future, not on gaps in the past."""
    periods = sorted(rows["period"].unique())
    if len(periods) < hold_out_months + 12:
        raise SystemExit(
            f"Too little history to train: {len(periods)} months have a year behind them, "
            f"{hold_out_months + 12} are needed."
        )
    unseen = rows["period"].isin(periods[-hold_out_months:])
    return rows[~unseen], rows[unseen]


def serve(endpoint: str, model: str, version: str) -> None:
    """Points the endpoint to the version and waits until it answers with it."""
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.serving import Route, ServedEntityInput, TrafficConfig

    WorkspaceClient().serving_endpoints.update_config_and_wait(
        endpoint,
        served_entities=[
            ServedEntityInput(
                name=ALIAS,
                entity_name=model,
                entity_version=version,
                workload_size="Small",
                scale_to_zero_enabled=True,
            )
        ],
        traffic_config=TrafficConfig(routes=[Route(served_model_name=ALIAS, traffic_percentage=100)]),
        timeout=timedelta(minutes=25),
    )


def main() -> None:
    from pyspark.sql import SparkSession

    options = arguments()
    spark = SparkSession.builder.getOrCreate()
    rows = known_rows(spark.table(options.features).toPandas())
    seen, unseen = split(rows, options.hold_out_months)

    tried = build_model().fit(seen[FEATURES], seen[TARGET])
    foretold = tried.predict(unseen[FEATURES])
    r2 = float(r2_score(unseen[TARGET], foretold))
    error = float(mean_absolute_percentage_error(unseen[TARGET], foretold))
    print(f"{options.month}: R² {r2:.4f} and error {error:.2%} on {len(unseen)} rows it had not seen")
    if r2 < options.minimum_r2:
        raise SystemExit(
            f"The forecaster explains too little of the months it has not seen: R² {r2:.4f}, "
            f"at least {options.minimum_r2:.2f} is needed. The champion stays as it was."
        )

    mlflow.set_registry_uri("databricks-uc")
    with mlflow.start_run(run_name=f"bir_tax_forecaster {options.month}"):
        mlflow.log_params(
            {
                "month": options.month,
                "features": options.features,
                "hold_out_months": options.hold_out_months,
                "rows": len(rows),
            }
        )
        mlflow.log_metrics({"r2": r2, "mean_absolute_percentage_error": error})
        model = build_model().fit(rows[FEATURES], rows[TARGET])
        logged = mlflow.sklearn.log_model(
            model,
            name="forecaster",
            signature=SIGNATURE,
            input_example=rows[FEATURES].tail(1),
            registered_model_name=options.model,
        )
    version = str(logged.registered_model_version)
    mlflow.MlflowClient().set_registered_model_alias(options.model, ALIAS, version)
    serve(options.endpoint, options.model, version)
    print(f"{options.model} version {version} is {ALIAS} and served by {options.endpoint}")


if __name__ == "__main__":
    main()
