import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { N8nServer } from '../../editor/n8nServer';
import type { N8nApi } from '../../editor/n8nApi';
import type { Places, Ports } from '../../editor/places';
import type { ObservedWorkspace } from './observedWorkspace';
import type { ServerWorkflow } from './workflow';
import type { WorkSink } from './workSink';

/** What one commit of five rows met, and what became of them. */
export interface Round {
	name: string;
	rows: number[];
}

export interface RoundResult {
	name: string;
	rows: number;
	lost: number;
	/** Rows that were processed more often than once, counted with every repeat. */
	repeats: number;
}

const rowsOfCommit = 5;
/** Two polls and what they take. */
const quietMs = 12_000;
const patienceMs = 90_000;
const publicationSchema = z.object({
	status: z.string(),
	triggers: z.array(z.object({ errorMessage: z.string().nullish() }).passthrough()).default([]),
});

/** One workflow in a real n8n that is stopped, killed and started again around commits. */
export class Rounds {
	private readonly rounds: Round[] = [];
	private nextId: number;

	constructor(
		private server: N8nServer,
		private readonly api: N8nApi,
		private readonly places: Places,
		private readonly ports: Ports,
		private readonly environment: Readonly<Record<string, string>>,
		private readonly observed: ObservedWorkspace,
		private readonly sink: WorkSink,
		private readonly workflow: ServerWorkflow,
		firstId: number,
		private readonly onRound: (name: string) => void,
	) {
		this.nextId = firstId;
	}

	/** The n8n that runs now. */
	get running(): N8nServer {
		return this.server;
	}

	/** A commit while all is well. */
	async undisturbed(): Promise<void> {
		const round = await this.begin('undisturbed');
		await this.settled(round);
	}

	/** Kills n8n so many milliseconds after the last answer before a hand-over, and starts it again. */
	async killed(delayMs: number): Promise<void> {
		const handedOver = this.observed.nextHandOver(this.workflow.delivery);
		const round = await this.begin(`killed after ${delayMs} ms`);
		await handedOver;
		await sleep(delayMs);
		await this.server.kill();
		await this.start();
		await this.settled(round);
	}

	/** A commit while n8n is down as it should be. */
	async restarted(): Promise<void> {
		await this.server.stop();
		const round = await this.begin('restarted');
		await this.start();
		await this.settled(round);
	}

	/** A commit while the workflow is not active. */
	async deactivated(): Promise<void> {
		await this.api.call('POST', `/rest/workflows/${this.workflow.id}/deactivate`, {});
		const round = await this.begin('deactivated');
		await sleep(6_000);
		await this.activate();
		await this.settled(round);
	}

	/** Throws Error with what n8n says when the trigger does not start. */
	async activate(): Promise<void> {
		const { id } = this.workflow;
		const stored = await this.api.workflow(id);
		await this.api.call('POST', `/rest/workflows/${id}/activate`, { versionId: stored?.versionId });
		for (const startedMs = Date.now(); ; await sleep(200)) {
			const answer = await this.api.call('GET', `/rest/workflows/${id}/publication-status`);
			const { status, triggers } = publicationSchema.parse(answer);
			if (status === 'published') return;
			if (status === 'failed' || Date.now() - startedMs > patienceMs) {
				throw new Error(`The workflow is ${status}: ${JSON.stringify(triggers)}`);
			}
		}
	}

	async deactivate(): Promise<void> {
		await this.api.call('POST', `/rest/workflows/${this.workflow.id}/deactivate`, {});
	}

	/** Of all rounds; repeats are those that came until now. */
	results(): RoundResult[] {
		return this.rounds.map(({ name, rows }) => {
			const times = rows.map((id) => this.sink.done.get(id) ?? 0);
			for (const id of rows) {
				const names = this.sink.events.get(id)?.size ?? 0;
				if (names > 1) throw new Error(`Row ${id} came with ${names} event IDs.`);
			}
			return {
				name,
				rows: rows.length,
				lost: times.filter((count) => count === 0).length,
				repeats: times.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
			};
		});
	}

	private async begin(name: string): Promise<Round> {
		this.onRound(name);
		const rows = Array.from({ length: rowsOfCommit }, () => this.nextId++);
		const values = rows.map((id) => `(${id}, ${id}.50)`).join(', ');
		await this.observed.run(`INSERT INTO ${this.workflow.table} VALUES ${values}`);
		const round = { name, rows };
		this.rounds.push(round);
		return round;
	}

	private async start(): Promise<void> {
		this.server = await N8nServer.start(this.places, this.ports, undefined, this.environment);
	}

	/** Until all rows were processed and acknowledged; or, on hand-over, until polls bring no more. */
	private async settled({ name, rows }: Round): Promise<void> {
		const isAcknowledged = this.workflow.delivery === 'acknowledgement';
		const startedMs = Date.now();
		const pollsBefore = this.observed.polls();
		for (;;) {
			await sleep(250);
			const isDone = rows.every((id) => this.sink.done.has(id));
			const waitedMs = Date.now() - startedMs;
			if (isDone && (!isAcknowledged || (await this.isFree()))) break;
			const wasPolled = this.observed.polls() >= pollsBefore + 3;
			if (!isAcknowledged && waitedMs > quietMs && wasPolled) break;
			if (waitedMs > patienceMs) {
				if (isAcknowledged) return;
				throw new Error(`${name}: n8n does not poll any more.`);
			}
		}
		// A repeat comes with the next poll.
		await sleep(6_000);
	}

	private async isFree(): Promise<boolean> {
		const { checkpointTable, consumer } = this.workflow;
		const statement = `SELECT state FROM ${checkpointTable} WHERE consumer = '${consumer}'`;
		const [[state] = []] = await this.observed.run(statement);
		return state !== undefined && state !== null && !state.includes('"lease"');
	}
}
