import type { IExecuteFunctions } from 'n8n-workflow';
import { type StatementRequest, runStatement } from '../databricks/sql/statements';
import type { Statement } from '../databricks/sql/statementState';
import { ensureRunning } from '../databricks/sql/warehouses';
import type { Workspace } from '../databricks/workspace';
import { connect } from '../n8n/authentication';
import { stopSignal } from '../n8n/giveUp';
import type { Parameters } from '../n8n/parameters';
import { warehouseIdOf } from '../n8n/warehouseLocator';
import type { RunSettings } from './runSettings';

/** How long after the deadline of a statement the answer that brings its ID is waited for. */
const answerMarginMs = 15_000;

/** One execution of the node: the workspace, and the warehouses that were found to run. */
export class Session {
	private connection?: Promise<Workspace>;
	private readonly running = new Map<string, Promise<string>>();

	constructor(readonly context: IExecuteFunctions) {}

	/** The workspace of the credential; its signal is that of the Stop button. */
	async workspace(parameters: Parameters): Promise<Workspace> {
		this.connection ??= connect(this.context, parameters.text('authentication'), {
			signal: stopSignal(this.context),
		});
		return await this.connection;
	}

	/** The ID of the chosen warehouse, which runs; asked for once in an execution. */
	async warehouseId(parameters: Parameters, settings: RunSettings): Promise<string> {
		const locator = parameters.locator('warehouse', 'SQL Warehouse');
		const key = `${locator.mode} ${locator.value}`;
		const known = this.running.get(key) ?? this.find(parameters, settings);
		this.running.set(key, known);
		known.catch(() => this.running.delete(key));
		return await known;
	}

	private async find(parameters: Parameters, settings: RunSettings): Promise<string> {
		const workspace = await this.workspace(parameters);
		const id = await warehouseIdOf(workspace, parameters.locator('warehouse', 'SQL Warehouse'));
		await ensureRunning(workspace, id, {
			whenStopped: settings.whenStopped,
			timeoutMs: settings.warehouseTimeoutMs,
		});
		return id;
	}
}

/** What an ended statement came to, and how long it took from being sent. */
export interface Run {
	statement: Statement;
	durationMs: number;
	/** Epoch ms until which its result may be read. */
	deadlineMs: number;
}

/**
 * Runs a statement to its end. It is sent without waiting for its result, so that its ID is known at
 * once: a Stop cancels it in Databricks without delay, at any moment.
 */
export async function run(
	workspace: Workspace,
	request: Omit<StatementRequest, 'waitTimeoutSeconds' | 'deadlineMs'>,
	settings: RunSettings,
	options: { rereads?: number } = {},
): Promise<Run> {
	const startedMs = workspace.clock.now();
	const deadlineMs = startedMs + settings.timeoutMs;
	const statement = await runStatement(
		workspace,
		{
			...request,
			queryTags: settings.queryTags,
			waitTimeoutSeconds: 0,
			deadlineMs: deadlineMs + answerMarginMs,
		},
		{ deadlineMs, ...options },
	);
	return { statement, durationMs: workspace.clock.now() - startedMs, deadlineMs };
}
