import type { z } from 'zod';
import { parseJson, writeJson } from '../ids';

/** The part of the lakehouse that keeps documents of other services. */
export interface DocumentStore {
	put(kind: string, id: string, document: string): Promise<void>;
	delete(kind: string, id: string): Promise<void>;
	list(kind: string): Promise<{ id: string; document: string }[]>;
}

/**
 * Documents of one kind: read from memory, written through to the lakehouse's database. A change
 * is visible at once; the promise resolves when it is durable. Changes of one document that pile
 * up while it is being written become one write.
 */
export class Collection<Item> {
	private readonly items = new Map<string, Item>();
	private readonly dirty = new Map<string, Promise<void>>();
	private lastWrite: Promise<void> = Promise.resolve();

	constructor(
		private readonly store: DocumentStore,
		private readonly kind: string,
		private readonly schema: z.ZodType<Item, z.ZodTypeDef, unknown>,
	) {}

	/** Reads back what an earlier process left. */
	async load(): Promise<void> {
		for (const { id, document } of await this.store.list(this.kind)) {
			this.items.set(id, this.schema.parse(parseJson(document)));
		}
	}

	get(id: string): Item | undefined {
		return this.items.get(id);
	}

	values(): Item[] {
		return [...this.items.values()];
	}

	put(id: string, item: Item): Promise<void> {
		this.items.set(id, item);
		return this.save(id);
	}

	delete(id: string): Promise<void> {
		this.items.delete(id);
		return this.save(id);
	}

	/** Resolves when everything so far is durable. */
	flushed(): Promise<void> {
		return this.lastWrite;
	}

	private save(id: string): Promise<void> {
		const waiting = this.dirty.get(id);
		if (waiting !== undefined) return waiting;
		const write = this.lastWrite.then(async () => {
			this.dirty.delete(id);
			const item = this.items.get(id);
			if (item === undefined) await this.store.delete(this.kind, id);
			else await this.store.put(this.kind, id, writeJson(item));
		});
		this.dirty.set(id, write);
		this.lastWrite = write.catch(() => undefined);
		return write;
	}
}
