import type { Transaction } from './database';

/**
 * Tables that the lakehouse keeps its own state in. Rows of Unity Catalog tables are in schema
 * `lakehouse_rows` (rowVersions.ts). Uniqueness of objects and versions is held by writes running one at a
 * time; only documents, which are written beside them, have a primary key.
 */
const statements = [
	'CREATE SCHEMA IF NOT EXISTS lakehouse_state',
	'CREATE SCHEMA IF NOT EXISTS lakehouse_rows',
	`CREATE TABLE IF NOT EXISTS lakehouse_state.objects (
		kind VARCHAR NOT NULL, parent VARCHAR NOT NULL, name VARCHAR NOT NULL, body VARCHAR NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS lakehouse_state.commits (
		storage VARCHAR NOT NULL, version BIGINT NOT NULL, timestamp_ms BIGINT NOT NULL,
		user_name VARCHAR NOT NULL, operation VARCHAR NOT NULL, parameters VARCHAR NOT NULL,
		metrics VARCHAR NOT NULL, read_version BIGINT, isolation_level VARCHAR NOT NULL,
		blind_append BOOLEAN NOT NULL, changes_rows BOOLEAN NOT NULL, files BIGINT NOT NULL,
		state VARCHAR)`,
	`CREATE TABLE IF NOT EXISTS lakehouse_state.stream_positions (
		target VARCHAR NOT NULL, source VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
		version BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS lakehouse_state.stream_files (
		target VARCHAR NOT NULL, source VARCHAR NOT NULL, path VARCHAR NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS lakehouse_state.documents (
		kind VARCHAR NOT NULL, id VARCHAR NOT NULL, document VARCHAR NOT NULL,
		PRIMARY KEY (kind, id))`,
	'CREATE SEQUENCE IF NOT EXISTS lakehouse_state.storage_number',
];

/** Makes what is missing; an existing database is left as it is. */
export async function createLayout(transaction: Transaction): Promise<void> {
	for (const statement of statements) await transaction.run(statement);
}
