import { agencies, type Agency } from './agencies';
import { addMonths, dayOf, daysIn, monthIndex } from './months';
import { seededRandom, type Random } from './random';
import { drawTransactions, type Transaction } from './transactions';

export interface SampleOptions {
	/** Last month of the data, 'yyyy-MM'; it comes as daily files. */
	lastMonth: string;
	/** How many months, the last one included. Default 36. */
	months?: number;
	/** Default 2026. */
	seed?: number;
	/** Share of the rows that break one of silver's expectations. Default 0.01. */
	dirtRate?: number;
	/** Share of the good rows that are exported a second time. Default 0.004. */
	duplicateRate?: number;
	/** Transactions of an average agency in an average month. Default 173. */
	transactionsPerMonth?: number;
}

/** One file as the Scout export service hands it out. */
export interface ScoutExport {
	/** `RIM-2026-09` (archive of a closed month) or `RIM-2026-10-31` (one day). */
	exportId: string;
	agency: string;
	/** JSON texts, one a line of the file, without line ends. */
	lines: string[];
}

/** What was spoilt on purpose, counted while it was done. */
export interface DirtCount {
	notPositive: number;
	missingDate: number;
	unknownAgency: number;
	/** Second copies; half of them correct the amount. */
	duplicates: number;
	/** Days of closed months that came late, in files of their own. */
	lateDays: number;
	/** Lines that carry a column nobody announced. */
	extraColumnLines: number;
}

export interface SampleData {
	exports: ScoutExport[];
	dirt: DirtCount;
	/** Lines of all exports together. */
	lineCount: number;
}

const lateDayChance = 1 / 28;
const extraColumnDay = { agency: 'JPAL', day: 10 };

/**
 * The raw Scout exports of all agencies: same options, same bytes. A month's transactions do not
 * depend on how many months are asked for.
 */
export function generateExports(options: SampleOptions): SampleData {
	const { lastMonth, months = 36, seed = 2026, dirtRate = 0.01 } = options;
	const { duplicateRate = 0.004, transactionsPerMonth = 173 } = options;
	monthIndex(lastMonth);
	if (!Number.isInteger(months) || months < 1) {
		throw new Error(`The sample needs at least one month, not ${months}.`);
	}
	const dirt: DirtCount = {
		notPositive: 0,
		missingDate: 0,
		unknownAgency: 0,
		duplicates: 0,
		lateDays: 0,
		extraColumnLines: 0,
	};
	const exports: ScoutExport[] = [];
	for (let back = months - 1; back >= 0; back--) {
		const month = addMonths(lastMonth, -back);
		for (const agency of agencies) {
			const random = seededRandom(seed, agency.name, month);
			const drawn = drawTransactions(agency, month, transactionsPerMonth, random);
			const rows = spoil(drawn, { dirtRate, duplicateRate }, random, dirt);
			exports.push(
				...(back === 0
					? dailyExports(agency, month, rows, dirt)
					: archiveExports(agency, month, rows, random, dirt)),
			);
		}
	}
	const lineCount = exports.reduce((sum, each) => sum + each.lines.length, 0);
	return { exports, dirt, lineCount };
}

/** A transaction as it stands in a file: some fields missing or wrong, perhaps a second copy. */
interface Row {
	/** Day of the month whose export carries it. */
	exportDay: number;
	fields: Record<string, string | null>;
}

function spoil(
	transactions: Transaction[],
	rates: { dirtRate: number; duplicateRate: number },
	random: Random,
	dirt: DirtCount,
): Row[] {
	const rows: Row[] = [];
	for (const transaction of transactions) {
		const fields = fieldsOf(transaction, transaction.day);
		rows.push({ exportDay: transaction.day, fields });
		const draw = random.next();
		if (draw < rates.dirtRate) {
			spoilOne(fields, draw / rates.dirtRate, random, dirt);
		} else if (random.next() < rates.duplicateRate) {
			rows.push(secondCopy(transaction, random));
			dirt.duplicates++;
		}
	}
	return rows.sort((a, b) => a.exportDay - b.exportDay);
}

/** Half not positive, three tenths without a date, two tenths of an agency nobody knows. */
function spoilOne(
	fields: Record<string, string | null>,
	draw: number,
	random: Random,
	dirt: DirtCount,
): void {
	if (draw < 0.5) {
		fields.amount = random.next() < 0.3 ? '0.00' : `-${fields.amount}`;
		dirt.notPositive++;
	} else if (draw < 0.8) {
		if (random.next() < 0.5) delete fields.transaction_date;
		else fields.transaction_date = null;
		dirt.missingDate++;
	} else {
		fields.agency = ['UNKNOWN', 'rim', ''][random.below(3)] ?? '';
		dirt.unknownAgency++;
	}
}

/** The same id once more, a day later (an hour later on the last day), every other one corrected. */
function secondCopy(transaction: Transaction, random: Random): Row {
	const exportDay = Math.min(transaction.day + 1, daysIn(transaction.month));
	const corrected = random.next() < 0.5 ? transaction.centavos + 100 + random.below(50_000) : 0;
	const fields = fieldsOf(
		{ ...transaction, centavos: corrected || transaction.centavos },
		exportDay,
	);
	if (exportDay === transaction.day) {
		fields.exported_at = exportedAt(transaction.month, exportDay, '16:30:00');
	}
	return { exportDay, fields };
}

function fieldsOf(transaction: Transaction, exportDay: number): Record<string, string | null> {
	const centavos = String(transaction.centavos).padStart(3, '0');
	return {
		transaction_id: transaction.id,
		agency: transaction.agency,
		transaction_date: dayOf(transaction.month, transaction.day),
		amount: `${centavos.slice(0, -2)}.${centavos.slice(-2)}`,
		category: transaction.category,
		vendor_id: transaction.vendorId,
		exported_at: exportedAt(transaction.month, exportDay, '15:30:00'),
	};
}

/** The evening of a day in Manila, written in UTC. */
function exportedAt(month: string, day: number, time: string): string {
	return `${dayOf(month, day)}T${time}Z`;
}

function dailyExports(agency: Agency, month: string, rows: Row[], dirt: DirtCount): ScoutExport[] {
	const exports: ScoutExport[] = [];
	for (let day = 1; day <= daysIn(month); day++) {
		const extra = agency.name === extraColumnDay.agency && day === extraColumnDay.day;
		const lines = rows
			.filter((row) => row.exportDay === day)
			.map((row) => JSON.stringify(extra ? { ...row.fields, channel: 'PORTAL' } : row.fields));
		if (extra) dirt.extraColumnLines += lines.length;
		exports.push({ exportId: `${agency.name}-${dayOf(month, day)}`, agency: agency.name, lines });
	}
	return exports;
}

function archiveExports(
	agency: Agency,
	month: string,
	rows: Row[],
	random: Random,
	dirt: DirtCount,
): ScoutExport[] {
	const lateDay = random.next() < lateDayChance ? 1 + random.below(daysIn(month)) : 0;
	const lines = (day: (row: Row) => boolean): string[] =>
		rows.filter(day).map((row) => JSON.stringify(row.fields));
	const exports = [
		{
			exportId: `${agency.name}-${month}`,
			agency: agency.name,
			lines: lines((row) => row.exportDay !== lateDay),
		},
	];
	if (lateDay > 0) {
		dirt.lateDays++;
		exports.push({
			exportId: `${agency.name}-${dayOf(month, lateDay)}`,
			agency: agency.name,
			lines: lines((row) => row.exportDay === lateDay),
		});
	}
	return exports;
}
