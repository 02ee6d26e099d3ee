import { fork } from 'node:child_process';
import { join } from 'node:path';

/** What one contender is measured at. Runs in a process of its own. */
export interface Contender {
	name: string;
	/**
	 * Loads and connects what need not be measured, then gives what is measured. That answers what it
	 * did, such as '100000 rows': contenders of one case must answer the same.
	 */
	prepare(settings: Settings): Promise<() => Promise<string | Done>>;
}

/** What a contender did, with figures of its own. */
export interface Done {
	done: string;
	/** Shown as columns, by these names. */
	counted: Readonly<Record<string, number>>;
	/** Where it did not talk to the stand-in. */
	requests?: number;
}

/** What the stand-in tells the contenders; addresses, tokens, sizes. */
export type Settings = Readonly<Record<string, string>>;

export interface Case {
	name: string;
	/** The first is the one that the others are compared with. */
	contenders: readonly Contender[];
	/** Added to the settings of the stand-in. */
	settings?: Settings;
	/** Processes of each contender, of which the quickest counts; default 1. */
	repeats?: number;
	/** Heap of each process; default Node's own. */
	heapMb?: number;
	goals?: readonly Goal[];
}

/** A promise about the figures of a case. */
export interface Goal {
	text: string;
	/** Whether it is kept; undefined when a contender that it needs did not finish. */
	isMet(figures: ReadonlyMap<string, Figures>): boolean | undefined;
}

/** A module of this folder exports one as `benchmark`. */
export interface Benchmark {
	title: string;
	/** Starts what all contenders talk to. */
	open(): Promise<StandIn>;
	cases: readonly Case[];
}

export interface StandIn {
	settings: Settings;
	/** Counted since it was opened. */
	counts(): Counts;
	close(): Promise<void>;
}

export interface Counts {
	requests: number;
	connections: number;
}

/** What the process of a contender measures. */
export interface ProcessFigures {
	wallMs: number;
	/** User and system time of all its threads. */
	cpuMs: number;
	/** Highest resident memory minus that before the run. */
	peakBytes: number;
	done: string;
	counted?: Readonly<Record<string, number>>;
	requests?: number;
}

export type Figures = ProcessFigures & Counts;

export interface CaseReport {
	name: string;
	rows: { contender: string; figures?: Figures; failure?: string }[];
	goals: { text: string; isMet: boolean | undefined }[];
}

/** A message from the process of a contender. */
export type ChildMessage = { ready: true } | { figures: ProcessFigures } | { failure: string };

/**
 * Runs every contender of every case whose name has `wanted` in it, one process at a time; `file` is
 * the compiled benchmark.
 */
export async function measure(
	benchmark: Benchmark,
	file: string,
	onStart: (text: string) => void,
	wanted = '',
): Promise<CaseReport[]> {
	const standIn = await benchmark.open();
	try {
		const reports: CaseReport[] = [];
		for (const [index, benchCase] of benchmark.cases.entries()) {
			if (!benchCase.name.includes(wanted)) continue;
			const report: CaseReport = { name: benchCase.name, rows: [], goals: [] };
			for (const contender of benchCase.contenders) {
				onStart(`${benchCase.name}: ${contender.name}`);
				const settings = { ...standIn.settings, ...benchCase.settings };
				const run = { file, index, contender: contender.name, settings, heapMb: benchCase.heapMb };
				const repeats = benchCase.repeats ?? 1;
				report.rows.push({ contender: contender.name, ...(await quickest(run, standIn, repeats)) });
			}
			const figures = new Map(
				report.rows.flatMap(({ contender, figures: own }) => (own ? [[contender, own]] : [])),
			);
			report.goals = (benchCase.goals ?? []).map((goal) => ({
				text: goal.text,
				isMet: goal.isMet(figures),
			}));
			reports.push(report);
		}
		return reports;
	} finally {
		await standIn.close();
	}
}

interface Run {
	file: string;
	index: number;
	contender: string;
	settings: Settings;
	heapMb?: number;
}

/** Other work on the machine only ever makes a run slower, so the quickest one says most. */
async function quickest(
	run: Run,
	standIn: StandIn,
	repeats: number,
): Promise<{ figures: Figures } | { failure: string }> {
	let best = await runChild(run, standIn);
	for (let count = 1; count < repeats && 'figures' in best; count++) {
		const other = await runChild(run, standIn);
		if (!('figures' in other)) return other;
		if (other.figures.wallMs < best.figures.wallMs) best = other;
	}
	return best;
}

async function runChild(
	run: Run,
	standIn: StandIn,
): Promise<{ figures: Figures } | { failure: string }> {
	const heap = run.heapMb === undefined ? [] : [`--max-old-space-size=${run.heapMb}`];
	const child = fork(join(__dirname, 'contender.js'), [], {
		execArgv: ['--expose-gc', ...heap],
		stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
	});
	const atFirst = standIn.counts();
	let before = atFirst;
	return await new Promise((resolve) => {
		child.on('message', (message: ChildMessage) => {
			if ('ready' in message) {
				before = standIn.counts();
				child.send('go');
			} else if ('figures' in message) {
				const after = standIn.counts();
				resolve({
					figures: {
						...message.figures,
						requests: message.figures.requests ?? after.requests - before.requests,
						// What the warm-up connected is used again.
						connections: after.connections - atFirst.connections,
					},
				});
			} else {
				resolve(message);
			}
		});
		child.on('exit', (code, signal) => {
			resolve({ failure: `the process ended with ${signal ?? `code ${code}`}` });
		});
		child.send({ ...run });
	});
}
