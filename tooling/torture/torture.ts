import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalWorkspace } from '../../workspace/localWorkspace';
import { createServer } from '../../workspace/server';
import { type Kill, type KillOutcome, outcomesOf } from './killReport';
import { reportSchema, type TortureReport, type TortureSettings } from './protocol';
import { randomFrom } from './random';
import { count, rebuild, type Rebuilt, rowKey } from './rebuild';
import { Writer } from './writer';

export interface TortureOptions {
	commits: number;
	kills: number;
	delivery: TortureSettings['delivery'];
	seed: number;
	onProgress?: (text: string) => void;
}

export interface TortureResult {
	commits: number;
	kills: number;
	handOvers: number;
	failedPolls: number;
	/** Different changes that were processed. */
	events: number;
	repeats: number;
	gaps: number;
	/** Rows of the table that the processed changes do not rebuild, and rows too many. */
	missingRows: number;
	extraRows: number;
	seconds: number;
	/** By how long after a hand-over the process was killed. */
	byDelay: KillOutcome[];
}

const table = 'gold.bir.journal';
const checkpointTable = 'gold.bir.consumers';
const consumer = 'torture';
const root = resolve(__dirname, '../..');
const compiled = join(
	root.endsWith('build') ? resolve(root, '..') : root,
	'build/tooling/torture/worker.js',
);

/**
 * A writer makes random commits while a process polls; the process is killed with SIGKILL at a
 * random moment up to 200 ms after a hand-over, again and again, and requests fail. In the end the
 * changes whose processing finished must rebuild the table.
 */
