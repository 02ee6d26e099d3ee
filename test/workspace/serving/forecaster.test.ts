import * as fc from 'fast-check';
import { pesos } from '../../../workspace/serving/forecastTask';
import {
	fitForecaster,
	foretell,
	rSquared,
	type ForecastInput,
} from '../../../workspace/serving/forecaster';
import { dot, ridgeRegression } from '../../../workspace/serving/ridgeRegression';

describe('ridge regression', () => {
	test.each([
		[1e-9, 2, 0],
		[2, 1, 2],
		[6, 0.5, 3],
	])('with alpha %p a line y = 2x gets weight %p and intercept %p', (alpha, weight, intercept) => {
		const fit = ridgeRegression([[1], [2], [3]], [2, 4, 6], alpha);
		expect(fit.weights[0]).toBeCloseTo(weight, 6);
		expect(fit.intercept).toBeCloseTo(intercept, 6);
	});

	test('finds the minimum: no step in any direction makes the loss smaller', () => {
		const number = fc.double({ min: -100, max: 100, noNaN: true });
		const row = fc.array(number, { minLength: 3, maxLength: 3 });
		const data = fc.array(fc.tuple(row, number), { minLength: 2, maxLength: 12 });
		fc.assert(
			fc.property(data, (rows) => {
				const x = rows.map(([features]) => features);
				const y = rows.map(([, target]) => target);
				const alpha = 0.1;
				const { weights, intercept } = ridgeRegression(x, y, alpha);
				const loss = (w: number[], b: number): number =>
					x.reduce((sum, each, at) => sum + ((y[at] ?? 0) - b - dot(w, each)) ** 2, 0) +
					alpha * dot(w, w);
				const best = loss(weights, intercept);
				for (const at of weights.keys()) {
					for (const step of [0.01, -0.01]) {
						const moved = weights.map((weight, i) => (i === at ? weight + step : weight));
						expect(loss(moved, intercept)).toBeGreaterThanOrEqual(best - 1e-6 * (1 + best));
					}
				}
				expect(loss(weights, intercept + 0.01)).toBeGreaterThanOrEqual(best - 1e-6 * (1 + best));
			}),
		);
	});

	test.each([
		['no rows', [], []],
		['a number that is none', [[NaN]], [1]],
		['an infinite target', [[1]], [Infinity]],
	])('refuses %s', (_what, x, y) => {
		expect(() => ridgeRegression(x, y, 1)).toThrow(RangeError);
	});
});

describe('the forecaster', () => {
	const row = (agency: string, year: number, month: number, level: number): ForecastInput => ({
		agency,
		year,
		month,
		prev_month: level,
		prev_year: level * 0.9,
		rolling_3m_avg: level * 0.98,
		rolling_12m_avg: level * 0.95,
	});
	/** Tax that grows and has a season, for a large and a small agency, 36 months. */
	const series = ['RIM', 'LAS'].flatMap((agency, size) =>
		Array.from({ length: 36 }, (_, at) => {
			const [year, month] = [2023 + Math.floor(at / 12), (at % 12) + 1];
			const level = (size === 0 ? 900_000 : 90_000) * 1.006 ** at;
			return { input: row(agency, year, month, level), tax: level * (month === 12 ? 1.3 : 1) };
		}),
	);

	test('foretells months it has not seen', () => {
		const isSeen = ({ input }: (typeof series)[number]): boolean => input.year < 2025;
		const seen = series.filter(isSeen);
		const unseen = series.filter((each) => !isSeen(each));
		const model = fitForecaster(
			seen.map(({ input }) => input),
			seen.map(({ tax }) => tax),
		);
		const foretold = unseen.map(({ input }) => foretell(model, input));
		expect(
			rSquared(
				unseen.map(({ tax }) => tax),
				foretold,
			),
		).toBeGreaterThan(0.99);
	});

	test('survives being written as JSON, to the last digit', () => {
		const model = fitForecaster(
			series.map(({ input }) => input),
			series.map(({ tax }) => tax),
		);
		const read: typeof model = JSON.parse(JSON.stringify(model));
		const input = row('RIM', 2026, 3, 1_234_567.89);
		expect(foretell(read, input)).toBe(foretell(model, input));
	});

	test('an agency it never saw is neither of those it knows', () => {
		const model = fitForecaster(
			series.map(({ input }) => input),
			series.map(({ tax }) => tax),
		);
		expect(foretell(model, row('NEW', 2026, 3, 100_000))).toBeGreaterThan(0);
	});
});

describe('an amount in pesos', () => {
	test.each([
		[1234567.895, '1234567.90'],
		[0.005, '0.01'],
		[0.0049999, '0.00'],
		[2.675, '2.68'],
		[1e21, '1000000000000000000000.00'],
		[1.5e-7, '0.00'],
		[-12.345, '-12.35'],
		[0, '0.00'],
		[100, '100.00'],
	])('%p is %s', (value, text) => {
		expect(pesos(value)).toBe(text);
	});

	test('agrees with rounding the shortest decimal text by hand', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (thousandths) => {
				const text = pesos(thousandths / 1000);
				const centavos = Math.floor((thousandths + 5) / 10);
				expect(text).toBe(
					`${Math.floor(centavos / 100)}.${String(centavos % 100).padStart(2, '0')}`,
				);
			}),
		);
	});
});
