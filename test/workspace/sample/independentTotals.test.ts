import {
	centavosOf,
	independentTotals,
	pesosText,
} from '../../../workspace/sample/independentTotals';

const row = {
	transaction_id: 'TXN1000000001',
	agency: 'RIM',
	transaction_date: '2026-10-31',
	amount: '0.10',
	category: 'VAT',
	vendor_id: 'V1',
	exported_at: '2026-10-31T15:30:00Z',
};

function totalsOf(...rows: Record<string, unknown>[]) {
	return independentTotals([
		{ exportId: 'RIM-2026-10', lines: rows.map((each) => JSON.stringify({ ...row, ...each })) },
	]);
}

it('adds up centavos exactly where doubles would not', () => {
	const rows = Array.from({ length: 3 }, (_, i) => ({ transaction_id: `TXN100000000${i}` }));
	expect(
		totalsOf(...rows, { transaction_id: 'TXN1000000009', amount: '90071992547409.93' }),
	).toEqual({
		months: [
			{
				agency: 'RIM',
				month: '2026-10',
				transactionCount: 4,
				vendorCount: 1,
				totalCentavos: 9007199254741023n,
				withholdingTaxCentavos: 0n,
				incomeTaxCentavos: 0n,
				vatCentavos: 9007199254741023n,
			},
		],
		received: 4,
		dropped: 0,
		olderCopies: 0,
		failed: { valid_id: 0, positive_amount: 0, known_agency: 0, valid_date: 0 },
	});
});

it.each([
	['valid_id', { transaction_id: 'TXN123' }],
	['valid_id', { transaction_id: null }],
	['positive_amount', { amount: '0.00' }],
	['positive_amount', { amount: '-1.00' }],
	['known_agency', { agency: 'rim' }],
	['known_agency', { agency: '' }],
	['valid_date', { transaction_date: undefined }],
	['valid_date', { transaction_date: '2026-02-30' }],
])('leaves out and counts a row that breaks %s: %j', (rule, change) => {
	const totals = totalsOf(change);
	expect(totals.months).toEqual([]);
	expect(totals.dropped).toBe(1);
	expect(totals.failed).toEqual({
		valid_id: 0,
		positive_amount: 0,
		known_agency: 0,
		valid_date: 0,
		[rule]: 1,
	});
});

it.each([
	[
		'the newer one counts',
		[{ amount: '1.00' }, { amount: '2.00', exported_at: '2026-11-01T15:30:00Z' }],
		200n,
	],
	[
		'whatever comes first',
		[{ amount: '2.00', exported_at: '2026-11-01T15:30:00Z' }, { amount: '1.00' }],
		200n,
	],
	[
		'a newer copy that is wrong is none',
		[{ amount: '1.00' }, { amount: '-2.00', exported_at: '2026-11-01T15:30:00Z' }],
		100n,
	],
])('of two copies %s', (_, rows, centavos) => {
	expect(totalsOf(...rows).months[0]?.totalCentavos).toBe(centavos);
});

it('breaks a tie between files by their names', () => {
	const line = (amount: string) => JSON.stringify({ ...row, amount });
	const exports = [
		{ exportId: 'RIM-2026-10-02', lines: [line('2.00')] },
		{ exportId: 'RIM-2026-10-01', lines: [line('1.00')] },
	];
	expect(independentTotals(exports).months[0]?.totalCentavos).toBe(200n);
});

it.each(['1,5', '1.234', '', '1e3'])('refuses the amount "%s"', (amount) => {
	expect(() => centavosOf(amount)).toThrow('is no amount');
});

it.each([
	['0.05', 5n],
	['-12.30', -1230n],
	['7.00', 700n],
])('%s is %d centavos and back', (text, centavos) => {
	expect(centavosOf(text)).toBe(centavos);
	expect(pesosText(centavos)).toBe(text);
});

it.each([
	['[]', 'no JSON object'],
	['{"amount": 5}', 'amount of a Scout export is no text'],
])('refuses the line %s', (line, message) => {
	expect(() => independentTotals([{ exportId: 'RIM-2026-10', lines: [line] }])).toThrow(message);
});
