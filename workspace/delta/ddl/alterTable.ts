import { quoteName, SqlError, unresolvedColumn, unsupported } from '../../sql/sqlError';
import { sameType, typeName, typeText } from '../../sql/sqlType';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { violations } from '../dml/stage';
import { tableExists } from '../objectErrors';
import type { SqlResult } from '../session';
import { addPhysical, rowsAt } from '../rowVersions';
import { columnNamed, fullName, typeOf, type StoredColumn, type StoredTable } from '../storedTable';
import { commitWrite, done, nextVersion, type WriteDraft } from '../tableWrite';
import { checkColumnNames } from './createTable';
import { checkDefault, refuseParameters } from './keptExpressions';
import { columnType, readClusterBy, readColumn, type ColumnDefinition } from './tableDefinition';
import { checkFeedColumns, checkProperties } from './tableProperties';
import { mayHoldTime } from './timeColumns';
import { checkName } from './objectNames';

type Change = Pick<WriteDraft, 'operation' | 'parameters'> & { isBlindAppend?: boolean };

/** ALTER TABLE name …: each one a version that changes no row. */
export async function alterTable(context: Context, cursor: Cursor): Promise<SqlResult> {
	const found = await context.table(cursor.name(), 'ALTER TABLE');
	if (cursor.accept('RENAME', 'TO')) return await renameTable(context, cursor, found);
	if (cursor.accept('OWNER', 'TO') || cursor.accept('SET', 'OWNER', 'TO')) {
		await context.objects.putTable({ ...found, owner: cursor.identifier() });
		return done('ALTER TABLE');
	}
	const table = nextVersion(found);
	table.state = structuredClone(found.state);
	const change = await SqlError.locateLater(cursor.beginning, () =>
		readChange(context, cursor, table),
	);
	cursor.expectEnd();
	checkFeedColumns(table.state);
	await commitWrite(context, table, {
		isBlindAppend: true,
		...change,
		changesRows: false,
		files: 'same',
		stateChanged: true,
	});
	return done('ALTER TABLE');
}

async function readChange(context: Context, cursor: Cursor, table: StoredTable): Promise<Change> {
	if (cursor.accept('SET', 'TBLPROPERTIES')) return setProperties(table, cursor.properties());
	if (cursor.accept('UNSET', 'TBLPROPERTIES')) return unsetProperties(cursor, table);
	if (cursor.accept('ADD', 'CONSTRAINT')) return await addConstraint(context, cursor, table);
	if (cursor.accept('DROP', 'CONSTRAINT')) return dropConstraint(cursor, table);
	if (cursor.accept('ADD', 'COLUMNS') || cursor.accept('ADD', 'COLUMN')) {
		return await addColumns(context, cursor, table);
	}
	if (cursor.accept('RENAME', 'COLUMN')) return renameColumn(cursor, table);
	if (cursor.accept('DROP', 'COLUMNS') || cursor.accept('DROP', 'COLUMN')) {
		return dropColumns(cursor, table);
	}
	if (cursor.accept('ALTER', 'COLUMN') || cursor.accept('CHANGE', 'COLUMN')) {
		return await changeColumn(context, cursor, table);
	}
	if (cursor.accept('CLUSTER', 'BY')) return clusterBy(cursor, table);
	throw unsupported(`ALTER TABLE … ${cursor.peek().text.toUpperCase()}`);
}

export function setProperties(table: StoredTable, properties: Record<string, string>): Change {
	checkProperties(properties);
	table.state.properties = { ...table.state.properties, ...properties };
	const parameters = { properties: JSON.stringify(properties) };
	return { operation: 'SET TBLPROPERTIES', parameters };
}

function unsetProperties(cursor: Cursor, table: StoredTable): Change {
	cursor.accept('IF', 'EXISTS');
	const keys = cursor.list(() => cursor.propertyKey());
	const left = Object.entries(table.state.properties).filter(([key]) => !keys.includes(key));
	table.state.properties = Object.fromEntries(left);
	// Delta writes ifExists true whether it was said or not.
	const parameters = { properties: JSON.stringify(keys), ifExists: 'true' };
	return { operation: 'UNSET TBLPROPERTIES', parameters };
}

async function addConstraint(
	context: Context,
	cursor: Cursor,
	table: StoredTable,
): Promise<Change> {
	const name = cursor.identifier();
	if (!cursor.accept('CHECK')) throw unsupported('PRIMARY KEY and FOREIGN KEY constraints');
	const expression = cursor.inParentheses();
	refuseParameters(expression, 'CHECK');
	const same = (other: { name: string }) => other.name.toLowerCase() === name.toLowerCase();
	if (table.state.constraints.some(same)) {
		const text = `Constraint '${name}' already exists. Please delete the old constraint first.`;
		throw new SqlError('DELTA_CONSTRAINT_ALREADY_EXISTS', '42710', text);
	}
	const violated = await violations(context, table, expression);
	const rows = await context.transaction.count(
		`SELECT count(*) FROM ${rowsAt(table)} AS "row" WHERE ${violated}`,
	);
	if (rows > 0) {
		const text = `${rows} rows in ${fullName(table)} violate the new CHECK constraint (${expression})`;
		throw new SqlError('DELTA_NEW_CHECK_CONSTRAINT_VIOLATION', '23512', text);
	}
	table.state.constraints.push({ name, expression });
	const parameters = { name, expr: expression };
	return { operation: 'ADD CONSTRAINT', parameters, isBlindAppend: false };
}

