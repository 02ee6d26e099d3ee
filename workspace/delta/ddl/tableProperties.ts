import { SqlError } from '../../sql/sqlError';
import { reservedFeedColumns } from '../changeFeed';
import { recordsChanges, type TableState } from '../storedTable';

/** Properties that Delta and Databricks know; any other one under `delta.` is refused. */
const known = new Set(
	`appendOnly autoOptimize.autoCompact autoOptimize.optimizeWrite autoCompact checkpoint.writeStatsAsJson
	checkpoint.writeStatsAsStruct checkpointInterval checkpointPolicy checkpointRetentionDuration
	columnMapping.mode columnMapping.maxColumnId dataSkippingNumIndexedCols dataSkippingStatsColumns
	deletedFileRetentionDuration enableChangeDataFeed enableDeletionVectors enableInCommitTimestamps
	enableExpiredLogCleanup enableRowTracking enableTypeWidening enableVariantShredding
	isolationLevel logRetentionDuration minReaderVersion minWriterVersion parquet.compression.codec
	randomizeFilePrefixes randomPrefixLength setTransactionRetentionDuration targetFileSize
	tuneFileSizesForRewrites universalFormat.enabledFormats`
		.split(/\s+/)
		.map((name) => `delta.${name}`.toLowerCase()),
);

const booleans = ['delta.enableChangeDataFeed', 'delta.appendOnly', 'delta.enableDeletionVectors'];

/** Table features of Delta; the ones of newer versions are unknown to it as they would be there. */
const features = new Set(
	`allowColumnDefaults appendOnly catalogManaged changeDataFeed checkConstraints checkpointProtection
	clustering columnMapping deletionVectors domainMetadata generatedColumns icebergCompatV1
	icebergCompatV2 icebergCompatV3 identityColumns inCommitTimestamp invariants
	materializePartitionColumns rowTracking timestampNtz timeType typeWidening v2Checkpoint vacuumProtocolCheck
	variantShredding variantType`
		.split(/\s+/)
		.map((name) => `delta.feature.${name}`.toLowerCase()),
);
const protocols: Record<string, number> = {
	'delta.minreaderversion': 3,
	'delta.minwriterversion': 7,
};

/**
 * Checks properties before they are set.
 * @throws SqlError DELTA_UNKNOWN_CONFIGURATION, DELTA_UNSUPPORTED_FEATURES_IN_CONFIG, or for a value that is no boolean where one is due
 */
export function checkProperties(properties: Record<string, string>): void {
	for (const [key, value] of Object.entries(properties)) {
		const lower = key.toLowerCase();
		if (!lower.startsWith('delta.') || features.has(lower)) continue;
		if (lower.startsWith('delta.feature.')) {
			const text = `Table features configured in the following Spark configs or Delta table properties are not recognized by this version of Delta Lake: ${key}.`;
			throw new SqlError('DELTA_UNSUPPORTED_FEATURES_IN_CONFIG', '56038', text);
		}
		const highest = protocols[lower];
		if (highest !== undefined && !(Number(value) >= 1 && Number(value) <= highest)) {
			const versions = Array.from({ length: highest }, (_, index) => index + 1);
			const text = `Unsupported table change: requirement failed: ${key} needs to be one of ${versions.join(', ')}.`;
			throw new SqlError('_LEGACY_ERROR_TEMP_2045', '42000', text);
		}
		if (!known.has(lower)) {
			const text = `Unknown configuration was specified: ${key}\nTo disable this check, set spark.databricks.delta.allowArbitraryProperties.enabled=true in the Spark session configuration.`;
			throw new SqlError('DELTA_UNKNOWN_CONFIGURATION', 'F0000', text);
		}
		const isBoolean = booleans.some((name) => name.toLowerCase() === lower);
		if (isBoolean && !/^(true|false)$/i.test(value)) {
			const text = `The value "${value}" of the table property ${key} is neither true nor false.`;
			throw new SqlError('DELTA_VIOLATE_TABLE_PROPERTY_VALIDATION_FAILED', '0A000', text);
		}
	}
}

/** @throws SqlError when the table would record changes, but has a column named like the feed's */
export function checkFeedColumns(state: TableState): void {
	const reserved = recordsChanges(state) ? reservedFeedColumns(state) : [];
	if (reserved.length === 0) return;
	throw new SqlError(
		'DELTA_TABLE_ALREADY_CONTAINS_CDC_COLUMNS',
		'42711',
		'Unable to enable Change Data Capture on the table. The table already contains\nreserved ' +
			`columns [${reserved.join(', ')}] that will\nbe used internally as metadata for the table's ` +
			'Change Data Feed. To enable\nChange Data Feed on the table rename/drop these columns.',
	);
}
