/** What is known of an agency before a single transaction is drawn. */
export interface Agency {
	name: string;
	/** Transactions a month, relative to the average agency. */
	volume: number;
	/** Amounts, relative to the average agency. */
	scale: number;
	/** First digit of its transaction ids, so that ids never meet. */
	idDigit: number;
}

export const agencies: readonly Agency[] = [
	{ name: 'RIM', volume: 1.7, scale: 1.9, idDigit: 1 },
	{ name: 'CKVC', volume: 1.25, scale: 1.35, idDigit: 2 },
	{ name: 'BOM', volume: 1.1, scale: 1.1, idDigit: 3 },
	{ name: 'JPAL', volume: 0.95, scale: 0.95, idDigit: 4 },
	{ name: 'JLI', volume: 0.9, scale: 0.8, idDigit: 5 },
	{ name: 'JAP', volume: 0.8, scale: 0.7, idDigit: 6 },
	{ name: 'LAS', volume: 0.7, scale: 0.6, idDigit: 7 },
	{ name: 'RMQB', volume: 0.6, scale: 0.6, idDigit: 8 },
];

/** A category, its share of an agency's transactions, its median amount in pesos of 2020. */
export const categories: readonly { name: string; share: number; median: number }[] = [
	{ name: 'WITHHOLDING_TAX', share: 0.32, median: 14_000 },
	{ name: 'VAT', share: 0.22, median: 9_500 },
	{ name: 'INCOME_TAX', share: 0.16, median: 21_000 },
	{ name: 'FEES', share: 0.14, median: 2_400 },
	{ name: 'SUPPLIES', share: 0.1, median: 3_800 },
	{ name: 'RENT', share: 0.06, median: 26_000 },
];

/** January to December: amounts relative to the year's average. */
export const seasonOfAmounts: readonly number[] = [
	0.9, 0.88, 1.02, 1.14, 0.96, 1.0, 0.97, 0.94, 1.03, 0.99, 1.05, 1.3,
];

/** January to December: number of transactions relative to the year's average. */
export const seasonOfVolume: readonly number[] = [
	0.95, 0.94, 1.02, 1.05, 0.98, 1.0, 0.99, 0.97, 1.01, 1.0, 1.02, 1.1,
];

/** Amounts grow by this factor each month, from January 2020 on. */
export const monthlyGrowth = 1.006;
