import {
	categories,
	monthlyGrowth,
	seasonOfAmounts,
	seasonOfVolume,
	type Agency,
} from './agencies';
import { daysIn, monthIndex } from './months';
import type { Random } from './random';

/** A transaction as it really happened, before anything went wrong on its way. */
export interface Transaction {
	id: string;
	agency: string;
	/** 'yyyy-MM' */
	month: string;
	/** Day of the month, from 1. */
	day: number;
	centavos: number;
	category: string;
	vendorId: string;
}

const firstMonth = monthIndex('2020-01');
const vendorsPerAgency = 40;

/**
 * One agency's transactions of one month: volume and amounts follow the season, amounts the trend,
 * each day has at least one, categories keep their shares.
 */
export function drawTransactions(
	agency: Agency,
	month: string,
	transactionsPerMonth: number,
	random: Random,
): Transaction[] {
	const days = daysIn(month);
	const monthsSinceStart = monthIndex(month) - firstMonth;
	const monthOfYear = monthIndex(month) % 12;
	const volume = agency.volume * (seasonOfVolume[monthOfYear] ?? 1);
	const count = Math.max(
		days,
		Math.round(transactionsPerMonth * volume * (1 + 0.02 * random.normal())),
	);
	const level =
		agency.scale * (seasonOfAmounts[monthOfYear] ?? 1) * monthlyGrowth ** monthsSinceStart;

	const dayOfEach = Array.from({ length: count }, (_, i) =>
		i < days ? i + 1 : 1 + random.below(days),
	);
	dayOfEach.sort((a, b) => a - b);
	const categoryOfEach = shuffled(categoriesFor(count), random);
	return dayOfEach.map((day, i) => {
		const category = categoryOfEach[i] ?? categoriesFor(1)[0]!;
		const centavos = Math.max(
			1,
			Math.round(100 * category.median * level * Math.exp(0.45 * random.normal())),
		);
		return {
			id: `TXN${agency.idDigit}${String(monthsSinceStart).padStart(4, '0')}${String(i + 1).padStart(5, '0')}`,
			agency: agency.name,
			month,
			day,
			centavos,
			category: category.name,
			vendorId: `V${agency.idDigit}${String(1 + random.below(vendorsPerAgency)).padStart(3, '0')}`,
		};
	});
}

type Category = (typeof categories)[number];

/** As many as asked for, each category by its share (the first one takes what rounding leaves). */
function categoriesFor(count: number): Category[] {
	const all = categories.flatMap((category, i) =>
		i === 0 ? [] : Array.from({ length: Math.round(count * category.share) }, () => category),
	);
	const first = categories[0]!;
	while (all.length < count) all.push(first);
	return all.slice(0, count);
}

function shuffled<T>(items: T[], random: Random): T[] {
	const result = [...items];
	for (let i = result.length - 1; i > 0; i--) {
		const j = random.below(i + 1);
		[result[i], result[j]] = [result[j]!, result[i]!];
	}
	return result;
}
