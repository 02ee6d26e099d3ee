import { castSql } from '../../sql/casts/cast';
import type { Relation } from '../../sql/scope';
import { duckdbType, STRING, type StructField } from '../../sql/sqlType';
import type { Context } from '../context';
import { textsOf } from '../fileRows';
import { metadataBeside, metadataColumn, metadataOf } from '../fileMetadata';
import { mustHaveOwnNames } from '../ownNames';
import type { VolumeFile } from '../volumeFiles';

/** A value as texts: of a scalar, in a list, or by the names of fields. */
export type TextValue = string | null | TextValue[] | { [name: string]: TextValue };

/** Rows of one file, their values in the order of the columns. */
export interface CopiedRows {
	file: VolumeFile;
	rows: readonly TextValue[][];
}

/** Rows that go to the database together. */
const batchRows = 10_000;

/** Rows that were read as texts, as a relation with the types that they have. */
export async function copiedRelation(
	{ transaction }: Context,
	columns: readonly StructField[],
	copied: readonly CopiedRows[],
): Promise<Relation> {
	mustHaveOwnNames(columns);
	const texts = columns.map(({ type }) => textsOf(type));
	const definitions = texts.map((type, at) => `f${at} ${duckdbType(type)}`);
	const metadata = `"_metadata" ${duckdbType(metadataColumn.type)}`;
	await transaction.run(
		`CREATE OR REPLACE TEMP TABLE "copied" (${[...definitions, metadata].join(', ')})`,
	);
	const values = texts.map((type, at) =>
		type.kind === 'string' ? `"record"->>${at}` : `CAST("record"->${at} AS ${duckdbType(type)})`,
	);
	for (const { file, rows } of copied) {
		for (let start = 0; start < rows.length; start += batchRows) {
			await transaction.run(
				`INSERT INTO temp.main."copied" SELECT ${[...values, metadataOf(file)].join(', ')}
					FROM (SELECT unnest(CAST($1 AS JSON[])) AS "record")`,
				[JSON.stringify(rows.slice(start, start + batchRows))],
			);
		}
	}
	const list = columns.map(({ type }, at) => {
		const { sql } = castSql(`"copied".f${at}`, texts[at] ?? STRING, type, 'explicit');
		return `${sql} AS f${at}`;
	});
	return {
		sql: `(SELECT ${[...list, '"_metadata"'].join(', ')} FROM temp.main."copied")`,
		columns: [
			...columns.map(({ name, type }, at) => ({ name, type, physical: `f${at}` })),
			...metadataBeside(columns),
		],
	};
}
