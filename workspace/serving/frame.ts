import type { PythonValue } from './pythonValue';
import { kindOf } from './columnCast';
import { Timestamp } from './pythonTimestamp';
import { pythonStr } from './pythonText';

/** A pandas frame: named columns of equal length. A record without a column has NaN there. */
export interface Frame {
	columns: { name: string; values: PythonValue[] }[];
	rowCount: number;
	/** Without column names given, pandas counts from 0 and shows numbers, not texts. */
	numberedColumns: boolean;
}

/** Width and height beyond which pandas cuts columns and rows out of what it shows. */
const displayWidth = 80;
const displayRows = 60;
/** Room for the column of dots, its space included. */
const dotsWidth = 5;
const shownRows = 10;

/** `str(frame)` as pandas 3 prints it: what the scoring server echoes in its messages. */
export function frameText(frame: Frame): string {
	const { columns, rowCount } = frame;
	if (columns.length === 0 || rowCount === 0) return emptyText(frame);
	const cutRows = rowCount > displayRows;
	const half = shownRows / 2;
	const rows = Array.from({ length: rowCount }, (_, row) => row).filter(
		(row) => !cutRows || row < half || row >= rowCount - half,
	);
	const gapAfter = cutRows ? half : undefined;
	const index = ['', ...withGap(rows.map(String), gapAfter, '..')];
	const blocks = columns.map((column) => columnBlock(column, rows, gapAfter));
	const all = [leftAligned(index), ...blocks];
	const fitting = fittingColumns(all.map((block) => widthOf(block)));
	const cutColumns = fitting < columns.length;
	const side = Math.floor(fitting / 2);
	const shown = cutColumns
		? [...blocks.slice(0, side), index.map(() => ' ...'), ...blocks.slice(-side)]
		: blocks;
	const lines = index.map((_, line) =>
		[all[0]?.[line] ?? '', ...shown.map((block) => block[line] ?? '')].join(' '),
	);
	const size = `[${rowCount} rows x ${columns.length} columns]`;
	return lines.join('\n') + (cutRows || cutColumns ? `\n\n${size}` : '');
}

function emptyText({ columns, rowCount }: Frame): string {
	const names = columns.map(({ name }) => name).join(', ');
	const index = Array.from({ length: rowCount }, (_, row) => row).join(', ');
	return `Empty DataFrame\nColumns: [${names}]\nIndex: [${index}]`;
}

function columnBlock(
	{ name, values }: { name: string; values: PythonValue[] },
	rows: number[],
	gapAfter: number | undefined,
): string[] {
	const kind = kindOf(values);
	const numeric = kind === 'int' || kind === 'uint' || kind === 'float' || kind === 'bool';
	const picked = rows.map((row) => values[row] ?? null);
	const texts =
		kind === 'float'
			? floatTexts(picked)
			: kind === 'datetime'
				? datetimeTexts(picked)
				: picked.map((value) => cellText(value));
	const lead = kind === 'datetime' ? '' : ' ';
	const leadOfName = numeric ? ' ' : '';
	const cells = [
		leadOfName + name,
		...withGap(
			texts.map((text) => `${lead}${text}`),
			gapAfter,
			'...',
		),
	];
	const width = widthOf(cells);
	return cells.map((cell) => cell.padStart(width));
}

function cellText(value: PythonValue): string {
	return typeof value === 'number' && Number.isNaN(value) ? 'NaN' : pythonStr(value);
}

/** Six decimals, less the zeros that all of them end with; always one. */
function floatTexts(values: PythonValue[]): string[] {
	const texts = values.map((value) => {
		const number = value === null ? NaN : Number(value);
		if (Number.isNaN(number)) return 'NaN';
		return Number.isFinite(number) ? number.toFixed(6) : number > 0 ? 'inf' : '-inf';
	});
	const decimals = texts.filter((text) => text.includes('.'));
	const zeros = decimals.map((text) => /0*$/.exec(text)?.[0].length ?? 0);
	const spare = Math.min(5, ...zeros);
	return texts.map((text) => (text.includes('.') ? text.slice(0, text.length - spare) : text));
}

/** Days alone when all are midnights, else the fraction that the longest needs. */
function datetimeTexts(values: PythonValue[]): string[] {
	const stamps = values.map((value) => (value instanceof Timestamp ? value : Timestamp.none));
	const isDays = stamps.every((stamp) => stamp.isMidnight && stamp.offsetMinutes === undefined);
	if (isDays) return stamps.map((stamp) => stamp.text().slice(0, 10));
	const decimals = Math.max(...stamps.map((stamp) => stamp.decimals));
	const spare = decimals === 6 && stamps.every(({ epochNs: ns = 0n }) => ns % 1_000_000n === 0n);
	return stamps.map((stamp) => stamp.text(spare ? 3 : decimals));
}

function withGap(texts: string[], gapAfter: number | undefined, dots: string): string[] {
	if (gapAfter === undefined) return texts;
	return [...texts.slice(0, gapAfter), dots, ...texts.slice(gapAfter)];
}

function leftAligned(texts: string[]): string[] {
	const width = widthOf(texts);
	return texts.map((text) => text.padEnd(width));
}

function widthOf(texts: string[]): number {
	return Math.max(...texts.map((text) => text.length));
}

/** How many columns fit beside the index when middle ones are dropped until the width does. */
function fittingColumns(widths: number[]): number {
	const left = [...widths];
	const width = widths.reduce((sum, each) => sum + each + 1, 0) - 1;
	if (width <= displayWidth) return widths.length - 1;
	let over = width - displayWidth + dotsWidth;
	while (over > 0 && left.length > 1) {
		const middle = roundedHalf(left.length);
		const [dropped = 0] = left.splice(Math.min(middle, left.length - 1), 1);
		over -= dropped + 1;
	}
	return Math.max(left.length - 1, 2);
}

/** `round(n / 2)` of Python: a half goes to the even neighbour. */
function roundedHalf(n: number): number {
	const half = n / 2;
	if (Number.isInteger(half)) return half;
	const below = Math.floor(half);
	return below % 2 === 0 ? below : below + 1;
}
