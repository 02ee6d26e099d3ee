import type { MonthTotals } from '../../../workspace/sample/independentTotals';

/**
 * The features of bundle/src/close/features.sql in plain code, for months with a year behind them.
 */
export function featuresOf(months: MonthTotals[]) {
	return months.flatMap((row) => {
		const before = months
			.filter((other) => other.agency === row.agency && other.month < row.month)
			.map(({ withholdingTaxCentavos }) => Number(withholdingTaxCentavos) / 100);
		if (before.length < 12) return [];
		const average = (count: number) => before.slice(-count).reduce((a, b) => a + b, 0) / count;
		return [
			{
				agency: row.agency,
				period: row.month,
				year: Number(row.month.slice(0, 4)),
				month: Number(row.month.slice(5)),
				withholdingTax: Number(row.withholdingTaxCentavos) / 100,
				prev_month: before.at(-1) ?? NaN,
				prev_year: before.at(-12) ?? NaN,
				rolling_3m_avg: average(3),
				rolling_12m_avg: average(12),
			},
		];
	});
}
