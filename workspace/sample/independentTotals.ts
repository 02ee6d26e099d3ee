/**
 * The month-end figures worked out a second time, from the raw lines and without any SQL: what the
 * lakehouse shows is compared with these. Amounts are centavos in a bigint from end to end.
 */

/** One raw file. */
export interface RawExport {
	/** Name of the file without `.jsonl`; breaks a tie between two copies exported at once. */
	exportId: string;
	lines: Iterable<string>;
}

/** One agency, one month. */
export interface MonthTotals {
	agency: string;
	/** 'yyyy-MM' */
	month: string;
	transactionCount: number;
	vendorCount: number;
	totalCentavos: bigint;
	withholdingTaxCentavos: bigint;
	incomeTaxCentavos: bigint;
	vatCentavos: bigint;
}

export interface IndependentTotals {
	/** By agency, then month. */
	months: MonthTotals[];
	received: number;
	/** Rows that broke at least one rule. */
	dropped: number;
	/** Accepted rows that are older copies of another row. */
	olderCopies: number;
	/** Rows that broke each rule; a row may break several. */
	failed: Record<'valid_id' | 'positive_amount' | 'known_agency' | 'valid_date', number>;
}

const knownAgencies = new Set(['RIM', 'CKVC', 'BOM', 'JPAL', 'JLI', 'JAP', 'LAS', 'RMQB']);

interface AcceptedRow {
	agency: string;
	date: string;
	centavos: bigint;
	category: string;
	vendorId: string;
	/** Newer copies compare greater. */
	age: string;
}

/**
 * Counts and adds up raw Scout exports by the rules of the silver and gold tables: rows that break a
 * rule are left out, then the newest copy of each id counts. Throws when a line is no JSON object or
 * an amount is no decimal.
 */
export function independentTotals(exports: Iterable<RawExport>): IndependentTotals {
	const newest = new Map<string, AcceptedRow>();
	const failed = { valid_id: 0, positive_amount: 0, known_agency: 0, valid_date: 0 };
	let received = 0;
	let dropped = 0;
	let accepted = 0;
	for (const { exportId, lines } of exports) {
		for (const line of lines) {
			received++;
			const raw: unknown = JSON.parse(line);
			const text = (field: string): string => textOf(raw, field);
			const id = text('transaction_id');
			const centavos = centavosOf(text('amount'));
			const broken = {
				valid_id: !/^TXN[0-9]{10}$/.test(id),
				positive_amount: centavos <= 0n,
				known_agency: !knownAgencies.has(text('agency')),
				valid_date: !isDate(text('transaction_date')),
			};
			if (broken.valid_id) failed.valid_id++;
			if (broken.positive_amount) failed.positive_amount++;
			if (broken.known_agency) failed.known_agency++;
			if (broken.valid_date) failed.valid_date++;
			if (Object.values(broken).includes(true)) {
				dropped++;
				continue;
			}
			accepted++;
			const row = {
				agency: text('agency'),
				date: text('transaction_date'),
				centavos,
				category: text('category'),
				vendorId: text('vendor_id'),
				age: `${text('exported_at')}/${exportId}.jsonl`,
			};
			const other = newest.get(id);
			if (!other || row.age > other.age) newest.set(id, row);
		}
	}
	return {
		months: addUp(newest.values()),
		received,
		dropped,
		olderCopies: accepted - newest.size,
		failed,
	};
}

function addUp(rows: Iterable<AcceptedRow>): MonthTotals[] {
	const byKey = new Map<string, MonthTotals & { vendors: Set<string> }>();
	for (const row of rows) {
		const month = row.date.slice(0, 7);
		const key = `${row.agency}/${month}`;
		let totals = byKey.get(key);
		if (!totals) {
			totals = {
				agency: row.agency,
				month,
				transactionCount: 0,
				vendorCount: 0,
				totalCentavos: 0n,
				withholdingTaxCentavos: 0n,
				incomeTaxCentavos: 0n,
				vatCentavos: 0n,
				vendors: new Set(),
			};
			byKey.set(key, totals);
		}
		totals.transactionCount++;
		totals.vendors.add(row.vendorId);
		totals.totalCentavos += row.centavos;
		if (row.category === 'WITHHOLDING_TAX') totals.withholdingTaxCentavos += row.centavos;
		if (row.category === 'INCOME_TAX') totals.incomeTaxCentavos += row.centavos;
		if (row.category === 'VAT') totals.vatCentavos += row.centavos;
	}
	return [...byKey.keys()].sort().flatMap((key) => {
		const found = byKey.get(key);
		if (!found) return [];
		const { vendors, ...totals } = found;
		return [{ ...totals, vendorCount: vendors.size }];
	});
}

/** '1234.56' → 123456n. Throws when the text is no decimal with at most two places. */
export function centavosOf(amount: string): bigint {
	const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(amount);
	if (!match) throw new Error(`"${amount}" is no amount in pesos and centavos.`);
	const [, sign = '', pesos = '0', places = ''] = match;
	return BigInt(`${sign}${pesos}${places.padEnd(2, '0')}`);
}

/** 123456n → '1234.56', the text of a DECIMAL with two places. */
export function pesosText(centavos: bigint): string {
	const digits = String(centavos < 0n ? -centavos : centavos).padStart(3, '0');
	return `${centavos < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function isDate(text: string): boolean {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
	const date = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The field's text; missing and null count as empty. Throws when the line is no JSON object. */
function textOf(raw: unknown, field: string): string {
	if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
		throw new Error('A line of a Scout export is no JSON object.');
	}
	const value: unknown = Object.getOwnPropertyDescriptor(raw, field)?.value;
	if (value === undefined || value === null) return '';
	if (typeof value !== 'string') throw new Error(`Field ${field} of a Scout export is no text.`);
	return value;
}
