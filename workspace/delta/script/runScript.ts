import { randomUUID } from 'node:crypto';
import { SqlError } from '../../sql/sqlError';
import type { Constant } from '../../sql/scope';
import type { SessionChange, SqlResult, SqlSession, Variable } from '../session';
import { newVariable, setVariables } from '../commands/variables';
import { Cursor } from '../cursor';
import { done } from '../tableWrite';
import { valueOf } from '../variables';
import { parseScript, type Step } from './parseScript';
import { rowsOf } from './rowsOf';
import type { Runner } from './runner';

interface Progress {
	session: SqlSession;
	/** of the last statement that answered columns */
	result?: SqlResult;
	/** the label whose block or loop is left, or begun anew */
	jump?: { kind: 'leave' | 'iterate'; label: string };
}

/**
 * Runs `BEGIN … END`. Its answer is that of the last statement which has columns; what came before an
 * error stays done.
 */
export async function runScript(
	text: string,
	session: SqlSession,
	runner: Runner,
): Promise<SessionChange> {
	const block = parseScript(text);
	const { result, session: after } = await new Script(runner).run(block, { session });
	return { result: result ?? done('SCRIPT'), session: after };
}

class Script {
	constructor(private readonly runner: Runner) {}

	async run(step: Step, progress: Progress): Promise<Progress> {
		switch (step.kind) {
			case 'statement':
				return await this.statement(step.text, progress);
			case 'set': {
				const { session } = await this.runner.look(progress.session, (context) =>
					setVariables(context, new Cursor(step.text)),
				);
				return { ...progress, session };
			}
			case 'declare':
				throw new SqlError(
					'INVALID_VARIABLE_DECLARATION.NOT_ALLOWED_IN_SCOPE',
					'42K0M',
					'Invalid variable declaration. Declaration of the variable is not allowed in this scope.',
				);
			case 'block':
				return await this.block(step, progress);
			case 'branch':
				return await this.branch(step, progress);
			case 'loop':
				return await this.loop(step, progress);
			case 'for':
				return await this.forEach(step, progress);
			case 'leave':
			case 'iterate':
				return { ...progress, jump: step };
		}
	}

	private async statement(text: string, progress: Progress): Promise<Progress> {
		const { result, session } = await this.runner.execute(text, progress.session);
		return { ...progress, session, ...(result.columns.length > 0 ? { result } : {}) };
	}

	private async all(steps: readonly Step[], begun: Progress): Promise<Progress> {
		let progress = begun;
		for (const step of steps) {
			progress = await this.run(step, progress);
			if (progress.jump !== undefined) break;
		}
		return progress;
	}

	/** Variables stand at the beginning of a block, and are gone at its end. */
	private async block(step: Step & { kind: 'block' }, progress: Progress): Promise<Progress> {
		const { label, body } = step;
		const begin = body.findIndex(({ kind }) => kind !== 'declare');
		const declared = begin === -1 ? body : body.slice(0, begin);
		let { session } = progress;
		const place = `local.\`${randomUUID()}\``;
		for (const each of declared) {
			if (each.kind !== 'declare') continue;
			for (const name of each.declaration.names) {
				const path = label === undefined ? [name] : [label, name];
				const variable = await this.runner.look(session, (context) =>
					newVariable(context, each.declaration, path, place),
				);
				session = withVariables(session, [variable]);
			}
		}
		const after = await this.all(body.slice(declared.length), { ...progress, session });
		const { jump, ...rest } = outOf(after, progress.session);
		if (jump === undefined || (jump.kind === 'leave' && isSame(jump.label, label))) return rest;
		return { ...rest, jump };
	}

	private async branch(step: Step & { kind: 'branch' }, progress: Progress): Promise<Progress> {
		const { operand, branches, otherwise } = step;
		for (const { when, body } of branches) {
			const condition = operand === undefined ? when : `(${operand}) = (${when})`;
			if (await this.isTrue(condition, progress.session)) return await this.all(body, progress);
		}
		return await this.all(otherwise ?? [], progress);
	}

	private async loop(step: Step & { kind: 'loop' }, begun: Progress): Promise<Progress> {
		let progress = begun;
		for (;;) {
			const { session } = progress;
			if (step.while !== undefined && !(await this.isTrue(step.while, session))) return progress;
			const { isOver, ...next } = await this.round(step, progress);
			progress = next;
			if (isOver) return progress;
			if (step.until !== undefined && (await this.isTrue(step.until, progress.session))) {
				return progress;
			}
			// A loop without a statement would not look whether it was cancelled.
			if (step.while === undefined) await this.runner.look(session, async () => {});
		}
	}

	private async forEach(step: Step & { kind: 'for' }, begun: Progress): Promise<Progress> {
		const { query, row: name } = step;
		const rows = await this.runner.look(begun.session, (context) => rowsOf(context, query));
		const place = `local.\`${randomUUID()}\``;
		let progress = begun;
		for (const row of rows) {
			const variables = row.map(({ column, value }) => ({
				path: name === undefined ? [column] : [name, column],
				value,
				original: 'NULL',
				place,
			}));
			const session = withVariables(progress.session, variables);
			const outer = progress.session;
			const { isOver, ...after } = await this.round(step, { ...progress, session });
			progress = outOf(after, outer);
			if (isOver) return progress;
		}
		return progress;
	}

	/** One round of a loop, and whether it was the last. */
	private async round(
		{ label, body }: Step & { kind: 'loop' | 'for' },
		begun: Progress,
	): Promise<Progress & { isOver: boolean }> {
		const { jump, ...progress } = await this.all(body, begun);
		if (jump === undefined) return { ...progress, isOver: false };
		if (isSame(jump.label, label)) return { ...progress, isOver: jump.kind === 'leave' };
		return { ...progress, jump, isOver: true };
	}

	private async isTrue(condition: string, session: SqlSession): Promise<boolean> {
		const { value, type }: Constant = await this.runner.look(session, (context) =>
			valueOf(context, condition),
		);
		if (type.kind === 'boolean' || type.kind === 'void') return value === 'true';
		const text = `Boolean statement is expected in the condition, but ${condition.trim()} was found.`;
		throw new SqlError('INVALID_BOOLEAN_STATEMENT', '22546', text);
	}
}

const isSame = (left: string, right: string | undefined): boolean =>
	left.toLowerCase() === right?.toLowerCase();

function withVariables(session: SqlSession, more: readonly Variable[]): SqlSession {
	return { ...session, variables: [...(session.variables ?? []), ...more] };
}

/** The session after a block: its own variables are gone, the outer ones keep their values. */
function outOf(progress: Progress, { variables: outer = [] }: SqlSession): Progress {
	const variables = (progress.session.variables ?? []).slice(0, outer.length);
	return { ...progress, session: { ...progress.session, variables } };
}