function dropConstraint(cursor: Cursor, table: StoredTable): Change {
	const ifExists = cursor.accept('IF', 'EXISTS');
	const name = cursor.identifier();
	const found = table.state.constraints.find(
		(constraint) => constraint.name.toLowerCase() === name.toLowerCase(),
	);
	if (found === undefined && !ifExists) {
		const text = `Cannot drop nonexistent constraint ${name} from table ${quoteName([table.catalog, table.schema, table.name])}. To avoid throwing an error, provide the parameter IF EXISTS.`;
		throw new SqlError('DELTA_CONSTRAINT_DOES_NOT_EXIST', '42704', text);
	}
	table.state.constraints = table.state.constraints.filter((constraint) => constraint !== found);
	const existed = String(found !== undefined);
	const parameters: Record<string, string> = { name, existed };
	if (found !== undefined) parameters.expr = found.expression;
	return { operation: 'DROP CONSTRAINT', parameters };
}

async function addColumns(context: Context, cursor: Cursor, table: StoredTable): Promise<Change> {
	const read = () => {
		const column = readColumn(cursor);
		if (cursor.sees('FIRST') || cursor.sees('AFTER'))
			throw unsupported('ADD COLUMN … FIRST or AFTER');
		return column;
	};
	const added: ColumnDefinition[] = [];
	if (cursor.sees('(')) added.push(...cursor.list(read));
	else {
		do added.push(read());
		while (cursor.accept(','));
	}
	for (const column of added) await addColumn(context, table, column);
	const columns = added.map((column) => ({ column: fieldJson(column) }));
	return { operation: 'ADD COLUMNS', parameters: { columns: JSON.stringify(columns) } };
}

async function addColumn(
	context: Context,
	table: StoredTable,
	column: ColumnDefinition,
): Promise<void> {
	const { name, type, nullable, comment, defaultExpression } = column;
	if (columnNamed(table.state, name) !== undefined) {
		const known = table.state.columns.map((other) => `${other.name}: ${other.type}`).join(', ');
		const text = `Cannot add column, because ${quoteName([name])} already exists in "STRUCT<${known}>".`;
		throw new SqlError('FIELD_ALREADY_EXISTS', '42710', text);
	}
	if (table.state.properties['delta.columnMapping.mode'] !== 'name') checkColumnNames([name]);
	mayHoldTime(table.state, type);
	if (!nullable) throw unsupported('ADD COLUMN … NOT NULL');
	if (defaultExpression !== undefined) throw unsupported('ADD COLUMN … DEFAULT');
	const text = typeText(type);
	const physical = await addPhysical(context.transaction, table, { type: text });
	const described = comment === undefined ? {} : { comment };
	table.state.columns.push({ name, type: text, nullable: true, physical, ...described });
}

function renameColumn(cursor: Cursor, table: StoredTable): Change {
	const column = namedColumn(table, cursor.identifier());
	cursor.expect('TO');
	const name = cursor.identifier();
	mustBeMapped(table, 'DELTA_UNSUPPORTED_RENAME_COLUMN', 'Column rename');
	if (columnNamed(table.state, name) !== undefined) {
		const text = `Cannot rename column, because ${quoteName([name])} already exists.`;
		throw new SqlError('FIELD_ALREADY_EXISTS', '42710', text);
	}
	const parameters = { oldColumnPath: column.name, newColumnPath: name };
	const rename = (names: string[]) => names.map((other) => (other === column.name ? name : other));
	table.state.clusterBy = rename(table.state.clusterBy);
	table.state.partitionBy = rename(table.state.partitionBy);
	column.name = name;
	return { operation: 'RENAME COLUMN', parameters };
}

function dropColumns(cursor: Cursor, table: StoredTable): Change {
	cursor.accept('IF', 'EXISTS');
	const names = cursor.sees('(') ? cursor.list(() => cursor.identifier()) : [cursor.identifier()];
	const columns = names.map((name) => namedColumn(table, name));
	mustBeMapped(table, 'DELTA_UNSUPPORTED_DROP_COLUMN', 'DROP COLUMN');
	table.state.columns = table.state.columns.filter((column) => !columns.includes(column));
	return { operation: 'DROP COLUMNS', parameters: { columns: JSON.stringify(names) } };
}

