import type { SessionChange, SqlSession, StatementParameter } from '../session';
import type { Context } from '../context';

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
