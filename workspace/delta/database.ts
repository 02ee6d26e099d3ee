import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { installMacros, sqlErrorOf } from '../sql/translate';

/** Values bound to `$1`, `$2` … */
export type Values = (string | number | bigint | boolean | null)[];
export type TextRow = (string | null)[];

/** One connection inside one transaction: what everything below the lakehouse reads and writes through. */
export class Transaction {
	constructor(
		private readonly connection: DuckDBConnection,
		private readonly signal?: AbortSignal,
	) {}

	async run(sql: string, values: Values = []): Promise<void> {
		await this.execute(() => this.connection.run(sql, bound(values)));
	}

	/** Every cell as text, NULL as null. 64-bit numbers keep their digits. */
	async rows(sql: string, values: Values = []): Promise<TextRow[]> {
		const reader = await this.execute(() => this.connection.runAndReadAll(sql, bound(values)));
		return reader.getRows().map((row) => row.map((cell) => (cell === null ? null : String(cell))));
	}

	/** The only row of an aggregate. */
	async row(sql: string, values: Values = []): Promise<TextRow> {
		const [row] = await this.rows(sql, values);
		if (row === undefined) throw new Error('The database gave no row where there is always one.');
		return row;
	}

	/** A whole number, such as a count. */
	async count(sql: string, values: Values = []): Promise<number> {
		return Number((await this.row(sql, values))[0] ?? 0);
	}

	/** How many rows an INSERT, UPDATE or DELETE changed. */
	async change(sql: string, values: Values = []): Promise<number> {
		return (await this.execute(() => this.connection.run(sql, bound(values)))).rowsChanged;
	}

	/** Gives errors of translated SQL Spark's condition; a full disk is not one of them. */
	private async execute<T>(work: () => Promise<T>): Promise<T> {
		this.signal?.throwIfAborted();
		try {
			return await work();
		} catch (error) {
			const text = error instanceof Error ? error.message : '';
			if (/^(IO Error|TransactionContext Error|INTERRUPT|FATAL)/.test(text)) throw error;
			throw sqlErrorOf(error);
		}
	}
}

function bound(values: Values): DuckDBValue[] {
	return values.map((value) =>
		typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value,
	);
}

/**
 * The one DuckDB database of a workspace. Everything is in it, because a DuckDB transaction may
 * write to one database only: rows, commits, metadata and checkpoints become durable together or
 * not at all. Reads run side by side, each on a connection and a snapshot of its own; writes run
 * one after the other on a single connection; documents have a connection of their own, so that
 * they never wait for a long statement.
 *
 * External access stays on because read_files uses DuckDB's readers. What keeps user SQL away from
 * files is the translator: only functions in its table reach DuckDB, and none of them reads files.
 */
export class Database {
	private readonly idle: DuckDBConnection[] = [];
	private queue: Promise<unknown> = Promise.resolve();
	private documentQueue: Promise<unknown> = Promise.resolve();
	private readonly active = new Set<Promise<unknown>>();
	private closed = false;

	private constructor(
		private readonly instance: DuckDBInstance,
		private readonly writer: DuckDBConnection,
		private readonly documentWriter: DuckDBConnection,
	) {}

	static async open(path: string): Promise<Database> {
		const instance = await DuckDBInstance.create(path, {
			threads: '2',
			autoinstall_known_extensions: 'false',
			autoload_known_extensions: 'false',
		});
		const writer = await instance.connect();
		await installMacros(writer);
		return new Database(instance, writer, await instance.connect());
	}

	/** Runs reads on one snapshot. */
	async read<T>(work: (transaction: Transaction) => Promise<T>, signal?: AbortSignal): Promise<T> {
		this.mustBeOpen();
		return await this.track(async () => {
			const connection = this.idle.pop() ?? (await this.newReader());
			try {
				return await inTransaction(connection, work, signal, 'ROLLBACK');
			} finally {
				this.idle.push(connection);
			}
		});
	}

