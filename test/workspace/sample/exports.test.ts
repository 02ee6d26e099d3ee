import { agencies } from '../../../workspace/sample/agencies';
import { generateExports, type SampleData } from '../../../workspace/sample/exports';
import { independentTotals } from '../../../workspace/sample/independentTotals';
import { daysIn } from '../../../workspace/sample/months';
import { fitForecaster, foretell, rSquared } from '../../../workspace/serving/forecaster';
import { featuresOf } from './features';

const lastMonth = '2026-10';
const small = { lastMonth, months: 3, transactionsPerMonth: 60 };

function textOf({ exports }: SampleData): string {
	return exports.map(({ exportId, lines }) => [exportId, ...lines].join('\n')).join('\n');
}

function parsed(line: string): Record<string, unknown> {
	return JSON.parse(line);
}

describe('the default sample', () => {
	const sample = generateExports({ lastMonth });

	it('has about 50 000 lines: archives of closed months, daily files of the last one', () => {
		expect(sample.lineCount).toBeGreaterThan(48_000);
		expect(sample.lineCount).toBeLessThan(52_000);
		const daily = sample.exports.filter(({ exportId }) => exportId.includes(`-${lastMonth}-`));
		expect(daily).toHaveLength(8 * 31);
		const archives = sample.exports.filter(({ exportId }) => /^[A-Z]+-\d{4}-\d{2}$/.test(exportId));
		expect(archives).toHaveLength(8 * 35);
		expect(sample.exports).toHaveLength(8 * 31 + 8 * 35 + sample.dirt.lateDays);
		expect(new Set(sample.exports.map(({ exportId }) => exportId)).size).toBe(
			sample.exports.length,
		);
		expect(sample.exports.every(({ lines }) => lines.length > 0)).toBe(true);
	});

	it('writes the fields that Scout writes', () => {
		const [first = ''] = sample.exports[0]?.lines ?? [];
		expect(parsed(first)).toEqual({
			transaction_id: expect.stringMatching(/^TXN\d{10}$/),
			agency: 'RIM',
			transaction_date: '2023-11-01',
			amount: expect.stringMatching(/^\d+\.\d{2}$/),
			category: expect.stringMatching(/^[A-Z_]+$/),
			vendor_id: expect.stringMatching(/^V\d{4}$/),
			exported_at: '2023-11-01T15:30:00Z',
		});
	});

	it('spoils as many rows as it says, about one in a hundred', () => {
		const { failed, dropped, received, olderCopies } = independentTotals(sample.exports);
		const { notPositive, missingDate, unknownAgency, duplicates } = sample.dirt;
		expect({ failed, dropped, received, olderCopies }).toEqual({
			failed: {
				valid_id: 0,
				positive_amount: notPositive,
				known_agency: unknownAgency,
				valid_date: missingDate,
			},
			dropped: notPositive + missingDate + unknownAgency,
			received: sample.lineCount,
			olderCopies: duplicates,
		});
		expect(1 - dropped / received).toBeGreaterThan(0.98);
		expect(Math.min(notPositive, missingDate, unknownAgency, duplicates)).toBeGreaterThan(50);
	});

	it('has days that came late and one day with a column nobody announced', () => {
		expect(sample.dirt.lateDays).toBeGreaterThan(3);
		const extra = sample.exports.filter(({ lines }) =>
			lines.some((line) => line.includes('channel')),
		);
		expect(extra.map(({ exportId }) => exportId)).toEqual(['JPAL-2026-10-10']);
		expect(sample.dirt.extraColumnLines).toBe(extra[0]?.lines.length);
	});

	it('has every agency in every month and each day of the last month', () => {
		const { months } = independentTotals(sample.exports);
		expect(months).toHaveLength(8 * 36);
		expect(agencies.map(({ name }) => name)).toEqual([
			'RIM',
			'CKVC',
			'BOM',
			'JPAL',
			'JLI',
			'JAP',
			'LAS',
			'RMQB',
		]);
		for (let day = 1; day <= daysIn(lastMonth); day++) {
			const id = `RIM-2026-10-${String(day).padStart(2, '0')}`;
			expect(sample.exports.some(({ exportId }) => exportId === id)).toBe(true);
		}
	});
});

it('gives the same bytes for the same options, others for another seed', () => {
	const once = textOf(generateExports(small));
	expect(textOf(generateExports(small))).toBe(once);
	expect(textOf(generateExports({ ...small, seed: 7 }))).not.toBe(once);
});

it('keeps a closed month as it is when more months are asked for', () => {
	const few = generateExports(small).exports.filter(({ exportId }) => /-2026-0\d/.test(exportId));
	const more = generateExports({ ...small, months: 5 }).exports;
	expect(few.length).toBeGreaterThan(0);
	expect(more).toEqual(expect.arrayContaining(few));
});

it.each([0.05, 0.2])('a dirt rate of %d breaks that share of the rows', (dirtRate) => {
	const { exports } = generateExports({ ...small, transactionsPerMonth: 300, dirtRate });
	const { dropped, received } = independentTotals(exports);
	expect(dropped / received).toBeGreaterThan(dirtRate * 0.85);
	expect(dropped / received).toBeLessThan(dirtRate * 1.15);
});

it.each([
	[{ lastMonth: '2026-13' }, '"2026-13" is no month'],
	[{ lastMonth, months: 0 }, 'at least one month, not 0'],
])('refuses %j', (options, message) => {
	expect(() => generateExports(options)).toThrow(message);
});

it.each([2026, 1, 2])('can be learnt: R² above 0.90 on six unseen months, seed %d', (seed) => {
	const { months } = independentTotals(generateExports({ lastMonth, seed }).exports);
	const rows = featuresOf(months);
	const seen = rows.filter(({ period }) => period < '2026-05');
	const unseen = rows.filter(({ period }) => period >= '2026-05');
	expect([seen.length, unseen.length]).toEqual([8 * 18, 8 * 6]);
	const model = fitForecaster(
		seen,
		seen.map(({ withholdingTax }) => withholdingTax),
	);
	const foretold = unseen.map((row) => foretell(model, row));
	expect(
		rSquared(
			unseen.map(({ withholdingTax }) => withholdingTax),
			foretold,
		),
	).toBeGreaterThan(0.9);
});
