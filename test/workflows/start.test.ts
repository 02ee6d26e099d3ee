import { runClose } from '../../tooling/start/steps';

/** '1,234.56' → 123456 */
function centavos(text: string): number {
	return Math.round(Number(text.replaceAll(',', '')) * 100);
}

test('ends with a table for finance: totals, pass rate, forecast, what ran and what was told', async () => {
	const report = await runClose({
		silent: true,
		pace: {},
		sample: { lastMonth: '2026-10', transactionsPerMonth: 40, dirtRate: 0.004 },
	});
	const lines = report.split('\n');
	expect(lines[1]).toBe('BIR close of 2026-10, amounts in pesos');
	const header =
		/^Agency +Transactions +Withholding tax +Income tax +VAT +Pass rate +Forecast 2026-11$/;
	expect(lines[3]).toMatch(header);
	const rows = lines.slice(5, 13).map((line) => line.replace(' %', '').split(/ {2,}/));
	expect(rows.map(([agency]) => agency)).toEqual([
		'BOM',
		'CKVC',
		'JAP',
		'JLI',
		'JPAL',
		'LAS',
		'RIM',
		'RMQB',
	]);
	const total = (lines[14] ?? '').split(/ {2,}/);
	expect(total[0]).toBe('Total');
	for (const [inRow, inTotal] of [
		[1, 1],
		[2, 2],
		[3, 3],
		[4, 4],
		[6, 5],
	] as const) {
		const sum = rows.reduce((all, row) => all + centavos(row[inRow] ?? ''), 0);
		expect(centavos(total[inTotal] ?? '')).toBe(sum);
	}
	for (const row of rows) expect(Number(row[5])).toBeGreaterThan(90);
	const rest = lines.slice(16).join('\n');
	expect(rest).toMatch(/^Totals +equal .* to the centavo, for 288 agency-months$/m);
	expect(rest).toMatch(/^Forecast +R² 0\.9\d+ on months the model had not seen/m);
	expect(rest).toMatch(/^Odoo +8 records in x_bir_filing$/m);
	expect(rest).toMatch(/^Mattermost 1 message in finance-close: .*BIR close of 2026-10.*8 of 8/m);
	expect(rest).toMatch(/^Ran +pipeline http:\/\/127\.0\.0\.1:\d+\/pipelines\/\S+\/updates\/\S+$/m);
	expect(rest).toMatch(/^ +job +http:\/\/127\.0\.0\.1:\d+\/\S*runs?\/\d+$/m);
	expect(rest).toMatch(/^Took +[\d.]+ s: start [\d.]+ s, deploy .* ingestion .* close .* check /m);

	const host = /http:\/\/127\.0\.0\.1:\d+/.exec(rest)?.[0] ?? '';
	await expect(fetch(host)).rejects.toThrow('fetch failed');
}, 120_000);

test('ends with the cause in one paragraph when the close cannot be done', async () => {
	const close = runClose({
		silent: true,
		pace: {},
		sample: { lastMonth: '2026-10', months: 2, transactionsPerMonth: 31 },
	});
	const failure = await close.then(
		() => undefined,
		(error: unknown) => error,
	);
	expect(failure).toBeInstanceOf(Error);
	const text = failure instanceof Error ? failure.message : '';
	expect(text).toContain('stopped at "Run the Close"');
	expect(text).toContain('Too little history to train');
	expect(text).not.toMatch(/\n|\*\*|:rotating_light:/);
}, 120_000);