	/**
	 * Runs one write: committed when `work` returns, rolled back when it throws or when it asks for
	 * that by calling `discard`. Waits for the writes before it.
	 */
	async write<T>(
		work: (transaction: Transaction, discard: () => void) => Promise<T>,
		signal?: AbortSignal,
	): Promise<T> {
		this.mustBeOpen();
		const turn = this.queue.then(async () => {
			signal?.throwIfAborted();
			let ending: 'COMMIT' | 'ROLLBACK' = 'COMMIT';
			const body = (transaction: Transaction) => work(transaction, () => (ending = 'ROLLBACK'));
			return await inTransaction(this.writer, body, signal, () => ending);
		});
		this.queue = turn.catch(() => undefined);
		return await this.track(() => untilAborted(turn, signal));
	}

	/** One small write beside the statements: a document of another service. */
	async writeDocument(sql: string, values: Values): Promise<void> {
		this.mustBeOpen();
		const turn = this.documentQueue.then(() => this.documentWriter.run(sql, bound(values)));
		this.documentQueue = turn.catch(() => undefined);
		await this.track(() => turn);
	}

	/** Whether anything is being read or written. */
	get isWorking(): boolean {
		return this.active.size > 0;
	}

	/** Waits for what runs, then closes the file. */
	async close(): Promise<void> {
		if (this.closed) return;
		this.closed = true;
		await Promise.allSettled([...this.active, this.queue, this.documentQueue]);
		for (const connection of [...this.idle, this.writer, this.documentWriter]) {
			connection.closeSync();
		}
		this.instance.closeSync();
	}

	private async newReader(): Promise<DuckDBConnection> {
		const connection = await this.instance.connect();
		await installMacros(connection);
		return connection;
	}

	private async track<T>(work: () => Promise<T>): Promise<T> {
		const running = work();
		this.active.add(running);
		try {
			return await running;
		} finally {
			this.active.delete(running);
		}
	}

	private mustBeOpen(): void {
		if (this.closed) throw new Error('The lakehouse of this workspace is closed.');
	}
}

async function inTransaction<T>(
	connection: DuckDBConnection,
	work: (transaction: Transaction) => Promise<T>,
	signal: AbortSignal | undefined,
	ending: 'ROLLBACK' | (() => 'COMMIT' | 'ROLLBACK'),
): Promise<T> {
	signal?.throwIfAborted();
	// DuckDB forgets an interrupt that comes just before a query starts: it is said again until heard.
	let repeat: NodeJS.Timeout | undefined;
	const interrupt = () => {
		connection.interrupt();
		repeat = setInterval(() => connection.interrupt(), 10);
	};
	const stopInterrupting = () => {
		signal?.removeEventListener('abort', interrupt);
		clearInterval(repeat);
	};
	await connection.run('BEGIN TRANSACTION');
	try {
		signal?.addEventListener('abort', interrupt);
		const result = await work(new Transaction(connection, signal));
		stopInterrupting();
		signal?.throwIfAborted();
		await connection.run(typeof ending === 'string' ? ending : ending());
		return result;
	} catch (error) {
		stopInterrupting();
		// A failed COMMIT has already ended the transaction; then this ROLLBACK has nothing to do.
		await connection.run('ROLLBACK').catch(() => undefined);
		signal?.throwIfAborted();
		throw error;
	}
}

/** Lets go of a turn that still waits in the queue as soon as its signal aborts. */
async function untilAborted<T>(turn: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (signal === undefined) return await turn;
	let stop = () => {};
	const aborted = new Promise<never>((_resolve, reject) => {
		stop = () => reject(signal.reason);
		if (signal.aborted) stop();
		else signal.addEventListener('abort', stop, { once: true });
	});
	try {
		return await Promise.race([turn, aborted]);
	} finally {
		signal.removeEventListener('abort', stop);
	}
}
