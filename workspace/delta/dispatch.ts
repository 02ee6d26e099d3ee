import { emptyStatement, type SqlError, syntaxError, unsupported } from '../sql/sqlError';
import { classify, splitStatements, tokenize } from '../sql/tokens';
import { describe } from './commands/describe';
import { grant, revoke } from './commands/grants';
import { optimize, vacuum } from './commands/maintenance';
import { restore } from './commands/restore';
import { use } from './commands/session';
import { reset } from './commands/settings';
import type { SessionChange, SqlResult, SqlSession } from './session';
import { show } from './commands/show';
import { analyze, refresh } from './commands/tableUpkeep';
import { createTemporaryFunction, dropTemporaryFunction } from './commands/temporaryFunctions';
import { createTemporaryView, dropTemporaryView } from './commands/temporaryViews';
import { declare, dropVariable } from './commands/variables';
import type { Context } from './context';
import { copyInto } from './copyInto/copyInto';
import { Cursor } from './cursor';
import { alter, comment } from './ddl/alter';
import { create } from './ddl/create';
import { drop } from './ddl/drop';
import { deleteRows, truncate } from './dml/delete';
import { insert } from './dml/insert';
import { merge } from './dml/merge';
import { update } from './dml/update';

type SessionCommand = (context: Context, cursor: Cursor) => Promise<SessionChange>;
type Command = (context: Context, cursor: Cursor) => Promise<SqlResult>;

/** Commands that only read, by their first word. */
const readers: Record<string, Command> = {
	DESCRIBE: describe,
	DESC: describe,
	SHOW: show,
	REFRESH: refresh,
	ANALYZE: analyze,
};

/** Commands that write, by their first word. */
const writers: Record<string, Command> = {
	CREATE: create,
	DROP: drop,
	ALTER: alter,
	COMMENT: comment,
	INSERT: insert,
	UPDATE: update,
	DELETE: deleteRows,
	MERGE: merge,
	COPY: copyInto,
	TRUNCATE: truncate,
	OPTIMIZE: optimize,
	VACUUM: vacuum,
	RESTORE: restore,
	GRANT: grant,
	REVOKE: revoke,
};

export type Statement =
	| { kind: 'query'; text: string }
	| { kind: 'session'; text: string; run: SessionCommand }
	| { kind: 'script'; text: string }
	| { kind: 'immediate'; text: string }
	| { kind: 'read'; text: string; run: Command }
	| { kind: 'write'; text: string; run: Command };

/** The command of a statement that changes nothing but its session. */
function sessionCommand(text: string, session: SqlSession): SessionCommand | undefined {
	const cursor = new Cursor(text);
	const first = cursor.acceptOne('USE', 'SET', 'RESET', 'DECLARE', 'CREATE', 'DROP');
	if (first === 'RESET') return reset;
	if (first === 'USE' || first === 'SET') return use;
	if (first === 'DECLARE') return declare;
	if (first === 'CREATE') {
		cursor.accept('OR', 'REPLACE');
		const isTemporary = cursor.acceptOne('TEMPORARY', 'TEMP') !== undefined;
		if (!isTemporary) return undefined;
		if (cursor.sees('FUNCTION')) return createTemporaryFunction;
		return cursor.sees('VIEW') ? createTemporaryView : undefined;
	}
	if (first !== 'DROP') return undefined;
	if (cursor.accept('TEMPORARY', 'VARIABLE')) return dropVariable;
	if (cursor.accept('TEMPORARY', 'FUNCTION')) return dropTemporaryFunction;
	if (!cursor.accept('VIEW')) return undefined;
	cursor.accept('IF', 'EXISTS');
	const [name = '', ...more] = cursor.sees('IDENTIFIER', '(') ? [] : cursor.name();
	const isKnown = session.temporaryViews?.has(name.toLowerCase()) === true;
	return isKnown && more.length === 0 ? dropTemporaryView : undefined;
}

/**
 * Tells by its first words what a statement is. Exactly one statement is allowed; a semicolon may
 * end it.
 * @throws SqlError PARSE_EMPTY_STATEMENT, PARSE_SYNTAX_ERROR, UNSUPPORTED_FEATURE
 */
export function readStatement(source: string, session: SqlSession): Statement {
	const [text, second] = splitStatements(source);
	if (text === undefined) throw nothingToRun(source);
	if (second !== undefined) {
		const token = tokenize(second)[0];
		throw syntaxError(source, source.lastIndexOf(second), `${token?.text ?? ''}`, true);
	}
	const { verb, isQuery } = classify(text);
	if (isQuery) return { kind: 'query', text };
	const ofSession = sessionCommand(text, session);
	if (ofSession !== undefined) return { kind: 'session', text, run: ofSession };
	if (verb === 'BEGIN' && !/^begin\s+transaction\b/i.test(text)) return { kind: 'script', text };
	if (verb === 'EXECUTE') return { kind: 'immediate', text };
	const reader = readers[verb];
	if (reader !== undefined) return { kind: 'read', text, run: reader };
	const writer = writers[verb];
	if (writer !== undefined) return { kind: 'write', text, run: writer };
	const first = tokenize(text)[0];
	if (known.has(verb)) throw unsupported(verb);
	throw syntaxError(text, first?.start ?? 0, first?.text ?? '');
}

/** Words that begin statements of Databricks which the workspace does not have. */
const known = new Set(
	`BEGIN CACHE CALL CLEAR COMMIT CONVERT EXPLAIN FSCK GENERATE LIST LOAD
	MSCK PUT GET REMOVE REORG REPAIR REPLACE ROLLBACK SYNC UNCACHE UNDROP WITH`.split(/\s+/),
);

function nothingToRun(source: string): SqlError {
	if (/\S/.test(source) && source.trim() !== ';') return syntaxError(source, source.length, '');
	return emptyStatement(source);
}
