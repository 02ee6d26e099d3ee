import { readArguments, quotedTable } from './commandLine';
import { readFeatures, type FeatureRow } from './featureRows';
import { foretell } from './forecaster';
import { modelRegistryOf } from './modelRegistry';
import { PythonTaskExit, type PythonTaskOutput, type PythonTaskStart } from './pythonTask';

/**
 * Does here what bundle/src/training/forecast.py does on Databricks: foretells the month after the
 * one that is closed, one row an agency, with the champion model. Throws PythonTaskExit when the
 * month is none, or an agency has less than a year of history.
 */
export async function forecastNextMonth(start: PythonTaskStart): Promise<PythonTaskOutput> {
	const options = readArguments(start.parameters, {
		month: {},
		agencies: {},
		features: {},
		model: {},
		forecasts: {},
	});
	const agencies = options.agencies.split(',').map((agency) => agency.trim());
	const period = monthAfter(options.month);
	const rows = rowsToForetell(
		await readFeatures(start, options.features, 'WHERE period = :period', [
			{ name: 'period', value: period, type: 'DATE' },
		]),
		period,
		agencies,
	);
	const champion = modelRegistryOf(start.workspace).versionByAlias(options.model, 'champion');
	const foretold = rows.map((row, at) => ({
		at,
		agency: row.agency,
		withholdingTax: pesos(foretell(champion.artifact, row)),
	}));

	const selects = foretold.map(
		({ at }) =>
			`SELECT :agency${at} AS agency, :period AS period, CAST(:tax${at} AS DECIMAL(18, 2)) AS withholding_tax, :model AS model_name, :version AS model_version, current_timestamp() AS forecast_at`,
	);
	await start.workspace.lakehouse.run(
		`MERGE INTO ${quotedTable(options.forecasts)} AS target
		USING (${selects.join(' UNION ALL ')}) AS source
		ON target.agency = source.agency AND target.period = source.period
		WHEN MATCHED THEN UPDATE SET *
		WHEN NOT MATCHED THEN INSERT *`,
		{ user: start.user.userName },
		[
			{ name: 'period', value: period, type: 'DATE' },
			{ name: 'model', value: options.model },
			{ name: 'version', value: String(champion.version) },
			...foretold.flatMap(({ at, agency, withholdingTax }) => [
				{ name: `agency${at}`, value: agency },
				{ name: `tax${at}`, value: withholdingTax },
			]),
		],
		start.signal,
	);
	return {
		logs: `The local workspace has no Python. It asked the registered model itself.\n${rows.length} forecasts for ${period.slice(0, 7)} by ${options.model} version ${champion.version}\n`,
	};
}

function rowsToForetell(rows: FeatureRow[], period: string, agencies: string[]): FeatureRow[] {
	const wanted = rows.filter((row) => agencies.includes(row.agency));
	const missing = agencies.filter((agency) => !wanted.some((row) => row.agency === agency));
	if (missing.length > 0) {
		throw new PythonTaskExit(
			`No forecast for ${period.slice(0, 7)}: ${missing.sort().join(', ')} have less than a year of history.`,
		);
	}
	return wanted;
}

/** First day of the month after 'yyyy-MM'. Throws PythonTaskExit when the text is no month. */
function monthAfter(month: string): string {
	const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
	if (!match) throw new PythonTaskExit(`"${month}" is no month of the form yyyy-MM.`);
	const [year, number] = [Number(match[1]), Number(match[2])];
	const next = number === 12 ? [year + 1, 1] : [year, number + 1];
	return `${next[0]}-${String(next[1]).padStart(2, '0')}-01`;
}

/** Pesos with two places, a half going up, from the shortest decimal text of the number. */
export function pesos(value: number): string {
	const [digits = '0', exponent = '0'] = Math.abs(value).toExponential().split('e');
	const [whole = '0', fraction = ''] = digits.split('.');
	const scale = Number(exponent) - fraction.length + 3;
	const unscaled = BigInt(whole + fraction);
	const thousandths =
		scale >= 0 ? unscaled * 10n ** BigInt(scale) : unscaled / 10n ** BigInt(-scale);
	const centavos = String((thousandths + 5n) / 10n).padStart(3, '0');
	return `${value < 0 ? '-' : ''}${centavos.slice(0, -2)}.${centavos.slice(-2)}`;
}
