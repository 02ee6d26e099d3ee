import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import { SqlError, tableNotFound } from '../../../workspace/sql/sqlError';
import { typeName } from '../../../workspace/sql/sqlType';
import { parseType } from '../../../workspace/sql/types/typeReader';
import { inTimeZone } from '../../../workspace/sql/timeZones/sessionZone';
import { sqlName } from '../../../workspace/sql/stringLiteral';
import {
	installMacros,
	physicalName,
	sqlErrorOf,
	stringOf,
	textOf,
	translateQuery,
	type Constant,
	type Relation,
	type Scope,
} from '../../../workspace/sql/translate';

export interface Answer {
	columns: { name: string; type: string }[];
	rows: (string | null)[][];
}

export type Outcome = { answer: Answer } | { error: SqlError };

/** The types and cells of an answer, or the condition of its error. */
export function told(outcome: Outcome): string {
	if ('error' in outcome) return outcome.error.condition;
	const types = outcome.answer.columns.map((column) => column.type).join(', ');
	const rows = outcome.answer.rows.map((row) => row.map((cell) => cell ?? 'NULL').join(' | '));
	return `${types}: ${rows.join(', ')}`;
}

/** A DuckDB with the macros and a few tables, which runs translated queries. */
export class Session {
	readonly tables = new Map<string, Relation>();
	parameters = new Map<string, Constant>();
	now = new Date('2026-11-21T10:00:00.000Z');
	timeZone = 'UTC';

	private constructor(
		readonly connection: DuckDBConnection,
		private readonly instance: DuckDBInstance,
	) {}

	static async open(): Promise<Session> {
		const instance = await DuckDBInstance.create(':memory:');
		const connection = await instance.connect();
		await installMacros(connection);
		return new Session(connection, instance);
	}

	close(): void {
		this.connection.closeSync();
		this.instance.closeSync();
	}

	/** A table from a typed query of this session, e.g. `VALUES` with casts. */
	async create(name: string, query: string): Promise<void> {
		const relation = await translateQuery(query, this.scope());
		const table = sqlName(name);
		await this.connection.run(`CREATE OR REPLACE TABLE ${table} AS SELECT * FROM ${relation.sql}`);
		this.tables.set(name, { sql: table, columns: relation.columns });
	}

	scope(): Scope {
		return {
			table: async (name) => {
				const [table = '', schema = 's', catalog = 'main', ...more] = [...name].reverse();
				const here =
					(schema === 's' || schema === 'i') &&
					/^(main|spark_catalog)$/.test(catalog) &&
					more.length === 0;
				const found = here ? this.tables.get(table.toLowerCase()) : undefined;
				if (found === undefined) throw tableNotFound(name);
				return found;
			},
			tableFunction: async () => undefined,
			parameters: this.parameters,
			session: {
				catalog: 'main',
				schema: 's',
				user: 'tester@example.com',
				timeZone: this.timeZone,
			},
			now: this.now,
		};
	}

	/** Runs a query and gives every cell as CAST AS STRING (or as wire text). */
	async run(sql: string, wire = false): Promise<Outcome> {
		try {
			const relation = await translateQuery(sql, this.scope());
			const textOfCell = (column: Relation['columns'][number]) => {
				const cell = sqlName(physicalName(column));
				if (column.type.kind === 'binary' && !wire) return `'0x' || lower(hex(${cell}))`;
				return (wire ? textOf : stringOf)(cell, column.type);
			};
			const cells = inTimeZone(this.timeZone, () => relation.columns.map(textOfCell));
			const reader = await this.connection.runAndReadAll(
				`SELECT ${cells.join(', ')} FROM ${relation.sql}`,
			);
			const rows = z
				.array(z.array(z.union([z.string(), z.null(), z.number(), z.boolean()])))
				.parse(reader.getRowsJson());
			return {
				answer: {
					columns: relation.columns.map(({ name, type }) => ({ name, type: typeName(type) })),
					rows: rows.map((row) => row.map((cell) => (cell === null ? null : String(cell)))),
				},
			};
		} catch (error) {
			return { error: sqlErrorOf(error) };
		}
	}
}

export const typed = (value: string | null, type: string): Constant => ({
	value,
	type: parseType(type),
});

/** The first column of the first row, or the condition of the error. */
export async function cell(session: Session, sql: string): Promise<string | null> {
	const outcome = await session.run(sql);
	if ('error' in outcome) return `[${outcome.error.condition}]`;
	return outcome.answer.rows[0]?.[0] ?? null;
}
