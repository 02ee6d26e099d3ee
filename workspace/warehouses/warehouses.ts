import { z } from 'zod';
import { notFound } from '../apiError';
import { newWarehouseId } from '../ids';
import type { LocalWorkspace } from '../localWorkspace';
import { perWorkspace } from '../perWorkspace';
import { Collection } from '../store/collection';
import { RunningTime, type Run, type WarehouseUsage } from './runningTime';

/** What a client may set. Unknown settings are kept and given back, as the service does. */
export const warehouseSettings = z
	.object({
		name: z.string(),
		cluster_size: z.string().default('Small'),
		auto_stop_mins: z.number().int().nonnegative().default(120),
		warehouse_type: z.string().default('CLASSIC'),
		min_num_clusters: z.number().int().default(1),
		max_num_clusters: z.number().int().default(1),
	})
	.passthrough();
export type WarehouseSettings = z.output<typeof warehouseSettings>;

const warehouseSchema = z.object({
	id: z.string(),
	creatorName: z.string(),
	settings: warehouseSettings,
});
type Warehouse = z.output<typeof warehouseSchema>;

type State = 'STARTING' | 'RUNNING' | 'STOPPED';

/** SQL warehouses: started by hand or by a statement, stopped by hand or after idle minutes. */
class Warehouses {
	private readonly warehouses: Collection<Warehouse>;
	/** When a warehouse is or becomes ready, and when it was last used; absent while stopped. */
	private readonly started = new Map<string, { readyAtMs: number; usedAtMs: number }>();
	private readonly times = new Map<string, RunningTime>();

	constructor(private readonly workspace: LocalWorkspace) {
		this.warehouses = new Collection(workspace.lakehouse.documents, 'warehouse', warehouseSchema);
	}

	async load(): Promise<void> {
		await this.warehouses.load();
		const { warehouseId, user } = this.workspace;
		if (this.warehouses.values().length > 0) return;
		const settings = warehouseSettings.parse({
			name: 'Serverless Starter Warehouse',
			auto_stop_mins: 10,
			warehouse_type: 'PRO',
			enable_serverless_compute: true,
			enable_photon: true,
			spot_instance_policy: 'COST_OPTIMIZED',
			channel: { name: 'CHANNEL_NAME_CURRENT' },
		});
		await this.put({ id: warehouseId, creatorName: user.userName, settings });
	}

	async create(settings: WarehouseSettings, creatorName: string): Promise<string> {
		const id = newWarehouseId();
		await this.put({ id, creatorName, settings });
		this.start(id);
		return id;
	}

	/** Replaces the settings. Throws ApiError 404. */
	async edit(id: string, settings: WarehouseSettings): Promise<void> {
		await this.put({ ...this.get(id), settings });
	}

	async delete(id: string): Promise<void> {
		this.end(id);
		this.times.delete(id);
		await this.warehouses.delete(id);
	}

	/** Throws ApiError 404. */
	get(id: string): Warehouse {
		const warehouse = this.warehouses.get(id);
		if (warehouse === undefined) throw notFound(`The specified warehouse ${id} does not exist.`);
		return warehouse;
	}

	/** By name. */
	list(): Warehouse[] {
		return this.warehouses.values().sort((a, b) => (a.settings.name < b.settings.name ? -1 : 1));
	}

	/** Begins to start; nothing when it runs. Throws ApiError 404. */
	start(id: string): void {
		this.get(id);
		const nowMs = this.workspace.clock.now();
		if (this.stateOf(id) !== 'STOPPED') return;
		this.timeOf(id).started();
		const readyAtMs = nowMs + this.workspace.pace.warehouseStartMs;
		this.started.set(id, { readyAtMs, usedAtMs: readyAtMs });
	}

	/** Throws ApiError 404. */
	stop(id: string): void {
		this.end(id);
	}

	/** Starts the warehouse if need be, and resolves when it runs. Throws ApiError 404. */
	async running(id: string, signal: AbortSignal): Promise<void> {
		const { clock } = this.workspace;
		this.start(id);
		this.timeOf(id).statement();
		for (let run = this.started.get(id); run !== undefined; run = this.started.get(id)) {
			run.usedAtMs = Math.max(run.usedAtMs, clock.now());
			if (run.readyAtMs <= clock.now()) return;
			await clock.sleep(run.readyAtMs - clock.now(), signal);
		}
	}

	stateOf(id: string): State {
		const run = this.started.get(id);
		if (run === undefined) return 'STOPPED';
		const nowMs = this.workspace.clock.now();
		if (run.readyAtMs > nowMs) return 'STARTING';
		if (nowMs < this.idleEndOf(id, run)) return 'RUNNING';
		this.end(id);
		return 'STOPPED';
	}

	/** What the warehouse did since it was counted from. Throws ApiError 404. */
	usageOf(id: string): WarehouseUsage {
		const isStopped = this.stateOf(id) === 'STOPPED';
		const run = isStopped ? undefined : this.started.get(id);
		return this.timeOf(id).until(run && this.runOf(id, run));
	}

	/** From now on, uses are counted from nothing. */
	countAnew(): void {
		const nowMs = this.workspace.clock.now();
		for (const { id } of this.list()) this.timeOf(id).countFrom(nowMs);
	}

	/** The warehouse as answers show it: all that was set, and what the service adds. */
	info(warehouse: Warehouse): Record<string, unknown> {
		const { id, settings, creatorName } = warehouse;
		const state = this.stateOf(id);
		const { hostname } = new URL(this.workspace.host);
		return {
			...settings,
			id,
			creator_name: creatorName,
			state,
			num_clusters: state === 'RUNNING' ? 1 : 0,
			num_active_sessions: 0,
			health: state === 'RUNNING' ? { status: 'HEALTHY' } : undefined,
			odbc_params: { hostname, path: `/sql/1.0/warehouses/${id}`, port: 443, protocol: 'https' },
			jdbc_url: `jdbc:databricks://${hostname}:443/default;httpPath=/sql/1.0/warehouses/${id};`,
		};
	}

	private timeOf(id: string): RunningTime {
		const known = this.times.get(id) ?? new RunningTime();
		this.times.set(id, known);
		return known;
	}

	/** When a warehouse that nobody uses from now on stops. */
	private idleEndOf(id: string, { usedAtMs }: { usedAtMs: number }): number {
		const idleMs = this.get(id).settings.auto_stop_mins * 60_000;
		return idleMs === 0 ? Infinity : usedAtMs + idleMs;
	}

	private runOf(id: string, run: { readyAtMs: number; usedAtMs: number }): Run {
		const endsAtMs = Math.min(this.workspace.clock.now(), this.idleEndOf(id, run));
		return { readyAtMs: run.readyAtMs, endsAtMs };
	}

	private end(id: string): void {
		this.get(id);
		const run = this.started.get(id);
		if (run !== undefined) this.timeOf(id).ended(this.runOf(id, run));
		this.started.delete(id);
	}

	private put(warehouse: Warehouse): Promise<void> {
		return this.warehouses.put(warehouse.id, warehouse);
	}
}

export const warehousesOf = perWorkspace((workspace) => new Warehouses(workspace));
