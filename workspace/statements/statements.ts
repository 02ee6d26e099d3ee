import { ApiError, notFound, permissionDenied } from '../apiError';
import { mustBeTexts } from '../delta/decodedTexts';
import { newUuid } from '../ids';
import type { LocalWorkspace, Principal } from '../localWorkspace';
import { perWorkspace } from '../perWorkspace';
import { SqlError } from '../sql/sqlError';
import { inTimeZone } from '../sql/timeZones/sessionZone';
import { diskFullMessage, isDiskFull } from '../systemError';
import { sqlConfigurationOf } from '../warehouses/sqlConfiguration';
import { warehousesOf } from '../warehouses/warehouses';
import { arrowType } from './arrow/arrowTypes';
import type { StatementRequest } from './request';
import { chunked, InlineLimitExceeded, type Chunk, type StatementResult } from './result';

type State = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED' | 'CLOSED';

/** One statement, from its submission to the end of its result's retention. */
export interface Statement {
	readonly id: string;
	readonly request: StatementRequest;
	readonly principalId: string;
	readonly cancelling: AbortController;
	state: State;
	error?: { code: string; message: string; sqlState?: string };
	result?: StatementResult;
	expiresAtMs?: number;
}

/** Statements of the SQL Statement Execution API. They live in memory: a restart forgets them. */
class Statements {
	private readonly statements = new Map<string, Statement>();
	/** The end of each statement that runs, by id. */
	private readonly running = new Map<string, Promise<void>>();

	constructor(private readonly workspace: LocalWorkspace) {
		workspace.onClose(async () => void (await Promise.all(this.running.values())));
	}

	/**
	 * Starts a statement and waits for it as long as the request says. Throws ApiError 404 for an
	 * unknown warehouse; a statement that fails is an answer.
	 */
	async execute(request: StatementRequest, principal: Principal): Promise<Statement> {
		warehousesOf(this.workspace).get(request.warehouseId);
		this.forgetExpired();
		const statement: Statement = {
			id: newUuid(),
			request,
			principalId: principal.id,
			cancelling: new AbortController(),
			state: 'PENDING',
		};
		this.statements.set(statement.id, statement);
		const end = this.run(statement, principal).finally(() => this.running.delete(statement.id));
		this.running.set(statement.id, end);
		if (request.waitTimeoutMs === 0) return statement;
		const timedOut = await this.endsWithin(end, request.waitTimeoutMs);
		if (timedOut && request.cancelOnTimeout) {
			statement.cancelling.abort();
			await end;
		}
		return statement;
	}

	/** Throws ApiError 404 when there is none, 403 when another principal submitted it. */
	get(id: string, principal: Principal): Statement {
		this.forgetExpired();
		const statement = this.statements.get(id);
		if (statement === undefined) {
			throw notFound(`The statement ${id} was not found.`, 'NOT_FOUND');
		}
		if (statement.principalId !== principal.id) {
			throw permissionDenied(`Only the submitter of statement ${id} can access its result.`);
		}
		return statement;
	}

	/** Resolves when the statement has ended; at once when it has, or is not known. */
	async whenEnded(id: string): Promise<void> {
		await this.running.get(id);
	}

	/** All that are remembered, the newest last; no route gives them. */
	list(): readonly Statement[] {
		this.forgetExpired();
		return [...this.statements.values()];
	}

	/** Asks the statement to end; what has ended stays as it is. */
	cancel(id: string, principal: Principal): void {
		this.get(id, principal).cancelling.abort();
	}

	/** Drops the result: the statement is CLOSED from now on. */
	close(id: string, principal: Principal): void {
		const statement = this.get(id, principal);
		statement.cancelling.abort();
		statement.result = undefined;
		if (statement.state === 'SUCCEEDED') statement.state = 'CLOSED';
	}

	/** A chunk of a succeeded statement. Throws ApiError 404, or 400 before it succeeded. */
	chunk(id: string, index: number, principal: Principal) {
		const statement = this.get(id, principal);
		const { result, state } = statement;
		if (result === undefined) {
			const message = `The result of statement ${id} is not available: it is ${state}.`;
			throw new ApiError(400, 'BAD_REQUEST', message);
		}
		const chunk: Chunk | undefined = result.chunks[index];
		if (chunk === undefined) {
			throw notFound(`Statement ${id} has no chunk ${index}.`, 'NOT_FOUND');
		}
		return { statement, result, chunk };
	}

	private async run(statement: Statement, principal: Principal): Promise<void> {
		const { lakehouse, pace, clock, closing, limits } = this.workspace;
		const { request } = statement;
		const signal = AbortSignal.any([statement.cancelling.signal, closing.signal]);
		try {
			await warehousesOf(this.workspace).running(request.warehouseId, signal);
			statement.state = 'RUNNING';
			if (pace.statementMs > 0) await clock.sleep(pace.statementMs, signal);
			const session = {
				catalog: request.catalog,
				schema: request.schema,
				user: principal.userName,
				timeZone: sqlConfigurationOf(this.workspace).timeZone,
			};
			const { statement: text, parameters } = request;
			const answer = await lakehouse.run(text, session, parameters, signal);
			signal.throwIfAborted();
			if (request.format === 'ARROW_STREAM') {
				inTimeZone(session.timeZone, () => answer.columns.map(({ type }) => arrowType(type)));
			}
			if (request.format !== 'JSON_ARRAY') mustBeTexts(answer, `in the format ${request.format}`);
			statement.result = chunked(answer, request, limits);
			statement.expiresAtMs = clock.now() + limits.resultRetentionMs;
			statement.state = 'SUCCEEDED';
		} catch (error) {
			statement.expiresAtMs = clock.now() + limits.resultRetentionMs;
			statement.state = signal.aborted ? 'CANCELED' : 'FAILED';
			if (!signal.aborted) statement.error = statementError(error);
		}
	}

	private async endsWithin(end: Promise<void>, ms: number): Promise<boolean> {
		const waiting = new AbortController();
		const timeout = this.workspace.clock.sleep(ms, waiting.signal).then(
			() => true,
			() => false,
		);
		const timedOut = await Promise.race([end.then(() => false), timeout]);
		waiting.abort();
		return timedOut;
	}

	private forgetExpired(): void {
		const nowMs = this.workspace.clock.now();
		for (const [id, { expiresAtMs }] of this.statements) {
			if (expiresAtMs !== undefined && expiresAtMs <= nowMs) this.statements.delete(id);
		}
	}
}

export const statementsOf = perWorkspace((workspace) => new Statements(workspace));

function statementError(error: unknown): Statement['error'] {
	if (error instanceof SqlError) {
		return { code: 'BAD_REQUEST', message: error.message, sqlState: error.sqlState };
	}
	if (isDiskFull(error)) return { code: 'RESOURCE_EXHAUSTED', message: diskFullMessage };
	const message = error instanceof Error ? error.message : String(error);
	if (error instanceof InlineLimitExceeded) return { code: 'BAD_REQUEST', message };
	return { code: 'INTERNAL_ERROR', message };
}
