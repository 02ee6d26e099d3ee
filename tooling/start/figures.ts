import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod';
import { invoke } from '../../nodes/databricks/serving/serving';
import { rows } from '../../nodes/databricks/sql/statementRows';
import { runStatement, type StatementParameter } from '../../nodes/databricks/sql/statements';
import { filingModel } from '../../workspace/neighbours/odooModels';
import {
	centavosOf,
	independentTotals,
	pesosText,
	type MonthTotals,
} from '../../workspace/sample/independentTotals';
import type { ScoutExport } from '../../workspace/sample/exports';
import type { Demo } from './demo';
import type { Execution } from '../engine/execution';

/** One agency in the month that was closed. Amounts are decimal texts in pesos. */
export interface AgencyClose {
	agency: string;
	transactions: number;
	withholdingTax: string;
	incomeTax: string;
	vat: string;
	/** Share of the month's rows that passed every check, 0 to 1. */
	passRate: number;
	forecast: string;
}

export interface CloseFigures {
	/** 'yyyy-MM' */
	month: string;
	forecastMonth: string;
	agencies: AgencyClose[];
	/** Share of the variance of unseen months that the model explains. */
	rSquared: string;
	runPageUrl: string;
	updatePageUrl: string;
}

const forecastItem = z.object({
	agency: z.string(),
	year: z.number(),
	month: z.number(),
	prev_month: z.number(),
	prev_year: z.number(),
	rolling_3m_avg: z.number(),
	rolling_12m_avg: z.number(),
	forecast: z.number(),
});
const runItem = z.object({
	run_page_url: z.string(),
	tasks: z.object({ training: z.object({ output: z.object({ logs: z.string() }) }) }),
});
const periodItem = z.object({ month: z.string(), forecastPeriod: z.string() });
const ingestedItem = z.object({ updatePageUrl: z.string() });

/** Collects from the run, the lakehouse and the neighbours what the final table shows. */
export async function readFigures(
	demo: Demo,
	ingestion: Execution,
	close: Execution,
): Promise<CloseFigures> {
	const { month, forecastPeriod } = periodItem.parse(firstOf(close, 'Period'));
	const run = runItem.parse(firstOf(close, 'Run the Close'));
	const summary = await query(
		demo,
		`SELECT agency, transaction_count, withholding_tax, income_tax, vat, pass_rate
		FROM platinum.bir.close_summary WHERE period = :period ORDER BY agency`,
		[{ name: 'period', type: 'DATE', value: `${month}-01` }],
	);
	const filed = await query(
		demo,
		'SELECT agency, withholding_tax FROM platinum.bir.filed_forecasts WHERE period = :period',
		[{ name: 'period', type: 'DATE', value: forecastPeriod }],
	);
	const forecasts = new Map(filed.map(([agency, tax]) => [agency, tax ?? '']));
	return {
		month,
		forecastMonth: forecastPeriod.slice(0, 7),
		agencies: summary.map(([agency, transactions, withholding, income, vat, passRate]) => ({
			agency: agency ?? '',
			transactions: Number(transactions),
			withholdingTax: withholding ?? '',
			incomeTax: income ?? '',
			vat: vat ?? '',
			passRate: Number(passRate),
			forecast: forecasts.get(agency ?? '') ?? '',
		})),
		rSquared: /R² ([\d.-]+)/.exec(run.tasks.training.output.logs)?.[1] ?? '',
		runPageUrl: run.run_page_url,
		updatePageUrl: ingestedItem.parse(firstOf(ingestion, 'Ingested')).updatePageUrl,
	};
}

/**
 * Compares every gold total with what an independent reader adds up from the raw files, and every
 * filed forecast and Odoo record with what the endpoint answers when asked directly. Returns how
 * many agency-months were compared. Throws Error naming the first difference.
 */
export async function checkFigures(
	demo: Demo,
	exports: readonly ScoutExport[],
	close: Execution,
): Promise<number> {
	const { months } = independentTotals(exports);
	const gold = await query(
		demo,
		`SELECT agency, period, transaction_count, vendor_count, total_amount, withholding_tax, income_tax, vat
		FROM gold.bir.monthly_totals ORDER BY agency, period`,
	);
	const expected = months.map(totalsLine);
	const actual = gold.map((row) => row.join(' '));
	const wrong = expected.findIndex((line, at) => line !== actual[at]);
	if (wrong >= 0 || actual.length !== expected.length) {
		throw new Error(
			`The gold totals differ from the raw files. Raw: ${expected[wrong] ?? 'nothing'}. Gold: ${actual[wrong] ?? 'nothing'}.`,
		);
	}
	await checkForecasts(demo, close);
	return months.length;
}

async function checkForecasts(demo: Demo, close: Execution): Promise<void> {
	const items = close.items('Forecast').map((item) => forecastItem.parse(item.json));
	const records = items.map(({ forecast: _shown, ...record }) => record);
	const answer = await invoke(demo.client, 'bir-tax-forecaster', { dataframe_records: records });
	const direct = z.array(z.number()).parse(answer.predictions);
	for (const [at, { agency, forecast }] of items.entries()) {
		if (direct[at] !== forecast) {
			throw new Error(
				`n8n shows ${forecast} for ${agency}, the endpoint itself answers ${direct[at]}.`,
			);
		}
	}
	const inOdoo = new Map(
		demo.neighbours.odoo
			.records(filingModel)
			.map((record) => [record.x_agency, record.x_forecast_withholding_tax]),
	);
	for (const { agency, forecast } of items) {
		if (inOdoo.get(agency) !== Number(forecast.toFixed(2))) {
			throw new Error(`Odoo holds another forecast for ${agency} than n8n shows.`);
		}
	}
}

function totalsLine(totals: MonthTotals): string {
	return [
		totals.agency,
		`${totals.month}-01`,
		totals.transactionCount,
		totals.vendorCount,
		pesosText(totals.totalCentavos),
		pesosText(totals.withholdingTaxCentavos),
		pesosText(totals.incomeTaxCentavos),
		pesosText(totals.vatCentavos),
	].join(' ');
}

/** Adds decimal texts to the centavo. */
export function sumOf(amounts: readonly string[]): string {
	return pesosText(amounts.reduce((sum, amount) => sum + centavosOf(amount), 0n));
}

/** All rows of a query over the workspace's statement API. */
export async function query(
	demo: Demo,
	statement: string,
	parameters: StatementParameter[] = [],
): Promise<(string | null)[][]> {
	const { client, workspace } = demo;
	const ended = await runStatement(
		client,
		{ warehouseId: workspace.warehouseId, statement, parameters },
		{ deadlineMs: Date.now() + 60_000 },
	);
	const all: (string | null)[][] = [];
	for await (const chunk of rows(client, ended)) all.push(...chunk.rows.map((row) => [...row]));
	return all;
}

function firstOf(execution: Execution, node: string): IDataObject | undefined {
	return execution.items(node)[0]?.json;
}