export async function torture(options: TortureOptions): Promise<TortureResult> {
	const startedMs = Date.now();
	const folder = mkdtempSync(join(tmpdir(), 'torture-'));
	const server = createServer();
	const { url } = await server.listen(0);
	const workspace = await server.addWorkspace();
	const random = randomFrom(options.seed);
	const run = (statement: string) => workspace.lakehouse.run(statement, { user: 'writer' });
	await workspace.lakehouse.runScript('CREATE CATALOG gold; CREATE SCHEMA gold.bir', {
		user: 'writer',
	});
	const isAcknowledged = options.delivery === 'acknowledgement';
	const writer = new Writer(run, table, random);
	await writer.create();
	const settings: TortureSettings = {
		host: url,
		token: workspace.token,
		warehouseId: workspace.warehouseId,
		table,
		delivery: options.delivery,
		consumer,
		checkpointTable,
		memoryFile: join(folder, 'memory.json'),
		workFile: join(folder, 'work.jsonl'),
		seed: options.seed,
	};
	const victims = new Victims(settings, random);
	try {
		const done = { commits: 0 };
		const writing = write(writer, options, done, () => victims.kills);
		const killing = victims.killAgainAndAgain(options.kills, () => {
			options.onProgress?.(`${done.commits} commits, ${victims.kills} kills`);
			disturb(workspace, random);
		});
		await Promise.all([writing, killing]);
		workspace.faults.clear();
		await settled(workspace, settings, isAcknowledged);
		const rebuilt = rebuild(
			existsSync(settings.workFile) ? readFileSync(settings.workFile, 'utf8') : '',
		);
		return {
			commits: done.commits,
			kills: victims.kills,
			handOvers: victims.handOvers,
			failedPolls: victims.failedPolls,
			...(await compare(workspace, rebuilt)),
			seconds: Math.round((Date.now() - startedMs) / 1_000),
			byDelay: outcomesOf(victims.killed, rebuilt.events),
		};
	} finally {
		victims.end();
		await server.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Commits are spread over the kills, so that there is something to hand over to the end. */
async function write(
	writer: Writer,
	{ commits, kills }: TortureOptions,
	done: { commits: number },
	killed: () => number,
): Promise<void> {
	for (; done.commits < commits; done.commits++) {
		while (done.commits > (commits * (killed() + 1)) / Math.max(1, kills)) await sleep(5);
		await writer.step();
		await sleep(1);
	}
}

/** The network and the service are not at their best, either. */
function disturb({ faults }: LocalWorkspace, random: () => number): void {
	faults.clear();
	const path = '/api/2.0/sql/statements';
	const choice = Math.floor(random() * 5);
	const skip = Math.floor(random() * 6);
	if (choice === 0) faults.add({ method: 'POST', path, status: 503, skip });
	if (choice === 1) faults.add({ method: 'POST', path, reset: true, when: 'after', skip });
	if (choice === 2) faults.add({ method: 'POST', path, status: 400, skip });
	if (choice === 3)
		faults.add({ method: 'GET', path: '/api/2.1/unity-catalog/*', status: 500, skip });
}

const longestWaitMs = 2_000;

/** The processes: one that polls until it is killed, and the next one, which waits for its turn. */
class Victims {
	handOvers = 0;
	readonly killed: Kill[] = [];
	failedPolls = 0;
	private ended = false;
	private next?: Promise<ChildProcess>;
	private readonly alive = new Set<ChildProcess>();

	constructor(
		private readonly settings: TortureSettings,
		private readonly random: () => number,
	) {
		this.next = this.start();
	}

	async killAgainAndAgain(kills: number, onKill: () => void): Promise<void> {
		for (;;) {
			const victim = await this.next;
			if (victim === undefined || this.ended) return;
			const events: string[] = [];
			const handedOver = this.listen(victim, events);
			victim.send({ ...this.settings, seed: this.settings.seed + this.kills });
			if (this.kills >= kills) return;
			this.next = this.start();
			// The writer waits for the kill, so that there may be nothing more to hand over.
			await Promise.race([handedOver, sleep(longestWaitMs)]);
			const delayMs = this.random() * 200;
			await sleep(delayMs);
			victim.kill('SIGKILL');
			await once(victim, 'exit');
			this.alive.delete(victim);
			this.killed.push({ delayMs, events });
			onKill();
		}
	}

	get kills(): number {
		return this.killed.length;
	}

	end(): void {
		this.ended = true;
		for (const process of this.alive) process.kill('SIGKILL');
	}

	/** Resolves at a hand-over: the first one, or one soon after it. */
	private async listen(victim: ChildProcess, events: string[]): Promise<void> {
		let left = Math.floor(this.random() * 3);
		await new Promise<void>((resolve) => {
			victim.on('message', (message) => {
				const report = reportSchema.parse(message);
				if ('failed' in report) this.failedPolls += 1;
				if (!('handedOver' in report)) return;
				this.handOvers += 1;
				for (const event of report.handedOver) events.push(event);
				if (left-- <= 0) resolve();
			});
		});
	}

	private async start(): Promise<ChildProcess> {
		const child = fork(compiled, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
		this.alive.add(child);
		await new Promise<void>((resolve, reject) => {
			child.once('message', (message) => {
				const report: TortureReport = reportSchema.parse(message);
				if ('ready' in report) resolve();
			});
			child.once('exit', (code) => reject(new Error(`A process ended by itself with ${code}.`)));
		});
		return child;
	}
}

/** Waits until everything was handed over (and acknowledged), which the last process sees to. */
async function settled(
	{ lakehouse }: LocalWorkspace,
	{ workFile }: TortureSettings,
	isAcknowledged: boolean,
): Promise<void> {
	const rows = async (text: string) => (await lakehouse.run(text, { user: 'writer' })).rows;
	if (isAcknowledged) {
		for (;;) {
			const [[latest] = []] = await rows(`DESCRIBE HISTORY ${table} LIMIT 1`);
			const [[version, state] = []] = await rows(
				`SELECT acknowledged_version, state FROM ${checkpointTable}`,
			);
			const isQuiet = !(state ?? '').includes('"lease"') && !(state ?? '').includes('"within"');
			const info = await lakehouse.tables.get('gold', 'bir', 'journal');
			const isSame = (state ?? '').includes(info?.id ?? 'no table');
			if (isQuiet && isSame && version === latest) return;
			await sleep(50);
		}
	}
	for (let size = -1; ; ) {
		const now = existsSync(workFile) ? readFileSync(workFile).length : 0;
		if (now === size) return;
		size = now;
		await sleep(1_500);
	}
}

async function compare({ lakehouse }: LocalWorkspace, rebuilt: Rebuilt) {
	const { columns, rows } = await lakehouse.run(`SELECT * FROM ${table}`, { user: 'writer' });
	const left = new Map<string, number>();
	for (const row of rows) {
		const named = Object.fromEntries(columns.map(({ name }, index) => [name, row[index]]));
		count(left, rowKey(named), 1);
	}
	for (const [key, number] of rebuilt.rows) count(left, key, -number);
	const differences = [...left.values()];
	return {
		events: rebuilt.events.size,
		repeats: rebuilt.repeats,
		gaps: rebuilt.gaps,
		missingRows: differences.filter((number) => number > 0).reduce((sum, n) => sum + n, 0),
		extraRows: differences.filter((number) => number < 0).reduce((sum, n) => sum - n, 0),
	};
}
