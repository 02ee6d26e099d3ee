import { z } from 'zod';
import type { Frame } from './frame';
import type { PythonValue } from './pythonValue';
import { average, dot, ridgeRegression } from './ridgeRegression';
import { modelRaised } from './scoringError';
import type { ScorableModel } from './scoring';
import { signatureSchema } from './signature';

/** What a row of gold.bir.features gives the model. Pesos, months 1 to 12. */
export interface ForecastInput {
	agency: string;
	year: number;
	month: number;
	prev_month: number;
	prev_year: number;
	rolling_3m_avg: number;
	rolling_12m_avg: number;
}

const lags = ['prev_month', 'prev_year', 'rolling_3m_avg', 'rolling_12m_avg'] as const;
/** Pulls weights towards zero; the same strength as in bundle/src/training/train_forecaster.py. */
const ridge = 0.1;

export const forecasterSignature = signatureSchema.parse({
	inputs: [
		{ name: 'agency', type: 'string', required: true },
		{ name: 'year', type: 'integer', required: true },
		{ name: 'month', type: 'integer', required: true },
		...lags.map((name) => ({ name, type: 'double', required: true })),
	],
});

export const forecasterSchema = z.object({
	agencies: z.array(z.string()),
	months: z.array(z.number()),
	/** Mean and standard deviation that the year is scaled by. */
	year: z.object({ mean: z.number(), deviation: z.number() }),
	intercept: z.number(),
	weights: z.array(z.number()),
});
/** A fitted model: a ridge regression on logarithms, where season and trend act as factors. */
export type Forecaster = z.output<typeof forecasterSchema>;

/**
 * Fits withholding tax (pesos) of the rows. Throws RangeError when there are no rows or a value is
 * not a number above -1, of which there is no logarithm.
 */
export function fitForecaster(rows: readonly ForecastInput[], tax: readonly number[]): Forecaster {
	const agencies = [...new Set(rows.map((row) => row.agency))].sort();
	const months = [...new Set(rows.map((row) => row.month))].sort((a, b) => a - b);
	const mean = average(rows.map((row) => row.year));
	const deviation = Math.sqrt(average(rows.map((row) => (row.year - mean) ** 2))) || 1;
	const model: Forecaster = {
		agencies,
		months,
		year: { mean, deviation },
		intercept: 0,
		weights: [],
	};
	const x = rows.map((row) => columnsOf(model, row));
	const y = tax.map((value) => Math.log1p(value));
	return { ...model, ...ridgeRegression(x, y, ridge) };
}

/** Withholding tax in pesos. Not a number when a lag is not one. */
export function foretell(model: Forecaster, row: ForecastInput): number {
	return Math.expm1(model.intercept + dot(model.weights, columnsOf(model, row)));
}

/** Share of the variance that predictions explain: 1 is perfect, 0 no better than the mean. */
export function rSquared(actual: readonly number[], predicted: readonly number[]): number {
	const mean = average(actual);
	const unexplained = actual.reduce((sum, y, at) => sum + (y - (predicted[at] ?? NaN)) ** 2, 0);
	const total = actual.reduce((sum, y) => sum + (y - mean) ** 2, 0);
	return 1 - unexplained / total;
}

/** The model behind the signature, for the scoring server. */
export function scorable(model: Forecaster): ScorableModel {
	return {
		signature: forecasterSignature,
		predict: (frame) => {
			if (frame.rowCount === 0) {
				throw modelRaised(
					'ValueError: Found array with 0 sample(s) (shape=(0, 2)) while a minimum of 1 is required by OneHotEncoder.',
				);
			}
			return rowsOf(frame).map((row) => {
				refuseWhatRidgeRefuses(columnsOf(model, row));
				return foretell(model, row);
			});
		},
	};
}

/** As scikit-learn's Ridge does when it is asked for a prediction. */
function refuseWhatRidgeRefuses(columns: number[]): void {
	if (columns.some((value) => Number.isNaN(value))) {
		throw modelRaised(
			'ValueError: Input X contains NaN.\nRidge does not accept missing values encoded as NaN natively.',
		);
	}
	if (columns.some((value) => !Number.isFinite(value))) {
		throw modelRaised(
			"ValueError: Input X contains infinity or a value too large for dtype('float64').",
		);
	}
}

function rowsOf(frame: Frame): ForecastInput[] {
	const values = new Map(frame.columns.map(({ name, values: column }) => [name, column]));
	const cell = (name: string, row: number): PythonValue => values.get(name)?.[row] ?? null;
	const number = (name: string, row: number): number => {
		const value = cell(name, row);
		return typeof value === 'bigint' || typeof value === 'number' ? Number(value) : NaN;
	};
	return Array.from({ length: frame.rowCount }, (_, row) => ({
		agency: agencyOf(cell('agency', row)),
		year: number('year', row),
		month: number('month', row),
		prev_month: number('prev_month', row),
		prev_year: number('prev_year', row),
		rolling_3m_avg: number('rolling_3m_avg', row),
		rolling_12m_avg: number('rolling_12m_avg', row),
	}));
}

/** Whatever is no text is an agency that nobody knows; lists and objects cannot even be looked up. */
function agencyOf(value: PythonValue): string {
	if (typeof value === 'string') return value;
	if (Array.isArray(value)) throw modelRaised("TypeError: unhashable type: 'list'");
	if (value instanceof Map) throw modelRaised("TypeError: unhashable type: 'dict'");
	return '';
}

/** One column for each agency and month seen in training, the scaled year, the lags' logarithms. */
function columnsOf({ agencies, months, year }: Forecaster, row: ForecastInput): number[] {
	return [
		...agencies.map((agency) => (agency === row.agency ? 1 : 0)),
		...months.map((month) => (month === row.month ? 1 : 0)),
		(row.year - year.mean) / year.deviation,
		...lags.map((lag) => Math.log1p(row[lag])),
	];
}
