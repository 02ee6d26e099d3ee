/** Months as text 'yyyy-MM', days as text 'yyyy-MM-dd'. */

const manilaOffsetMs = 8 * 60 * 60 * 1000;

/** The month before the one that `now` falls in, on a clock in Manila. */
export function monthBefore(now: Date): string {
	return addMonths(new Date(now.getTime() + manilaOffsetMs).toISOString().slice(0, 7), -1);
}

/** The month `count` months after (or, negative, before) `month`. */
export function addMonths(month: string, count: number): string {
	const index = monthIndex(month) + count;
	const year = Math.floor(index / 12);
	return `${String(year).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`;
}

/** Months since year 0. Throws when the text is no month. */
export function monthIndex(month: string): number {
	const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
	if (!match) throw new Error(`"${month}" is no month. Write it as yyyy-MM, for example 2026-10.`);
	return Number(match[1]) * 12 + Number(match[2]) - 1;
}

export function daysIn(month: string): number {
	const index = monthIndex(month);
	return new Date(Date.UTC(Math.floor(index / 12), (index % 12) + 1, 0)).getUTCDate();
}

/** 'yyyy-MM-dd' of a day of a month, counted from 1. */
export function dayOf(month: string, day: number): string {
	return `${month}-${String(day).padStart(2, '0')}`;
}
