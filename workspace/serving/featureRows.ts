import type { StatementParameter } from '../delta/session';
import { quotedTable } from './commandLine';
import type { ForecastInput } from './forecaster';
import type { PythonTaskStart } from './pythonTask';

/** A row of gold.bir.features with a year of history behind it. */
export interface FeatureRow extends ForecastInput {
	/** First day of the month, 'yyyy-MM-dd'. */
	period: string;
	/** Pesos; unknown in the month to forecast. */
	withholdingTax: number | undefined;
}

/**
 * Reads the features in order of time, leaving out rows that lack a lag. Throws SqlError when the
 * table cannot be read.
 */
export async function readFeatures(
	{ workspace, user, signal }: PythonTaskStart,
	table: string,
	where = '',
	parameters: StatementParameter[] = [],
): Promise<FeatureRow[]> {
	const { rows } = await workspace.lakehouse.run(
		`SELECT agency, period, year, month, withholding_tax, prev_month, prev_year, rolling_3m_avg, rolling_12m_avg
		FROM ${quotedTable(table)} ${where} ORDER BY period, agency`,
		{ user: user.userName },
		parameters,
		signal,
	);
	return rows.flatMap((row) => {
		const [agency, period, year, month, tax, ...lags] = row;
		if (!agency || !period || lags.some((lag) => lag === null)) return [];
		const [prevMonth = NaN, prevYear = NaN, average3 = NaN, average12 = NaN] = lags.map(Number);
		return [
			{
				agency,
				period,
				year: Number(year),
				month: Number(month),
				withholdingTax: tax === null || tax === undefined ? undefined : Number(tax),
				prev_month: prevMonth,
				prev_year: prevYear,
				rolling_3m_avg: average3,
				rolling_12m_avg: average12,
			},
		];
	});
}
