import type { Database } from './database';

/** JSON documents of the other services of the workspace, as durable as its tables. */
export class DocumentStore {
	constructor(private readonly database: Database) {}

	async get(kind: string, id: string): Promise<string | undefined> {
		const sql = 'SELECT document FROM lakehouse_state.documents WHERE kind = $1 AND id = $2';
		const [row] = await this.database.read((transaction) => transaction.rows(sql, [kind, id]));
		return row?.[0] ?? undefined;
	}

	/** Writes a document, new or over the one that is there. */
	async put(kind: string, id: string, document: string): Promise<void> {
		const sql = `INSERT INTO lakehouse_state.documents VALUES ($1, $2, $3)
			ON CONFLICT DO UPDATE SET document = excluded.document`;
		await this.database.writeDocument(sql, [kind, id, document]);
	}

	async delete(kind: string, id: string): Promise<void> {
		const sql = 'DELETE FROM lakehouse_state.documents WHERE kind = $1 AND id = $2';
		await this.database.writeDocument(sql, [kind, id]);
	}

	/** All documents of a kind, in the order of their ids. */
	async list(kind: string): Promise<{ id: string; document: string }[]> {
		const sql = 'SELECT id, document FROM lakehouse_state.documents WHERE kind = $1 ORDER BY id';
		const rows = await this.database.read((transaction) => transaction.rows(sql, [kind]));
		return rows.map(([id, document]) => ({ id: id ?? '', document: document ?? '' }));
	}
}
