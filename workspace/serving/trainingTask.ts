import { readArguments } from './commandLine';
import { readFeatures, type FeatureRow } from './featureRows';
import { fitForecaster, foretell, rSquared } from './forecaster';
import { modelRegistryOf } from './modelRegistry';
import { PythonTaskExit, type PythonTaskOutput, type PythonTaskStart } from './pythonTask';
import { average } from './ridgeRegression';
import { servingEndpointsOf } from './servingEndpoints';

const alias = 'champion';
/** Months with a year behind them that must be left to learn from. */
const monthsToLearnFrom = 12;

type KnownRow = FeatureRow & { withholdingTax: number };

/**
 * Does here what bundle/src/training/train_forecaster.py does on Databricks: fits on all but the
 * last months, tries the model on those, and if it is good enough fits on all, registers the next
 * version, moves the alias, points the endpoint to it and waits until it answers with it.
 * Throws PythonTaskExit with the reason when there is too little history or too little explained.
 */
export async function trainForecaster(start: PythonTaskStart): Promise<PythonTaskOutput> {
	const options = readArguments(start.parameters, {
		month: {},
		features: {},
		model: {},
		endpoint: {},
		'minimum-r2': { default: '0.9' },
		'hold-out-months': { default: '6' },
	});
	const holdOutMonths = Number(options['hold-out-months']);
	const minimumR2 = Number(options['minimum-r2']);
	const features = await readFeatures(start, options.features);
	const rows = features.filter((row): row is KnownRow => row.withholdingTax !== undefined);
	const { seen, unseen, unseenMonths } = split(rows, holdOutMonths);

	const tried = fitForecaster(seen, taxOf(seen));
	const foretold = unseen.map((row) => foretell(tried, row));
	const r2 = rSquared(taxOf(unseen), foretold);
	const errors = unseen.map(({ withholdingTax: tax }, at) =>
		Math.abs(((foretold[at] ?? NaN) - tax) / Math.max(Math.abs(tax), Number.EPSILON)),
	);
	const error = average(errors);
	if (!(r2 >= minimumR2)) {
		throw new PythonTaskExit(
			`The forecaster explains too little of the months it has not seen: R² ${r2.toFixed(4)}, at least ${minimumR2.toFixed(2)} is needed. The ${alias} stays as it was.`,
		);
	}

	const { workspace, user, runId, signal } = start;
	const registry = modelRegistryOf(workspace);
	const registered = await registry.addVersion(
		options.model,
		{
			artifact: fitForecaster(rows, taxOf(rows)),
			metrics: { r2, mean_absolute_percentage_error: error },
			params: {
				month: options.month,
				features: options.features,
				hold_out_months: options['hold-out-months'],
				rows: String(rows.length),
			},
			runId,
			comment: `Trained by the local workspace, R² ${r2.toFixed(4)} on ${unseenMonths.join(', ')}`,
		},
		user,
	);
	const version = String(registered.version);
	await registry.setAlias(options.model, alias, registered.version);
	await serve(start, options.endpoint, options.model, version);
	signal.throwIfAborted();
	return {
		logs: [
			'The local workspace has no Python. It trained a ridge regression of its own on the same features, with the same hold-out, and registered it in the same place.',
			`${options.month}: R² ${r2.toFixed(4)} and error ${(100 * error).toFixed(2)}% on ${unseen.length} rows it had not seen (${unseenMonths.join(', ')})`,
			`${options.model} version ${version} is ${alias} and served by ${options.endpoint}`,
			'',
		].join('\n'),
	};
}

/** The last months are held out whole: the model is tried on the future, not on gaps in the past. */
function split(rows: KnownRow[], holdOutMonths: number) {
	const periods = [...new Set(rows.map((row) => row.period))].sort();
	const needed = holdOutMonths + monthsToLearnFrom;
	if (periods.length < needed) {
		throw new PythonTaskExit(
			`Too little history to train: ${periods.length} months have a year behind them, ${needed} are needed.`,
		);
	}
	const firstUnseen = periods[periods.length - holdOutMonths] ?? '';
	return {
		seen: rows.filter((row) => row.period < firstUnseen),
		unseen: rows.filter((row) => row.period >= firstUnseen),
		unseenMonths: periods.slice(-holdOutMonths).map((period) => period.slice(0, 7)),
	};
}

function taxOf(rows: KnownRow[]): number[] {
	return rows.map((row) => row.withholdingTax);
}

async function serve(
	{ workspace, signal }: PythonTaskStart,
	endpoint: string,
	model: string,
	version: string,
): Promise<void> {
	const endpoints = servingEndpointsOf(workspace);
	await endpoints.settledUpdate(endpoint, signal);
	await endpoints.updateConfig(endpoint, {
		served_entities: [
			{
				name: alias,
				entity_name: model,
				entity_version: version,
				workload_size: 'Small',
				scale_to_zero_enabled: true,
			},
		],
		traffic_config: { routes: [{ served_model_name: alias, traffic_percentage: 100 }] },
	});
	await endpoints.settledUpdate(endpoint, signal);
}
