import type { SessionChange } from '../commands/session';
import type { Context } from '../context';
import type { SqlSession, StatementParameter } from '../objects';

/** What a statement that runs others needs of the lakehouse; each of them is a transaction of its own. */
export interface Runner {
	look<T>(session: SqlSession, work: (context: Context) => Promise<T>): Promise<T>;
	/** With the parameters of the whole statement, unless others are given. */
	execute(
		statement: string,
		session: SqlSession,
		parameters?: StatementParameter[],
	): Promise<SessionChange>;
}
