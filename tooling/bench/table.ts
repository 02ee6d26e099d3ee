import type { CaseReport, Figures } from './measure';

const measured = ['', 'wall', 'CPU', 'peak memory', 'requests', 'connections'];

/** The report of one case: a row a contender, times with their ratio to the first, then the goals. */
export function caseTable({ name, rows, goals }: CaseReport): string {
	const first = rows[0]?.figures;
	const names = Object.keys(first?.counted ?? {});
	const heading = [...measured, ...names, 'did'];
	const cells = rows.map(({ contender, figures, failure }) =>
		figures === undefined
			? [contender, `failed: ${failure ?? ''}`]
			: [
					contender,
					withRatio(seconds(figures.wallMs), figures.wallMs, first?.wallMs),
					withRatio(seconds(figures.cpuMs), figures.cpuMs, first?.cpuMs),
					withRatio(megabytes(figures), figures.peakBytes, first?.peakBytes),
					String(figures.requests),
					String(figures.connections),
					...names.map((each) => String(figures.counted?.[each] ?? '')),
					figures.done,
				],
	);
	const whole = [heading, ...cells].filter((row) => row.length === heading.length);
	const widths = heading.map((_, column) =>
		Math.max(...whole.map((row) => row[column]?.length ?? 0)),
	);
	const lines = [heading, ...cells].map((row) =>
		row
			.map((cell, column) => {
				const width = widths[column] ?? 0;
				return column === 0 || row.length < heading.length
					? cell.padEnd(width)
					: cell.padStart(width);
			})
			.join('  ')
			.trimEnd(),
	);
	const kept = goals.map(({ text, isMet }) => `${mark(isMet)} ${text}`);
	return [name, ...lines, ...kept, ''].join('\n');
}

function mark(isMet: boolean | undefined): string {
	return isMet === undefined ? '?' : isMet ? '✔' : '✖';
}

function withRatio(text: string, value: number, first: number | undefined): string {
	return first === undefined || first === 0 ? text : `${text} (${(value / first).toFixed(2)}×)`;
}

function seconds(ms: number): string {
	return `${(ms / 1_000).toFixed(2)} s`;
}

function megabytes({ peakBytes }: Figures): string {
	return `${Math.round(peakBytes / 1_048_576)} MB`;
}
