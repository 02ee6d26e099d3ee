import { filingModel } from '../../workspace/neighbours/odooModels';
import type { Neighbours } from '../../workspace/neighbours/neighbours';
import { sumOf, type CloseFigures } from './figures';

export interface StepDuration {
	step: string;
	durationMs: number;
}

/** The end of a successful run, for a finance person: the table, what it stands on, what was told. */
export function closeReport(
	figures: CloseFigures,
	neighbours: Neighbours,
	comparedMonths: number,
	durations: readonly StepDuration[],
): string {
	const { mattermost, odoo } = neighbours;
	const lastPost = mattermost.posts.at(-1)?.message.split('\n')[0] ?? '';
	const steps = durations.map(({ step, durationMs }) => `${step} ${seconds(durationMs)}`);
	const total = durations.reduce((sum, { durationMs }) => sum + durationMs, 0);
	return [
		'',
		`BIR close of ${figures.month}, amounts in pesos`,
		'',
		table(figures),
		'',
		`Totals     equal to an independent reading of the raw files, to the centavo, for ${comparedMonths} agency-months`,
		`Forecast   R² ${figures.rSquared} on months the model had not seen; what n8n filed is what the endpoint answers`,
		`Odoo       ${odoo.records(filingModel).length} records in ${filingModel}`,
		`Mattermost ${mattermost.posts.length} message in ${mattermost.posts.at(-1)?.channel_id ?? ''}: ${lastPost}`,
		`Ran        pipeline ${figures.updatePageUrl}`,
		`           job      ${figures.runPageUrl}`,
		`Took       ${seconds(total)}: ${steps.join(', ')}`,
		'',
	].join('\n');
}

function table({ agencies, forecastMonth }: CloseFigures): string {
	const header = [
		'Agency',
		'Transactions',
		'Withholding tax',
		'Income tax',
		'VAT',
		'Pass rate',
		`Forecast ${forecastMonth}`,
	];
	const body = agencies.map((each) => [
		each.agency,
		grouped(String(each.transactions)),
		grouped(each.withholdingTax),
		grouped(each.incomeTax),
		grouped(each.vat),
		`${(100 * each.passRate).toFixed(2)} %`,
		grouped(each.forecast),
	]);
	const total = [
		'Total',
		grouped(String(agencies.reduce((sum, each) => sum + each.transactions, 0))),
		grouped(sumOf(agencies.map((each) => each.withholdingTax))),
		grouped(sumOf(agencies.map((each) => each.incomeTax))),
		grouped(sumOf(agencies.map((each) => each.vat))),
		'',
		grouped(sumOf(agencies.map((each) => each.forecast))),
	];
	const widths = header.map((_, at) =>
		Math.max(...[header, ...body, total].map((cells) => cells[at]?.length ?? 0)),
	);
	const line = (cells: string[]): string =>
		cells
			.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
			.join('  ')
			.trimEnd();
	const rule = widths.map((width) => '─'.repeat(width)).join('──');
	return [line(header), rule, ...body.map(line), rule, line(total)].join('\n');
}

/** '1234567.89' → '1,234,567.89' */
export function grouped(amount: string): string {
	const [whole = '', places] = amount.split('.');
	const text = whole.replace(/\B(?=(\d{3})+$)/g, ',');
	return places === undefined ? text : `${text}.${places}`;
}

export function seconds(durationMs: number): string {
	return `${(durationMs / 1000).toFixed(1)} s`;
}

/** Filled in as far as `done` of `total`. */
export function bar(done: number, total: number): string {
	const width = 24;
	const filled = total === 0 ? width : Math.round((width * Math.min(done, total)) / total);
	return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}`;
}