async function changeColumn(context: Context, cursor: Cursor, table: StoredTable): Promise<Change> {
	const column = namedColumn(table, cursor.identifier());
	if (cursor.accept('COMMENT')) column.comment = cursor.string();
	else if (cursor.accept('DROP', 'NOT', 'NULL')) column.nullable = true;
	else if (cursor.accept('DROP', 'DEFAULT')) delete column.defaultExpression;
	else if (cursor.accept('SET', 'DEFAULT')) {
		column.defaultExpression = cursor.rest();
		await checkDefault(context, column);
	} else if (cursor.accept('SET', 'NOT', 'NULL')) await forbidNull(context, table, column);
	else if (cursor.accept('TYPE')) changeType(cursor, table, column);
	else throw unsupported(`ALTER COLUMN … ${cursor.peek().text.toUpperCase()}`);
	const parameters = { column: JSON.stringify(fieldJson({ ...column, type: typeOf(column) })) };
	return { operation: 'CHANGE COLUMN', parameters };
}

async function forbidNull(
	context: Context,
	table: StoredTable,
	column: StoredColumn,
): Promise<void> {
	const missing = await context.transaction.count(
		`SELECT count(*) FROM ${rowsAt(table)} WHERE ${column.physical} IS NULL`,
	);
	if (missing > 0) {
		const text = `Cannot change nullable column to non-nullable: ${column.name}.`;
		throw new SqlError('NOT_NULL_CONSTRAINT_VIOLATION', '42000', text);
	}
	column.nullable = false;
}

function changeType(cursor: Cursor, table: StoredTable, column: StoredColumn): void {
	const type = columnType(cursor);
	if (sameType(type, typeOf(column))) return;
	if (table.state.properties['delta.enableTypeWidening'] === 'true') {
		throw unsupported('ALTER COLUMN … TYPE of a table with type widening');
	}
	const name = quoteName([table.catalog, table.schema, table.name]);
	const text =
		`ALTER TABLE ALTER/CHANGE COLUMN is not supported for changing ${name}'s column ` +
		`${quoteName([column.name])} with type "${column.type}" to ${quoteName([column.name])} with type "${typeText(type)}".`;
	throw new SqlError('NOT_SUPPORTED_CHANGE_COLUMN', '0A000', text);
}

function clusterBy(cursor: Cursor, table: StoredTable): Change {
	const before = table.state.clusterBy.join(',');
	table.state.clusterBy = readClusterBy(cursor).map((name) => namedColumn(table, name).name);
	const parameters = {
		oldClusteringColumns: before,
		newClusteringColumns: table.state.clusterBy.join(','),
	};
	return { operation: 'CLUSTER BY', parameters };
}

async function renameTable(
	context: Context,
	cursor: Cursor,
	table: StoredTable,
): Promise<SqlResult> {
	const [catalog, schema, name] = context.resolve(cursor.name());
	cursor.expectEnd();
	checkName(name);
	await context.mustHaveSchema(catalog, schema);
	if ((await context.objects.table(catalog, schema, name)) !== undefined) {
		throw tableExists([catalog, schema, name]);
	}
	const parent = `${table.catalog}.${table.schema}`;
	const grants = await context.objects.grants('TABLE', `${parent}.${table.name}`);
	await context.objects.remove('table', parent, table.name);
	await context.objects.putTable({ ...table, catalog, schema, name });
	const kept = grants.map(({ principal, privileges }) => ({ principal, add: privileges }));
	if (kept.length > 0) {
		await context.objects.changeGrants('TABLE', `${catalog}.${schema}.${name}`, kept);
	}
	return done('ALTER TABLE');
}

function namedColumn(table: StoredTable, name: string): StoredColumn {
	const column = columnNamed(table.state, name);
	if (column !== undefined) return column;
	throw unresolvedColumn(
		[name],
		table.state.columns.map((other) => [other.name]),
	);
}

function mustBeMapped(table: StoredTable, condition: string, what: string): void {
	if (table.state.properties['delta.columnMapping.mode'] === 'name') return;
	throw new SqlError(
		condition,
		'0AKDC',
		`${what} is not supported for your Delta table. \nPlease enable Column Mapping on your Delta ` +
			"table with mapping mode 'name'.\nYou can use one of the following commands.\n\n" +
			"ALTER TABLE table_name SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')\n\n" +
			'Note, if your table is not on the required protocol version it will be upgraded.\n' +
			'Column mapping requires at least protocol (2, 5)\n',
	);
}

/** A column as Delta's log writes it. */
function fieldJson({ name, type, nullable, comment }: ColumnDefinition): Record<string, unknown> {
	const deltaNames: Record<string, string> = {
		tinyint: 'byte',
		smallint: 'short',
		int: 'integer',
		bigint: 'long',
	};
	const text = deltaNames[type.kind] ?? typeName(type);
	return { name, type: text, nullable, metadata: comment === undefined ? {} : { comment } };
}
