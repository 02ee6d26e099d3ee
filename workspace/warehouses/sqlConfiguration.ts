import { z } from 'zod';
import { invalidParameter, notImplemented } from '../apiError';
import type { LocalWorkspace } from '../localWorkspace';
import { perWorkspace } from '../perWorkspace';
import { isZone } from '../sql/timeZones/zone';
import { Collection } from '../store/collection';

/** What an administrator sets for all warehouses of a workspace; other settings are refused. */
export const configurationSchema = z
	.object({
		sql_configuration_parameters: z
			.object({
				configuration_pairs: z
					.array(z.object({ key: z.string(), value: z.string() }).strict())
					.optional(),
			})
			.strict()
			.optional(),
	})
	.strict();
type Configuration = z.output<typeof configurationSchema>;

const ID = 'workspace';

/** The SQL settings with which every session of a warehouse begins: here its time zone. */
class SqlConfiguration {
	private readonly kept: Collection<Configuration>;

	constructor(workspace: LocalWorkspace) {
		const { documents } = workspace.lakehouse;
		this.kept = new Collection(documents, 'warehouse-configuration', configurationSchema);
	}

	async load(): Promise<void> {
		await this.kept.load();
	}

	get(): Configuration {
		return this.kept.get(ID) ?? {};
	}

	/** Replaces all settings. @throws ApiError 400 for a zone that is none, 501 for other settings */
	async set(configuration: Configuration): Promise<void> {
		const pairs = configuration.sql_configuration_parameters?.configuration_pairs ?? [];
		for (const { key, value } of pairs) {
			if (key.toUpperCase() !== 'TIMEZONE') throw notImplemented(`the SQL setting ${key}`);
			if (!isZone(value)) throw invalidParameter(`${value} is not a valid time zone.`);
		}
		await this.kept.put(ID, configuration);
	}

	/** The time zone in which sessions begin. */
	get timeZone(): string {
		return this.get().sql_configuration_parameters?.configuration_pairs?.at(-1)?.value ?? 'UTC';
	}
}

export const sqlConfigurationOf = perWorkspace((workspace) => new SqlConfiguration(workspace));
